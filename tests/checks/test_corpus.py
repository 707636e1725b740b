"""Every code of a finding has a diagram that shows it and one that is free of it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from engine.findings import Severity
from tests.checks.corpus import CODES, findings_of, names_in
from tests.checks.page import PAGE, page

_SAYING = {"say", "invalid", "refuse", "hint", "warn", "error"}
_CODE = re.compile(r"[a-z]+(?:-[a-z]+)*-[a-z]+|translated|binding|initiator|unreachable")


@pytest.mark.parametrize("code", CODES)
def test_the_bad_diagram_has_the_finding(code):
    assert code in {finding.code for finding in findings_of(code, "bad")}


@pytest.mark.parametrize("code", CODES)
def test_every_finding_of_the_bad_diagram_says_where_what_and_what_to_do(code):
    for finding in findings_of(code, "bad"):
        assert finding.zh
        assert finding.en
        assert finding.advice_zh, finding
        assert finding.advice_en, finding
        assert finding.line > 0, finding
        assert finding.column > 0, finding


@pytest.mark.parametrize("code", CODES)
def test_every_finding_names_the_element_as_its_author_did(code):
    names = names_in(code)

    wrong = [
        finding for finding in findings_of(code, "bad") if finding.name != names.get(finding.element, finding.name)
    ]

    assert wrong == []


@pytest.mark.parametrize("code", CODES)
def test_the_good_diagram_has_neither_the_finding_nor_an_error(code):
    found = findings_of(code, "good")

    assert not [finding for finding in found if finding.code == code or finding.severity is Severity.ERROR]


def test_every_code_in_the_source_has_its_diagrams():
    missing = {code for code in _codes_in_source() - set(CODES) if not code.startswith("sound-")}

    assert sorted(missing) == []  # soundness has tests of its own


def test_the_page_of_findings_is_up_to_date():
    assert PAGE.read_text("utf-8") == page()


def _codes_in_source() -> set[str]:
    """Return the codes that the reader and the checks say, from the calls that say them."""
    engine = Path(__file__).parents[2] / "engine"
    files = [*(engine / "interchange").glob("*.py"), *(engine / "checks").glob("*.py")]
    codes: set[str] = set()
    for file in files:
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in _SAYING:
                codes.update(
                    part.value
                    for argument in call.args[:2]
                    for part in ast.walk(argument)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str) and _CODE.fullmatch(part.value)
                )
    return codes
