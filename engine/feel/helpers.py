"""The names that compiled expressions may call, and nothing else: operators, structures, iteration."""

from __future__ import annotations

from typing import Any

from engine.feel import iteration, runtime, structures

_OPERATORS = ("add", "subtract", "multiply", "divide", "power", "negate", "eq", "ne", "lt", "le", "gt", "ge")
_STRUCTURES = (
    "path",
    "at_index",
    "filtered",
    "item_name",
    "new_context",
    "make_range",
    "operator_range",
    "between",
    "within",
    "matches",
    "holds",
    "asked",
    "truth",
    "any_of",
    "negated",
    "incomplete_type",
    "callable_or",
    "Lambda",
    "call",
    "external",
)
HELPERS: dict[str, Any] = {
    **{name: getattr(runtime, name) for name in _OPERATORS},
    **{name: getattr(structures, name) for name in _STRUCTURES},
    **{name: getattr(iteration, name) for name in ("Span", "for_each", "quantified")},
    "Run": runtime.Run,
    "SILENT": runtime.SILENT,
    "missing": runtime.missing,
    "too_deep": runtime.too_deep,
}
