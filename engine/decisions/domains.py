"""Columns of a table cut into atoms: the pieces of an input's values between which no cell tells a difference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.decisions.item_types import Constrained, Named
from engine.decisions.tables import Input
from engine.feel import UnaryTests
from engine.feel import nodes as n
from engine.feel import types as t
from engine.feel.compiler import compile_tree
from engine.feel.values import YearsMonths, compare, kind

#: Nodes of tests that only compare with written values: one sample of each atom decides them.
_PLAIN = (
    n.Tests,
    n.Literal,
    n.OperatorTest,
    n.RangeLiteral,
    n.Comparison,
    n.Logic,
    n.Between,
    n.In,
    n.InputValue,
    n.ListLiteral,
)
_WRITTEN_CALLS = frozenset({"date", "time", "date and time", "duration"})
_KINDS_IN_ORDER = frozenset({"number", "date", "time", "date and time", "days and time duration"})


@dataclass(slots=True)
class Column:
    """`samples`: a value of each atom. `masks`: which atoms each rule's cell takes; None: it cannot be told."""

    label: str
    samples: list[Any]
    masks: list[int | None]

    @property
    def everything(self) -> int:
        """Return the mask of all atoms."""
        return (1 << len(self.samples)) - 1


def column(source: Input, tests: list[UnaryTests | None]) -> Column:
    """Return the atoms of an input and what each rule's cell takes of them."""
    allowed = [found for found in (source.allowed, *_allowed(source.type)) if _written(found) is not None]
    written: list[Any] = []
    for cell in (*tests, *allowed):
        written.extend(_written(cell) or [])
    kinds = {kind(value) for value in written} - {"null"}
    declared = _simple_name(source.type)
    if declared and kinds and kinds != {declared}:
        kinds.add("mixed")
    samples = _samples(declared or next(iter(kinds), ""), written) if len(kinds) <= 1 else []
    samples = [sample for sample in samples if all(cell.matches(sample, {}) is True for cell in allowed if cell)]
    if not samples:
        return Column(source.label, [None], [None if cell is not None else 1 for cell in tests])
    return Column(source.label, samples, [_mask(cell, samples) for cell in tests])


def _mask(cell: UnaryTests | None, samples: list[Any]) -> int | None:
    """Return the atoms that `cell` takes; None when samples cannot tell."""
    if cell is None:
        return (1 << len(samples)) - 1
    if _written(cell) is None:
        return None
    return sum(1 << index for index, sample in enumerate(samples) if cell.matches(sample, {}) is True)


def _allowed(type_: t.Type | None) -> list[UnaryTests]:
    """Return the tests that a column's type puts on its values."""
    found: list[UnaryTests] = []
    for _ in range(20):
        if isinstance(type_, Named):
            type_ = type_.target
        elif isinstance(type_, Constrained):
            found.append(type_.allowed)
            type_ = type_.base
        else:
            break
    return found


def _simple_name(type_: t.Type | None) -> str:
    for _ in range(20):
        if isinstance(type_, Named):
            type_ = type_.target
        elif isinstance(type_, Constrained):
            type_ = type_.base
        else:
            break
    return type_.name if isinstance(type_, t.Simple) else ""


def _written(cell: UnaryTests | None) -> list[Any] | None:
    """Return the values that a cell compares with, None when it does more than that."""
    if cell is None:
        return []
    values: list[Any] = []
    stack: list[n.Node] = [cell.tree]
    while stack:
        node = stack.pop()
        if isinstance(node, n.Literal):
            values.append(node.value)
        elif _is_written_call(node):
            values.append(compile_tree(node, cell.text).function({}))
        elif isinstance(node, _PLAIN):
            stack.extend(node.children())
        else:
            return None
    return values


def _is_written_call(node: n.Node) -> bool:
    return (
        isinstance(node, n.Call)
        and isinstance(node.function, n.Name)
        and node.function.name in _WRITTEN_CALLS
        and all(isinstance(argument, n.Literal) for argument in node.arguments)
    )


def _samples(name: str, written: list[Any]) -> list[Any]:
    """Return one value of each atom of the type `name`, given the values that cells compare with."""
    values = [value for value in written if value is not None]
    if name == "boolean":
        return [True, False]
    if name == "string":
        texts = list(dict.fromkeys(values))
        other = "其他"
        while other in texts:
            other += "…"
        return [*texts, other]
    if name not in _KINDS_IN_ORDER or not values:
        return []
    values.sort(key=_Key)
    bounds = [value for index, value in enumerate(values) if not index or compare(values[index - 1], value) != 0]
    samples = [_step(bounds[0], -1)]
    for bound, following in zip(bounds, [*bounds[1:], None], strict=True):
        samples.append(bound)
        samples.append(_step(bound, 1) if following is None else _between(bound, following))
    return [sample for sample in samples if sample is not None]


class _Key:
    """Orders values as FEEL does; what cannot be compared counts as equal."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: _Key) -> bool:
        return compare(self.value, other.value) == -1


def _step(value: Any, sign: int) -> Any:
    """Return a value a little before or after, None at the end of what there is."""
    try:
        if isinstance(value, Decimal):
            return value + sign
        if isinstance(value, datetime):
            return value + timedelta(hours=sign)
        if isinstance(value, date):
            return value + timedelta(days=sign)
        if isinstance(value, timedelta):
            return value + timedelta(hours=sign)
        if isinstance(value, time):
            hour = value.hour + sign
            return value.replace(hour=hour) if 0 <= hour <= 23 else None
    except OverflowError:
        return None
    return YearsMonths(value.months + sign) if isinstance(value, YearsMonths) else None


def _between(low: Any, high: Any) -> Any:
    """Return a value between the two, None when there is none."""
    if isinstance(low, time):
        low_at, high_at = datetime.combine(date(2000, 1, 1), low), datetime.combine(date(2000, 1, 1), high)
        return (low_at + (high_at - low_at) / 2).timetz()
    after = _step(low, 1)
    if after is not None and compare(after, high) == -1:
        return after
    if type(low) is date:
        return None
    return low + (high - low) / 2
