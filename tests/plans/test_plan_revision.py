"""预案修订: no revision is deployed without a review of its lawfulness and an approval."""

from __future__ import annotations

from tests.plans.walk import Walk


def test_a_revision_is_reviewed_then_approved_then_deployed():
    walk = Walk("plan_revision", begin="revision_wanted").do("propose_revision")
    assert walk.task("review_revision").groups == ["法务人员"]

    walk.do("review_revision", lawfulness_decision="approve").do("approve_revision", revision_decision="approve")

    assert walk.do("deploy_revision").end == "revision_deployed"


def test_an_unlawful_revision_never_reaches_the_approval():
    assert Walk("plan_revision", begin="revision_wanted").do("propose_revision").do(
        "review_revision", lawfulness_decision="return"
    ).open() == ["propose_revision"]


def test_a_plan_is_evaluated_every_year_and_revised_only_where_it_needs_it():
    walk = Walk("plan_revision", begin="evaluation_scheduled")
    assert walk.task("evaluate_plan").groups == ["预案负责人"]

    assert walk.do("evaluate_plan", needs_revision="no").end == "no_revision_needed"
    again = Walk("plan_revision", begin="evaluation_scheduled").do("evaluate_plan", needs_revision="yes")
    assert again.open() == ["propose_revision"]
