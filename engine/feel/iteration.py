"""What `for`, `some` and `every` do: walking over lists, ranges and spans, each round paid for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from engine.feel.runtime import Run
from engine.feel.structures import all_of, any_of, truth
from engine.feel.values import Range, as_int


class Span:
    """`start..end` of an iteration: counts up or down in ones or days."""

    __slots__ = ("end", "start")

    def __init__(self, start: Any, end: Any) -> None:
        self.start = start
        self.end = end


def members(source: Any, run: Run) -> Iterator[Any] | None:
    """Return what an iteration walks over, or None when it cannot."""
    if isinstance(source, list):
        return iter(source)
    if isinstance(source, Range):
        low, high = source.start, source.end
        if low is None or high is None:
            run.null("不能遍历无端点的区间。", "an open range cannot be walked.")
            return None
        steps = _steps(low, high, run)
        if steps is None:
            return None
        return (v for v in steps if (source.start_included or v != low) and (source.end_included or v != high))
    if isinstance(source, Span):
        return _steps(source.start, source.end, run)
    return run.null("空值不能遍历。", "null cannot be walked.") if source is None else iter([source])


def _steps(low: Any, high: Any, run: Run) -> Iterator[Any] | None:
    first, last = as_int(low), as_int(high)
    if first is not None and last is not None:
        return _numbers(first, last)
    if type(low) is date and type(high) is date:
        return (date.fromordinal(day) for day in _count(low.toordinal(), high.toordinal()))
    run.null("只能在整数或日期之间遍历。", "only whole numbers or dates can be walked.")
    return None


def _count(first: int, last: int) -> range:
    return range(first, last + 1) if first <= last else range(first, last - 1, -1)


def _numbers(first: int, last: int) -> Iterator[Decimal]:
    return (Decimal(number) for number in _count(first, last))


def rounds(run: Run, sources: Sequence[Callable[..., Any]], cost: int) -> Iterator[tuple[Any, ...]] | None:
    """Return every combination of the iterations' values, the last changing fastest; None when one cannot be walked."""
    first = members(sources[0](), run)
    if first is None:
        return None
    current: Iterator[tuple[Any, ...]] = ((value,) for value in first)
    for source in sources[1:]:
        current = _product(current, source, run, cost)
    return current


class _NotWalkable(Exception):
    """An inner iteration has nothing to walk over."""


def _product(
    outer: Iterator[tuple[Any, ...]], source: Callable[..., Any], run: Run, cost: int
) -> Iterator[tuple[Any, ...]]:
    for values in outer:
        run.spend(cost)
        inner = members(source(*values), run)
        if inner is None:
            raise _NotWalkable
        for value in inner:
            yield (*values, value)


def for_each(
    run: Run, sources: Sequence[Callable[..., Any]], body: Callable[..., Any], partial: bool, cost: int = 1
) -> Any:
    """Return the list of `body`'s values, each of `cost` steps. With `partial`, body also takes what came out so far."""
    walk = rounds(run, sources, cost)
    if walk is None:
        return None
    results: list[Any] = []
    try:
        for values in walk:
            run.spend(cost)
            if partial:
                run.spend(len(results) >> 3)
                results.append(body(*values, list(results)))
            else:
                results.append(body(*values))
    except _NotWalkable:
        return None
    return results


def quantified(
    run: Run, kind_: str, sources: Sequence[Callable[..., Any]], body: Callable[..., Any], cost: int = 1
) -> bool | None:
    """Return `some` or `every` over the iterations."""
    walk = rounds(run, sources, cost)
    if walk is None:
        return None

    def results() -> Iterator[bool | None]:
        for values in walk:
            run.spend(cost)
            yield truth(body(*values))

    try:
        return any_of(results()) if kind_ == "some" else all_of(results())
    except _NotWalkable:
        return None
