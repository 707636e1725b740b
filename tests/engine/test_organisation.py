"""Organisation files: every fault is told with its line, and what has none is read as it was meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.checks import check_files
from engine.family import Family
from engine.organisation import SUFFIX, read
from tests.engine import plans

PROCESSES = Path(__file__).resolve().parents[2] / "processes"


def organisation(**changes: Any) -> bytes:
    """Return an organisation file of the plan `two_steps`."""
    content = {
        "plan": "two_steps",
        "source": "模板",
        "first_contact": "专员",
        "groups": [
            {
                "id": "office",
                "name": "办公室",
                "name_en": "Office",
                "duties": [{"zh": "受理投诉", "en": "Takes complaints"}],
                "seats": [{"seat": "head", "title": "主任", "title_en": "Director", "role": "主任"}],
            },
            {
                "id": "desk",
                "parent": "office",
                "name": "窗口",
                "seats": [{"seat": "member", "title": "专员", "role": "专员", "duty": "调查"}],
            },
        ],
        "resources": [{"id": "room", "kind": "goods", "name": "接待室", "role": "专员"}],
        **changes,
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def test_a_file_is_read_as_it_was_meant():
    found, findings = read("p.organisation.json", organisation())

    assert findings == []
    assert found is not None
    assert [(depth, group.name) for depth, group in found.tree()] == [(0, "办公室"), (1, "窗口")]
    assert [(group.id, seat.kind, seat.role) for group, seat in found.seats()] == [
        ("office", "head", "主任"),
        ("desk", "member", "专员"),
    ]
    assert (found.first_contact, found.resources[0].kind, found.resources[0].role) == ("专员", "goods", "专员")


def seats(**changes: Any) -> list[dict[str, Any]]:
    """Return groups with one seat."""
    return [{"id": "a", "name": "组", "seats": [{"seat": "head", "title": "组长", "role": "专员", **changes}]}]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"plan": ""}, "缺少 plan"),
        ({"plan": 3}, "plan 应为"),
        ({"more": 1}, "不认识的成员“more”"),
        ({"groups": {}}, "groups 应是一个列表"),
        ({"groups": [1]}, "每一项应是一个对象"),
        ({"groups": [{"id": "a", "name": "组"}] * 201}, "超过 200 项"),
        ({"groups": [{"id": "A b", "name": "组"}]}, "id“A b”无效"),
        ({"groups": [{"id": "a", "name": "组"}, {"id": "a", "name": "组"}]}, "已有"),
        ({"groups": [{"id": "a", "name": "组", "parent": "b"}]}, "上级“b”不存在"),
        (
            {"groups": [{"id": "a", "name": "组", "parent": "b"}, {"id": "b", "name": "组", "parent": "a"}]},
            "在自己之下",
        ),
        ({"groups": seats(seat="boss")}, "应为 head、deputy、member 之一"),
        ({"groups": seats(role="a|b")}, "不含“|”"),
        ({"groups": seats(role="")}, "缺少 role"),
        ({"groups": seats(login="zhang")}, "不认识的成员“login”"),
        ({"groups": seats(title="两\n行")}, "一行文字"),
        ({"groups": seats(title="长" * 501)}, "不超过 500 字"),
        ({"resources": [{"id": "a", "kind": "food", "name": "饭", "role": "专员"}]}, "应为 people、goods"),
    ],
)
def test_a_member_that_is_not_right_is_told_at_its_line(changes: dict[str, Any], words: str):
    data = organisation(**changes)

    found, findings = read("p.organisation.json", data)

    assert found is None
    assert {finding.code for finding in findings} == {"organisation-member"}
    assert any(words in finding.zh for finding in findings)
    assert all(finding.line >= 1 and finding.en and finding.advice_zh for finding in findings)


def test_the_line_is_that_of_the_member():
    data = organisation(groups=seats(role=""))
    line = next(n for n, text in enumerate(data.decode().splitlines(), 1) if '"role": ""' in text)

    _, findings = read("p.organisation.json", data)

    assert [finding.line for finding in findings] == [line]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[",
        b"\xff\xfe",
        b'{"plan": "a", "plan": "b"}',
        b'{"plan": NaN}',
        b'{"plan": "\\ud800"}',
        b"[" * 100_000,
        b'{"plan": "' + b"x" * 600_000 + b'"}',
    ],
)
def test_hostile_files_are_refused_with_a_finding(data: bytes):
    found, findings = read("p.organisation.json", data)

    assert found is None
    assert [finding.code for finding in findings] == ["organisation-not-json"]


def test_the_organisation_belongs_to_the_files_of_its_plan_and_of_no_other():
    files = {"two_steps.bpmn": plans.TWO_STEPS, "watched.bpmn": plans.WATCHED, f"two_steps{SUFFIX}": organisation()}

    family, findings = Family.read(files)

    assert findings == []
    assert f"two_steps{SUFFIX}" in family.needs("two_steps")
    assert f"two_steps{SUFFIX}" not in family.needs("watched")


def test_a_form_that_ends_in_json_is_still_a_form():
    family, findings = Family.read({"a.json": plans.ASKING_FORM})

    assert findings == []
    assert "asking_report" in family.forms


def test_every_plan_of_the_house_has_an_organisation_whose_seats_are_its_lanes():
    files = {path.name: path.read_bytes() for path in PROCESSES.iterdir() if path.suffix in (".bpmn", ".dmn", ".json")}

    family, _ = Family.read(files)
    findings = [
        finding
        for finding in check_files(files)
        if finding.code in ("seat-role", "lane-without-seat", "first-contact")
        or finding.code.startswith("organisation")
    ]

    plans_that_run = {key for key, process in family.processes.items() if process.is_executable}
    assert set(family.organisations) == plans_that_run
    assert findings == []


def test_every_seat_and_resource_of_the_house_speaks_both_languages():
    family, _ = Family.read({path.name: path.read_bytes() for path in PROCESSES.glob(f"*{SUFFIX}")})

    for found in family.organisations.values():
        assert found.source
        for group, seat in found.seats():
            assert group.name_en, group
            assert seat.title_en, seat
            assert bool(seat.duty) == bool(seat.duty_en), seat
            assert all(duty.en for duty in group.duties), group
        assert all(item.name_en and item.source for item in found.resources)


def test_plans_whose_template_has_a_section_on_safeguards_have_all_four_kinds():
    family, _ = Family.read({path.name: path.read_bytes() for path in PROCESSES.glob(f"*{SUFFIX}")})

    for plan in ("daily_complaint", "mass_complaint"):  # templates 2 (七) and 4 (五)
        kinds = {item.kind for item in family.organisations[plan].resources}
        assert kinds == {"people", "goods", "technology", "money"}, plan
