"""Finds loops of automatic steps: nobody and no moment is waited for on the way round. Blind to data."""

from __future__ import annotations

from collections import deque
from collections.abc import Set
from dataclasses import dataclass

from engine import diagram
from engine.checks.soundness.build import Map
from engine.checks.soundness.scopes import thrown_by
from engine.checks.soundness.ways import ways_of
from engine.diagram import ACTIVITIES, Kind, Node

_STANDING = frozenset({Kind.USER_TASK, Kind.MANUAL_TASK, Kind.RECEIVE_TASK, Kind.EVENT_BASED, Kind.AD_HOC})
_WRITING = ACTIVITIES - {Kind.TASK, Kind.SEND_TASK}


@dataclass(frozen=True, slots=True)
class Loop:
    """`nodes` in the order of one round. `has_exit`: a condition can end it; `writes`: something in it may change data."""

    nodes: tuple[str, ...]
    has_exit: bool
    writes: bool


def automatic_loops(paths: Map, visited: Set[str]) -> list[Loop]:
    """Return the loops of automatic steps among the `visited` nodes, one for each knot of loops."""
    nodes = {name: paths.scope.nodes[name] for name in sorted(visited) if name in paths.scope.nodes}
    ahead = {name: _next(paths, node, nodes) for name, node in nodes.items()}
    loops: list[Loop] = []
    for knot in _knots(ahead):
        inside = frozenset(knot)
        members = [nodes[name] for name in knot]
        if any(_needs_outside(node, inside) for node in members):
            continue
        has_exit = any(_can_leave(paths, node, inside) for node in members)
        writes = any(node.kind in _WRITING or node.outputs for node in members)
        loops.append(Loop(_round(min(knot), ahead, inside), has_exit, writes))
    return loops


def _stands(paths: Map, node: Node) -> bool:
    """Return whether a token at `node` waits for a person, a moment or a message."""
    if node.kind is Kind.CATCH:
        return node.event(diagram.Link) is None
    outcome = paths.outcomes.get(node.id)
    return node.kind in _STANDING or (outcome is not None and outcome.waits)


def _next(paths: Map, node: Node, nodes: dict[str, Node]) -> list[str]:
    if _stands(paths, node):
        return []
    found = [flow.target for way in ways_of(node)[0] for flow in way.flows]
    if node.kind in ACTIVITIES:
        found += [one.id for one in paths.boundaries(node, interrupting=True) if _is_thrown(one)]
    target = paths.link_target(node)
    if target is not None:
        found.append(target.id)
    return [name for name in dict.fromkeys(found) if name in nodes and not _stands(paths, nodes[name])]


def _is_thrown(boundary: Node) -> bool:
    """Return whether only what runs inside sets the boundary event off."""
    return all(isinstance(event, (diagram.Error, diagram.Escalation, diagram.Cancel)) for event in boundary.events)


def _needs_outside(node: Node, inside: Set[str]) -> bool:
    return node.kind is Kind.PARALLEL and any(flow.source not in inside for flow in node.incoming)


def _can_leave(paths: Map, node: Node, inside: Set[str]) -> bool:
    """Return whether a token at `node` may go where no part of it stays in the loop."""
    if node.kind in ACTIVITIES and paths.boundaries(node, interrupting=True):
        return True
    if any(kind in ("error", "cancel") for kind, _ in thrown_by(node)):
        return True
    return paths.link_target(node) is None and any(
        not any(flow.target in inside for flow in way.flows) for way in ways_of(node)[0]
    )


def _knots(ahead: dict[str, list[str]]) -> list[list[str]]:
    """Return the strongly connected parts that hold a loop (Tarjan, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    open_nodes: list[str] = []
    knots: list[list[str]] = []
    for root in ahead:
        if root in index:
            continue
        stack = [(root, iter(ahead[root]))]
        index[root] = low[root] = len(index)
        open_nodes.append(root)
        while stack:
            name, targets = stack[-1]
            target = next(targets, None)
            if target is not None:
                if target not in index:
                    index[target] = low[target] = len(index)
                    open_nodes.append(target)
                    stack.append((target, iter(ahead[target])))
                elif target in open_nodes:
                    low[name] = min(low[name], index[target])
                continue
            stack.pop()
            if stack:
                low[stack[-1][0]] = min(low[stack[-1][0]], low[name])
            if low[name] == index[name]:
                at = open_nodes.index(name)
                knot, open_nodes = open_nodes[at:], open_nodes[:at]
                if len(knot) > 1 or name in ahead[name]:
                    knots.append(knot)
    return knots


def _round(first: str, ahead: dict[str, list[str]], inside: Set[str]) -> tuple[str, ...]:
    """Return a shortest way from `first` back to it, both ends named."""
    before: dict[str, str] = {}
    queue = deque([first])
    while queue:
        name = queue.popleft()
        for target in ahead[name]:
            if target == first:
                path = [first, name] if name != first else [first]
                while path[-1] != first:
                    path.append(before[path[-1]])
                walked = path[::-1] if name != first else [first]
                return (*walked, first) if walked[-1] != first else tuple(walked)
            if target in inside and target not in before:
                before[target] = name
                queue.append(target)
    return (first,)
