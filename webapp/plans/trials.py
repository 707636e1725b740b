"""Trying a decision: what it asks, what was answered, which rules hit. It stores nothing and runs no case."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.calendars import WorkCalendar
from engine.decisions import Model
from engine.decisions.model import Decision
from engine.decisions.tables import Table
from engine.family import Family
from engine.feel import from_json, to_json
from engine.feel.literals import write
from engine.forms import Field

_BOOLEANS = {"true": True, "false": False}
_NUMBERS = frozenset({"number", "integer", "long", "double"})


@dataclass(frozen=True, slots=True)
class Question:
    """A value that the decision reads. `kind`: text, number, boolean, date or choice; `options` are (value, label)."""

    name: str
    label: str
    kind: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A condition of a rule as its author wrote it. `passed` None: it could not be decided."""

    text: str
    passed: bool | None


@dataclass(frozen=True, slots=True)
class Line:
    """A rule of a table: its cells, what it says, whether it hit."""

    number: int
    cells: list[Cell]
    results: list[str]
    notes: list[str]
    is_hit: bool


@dataclass(frozen=True, slots=True)
class TableTrial:
    """A table with the values that reached it."""

    name: str
    policy: str
    inputs: list[tuple[str, str, str]]  #: label, expression, value
    outputs: list[str]
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a try. `faults` and `notes` are (zh, en)."""

    value: str
    tables: list[TableTrial]
    faults: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


def questions(model: Model, decision_id: str, family: Family, *, is_english: bool) -> list[Question]:
    """Return what the decision reads from a case, with the labels and choices that the plan's forms give."""
    element = model.find(decision_id)
    declared = model.decisions[decision_id].inputs if decision_id in model.decisions else {}
    names = dict(declared)
    if not names:
        names = dict.fromkeys(_names(element), "")
    fields = {item.keys[0]: item for form in family.forms.values() for item in form.walk() if len(item.keys) == 1}
    return [_question(name, kind, fields.get(name), is_english) for name, kind in names.items()]


def answers(asked: Iterable[Question], given: Mapping[str, str]) -> dict[str, Any]:
    """Return the values typed in, as JSON: an empty one is null, a number a number."""
    return {question.name: _value(given.get(question.name, ""), question) for question in asked}


def run(model: Model, decision_id: str, values: Mapping[str, Any], calendar: WorkCalendar, now: datetime) -> Trial:
    """Make the decision, and tell how it came about. Raises FeelLimit when a bound is crossed."""
    inputs = {name: from_json(value) for name, value in values.items()}
    found = model.explain(decision_id, inputs, calendar=calendar, now=now)
    sources = {element.name: element.logic for element in model.elements.values() if isinstance(element, Decision)}
    return Trial(
        value=_show(to_json(found.value)),
        tables=[_table(trace, sources.get(trace["decision"])) for trace in found.tables],
        faults=[(fault.zh, fault.en) for fault in found.faults],
        notes=[_both(note) for note in dict.fromkeys(found.notes)],
    )


def _names(element: Any) -> list[str]:
    """Return the variables that the tables on the way to a decision read, in the order of their columns."""
    decisions = [item for item in [*element.order, element] if isinstance(item, Decision)]
    made = {item.name for item in decisions} | {item.id for item in decisions}
    names: dict[str, None] = {}
    for decision in decisions:
        logic = decision.logic
        parts = [column.expression for column in logic.inputs] if isinstance(logic, Table) else []
        parts += [cell for rule in logic.rules for cell in rule.results] if isinstance(logic, Table) else []
        parts += [getattr(logic, "expression", None)]
        for part in parts:
            if part is not None:
                names.update(dict.fromkeys(sorted(part.names)))
    return [name for name in names if name not in made]


def _question(name: str, kind: str, known: Field | None, is_english: bool) -> Question:
    label = (known.label.en if is_english and known.label.en else known.label.zh) if known is not None else ""
    if known is not None and known.options and kind in ("", "string", "Any"):
        options = tuple((option.text, option.en if is_english and option.en else option.zh) for option in known.options)
        return Question(name, label, "choice", options)
    if kind in _NUMBERS or (known is not None and known.kind == "number"):
        return Question(name, label, "number")
    if kind == "boolean" or (known is not None and known.kind == "checkbox"):
        return Question(name, label, "boolean")
    return Question(name, label, "date" if kind == "date" else "text")


def _value(text: str, question: Question) -> Any:
    text = text.strip()[:2000]
    if not text:
        return None
    if question.kind == "boolean":
        return _BOOLEANS.get(text.lower(), text)
    if question.kind in ("number", "text"):
        if text in _BOOLEANS and question.kind == "text":
            return _BOOLEANS[text]
        try:
            number = float(text)
        except ValueError:
            return text
        if not math.isfinite(number):
            return text
        return int(number) if number.is_integer() and abs(number) < 1e15 else number
    return text


def _table(trace: Mapping[str, Any], logic: Any) -> TableTrial:
    rules = logic.rules if isinstance(logic, Table) else []
    by_number = {rule.number: rule for rule in rules}
    lines = []
    for item in trace["rules"]:
        rule = by_number.get(item["number"])
        tests = rule.tests if rule is not None else []
        passed = item["cells"] or [None] * len(tests)
        cells = [Cell(test.text if test is not None else "-", ok) for test, ok in zip(tests, passed, strict=False)]
        texts = [cell.text if cell is not None else "" for cell in rule.results] if rule is not None else []
        results = [_show(value) for value in item["outputs"]] if item["hit"] else texts
        lines.append(Line(item["number"], cells, results, [note for note in item["annotations"] if note], item["hit"]))
    inputs = [(column["label"], column["text"], _show(column["value"])) for column in trace["inputs"]]
    policy = f"{trace['policy']} {trace['aggregation']}".strip()
    return TableTrial(trace["decision"], policy, inputs, trace["outputs"], lines)


def _show(value: Any) -> str:
    return "null" if value is None else write(from_json(value), inside=True)


def _both(note: str) -> tuple[str, str]:
    zh, _, en = note.partition(" / ")
    return zh, en or zh
