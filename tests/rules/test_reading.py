"""Rule packs are read with every fault named, at its line, in both languages."""

from __future__ import annotations

import json
from datetime import date

import pytest

from engine.rules import Span, nearest, read
from engine.rules.lines import lines_of

GOOD = {
    "id": "acceptance",
    "name": "书面告知是否受理",
    "number": 15,
    "unit": "days",
    "clock": "statutory",
    "binds": "受理机关",
    "article": "信访工作条例 第二十三条",
    "in_force_from": "2022-05-01",
    "in_force_until": None,
    "verified": "text",
    "plans": {"petition": {"from": "", "to": ["decide"]}},
}


def pack(*rules: dict) -> bytes:
    return json.dumps({"name": "条例", "rules": list(rules)}, ensure_ascii=False, indent=1).encode()


def said(*rules: dict) -> list[tuple[str, str]]:
    _, findings = read("x.rules.json", pack(*rules))
    assert all(one.zh and one.en and one.line > 0 and one.file == "x.rules.json" for one in findings)
    return [(one.code, one.en) for one in findings]


def test_a_pack_becomes_rules():
    extension = {"number": 30, "unit": "days", "approver": "组长"}
    full = {**GOOD, "moves": True, "extension": extension, "pauses": ["hearing"]}
    rules, findings = read("x.rules.json", pack(full))

    assert findings == []
    rule = rules[0]
    assert (rule.number, rule.unit, rule.moves, rule.is_on, rule.is_statutory) == (15, "days", True, True, True)
    assert rule.spans["petition"] == Span("petition", "", ("decide",))
    assert (rule.extension.number, rule.extension.times, rule.extension.approver) == (30, 1, "组长")
    assert rule.pauses == {"hearing"}


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"unit": "weeks"}, "rules-member", "weeks"),
        ({"number": 0, "unit": "hours"}, "rules-member", "number"),
        ({"number": "15"}, "rules-member", "number"),
        ({"number": None}, "rules-member", "number"),
        ({"clock": "ours"}, "rules-member", "clock"),
        ({"verified": "yes"}, "rules-member", "verified"),
        ({"id": "Acceptance"}, "rules-member", "rule id"),
        ({"limit": 3}, "rules-member", "'limit' is not known"),
        ({"moves": "yes"}, "rules-member", "moves"),
        ({"name": 3}, "rules-member", "name"),
        ({"in_force_from": "May"}, "rules-dates", "not a date"),
        ({"in_force_until": "2022-04-30"}, "rules-dates", "not later"),
        ({"plans": {}}, "rules-member", "plans"),
        ({"plans": {"petition": []}}, "rules-member", "object"),
        ({"plans": {"petition": {"to": [3]}}}, "rules-member", "`to`"),
        ({"plans": {"petition": {"begins": "soon"}}}, "rules-member", "begins"),
        ({"plans": {"petition": {"until": "x"}}}, "rules-member", "'until' is not known"),
        ({"plans": {"petition": {"when": "channel = "}}}, "rules-member", "FEEL"),
        ({"plans": {"petition": {"extended_by": "x"}}}, "rules-member", "allows no extension"),
        ({"extension": 30}, "rules-member", "extension"),
        ({"extension": {"number": 2, "unit": "hours"}}, "rules-member", "extended"),
        ({"pauses": ["tea"]}, "rules-member", "tea"),
        ({"pauses": "hearing"}, "rules-member", "pauses"),
    ],
)
def test_a_fault_is_named_and_the_rule_left_out(change, code, words):
    rules, _ = read("x.rules.json", pack({**GOOD, **change}))
    found = said({**GOOD, **change})

    assert rules == []
    assert found[0][0] == code
    assert words in found[0][1]


@pytest.mark.parametrize("member", ["id", "name", "number", "unit", "clock", "article", "verified", "plans"])
def test_what_is_needed_is_missed(member):
    found = said({key: value for key, value in GOOD.items() if key != member})

    assert any(member in en for _, en in found)


def test_a_fault_stands_at_the_line_of_its_member():
    text = pack(GOOD, {**GOOD, "id": "other", "unit": "weeks"}).decode()

    _, findings = read("x.rules.json", text.encode())

    assert text.splitlines()[findings[0].line - 1].strip() == '"unit": "weeks",'


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff\xfe", b'{"rules": [NaN]}', b'{"rules": [], "rules": []}', b"[" * 100_000, b" " * 1_000_001],
)
def test_what_is_no_json_is_refused_in_words(data):
    rules, findings = read("x.rules.json", data)

    assert rules == []
    assert [one.code for one in findings] == ["rules-not-json"]


@pytest.mark.parametrize("data", [b"[]", b"{}", b'{"rules": {}}', b"3"])
def test_a_pack_without_a_list_of_rules_is_refused(data):
    assert [one.code for one in read("x.rules.json", data)[1]] == ["rules-member"]


def test_two_versions_may_follow_each_other_and_not_overlap():
    old, new = {**GOOD, "in_force_until": "2026-04-15"}, {**GOOD, "number": 10, "in_force_from": "2026-04-15"}
    rules, findings = read("x.rules.json", pack(old, new))

    assert findings == []
    assert [nearest(rules, day).number for day in (date(2026, 4, 14), date(2026, 4, 15))] == [15, 10]
    assert nearest(rules, date(2000, 1, 1)).number == 15  # older than every version: the first
    assert [code for code, _ in said(GOOD, new)] == ["rules-dates"]


def test_a_rule_that_nobody_verified_is_off_and_may_have_no_number():
    rules, findings = read("x.rules.json", pack({**GOOD, "number": None, "verified": "none"}))

    assert findings == []
    assert not rules[0].is_on
    assert (rules[0].zh, rules[0].en) == ("期限待核实", "limit to be verified")


def test_lines_are_those_of_the_text_however_it_is_written():
    text = '{"a":\n [1,\n  {"b": "x{,]\\"",\n "c": []}, null\n]}'

    assert lines_of(text) == {
        (): 1,
        ("a",): 1,
        ("a", 0): 2,
        ("a", 1): 3,
        ("a", 1, "b"): 3,
        ("a", 1, "c"): 4,
        ("a", 2): 4,
    }
