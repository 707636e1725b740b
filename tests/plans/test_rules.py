"""The rule packs of the house: every limit that the templates and the law give, by its number, and the plans keep them."""

from __future__ import annotations

import pytest

from engine.checks import check
from engine.findings import Severity
from engine.rules import UNKNOWN, newest
from tests.plans.walk import family

LAW = {
    "petition_registration": (15, "days", "第二十二条"),
    "petition_acceptance": (15, "days", "第二十三条"),
    "petition_objection": (5, "working days", "第二十三条"),
    "petition_handling": (60, "days", "第三十四条"),
    "petition_review_request": (30, "days", "第三十五、三十六条"),
    "petition_review": (30, "days", "第三十五、三十六条"),
    "consumer_reply": (7, "working days", "第四十六条"),
    "wilful_delay": (15, "days", "第八至十条"),
    "hotline_reply": (5, "working days", "第二十四条"),
}
TEMPLATES = {
    "suggestion_pass_on": (24, "hours"),
    "suggestion_report": (5, "working days"),
    "suggestion_review": (2, "working days"),
    "problem_opinion": (24, "hours"),
    "problem_negotiation": (5, "working days"),
    "problem_carry_out": (2, "working days"),
    "dispute_opinion": (24, "hours"),
    "dispute_visit": (5, "working days"),
    "dispute_report": (2, "working days"),
    "parent_investigation": (0, "days"),
    "parent_slip": (2, "days"),
    "parent_coordination_1": (1, "days"),
    "parent_coordination_3": (3, "days"),
    "parent_coordination_7": (7, "days"),
    "inspection_report": (10, "minutes"),
}


@pytest.mark.parametrize("rule_id", LAW)
def test_a_limit_of_the_law_has_its_number_article_and_date(rule_id):
    rule = newest(family().rules[rule_id])

    assert (rule.number, rule.unit) == LAW[rule_id][:2]
    assert LAW[rule_id][2] in rule.article
    assert rule.is_statutory
    assert rule.verified == "text"
    assert rule.in_force_from.year > 2000
    assert rule.binds


@pytest.mark.parametrize("rule_id", TEMPLATES)
def test_a_limit_of_a_template_has_its_number(rule_id):
    rule = newest(family().rules[rule_id])

    assert (rule.number, rule.unit) == TEMPLATES[rule_id]
    assert not rule.is_statutory


def test_what_nobody_could_read_is_switched_off_and_marked():
    rules = family().rules["market_acceptance"]

    assert [rule.verified for rule in rules] == ["none", "none"]
    assert newest(rules).number == UNKNOWN
    assert {"rule-unverified"} == {one.code for one in check(family()) if one.element == "market_acceptance"}


def test_the_petition_is_extended_once_by_thirty_days_by_the_head():
    extension = newest(family().rules["petition_handling"]).extension

    assert (extension.number, extension.unit, extension.times) == (30, "days", 1)
    assert extension.approver == "信访应急领导小组组长"
    assert extension.tells_reason


def test_every_rule_speaks_both_languages_and_names_its_source():
    rules = [rule for versions in family().rules.values() for rule in versions]

    assert [rule.id for rule in rules if not (rule.name_en and rule.binds_en and rule.article_en and rule.source)] == []
    assert [rule.id for rule in rules if bool(rule.note) != bool(rule.note_en)] == []


def test_the_plans_are_proved_to_keep_every_limit():
    told = ("deadline-broken", "deadline-not-proved", "deadline-untold", "escalation-endless", "rule-unknown")
    broken = [one for one in check(family()) if one.code in told]

    assert [str(one) for one in broken] == []
    assert not [one for one in check(family()) if one.severity is Severity.ERROR]


def test_a_pack_belongs_to_the_plans_that_it_names():
    needed = family().needs("petition")

    assert "petition.rules.json" in needed
    assert "consumer_law.rules.json" not in needed
    assert "consumer_law.rules.json" in family().needs("problem")
