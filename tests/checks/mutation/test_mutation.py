"""Good plans, broken in systematic ways: nearly every break is found, and nothing is said of what changes nothing.

A part of the mutants here; all 300 of each plan, those judged by running too, in `make fuzz` (tests/fuzz/test_mutants.py).
"""

from __future__ import annotations

import pytest

from tests.checks.mutation.measure import Table, measure, rate, shown
from tests.checks.mutation.plan import NAMES

SHARE = 0.15
#: Of each plan alone; over all plans together it is 98 %, which the long run holds.
LEAST = 0.9


@pytest.mark.parametrize("name", NAMES)
def test_the_breaks_of_a_plan_are_found_and_nothing_is_said_of_what_changes_nothing(name):
    table: Table = {}

    measure(name, table, SHARE, is_run=False)

    assert [line for row in table.values() for line in row.flagged] == []
    assert rate(table) >= LEAST, shown(table)
