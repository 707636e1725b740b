"""Every plan is walked along every way: each edge taken, each end reached, by a search and not by luck."""

from __future__ import annotations

import pytest

from tests.plans.coverage import walk_everywhere
from tests.plans.walk import ROOT

#: What a plan is handed by who starts it, where it has no form of its own.
HANDED = {
    "follow_up_visit": [{"reopened_count": 0}, {"reopened_count": 1}],
    "measure": [{"measure_due_on": "2026-04-01", "is_for_training": yes} for yes in (True, False)],
}
PLANS = sorted(path.stem for path in (ROOT / "processes").glob("*.bpmn"))


@pytest.mark.parametrize("plan", PLANS)
def test_every_edge_is_taken_every_end_reached_and_every_deadline_missed_and_met(plan):
    left, unreached, unmet = walk_everywhere(plan, HANDED.get(plan, [{}]))

    assert left == set()
    assert unreached == set()
    assert unmet == set()
