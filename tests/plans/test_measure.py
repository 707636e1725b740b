"""改进措施落实: a measure has an owner, a date, evidence and a check of its effect, in a case of its own."""

from __future__ import annotations

from datetime import datetime

from engine.calendars import BEIJING
from tests.plans.walk import Walk


def agreed(**more: object) -> Walk:
    given = {"measure": "完善退费告知流程", "measure_owner": "财务部", "measure_due_on": "2026-03-20", **more}
    return Walk("measure", **given)


def test_a_measure_is_due_at_the_end_of_the_day_that_was_agreed():
    walk = agreed().do("accept_measure")

    assert walk.due("carry_out_measure") == datetime(2026, 3, 20, 23, 59, 59, tzinfo=BEIJING)
    assert walk.timer("carry_out_measure_reminder").date().isoformat() == "2026-03-17"


def test_a_measure_not_carried_out_in_time_is_supervised_and_stays_open():
    walk = agreed().do("accept_measure")

    walk.pass_until(walk.timer("carry_out_measure_overdue"))

    assert walk.task("carry_out_measure_supervise").groups == ["客服部经理"]
    assert "carry_out_measure" in walk.open()


def test_a_measure_without_effect_is_carried_out_again_by_a_new_date():
    walk = agreed()
    walk.do("accept_measure")
    for day in ("2026-04-10", "2026-05-10"):
        walk.do("carry_out_measure").do("check_effect", is_measure_effective="no", new_due_on=day)

    assert walk.due("carry_out_measure") == datetime(2026, 5, 10, 23, 59, 59, tzinfo=BEIJING)
    assert walk.variables["rounds"] == 3


def test_an_effective_measure_that_is_for_training_asks_for_one():
    walk = agreed(is_for_training=True)

    walk.do("accept_measure", "carry_out_measure").do("check_effect", is_measure_effective="yes")

    assert walk.end == "measure_closed"
    assert ("thrown", "training_asked") in walk.happened
