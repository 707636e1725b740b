"""List functions: counting, sums, statistics, logic over lists, and making lists from lists."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from engine.feel import runtime, structures
from engine.feel.builtins.registry import Fault, builtin
from engine.feel.runtime import Run
from engine.feel.values import MATH, Function, as_number, compare, equal, truncated


def _numbers(run: Run, values: list[Any]) -> list[Decimal]:
    run.spend(len(values))
    numbers = [as_number(value) for value in values]
    if any(number is None for number in numbers):
        raise Fault("列表中有不是数字的项。", "the list has members that are not numbers.")
    return [number for number in numbers if number is not None]


def _spread(values: tuple[Any, ...]) -> list[Any]:
    """Return the members: of the one list given, or the arguments themselves."""
    return values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)


@builtin("list contains(list: list, element: any) -> boolean")
def _list_contains(run: Run, values: list[Any], element: Any) -> bool:
    run.spend(len(values))
    return any(equal(value, element, run.spend) is True for value in values)


@builtin("count(list: list) -> number")
def _count(_run: Run, values: list[Any]) -> Decimal:
    return Decimal(len(values))


def _extreme(run: Run, values: list[Any], sign: int) -> Any:
    if not values:
        return None
    run.spend(len(values))
    best = values[0]
    for value in values:
        order = compare(value, best)
        if order is None:
            raise Fault("列表中的项不能比较。", "the members cannot be compared.")
        best = value if order == sign else best
    return best


@builtin("min(list: any...) -> any")
def _min(run: Run, *values: Any) -> Any:
    return _extreme(run, _spread(values), -1)


@builtin("max(list: any...) -> any")
def _max(run: Run, *values: Any) -> Any:
    return _extreme(run, _spread(values), 1)


@builtin("sum(list: any...) -> number")
def _sum(run: Run, *values: Any) -> Any:
    members = _spread(values)
    if members and all(isinstance(value, timedelta) for value in members):
        return sum(members, timedelta())
    numbers = _numbers(run, members)
    return functools.reduce(MATH.add, numbers) if numbers else None


@builtin("product(list: any...) -> number")
def _product(run: Run, *values: Any) -> Decimal | None:
    numbers = _numbers(run, _spread(values))
    return functools.reduce(MATH.multiply, numbers) if numbers else None


@builtin("mean(list: any...) -> number")
def _mean(run: Run, *values: Any) -> Decimal | None:
    numbers = _numbers(run, _spread(values))
    return MATH.divide(functools.reduce(MATH.add, numbers), Decimal(len(numbers))) if numbers else None


@builtin("median(list: any...) -> number")
def _median(run: Run, *values: Any) -> Decimal | None:
    numbers = sorted(_numbers(run, _spread(values)))
    if not numbers:
        return None
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return MATH.divide(MATH.add(numbers[middle - 1], numbers[middle]), Decimal(2))


@builtin("stddev(list: any...) -> number")
def _stddev(run: Run, *values: Any) -> Decimal:
    numbers = _numbers(run, _spread(values))
    if len(numbers) < 2:
        raise Fault("标准差至少需要两个数。", "the standard deviation needs two numbers or more.")
    mean = MATH.divide(functools.reduce(MATH.add, numbers), Decimal(len(numbers)))
    squares = [MATH.power(MATH.subtract(number, mean), Decimal(2)) for number in numbers]
    return MATH.sqrt(MATH.divide(functools.reduce(MATH.add, squares), Decimal(len(numbers) - 1)))


@builtin("mode(list: any...) -> list")
def _mode(run: Run, *values: Any) -> list[Decimal]:
    counts: dict[Decimal, int] = {}
    for number in _numbers(run, _spread(values)):
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(number for number, count in counts.items() if count == most)


def _truths(run: Run, values: tuple[Any, ...]) -> list[bool | None]:
    members = _spread(values)
    run.spend(len(members))
    if any(value is not None and not isinstance(value, bool) for value in members):
        raise Fault("列表中有不是布尔值的项。", "the list has members that are not booleans.")
    return members


@builtin("all(list: any...) -> boolean")
def _all(run: Run, *values: Any) -> bool | None:
    return structures.all_of(iter(_truths(run, values)))


@builtin("any(list: any...) -> boolean")
def _any(run: Run, *values: Any) -> bool | None:
    return structures.any_of(_truths(run, values))


@builtin("sublist(list: list, start position: number, length: number?) -> list")
def _sublist(run: Run, values: list[Any], start: Decimal, length: Decimal | None = None) -> list[Any]:
    first = truncated(start)
    if first is None or first == 0 or abs(first) > len(values):
        raise Fault("起始位置不在列表内。", "the start position lies outside the list.")
    begin = first - 1 if first > 0 else len(values) + first
    count = len(values) - begin if length is None else truncated(length)
    if count is None or count < 1 or begin + count > len(values):
        raise Fault("长度超出列表。", "the length goes beyond the list.")
    run.spend(count)
    return values[begin : begin + count]


@builtin("append(list: list, item: any...) -> list")
def _append(run: Run, values: list[Any], *items: Any) -> list[Any]:
    run.spend(len(values))
    return [*values, *items]


@builtin("concatenate(list: list...) -> list")
def _concatenate(run: Run, *lists: list[Any]) -> list[Any]:
    run.spend(sum(map(len, lists)))
    return [value for one in lists for value in one]


def _position(values: list[Any], position: Decimal, extra: int = 0) -> int:
    """Return the Python index for a FEEL position. Raises Fault outside."""
    index = truncated(position)
    if index is None or index == 0 or abs(index) > len(values) + (extra if index > 0 else 0):
        raise Fault("位置不在列表内。", "the position lies outside the list.")
    return index - 1 if index > 0 else len(values) + index


@builtin("insert before(list: list, position: number, newItem: any) -> list")
def _insert_before(run: Run, values: list[Any], position: Decimal, item: Any) -> list[Any]:
    index = _position(values, position)
    run.spend(len(values))
    return [*values[:index], item, *values[index:]]


@builtin("remove(list: list, position: number) -> list")
def _remove(run: Run, values: list[Any], position: Decimal) -> list[Any]:
    index = _position(values, position)
    run.spend(len(values))
    return [*values[:index], *values[index + 1 :]]


@builtin("list replace(list: list, position: number, newItem: any) -> list")
def _replace_at(run: Run, values: list[Any], position: Decimal, item: Any) -> list[Any]:
    index = _position(values, position)
    run.spend(len(values))
    return [*values[:index], item, *values[index + 1 :]]


@builtin("list replace(list: list, match: function, newItem: any) -> list")
def _replace_matching(run: Run, values: list[Any], match: Function, item: Any) -> list[Any]:
    made = []
    for value in values:
        found = match.call([value, item], run)
        if not isinstance(found, bool):
            raise Fault("比较函数没有给出真或假。", "the function gives neither true nor false.")
        made.append(item if found else value)
    return made


@builtin("reverse(list: list) -> list")
def _reverse(run: Run, values: list[Any]) -> list[Any]:
    run.spend(len(values))
    return values[::-1]


@builtin("index of(list: list, match: any) -> list")
def _index_of(run: Run, values: list[Any], match: Any) -> list[Decimal]:
    run.spend(len(values))
    return [Decimal(n) for n, value in enumerate(values, 1) if equal(value, match, run.spend) is True]


def distinct(run: Run, values: list[Any]) -> list[Any]:
    """Return the members without those that equal an earlier one."""
    kept: list[Any] = []
    seen: set[Any] = set()
    for value in values:
        run.spend()
        simple = value if isinstance(value, str) else as_number(value)
        if simple is not None:
            if (simple.__class__, simple) in seen:
                continue
            seen.add((simple.__class__, simple))
        else:
            run.spend(len(kept))
            if any(equal(value, other, run.spend) is True for other in kept):
                continue
        kept.append(value)
    return kept


@builtin("union(list: list...) -> list")
def _union(run: Run, *lists: list[Any]) -> list[Any]:
    return distinct(run, [value for one in lists for value in one])


@builtin("distinct values(list: list) -> list")
def _distinct_values(run: Run, values: list[Any]) -> list[Any]:
    return distinct(run, values)


@builtin("duplicate values(list: list) -> list")
def _duplicate_values(run: Run, values: list[Any]) -> list[Any]:
    run.spend(len(values) * (len(values) >> 4))
    twice = [
        value for n, value in enumerate(values) if any(equal(value, other, run.spend) is True for other in values[:n])
    ]
    return distinct(run, twice)


@builtin("flatten(list: list) -> list")
def _flatten(run: Run, values: list[Any]) -> list[Any]:
    flat: list[Any] = []
    stack = [iter(values)]
    while stack:
        for value in stack[-1]:
            run.spend()
            if isinstance(value, list):
                stack.append(iter(value))
                break
            flat.append(value)
        else:
            stack.pop()
    return flat


@builtin("sort(list: list, precedes: function?) -> list")
def _sort(run: Run, values: list[Any], precedes: Function | None = None) -> list[Any]:
    before: Callable[[Any, Any], Any] = (
        (lambda a, b: runtime.lt(a, b, run)) if precedes is None else (lambda a, b: precedes.call([a, b], run))
    )

    def order(left: Any, right: Any) -> int:
        run.spend()
        first = before(left, right)
        if not isinstance(first, bool):
            raise Fault("这些项不能排序。", "the members cannot be sorted.")
        return -1 if first else int(before(right, left) is True)

    return sorted(values, key=functools.cmp_to_key(order))


@builtin("partition(list: list, size: number) -> list")
def _partition(run: Run, values: list[Any], size: Decimal) -> list[list[Any]]:
    """The list cut into lists of `size`, as Camunda 8 has it."""
    length = truncated(size)
    if length is None or length < 1:
        raise Fault("每份至少 1 项。", "the size must be 1 or more.")
    run.spend(len(values))
    return [values[n : n + length] for n in range(0, len(values), length)]


@builtin("is empty(list: list) -> boolean")
def _is_empty(_run: Run, values: list[Any]) -> bool:
    return not values
