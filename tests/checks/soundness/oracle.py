"""A slow and simple player of tokens: no folding, no inner scopes, every order of work. The judge of the fast one.

It knows starts, user tasks, ends, terminate ends and the gateways. A state is a sorted tuple of flow ids (tokens on
their way into joins) and node ids (tokens at anything else).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from engine import diagram as d
from engine.diagram import Kind, Node, Process

State = tuple[str, ...]
_MOST_TOKENS = 3


class TooMany(Exception):
    """The net is too large for this player."""


@dataclass
class Verdict:
    """What the slow player saw."""

    visited: set[str] = field(default_factory=set)
    stuck: set[str] = field(default_factory=set)
    is_wild: bool = False
    killing: set[str] = field(default_factory=set)
    has_trap: bool = False


class Player:
    def __init__(self, process: Process) -> None:
        self.nodes = process.body.nodes
        self.flows = process.body.flows
        self.start: State = tuple(node.id for node in self.nodes.values() if node.kind is Kind.START)
        #: where two tokens at once are one too many: work, and merges that nothing but ends comes after
        self.standing = {node.id for node in self.nodes.values() if node.kind is Kind.USER_TASK or self.is_last(node)}

    def is_last(self, node: Node) -> bool:
        if node.kind is not Kind.EXCLUSIVE or len(node.incoming) < 2:
            return False
        seen, queue = {node.id}, [node]
        while queue:
            one = queue.pop()
            if one.kind is Kind.END and not one.events:
                continue
            if one.kind is not Kind.EXCLUSIVE or not one.outgoing:
                return False
            for flow in one.outgoing:
                if flow.target not in seen:
                    seen.add(flow.target)
                    queue.append(self.nodes[flow.target])
        return True

    def is_join(self, node: Node) -> bool:
        return node.kind in (Kind.PARALLEL, Kind.INCLUSIVE) and len(node.incoming) > 1

    def place(self, flow: d.Flow) -> str:
        return flow.id if self.is_join(self.nodes[flow.target]) else flow.target

    def groups(self, node: Node) -> list[tuple[d.Flow, ...]]:
        out = node.outgoing
        if not out or node.kind is Kind.END:
            return [()]
        if node.kind is Kind.EXCLUSIVE and len(out) > 1:
            return [(flow,) for flow in out]
        if node.kind is Kind.INCLUSIVE and len(out) > 1:
            return [group for size in range(1, len(out) + 1) for group in combinations(out, size)]
        return [tuple(out)]

    def moves(self, state: State, is_any_order: bool = False) -> list[tuple[str, State, tuple[str, ...]]]:
        """Return (node, state after, open work that was killed) for what can happen; all else but work hurries."""
        singles = [self.nodes[name] for name in dict.fromkeys(state) if name in self.nodes]
        gateways = [node for node in singles if node.id not in self.standing and not node.events]
        gateways.sort(key=lambda node: node.kind is not Kind.END)
        joins = [node for node in self.nodes.values() if self.is_join(node)]
        full = [j for j in joins if j.kind is Kind.PARALLEL and all(flow.id in state for flow in j.incoming)]
        if not is_any_order:
            if gateways:
                return list(self.fire(state, gateways[0]))
            if full:
                return list(self.fire(state, full[0]))
        if any(node.event(d.Terminate) for node in singles):
            singles = [node for node in singles if node.kind is not Kind.USER_TASK]
        made = [move for node in (*singles, *full) for move in self.fire(state, node)]
        for join in joins:
            if join.kind is Kind.INCLUSIVE and not self.is_moving(state) and self.may_join(state, join):
                made += self.fire(state, join)
        return made

    def is_moving(self, state: State) -> bool:
        """Return whether anything moves by itself."""
        return any(name in self.nodes and self.nodes[name].kind is not Kind.USER_TASK for name in state)

    def fire(self, state: State, node: Node) -> Iterator[tuple[str, State, tuple[str, ...]]]:
        rest = list(state)
        if self.is_join(node):
            for flow in node.incoming:
                if flow.id in rest:
                    rest.remove(flow.id)
        else:
            rest.remove(node.id)
        if node.event(d.Terminate):
            killed = tuple(name for name in rest if name in self.nodes and self.nodes[name].kind is Kind.USER_TASK)
            yield node.id, (), killed
            return
        for group in self.groups(node):
            yield node.id, tuple(sorted((*rest, *(self.place(flow) for flow in group)))), ()

    def may_join(self, state: State, join: Node) -> bool:
        filled = [flow.id for flow in join.incoming if flow.id in state]
        empty = [flow.id for flow in join.incoming if flow.id not in state]
        if not filled:
            return False
        for name in state:
            if name in filled:
                continue
            node = self.nodes.get(name) or self.nodes[self.flows[name].target]
            ahead = self.ahead(node, join)
            if ahead & set(empty) and not ahead & set(filled):
                return False
        return True

    def ahead(self, node: Node, join: Node) -> set[str]:
        """Return the ways into `join` that can be reached from `node`."""
        seen, queue, found = {node.id}, [node], set()
        while queue:
            one = queue.pop()
            if one is join:
                continue
            for flow in one.outgoing:
                if flow.target == join.id:
                    found.add(flow.id)
                elif flow.target not in seen:
                    seen.add(flow.target)
                    queue.append(self.nodes[flow.target])
        return found

    def is_wild(self, state: State, before: dict[State, State | None]) -> bool:
        for name in set(state):
            count = state.count(name)
            if count > 1 and name in self.standing:
                return True
            if count > _MOST_TOKENS and self.has_grown(state, before):
                return True
        return False

    def has_grown(self, state: State, before: dict[State, State | None]) -> bool:
        """Return whether the state was come to through one with some of its tokens and no others."""
        earlier = before[state]
        while earlier is not None:
            if len(earlier) < len(state) and all(earlier.count(name) <= state.count(name) for name in earlier):
                return True
            earlier = before[earlier]
        return False


def judge(process: Process, most: int = 1_500) -> Verdict:
    """Play everything. Raises TooMany."""
    player, verdict = Player(process), Verdict()
    seen: dict[State, State | None] = {player.start: None}
    queue = [player.start]
    edges: dict[State, list[State]] = {}
    ends: list[State] = []
    for state in queue:
        if len(seen) > most:
            raise TooMany
        verdict.visited.update(name for name in state if name in player.nodes)
        if player.is_wild(state, seen):
            verdict.is_wild = True
            ends.append(state)
            continue
        moves = player.moves(state)
        if not moves:
            ends.append(state)
            verdict.stuck.update(player.flows[name].target for name in state)
        for node, after, killed in moves:
            verdict.visited.add(node)
            if killed:
                verdict.killing.add(node)
            edges.setdefault(after, []).append(state)
            if after not in seen:
                seen[after] = state
                queue.append(after)
    moving, queue = set(ends), list(ends)
    while queue:
        for state in edges.get(queue.pop(), ()):
            if state not in moving:
                moving.add(state)
                queue.append(state)
    verdict.has_trap = bool(seen.keys() - moving)
    return verdict


def replay(process: Process, run: tuple[str, ...]) -> set[State]:
    """Return the states that walking exactly these elements may lead to."""
    player = Player(process)
    states = {player.start}
    for element in run:
        states = {
            after for state in states for node, after, _ in player.moves(state, is_any_order=True) if node == element
        }
    return states
