"""Runs cases of the public DMN test kit: a folder of models, each with XML files of inputs and expected results.

python -m tests.feel.tck FOLDER [-v]
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from engine import decisions
from engine.errors import EngineError
from engine.feel import temporal
from engine.feel.values import equal

NS = "{http://www.omg.org/spec/DMN/20160719/testcase}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


@dataclass
class Outcome:
    """One expected result and what we made of it."""

    file: str
    case: str
    node: str
    expected: Any
    actual: Any
    passed: bool


def folder() -> Path:
    """Return where the kit lies: $BANJIE_TCK, or beside the repository."""
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "tck" / "compliance-level-2"
    return Path(os.environ.get("BANJIE_TCK", beside))


def run(root: Path) -> Iterator[Outcome]:
    """Yield the outcome of every case under `root`."""
    for file in sorted(root.rglob("*.xml")):
        yield from _run_file(file)


def _run_file(file: Path) -> Iterator[Outcome]:
    tree = etree.parse(str(file)).getroot()
    name = tree.findtext(f"{NS}modelName") or file.with_suffix(".dmn").name
    others = {path.name: path.read_bytes() for path in file.parent.glob("*.dmn")}
    spaces = {etree.fromstring(data).get("namespace") or path: data for path, data in others.items()}
    model = decisions.load((file.parent / name).read_bytes(), {**others, **spaces}, name=name)
    for case in tree.iter(f"{NS}testCase"):
        inputs = {node.get("name"): _value(node) for node in case.findall(f"{NS}inputNode")}
        for node in case.findall(f"{NS}resultNode"):
            expected_node = node.find(f"{NS}expected")
            expected = _value(expected_node) if expected_node is not None else None
            actual: Any
            try:
                if case.get("type") in ("decisionService", "bkm") and case.get("invocableName"):
                    actual = model.invoke(case.get("invocableName") or "", inputs)
                    if isinstance(actual, dict) and node.get("name") in actual:
                        actual = actual[node.get("name")]
                else:
                    actual = model.evaluate(node.get("name") or "", inputs)
            except EngineError as fault:
                actual = None if node.get("errorResult") == "true" else fault
            yield Outcome(
                file.name, case.get("id") or "", node.get("name") or "", expected, actual, _same(actual, expected)
            )


def _value(node: etree._Element) -> Any:
    """Return the value that a node of a case describes."""
    items = node.find(f"{NS}list")
    if items is not None:
        return None if items.get(f"{XSI}nil") == "true" else [_value(item) for item in items.findall(f"{NS}item")]
    members = node.findall(f"{NS}component")
    if members:
        return {member.get("name"): _value(member) for member in members}
    value = node.find(f"{NS}value")
    if value is None or value.get(f"{XSI}nil") == "true":
        return None
    text = value.text or ""
    kind = (value.get(f"{XSI}type") or "").rpartition(":")[2]
    if kind in ("decimal", "double", "integer", "float"):
        return Decimal(text)
    if kind == "boolean":
        return text.strip() == "true"
    if kind == "date":
        return temporal.read_date(text)
    if kind == "time":
        return temporal.read_time(text)
    if kind == "dateTime":
        return temporal.read_date_time(text)
    if kind == "duration":
        return temporal.read_duration(text)
    return text


def _same(actual: Any, expected: Any) -> bool:
    if isinstance(actual, list) and isinstance(expected, list):
        return len(actual) == len(expected) and all(map(_same, actual, expected))
    if isinstance(actual, dict) and isinstance(expected, dict):
        return actual.keys() == expected.keys() and all(_same(actual[key], expected[key]) for key in actual)
    if isinstance(expected, Decimal) and isinstance(actual, (Decimal, int)):
        return abs(Decimal(actual) - expected) < Decimal("1e-8") * max(1, abs(expected))
    return equal(actual, expected, lambda _: None) is True


def main(arguments: list[str]) -> int:
    """Print the failures and a total; return 1 when there are any."""
    root = Path(arguments[0]) if arguments else folder()
    outcomes = list(run(root))
    for outcome in outcomes:
        if not outcome.passed:
            print(f"{outcome.file} {outcome.case} {outcome.node}: {outcome.actual!r} instead of {outcome.expected!r}")
    print(f"{sum(outcome.passed for outcome in outcomes)} of {len(outcomes)} results right")
    return int(not all(outcome.passed for outcome in outcomes))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
