"""The language's documents hold what they promise: every example is evaluated, every function is named."""

import json
import re
from pathlib import Path

import pytest

from engine import feel
from engine.feel.builtins import BUILTINS
from engine.feel.values import equal

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = {name: (DOCS / name).read_text(encoding="utf-8") for name in ("feel.zh.md", "feel.en.md")}
EXAMPLES = [
    (name, *(part.strip() for part in line.rsplit("→", 1)))
    for name, page in PAGES.items()
    for block in re.findall(r"```feel\n(.*?)```", page, re.S)
    for line in block.splitlines()
]


@pytest.mark.parametrize(("page", "text", "value"), EXAMPLES)
def test_an_example_gives_what_the_document_says(page: str, text: str, value: str) -> None:
    block = re.search(r"```json\n(.*?)```", PAGES[page], re.S)
    assert block is not None
    context = json.loads(block[1])

    result = feel.compile(text, context).evaluate(context)

    assert equal(result, feel.compile(value).evaluate({}), lambda _: None) is True, result


@pytest.mark.parametrize("page", PAGES)
def test_every_function_is_named(page: str) -> None:
    assert [name for name in BUILTINS if f"`{name}`" not in PAGES[page]] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_cell_and_call_in_a_table_compiles(page: str) -> None:
    written = [
        text for row in re.findall(r"^\| (`.*?`) \|", PAGES[page], re.M) for text in re.findall(r"`([^`]+)`", row)
    ]

    for text in written:
        feel.compile_unary(text)

    assert len(written) > 12
