"""客户紧急情况: four classes, seventeen types, each with its strand and target time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.plans.walk import MONDAY, Walk, family


def classified(kind: str) -> Walk:
    return Walk("customer_emergency").do("classify", emergency_type=kind)


@pytest.mark.parametrize(
    ("kind", "first", "target", "hours"),
    [
        ("quality", "follow_complaint", "follow_complaint", 24),
        ("network", "find_fault", None, 4),
        ("stolen", "protect_money", None, 2),
        ("disaster", "rescue_people", "rescue_people", 1),
    ],
)
def test_each_class_has_its_own_first_step_and_target(kind, first, target, hours):
    walk = classified(kind)

    assert walk.open() == [first]
    assert walk.variables["target"]["target_hours"] == hours
    if target:
        assert walk.due(target) == MONDAY + timedelta(hours=hours)


def test_there_are_seventeen_types_in_four_classes():
    types = next(
        field for field in family().forms["customer_emergency_classify"].walk() if field.keys == ("emergency_type",)
    ).options

    strands = [classified(option.value).variables["strand"] for option in types]

    assert {strand: strands.count(strand) for strand in set(strands)} == {
        "complaint": 5,
        "interruption": 5,
        "funds": 4,
        "life": 3,
    }


def test_money_is_protected_before_anything_is_investigated():
    walk = classified("transfer_error")

    assert walk.due("protect_money") == MONDAY + timedelta(hours=1)
    assert walk.do("protect_money").open() == ["record_bank_reply"]
    assert walk.do("record_bank_reply").open() == ["investigate_funds"]


def test_the_customer_gets_a_stopgap_before_the_service_is_restored():
    assert classified("system").do("find_fault", "offer_stopgap").open() == ["restore_service"]


def test_danger_to_life_comes_before_whatever_is_going_on():
    walk = classified("quality").tell("case_turned", emergency_type="accident", is_life_in_danger="yes")

    assert walk.task("rescue_at_once").groups == ["救援人员"]
    assert walk.due("rescue_at_once") == MONDAY + timedelta(hours=1)
    assert walk.variables["priority"] == 100


def test_half_the_time_brings_a_reminder_and_all_of_it_the_head_on_duty():
    walk = classified("quality")

    assert walk.timer("follow_complaint_reminder") == MONDAY + timedelta(hours=12)
    assert walk.pass_time(hours=24).task("follow_complaint_supervise").groups == ["值班负责人"]
