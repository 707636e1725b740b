"""宣传培训: planned, held, assessed; what had no effect is planned again."""

from __future__ import annotations

from tests.plans.walk import Walk


def test_effective_training_is_finished_and_other_training_is_planned_again():
    walk = (
        Walk("training", begin="training_due")
        .do("plan_training", "hold_training")
        .do("assess_training", is_effective="no")
    )
    assert walk.open() == ["plan_training"]

    assert (
        walk.do("plan_training", "hold_training").do("assess_training", is_effective="yes").end == "training_finished"
    )


def test_a_measure_or_a_new_plan_may_ask_for_training():
    walk = Walk("training", begin="training_wanted", training_reason="退费告知流程")

    assert walk.open() == ["plan_training"]


def test_training_and_publicity_come_round_every_half_year():
    walk = Walk("training", begin="training_scheduled")

    assert walk.do("plan_training", training_kinds=["publicity", "training"]).open() == ["hold_training"]
