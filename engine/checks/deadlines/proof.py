"""Proves a limit over every start date, or finds the dates and the path that break it. It words nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from engine.calendars import WorkCalendar
from engine.checks.deadlines.network import Network, at_once
from engine.checks.deadlines.reckoning import DAY, Clock, NotCovered, Unknown
from engine.checks.deadlines.rules import Rule
from engine.diagram import Process

_MOST_PATHS = 500
_MOST_SEARCHES = 5
YEARS = 3  #: how many of the newest covered years are counted over when nobody says
#: Variables that hold the moment at which the case began.
STARTED = ("received_at", "started_at")


@dataclass(frozen=True, slots=True)
class Break:
    """One start date on which the limit is not kept: the moments, and the elements walked."""

    start: datetime
    finish: datetime
    limit: datetime
    path: tuple[str, ...]


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
    first: date | None = None,
    last: date | None = None,
) -> Proof | None:
    """Count `rule` over the start dates from `first` to `last` (the newest covered years when None).

    None when the calendar covers no year at all. A start date whose count leaves the covered years is not considered.
    """
    try:
        clock = Clock(calendar)
    except NotCovered:
        return None
    begin = max(first or date(max(clock.first.year, clock.last.year - YEARS + 1), 1, 1), clock.first)
    end = min(last or clock.last, clock.last)
    return _Search(process, rule, clock, called or {}).over(begin, end)


@dataclass(frozen=True, slots=True)
class _Late:
    """A break in seconds and vertices. It is one only when `finish` is after `limit`."""

    start: int
    finish: int
    limit: int
    path: list[int]


class _Reads:
    """Learns which variables are read."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def of(self, values: dict[str, int]) -> dict[str, int]:
        """Return the values in a map that tells which of them are asked for."""
        return _Told(values, self.names)


class _Told(dict[str, int]):
    def __init__(self, values: Mapping[str, int], names: set[str]) -> None:
        super().__init__(values)
        self.names = names

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return super().__contains__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)


class _Search:
    """The part of a network between the two ends of a rule, in an order in which every step comes after those before it."""

    def __init__(self, process: Process, rule: Rule, clock: Clock, called: Mapping[str, Process]) -> None:
        self.rule = rule
        self.clock = clock
        self.network = Network(process, called)
        left, ends = self.network.left, self.network.ends
        if rule.from_element:
            self.sources = [left[rule.from_element]] if rule.from_element in left else []
        else:
            self.sources = list(self.network.starts)
        self.targets = {left[rule.to_element]} if rule.to_element in left else set() if rule.to_element else set(ends)
        self.order, self.before, looped = self._between()
        vertices = self.network.vertices
        self.open_steps = {vertices[one].element for one in self.order if vertices[one].is_open and self._counts(one)}
        self.loops = looped
        self.direct = dict(self.before)
        self.late_paths: list[list[int]] = []
        self.searches = _MOST_SEARCHES
        self._shorten()

    def _shorten(self) -> None:
        """Leave out the vertices that change nothing: those left at once that set no variable anybody reads."""
        vertices, reads = self.network.vertices, _Reads()
        try:
            self._latest((self.clock.begins + self.clock.ends) // 2 * DAY, reads)
        except NotCovered:
            return
        for vertex in self.order:
            vertices[vertex].sets = [one for one in vertices[vertex].sets if one[0] in reads.names]
        ends = {*self.sources, *self.targets}

        def matters(vertex: int) -> bool:
            one = vertices[vertex]
            return vertex in ends or bool(one.sets) or (one.leave is not at_once and one.element not in self.open_steps)

        short: dict[int, list[int]] = {}
        for vertex in self.order:
            makers: dict[int, None] = {}
            for maker in self.before[vertex]:
                makers.update(dict.fromkeys([maker] if matters(maker) else short[maker]))
            short[vertex] = list(makers)
        self.order = [vertex for vertex in self.order if matters(vertex)]
        self.before = {vertex: short[vertex] for vertex in self.order}

    def _walked(self, maker: int, vertex: int) -> list[int]:
        """Return the vertices from `maker` to `vertex`, without the first: a shortest way among those left out."""
        came: dict[int, int] = {}
        queue = [vertex]
        for one in queue:
            if one == maker:
                break
            for before in self.direct[one]:
                if before not in came:
                    came[before] = one
                    queue.append(before)
        found = [maker]
        while found[-1] != vertex:
            found.append(came[found[-1]])
        return found[1:]

    def _counts(self, vertex: int) -> bool:
        return vertex not in self.sources

    def _between(self) -> tuple[list[int], dict[int, list[int]], tuple[str, ...]]:
        """Return the vertices on the way, in order, with those before each, and the steps that stand in loops."""
        vertices = self.network.vertices
        finished: list[int] = []
        state: dict[int, int] = {}  # 1: on the stack, 2: done
        back: set[tuple[int, int]] = set()
        for source in self.sources:
            if source in state:
                continue
            state[source] = 1
            stack: list[tuple[int, Iterator[int]]] = [(source, iter(vertices[source].ahead))]
            while stack:
                vertex, ahead = stack[-1]
                target = next(ahead, None)
                if target is None:
                    stack.pop()
                    state[vertex] = 2
                    finished.append(vertex)
                elif target not in state:
                    state[target] = 1
                    stack.append((target, iter(vertices[target].ahead if target not in self.targets else ())))
                elif state[target] == 1:
                    back.add((vertex, target))
        useful: set[int] = set()
        for vertex in finished:  # what is behind comes first
            if vertex in self.targets or any(o in useful for o in vertices[vertex].ahead if (vertex, o) not in back):
                useful.add(vertex)
        order = [vertex for vertex in reversed(finished) if vertex in useful]
        before: dict[int, list[int]] = {vertex: [] for vertex in order}
        for vertex in order:
            if vertex not in self.targets:
                for target in vertices[vertex].ahead:
                    if target in useful and (vertex, target) not in back and target not in self.sources:
                        before[target].append(vertex)
        return order, before, self._looped(order, back)

    def _looped(self, order: list[int], back: set[tuple[int, int]]) -> tuple[str, ...]:
        """Return the steps that take time and may be repeated on the way."""
        vertices = self.network.vertices
        places = set(order)
        found: dict[str, None] = {}
        makers: dict[int, list[int]] = {}
        for number, one in enumerate(vertices if back else ()):
            for target in one.ahead:
                makers.setdefault(target, []).append(number)
        for tail, head in sorted(back):
            if head not in places:
                continue
            inside = {tail}
            queue = [tail]
            while queue:
                vertex = queue.pop()
                if vertex == head:
                    continue
                for maker in makers.get(vertex, ()):
                    if maker not in inside:
                        inside.add(maker)
                        queue.append(maker)
            ahead = self._reachable(head)
            around = sorted(inside & ahead)
            found.update(dict.fromkeys(vertices[place].element for place in around if vertices[place].takes_time))
        return tuple(found)

    def _reachable(self, vertex: int) -> set[int]:
        found, queue = {vertex}, [vertex]
        while queue:
            for target in self.network.vertices[queue.pop()].ahead:
                if target not in found:
                    found.add(target)
                    queue.append(target)
        return found

    # --- counting
    def over(self, first: date, last: date) -> Proof:
        """Count from every date."""
        is_reachable = any(target in self.before for target in self.targets)
        considered, unclear = 0, 0
        broken: dict[date, _Late] = {}
        # A day's limit does not care when that day the case began: its last second is the worst. Hours may.
        seconds = (DAY - 1,) if self.rule.unit != "hours" else (0, DAY - 1)
        for day in range(first.toordinal(), last.toordinal() + 1) if is_reachable else ():
            try:
                late = [one for one in (self._late(day * DAY + second) for second in seconds) if one is not None]
            except NotCovered:
                continue
            considered += 1
            sure = next((one for one in late if one.finish > one.limit), None)
            if sure is not None:
                broken[date.fromordinal(day)] = sure
            elif late:
                unclear += 1
        example: Break | None = None
        if broken:
            newest = max(broken).year  # the first date of the newest year means most to readers
            example = self._told(next(one for day, one in broken.items() if day.year == newest))
        steps = tuple(sorted(self.open_steps))
        return Proof(
            self.rule, first, last, considered, tuple(broken), example, steps, self.loops, unclear, is_reachable
        )

    def _late(self, start: int) -> _Late | None:
        """Return how a case that begins at `start` can be late, or None. Raises NotCovered.

        The latest moments may mix what several paths do to variables; the path returned is counted again by itself.
        """
        limit = self._limit(start)
        moments, makers = self._latest(start)
        late = [one for one in self.targets if one in moments and moments[one][0] > limit]
        if not late:
            return None
        path = [max(late, key=lambda one: (moments[one][0], -one))]
        while path[-1] in makers:
            path.append(makers[path[-1]])
        path.reverse()
        found = _Late(start, self._along(path, start), limit, path)
        if found.finish > limit:
            return found
        for other in self._others(start, limit):
            finish = self._along(other, start)
            if finish > limit:
                return _Late(start, finish, limit, other)
        return found

    def _others(self, start: int, limit: int) -> Iterator[list[int]]:
        """Yield paths that broke a limit before; now and then look through all of them, as far as a bound."""
        yield from self.late_paths
        if self.searches == 0:
            return
        self.searches -= 1
        for number, path in enumerate(self._paths()):
            if number == _MOST_PATHS:
                return
            if self._along(path, start) > limit:
                self.late_paths.append(path)
                yield path

    def _paths(self) -> Iterator[list[int]]:
        """Yield every path from a source to a target, among the vertices that matter."""
        stack = [[target] for target in self.targets if target in self.before]
        while stack:
            path = stack.pop()
            if path[-1] in self.sources:
                yield path[::-1]
            else:
                stack.extend([*path, maker] for maker in self.before[path[-1]])

    def _told(self, late: _Late) -> Break:
        full = late.path[:1]
        for maker, vertex in pairwise(late.path):
            full += self._walked(maker, vertex)
        elements = tuple(dict.fromkeys(self.network.vertices[vertex].element for vertex in full))
        moment = self.clock.as_datetime
        return Break(moment(late.start), moment(late.finish), moment(late.limit), elements)

    def _limit(self, start: int) -> int:
        number, clock = self.rule.number, self.clock
        if self.rule.unit == "hours":
            return start + number * 3600
        if self.rule.unit == "working days":
            return clock.end_of_day(clock.add_working_days(start, number))
        day = start // DAY + number
        if self.rule.moves:
            day = clock.next_working_day(day)
        if day > clock.ends:
            raise NotCovered
        return day * DAY + DAY - 1

    def _latest(
        self, start: int, reads: _Reads | None = None
    ) -> tuple[dict[int, tuple[int, dict[str, int]]], dict[int, int]]:
        """Return the latest moment of every vertex with what variables hold then, and which vertex makes it so late."""
        found: dict[int, tuple[int, dict[str, int]]] = {}
        makers: dict[int, int] = {}
        for vertex in self.order:
            ways = self.before[vertex]
            if vertex in self.sources:
                arrived, values = start, dict.fromkeys(STARTED, start)
            elif not ways:
                continue
            elif len(ways) == 1:
                makers[vertex] = ways[0]
                arrived, values = found[ways[0]]
            else:
                maker = max(ways, key=lambda one: found[one][0])
                arrived, values = found[maker]
                makers[vertex] = maker
                for one in ways:
                    if found[one][1] is not values:
                        values = _later_of(values, found[one][1])
            found[vertex] = self._pass(vertex, arrived, values if reads is None else reads.of(values))
        return found, makers

    def _pass(self, vertex: int, arrived: int, values: dict[str, int]) -> tuple[int, dict[str, int]]:
        """Return when the vertex is left, and what variables hold then."""
        one = self.network.vertices[vertex]
        left = arrived
        if self._counts(vertex):
            try:
                left = one.leave(self.clock, values, arrived)
            except Unknown:
                self.open_steps.add(one.element)
        if one.sets:
            values = dict(values)
            for name, reckon in one.sets:
                try:
                    values[name] = reckon(self.clock, values, left)
                except Unknown:
                    values.pop(name, None)
        return left, values

    def _along(self, path: list[int], start: int) -> int:
        moment, values = start, dict.fromkeys(STARTED, start)
        for vertex in path:
            moment, values = self._pass(vertex, moment, values)
        return moment


def _later_of(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    """Return for each variable the later of two moments; one that a way has not set keeps the other's."""
    merged = dict(one)
    for name, moment in other.items():
        if merged.get(name, moment) <= moment:
            merged[name] = moment
    return merged
