"""Looks for the latest way between the two ends of a rule, start date by start date, and for what makes it late."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from engine.checks.deadlines.network import Network, at_once
from engine.checks.deadlines.reckoning import DAY, Clock, NotCovered, Reckon, Unknown
from engine.checks.deadlines.ways import between
from engine.rules import Rule, Span

_MOST_PATHS = 500
_MOST_SEARCHES = 5
#: Rounds of a loop after which a step that still takes time counts as never done.
_MOST_ROUNDS = 400
#: Variables that hold the moment at which the case began.
STARTED = ("received_at", "started_at")


@dataclass(frozen=True, slots=True)
class Late:
    """A way that may be late, in seconds and vertices."""

    start: int
    finish: int
    limit: int
    path: list[int]

    @property
    def is_sure(self) -> bool:
        """Return whether the path by itself is late."""
        return self.finish > self.limit

    def later(self, seconds: int) -> Late:
        """Return the same, begun so much later."""
        return Late(self.start + seconds, self.finish + seconds, self.limit + seconds, self.path)


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


class Search:
    """The part of a network between the two ends of a rule, in an order in which every step comes after those before it.

    `open_steps`, `loops` and `is_reachable` are as in the proof.
    """

    def __init__(self, network: Network, rule: Rule, span: Span, clock: Clock) -> None:
        self.rule = rule
        self.clock = clock
        self.network = network
        self.started: tuple[str, ...] = STARTED
        left, ends = network.left, network.ends
        if span.start and span.since not in STARTED:
            of = network.reached if span.is_reached else left
            self.sources = [of[span.start]] if span.start in of else []
            self.started = (*STARTED, span.since) if span.since else STARTED
        else:  # counted from when the case began, whatever comes before the element that starts it
            self.sources = list(network.starts)
        self.targets = {left[one] for one in span.ends if one in left} if span.ends else set(ends)
        ways = between(network.vertices, self.sources, self.targets)
        self.order, self.before = ways.order, ways.before
        self.is_reachable = any(target in self.before for target in self.targets)
        vertices = network.vertices
        self.open_steps = {vertices[one].element for one in self.order if vertices[one].is_open and self._counts(one)}
        self.direct = dict(self.before)
        self.sets: dict[int, list[tuple[str, Reckon]]] = {}  #: by vertex, what is set there that anybody reads
        self.repeated: dict[int, set[str]] = {}  #: steps of loops that end by a moment, with what their loop sets
        self.late_paths: list[list[int]] = []
        self.searches = _MOST_SEARCHES
        reads = _Reads()
        found = self._try(reads)
        loops = [loop for loop in ways.loops if not self._extends(loop, span)]
        self.loops = tuple(dict.fromkeys(one for loop in loops for one in self._repeated(loop, found)))
        if found:
            self._shorten(reads)

    def late_on(self, day: int) -> list[Late]:
        """Return how a case that begins on `day` can be late. Raises NotCovered."""
        # A day's limit does not care when that day the case began: its last second is the worst. Hours may. What must
        # be done the same day is counted from noon: nobody could keep it for what comes in at the last second.
        seconds = (0, DAY - 1) if self.rule.is_exact else (DAY - 1,) if self.rule.number else (DAY // 2,)
        return [late for late in (self._late(day * DAY + second) for second in seconds) if late is not None]

    def walked(self, late: Late) -> dict[str, int | None]:
        """Return the elements walked, in order, each with when it is done at the latest; None where nothing counts it."""
        found: dict[str, int | None] = {}
        moment, values = late.start, dict.fromkeys(self.started, late.start)
        before: int | None = None
        for vertex in late.path:
            for between_them in self._walked(before, vertex)[:-1] if before is not None else ():
                found[self.network.vertices[between_them].element] = moment
            moment, values = self._pass(vertex, moment, values)
            found[self.network.vertices[vertex].element] = moment
            before = vertex
        return {element: None if element in self.open_steps else done for element, done in found.items()}

    # --- preparing
    def _try(self, reads: _Reads) -> dict[int, tuple[int, dict[str, int]]]:
        """Count once, in the middle of the covered time, to learn which variables are read; {} where that fails."""
        try:
            return self._latest((self.clock.begins + self.clock.ends) // 2 * DAY, reads)[0]
        except NotCovered:
            return {}

    def _extends(self, loop: list[int], span: Span) -> bool:
        """Return whether a loop comes by the element that extends the limit: it is another limit from there on."""
        return bool(span.extended_by) and any(self.network.vertices[one].element == span.extended_by for one in loop)

    def _repeated(self, loop: list[int], found: Mapping[int, tuple[int, dict[str, int]]]) -> Iterator[str]:
        """Yield the steps of a loop that may take time anew each time, for ever; note those that end by a moment."""
        vertices = self.network.vertices
        anew = {name for one in loop for name, _ in vertices[one].sets if not name.startswith("@")}
        for one in loop:
            if vertices[one].takes_time:
                try:
                    if one not in found:
                        raise Unknown
                    self._again_and_again(one, *found[one], anew)
                    self.repeated.setdefault(one, set()).update(anew)
                except (Unknown, NotCovered):
                    yield vertices[one].element

    def _again_and_again(self, vertex: int, now: int, values: Mapping[str, int], anew: AbstractSet[str]) -> int:
        """Return when a step is left for good that begins again whenever it is left. Raises Unknown where it never is."""
        leave = self.network.vertices[vertex].leave
        held, is_again = dict(values), False
        for _ in range(_MOST_ROUNDS):
            left = leave(self.clock, held, now)
            if left == now and is_again:
                return now
            now, is_again = left, True
            held = {name: now if name.startswith("@") else moment for name, moment in held.items()}
            held.update(dict.fromkeys(anew, now))
        raise Unknown

    def _shorten(self, reads: _Reads) -> None:
        """Leave out the vertices that change nothing: those left at once that set no variable anybody reads."""
        vertices = self.network.vertices
        self.sets = {vertex: [one for one in vertices[vertex].sets if one[0] in reads.names] for vertex in self.order}
        ends = {*self.sources, *self.targets}

        def matters(vertex: int) -> bool:
            one = vertices[vertex]
            return (
                vertex in ends
                or bool(self.sets[vertex])
                or (one.leave is not at_once and one.element not in self.open_steps)
            )

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

    # --- counting
    def _late(self, start: int) -> Late | None:
        """Return how a case that begins at `start` can be late, or None. Raises NotCovered.

        The latest moments may mix what several paths do to variables; the path returned is counted again by itself.
        """
        limit = self.clock.limit(self.rule, start)
        moments, makers = self._latest(start)
        late = [one for one in self.targets if one in moments and moments[one][0] > limit]
        if not late:
            return None
        path = [max(late, key=lambda one: (moments[one][0], -one))]
        while path[-1] in makers:
            path.append(makers[path[-1]])
        path.reverse()
        found = Late(start, self._along(path, start), limit, path)
        if found.is_sure:
            return found
        for other in self._others(start, limit):
            finish = self._along(other, start)
            if finish > limit:
                return Late(start, finish, limit, other)
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

    def _latest(
        self, start: int, reads: _Reads | None = None
    ) -> tuple[dict[int, tuple[int, dict[str, int]]], dict[int, int]]:
        """Return the latest moment of every vertex with what variables hold then, and which vertex makes it so late."""
        found: dict[int, tuple[int, dict[str, int]]] = {}
        makers: dict[int, int] = {}
        for vertex in self.order:
            ways = self.before[vertex]
            if vertex in self.sources:
                arrived, values = start, dict.fromkeys(self.started, start)
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
                if vertex in self.repeated:
                    left = self._again_and_again(vertex, arrived, values, self.repeated[vertex])
                else:
                    left = one.leave(self.clock, values, arrived)
            except Unknown:
                self.open_steps.add(one.element)
        if sets := self.sets.get(vertex, one.sets):
            values = dict(values)
            for name, reckon in sets:
                try:
                    values[name] = reckon(self.clock, values, left)
                except Unknown:
                    values.pop(name, None)
        return left, values

    def _along(self, path: list[int], start: int) -> int:
        moment, values = start, dict.fromkeys(self.started, start)
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
