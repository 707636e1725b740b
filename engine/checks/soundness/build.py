"""Makes nets of a scope: one for each way to begin it, and one for each side branch that nothing else depends on.

A side branch is what a non-interrupting boundary event starts. Most remind somebody and end; those are looked at by
themselves, so that a reminder that is still open does not count as work done twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from engine import diagram
from engine.checks.soundness.net import SOURCE, Alternative, Join, Leaving, Net, Point, Rule
from engine.checks.soundness.scopes import Nesting, Outcome, may_fire, thrown_by
from engine.checks.soundness.ways import Way, ways_of
from engine.diagram import ACTIVITIES, GATEWAYS, Flow, Kind, Node, Scope

_WAITS = frozenset(
    {Kind.USER_TASK, Kind.MANUAL_TASK, Kind.RECEIVE_TASK, Kind.SERVICE_TASK, Kind.EVENT_BASED, Kind.CATCH}
)
_PASSED = (GATEWAYS - {Kind.EVENT_BASED}) | {Kind.END}
_MOST_SIDES = 3
_COUNT = re.compile(r"^\s*activationCount\s*(>=|=|>)\s*(\d+)\s*$")


@dataclass(slots=True)
class Thread:
    """A net with where it begins: `host` is the activity whose boundary event `starts` begins it, "" for the scope's own."""

    net: Net
    starts: tuple[str, ...]
    host: str


class Map:
    """The ways through one scope. `outcomes`: what is known of the subprocesses and calls in it, by id."""

    def __init__(self, scope: Scope, nesting: Nesting, outcomes: Mapping[str, Outcome]) -> None:
        self.scope = scope
        self.nesting = nesting
        self.outcomes = outcomes
        self.links: dict[str, Node] = {}
        for node in scope.nodes.values():
            event = node.event(diagram.Link)
            if node.kind is Kind.CATCH and isinstance(event, diagram.Link):
                self.links[event.name] = node

    def begins(self, around: Node | None) -> list[tuple[Node, ...]]:
        """Return the nodes that get the first tokens, for each way to begin; `around` is the subprocess, if any."""
        starts = [node for node in self.scope.nodes.values() if node.kind is Kind.START]
        if around is not None and around.kind is Kind.EVENT_SUBPROCESS:
            return [(starts[0],)] if starts else []
        free = [node for node in self.scope.nodes.values() if self._is_free(node)]
        if not starts:
            return [tuple(free)] if free else []
        plain = tuple(node for node in starts if not node.events)
        by_event = [node for node in starts if node.events]
        if around is not None:
            return [plain or tuple(starts)]
        by_event += [node for node in free if node.instantiating]
        return ([plain] if plain else []) + [(node,) for node in by_event]

    def _is_free(self, node: Node) -> bool:
        """Return whether a node without a way in begins with its scope."""
        is_link = node.kind is Kind.CATCH and node.event(diagram.Link) is not None
        is_other = node.kind in (Kind.BOUNDARY, Kind.EVENT_SUBPROCESS, Kind.START)
        return not (node.incoming or node.is_for_compensation or is_other or is_link)

    def thrown_inside(self, host: Node) -> Iterable[tuple[str, str]]:
        """Return what may reach the boundary events of `host`."""
        outcome = self.outcomes.get(host.id)
        return outcome.throws if outcome is not None else set(thrown_by(host))

    def boundaries(self, host: Node, interrupting: bool) -> list[Node]:
        """Return the boundary events of `host` that can ever fire."""
        throws = self.thrown_inside(host)
        return [
            node
            for node in self.nesting.boundaries.get(host.id, ())
            if node.interrupting is interrupting and any(may_fire(event, throws) for event in node.events)
        ]

    def is_interrupting(self, node: Node) -> bool:
        """Return whether what `node` throws ends its scope: an error, a cancel, an escalation caught to interrupt."""
        for kind, code in thrown_by(node):
            if node.kind not in (Kind.END, Kind.THROW):
                return False
            if kind in ("error", "cancel"):
                return True
            catcher = self.nesting.catcher(node, kind, code)
            if catcher is not None and catcher.interrupting:
                return True
        return False

    def next_nodes(self, node: Node) -> list[Node]:
        """Return where a token may go from `node` in one move, side branches left out."""
        found = [self.scope.nodes[flow.target] for flow in node.outgoing if flow.target in self.scope.nodes]
        if node.kind in ACTIVITIES:
            found += self.boundaries(node, interrupting=True)
        target = self.link_target(node)
        return [*found, target] if target is not None else found

    def link_target(self, node: Node) -> Node | None:
        """Return the link catch event that `node` jumps to, or None."""
        event = node.event(diagram.Link) if node.kind is Kind.THROW else None
        return self.links.get(event.name) if isinstance(event, diagram.Link) else None

    def region(self, starts: Iterable[Node], joined: Iterable[Node] = ()) -> dict[str, Node]:
        """Return all nodes that tokens can come to from `starts`; `joined`: side branches that belong to it."""
        sides: dict[str, list[Node]] = {}
        for boundary in joined:
            sides.setdefault(boundary.attached_to or "", []).append(boundary)
        found = {node.id: node for node in starts}
        queue = list(found.values())
        while queue:
            node = queue.pop()
            for other in (*self.next_nodes(node), *sides.get(node.id, ())):
                if other.id not in found:
                    found[other.id] = other
                    queue.append(other)
        return found


def threads_of(scope: Scope, around: Node | None, nesting: Nesting, outcomes: Mapping[str, Outcome]) -> list[Thread]:
    """Return the nets of a scope, those that begin it first."""
    paths = Map(scope, nesting, outcomes)
    begins = paths.begins(around)
    joined, apart = _sides(paths, begins)
    made = [Thread(_Builder(paths, start, joined).net, tuple(node.id for node in start), "") for start in begins]
    made += [Thread(_Builder(paths, (one,), joined).net, (one.id,), one.attached_to or "") for one in apart]
    return made


def _sides(paths: Map, begins: list[tuple[Node, ...]]) -> tuple[list[Node], list[Node]]:
    """Return the side branches that run into others (or end them), and those that keep to themselves."""
    hosts = [node for node in paths.scope.nodes.values() if node.kind in ACTIVITIES]
    apart = [boundary for host in hosts for boundary in paths.boundaries(host, interrupting=False)]
    joined: list[Node] = []
    while True:
        regions = [paths.region(start, joined) for start in begins] + [paths.region((one,), joined) for one in apart]
        owners = [None] * len(begins) + list(apart)
        found = None
        for boundary in apart:
            own = paths.region((boundary,), joined)
            if _ends_scope(own) or _needs_others(own):
                found = boundary
            for owner, region in zip(owners, regions, strict=True):
                if owner is not boundary and boundary.attached_to in region and own.keys() & region.keys():
                    found = boundary
            if found is not None:
                break
        if found is None:
            return joined, apart
        apart.remove(found)
        joined.append(found)


def _ends_scope(region: Mapping[str, Node]) -> bool:
    return any(node.kind is Kind.END and node.event(diagram.Terminate) is not None for node in region.values())


def _needs_others(region: Mapping[str, Node]) -> bool:
    """Return whether a join in the region waits for tokens from outside it."""
    return any(
        flow.source not in region
        for node in region.values()
        if node.kind in (Kind.PARALLEL, Kind.INCLUSIVE, Kind.COMPLEX)
        for flow in node.incoming
    )


class _Builder:
    """Makes the net of one beginning."""

    def __init__(self, paths: Map, starts: tuple[Node, ...], joined: list[Node]) -> None:
        self.paths = paths
        self.joined = {node.id for node in joined}
        self.region = paths.region(starts, joined)
        self.core = paths.region(starts)
        self._places: dict[tuple[str, ...], int] = {("source",): SOURCE}
        self.net = Net({}, [])
        first = tuple(sorted(self._place(node, None) for node in starts))
        self.net.points[SOURCE] = Point("", [Alternative(first, ())], is_work=True)
        for node in self.region.values():
            self._add(node)

    def _place(self, node: Node, flow: Flow | None) -> int:
        """Return the place before `node` to which `flow` leads."""
        key = ("way", flow.id) if flow is not None and _is_join(node) else ("node", node.id)
        return self._numbered(key)

    def _numbered(self, key: tuple[str, ...]) -> int:
        return self._places.setdefault(key, len(self._places))

    def _outs(self, node: Node, way: Way) -> tuple[int, ...]:
        nodes = self.paths.scope.nodes
        places = [self._place(nodes[flow.target], flow) for flow in way.flows if flow.target in nodes]
        return tuple(sorted(places * node.completion_quantity))

    def _leaving(self, node: Node) -> Leaving:
        if node.kind is Kind.END and node.event(diagram.Terminate) is not None:
            self.net.has_terminate = True
            return Leaving.TERMINATE
        return Leaving.RAISE if self.paths.is_interrupting(node) else Leaving.NOT

    def _after(self, node: Node, steps: tuple[str, ...] = ()) -> list[Alternative]:
        """Return what may follow `node`, once its own work is done."""
        leaving = self._leaving(node)
        steps = (*steps, node.id)
        target = self.paths.link_target(node)
        if leaving is not Leaving.NOT:
            return [Alternative((), steps, leaving=leaving)]
        if target is not None:
            return [Alternative((self._place(target, None),), steps)]
        ways, is_limited = ways_of(node)
        if is_limited:
            self.net.limited.add(node.id)
        return [Alternative(self._outs(node, way), steps, frozenset(), way.by_condition) for way in ways]

    def _add(self, node: Node) -> None:
        if node.kind is Kind.EVENT_BASED:
            alternatives: list[Alternative] = []
            for flow in node.outgoing:
                target = self.region.get(flow.target)
                if target is None:
                    continue
                for one in self._after(target, (node.id,)):
                    one.members = frozenset({target.id})
                    alternatives.append(one)
            self._point(node, alternatives or [Alternative((), (node.id,))])
        elif _is_join(node) and node.kind in GATEWAYS:
            inputs = {self._place(node, flow): flow.id for flow in node.incoming}
            behind = self._numbered(("behind", node.id))
            alternatives = self._after(node)
            for one in alternatives:
                one.steps = ()
            self.net.points[behind] = Point(node.id, alternatives, is_eager=True, members=frozenset({node.id}))
            through = [Alternative((behind,), (node.id,))]
            join = Join(node.id, _rule(node), tuple(inputs), through, inputs, _count(node))
            join.marker = self._numbered(("marker", node.id))
            self.net.joins.append(join)
        elif node.kind in ACTIVITIES:
            self._add_activity(node)
        else:
            self._point(node, self._after(node))

    def _add_activity(self, node: Node) -> None:
        """Add an activity: done, interrupted, or joined by a side branch while it goes on."""
        outcome = self.paths.outcomes.get(node.id)
        interrupting = self.paths.boundaries(node, interrupting=True)
        left: list[Alternative] = []
        if outcome is None or outcome.is_done or not interrupting:
            left += self._after(node)
        for boundary in interrupting:
            for one in self._after(boundary, (node.id,)):
                one.members = frozenset({boundary.id})
                left.append(one)
        sides = [one for one in self.paths.boundaries(node, interrupting=False) if one.id in self.joined]
        sides = sides[:_MOST_SIDES]
        groups = [group for size in range(len(sides) + 1) for group in combinations(sides, size)]
        for fired in groups:
            place = self._activity_place(node, fired)
            alternatives = list(left)
            for boundary in sides:
                if boundary in fired:
                    continue
                now = tuple(one for one in sides if one in fired or one is boundary)
                for one in self._after(boundary):
                    outs = tuple(sorted((*one.outs, self._activity_place(node, now))))
                    alternatives.append(
                        Alternative(outs, one.steps, frozenset({boundary.id}), one.by_condition, one.leaving)
                    )
            self._point(node, alternatives, place)

    def _activity_place(self, node: Node, fired: tuple[Node, ...]) -> int:
        if not fired:
            return self._numbered(("node", node.id))
        return self._numbered(("node", node.id, *(one.id for one in fired)))

    def _is_last(self, node: Node) -> bool:
        """Return whether nothing but plain ends comes after a merge: tokens that meet there were meant to be one."""
        nodes = self.paths.scope.nodes
        seen: set[str] = set()
        queue = [node.id]
        while queue:
            one = nodes.get(queue.pop())
            if one is None or one.id in seen:
                continue
            seen.add(one.id)
            if one.kind is Kind.END and one.event(diagram.Terminate) is None and not self.paths.is_interrupting(one):
                continue
            is_passed = one.kind is Kind.EXCLUSIVE or (one.kind is Kind.THROW and not one.events)
            if not is_passed or not one.outgoing:
                return False
            queue += [flow.target for flow in one.outgoing]
        return True

    def _point(self, node: Node, alternatives: list[Alternative], place: int | None = None) -> None:
        outcome = self.paths.outcomes.get(node.id)
        waits = outcome.waits if outcome is not None else node.kind in _WAITS or node.service is not None
        is_activity = node.kind in ACTIVITIES
        is_last = node.kind is Kind.EXCLUSIVE and len(node.incoming) > 1 and self._is_last(node)
        throws = node.kind is Kind.THROW and any(isinstance(event, diagram.Message) for event in node.events)
        self.net.points[self._place(node, None) if place is None else place] = Point(
            node.id,
            alternatives,
            needs=node.start_quantity if is_activity else 1,
            is_work=(is_activity or throws or is_last) and node.id in self.core,
            work=node.id,
            is_open=is_activity and waits and node.id in self.core,
            is_eager=node.kind in _PASSED and not is_last and all(one.leaving is Leaving.NOT for one in alternatives),
            is_automatic=not waits,
            merge=node.id if len(node.incoming) > 1 else "",
            members=frozenset({node.id}),
        )


def _is_join(node: Node) -> bool:
    return node.kind in (Kind.PARALLEL, Kind.INCLUSIVE, Kind.COMPLEX) and len(node.incoming) > 1


def _rule(node: Node) -> Rule:
    if node.kind is Kind.PARALLEL:
        return Rule.ALL
    return Rule.COMPLEX if node.kind is Kind.COMPLEX and node.activation is not None else Rule.SOME


def _count(node: Node) -> int | None:
    matched = _COUNT.match(node.activation.text) if node.activation is not None else None
    return int(matched[2]) + (matched[1] == ">") if matched else None
