"""Goes round the loops of a plan: random walks find a way into each, and a walk that does the same again goes round twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from random import Random
from typing import Any

from engine.diagram import Kind, Scope
from tests.plans.coverage import choices
from tests.plans.walk import Walk, family

Edge = tuple[str, str]
#: What was done: the element, and the answers given there; None: its timer fired.
Deed = tuple[str, dict[str, Any] | None]
STEPS = 80
WALKS = 200
#: Walks at least that try to take twice what comes once only.
TRIES = 25


def loops(process: str) -> set[Edge]:
    """Return the edges that lead back: without them no walk comes to a place of its diagram twice."""
    body = family().processes[process].body
    scopes = [body, *(node.body for _, node in body.walk() if node.body is not None)]
    return {edge for scope in scopes for edge in _leading_back(scope)}


def most_rounds(process: str, handed: Sequence[Mapping[str, Any]], once: Collection[str]) -> Counter[Edge]:
    """Return how often one walk took each loop of a plan, at most; every walk is the same every time.

    `once`: flows that are thought to come once only; all others are looked for until a walk takes them twice.
    """
    most: Counter[Edge] = Counter()
    edges = loops(process)
    wanted = {edge: 1 if edge[1] in once else 2 for edge in edges}
    for number in range(WALKS):
        if all(most[edge] >= times for edge, times in wanted.items()) and (not once or number >= TRIES):
            break
        given = handed[number % len(handed)]
        ways: dict[Edge, list[Deed]] = {}
        walk = Walk(process, **given)
        deeds: list[Deed] = []
        for deed in _at_random(walk, Random(number)):
            deeds.append(deed)
            for edge in edges & set(walk.taken) - set(ways):
                ways[edge] = list(deeds)
        most |= walk.taken
        for edge, way in ways.items():
            if most[edge] < 2:
                most |= _again(Walk(process, **given), way).taken
    return most


def _leading_back(scope: Scope) -> Iterator[Edge]:
    """Yield the edges to a node on the way to which they start, by a search in depth from the start events."""
    ways: dict[str, list[tuple[str, Edge | None]]] = {node: [] for node in scope.nodes}
    for flow in scope.flows.values():
        ways[flow.source].append((flow.target, (flow.place.file, flow.id)))
    for node in scope.nodes.values():
        if node.attached_to:
            ways[node.attached_to].append((node.id, None))
    entered = {flow.target for flow in scope.flows.values()} | {n.id for n in scope.nodes.values() if n.attached_to}
    on_the_way: list[str] = []
    seen: set[str] = set()

    def visit(node: str) -> Iterator[Edge]:
        seen.add(node)
        on_the_way.append(node)
        for target, edge in ways[node]:
            if edge is not None and target in on_the_way:
                yield edge
            elif target not in seen:
                yield from visit(target)
        on_the_way.pop()

    for node in scope.nodes:
        if node not in entered:
            yield from visit(node)


def _at_random(walk: Walk, mix: Random) -> Iterator[Deed]:
    """Walk at random and yield what was done; tasks are done more often than deadlines missed."""
    for _ in range(STEPS):
        timer, tasks = walk.next_timer(), walk.waits("user")
        reports = [
            one for one in walk.waits("message") if one.node.form is not None and not walk.did(one.element, "caught")
        ]
        places = [*tasks * 3, *([timer] if timer else []), *reports]
        if walk.is_ended or not places:
            return
        wait = mix.choice(places)
        if wait.kind == "timer":
            walk.fire(wait)
            yield wait.element, None
            continue
        answers = mix.choice(choices(wait))
        (walk.report if wait.kind == "message" else walk.complete)(wait, answers)
        yield wait.element, answers


def _again(walk: Walk, way: list[Deed]) -> Walk:
    """Do what was done on a way, over and over: the same answers wherever it comes by, the same deadlines missed."""
    given = {element: answers for element, answers in way if answers is not None}
    missed = {element for element, answers in way if answers is None}
    for _ in range(STEPS):
        timer, tasks = walk.next_timer(), walk.waits("user")
        if walk.is_ended or not (timer or tasks):
            break
        awaited = [one for one in walk.waits("message") if one.node.kind is Kind.CATCH and one.element in given]
        if awaited and not tasks:
            walk.report(awaited[0], given[awaited[0].element])
            continue
        if timer is not None and (timer.element in missed or not tasks):
            walk.fire(timer)
            continue
        task = next((one for one in tasks if one.element in given), tasks[0])
        walk.complete(task, given.get(task.element, {}))
    return walk
