"""Every plan is walked along every way: each edge taken, each loop twice, each end reached, by a search and not by luck."""

from __future__ import annotations

import pytest

from tests.plans.coverage import walk_everywhere
from tests.plans.loops import loops, most_rounds
from tests.plans.walk import ROOT

#: What a plan is handed by who starts it, where it has no form of its own.
HANDED = {
    "follow_up_visit": [{"reopened_count": 0}, {"reopened_count": 1}],
    "measure": [{"measure_due_on": "2026-04-01", "is_for_training": yes} for yes in (True, False)],
}
_REOPENED = "a case is reopened once; what is still in dispute then goes to the platform or the court"
#: Loops that a plan lets a case go round only once, and why.
ONCE = {
    "accountability": {"appeal_reviewed_to_deliver_decision": "there is one appeal"},
    "consumer_complaint": {"case_reopened_to_propose_remedy": _REOPENED},
    "customer_emergency": {"case_reopened_to_classify": _REOPENED},
    "daily_complaint": {
        "case_reopened_to_analyse": _REOPENED,
        "solve_escalated_to_level_set": "severity only rises, so each step up comes once",
        "convene_departments_escalated_to_level_set": "severity only rises, so each step up comes once",
    },
    "department_complaint": {"case_reopened_to_handling_again": _REOPENED},
    "malicious": {"case_reopened_to_form_opinion": _REOPENED},
    "parent_complaint": {"case_reopened_to_investigate": _REOPENED},
    "petition": {"extended_to_handling_open": "extended once, by at most 30 days (信访工作条例)"},
    "problem": {"case_reopened_to_negotiate": _REOPENED},
    "suggestion": {"case_reopened_to_pass_on": _REOPENED},
    "unit_complaint": {"case_reopened_to_investigate": _REOPENED},
}
PLANS = sorted(path.stem for path in (ROOT / "processes").glob("*.bpmn"))


@pytest.mark.parametrize("plan", PLANS)
def test_every_edge_is_taken_every_end_reached_and_every_deadline_missed_and_met(plan):
    left, unreached, unmet = walk_everywhere(plan, HANDED.get(plan, [{}]))

    assert left == set()
    assert unreached == set()
    assert unmet == set()


@pytest.mark.parametrize("plan", PLANS)
def test_every_loop_is_gone_round_twice_unless_the_plan_allows_it_once(plan):
    once = ONCE.get(plan, {})

    rounds = most_rounds(plan, HANDED.get(plan, [{}]), once)

    found = {flow: rounds[file, flow] for file, flow in loops(plan)}
    assert {flow for flow, times in found.items() if times < 2} == once.keys()
    assert all(times >= 1 for times in found.values())
