"""Reads a range from text: `range("[1..10)")`. Ends are literals or calls of date(), time() and their like."""

from __future__ import annotations

from typing import Any

from engine.feel import nodes as n
from engine.feel import temporal
from engine.feel.errors import FeelError
from engine.feel.grammar import parse
from engine.feel.lexer import Source
from engine.feel.runtime import SILENT
from engine.feel.structures import make_range
from engine.feel.values import Range

_READERS = {
    "date": temporal.read_date,
    "time": temporal.read_time,
    "date and time": temporal.read_date_time,
    "duration": temporal.read_duration,
}
_NO_VALUE = object()


def read_range(text: str) -> Range | None:
    """Return the range, or None when `text` is none or its ends do not fit together."""
    try:
        tree = parse(Source(_with_nulls(text.strip()), frozenset()))
    except FeelError:
        return None
    if not isinstance(tree, n.RangeLiteral):
        return None
    low, high = _value(tree.low), _value(tree.high)
    if low is _NO_VALUE or high is _NO_VALUE:
        return None
    return make_range(low, high, tree.low_in, tree.high_in, SILENT)


def _with_nulls(text: str) -> str:
    """Return `text` with null written where an open end is left out: `(..5]`, `[1..)`."""
    inner = text[1:-1].strip()
    if text[:1] in ("(", "]") and inner.startswith(".."):
        return f"{text[0]}null{inner}{text[-1]}"
    if text[-1:] in (")", "[") and inner.endswith(".."):
        return f"{text[0]}{inner}null{text[-1]}"
    return text


def _value(node: n.Node) -> Any:
    if isinstance(node, n.Literal):
        return node.value
    if isinstance(node, n.Call) and isinstance(node.function, n.Name) and len(node.arguments) == 1:
        argument = node.arguments[0]
        reader = _READERS.get(node.function.name)
        if reader and isinstance(argument, n.Literal) and isinstance(argument.value, str):
            value = reader(argument.value)
            return _NO_VALUE if value is None else value
    return _NO_VALUE
