"""责任认定与处理: facts, hearing, a proposal with its cap, a decision by a person, one appeal."""

from __future__ import annotations

import pytest

from engine.errors import InvalidAnswers
from tests.plans.walk import Walk, family

LOSS = {"ground": "loss", "is_own_fault": "yes", "loss_amount": 5000, "month_wage": 6000, "minimum_wage": 2540}


def found(**facts: object) -> Walk:
    return Walk("accountability").do("find_facts", **facts)


def test_nobody_is_punished_before_being_heard():
    assert found(ground="slip_late").open() == ["hear_person"]


def test_where_nobody_is_responsible_it_ends():
    assert found(ground="none").end == "nobody_responsible"


@pytest.mark.parametrize(
    ("change", "cap"),
    [
        ({}, 1200),  # 20 % of the wage
        ({"loss_amount": 300}, 300),  # never more than the loss
        ({"month_wage": 3000}, 460),  # what remains is the minimum wage
        ({"month_wage": 2540}, 0),
        ({"month_wage": 2000}, 0),
        ({"is_own_fault": "no"}, 0),
        ({"loss_amount": 0}, 0),
    ],
)
def test_the_deduction_is_capped_as_the_wage_rules_say(change, cap):
    assert found(**{**LOSS, **change}).variables["deduction_cap"] == cap


def test_no_fine_without_a_loss():
    for ground in ("slip_late", "not_settled", "repeated", "bad_service", "reached_headquarters", "other"):
        walk = found(ground=ground)

        assert walk.variables["deduction_cap"] == 0
        assert walk.variables["proposal"]["measure"] != "recover_loss"


def test_a_deduction_above_the_cap_is_refused():
    walk = found(**LOSS).do("hear_person")

    with pytest.raises(AssertionError, match="deduction_amount"):
        walk.do("decide_measure", decided_measure="recover_loss", deduction_amount=1201)

    walk.do("decide_measure", decided_measure="recover_loss", deduction_amount=1200)
    assert walk.open() == ["deliver_decision"]


def test_a_negative_amount_is_refused():
    from engine import forms

    form = family().forms["accountability_find_facts"]

    with pytest.raises(InvalidAnswers) as refused:
        forms.check(
            form, {**LOSS, "person": "甲", "established_facts": "乙", "evidence_files": ["x"], "loss_amount": -1}, {}
        )

    assert set(refused.value.faults) == {"loss_amount"}


def test_a_decision_can_be_appealed_once():
    walk = found(ground="slip_late").do("hear_person", "decide_measure")

    walk.do("deliver_decision", is_appealed="yes").do("review_appeal")
    walk.do("deliver_decision", is_appealed="yes").do("enter_ledger")

    assert walk.end == "responsibility_settled"
    assert walk.did("review_appeal") == 1


def test_an_appeal_is_reviewed_by_somebody_who_did_not_decide():
    walk = Walk("accountability").do("find_facts", ground="repeated").do("hear_person")
    decided_by = walk.task("decide_measure").groups
    walk.do("decide_measure", decided_measure="coaching", decided_superior_measure="none")
    walk.do("deliver_decision", is_appealed="yes")

    assert walk.task("review_appeal").groups == ["复核人员"] != decided_by


def test_what_fits_no_rule_is_judged_by_the_bonus_agreed_for_both():
    assert found(ground="other").variables["proposal"] == {
        "measure": "performance_review",
        "superior_measure": "performance_review",
    }


def test_a_reviewer_cannot_raise_the_deduction_above_the_cap():
    walk = found(**LOSS).do("hear_person").do("decide_measure", decided_measure="coaching")
    walk.do("deliver_decision", is_appealed="yes")

    with pytest.raises(AssertionError, match="deduction_amount"):
        walk.do("review_appeal", decided_measure="recover_loss", deduction_amount=1201)


def test_grave_misconduct_is_referred_to_personnel_and_ends_no_contract_here():
    walk = found(ground="bad_service").do("hear_person").do("decide_measure", decided_measure="refer_personnel")

    assert walk.open() == ["deliver_decision"]
