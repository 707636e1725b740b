"""Analyses the scopes of a process, the inner ones first: an inner one is one step with known outcomes to the outer."""

from __future__ import annotations

from collections.abc import Mapping, Set
from copy import deepcopy
from dataclasses import dataclass, field

from engine import diagram
from engine.checks.soundness.build import Map, Thread, threads_of
from engine.checks.soundness.explore import MOST_STATES, Exploration, Fault, explore
from engine.checks.soundness.loops import automatic_loops
from engine.checks.soundness.net import SOURCE, Net, Rule
from engine.checks.soundness.runs import Runs
from engine.checks.soundness.scopes import (
    ANY,
    Nesting,
    Outcome,
    Thrown,
    called_by,
    first_start,
    is_caught,
    may_fire,
    thrown_by,
)
from engine.checks.soundness.shrink import shrink
from engine.checks.soundness.words import Words
from engine.diagram import Kind, MultiInstance, Node, Process, Scope, StandardLoop

_UNKNOWN = Outcome(True, {("error", ANY), ("escalation", ANY)}, True)
_STANDING = frozenset({Kind.USER_TASK, Kind.MANUAL_TASK, Kind.RECEIVE_TASK, Kind.SERVICE_TASK, Kind.CATCH})
_MOST_IN_ALL = 5 * MOST_STATES


@dataclass(slots=True)
class Analysis:
    """One process under analysis. `known`: outcomes of called processes already looked at (None: being looked at)."""

    process: Process
    called: Mapping[str, Process]
    words: Words
    known: dict[str, Outcome | None] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    states: int = 0

    def run(self) -> Outcome:
        """Analyse every scope; return the outcome of the process itself."""
        nesting = Nesting(self.process)
        self.known[self.process.id] = None
        for _, node in self.process.body.walk():
            if node.kind is Kind.CALL_ACTIVITY:
                self.outcomes[node.id] = self._call(node)
        result = Outcome()
        for scope, owner in nesting.inner_first():
            result = _Inside(self, scope, owner, nesting).analyse()
            if owner is not None:
                self.outcomes[owner.id] = result
        self.known[self.process.id] = result
        self._handlers(nesting)
        return result

    def _call(self, node: Node) -> Outcome:
        process = called_by(node, self.called)
        if process is None:
            return _UNKNOWN
        if process.id not in self.known:
            inner = Analysis(process, self.called, Words(process, ""), self.known)
            inner.run()
        outcome = self.known[process.id] or _UNKNOWN
        errors = {one for one in outcome.throws if one[0] != "cancel"}
        return Outcome(outcome.is_done or isinstance(node.loop, MultiInstance), errors, outcome.waits)

    def _handlers(self, nesting: Nesting) -> None:
        """Find compensation handlers that nothing ever calls."""
        thrown: set[str | None] = set()
        has_cancel = False
        for _, node in self.process.body.walk():
            for event in node.events:
                if isinstance(event, diagram.Compensation) and node.kind in (Kind.END, Kind.THROW):
                    thrown.add(event.activity)
                has_cancel = has_cancel or (isinstance(event, diagram.Cancel) and node.kind is Kind.END)
        if has_cancel or None in thrown:
            return
        for scope, node in self.process.body.walk():
            if node.kind is Kind.BOUNDARY and node.event(diagram.Compensation) is not None:
                handler = next((one.target for one in scope.associations if one.source == node.id), "")
                around = {one.id for one in nesting.owner.values() if one.body is scope}
                if handler in scope.nodes and not ({node.attached_to} | around) & thrown:
                    self.words.dead(
                        scope.nodes[handler], [], "：没有任何事件触发这项补偿", ": nothing throws its compensation"
                    )


class _Inside:
    """One scope."""

    def __init__(self, analysis: Analysis, scope: Scope, owner: Node | None, nesting: Nesting) -> None:
        self.analysis = analysis
        self.words = analysis.words
        self.scope = scope
        self.owner = owner
        self.nesting = nesting
        self.paths = Map(scope, nesting, analysis.outcomes)
        self._runs: Runs | None = None
        self.visited: set[str] = set()
        self.stuck: set[str] = set()
        self.has_no_end = False
        self.is_pruned = False

    @property
    def runs(self) -> Runs:
        """The ways through the scope; made when the first run is told."""
        if self._runs is None:
            self._runs = Runs(self.paths, self.owner)
        return self._runs

    def analyse(self) -> Outcome:
        """Explore the scope, say what is wrong in it, return what the outer one has to know."""
        if self.owner is not None and self.owner.kind is Kind.AD_HOC:
            self.visited = set(self.scope.nodes)
            return Outcome(True, self._throws(), True)
        is_done = False
        waiting = threads_of(self.scope, self.owner, self.nesting, self.analysis.outcomes)
        first = [thread for thread in waiting if not thread.host]
        sides = [thread for thread in waiting if thread.host]
        for thread in first:
            is_done = self._explore(thread) or is_done
        while ready := [thread for thread in sides if thread.host in self.visited]:
            for thread in ready:
                sides.remove(thread)
                self.visited.update(thread.starts)
                self._explore(thread)
        self._loops()
        throws = self._throws()
        self._dead(throws)
        is_done = is_done or not first or self._is_rescued() or _may_be_skipped(self.owner)
        return Outcome(is_done, throws, self._waits())

    # --- exploring
    def _explore(self, thread: Thread) -> bool:
        """Explore one net; return whether the scope can be done this way."""
        net = thread.net
        possible = _possible(net)
        found = self._play(net)
        self.visited |= found.visited - {""}
        self._report(found, self.runs.way_to(thread.host) if thread.host else ())
        if found.doubled or found.unbounded or not found.is_complete or net.limited:
            self.is_pruned = True
            self.visited |= possible
        if not (found.is_complete and found.is_proof) or net.limited:
            self.words.not_proved(self.scope, found.states, self.owner)
        return found.is_done or not found.is_complete

    def _play(self, net: Net) -> Exploration:
        """Explore a net folded; as it is drawn where a join remains that asks for tokens still on their way."""
        drawn = deepcopy(net) if any(join.rule is not Rule.ALL for join in net.joins) else None
        shrink(net)
        if drawn is not None and any(join.rule is not Rule.ALL for join in net.joins):
            found = explore(drawn, self._budget())
            self.analysis.states += found.states
            if found.is_complete and found.is_proof:
                return found
        found = explore(net, self._budget())
        self.analysis.states += found.states
        return found

    def _budget(self) -> int:
        return max(200, min(MOST_STATES, _MOST_IN_ALL - self.analysis.states))

    def _report(self, found: Exploration, prefix: tuple[str, ...]) -> None:
        nodes = self.scope.nodes

        def told(fault: Fault) -> tuple[tuple[str, ...], bool]:
            return prefix + found.run_to(fault), found.is_certain(fault)

        for element, fault in found.stuck.items():
            self.stuck.add(element)
            run, is_certain = told(fault)
            missing = [self.scope.flows[flow].source for flow in fault.other if flow in self.scope.flows]
            self.words.deadlock(
                nodes[element], missing, self.runs.told((*run, element)), is_certain and not self._is_rescued()
            )
        for element, fault in found.doubled.items():
            run, is_certain = told(fault)
            merge = nodes[fault.other[0]] if fault.other else None
            self.words.unsynchronised(nodes[element], merge, self.runs.told((*run, element)), is_certain)
        for element, fault in found.unbounded.items():
            run, is_certain = told(fault)
            self.words.unbounded(nodes[element], self.runs.told((*run, element)), is_certain)
        for element, fault in found.killed.items():
            run, is_certain = told(fault)
            self.words.terminate(nodes[element], fault.other, self.runs.told(run), is_certain)
        if found.trap is not None and not self._is_rescued():
            self.has_no_end = True
            run, is_certain = told(found.trap)
            spinning = [loop for loop in automatic_loops(self.paths, found.visited) if not loop.has_exit]
            if not spinning:
                self.words.no_end(nodes.get(found.trap.element) or self.owner, self.runs.told(run), is_certain)

    def _is_rescued(self) -> bool:
        """Return whether something from outside can always end the scope: a boundary event or an event subprocess."""
        if self.owner is not None and self.owner.kind is not Kind.EVENT_SUBPROCESS:
            if any(
                _comes_from_outside(one) for one in self.nesting.boundaries.get(self.owner.id, ()) if one.interrupting
            ):
                return True
        return any(start.interrupting and _comes_from_outside(start) for start in self.nesting.starts_of(self.scope))

    def _loops(self) -> None:
        for loop in automatic_loops(self.paths, self.visited):
            first = loop.nodes[0]
            run = (*self.runs.way_to(first)[:-1], *loop.nodes)
            self.words.livelock(self.scope.nodes[first], self.runs.told(run), loop.has_exit, loop.writes)

    # --- what never happens
    def _dead(self, throws: Set[Thrown]) -> None:
        """Say what no run comes to: the first element of each part that is dead."""
        dead = {node.id: node for node in self.scope.nodes.values() if node.id not in self.visited}
        for name, node in list(dead.items()):
            if node.kind is Kind.EVENT_SUBPROCESS:
                del dead[name]
                self._dead_handler(node)
            elif node.is_for_compensation or (
                node.event(diagram.Compensation) is not None and node.kind is Kind.BOUNDARY
            ):
                del dead[name]
        behind: set[str] = set()
        for name in self.stuck & dead.keys():
            behind |= self._behind(dead[name], dead) | {name}
        roots = [node for node in dead.values() if self._is_root(node, dead)]
        for node in [*roots, *dead.values()]:
            if node.id in behind:
                continue
            others = self._behind(node, dead) - behind - {node.id}
            behind |= others | {node.id}
            if node.kind is Kind.BOUNDARY and node.attached_to in self.visited:
                zh, en = (
                    "：它所附的步骤从不抛出它等待的事件",
                    ": the step that it is attached to never throws what it waits for",
                )
                self.words.dead(node, sorted(others), zh, en)
            else:
                self.words.dead(node, sorted(others))

    def _is_root(self, node: Node, dead: Mapping[str, Node]) -> bool:
        if node.kind is Kind.BOUNDARY:
            return node.attached_to in self.visited
        return not any(flow.source in dead for flow in node.incoming)

    def _behind(self, node: Node, dead: Mapping[str, Node]) -> set[str]:
        """Return the dead elements that come after `node`."""
        found: set[str] = set()
        queue = [node]
        while queue:
            one = queue.pop()
            ahead = [*self.paths.next_nodes(one), *self.nesting.boundaries.get(one.id, ())]
            for other in ahead:
                if other.id in dead and other.id not in found:
                    found.add(other.id)
                    queue.append(other)
        return found

    def _dead_handler(self, owner: Node) -> None:
        """Say that an event subprocess never starts, when nothing throws what it waits for."""
        start = first_start(owner)
        if start is None or not start.events:
            return
        inside = self._thrown_inside(but=owner)
        if not any(may_fire(event, inside) or isinstance(event, diagram.Compensation) for event in start.events):
            self.words.dead(owner, [], "：没有步骤抛出它等待的事件", ": no step throws what it waits for")

    # --- what leaves the scope
    def _thrown_inside(self, but: Node | None = None) -> set[Thrown]:
        """Return what comes up in this scope and is not caught where it happens."""
        found: set[Thrown] = set()
        for node in self.scope.nodes.values():
            if node is but or not (node.id in self.visited or node.kind is Kind.EVENT_SUBPROCESS):
                continue
            outcome = self.analysis.outcomes.get(node.id)
            thrown = outcome.throws if outcome is not None else set(thrown_by(node))
            catchers = self.nesting.boundaries.get(node.id, ())
            found |= {one for one in thrown if not is_caught(catchers, one)}
        return found

    def _throws(self) -> set[Thrown]:
        """Return what leaves the scope; a cancel goes no further than its transaction."""
        starts = list(self.nesting.starts_of(self.scope))
        return {one for one in self._thrown_inside() if not is_caught(starts, one)}

    def _waits(self) -> bool:
        for node in self.scope.nodes.values():
            outcome = self.analysis.outcomes.get(node.id)
            if node.kind in _STANDING or node.service is not None or (outcome is not None and outcome.waits):
                return True
        return False


def _comes_from_outside(node: Node) -> bool:
    awaited = (diagram.Timer, diagram.Message, diagram.Signal, diagram.Conditional)
    return any(isinstance(event, awaited) for event in node.events)


def _may_be_skipped(owner: Node | None) -> bool:
    if owner is None:
        return False
    return isinstance(owner.loop, MultiInstance) or (isinstance(owner.loop, StandardLoop) and owner.loop.test_before)


def _possible(net: Net) -> set[str]:
    """Return the elements that tokens may come to if every join got what the ways into it can bring: never too few."""
    places = {SOURCE}
    found: set[str] = set()
    queue = [SOURCE]
    while queue:
        place = queue.pop()
        owner = net.points.get(place) or net.join_at(place)
        if owner is None:
            continue
        join = net.join_at(place)
        if join is not None and join.rule is Rule.ALL and not all(one in places for one in join.inputs):
            continue
        found |= net.members_of(owner)
        for alternative in owner.alternatives:
            for out in alternative.outs:
                if out not in places:
                    places.add(out)
                    queue.append(out)
    return found - {""}
