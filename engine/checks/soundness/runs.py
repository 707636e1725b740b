"""Runs as the diagram shows them: every element follows from one before it. What was folded away is put back.

It decides nothing: the run that shows a fault is found by exploring, on a net in which blocks are one step.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from engine.checks.soundness.build import Map
from engine.diagram import Node


class Runs:
    """The ways through one scope, for telling runs."""

    def __init__(self, paths: Map, owner: Node | None) -> None:
        self.paths = paths
        self.starts = [node.id for start in paths.begins(owner) for node in start]
        self._ahead: dict[str, list[str]] = {}
        for node in paths.scope.nodes.values():
            sides = paths.boundaries(node, interrupting=False)
            self._ahead[node.id] = [one.id for one in (*paths.next_nodes(node), *sides)]

    def way_to(self, element: str) -> tuple[str, ...]:
        """Return a shortest way through the diagram from a beginning to `element`, both included."""
        return self._way(self.starts, element) or (element,)

    def told(self, run: Iterable[str]) -> tuple[str, ...]:
        """Return `run` with the elements between, so that each can be come to from one before it."""
        made: list[str] = []
        done: set[str] = set()
        for element in run:
            if element in self._ahead and not (element in self.starts or self._is_next(done, element)):
                way = self._way(reversed(made), element) or self._way(self.starts, element)
                between = [one for one in way[:-1] if one not in done]
                made += between
                done.update(between)
            made.append(element)
            done.add(element)
        return tuple(made)

    def _is_next(self, done: set[str], element: str) -> bool:
        return any(element in self._ahead.get(one, ()) for one in done)

    def _way(self, sources: Iterable[str], element: str) -> tuple[str, ...]:
        ways: dict[str, tuple[str, ...]] = {one: (one,) for one in sources if one in self._ahead}
        queue = deque(ways)
        while queue and element not in ways:
            name = queue.popleft()
            for following in self._ahead.get(name, ()):
                if following not in ways:
                    ways[following] = (*ways[name], following)
                    queue.append(following)
        return ways.get(element, ())
