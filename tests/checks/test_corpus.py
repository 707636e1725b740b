"""Every code of a finding has a diagram that shows it and one that is free of it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from engine.findings import Severity
from tests.checks.corpus import CODES, findings_of, names_in

_SAYING = {
    "say",
    "_say",
    "invalid",
    "refuse",
    "hint",
    "warn",
    "error",
    "find",
    "finding",
    "Finding",
    "_error",
    "_finding",
}
_CODE = re.compile(r"[a-z]+(?:-[a-z]+)*-[a-z]+|translated|binding|initiator|unreachable")
#: Words of the same shape in those calls that are none.
_NO_CODES: set[str] = set()


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
        finding
        for finding in findings_of(code, "bad")
        if finding.element in names and finding.name not in names[finding.element]
    ]

    assert wrong == []


@pytest.mark.parametrize("code", CODES)
def test_the_good_diagram_has_neither_the_finding_nor_an_error(code):
    found = findings_of(code, "good")

    assert not [finding for finding in found if finding.code == code or finding.severity is Severity.ERROR]


def codes_in_source() -> set[str]:
    """Return the codes that the engine says of files, from the calls that say them."""
    engine = Path(__file__).parents[2] / "engine"
    files = [engine / "family.py", engine / "deployments.py"]
    for room in ("interchange", "checks", "forms", "decisions", "rules", "organisation"):
        files += (engine / room).rglob("*.py")
    codes: set[str] = set()
    for file in files:
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and _name(call.func) in _SAYING:
                values = [*call.args[:5], *(keyword.value for keyword in call.keywords if keyword.arg == "code")]
                codes.update(
                    part.value
                    for argument in values
                    for part in ast.walk(argument)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str) and _CODE.fullmatch(part.value)
                )
    return codes - _NO_CODES


def _name(function: ast.expr) -> str:
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
