"""首问责任: the first person stays the owner until another accepts."""

from __future__ import annotations

from tests.plans.walk import Walk


def test_who_handles_it_alone_ends_it():
    assert Walk("first_contact").do("take_care", hand_over="no").end == "handled_by_first"


def test_the_case_comes_back_until_somebody_accepts_it():
    walk = Walk("first_contact")
    for _ in range(2):
        walk.do("take_care", hand_over="yes").do("accept_case", acceptance="no")
        assert walk.open() == ["take_care"]

    assert walk.do("take_care", hand_over="yes").do("accept_case", acceptance="yes").end == "handed_over"


def test_an_offer_that_nobody_answers_in_24_hours_goes_to_the_head():
    walk = Walk("first_contact").do("take_care", hand_over="yes")

    assert walk.pass_time(hours=24).task("accept_case_supervise").groups == ["客服部经理"]
