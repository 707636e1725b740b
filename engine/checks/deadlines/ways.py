"""The part of a network between two sets of moments: in order, cut where loops go back. It counts nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from engine.checks.deadlines.network import Vertex


@dataclass(frozen=True, slots=True)
class Ways:
    """`order`: the vertices on the way, each after those before it. `before`: by vertex, those. `loops`: the rest.

    A loop is all vertices that may be gone through again before its head is left for good.
    """

    order: list[int]
    before: dict[int, list[int]]
    loops: list[list[int]]


def between(vertices: Sequence[Vertex], sources: Sequence[int], targets: AbstractSet[int]) -> Ways:
    """Return the ways from `sources` to `targets`."""
    live = _live(vertices, sources, targets)
    ahead = {
        vertex: [one for one in vertices[vertex].ahead if one in live] if vertex not in targets else []
        for vertex in live
    }
    finished, back = _walk(ahead, sources)
    useful: set[int] = set()
    for vertex in finished:  # what is behind comes first
        if vertex in targets or any(one in useful for one in ahead[vertex] if (vertex, one) not in back):
            useful.add(vertex)
    order = [vertex for vertex in reversed(finished) if vertex in useful]
    before: dict[int, list[int]] = {vertex: [] for vertex in order}
    for vertex in order:
        for target in ahead[vertex]:
            if target in useful and (vertex, target) not in back and target not in sources:
                before[target].append(vertex)
    return Ways(order, before, _loops(ahead, set(order).difference(sources), back))


def _live(vertices: Sequence[Vertex], sources: Sequence[int], targets: AbstractSet[int]) -> set[int]:
    """Return the vertices that a case can come to before a target is left: a join waits for every way into it."""
    everything = {number: one.ahead for number, one in enumerate(vertices)}
    within = set().union(*(_reachable(everything, source) for source in sources))
    waited: dict[int, int] = {}
    for vertex in within:
        for target in vertices[vertex].ahead:
            waited[target] = waited.get(target, 0) + 1
    live: set[int] = set()
    arrived: dict[int, int] = {}
    queue = list(sources)
    while queue:
        vertex = queue.pop()
        if vertex in live:
            continue
        live.add(vertex)
        for target in vertices[vertex].ahead if vertex not in targets else ():
            arrived[target] = arrived.get(target, 0) + 1
            if not vertices[target].joins or arrived[target] == waited[target]:
                queue.append(target)
    return live


def _walk(ahead: Mapping[int, Sequence[int]], sources: Sequence[int]) -> tuple[list[int], set[tuple[int, int]]]:
    """Walk everything ahead of the sources, depth first; return the vertices as they are done, and the edges back."""
    finished: list[int] = []
    is_done: dict[int, bool] = {}  # False: on the stack
    back: set[tuple[int, int]] = set()
    for source in sources:
        if source in is_done:
            continue
        is_done[source] = False
        stack: list[tuple[int, Iterator[int]]] = [(source, iter(ahead[source]))]
        while stack:
            vertex, left = stack[-1]
            target = next(left, None)
            if target is None:
                stack.pop()
                is_done[vertex] = True
                finished.append(vertex)
            elif target not in is_done:
                is_done[target] = False
                stack.append((target, iter(ahead[target])))
            elif not is_done[target]:
                back.add((vertex, target))
    return finished, back


def _loops(ahead: Mapping[int, Sequence[int]], places: set[int], back: set[tuple[int, int]]) -> list[list[int]]:
    """Return for each edge that goes back to one of `places` the vertices between its ends."""
    makers: dict[int, list[int]] = {}
    for vertex, targets in ahead.items() if back else ():
        for target in targets:
            makers.setdefault(target, []).append(vertex)
    found: list[list[int]] = []
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
        found.append(sorted(inside & _reachable(ahead, head)))
    return found


def _reachable(ahead: Mapping[int, Sequence[int]], vertex: int) -> set[int]:
    found, queue = {vertex}, [vertex]
    while queue:
        for target in ahead.get(queue.pop(), ()):
            if target not in found:
                found.add(target)
                queue.append(target)
    return found
