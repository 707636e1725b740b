"""Every code has a page and every page a code; the words of the catalogue are whole in both languages."""

from __future__ import annotations

import re

import pytest

from engine.checks.catalogue import EXAMPLES, entries, example, page_of, topics
from tests.checks.corpus import CODES
from tests.checks.test_corpus import codes_in_source
from tools import check_pages

#: Codes whose fault is a size, needs a house's files or its rules and calendar: their tests are elsewhere.
WITHOUT_EXAMPLE = {
    "deadline-broken",
    "deadline-not-proved",
    "deadline-untold",
    "decision-imports-too-many",
    "decision-not-analysed",
    "decision-too-large",
    "escalation-endless",
    "file-unused",
    "findings-shortened",
    "form-too-large",
    "form-too-many-fields",
    "sound-not-proved",
}
PAGES = check_pages.pages()
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_every_code_has_a_page_and_every_page_a_code():
    there = {path.stem for path in check_pages.FOLDER.glob("*.md")} - {"README"}

    assert sorted(there) == sorted(entries()), "run python -m tools.documents"
    assert page_of("no-start") == "docs/checks/no-start.md"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_the_catalogue_and_the_corpus_have_it(name: str):
    assert (check_pages.FOLDER / name).read_text("utf-8") == PAGES[name], "run python -m tools.documents"


def test_the_examples_of_the_web_pages_are_as_the_corpus_has_them():
    assert EXAMPLES.read_text("utf-8") == check_pages.examples(), "run python -m tools.documents"
    shown = example("gateway-without-default")
    assert shown is not None
    assert shown.bad != shown.good


def test_every_code_that_the_engine_says_is_in_the_catalogue_and_has_an_example():
    said = codes_in_source()

    assert sorted(said - set(entries())) == [], "add it to a file of engine/checks/catalogue"
    assert sorted(set(entries()) - set(CODES) - WITHOUT_EXAMPLE) == [], "add its folder to tests/checks"
    assert sorted(set(CODES) - set(entries())) == []


def test_the_catalogue_says_everything_in_both_languages():
    for entry in entries().values():
        for zh, en in zip(
            (entry.zh.title, entry.zh.why, entry.zh.fix), (entry.en.title, entry.en.why, entry.en.fix), strict=True
        ):
            assert CHINESE.search(zh), entry.code
            assert en, entry.code
            assert not CHINESE.search(en), entry.code


def test_no_code_stands_under_two_subjects():
    codes = [code for topic in topics() for code in topic.codes]

    assert len(codes) == len(set(codes)) == len(entries())
