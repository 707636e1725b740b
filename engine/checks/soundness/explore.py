"""Plays the token game on a net: all orders of steps as far as a bound, else one order for steps that do not compete.

A state is the sorted tuple of the places that hold tokens. The shortest runs are found first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.checks.soundness.net import GONE, SOURCE, Alternative, Join, Leaving, Net, Point, Rule

MOST_STATES = 6_000
_TOKENS_OF_A_STATE = 40  #: on average: wider states cost more, so fewer are looked at
_MOST_TOKENS = 3  #: on one place, before it is asked whether they grow without bound
_Step = tuple[tuple[int, ...], "Move"]


@dataclass(slots=True)
class Move:
    """From one state to the next. `killed`: elements whose open work an end of everything stopped."""

    steps: tuple[str, ...]
    by_condition: bool = False
    killed: tuple[str, ...] = ()


@dataclass(slots=True)
class Fault:
    """Something found at a state. `element` is where it shows, `other` what it concerns (may be empty)."""

    element: str
    state: tuple[int, ...]
    move: Move | None = None
    other: tuple[str, ...] = ()


@dataclass(slots=True)
class Exploration:
    """What the game showed. `is_complete`: every state was seen; `is_proof`: all orders of steps were played."""

    visited: set[str] = field(default_factory=set)
    stuck: dict[str, Fault] = field(default_factory=dict)
    doubled: dict[str, Fault] = field(default_factory=dict)
    unbounded: dict[str, Fault] = field(default_factory=dict)
    killed: dict[str, Fault] = field(default_factory=dict)
    trap: Fault | None = None
    is_done: bool = False  #: the scope can end by itself
    is_gone: bool = False  #: the scope can be left by an error or the like
    is_complete: bool = True
    is_proof: bool = True
    states: int = 0
    parents: dict[tuple[int, ...], tuple[tuple[int, ...], Move] | None] = field(default_factory=dict)
    hopeless: set[tuple[int, ...]] = field(default_factory=set)

    @property
    def has_faults(self) -> bool:
        """Return whether anything was found besides what was visited."""
        return bool(self.stuck or self.doubled or self.unbounded or self.killed)

    def run_to(self, fault: Fault) -> tuple[str, ...]:
        """Return the elements walked from the beginning to the fault."""
        moves = [move for _, move in self._path(fault.state)]
        if fault.move is not None:
            moves.append(fault.move)
        return tuple(step for move in moves for step in move.steps)

    def is_certain(self, fault: Fault) -> bool:
        """Return whether no condition over data can keep the fault, or another way never to end, from happening."""
        for state, move in self._path(fault.state):
            if state in self.hopeless:
                return True
            if move.by_condition:
                return False
        return fault.move is None or not fault.move.by_condition

    def _path(self, state: tuple[int, ...]) -> list[tuple[tuple[int, ...], Move]]:
        """Return the states before `state` with the moves out of them."""
        found: list[tuple[tuple[int, ...], Move]] = []
        before = self.parents[state]
        while before is not None:
            found.append(before)
            before = self.parents[before[0]]
        return found[::-1]


def explore(net: Net, most: int = MOST_STATES) -> Exploration:
    """Play all orders of steps; when those are too many, play competing steps only; at last some whole runs."""
    found = _Game(net, most, is_reduced=False).play()
    if not found.is_complete:
        full, found = found, _Game(net, most, is_reduced=True).play()
        found.is_proof = False
        full.is_proof = False
        found.visited |= full.visited
        full.visited |= found.visited
        if full.has_faults and not found.has_faults:
            found = full
        if not found.is_complete and not found.has_faults:
            deep = _Game(net, most, is_reduced=True, is_deep=True).play()
            deep.is_proof = False
            if deep.has_faults:
                deep.is_complete = False
                deep.visited |= found.visited
                found = deep
    return found


class _Game:
    def __init__(self, net: Net, most: int, is_reduced: bool, is_deep: bool = False) -> None:
        self.net = net
        self.is_deep = is_deep  #: each run is played to its end before the next one begins
        self.most = most
        self.is_reduced = is_reduced
        self.found = Exploration()
        self.ranks = _ranks(net) if is_reduced else {}
        self.edges: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
        self.ahead: dict[int, frozenset[int]] = {}
        self.markers = {join.marker for join in net.joins}

    def play(self) -> Exploration:
        first: tuple[int, ...] = (SOURCE,)
        found = self.found
        found.parents[first] = None
        queue = deque([first])
        ends: list[tuple[int, ...]] = []
        tokens = 0
        while queue:
            state = queue.pop() if self.is_deep else queue.popleft()
            tokens += len(state)
            if len(found.parents) > self.most or tokens > self.most * _TOKENS_OF_A_STATE:
                found.is_complete = False
                break
            self._visit(state)
            if not any(place not in self.markers for place in state) or state == GONE:
                found.is_done = found.is_done or state != GONE
                found.is_gone = found.is_gone or state == GONE
                ends.append(state)
                continue
            if self._is_wild(state):
                ends.append(state)
                continue
            moves = self._moves(state)
            if not moves:
                self._note_stuck(state)
                ends.append(state)
            for after, move in moves:
                self.edges.setdefault(state, []).append(after)
                if after not in found.parents:
                    found.parents[after] = (state, move)
                    queue.append(after)
                if move.killed:
                    found.killed.setdefault(move.steps[-1], Fault(move.steps[-1], state, move, move.killed))
        found.states = len(found.parents)
        if found.is_complete:
            self._find_hopeless(ends)
        return found

    # --- what a state shows
    def _visit(self, state: tuple[int, ...]) -> None:
        for place in set(state):
            point = self.net.points.get(place)
            if point is not None and state.count(place) >= point.needs:
                self.found.visited |= point.members

    def _is_wild(self, state: tuple[int, ...]) -> bool:
        """Note work done twice and tokens without bound; return whether to go no further."""
        if len(set(state)) == len(state):
            return False
        for place in sorted({place for place in state if state.count(place) > 1}):
            point, count = self.net.points.get(place), state.count(place)
            if point is not None and point.is_work and count >= 2 * point.needs:
                found = self.found.unbounded if self._grows(state) else self.found.doubled
                found.setdefault(point.work, Fault(point.work, state, None, (point.merge,) if point.merge else ()))
                return True
            if count > _MOST_TOKENS * (point.needs if point is not None else 1) and self._grows(state):
                join = self.net.join_at(place)
                node = point.node if point is not None else join.node if join is not None else ""
                self.found.unbounded.setdefault(node, Fault(node, state))
                return True
        return False

    def _grows(self, state: tuple[int, ...]) -> bool:
        """Return whether the run to `state` came through a state with the same tokens and fewer."""
        before = self.found.parents[state]
        while before is not None:
            if len(before[0]) < len(state) and all(before[0].count(place) <= state.count(place) for place in before[0]):
                return True
            before = self.found.parents[before[0]]
        return False

    def _note_stuck(self, state: tuple[int, ...]) -> None:
        for place in state:
            join, point = self.net.join_at(place), self.net.points.get(place)
            node = join.node if join is not None else point.node if point is not None else ""
            if not node or node in self.found.stuck:
                continue
            missing = [flow for one, flow in join.flows.items() if one not in state] if join is not None else []
            self.found.stuck[node] = Fault(node, state, None, tuple(missing))

    def _find_hopeless(self, ends: list[tuple[int, ...]]) -> None:
        """Find the states from which the scope can never end, and a trap: where it neither ends nor stands still."""
        back: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
        for state, afters in self.edges.items():
            for after in afters:
                back.setdefault(after, []).append(state)
        good = _backward([end for end in ends if not set(end) - self.markers or end == GONE], back)
        self.found.hopeless = self.found.parents.keys() - good
        moving = _backward(ends, back)
        trapped = next((state for state in self.found.parents if state not in moving), None)
        if trapped is not None:
            node = next((self.net.points[place].node for place in trapped if place in self.net.points), "")
            self.found.trap = Fault(node, trapped)

    # --- moves
    def _moves(self, state: tuple[int, ...]) -> list[_Step]:
        points = [(place, self.net.points[place]) for place in dict.fromkeys(state) if place in self.net.points]
        points = [(place, point) for place, point in points if state.count(place) >= point.needs]
        eager = [(place, point) for place, point in points if point.is_eager]
        if eager:  # ends first, so that a loop of gateways does not heap tokens up before them
            return list(self._play_point(state, *min(eager, key=lambda one: any(a.outs for a in one[1].alternatives))))
        full = [join for join in self.net.joins if join.rule is Rule.ALL and all(one in state for one in join.inputs)]
        joined = [(join, list(self._play_join(state, join, join.inputs))) for join in full]
        if joined:
            return joined[0][1]  # nothing competes with a join that is full
        if any(not point.is_work and point.is_automatic and point.leaves for _, point in points):
            points = [(place, point) for place, point in points if point.is_automatic]  # nobody is as fast as that
        if self.is_reduced and points:
            chosen = self._one_of(state, points)
            if chosen is not None:
                return chosen
        moves = [move for place, point in points for move in self._play_point(state, place, point)]
        is_quiet = not any(point.is_automatic for _, point in points)
        for join in self.net.joins:
            if join.rule is not Rule.ALL and any(one in state for one in join.inputs):
                moves += self._play_inclusive(state, join, is_quiet)
        return moves

    def _one_of(self, state: tuple[int, ...], points: list[tuple[int, Point]]) -> list[_Step] | None:
        """Return the moves of the point that is furthest behind; of a further one where those lead to nothing new."""
        harmless = [one for one in points if all(a.leaving is Leaving.NOT for a in one[1].alternatives)]
        for place, point in sorted(harmless, key=lambda one: self.ranks.get(one[0], 0)):
            moves = list(self._play_point(state, place, point))
            if any(after not in self.found.parents for after, _ in moves):
                return moves
        return None

    def _play_point(self, state: tuple[int, ...], place: int, point: Point) -> Iterator[_Step]:
        rest = list(state)
        for _ in range(point.needs):
            rest.remove(place)
        for one in point.alternatives:
            self.found.visited |= one.members
            yield self._after(rest, one)

    def _play_join(self, state: tuple[int, ...], join: Join, places: tuple[int, ...]) -> Iterator[_Step]:
        rest = list(state)
        for place in places:
            rest.remove(place)
        self.found.visited |= self.net.members_of(join)
        for one in join.alternatives:
            yield self._after(rest, one)

    def _after(self, rest: list[int], one: Alternative) -> _Step:
        if one.leaving is Leaving.RAISE:
            return GONE, Move(one.steps, one.by_condition)
        if one.leaving is Leaving.TERMINATE:
            return (), Move(one.steps, one.by_condition, tuple(self._open_work(rest)))
        return tuple(sorted((*rest, *one.outs))), Move(one.steps, one.by_condition)

    def _open_work(self, rest: list[int]) -> Iterator[str]:
        for place in rest:
            point = self.net.points.get(place)
            if point is not None and point.is_open:
                yield point.work

    def _play_inclusive(self, state: tuple[int, ...], join: Join, is_quiet: bool) -> Iterator[_Step]:
        """Yield what an inclusive or complex join may do now, as the engine decides it."""
        filled = tuple(one for one in join.inputs if one in state)
        has_gone_on = join.marker in state
        if join.rule is Rule.COMPLEX and not has_gone_on:
            count = sum(state.count(one) for one in join.inputs)
            if join.count is None or count >= join.count:
                marked = tuple(sorted((*state, join.marker)))
                self.found.visited |= self.net.members_of(join)
                for one in join.alternatives:
                    after, move = self._after(list(marked), one)
                    yield after, Move(move.steps, join.count is None or move.by_condition, move.killed)
                if join.count is not None:
                    return
        if not is_quiet or self._must_wait(state, join, filled):
            return
        if join.rule is Rule.SOME:
            yield from self._play_join(state, join, filled)
        elif has_gone_on:
            yield tuple(one for one in state if one not in (*join.inputs, join.marker)), Move(())

    def _must_wait(self, state: tuple[int, ...], join: Join, filled: tuple[int, ...]) -> bool:
        """Return whether a token can still come where none has, and not also where one has (BPMN 2.0, 13.4.3)."""
        empty = set(join.inputs) - set(filled)
        if not empty:
            return False
        for place in set(state) - set(join.inputs):
            ahead = self._ahead_of(place, join)
            if ahead & empty and not ahead & set(filled):
                return True
        return False

    def _ahead_of(self, place: int, join: Join) -> frozenset[int]:
        """Return the ways into `join` that a token on `place` can reach without passing it."""
        key = place * 10_000 + self.net.joins.index(join)
        if key not in self.ahead:
            found = {place}
            queue = [place]
            while queue:
                owner = self.net.points.get(one := queue.pop()) or self.net.join_at(one)
                if owner is None or owner is join:
                    continue
                for target in {target for alternative in owner.alternatives for target in alternative.outs}:
                    if target not in found:
                        found.add(target)
                        queue.append(target)
            self.ahead[key] = frozenset(found & set(join.inputs))
        return self.ahead[key]


def _backward(goals: list[tuple[int, ...]], back: dict[tuple[int, ...], list[tuple[int, ...]]]) -> set[tuple[int, ...]]:
    found = set(goals)
    queue = list(goals)
    while queue:
        for state in back.get(queue.pop(), ()):
            if state not in found:
                found.add(state)
                queue.append(state)
    return found


def _ranks(net: Net) -> dict[int, int]:
    """Number the places so that, loops aside, a place comes before those behind it, branch by branch."""
    done: dict[int, int] = {}
    seen = {SOURCE}
    stack: list[tuple[int, Iterator[int]]] = [(SOURCE, _targets(net, SOURCE))]
    while stack:
        place, targets = stack[-1]
        target = next((one for one in targets if one not in seen), None)
        if target is None:
            stack.pop()
            done[place] = -len(done)
            continue
        seen.add(target)
        stack.append((target, _targets(net, target)))
    return done


def _targets(net: Net, place: int) -> Iterator[int]:
    owner = net.points.get(place) or net.join_at(place)
    if owner is not None:
        for alternative in owner.alternatives:
            yield from alternative.outs
