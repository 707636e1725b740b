"""What compiled expressions call: one run's bounds and explanations, and the operators. It parses nothing."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Protocol

from engine.calendars import WorkCalendar
from engine.feel import temporal
from engine.feel.errors import FeelLimit
from engine.feel.values import MATH, YearsMonths, as_number, compare, equal, kind, offset_of, seconds_of

#: Steps of one evaluation: an iteration, a call or a member of a list is one; 64 characters made are one.
MAX_STEPS = 60_000
MAX_CALLS = 100
MAX_STRING = 1_000_000


class Limit(Protocol):
    """A rule of time, as far as expressions ask it."""

    def due(self, start: datetime, calendar: WorkCalendar, extensions: int = 0) -> datetime:
        """Return the last moment of the limit that began at `start`, extended so many times."""


#: Finds the rule of an id for something that began at a moment; None when there is none.
Limits = Callable[[str, datetime], Limit | None]


class Run:
    """One evaluation: what it may use, what it has used, and why something is null."""

    __slots__ = ("calendar", "calls", "limits", "notes", "now", "steps")

    def __init__(
        self,
        calendar: WorkCalendar | None = None,
        now: datetime | None = None,
        notes: list[str] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.calendar = calendar
        self.now = now
        self.notes = notes
        self.limits = limits
        self.steps = MAX_STEPS
        self.calls = 0

    def spend(self, steps: int = 1) -> None:
        """Count `steps`; raise FeelLimit when they are used up."""
        self.steps -= steps
        if self.steps < 0:
            raise FeelLimit(
                f"计算超过 {MAX_STEPS} 步，已停止。请减少数据或拆分表达式。",
                f"stopped after {MAX_STEPS} steps; use less data or split the expression.",
            )

    def made(self, text: str) -> str:
        """Count a text that was made; raise FeelLimit when it is too long."""
        if len(text) > MAX_STRING:
            raise FeelLimit(f"文字超过 {MAX_STRING} 字。", f"a text is longer than {MAX_STRING} characters.")
        self.spend(len(text) >> 6)
        return text

    def null(self, zh: str, en: str) -> Any:
        """Return null and keep why, if anybody asked."""
        if self.notes is not None and len(self.notes) < 100:
            self.notes.append(f"{zh} / {en}")
        return None

    def enter(self) -> None:
        """Count one call deeper."""
        self.calls += 1
        self.spend()
        if self.calls > MAX_CALLS:
            raise FeelLimit(f"函数调用超过 {MAX_CALLS} 层。", f"functions call deeper than {MAX_CALLS}.")


class _Silent(Run):
    """The run of expressions whose cost is that of their text: shared, it counts and keeps nothing."""

    __slots__ = ()

    def spend(self, steps: int = 1) -> None:
        """Count nothing."""

    def made(self, text: str) -> str:
        """Check only the length."""
        if len(text) > MAX_STRING:
            raise FeelLimit(f"文字超过 {MAX_STRING} 字。", f"a text is longer than {MAX_STRING} characters.")
        return text

    def null(self, zh: str, en: str) -> Any:
        """Keep nothing."""
        return None


SILENT = _Silent()


def too_deep() -> FeelLimit:
    """Return the error for values that nest beyond what can be walked."""
    return FeelLimit("数据嵌套过深。", "the data nest too deep.")


def missing(name: str, run: Run) -> Any:
    """Explain a name that the context does not have."""
    return run.null(f"没有名为“{name}”的变量。", f"there is no variable {name!r}.")


def _mismatch(op: str, left: Any, right: Any, run: Run) -> Any:
    return run.null(f"{kind(left)} 与 {kind(right)} 不能做“{op}”。", f"{kind(left)} {op} {kind(right)} is not defined.")


# --- arithmetic -----------------------------------------------------------------------------------------------


def _calculate(op: str, operation: Callable[[Decimal, Decimal], Decimal], left: Any, right: Any, run: Run) -> Any:
    try:
        return operation(left, right)
    except decimal.DivisionByZero:
        return run.null("除数为零。", "division by zero.")
    except decimal.DecimalException:
        return run.null(f"“{op}”的结果超出数值范围。", f"the result of {op} is out of range.")


def add(left: Any, right: Any, run: Run) -> Any:
    """Return `left + right`: numbers, texts, a temporal value and a duration."""
    a, b = as_number(left), as_number(right)
    if a is not None and b is not None:
        return _calculate("+", MATH.add, a, b, run)
    if isinstance(left, str) and isinstance(right, str):
        return run.made(left + right)
    if left is None or right is None:
        return _mismatch("+", left, right, run)
    try:
        result = _add_temporal(left, right)
    except (ValueError, OverflowError):
        return run.null("日期或时长超出范围。", "the date or duration is out of range.")
    return _mismatch("+", left, right, run) if result is None else result


def _add_temporal(left: Any, right: Any) -> Any:
    """Return the sum, or None when it is not defined."""
    if isinstance(left, YearsMonths) and isinstance(right, YearsMonths):
        return YearsMonths(left.months + right.months)
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return left + right
    if isinstance(left, (timedelta, YearsMonths)):
        left, right = right, left
    if isinstance(right, YearsMonths) and isinstance(left, date):
        return temporal.add_months(left, right.months)
    if not isinstance(right, timedelta):
        return None
    if isinstance(left, datetime):
        return temporal.add_length(left, right)
    if isinstance(left, date):
        return (datetime.combine(left, time()) + right).date()
    return temporal.add_to_time(left, right) if isinstance(left, time) else None


def subtract(left: Any, right: Any, run: Run) -> Any:
    """Return `left - right`: numbers, temporal values, durations."""
    a, b = as_number(left), as_number(right)
    if a is not None and b is not None:
        return _calculate("-", MATH.subtract, a, b, run)
    if left is None or right is None:
        return _mismatch("-", left, right, run)
    try:
        if isinstance(right, (timedelta, YearsMonths)):
            same = type(left) is type(right) or isinstance(left, (date, time))
            result = _add_temporal(left, -right) if same else None
        else:
            result = _difference(left, right)
    except (ValueError, OverflowError):
        return run.null("日期或时长超出范围。", "the date or duration is out of range.")
    return _mismatch("-", left, right, run) if result is None else result


def _difference(left: Any, right: Any) -> timedelta | None:
    """Return the length from `right` to `left`, or None when it is not defined. A date is its midnight in UTC."""
    if isinstance(left, date) and isinstance(right, date):
        if not isinstance(left, datetime) and not isinstance(right, datetime):
            return left - right
        left, right = _instant(left), _instant(right)
        if (left.tzinfo is None) != (right.tzinfo is None):
            return None
        length: timedelta = left - right if left.tzinfo is None else left.astimezone(UTC) - right.astimezone(UTC)
        return length
    if isinstance(left, time) and isinstance(right, time):
        a, b = offset_of(left), offset_of(right)
        if (a is None) != (b is None):
            return None
        return (seconds_of(left) - (a or timedelta())) - (seconds_of(right) - (b or timedelta()))
    return None


def _instant(value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time(), UTC)


def multiply(left: Any, right: Any, run: Run) -> Any:
    """Return `left * right`: numbers, or a duration and a number."""
    a, b = as_number(left), as_number(right)
    if a is not None and b is not None:
        return _calculate("*", MATH.multiply, a, b, run)
    if a is not None:
        left, b = right, a
    if b is None:
        return _mismatch("*", left, right, run)
    return _scale("*", left, b, run, right)


def divide(left: Any, right: Any, run: Run) -> Any:
    """Return `left / right`: numbers, a duration by a number, or two durations of one kind."""
    a, b = as_number(left), as_number(right)
    if a is not None and b is not None:
        return _calculate("/", MATH.divide, a, b, run)
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        one = timedelta(microseconds=1)
        return _calculate("/", MATH.divide, Decimal(left // one), Decimal(right // one), run)
    if isinstance(left, YearsMonths) and isinstance(right, YearsMonths):
        return _calculate("/", MATH.divide, Decimal(left.months), Decimal(right.months), run)
    if b is None:
        return _mismatch("/", left, right, run)
    if not b:
        return run.null("除数为零。", "division by zero.")
    return _scale("/", left, b, run, right)


def _scale(op: str, length: Any, number: Decimal, run: Run, right: Any) -> Any:
    """Return a duration multiplied or divided by `number`."""
    operation = MATH.multiply if op == "*" else MATH.divide
    try:
        if isinstance(length, YearsMonths):
            months = int(operation(Decimal(length.months), number))
            return YearsMonths(months) if abs(months) <= temporal.MAX_MONTHS else run.null("时长过大。", "too long.")
        if isinstance(length, timedelta):
            micro = operation(Decimal(length // timedelta(microseconds=1)), number)
            return timedelta(microseconds=int(micro)) if micro.adjusted() < 22 else run.null("时长过大。", "too long.")
    except (decimal.DecimalException, OverflowError):
        return run.null("时长超出范围。", "the duration is out of range.")
    return _mismatch(op, length, right, run)


def power(left: Any, right: Any, run: Run) -> Any:
    """Return `left ** right` of numbers."""
    a, b = as_number(left), as_number(right)
    if a is None or b is None:
        return _mismatch("**", left, right, run)
    if not b:
        return Decimal(1)
    if not a and b < 0:
        return run.null("除数为零。", "division by zero.")
    run.spend(10 if b == b.to_integral_value() else 50)
    return _calculate("**", MATH.power, a, b, run)


def negate(value: Any, run: Run) -> Any:
    """Return `-value` of a number or duration."""
    number = as_number(value)
    if number is not None:
        return _calculate("-", MATH.subtract, Decimal(0), number, run) if number else number
    if isinstance(value, (timedelta, YearsMonths)):
        try:
            return -value
        except OverflowError:
            return run.null("时长超出范围。", "the duration is out of range.")
    return run.null(f"{kind(value)} 没有相反数。", f"-{kind(value)} is not defined.")


# --- comparison -----------------------------------------------------------------------------------------------


def eq(left: Any, right: Any, run: Run) -> bool | None:
    """Return `left = right`."""
    result = equal(left, right, run.spend)
    return _mismatch("=", left, right, run) if result is None else result


def ne(left: Any, right: Any, run: Run) -> bool | None:
    """Return `left != right`."""
    result = equal(left, right, run.spend)
    return _mismatch("!=", left, right, run) if result is None else not result


def _order(op: str, left: Any, right: Any, run: Run) -> int | None:
    order = compare(left, right)
    return _mismatch(op, left, right, run) if order is None else order


def lt(left: Any, right: Any, run: Run) -> bool | None:
    """Return `left < right`."""
    if left.__class__ is Decimal and right.__class__ is Decimal and left.is_finite() and right.is_finite():
        return bool(left < right)
    order = _order("<", left, right, run)
    return None if order is None else order < 0


def le(left: Any, right: Any, run: Run) -> bool | None:
    """Return `left <= right`."""
    if left.__class__ is Decimal and right.__class__ is Decimal and left.is_finite() and right.is_finite():
        return bool(left <= right)
    order = _order("<=", left, right, run)
    return None if order is None else order <= 0


def gt(left: Any, right: Any, run: Run) -> bool | None:
    """Return `left > right`."""
    if left.__class__ is Decimal and right.__class__ is Decimal and left.is_finite() and right.is_finite():
        return bool(left > right)
    order = _order(">", left, right, run)
    return None if order is None else order > 0


def ge(left: Any, right: Any, run: Run) -> bool | None:
    """Return `left >= right`."""
    if left.__class__ is Decimal and right.__class__ is Decimal and left.is_finite() and right.is_finite():
        return bool(left >= right)
    order = _order(">=", left, right, run)
    return None if order is None else order >= 0


def both(left: bool | None, right: bool | None) -> bool | None:
    """Return three-valued `and` of two truth values."""
    if left is False or right is False:
        return False
    return True if left is True and right is True else None
