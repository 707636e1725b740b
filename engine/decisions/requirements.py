"""The requirement graph: in which order decisions are made, what goes in a circle, which inputs each needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.decisions.model import Element


def _needed(element: Element) -> list[Element]:
    return [needed for needed, _ in element.requires]


def order(roots: Sequence[Element], stops: Iterable[Element] = ()) -> list[Element]:
    """Return everything that `roots` need, and the roots, each after what it needs. `stops` are known already.

    Functions and services count as made: they bind what they require when they are called.
    """
    done: dict[Element, None] = dict.fromkeys(stops)
    known = len(done)
    stack: list[tuple[Element, bool]] = [(root, False) for root in reversed(roots)]
    while stack:
        current, is_ready = stack.pop()
        if current in done:
            continue
        if is_ready or current.is_function:
            done[current] = None
            continue
        stack.append((current, True))
        stack.extend((needed, False) for needed in reversed(_needed(current)))
    return list(done)[known:]


def circles(elements: Iterable[Element]) -> list[Element]:
    """Return the elements that require themselves over others, found in one walk; knowledge models may recurse."""
    found: dict[Element, None] = {}
    state: dict[Element, int] = {}  # 1: on the way, 2: done
    for root in elements:
        stack: list[tuple[Element, bool]] = [(root, False)]
        while stack:
            current, leaving = stack.pop()
            if leaving:
                state[current] = 2
                continue
            if current in state:
                if state[current] == 1:
                    found[current] = None
                continue
            state[current] = 1
            stack.append((current, True))
            for needed in _needed(current):
                if state.get(needed) == 1 and not needed.is_function:
                    found[needed] = None
                elif needed not in state and not current.is_function:
                    stack.append((needed, False))
    return list(found)
