"""Counts with moments as whole seconds of local time, fast enough for every day of several years; reads deadlines.

A moment is (ordinal day x 86400 + second of the day) in the calendar's zone. Deadlines come from timers and FEEL texts
as functions of the moment a step begins and of the moments that variables hold.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from engine import feel
from engine.calendars import WorkCalendar
from engine.diagram import Expression, Timer
from engine.errors import EngineError
from engine.feel import nodes as n
from engine.feel.compiler import compile_tree
from engine.rules import SECONDS, Rule

DAY = 86_400
Moments = Mapping[str, int]
Reckon = Callable[["Clock", Moments, int], int]  #: (clock, moments of variables, now) -> moment


class NotCovered(Exception):
    """The count leaves the years that the calendar covers."""


class Unknown(Exception):
    """A variable's moment is not known before the case runs."""


class Clock:
    """The calendar's newest unbroken run of covered years, as tables. `limits` are the rules that expressions may ask,
    `assumed` what the data of the cases counted holds.

    `earliest` and `latest`: the days that counts have looked at since `watch`. Another start whose days there are
    worked alike gives the same, so much later.
    """

    def __init__(
        self,
        calendar: WorkCalendar,
        limits: Mapping[str, Rule] | None = None,
        assumed: Mapping[str, Any] | None = None,
    ) -> None:
        self.calendar = calendar
        self.limits = limits or {}
        self.assumed = assumed or {}
        self.first, self.last, self.working, self.pattern = _table(calendar)
        self.begins, self.ends = self.first.toordinal(), self.last.toordinal()
        self.watch(self.begins)

    def watch(self, day: int) -> None:
        """Begin to note which days are looked at, for a start on `day`."""
        self.earliest = self.latest = day

    def alike(self, day: int, before: int, after: int) -> bytes | None:
        """Return which days from `before` days before to `after` days after `day` are worked; None outside the years."""
        first, last = day - before - self.begins, day + after + 1 - self.begins
        return self.pattern[first:last] if first >= 0 and last <= len(self.pattern) else None

    def _look(self, first: int, last: int) -> None:
        self.earliest, self.latest = min(self.earliest, first), max(self.latest, last)

    def add_working_days(self, moment: int, days: int) -> int:
        """Return the same time of day `days` working days later; that day does not count."""
        if not self.begins <= moment // DAY <= self.ends:
            raise NotCovered
        index = bisect_right(self.working, moment // DAY) + days - 1
        if index >= len(self.working):
            raise NotCovered
        self._look(moment // DAY, self.working[index])
        return self.working[index] * DAY + moment % DAY

    def limit(self, rule: Rule, start: int, extensions: int = 0) -> int:
        """Return the last second of the limit that began at `start`: what `Rule.due` gives."""
        extra = rule.extension if extensions else None
        if rule.is_exact:
            return start + SECONDS[rule.unit] * (rule.number + (extra.number * extensions if extra is not None else 0))
        day = self._count(start // DAY, rule.number, rule.unit)
        if extra is not None:
            day = self._count(day, extra.number * extensions, extra.unit)
        if rule.moves:
            day = self.next_working_day(day)
        if not self.begins <= day <= self.ends:
            raise NotCovered
        self._look(day, day)
        return day * DAY + DAY - 1

    def _count(self, day: int, number: int, unit: str) -> int:
        return day + number if unit != "working days" or not number else self.add_working_days(day * DAY, number) // DAY

    def end_of_day(self, moment: int) -> int:
        """Return the last second of the day."""
        return moment // DAY * DAY + DAY - 1

    def next_working_day(self, day: int) -> int:
        """Return `day` if it is worked, else the next day that is."""
        index = bisect_right(self.working, day - 1)
        if index >= len(self.working) or day < self.begins:
            raise NotCovered
        self._look(day, self.working[index])
        return self.working[index]

    def as_datetime(self, moment: int) -> datetime:
        """Return the moment with its zone."""
        day = date.fromordinal(moment // DAY)
        return datetime.combine(day, time(), self.calendar.zone) + timedelta(seconds=moment % DAY)


@lru_cache(maxsize=4)
def _table(calendar: WorkCalendar) -> tuple[date, date, list[int], bytes]:
    """Return the first and last day of the newest unbroken run of years, its working days, and 1 or 0 for each day.

    Raises NotCovered.
    """
    years = sorted(calendar.years | calendar.provisional_years)
    if not years:
        raise NotCovered
    newest = first = years[-1]
    while first - 1 in years:
        first -= 1
    begin, end = date(first, 1, 1), date(newest, 12, 31)
    days = range(begin.toordinal(), end.toordinal() + 1)
    pattern = bytes(calendar.is_working_day(date.fromordinal(day)) for day in days)
    return begin, end, [day for day, is_worked in zip(days, pattern, strict=True) if is_worked], pattern


def of_timer(timer: Timer) -> Reckon | None:
    """Return when a timer fires first; None when that is not known before the case runs."""
    if timer.form == "cycle":
        return None
    if timer.value.is_literal:
        length = _duration(timer.value.text)
        return _later(length, timer.working_days) if length is not None else None
    return of_expression(timer.value, timer.working_days)


def of_expression(expression: Expression, working_days: bool = False) -> Reckon | None:
    """Return the moment (or the moment after the duration) that a FEEL text gives; None when it is not understood."""
    if expression.is_literal:
        return None
    try:
        tree = feel.compile(expression.text).tree
    except EngineError:
        return None
    found = _read(tree)
    if isinstance(found, timedelta):
        return _later(found, working_days)
    if isinstance(found, _Length):
        length = found
        return None if working_days else lambda clock, _moments, now: now + length.seconds(clock)
    return found if callable(found) else None


def _later(length: timedelta, working_days: bool) -> Reckon | None:
    if working_days:
        days = length.days
        if length != timedelta(days=days) or days < 1:
            return None
        return lambda clock, _, now: clock.add_working_days(now, days)
    seconds = int(length.total_seconds())
    return lambda _clock, _moments, now: now + seconds


def _duration(text: str) -> timedelta | None:
    value = feel.compile(f"duration({_quoted(text)})").evaluate({})
    return value if isinstance(value, timedelta) else None


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "").replace('"', "") + '"'


class _Length:
    """A duration that depends on the case's data: known where what it reads is assumed."""

    def __init__(self, tree: n.Node) -> None:
        self.value = compile_tree(tree, "").function

    def seconds(self, clock: Clock) -> int:
        """Return the length. Raises Unknown."""
        value = self.value(clock.assumed)
        if not isinstance(value, timedelta):
            raise Unknown("length")
        return int(value.total_seconds())


def assumed_by(condition: str) -> dict[str, Any]:
    """Return the values that a condition such as `days = 3 and kind = "x"` says its variables have."""
    found: dict[str, Any] = {}
    queue = [feel.compile(condition).tree] if condition else []
    while queue:
        tree = queue.pop()
        if isinstance(tree, n.Logic) and tree.op == "and":
            queue += [tree.left, tree.right]
        elif isinstance(tree, n.Comparison) and tree.op == "=":
            if isinstance(tree.left, n.Name) and isinstance(tree.right, n.Literal):
                found[tree.left.name] = tree.right.value
    return found


def _either(condition: n.Node, yes: Reckon, no: Reckon) -> Reckon:
    """Return the branch that a condition over what is assumed takes; the later one where that decides nothing."""
    holds = compile_tree(condition, "").function

    def read(clock: Clock, moments: Moments, now: int) -> int:
        answer = holds(clock.assumed)
        if answer is True or answer is False:
            return (yes if answer else no)(clock, moments, now)
        return max(yes(clock, moments, now), no(clock, moments, now))

    return read


def _read(tree: n.Node) -> Reckon | timedelta | _Length | None:
    """Return what a FEEL tree gives: a moment as a function, a duration, or None."""
    if isinstance(tree, n.Literal):
        return tree.value if isinstance(tree.value, timedelta) else None
    name = _name(tree)
    if name:
        return _variable(name)
    if isinstance(tree, n.Arithmetic) and tree.op in ("+", "-"):
        return _sum(_read(tree.left), _read(tree.right), 1 if tree.op == "+" else -1)
    if isinstance(tree, n.If):
        yes, no = _read(tree.yes), _read(tree.no)
        return _either(tree.condition, yes, no) if callable(yes) and callable(no) else None
    if isinstance(tree, n.Call):
        return _call(tree)
    return None


def _name(tree: n.Node) -> str:
    """Return the name of a variable, dotted for a member; "" for anything else."""
    parts: list[str] = []
    while isinstance(tree, n.Path):
        parts.append(tree.member)
        tree = tree.base
    return ".".join([tree.name, *reversed(parts)]) if isinstance(tree, n.Name) else ""


def _variable(name: str) -> Reckon:
    def read(_clock: Clock, moments: Moments, _now: int) -> int:
        if name not in moments:
            raise Unknown(name)
        return moments[name]

    return read


def _sum(
    left: Reckon | timedelta | _Length | None, right: Reckon | timedelta | _Length | None, sign: int
) -> Reckon | timedelta | None:
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return left + sign * right
    if isinstance(left, (timedelta, _Length)) and sign == 1:
        left, right = right, left
    if callable(left) and isinstance(right, _Length):
        start, length = left, right
        return lambda clock, moments, now: start(clock, moments, now) + sign * length.seconds(clock)
    if not callable(left) or not isinstance(right, timedelta):
        return None
    base, seconds = left, sign * int(right.total_seconds())
    return lambda clock, moments, now: base(clock, moments, now) + seconds


def _call(tree: n.Call) -> Reckon | timedelta | _Length | None:
    function = _name(tree.function)
    if function in ("min", "max"):
        return _first_or_last(function, tree.arguments)
    values = [_read(argument) for argument in tree.arguments]
    first = values[0] if values else None
    if function in ("limit due", "extended limit due") and len(values) == 2 and callable(values[1]):
        return _limit(tree.arguments[0], values[1], 0 if function == "limit due" else 1)
    if function == "now" and not values:
        return lambda _clock, _moments, now: now
    if function == "duration" and len(values) == 1:
        text = tree.arguments[0]
        is_written_out = isinstance(text, n.Literal) and isinstance(text.value, str)
        return _duration(text.value) if is_written_out and isinstance(text, n.Literal) else _Length(tree)
    if function == "date and time" and len(values) == 1 and callable(first):
        return first
    if function == "end of day" and len(values) == 1 and callable(first):
        base = first
        return lambda clock, moments, now: clock.end_of_day(base(clock, moments, now))
    if function == "working days after" and len(values) == 2 and callable(first):
        count = tree.arguments[1]
        if isinstance(count, n.Literal) and isinstance(count.value, Decimal) and count.value >= 1:
            start, days = first, int(count.value)
            return lambda clock, moments, now: clock.add_working_days(start(clock, moments, now), days)
    return None


def _first_or_last(function: str, arguments: Sequence[n.Node]) -> Reckon | None:
    """Return the first or last of several moments. Of the first, those that are not known are left out."""
    if len(arguments) == 1 and isinstance(arguments[0], n.ListLiteral):
        arguments = arguments[0].items
    moments = [one for one in map(_read, arguments) if callable(one)]
    if not moments or (function == "max" and len(moments) < len(arguments)):
        return None
    if function == "max":
        return lambda clock, values, now: max(one(clock, values, now) for one in moments)
    return earliest(moments)


def _limit(name: n.Node, start: Reckon, extensions: int) -> Reckon | None:
    if not isinstance(name, n.Literal) or not isinstance(name.value, str):
        return None
    identity = name.value

    def due(clock: Clock, moments: Moments, now: int) -> int:
        if identity not in clock.limits:
            raise Unknown(identity)
        return clock.limit(clock.limits[identity], start(clock, moments, now), extensions)

    return due


def earliest(reckons: Sequence[Reckon]) -> Reckon | None:
    """Return the first of several moments; those that are not known are left out, unless none is."""
    if len(reckons) < 2:
        return reckons[0] if reckons else None
    return lambda clock, moments, now: min(_known(reckons, clock, moments, now))


def latest(reckons: Sequence[Reckon]) -> Reckon | None:
    """Return the last of several moments; those that are not known are left out, unless none is."""
    if len(reckons) < 2:
        return reckons[0] if reckons else None
    return lambda clock, moments, now: max(_known(reckons, clock, moments, now))


def _known(reckons: Sequence[Reckon], clock: Clock, moments: Moments, now: int) -> list[int]:
    found: list[int] = []
    missing = Unknown()
    for reckon in reckons:
        try:
            found.append(reckon(clock, moments, now))
        except Unknown as fault:
            missing = fault
    if not found:
        raise missing
    return found
