"""Functions on points and ranges (Allen's relations, DMN 10.3.4.11), and reading a range from text."""

from __future__ import annotations

from typing import Any

from engine.feel.builtins.registry import Fault, builtin
from engine.feel.runtime import Run
from engine.feel.values import Range, compare, in_range


def _order(left: Any, right: Any) -> int:
    order = compare(left, right)
    if order is None:
        raise Fault("两者不能比较。", "the two cannot be compared.")
    return order


def _start(span: Range) -> Any:
    if span.start is None:
        raise Fault("区间没有起点。", "the range has no start.")
    return span.start


def _end(span: Range) -> Any:
    if span.end is None:
        raise Fault("区间没有终点。", "the range has no end.")
    return span.end


@builtin("before(point1: point, point2: point) -> boolean")
def _before_points(_run: Run, a: Any, b: Any) -> bool:
    return _order(a, b) < 0


@builtin("before(point: point, range: range) -> boolean")
def _before_point_range(_run: Run, a: Any, b: Range) -> bool:
    order = _order(a, _start(b))
    return order < 0 or (order == 0 and not b.start_included)


@builtin("before(range: range, point: point) -> boolean")
def _before_range_point(_run: Run, a: Range, b: Any) -> bool:
    order = _order(_end(a), b)
    return order < 0 or (order == 0 and not a.end_included)


@builtin("before(range1: range, range2: range) -> boolean")
def _before_ranges(_run: Run, a: Range, b: Range) -> bool:
    order = _order(_end(a), _start(b))
    return order < 0 or (order == 0 and not (a.end_included and b.start_included))


@builtin("after(point1: point, point2: point) -> boolean")
def _after_points(_run: Run, a: Any, b: Any) -> bool:
    return _order(a, b) > 0


@builtin("after(point: point, range: range) -> boolean")
def _after_point_range(run: Run, a: Any, b: Range) -> bool:
    return _before_range_point(run, b, a)


@builtin("after(range: range, point: point) -> boolean")
def _after_range_point(run: Run, a: Range, b: Any) -> bool:
    return _before_point_range(run, b, a)


@builtin("after(range1: range, range2: range) -> boolean")
def _after_ranges(run: Run, a: Range, b: Range) -> bool:
    return _before_ranges(run, b, a)


@builtin("meets(range1: range, range2: range) -> boolean")
def _meets(_run: Run, a: Range, b: Range) -> bool:
    return a.end_included and b.start_included and _order(_end(a), _start(b)) == 0


@builtin("met by(range1: range, range2: range) -> boolean")
def _met_by(run: Run, a: Range, b: Range) -> bool:
    return _meets(run, b, a)


def _reaches(a: Range, b: Range) -> bool:
    """Return whether `a` goes up to a point of `b`: it does not end before `b` starts."""
    if a.end is None or b.start is None:
        return True
    order = _order(a.end, b.start)
    return order > 0 or (order == 0 and a.end_included and b.start_included)


@builtin("overlaps(range1: range, range2: range) -> boolean")
def _overlaps(_run: Run, a: Range, b: Range) -> bool:
    return _reaches(a, b) and _reaches(b, a)


@builtin("overlaps before(range1: range, range2: range) -> boolean")
def _overlaps_before(_run: Run, a: Range, b: Range) -> bool:
    """`a` starts first, and ends inside `b`."""
    start = _order(_start(a), _start(b))
    end = _order(_end(a), _end(b))
    first = start < 0 or (start == 0 and a.start_included and not b.start_included)
    last = end < 0 or (end == 0 and (not a.end_included or b.end_included))
    return first and last and _reaches(a, b)


@builtin("overlaps after(range1: range, range2: range) -> boolean")
def _overlaps_after(run: Run, a: Range, b: Range) -> bool:
    """`a` starts inside `b`, and ends last."""
    return _overlaps_before(run, b, a)


@builtin("finishes(point: point, range: range) -> boolean")
def _finishes_point(_run: Run, a: Any, b: Range) -> bool:
    return b.end_included and _order(a, _end(b)) == 0


@builtin("finishes(range1: range, range2: range) -> boolean")
def _finishes(_run: Run, a: Range, b: Range) -> bool:
    if _order(_end(a), _end(b)) != 0 or a.end_included != b.end_included:
        return False
    start = _order(_start(a), _start(b))
    return start > 0 or (start == 0 and (not a.start_included or b.start_included))


@builtin("finished by(range: range, point: point) -> boolean")
def _finished_by_point(run: Run, a: Range, b: Any) -> bool:
    return _finishes_point(run, b, a)


@builtin("finished by(range1: range, range2: range) -> boolean")
def _finished_by(run: Run, a: Range, b: Range) -> bool:
    return _finishes(run, b, a)


@builtin("includes(range: range, point: point) -> boolean")
def _includes_point(_run: Run, a: Range, b: Any) -> bool:
    inside = in_range(b, a)
    if inside is None:
        raise Fault("两者不能比较。", "the two cannot be compared.")
    return inside


@builtin("includes(range1: range, range2: range) -> boolean")
def _includes(_run: Run, a: Range, b: Range) -> bool:
    start = _order(_start(a), _start(b))
    end = _order(_end(b), _end(a))
    return (start < 0 or (start == 0 and (a.start_included or not b.start_included))) and (
        end < 0 or (end == 0 and (a.end_included or not b.end_included))
    )


@builtin("during(point: point, range: range) -> boolean")
def _during_point(run: Run, a: Any, b: Range) -> bool:
    return _includes_point(run, b, a)


@builtin("during(range1: range, range2: range) -> boolean")
def _during(run: Run, a: Range, b: Range) -> bool:
    return _includes(run, b, a)


@builtin("starts(point: point, range: range) -> boolean")
def _starts_point(_run: Run, a: Any, b: Range) -> bool:
    return b.start_included and _order(a, _start(b)) == 0


@builtin("starts(range1: range, range2: range) -> boolean")
def _starts(_run: Run, a: Range, b: Range) -> bool:
    if _order(_start(a), _start(b)) != 0 or a.start_included != b.start_included:
        return False
    end = _order(_end(a), _end(b))
    return end < 0 or (end == 0 and (not a.end_included or b.end_included))


@builtin("started by(range: range, point: point) -> boolean")
def _started_by_point(run: Run, a: Range, b: Any) -> bool:
    return _starts_point(run, b, a)


@builtin("started by(range1: range, range2: range) -> boolean")
def _started_by(run: Run, a: Range, b: Range) -> bool:
    return _starts(run, b, a)


@builtin("coincides(point1: point, point2: point) -> boolean")
def _coincides_points(_run: Run, a: Any, b: Any) -> bool:
    return _order(a, b) == 0


@builtin("coincides(range1: range, range2: range) -> boolean")
def _coincides(_run: Run, a: Range, b: Range) -> bool:
    return (
        _order(_start(a), _start(b)) == 0
        and _order(_end(a), _end(b)) == 0
        and a.start_included == b.start_included
        and a.end_included == b.end_included
    )


@builtin("range(from: string) -> range")
def _range(_run: Run, text: str) -> Range:
    """A range written as text; its ends are written values, not expressions."""
    from engine.feel.builtins.range_text import read_range  # the reader needs the grammar, which needs no built-in

    span = read_range(text)
    if span is None:
        raise Fault(f"“{text[:60]}”不是区间。", f"{text[:60]!r} is not a range.")
    return span
