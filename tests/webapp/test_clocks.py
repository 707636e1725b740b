"""The limits on a case's page: what they say, and who may let them stand still or lengthen them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from engine import deployments
from engine.work import SYSTEM
from tests.conftest import NOW
from tests.webapp import noise
from tests.webapp.conftest import House, text_of
from webapp import complaints

RULES = [
    {
        "id": "answer",
        "name": "答复投诉人",
        "name_en": "Answer the complainant",
        "number": 15,
        "unit": "days",
        "clock": "statutory",
        "binds": "执法队",
        "binds_en": "the patrol",
        "article": "噪声污染防治法 第一条",
        "article_en": "Noise Law, art. 1",
        "in_force_from": "2022-05-01",
        "in_force_until": None,
        "verified": "text",
        "pauses": ["appraisal"],
        "extension": {"number": 10, "unit": "days", "times": 1, "approver": "执法队"},
        "plans": {"noise": {"from": "", "to": []}},
    },
    {
        "id": "visit",
        "name": "到场查看",
        "number": 24,
        "unit": "hours",
        "clock": "internal",
        "binds": "执法队",
        "article": "本单位规定",
        "in_force_from": None,
        "in_force_until": None,
        "verified": "text",
        "plans": {"noise": {"from": "", "to": []}},
    },
    {
        "id": "unread",
        "name": "尚未核实的期限",
        "number": None,
        "unit": "days",
        "clock": "statutory",
        "binds": "执法队",
        "article": "某办法",
        "in_force_from": None,
        "in_force_until": None,
        "verified": "none",
        "note": "条文未能核对",
        "plans": {"noise": {"from": "", "to": []}},
    },
]


@pytest.fixture
def case(house: House) -> complaints.ComplaintInfo:
    """Give a case whose plan has limits."""
    pack = json.dumps({"name": "规则", "rules": RULES}).encode()
    with house.database.work(SYSTEM) as work:
        deployments.deploy(work, {**noise.FILES, "noise.rules.json": pack})
    return house.register()


def clock_id(page: str, number: int = 0) -> str:
    return page.split('id="clock-')[number + 1].split('"')[0]


def test_the_page_shows_the_laws_limits_beside_the_houses(house: House, case) -> None:
    page = text_of(house.visitor("mei").get(f"/cases/{case.instance_id}"))

    law, own = page.split("法定时限")[1].split("内部时限")[:2]
    assert "答复投诉人 还剩 15 日" in law
    assert "噪声污染防治法 第一条（已核对原文） · 约束：执法队" in law
    assert "到场查看 还剩" in own
    assert "未启用的规则（1）" in page
    assert "条文未能核对" in page


def test_the_page_speaks_english(house: House, case) -> None:
    visitor = house.visitor("mei")
    visitor.post("/language", {"language": "en", "next": "/"})

    page = text_of(visitor.get(f"/cases/{case.instance_id}"))

    assert "Answer the complainant days left: 15" in page
    assert "Noise Law, art. 1 (text of the article read) · binds the patrol" in page


def test_an_overdue_limit_is_shown_so(house: House, case) -> None:
    house.clock.set(NOW + timedelta(days=20))

    page = house.visitor("mei").get(f"/cases/{case.instance_id}").text

    assert "limit-over" in page
    assert "已超期" in text_of(house.visitor("mei").get(f"/cases/{case.instance_id}"))


def test_who_may_lets_a_limit_stand_still_and_run_again(house: House, case) -> None:
    visitor = house.visitor("admin")
    address = f"/cases/{case.instance_id}"
    number = clock_id(visitor.get(address).text)

    answer = visitor.post(f"{address}/clocks/{number}/pause", {"why": "appraisal", "reason": "送检"})
    page = text_of(visitor.follow(answer))
    assert "中止计时：鉴定、检测" in page
    assert "时限中止计时 答复投诉人；鉴定、检测 理由：送检" in page.replace("：答复", " 答复")

    house.clock.set(NOW + timedelta(days=3))
    visitor.post(f"{address}/clocks/{number}/resume", {"reason": "报告已出"})
    assert "曾中止 1 次" in text_of(visitor.get(address))


def test_the_role_that_the_rule_names_extends_it(house: House, case) -> None:
    visitor = house.visitor("guo")
    address = f"/cases/{case.instance_id}"
    number = clock_id(visitor.get(address).text)
    fields = {"number": "10", "reason": "案情复杂", "is_told": "yes"}

    page = text_of(visitor.follow(visitor.post(f"{address}/clocks/{number}/extend", fields)))

    assert "已延期 10 日" in page
    assert "还剩 25 日" in page
    assert visitor.post(f"{address}/clocks/{number}/extend", fields).status_code == 409


@pytest.mark.parametrize(
    ("act", "fields", "status"),
    [
        ("pause", {"why": "hearing", "reason": "x"}, 422),
        ("pause", {"why": "appraisal", "reason": " "}, 422),
        ("extend", {"number": "ten", "reason": "x", "is_told": "yes"}, 422),
        ("extend", {"number": "11", "reason": "x", "is_told": "yes"}, 422),
        ("extend", {"number": "10", "reason": "x"}, 422),
        ("resume", {"reason": "x"}, 409),
    ],
)
def test_what_the_rule_does_not_allow_is_refused_in_words(house: House, case, act, fields, status) -> None:
    visitor = house.visitor("admin")
    number = clock_id(visitor.get(f"/cases/{case.instance_id}").text)

    answer = visitor.post(f"/cases/{case.instance_id}/clocks/{number}/{act}", fields)

    assert answer.status_code == status


def test_who_may_not_gets_no_form_and_no_way(house: House, case) -> None:
    address = f"/cases/{case.instance_id}"
    number = clock_id(house.visitor("admin").get(address).text)
    assert "/clocks/" not in house.visitor("mei").get(address).text

    fields = {"why": "appraisal", "reason": "x"}

    assert house.visitor("mei").post(f"{address}/clocks/{number}/pause", fields).status_code == 403
    assert house.visitor("men").post(f"{address}/clocks/{number}/pause", fields).status_code == 404
    assert house.visitor("admin").post(f"{address}/clocks/999/pause", fields).status_code == 404


def test_the_list_of_complaints_shows_the_nearest_limit_of_the_law(house: House, case) -> None:
    page = text_of(house.visitor("mei").get("/complaints"))

    assert "法定时限 2026-10-06 23:59" in page


def test_the_plans_page_lists_its_rules_with_article_and_mark(house: House, case) -> None:
    page = text_of(house.visitor("admin").get("/plans/noise"))

    assert (
        "答复投诉人 法定 · 约束：执法队 · answer 15 日 可延 10 日，1 次 噪声污染防治法 第一条 2022-05-01 起施行 已核对原文"
        in page
    )
    assert "期限待核实" in page
    assert "未核实，未启用" in page
    assert "noise.rules.json" in page


def test_who_may_not_reads_what_the_rule_allows_and_who_does_it(house: House, case) -> None:
    page = text_of(house.visitor("mei").get(f"/cases/{case.instance_id}"))

    assert "可因鉴定、检测中止计时，由执法队、管理员办理；可延期 10 日，由执法队、管理员批准" in page


def test_a_task_that_is_due_with_a_resting_limit_says_so_and_is_not_overdue(house: House) -> None:
    rule = {**RULES[0], "pauses": ["complainant"], "plans": {"noise": {"from": "", "to": ["investigate"]}}}
    plan = noise.FILES["noise.bpmn"].replace(
        b"=working days after(received_at, 2)", b"=limit due(&quot;answer&quot;, received_at)"
    )
    files = {
        **noise.FILES,
        "noise.bpmn": plan,
        "noise.rules.json": json.dumps({"name": "规则", "rules": [rule]}).encode(),
    }
    with house.database.work(SYSTEM) as work:
        deployments.deploy(work, files)
    case = house.register()
    task = house.task_id(case)
    visitor, admin = house.visitor("guo"), house.visitor("admin")
    visitor.post(f"/tasks/{task}/claim")
    number = clock_id(admin.get(f"/cases/{case.instance_id}").text)

    admin.post(f"/cases/{case.instance_id}/clocks/{number}/pause", {"why": "complainant", "reason": "等身份证明"})
    house.clock.set(NOW + timedelta(days=30))

    pages = [visitor.get(address) for address in ("/", f"/tasks/{task}", f"/cases/{case.instance_id}")]
    assert all("计时中止 等待投诉人补充材料；恢复后自" in text_of(page) for page in pages)
    assert "超期" not in text_of(pages[0])


def test_the_history_of_a_limit_speaks_english(house: House, case) -> None:
    visitor = house.visitor("admin")
    address = f"/cases/{case.instance_id}"
    number = clock_id(visitor.get(address).text)
    visitor.post(f"{address}/clocks/{number}/pause", {"why": "appraisal", "reason": "lab"})

    visitor.post("/language", {"language": "en"})
    page = text_of(visitor.get(address))

    assert "Answer the complainant; " in page.split("What happened")[1]
    assert "答复投诉人" not in page.split("What happened")[1].split("Deadlines")[0].split("Open tasks")[0][:400]


def test_a_pause_of_seconds_tells_no_change_of_date(house: House, case) -> None:
    visitor = house.visitor("admin")
    address = f"/cases/{case.instance_id}"
    number = clock_id(visitor.get(address).text)
    visitor.post(f"{address}/clocks/{number}/pause", {"why": "appraisal", "reason": "送检"})
    house.clock.set(NOW + timedelta(seconds=20))

    visitor.post(f"{address}/clocks/{number}/resume", {"reason": "不必送检"})

    page = text_of(visitor.get(address))
    assert "理由：不必送检" in page
    assert "改为" not in page.split("时限恢复计时")[1].split("理由：不必送检")[0]
