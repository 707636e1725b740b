"""What counting a limit over every start date shows: that it holds, or dates and a path that break it. It words nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from engine.calendars import WorkCalendar
from engine.checks.deadlines.network import Network
from engine.checks.deadlines.reckoning import DAY, Clock, NotCovered, assumed_by
from engine.checks.deadlines.search import Late, Search
from engine.diagram import Process
from engine.rules import Rule

YEARS = 3  #: how many of the newest covered years are counted over when nobody says


@dataclass(frozen=True, slots=True)
class Break:
    """One start date on which the limit is not kept: the moments, and the elements walked.

    `done`: for each element of `path` when it is done at the latest; None where nothing counts it.
    """

    start: datetime
    finish: datetime
    limit: datetime
    path: tuple[str, ...]
    done: tuple[datetime | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """What counting showed. `considered` start dates, `broken` ones, and one of those in full.

    `open_steps`: steps on the way that nothing bounds (they count as done at once). `loops`: steps that may be
    repeated (they count once). `unclear`: how many dates may be broken without a path that shows it.
    `is_reachable`: there is a way from one end of the rule to the other.
    """

    rule: Rule
    first: date
    last: date
    considered: int
    broken: tuple[date, ...]
    example: Break | None
    open_steps: tuple[str, ...]
    loops: tuple[str, ...]
    unclear: int
    is_reachable: bool

    @property
    def holds(self) -> bool:
        """Return whether the limit is kept on every start date, with nothing left open."""
        return (
            self.is_reachable
            and self.considered > 0
            and not (self.broken or self.open_steps or self.loops or self.unclear)
        )


def prove(
    process: Process,
    rule: Rule,
    calendar: WorkCalendar,
    *,
    called: Mapping[str, Process] | None = None,
    limits: Mapping[str, Rule] | None = None,
    network: Network | None = None,
    first: date | None = None,
    last: date | None = None,
) -> Proof | None:
    """Count `rule` over the start dates from `first` to `last` (the newest covered years when None).

    `limits` are the rules that expressions may ask, `network` that of the process where it is known already. None when
    the calendar covers no year at all. A start date whose count leaves the covered years is not considered.
    """
    try:
        clock = Clock(calendar, limits, assumed_by(rule.spans[process.id].when))
    except NotCovered:
        return None
    begin = max(first or date(max(clock.first.year, clock.last.year - YEARS + 1), 1, 1), clock.first)
    end = min(last or clock.last, clock.last)
    search = Search(network or Network(process, called or {}), rule, rule.spans[process.id], clock)
    return _over(search, rule, begin, end)


def _over(search: Search, rule: Rule, first: date, last: date) -> Proof:
    """Count from every date."""
    considered, unclear = 0, 0
    broken: dict[date, Late] = {}
    days = _Days(search)
    for day in range(first.toordinal(), last.toordinal() + 1) if search.is_reachable else ():
        try:
            late = days.late_on(day)
        except NotCovered:
            continue
        considered += 1
        sure = next((one for one in late if one.is_sure), None)
        if sure is not None:
            broken[date.fromordinal(day)] = sure
        elif late:
            unclear += 1
    example: Break | None = None
    if broken:
        newest = max(broken).year  # the first date of the newest year means most to readers
        worst = next(one for day, one in broken.items() if day.year == newest)
        moment = search.clock.as_datetime
        walked = search.walked(worst)
        done = tuple(None if at is None else moment(at) for at in walked.values())
        example = Break(moment(worst.start), moment(worst.finish), moment(worst.limit), tuple(walked), done)
    return Proof(
        rule,
        first,
        last,
        considered,
        tuple(broken),
        example,
        tuple(sorted(search.open_steps)),
        search.loops,
        unclear,
        search.is_reachable,
    )


class _Days:
    """Counts start dates, each kind of week once: where the days looked at are worked alike, the result is the same."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.before = self.after = 0  #: how far from its start a count has looked, so far
        self.known: dict[bytes, tuple[int, list[Late]]] = {}

    def late_on(self, day: int) -> list[Late]:
        """Return how a case that begins on `day` can be late. Raises NotCovered."""
        clock = self.search.clock
        week = clock.alike(day, self.before, self.after)
        if week in self.known:
            then, late = self.known[week]
            return [one.later((day - then) * DAY) for one in late]
        clock.watch(day)
        late = self.search.late_on(day)
        before, after = day - clock.earliest, clock.latest - day
        if before > self.before or after > self.after:
            self.before, self.after = max(before, self.before), max(after, self.after)
            self.known.clear()
            week = clock.alike(day, self.before, self.after)
        if week is not None:
            self.known[week] = day, late
        return late
