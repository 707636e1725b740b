"""Prints the table of all mutants of all plans, what was missed and what was flagged wrongly."""

from __future__ import annotations

import sys

from tests.checks.mutation.measure import Table, measure, shown
from tests.checks.mutation.plan import NAMES

if __name__ == "__main__":
    table: Table = {}
    for name in sys.argv[1:] or NAMES:
        measure(name, table)
    for row in table.values():
        for line in (*row.missed, *row.flagged):
            print(line)
    print(shown(table))
