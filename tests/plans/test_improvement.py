"""总结改进: lessons become a measure with an owner and a date."""

from __future__ import annotations

from tests.plans.walk import Walk


def test_a_measure_has_an_owner_and_a_date_and_is_approved():
    walk = Walk("improvement").do("review_case", needs_measure="yes", measure_owner="李某")
    walk.do("approve_measure", measure_decision="approve")

    assert walk.end == "measure_listed"
    assert walk.variables["measure_owner"] == "李某"
    assert walk.variables["measure_due_on"]


def test_a_measure_sent_back_is_thought_over_again():
    walk = Walk("improvement").do("review_case", needs_measure="yes").do("approve_measure", measure_decision="return")

    assert walk.open() == ["review_case"]


def test_not_every_case_needs_a_measure():
    assert Walk("improvement").do("review_case", needs_measure="no").end == "no_measure_needed"
