"""What compiled expressions do with lists, contexts, ranges, functions and tests. Operators are in `runtime`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from engine.feel.runtime import Run, both, eq, ge, gt, le, lt
from engine.feel.types import FAILED, Type
from engine.feel.values import (
    Function,
    Range,
    YearsMonths,
    as_int,
    compare,
    in_range,
    kind,
    offset_of,
    zone_name,
)

# --- members --------------------------------------------------------------------------------------------------


def path(base: Any, member: str, run: Run) -> Any:
    """Return `base.member`; of a list, the list of its members' members."""
    if base.__class__ is dict:
        if member in base:
            return base[member]
        return run.null(f"没有成员“{member}”。", f"there is no member {member!r}.")
    if isinstance(base, list):
        run.spend(len(base))
        return [path(item, member, run) for item in base]
    if isinstance(base, Mapping):
        return base.get(member)
    prop = _PROPERTIES.get((kind(base), member))
    if prop is None:
        return run.null(f"{kind(base)} 没有成员“{member}”。", f"{kind(base)} has no member {member!r}.")
    value = prop(base)
    return Decimal(value) if value.__class__ is int else value


def _seconds(value: Any) -> Decimal:
    """Return the seconds of a moment or a duration, with their fraction."""
    if not isinstance(value, timedelta):
        return Decimal(value.second) + Decimal(value.microsecond) / 1_000_000
    sign, length = (-1, -value) if value < timedelta() else (1, value)
    return sign * (Decimal(length.seconds % 60) + Decimal(length.microseconds) / 1_000_000)


def _part(length: timedelta, unit: int, size: int) -> int:
    """Return one written part of a duration, with its sign."""
    seconds = abs(length) // timedelta(seconds=1)
    value = seconds // unit % size if size else seconds // unit
    return -value if length < timedelta() else value


def _months_part(length: YearsMonths, years: bool) -> int:
    whole, rest = divmod(abs(length.months), 12)
    value = whole if years else rest
    return -value if length.months < 0 else value


_PROPERTIES: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("years and months duration", "years"): lambda v: _months_part(v, True),
    ("years and months duration", "months"): lambda v: _months_part(v, False),
    ("days and time duration", "days"): lambda v: _part(v, 86400, 0),
    ("days and time duration", "hours"): lambda v: _part(v, 3600, 24),
    ("days and time duration", "minutes"): lambda v: _part(v, 60, 60),
    ("days and time duration", "seconds"): _seconds,
    ("range", "start"): lambda v: v.start,
    ("range", "end"): lambda v: v.end,
    ("range", "start included"): lambda v: v.start_included and v.start is not None,
    ("range", "end included"): lambda v: v.end_included and v.end is not None,
}
for _kind in ("date", "date and time"):
    for _name in ("year", "month", "day"):
        _PROPERTIES[_kind, _name] = lambda v, name=_name: getattr(v, name)  # type: ignore[misc]  # bound per round
    _PROPERTIES[_kind, "weekday"] = lambda v: v.isoweekday()
for _kind in ("time", "date and time"):
    _PROPERTIES[_kind, "second"] = _seconds
    for _name in ("hour", "minute"):
        _PROPERTIES[_kind, _name] = lambda v, name=_name: getattr(v, name)  # type: ignore[misc]  # bound per round
    _PROPERTIES[_kind, "time offset"] = offset_of
    _PROPERTIES[_kind, "timezone"] = lambda v: zone_name(v.tzinfo)


def at_index(base: Any, index: Any, run: Run) -> Any:
    """Return the member at `index`: from 1, or from the end when negative; null outside."""
    members = base if isinstance(base, list) else [base]
    position = as_int(index)
    if position is None or position == 0 or abs(position) > len(members):
        return run.null(f"列表没有第 {index} 项。", f"the list has no item {index}.")
    return members[position - 1 if position > 0 else position]


def filtered(base: Any, condition: Callable[[Any], Any], run: Run, cost: int = 1) -> Any:
    """Return `base[condition]`: the members for which it is true, or the member at the number it gives.

    `cost`: the steps of one condition.
    """
    if base is None:
        return run.null("空值不能筛选。", "null cannot be filtered.")
    members = base if isinstance(base, list) else [base]
    if not members:
        return None if kind(condition(None)) == "number" else []
    run.spend(len(members) * cost)
    first = condition(members[0])
    if kind(first) == "number":
        return at_index(members, first, run)
    chosen = [members[0]] if first is True else []
    chosen.extend(member for member in members[1:] if condition(member) is True)
    return chosen


def item_name(item: Any, name: str) -> bool:
    """Return whether `name` inside a filter means the member of `item`."""
    return isinstance(item, dict) and name in item


def new_context(pairs: Sequence[tuple[str, Any]], run: Run) -> dict[str, Any] | None:
    """Return a context; null when a key comes twice."""
    made = dict(pairs)
    if len(made) != len(pairs):
        run.null("上下文中有重复的键。", "a context has the same key twice.")
        return None
    return made


def make_range(low: Any, high: Any, low_in: bool, high_in: bool, run: Run) -> Range | None:
    """Return the range, or null when its ends do not fit together."""
    if low is None and high is None:
        run.null("区间两端都为空。", "both ends of the range are null.")
        return None
    order = -1 if low is None or high is None else compare(low, high)
    if order is None:
        run.null("区间两端类型不同。", "the ends of the range are of different types.")
        return None
    if order > 0:
        run.null("区间的起点在终点之后。", "the range starts after its end.")
        return None
    return Range(low, high, low_in and low is not None, high_in and high is not None)


def operator_range(op: str, operand: Any, run: Run) -> Range | None:
    """Return the values `op operand` as a range."""
    if kind(operand) not in _RANGED or op == "!=":
        run.null(f"“{op}”不能成为区间。", f"{op!r} makes no range here.")
        return None
    if op == "=":
        return Range(operand, operand)
    if op[0] == "<":
        return Range(None, operand, False, op == "<=")
    return Range(operand, None, op == ">=", False)


_RANGED = frozenset(
    {"number", "string", "date", "time", "date and time", "days and time duration", "years and months duration"}
)


# --- tests ----------------------------------------------------------------------------------------------------


def between(value: Any, low: Any, high: Any, run: Run) -> bool | None:
    """Return `value between low and high`."""
    return both(ge(value, low, run), le(value, high, run))


def within(value: Any, low: Any, high: Any, low_in: bool, high_in: bool, run: Run) -> bool | None:
    """Return whether `value` lies between the ends."""
    over = ge(value, low, run) if low_in else gt(value, low, run)
    if over is False:
        return False
    return both(over, le(value, high, run) if high_in else lt(value, high, run))


def matches(value: Any, test: Any, run: Run) -> bool | None:
    """Return whether `value` passes the test whose value is `test`: it is it, lies in it, or is one of it."""
    if isinstance(test, Range):
        if isinstance(value, Range):
            return eq(value, test, run)
        result = in_range(value, test)
        return (
            result if result is not None else run.null("值与区间类型不同。", "value and range are of different types.")
        )
    if isinstance(test, list):
        run.spend(len(test))
        if any((matches(value, item, run) if not isinstance(item, list) else eq(value, item, run)) for item in test):
            return True
        return isinstance(value, list) and eq(value, test, run) is True
    return eq(value, test, run)


def holds(value: Any, result: Any, run: Run) -> bool | None:
    """Return whether a condition written in a cell holds; for a yes/no input it is compared instead."""
    if isinstance(value, bool):
        return eq(value, result, run)
    return truth(result)


def asked(value: Any, result: Any, run: Run) -> bool | None:
    """Return whether a test that mentions `?` passes: its truth, or else its value compared with the input."""
    return result if result is None or isinstance(result, bool) else matches(value, result, run)


def truth(value: Any) -> bool | None:
    """Return a boolean as it is, anything else as null."""
    return value if value is True or value is False else None


def any_of(results: Iterator[bool | None] | Sequence[bool | None]) -> bool | None:
    """Return three-valued `or`: true when one is true, null when none is but one is unknown."""
    unknown = False
    for result in results:
        if result is True:
            return True
        unknown = unknown or result is not False
    return None if unknown else False


def all_of(results: Iterator[bool | None]) -> bool | None:
    """Return three-valued `and`."""
    unknown = False
    for result in results:
        if result is False:
            return False
        unknown = unknown or result is not True
    return None if unknown else True


def negated(result: bool | None) -> bool | None:
    """Return three-valued `not`."""
    return None if result is None else not result


# --- functions ------------------------------------------------------------------------------------------------


class Lambda(Function):
    """A function written in FEEL."""

    __slots__ = ("body", "cost")

    def __init__(
        self, parameters: tuple[str, ...], types: tuple[Type | None, ...], body: Callable[..., Any], cost: int
    ) -> None:
        super().__init__("function", parameters, types)
        self.body = body
        self.cost = cost

    def call(self, arguments: list[Any], run: Run) -> Any:
        """Return the body's value with each argument made to fit its parameter."""
        if len(arguments) != len(self.parameters):
            return run.null(
                f"函数需要 {len(self.parameters)} 个参数，给了 {len(arguments)} 个。",
                f"the function takes {len(self.parameters)} arguments, not {len(arguments)}.",
            )
        fitted = []
        for name, type_, value in zip(self.parameters, self.types, arguments, strict=True):
            made = type_.coerce(value) if type_ is not None else value
            if made is FAILED:
                return run.null(f"参数“{name}”应为 {type_}。", f"parameter {name!r} must be {type_}.")
            fitted.append(made)
        run.spend(self.cost)
        run.enter()
        try:
            return self.body(*fitted)
        finally:
            run.calls -= 1


def call(function: Any, arguments: list[Any], names: tuple[str, ...] | None, run: Run) -> Any:
    """Return the result of calling `function`; null when it is none."""
    if not isinstance(function, Function):
        return run.null("被调用的不是函数。", "what is called is not a function.")
    if names is None:
        return function.call(arguments, run)
    if len(set(names)) != len(names):
        return run.null("参数重复。", "a parameter is given twice.")
    return function.call_named(dict(zip(names, arguments, strict=True)), run)


def callable_or(value: Any, builtin: Function) -> Any:
    """Return `value` when it can be called, else the built-in whose name a plain variable has."""
    return value if isinstance(value, Function) else builtin


def external(run: Run) -> Any:
    """Explain why a function of another language gives null."""
    return run.null("不运行外部函数（Java、PMML）。", "external functions (Java, PMML) are not run.")


def incomplete_type(_value: Any, run: Run) -> Any:
    """Explain a type that does not say what it holds."""
    return run.null(
        "类型不完整，应写明内容，如 list<number>。", "the type must say what it holds, as list<number> does."
    )
