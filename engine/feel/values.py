"""The values of FEEL as plain Python: what kind each is, when two are equal, which comes first. No syntax here."""

from __future__ import annotations

import decimal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

#: Every calculation: 34 digits, half even, and faults raised so that they become null (DMN 10.3.2.3.1).
MATH = decimal.Context(
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A years and months duration: a count of months, which may be negative."""

    months: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return f"{'-' if self.months < 0 else ''}P{text}"

    def __neg__(self) -> YearsMonths:
        return YearsMonths(-self.months)


@dataclass(frozen=True, slots=True)
class Range:
    """An interval. An end of None is open: nothing bounds it on that side."""

    start: Any
    end: Any
    start_included: bool = True
    end_included: bool = True


class Function:
    """Something that can be called: a built-in, a lambda, a business knowledge model, a decision service."""

    __slots__ = ("name", "parameters", "result_type", "types")

    def __init__(
        self, name: str, parameters: tuple[str, ...], types: tuple[Any, ...] = (), result_type: Any = None
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.types = types  #: a Type for each parameter, or None where anything goes
        self.result_type = result_type

    def call(self, arguments: list[Any], run: Any) -> Any:
        """Return the result for positional `arguments`."""
        raise NotImplementedError

    def call_named(self, arguments: dict[str, Any], run: Any) -> Any:
        """Return the result for named `arguments`; a name that is no parameter gives null."""
        unknown = [name for name in arguments if name not in self.parameters]
        if unknown:
            return run.null(
                f"函数 {self.name} 没有参数“{unknown[0]}”。", f"function {self.name} has no parameter {unknown[0]!r}."
            )
        return self.call([arguments.get(name) for name in self.parameters], run)


_KINDS: dict[type, str] = {
    type(None): "null",
    int: "number",
    Decimal: "number",
    float: "number",
    str: "string",
    bool: "boolean",
    date: "date",
    time: "time",
    datetime: "date and time",
    timedelta: "days and time duration",
    YearsMonths: "years and months duration",
    list: "list",
    tuple: "list",
    dict: "context",
    Range: "range",
}
_BASES: tuple[tuple[type, str], ...] = (
    (Function, "function"),
    (bool, "boolean"),
    (int, "number"),
    (float, "number"),
    (Decimal, "number"),
    (str, "string"),
    (datetime, "date and time"),
    (date, "date"),
    (time, "time"),
    (timedelta, "days and time duration"),
    (Mapping, "context"),
    (list, "list"),
)
ORDERED = frozenset(
    {
        "number",
        "string",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    }
)


#: Classes whose values Python itself orders as FEEL does.
_DIRECT = frozenset({int, str, date, timedelta, YearsMonths})


def kind(value: Any) -> str:
    """Return the name of the FEEL type of `value`; "unknown" for an object that FEEL does not know."""
    found = _KINDS.get(value.__class__)
    if found is not None:
        return found
    return next((name for base, name in _BASES if isinstance(value, base)), "unknown")


def as_number(value: Any) -> Decimal | None:
    """Return `value` as a Decimal; a float by its shortest text. None when it is no finite number."""
    if value.__class__ is Decimal:
        return value if value.is_finite() else None
    if isinstance(value, bool):
        return None
    try:
        if isinstance(value, int):
            return MATH.create_decimal(value)
        if isinstance(value, float):
            number = MATH.create_decimal(repr(value))
            return number if number.is_finite() else None
    except (decimal.DecimalException, ValueError):
        return None
    return value if isinstance(value, Decimal) and value.is_finite() else None


def as_int(value: Any) -> int | None:
    """Return a number as an int when it is one, or None."""
    number = as_number(value)
    if number is None or number.adjusted() > 18:
        return None
    whole = int(number)
    return whole if whole == number else None


def truncated(value: Decimal) -> int | None:
    """Return a number without its fraction, None when it is too large to count with."""
    return int(value) if value.adjusted() <= 18 else None


_SOME_DAY = date(2000, 1, 1)


def offset_of(value: time | datetime) -> timedelta | None:
    """Return the offset from UTC; of a time in a named zone the zone's standard one. None: no zone known."""
    if value.tzinfo is None:
        return None
    if isinstance(value, datetime):
        return value.utcoffset()
    return datetime.combine(_SOME_DAY, value).utcoffset()


def zone_name(zone: tzinfo | None) -> str | None:
    """Return the name of a named zone, None for a plain offset."""
    return zone.key if isinstance(zone, ZoneInfo) else None


def seconds_of(value: time) -> timedelta:
    """Return the length since midnight."""
    return timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)


def _time_key(value: time) -> timedelta:
    return seconds_of(value) - (offset_of(value) or timedelta())


def compare(left: Any, right: Any) -> int | None:
    """Return -1, 0 or 1 as `left` comes before, with or after `right`; None when they cannot be compared."""
    if left.__class__ is right.__class__ and left.__class__ in _DIRECT:
        return int(left > right) - int(left < right)
    kind_of = kind(left)
    if kind_of != kind(right) or kind_of not in ORDERED:
        return None
    if kind_of == "number":
        left, right = as_number(left), as_number(right)
        if left is None or right is None:
            return None
    elif kind_of in ("time", "date and time"):
        if (left.tzinfo is None) != (right.tzinfo is None):  # the one without a zone is taken to be in the other's
            left = left if left.tzinfo else left.replace(tzinfo=right.tzinfo)
            right = right if right.tzinfo else right.replace(tzinfo=left.tzinfo)
        if kind_of == "time":
            left, right = _time_key(left), _time_key(right)
    return int(left > right) - int(left < right)


def equal(left: Any, right: Any, spend: Callable[[int], None]) -> bool | None:
    """Return whether the values are equal; None for values of different types. `spend` is asked for each member."""
    if left is None or right is None:
        return left is right
    if left.__class__ is right.__class__ and left.__class__ in _DIRECT:
        return bool(left == right)
    kind_of = kind(left)
    if kind_of != kind(right):
        return None
    if kind_of in ("string", "boolean", "date", "days and time duration", "years and months duration"):
        return bool(left == right)
    if kind_of == "number":
        order = compare(left, right)
        return None if order is None else order == 0
    if kind_of in ("time", "date and time"):
        return (left.tzinfo is None) == (right.tzinfo is None) and compare(left, right) == 0
    if kind_of == "list":
        if len(left) != len(right):
            return False
        spend(len(left))
        return all(equal(a, b, spend) is True for a, b in zip(left, right, strict=True))
    if kind_of == "context":
        if left.keys() != right.keys():
            return False
        spend(len(left))
        return all(equal(value, right[key], spend) is True for key, value in left.items())
    if kind_of == "range":
        return (
            left.start_included == right.start_included
            and left.end_included == right.end_included
            and equal(left.start, right.start, spend) is True
            and equal(left.end, right.end, spend) is True
        )
    return left is right if kind_of == "function" else bool(left == right)


def in_range(value: Any, span: Range) -> bool | None:
    """Return whether `value` lies in `span`; None when they cannot be compared."""
    if value is None:
        return None
    if span.start is not None:
        order = compare(value, span.start)
        if order is None:
            return None
        if order < 0 or (order == 0 and not span.start_included):
            return False
    if span.end is not None:
        order = compare(value, span.end)
        if order is None:
            return None
        if order > 0 or (order == 0 and not span.end_included):
            return False
    return True if span.start is not None or span.end is not None else None
