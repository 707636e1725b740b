"""群众投诉: four levels; what each level sets in motion; information only on command's word."""

from __future__ import annotations

import pytest

from tests.plans.walk import Walk


def begun(count: int, injured: str = "no") -> Walk:
    return Walk("mass_complaint").do("report_event", is_injured=injured).do("verify_event", affected_count=count)


@pytest.mark.parametrize(
    ("count", "injured", "level", "groups"),
    [
        (19, "no", 4, {"collect_information", "act_on_scene"}),
        (20, "no", 3, {"collect_information", "act_on_scene", "allow_release"}),
        (100, "no", 2, {"collect_information", "act_on_scene", "allow_release", "supply_goods"}),
        (5, "yes", 2, {"collect_information", "act_on_scene", "allow_release", "supply_goods"}),
        (100, "yes", 1, {"collect_information", "act_on_scene", "allow_release", "supply_goods"}),
    ],
)
def test_the_level_says_which_groups_begin(count, injured, level, groups):
    walk = begun(count, injured)

    assert walk.variables["response_level"] == level
    assert set(walk.open()) == groups


def test_information_is_released_only_after_command_allowed_it():
    walk = begun(50)

    assert "release_information" not in walk.open()
    assert walk.task("allow_release").groups == ["应急指挥部"]
    assert walk.do("allow_release").task("release_information").groups == ["宣传报道组"]


def test_the_event_is_evaluated_when_all_groups_are_done_and_people_are_held_to_account():
    walk = begun(5).do("act_on_scene", "calm_people", "propose_solution")
    assert walk.open() == ["collect_information"]

    walk.do("collect_information").do("evaluate", needs_accountability="yes")

    assert walk.open() == ["find_facts"]


def test_the_event_is_reported_within_an_hour():
    assert Walk("mass_complaint").pass_time(hours=1).task("report_event_supervise").groups == ["应急指挥部"]


def test_a_situation_that_grows_raises_the_level_and_command_adds_forces_within_an_hour():
    walk = begun(5).tell("case_turned", affected_count=150, is_injured="no")

    assert walk.variables["response_level"] == 2
    assert walk.task("raise_response").groups == ["应急指挥部"]
    assert (walk.due("raise_response") - walk.now).total_seconds() == 3600


def test_a_situation_that_stays_grave_raises_nothing():
    walk = begun(5, "yes").tell("case_turned", affected_count=8, is_injured="yes")

    assert "raise_response" not in walk.open()


def test_a_step_from_the_fourth_level_to_the_third_raises_the_response_too():
    walk = begun(5).tell("case_turned", affected_count=30, is_injured="no")

    assert walk.variables["response_level"] == 3
    assert "raise_response" in walk.open()
