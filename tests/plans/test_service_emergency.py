"""客服应急: report in 10 minutes, three strands, six branches with their steps in order, restoration confirmed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.plans.walk import MONDAY, Walk

CALM = {"is_injured": "no", "is_media_involved": "no"}
BRANCHES = {
    "network": ["network_cut_off", "network_isolate", "network_fix_flaw", "network_restore"],
    "equipment": ["equipment_find_fault", "equipment_repair"],
    "casualty": ["casualty_rescue"],
    "complaint": ["complaint_respond", "complaint_solve"],
    "interruption": ["interruption_notify", "interruption_switch"],
    "disaster": ["disaster_shelter"],
}
#: What is done before the scene is surveyed.
AT_ONCE = {kind: ["act_at_once"] for kind in ("network", "casualty", "disaster")}


def launched(kind: str) -> Walk:
    return Walk("service_emergency").do("report_event", event_type=kind, **CALM).do("report_to_group", "launch_plan")


@pytest.mark.parametrize("kind", BRANCHES)
def test_each_type_of_event_has_its_own_steps_in_their_order(kind):
    walk = launched(kind).do("report_progress", "brief_leaders", "supply", *AT_ONCE.get(kind, []), "survey_scene")

    for step in BRANCHES[kind]:
        assert walk.open() == [step]
        walk.do(step)

    assert walk.open() == ["confirm_restoration"]


def test_three_strands_run_side_by_side():
    assert set(launched("equipment").open()) == {"survey_scene", "report_progress", "supply"}


@pytest.mark.parametrize("kind", AT_ONCE)
def test_people_are_rescued_and_servers_cut_off_within_30_minutes_and_before_the_survey(kind):
    walk = launched(kind)

    assert set(walk.open()) == {"act_at_once", "report_progress", "supply"}
    assert walk.due("act_at_once") == MONDAY + timedelta(minutes=30)


def test_an_injury_is_looked_after_first_whatever_the_event():
    walk = Walk("service_emergency").do(
        "report_event", event_type="complaint", is_injured="yes", is_media_involved="no"
    )

    assert "act_at_once" in walk.do("report_to_group", "launch_plan").open()


def test_the_response_goes_on_until_command_confirms_the_restoration():
    walk = launched("disaster")
    for answer in ("no", "no", "yes"):
        walk.do("act_at_once", "survey_scene", "disaster_shelter", "report_progress", "brief_leaders", "supply").do(
            "confirm_restoration", is_restored=answer
        )

    assert walk.do("tell_customers").do("summarise").do("review_case", needs_measure="no").end == "emergency_over"


def test_the_report_is_due_in_10_minutes_and_the_launch_in_30():
    walk = Walk("service_emergency")
    assert walk.due("report_event") == MONDAY + timedelta(minutes=10)
    assert walk.pass_time(minutes=10).task("report_event_supervise").groups == ["应急办公室"]

    walk.do("report_event", **CALM).do("report_to_group")

    assert walk.due("launch_plan") == walk.now + timedelta(minutes=30)


def test_the_leading_group_takes_command_when_the_event_becomes_urgent():
    walk = launched("network").tell("case_turned", is_injured="yes", is_media_involved="no")

    assert walk.task("raise_command").groups == ["应急领导小组"]
    assert walk.due("raise_command") == MONDAY + timedelta(hours=1)
