"""Mutants of all plans, judged by running where that is needed: at least 98 % of those that do harm are found.

In `make fuzz` all 300 of each plan, some five minutes; a few of each otherwise.
"""

from __future__ import annotations

from hypothesis import settings

from tests.checks.mutation.measure import Table, measure, rate, shown
from tests.checks.mutation.plan import NAMES


def test_nearly_every_mutant_that_does_harm_is_found_and_none_that_does_none():
    is_long = settings().max_examples > 1_000
    table: Table = {}

    for name in NAMES:
        measure(name, table, share=1.0 if is_long else 0.02)
    print(shown(table))

    assert [line for row in table.values() for line in row.flagged] == []
    assert rate(table) >= (0.98 if is_long else 0.9), [line for row in table.values() for line in row.missed]
