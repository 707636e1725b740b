"""A measured promise, and how it is printed. It measures nothing itself."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One measured promise: `value` must be at most (`is_at_least`: at least) `bound`. `detail` says how it came about."""

    name: str
    value: float
    bound: float
    unit: str = "x"
    is_at_least: bool = False
    detail: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether the promise holds."""
        return self.value >= self.bound if self.is_at_least else self.value <= self.bound

    def __str__(self) -> str:
        sign = ">=" if self.is_at_least else "<="
        kept = "ok  " if self.is_kept else "FAIL"
        return (
            f"{kept} {self.name:<58} {self.value:>10.3g} {self.unit:<6} ({sign} {self.bound:g})  {self.detail}".rstrip()
        )


def median_seconds(act: Callable[[], object], times: int = 9) -> float:
    """Return the median of how long `act` takes, after one run that does not count."""
    act()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def ratio(first: Callable[[], object], second: Callable[[], object], rounds: int = 15) -> tuple[float, float, float]:
    """Return how many times as long `first` takes as `second`, and both medians, measured in turns.

    In turns, so that whatever else the machine does falls on both.
    """
    first()
    second()
    one, other = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        first()
        middle = time.perf_counter()
        second()
        one.append(middle - began)
        other.append(time.perf_counter() - middle)
    first_median, second_median = statistics.median(one), statistics.median(other)
    return first_median / second_median, first_median, second_median
