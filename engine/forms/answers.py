"""Answers checked against a form: all faults at once, by path; right types out. It draws nothing and stores nothing."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from engine.calendars import WorkCalendar
from engine.errors import InvalidAnswers
from engine.forms.cells import MAX_ROWS, MISSING, Cell, expand, hidden, lay, look_up, put, scope_of, written
from engine.forms.fields import Field, Form, Scope
from engine.forms.values import Fault, convert, rule_fault

#: How many unknown fields are named before the rest is only refused.
_NAMED = 20


def check(
    form: Form,
    raw: Mapping[str, Any],
    variables: Mapping[str, Any],
    *,
    now: datetime | None = None,
    calendar: Callable[[], WorkCalendar] | None = None,
) -> dict[str, Any]:
    """Return the answers with their right types, nested as their keys say.

    `raw` is what a page sent (texts, under paths such as "a.b" or "list[0].c") or JSON. A visible field left empty
    answers None, so that an older value does not live on. What is hidden or may not be changed is not taken over.
    Raises InvalidAnswers with every fault by path; a field that the form does not have is one.
    """
    given = expand(raw)
    faults: dict[str, Fault] = {}
    _find_unknown(form.fields, given, (), faults)
    cells = list(lay(form.fields, given))
    base = Scope(variables, now, calendar)
    values: dict[Cell, Any] = {}
    data: dict[str, Any] = _surroundings(form, variables)
    wrong: dict[Cell, Fault] = {}
    for cell in cells:
        if cell.field.kind == "dynamiclist":
            _lay_row(data, cell)
        if not cell.field.is_input or cell.is_row:
            continue
        value, fault = _answer(cell, given, variables, Scope(ChainMap(data, dict(variables)), now, calendar))
        if fault is not None:
            wrong[cell] = fault
        if value is not MISSING:
            values[cell] = value
            put(data, cell.keys, value)
    gone, seen = hidden(cells, data, base)
    for cell in cells:
        if cell in gone or not cell.field.is_input or cell.is_row:
            continue
        fault = wrong.get(cell)
        if fault is None and cell in values:
            fault = rule_fault(cell.field, values[cell], scope_of(cell, seen, base))
        if fault is not None:
            faults.setdefault(cell.path, fault)
    _count_rows(cells, gone, given, faults)
    if faults:
        raise InvalidAnswers(faults)
    return _taken(cells, gone, values, seen, base)


def _surroundings(form: Form, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables as the form's conditions see them: what the form itself asks for is not answered yet."""
    owned = {field.keys[0] for field in form.walk() if field.keys}
    return {name: value for name, value in variables.items() if name not in owned}


def _lay_row(data: dict[str, Any], cell: Cell) -> None:
    if look_up(data, cell.keys) is MISSING:
        put(data, cell.keys, {} if cell.is_row else [])


def _answer(cell: Cell, given: dict[str, Any], variables: Mapping[str, Any], scope: Scope) -> tuple[Any, Fault | None]:
    """Return the field's value; MISSING when nothing is to be taken from it."""
    if is_fixed(cell.field, scope):
        known = look_up(variables, cell.keys)
        if known is not MISSING and known is not None:
            return known, None
        return (MISSING if cell.field.default is None else cell.field.default), None
    found = look_up(given, cell.keys)
    return convert(cell.field, None if found is MISSING else found, scope)


def is_fixed(field: Field, scope: Scope) -> bool:
    """Return whether the person may not change it here."""
    return field.readonly.of(scope) is True or field.disabled.of(scope) is True


def _find_unknown(
    fields: tuple[Field, ...], given: Any, prefix: tuple[str | int, ...], faults: dict[str, Fault]
) -> None:
    """Find what was sent and is no field of the form, at any depth."""
    unknown: Fault = ("表单没有这个字段。", "The form has no such field.")
    if not isinstance(given, Mapping):
        faults[written(prefix)] = ("内容类型不正确。", "This is not the right type of value.")
        return
    tree: dict[str, Any] = {}
    lists: dict[str, Field] = {}
    _sort(fields, (), tree, lists)
    waiting: list[tuple[Mapping[str, Any], dict[str, Any], tuple[str | int, ...], tuple[str, ...]]] = [
        (given, tree, prefix, ())
    ]
    while waiting:
        here, known, at, keys = waiting.pop()
        for name, value in here.items():
            place = (*at, name)
            inner = (*keys, name)
            if name not in known:
                if len(faults) < _NAMED:
                    faults[written(place)[:200]] = unknown
            elif (listed := lists.get(".".join(inner))) is not None:
                if not isinstance(value, list):
                    if value not in (None, ""):
                        faults[written(place)] = ("内容类型不正确。", "This is not the right type of value.")
                    continue
                for number, row in enumerate(value[: MAX_ROWS + 1]):
                    _find_unknown(listed.children, row, (*place, number), faults)
            elif known[name] and isinstance(value, Mapping):
                waiting.append((value, known[name], place, inner))
            elif known[name]:
                faults[written(place)] = ("内容类型不正确。", "This is not the right type of value.")


def _sort(fields: tuple[Field, ...], prefix: tuple[str, ...], tree: dict[str, Any], lists: dict[str, Field]) -> None:
    """Lay the names that the form knows into `tree` (name -> names inside it; {} where the answer itself stands)."""
    for field in fields:
        path = (*prefix, *field.keys)
        if field.kind == "group":
            _sort(field.children, path, tree, lists)
        elif field.keys and (field.is_input or field.kind == "dynamiclist"):
            place = tree
            for name in path:
                place = place.setdefault(name, {})
            if field.kind == "dynamiclist":
                lists[".".join(path)] = field


def _count_rows(cells: list[Cell], gone: set[Cell], given: dict[str, Any], faults: dict[str, Fault]) -> None:
    for cell in cells:
        if cell.field.kind == "dynamiclist" and not cell.is_row and cell not in gone:
            rows = look_up(given, cell.keys)
            if isinstance(rows, list) and len(rows) > MAX_ROWS:
                faults[cell.path] = (f"最多 {MAX_ROWS} 行。", f"At most {MAX_ROWS} rows.")


def _taken(
    cells: list[Cell], gone: set[Cell], values: dict[Cell, Any], data: Mapping[str, Any], base: Scope
) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for cell in cells:
        if cell in gone:
            continue
        if cell.field.kind == "dynamiclist":
            if look_up(answers, cell.keys) is MISSING:
                put(answers, cell.keys, {} if cell.is_row else [])
        elif cell.field.kind == "expression" and cell.field.expression is not None and cell.field.keys:
            put(answers, cell.keys, scope_of(cell, {**data, **answers}, base).value_of(cell.field.expression))
        elif cell in values:
            put(answers, cell.keys, values[cell])
    return answers
