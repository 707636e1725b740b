"""Every plan is walked along every way: each edge taken, each end reached, by a search and not by luck."""

from __future__ import annotations

import pytest

from tests.plans.coverage import walk_everywhere
from tests.plans.walk import ROOT

PLANS = sorted(path.stem for path in (ROOT / "processes").glob("*.bpmn"))


@pytest.mark.parametrize("plan", PLANS)
def test_every_edge_of_the_plan_is_taken_and_every_end_reached(plan):
    left, unreached = walk_everywhere(plan)

    assert left == set()
    assert unreached == set()
