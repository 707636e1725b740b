"""The plan as a network of moments: when a step is reached and when it is left at the latest. It knows no dates and no limits.

Subprocesses and known called processes stand in it with their insides. Loops are cut where they go back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine import diagram
from engine.checks.deadlines.reckoning import Clock, Moments, Reckon, earliest, latest, of_expression, of_timer
from engine.checks.soundness.scopes import called_by
from engine.diagram import ACTIVITIES, Kind, MultiInstance, Node, Process, Scope

_PEOPLE = frozenset({Kind.USER_TASK, Kind.MANUAL_TASK, Kind.RECEIVE_TASK, Kind.AD_HOC})
_INSIDE = frozenset({Kind.SUBPROCESS, Kind.TRANSACTION})
_MOST_CALLS = 8
#: When the vertex is left: (clock, moments of variables, moment of arriving) -> moment.
Leave = Callable[[Clock, Moments, int], int]


@dataclass(slots=True)
class Vertex:
    """One moment: an element is reached or left. `sets`: variables that take a moment then.

    `is_open`: nothing says until when it is left; then it counts as left at once. `joins`: every way in is waited for.
    """

    element: str
    leave: Leave
    sets: list[tuple[str, Reckon]] = field(default_factory=list)
    is_open: bool = False
    takes_time: bool = False
    joins: bool = False
    ahead: list[int] = field(default_factory=list)


class Network:
    """All moments of a process. `starts` and `ends` are vertices; `reached` and `left` find those of an element."""

    def __init__(self, process: Process, called: Mapping[str, Process]) -> None:
        self.called = called
        self.vertices: list[Vertex] = []
        self.reached: dict[str, int] = {}
        self.left: dict[str, int] = {}
        self.starts, self.ends = self._scope(process.body, "", 0, (process.id,))

    def _vertex(self, element: str, leave: Leave, is_open: bool = False, takes_time: bool = False) -> int:
        self.vertices.append(Vertex(element, leave, is_open=is_open, takes_time=takes_time))
        return len(self.vertices) - 1

    def _scope(self, scope: Scope, prefix: str, depth: int, calls: tuple[str, ...]) -> tuple[list[int], list[int]]:
        """Add the inside of a scope; return where it begins and ends. Elements of called processes get a prefix."""
        into: dict[str, int] = {}
        out: dict[str, int] = {}
        timers = {
            name: node
            for name, node in scope.nodes.items()
            if node.kind is Kind.BOUNDARY and node.interrupting and node.attached_to in scope.nodes
        }
        for name, node in scope.nodes.items():
            if node.kind in (Kind.BOUNDARY, Kind.EVENT_SUBPROCESS) or node.is_for_compensation:
                continue
            into[name], out[name] = self._node(scope, node, prefix, depth, calls)
        for name, node in timers.items():
            host = node.attached_to or ""
            if host in into:
                reckon, entered = _fires(node), "@" + prefix + host
                if reckon is None:  # at the latest when the host would be left
                    into[name] = out[name] = self._vertex(prefix + name, at_once)
                    self.vertices[out[host]].ahead.append(into[name])
                    continue
                into[name] = out[name] = self._vertex(prefix + name, _since(entered, reckon), takes_time=True)
                self._remember(into[host], entered)
                self.vertices[into[host]].ahead.append(into[name])
        for name in into:
            node = scope.nodes[name]
            self.reached.setdefault(prefix + name, into[name])
            self.left.setdefault(prefix + name, out[name])
            self.vertices[out[name]].sets += _moments_set(node)
            self.vertices[out[name]].ahead += [into[one] for one in _targets(scope, node) if one in into]
        for node in scope.nodes.values():
            if node.kind is Kind.EVENT_SUBPROCESS and node.body is not None:
                self._scope(node.body, prefix, depth + 1, calls)  # apart: no way leads there, rules within it may count
        starts = [into[name] for name, node in scope.nodes.items() if name in into and node.kind is Kind.START]
        starts = starts or [into[name] for name in into if not scope.nodes[name].incoming and name not in timers]
        ends = [out[name] for name in into if not scope.nodes[name].outgoing and not _links(scope.nodes[name])]
        return starts, ends

    def _remember(self, vertex: int, name: str) -> None:
        if all(name != one for one, _ in self.vertices[vertex].sets):
            self.vertices[vertex].sets.append((name, lambda _clock, _moments, now: now))

    def _node(self, scope: Scope, node: Node, prefix: str, depth: int, calls: tuple[str, ...]) -> tuple[int, int]:
        """Add one node; return the vertices of reaching and of leaving it."""
        element = prefix + node.id
        reached = self._vertex(element, at_once)
        self.vertices[reached].joins = node.kind is Kind.PARALLEL and len(node.incoming) > 1
        inside = node.body if node.kind in _INSIDE else None
        within, inner_calls = prefix, calls
        if node.kind is Kind.CALL_ACTIVITY:
            process = called_by(node, self.called)
            if process is not None and process.id not in calls and len(calls) < _MOST_CALLS:
                inside, within, inner_calls = process.body, f"{element}/", (*calls, process.id)
        bound = _bound(scope, node)
        if inside is not None and node.loop is None and (bound is None or node.kind is not Kind.CALL_ACTIVITY):
            starts, ends = self._scope(inside, within, depth + 1, inner_calls)
            entered = "@" + element
            self._remember(reached, entered)
            left = self._vertex(element, at_once if bound is None else _no_later(entered, bound))
            self.vertices[reached].ahead += starts
            for end in ends:
                self.vertices[end].ahead.append(left)
            if not ends:
                self.vertices[reached].ahead.append(left)
            return reached, left
        waits = _waits(node)
        is_repeated = node.loop is not None and not (isinstance(node.loop, MultiInstance) and not node.loop.sequential)
        if not waits:
            left = self._vertex(element, at_once)
        elif bound is None or is_repeated:
            left = self._vertex(element, at_once, is_open=True, takes_time=True)
        else:
            left = self._vertex(element, _at_least_now(bound), takes_time=True)
        self.vertices[reached].ahead.append(left)
        return reached, left


def at_once(_clock: Clock, _moments: Moments, now: int) -> int:
    """Leave a vertex the moment it is reached."""
    return now


def _at_least_now(reckon: Reckon) -> Leave:
    return lambda clock, moments, now: max(now, reckon(clock, moments, now))


def _since(entered: str, reckon: Reckon) -> Leave:
    """Count from when the host was entered, not from now (which is the same moment for the vertex of an event)."""
    return lambda clock, moments, now: max(now, reckon(clock, moments, moments.get(entered, now)))


def _no_later(entered: str, bound: Reckon) -> Leave:
    """A deadline on a whole subprocess: it is left by then, whatever its steps may take."""

    def leave(clock: Clock, moments: Moments, now: int) -> int:
        begun = moments.get(entered, now)
        return max(begun, min(now, bound(clock, moments, begun)))

    return leave


def _waits(node: Node) -> bool:
    """Return whether the node takes time. Services and everything automatic count as done at once."""
    if node.kind is Kind.CATCH:
        return node.event(diagram.Link) is None
    return node.kind in _PEOPLE or node.kind is Kind.CALL_ACTIVITY or (node.kind in _INSIDE and node.loop is not None)


def _fires(node: Node) -> Reckon | None:
    """Return when an event's timer fires, if it has one that is understood."""
    timer = node.event(diagram.Timer)
    return of_timer(timer) if isinstance(timer, diagram.Timer) else None


def _bound(scope: Scope, node: Node) -> Reckon | None:
    """Return by when the node is left: an interrupting timer for sure, else its due date, else its last overdue timer."""
    if node.kind is Kind.CATCH:
        own = _fires(node)
        return own if own is not None or len(node.events) > 1 else _raced(scope, node)
    raced = _raced(scope, node)
    sure = [raced] if raced is not None else []
    told: list[Reckon] = []
    if node.kind in ACTIVITIES:
        for event in scope.nodes.values():
            if event.kind is Kind.BOUNDARY and event.attached_to == node.id:
                fires = _fires(event)
                if fires is not None:
                    (sure if event.interrupting else told).append(fires)
    due = node.assignment.due if node.assignment is not None else None
    dated = of_expression(due) if due is not None else None
    promised = dated if dated is not None else latest(told)
    every = [*sure, promised] if promised is not None else sure
    return earliest(every)


def _raced(scope: Scope, node: Node) -> Reckon | None:
    """Return when a timer behind the same event-based gateway ends the wait."""
    fires: list[Reckon] = []
    for flow in node.incoming:
        gateway = scope.nodes.get(flow.source)
        if gateway is None or gateway.kind is not Kind.EVENT_BASED:
            return None
        for other in gateway.outgoing:
            target = scope.nodes.get(other.target)
            found = _fires(target) if target is not None and target.kind is Kind.CATCH else None
            if found is not None:
                fires.append(found)
    return earliest(fires)


def _moments_set(node: Node) -> list[tuple[str, Reckon]]:
    """Return the variables that take a moment when the node is left."""
    found = [(one.target, one.source) for one in node.outputs]
    if node.script is not None and node.script.result:
        found.append((node.script.result, node.script.expression))
    made = [(name, of_expression(source)) for name, source in found]
    return [(name, reckon) for name, reckon in made if reckon is not None]


def _links(node: Node) -> bool:
    return node.kind is Kind.THROW and node.event(diagram.Link) is not None


def _targets(scope: Scope, node: Node) -> list[str]:
    found = [flow.target for flow in node.outgoing]
    link = node.event(diagram.Link) if node.kind is Kind.THROW else None
    if isinstance(link, diagram.Link):
        for other in scope.nodes.values():
            event = other.event(diagram.Link) if other.kind is Kind.CATCH else None
            if isinstance(event, diagram.Link) and event.name == link.name:
                found.append(other.id)
    return found
