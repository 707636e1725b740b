"""媒体与政府部门应对: facts, explanation, lawful remedies instead of paid deletion."""

from __future__ import annotations

from tests.plans.walk import Walk, family


def explained(published: str, understood: str = "understood") -> Walk:
    return (
        Walk("media_response").do("check_facts", is_published=published).do("explain_outside", talk_result=understood)
    )


def test_nothing_published_ends_with_the_log_of_contacts():
    assert explained("no").do("record_contacts").end == "response_closed"


def test_leaders_speak_when_the_explanation_fails():
    assert explained("no", "not_understood").open() == ["speak_to_superiors"]


def test_a_true_report_is_answered_by_mending_and_telling_the_facts():
    assert explained("yes").do("review_publication", publication_finding="true").open() == ["admit_and_mend"]


def test_a_false_report_is_answered_side_by_side_after_legal_review():
    walk = explained("yes").do("review_publication", publication_finding="false")

    assert set(walk.open()) == {"ask_correction", "publish_facts", "leaders_explain", "monitor_spread"}


def test_no_choice_of_the_forms_offers_what_the_law_forbids():
    offered = {option.zh for form in family().forms.values() for field in form.walk() for option in field.options}

    assert not [text for text in offered for word in ("删帖", "压制", "罚款", "拖延") if word in text]


def test_the_facts_are_stated_within_24_hours():
    walk = Walk("media_response").do("check_facts")

    assert walk.pass_time(hours=24).task("explain_outside_supervise").groups == ["总经理"]


def corrected() -> Walk:
    return explained("yes").do("review_publication", publication_finding="false").do("ask_correction")


def test_the_answer_of_the_platform_is_recorded_within_3_working_days():
    walk = corrected()

    assert walk.task("record_reply").groups == ["法务人员"]
    assert walk.due("record_reply") == walk.now.replace(day=5)


def test_a_refused_correction_goes_to_court():
    assert "seek_court_order" in corrected().do("record_reply", correction_reply="refused").open()


def test_a_corrected_report_needs_no_court():
    walk = corrected().do("record_reply", correction_reply="corrected").do("publish_facts", "leaders_explain")
    walk.do("monitor_spread", is_calming_down="yes")

    assert walk.open() == ["record_contacts"]


def test_the_spread_is_watched_until_it_calms_down():
    walk = corrected()
    for _ in range(2):
        walk.do("monitor_spread", is_calming_down="no")

    assert "monitor_spread" in walk.open()
    assert "monitor_spread" not in walk.do("monitor_spread", is_calming_down="yes").open()


def test_leaders_explain_beside_the_other_remedies_within_a_working_day():
    walk = corrected()

    assert walk.task("leaders_explain").groups == ["总经理"]
    assert walk.due("leaders_explain") == walk.now.replace(day=3)


def test_a_grave_case_that_nobody_outside_asks_about_needs_no_visit():
    assert Walk("media_response").do("check_facts", is_outside_involved="no", is_published="no").open() == [
        "record_contacts"
    ]
