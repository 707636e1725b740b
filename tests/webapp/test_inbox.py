"""The inbox and the task page: what each role sees, drafts, faults at the field, one effect for two submits."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from lxml import html
from sqlalchemy import event

from engine import deployments, instances, tasks
from engine.calendars import BEIJING
from engine.work import SYSTEM
from tests.conftest import NOW
from tests.webapp import noise
from tests.webapp.conftest import House, text_of


@pytest.fixture
def database_kind() -> str:
    """Pages do not differ by database; those verbs that do are tested with the engine, on both."""
    return "sqlite"


def test_an_empty_inbox_says_so_and_points_to_the_roles_box(house: House):
    assert "您手上没有待办任务" in text_of(house.visitor("guo").get("/"))
    house.register()

    page = text_of(house.visitor("guo").get("/"))

    assert "本岗位有 1 项任务待签收" in page


def test_a_task_is_offered_to_its_role_and_to_nobody_else(house: House):
    case = house.register()

    assert case.case_number in text_of(house.visitor("guo").get("/?box=roles"))
    assert case.case_number not in text_of(house.visitor("men").get("/?box=roles"))
    assert house.visitor("men").get(f"/tasks/{house.task_id(case)}").status_code == 404


def test_a_deadline_is_told_in_words_and_as_a_moment(house: House):
    case = house.register()
    path = "/?box=roles"

    assert "还剩 1 天 23 小时 2026-09-23 08:30" in text_of(house.visitor("guo").get(path))
    house.clock.set(datetime(2026, 9, 23, 6, 0, tzinfo=BEIJING))
    assert "还剩 2 小时 30 分" in text_of(house.visitor("guo").get(path))
    house.clock.set(datetime(2026, 9, 25, 8, 31, tzinfo=BEIJING))
    late = house.visitor("guo").get(path)
    assert "已超期 2 天" in text_of(late)
    assert "due-over" in late.text
    assert case.case_number in late.text


def test_due_tasks_come_first_and_pages_follow_one_another(house: House):
    numbers = [
        house.register(received_at=f"2026-09-{day:02}T08:30", subject=f"第{day}件").case_number for day in (18, 16, 17)
    ]
    house.app.config["BANJIE"] = _with_pages_of(house, 2)

    first = house.visitor("guo").get("/?box=roles")
    following = re.search(r'href="([^"]*after=[^"]*)"', first.text)
    assert following is not None
    second = house.visitor("guo").get(following[1].replace("&amp;", "&"))

    assert re.findall(r"TS-2026-\d{6}", text_of(first)) == [numbers[1], numbers[2]]
    assert re.findall(r"TS-2026-\d{6}", text_of(second)) == [numbers[0]]


def _with_pages_of(house: House, size: int) -> Any:
    from dataclasses import replace

    return replace(house.app.config["BANJIE"], page_size=size)


@pytest.mark.parametrize("cursor", ["x", "1-x", "9" * 30, "99999999999999999999-1", "-1", "'; drop table"])
def test_a_cursor_that_nobody_gave_out_is_not_found(house: House, cursor: str):
    assert house.visitor("guo").get("/", query_string={"after": cursor}).status_code == 404


def test_claiming_releasing_and_claiming_by_a_colleague(house: House):
    task_id = house.task_id(house.register())
    guo, qiang = house.visitor("guo"), house.visitor("qiang")

    assert "已签收" in text_of(guo.follow(guo.post(f"/tasks/{task_id}/claim")))
    taken = qiang.post(f"/tasks/{task_id}/claim")
    assert taken.status_code == 409
    assert "张建国 办理中" in text_of(qiang.get(f"/tasks/{task_id}"))
    assert guo.post(f"/tasks/{task_id}/release").status_code == 303
    assert qiang.post(f"/tasks/{task_id}/claim").status_code == 303


def test_a_task_is_completed_without_claiming_and_the_next_step_appears(house: House):
    case = house.register()
    task_id = house.task_id(case)
    guo = house.visitor("guo")

    landed = guo.follow(guo.post(f"/tasks/{task_id}/complete", {"finding": "yes"}))

    assert "任务已办结。" in text_of(landed)
    assert "答复投诉人" in text_of(house.visitor("mei").get("/?box=roles"))
    with house.database.work(SYSTEM, read_only=True) as work:
        assert instances.variables(work, case.instance_id)["finding"] == "yes"


def test_whoever_has_the_next_step_is_led_to_it(house: House):
    task_id = house.task_id(case := house.register())
    with house.database.work(SYSTEM) as work:
        from webapp import people

        people.set_roles(work, "guo", ["执法队", "客服人员"])
    guo = house.visitor("guo")

    answer = guo.post(f"/tasks/{task_id}/complete", {"finding": "yes"})

    assert answer.location == f"/tasks/{house.task_id(case)}"
    assert "下一步，也归您办理" in text_of(guo.follow(answer))


def test_faults_stand_at_the_field_and_in_a_summary_and_nothing_is_lost(house: House):
    task_id = house.task_id(house.register())
    guo = house.visitor("guo")

    answer = guo.post(f"/tasks/{task_id}/complete", {"finding": "no", "reason": " ", "readings[0].decibels": "loud"})

    assert answer.status_code == 422
    assert "有 2 处需要更正" in text_of(answer)
    assert 'href="#f-reason"' in answer.text
    assert 'id="f-reason-error"' in answer.text
    assert 'value="loud"' in answer.text
    assert re.search(r'value="no"[^>]* checked', answer.text)
    assert tasks_open(house) == [task_id]


def tasks_open(house: House) -> list[int]:
    from engine.tables import UserTask

    with house.database.work(SYSTEM, read_only=True) as work:
        return [task.id for task in work.session.query(UserTask) if task.closed_at is None]


@pytest.mark.parametrize("field", ["finding_", "status", "readings[0].x", "a..b", "plan"])
def test_a_field_that_the_form_does_not_have_is_refused_and_nothing_is_stored(house: House, field: str):
    task_id = house.task_id(house.register())

    answer = house.visitor("guo").post(f"/tasks/{task_id}/complete", {"finding": "yes", field: "x"})

    assert answer.status_code == 422
    assert tasks_open(house) == [task_id]


def test_a_rule_about_today_goes_by_the_houses_clock(house: House):
    task_id = house.task_id(house.register())
    guo = house.visitor("guo")

    late = guo.post(f"/tasks/{task_id}/complete", {"finding": "yes", "visit_on": "2026-09-20"})

    assert late.status_code == 422
    assert "不能早于今天" in text_of(late)
    assert guo.post(f"/tasks/{task_id}/complete", {"finding": "yes", "visit_on": "2026-09-21"}).status_code == 303


def test_a_draft_is_kept_for_whoever_holds_the_task(house: House):
    task_id = house.task_id(house.register())
    guo = house.visitor("guo")

    page = guo.follow(guo.post(f"/tasks/{task_id}/draft", {"finding": "no", "reason": "还在了解"}))

    assert "草稿已保存" in text_of(page)
    assert "还在了解</textarea>" in page.text
    assert re.search(r'value="no"[^>]* checked', page.text)
    assert "有草稿" in text_of(guo.get("/"))
    assert "还在了解" not in house.visitor("qiang").get(f"/tasks/{task_id}").text


@pytest.mark.parametrize("name", ["a[", "a..b", "[0]", ""])
def test_a_draft_that_could_not_be_shown_again_is_refused(house: House, name: str):
    task_id = house.task_id(house.register())
    guo = house.visitor("guo")

    assert guo.post(f"/tasks/{task_id}/draft", {"finding": "yes", name: "x"}).status_code == 422
    assert guo.get(f"/tasks/{task_id}").status_code == 200


@pytest.mark.parametrize("body", [b'{"reason": "\\ud800"}', b'{"reason": NaN}', b"[]", b"{", b'"x"'])
def test_json_that_is_none_is_refused(house: House, body: bytes):
    task_id = house.task_id(house.register())
    guo = house.visitor("guo")

    for verb in ("draft", "complete", "look"):
        answer = guo.client.post(
            f"/tasks/{task_id}/{verb}",
            data=body,
            content_type="application/json",
            headers={"X-CSRFToken": guo.token(), "Accept": "application/json"},
        )
        assert answer.status_code in (400, 422)
    assert guo.get(f"/tasks/{task_id}").status_code == 200


def test_rows_are_added_and_removed_without_javascript(house: House):
    task_id = house.task_id(house.register())
    guo = house.visitor("guo")
    path = f"/tasks/{task_id}/draft"

    one = guo.follow(guo.post(path, {"finding": "yes", "_action": "add:readings"}))
    assert 'name="readings[0].decibels"' in one.text
    two = guo.follow(guo.post(path, {"finding": "yes", "readings[0].decibels": "71", "_action": "add:readings"}))
    assert 'name="readings[1].decibels"' in two.text
    less = guo.follow(
        guo.post(path, {"readings[0].decibels": "71", "readings[1].decibels": "68", "_action": "remove:readings#0"})
    )

    assert 'name="readings[0].decibels" type="text" value="68"' in less.text
    assert 'name="readings[1].decibels"' not in less.text
    assert guo.post(path, {"_action": "add:x[["}).status_code == 422


def test_two_submits_have_one_effect_and_the_second_is_told_clearly(house: House):
    case = house.register()
    task_id = house.task_id(case)
    guo, qiang = house.visitor("guo"), house.visitor("qiang")

    first = guo.post(f"/tasks/{task_id}/complete", {"finding": "yes"})
    again = guo.post(f"/tasks/{task_id}/complete", {"finding": "no", "reason": "x"})
    other = qiang.post(f"/tasks/{task_id}/complete", {"finding": "no", "reason": "x"})

    assert (first.status_code, again.status_code, other.status_code) == (303, 409, 409)
    assert "办结" in text_of(again)
    with house.database.work(SYSTEM, read_only=True) as work:
        assert instances.variables(work, case.instance_id)["finding"] == "yes"
    closed = text_of(qiang.get(f"/tasks/{task_id}"))
    assert "此任务已由 张建国 于 2026-09-21 09:00 办结" in closed


def test_a_page_drawn_before_the_task_changed_is_not_accepted(house: House):
    task_id = house.task_id(house.register())
    guo = house.visitor("guo")
    version = re.search(r'name="_version" value="(\d+)"', guo.get(f"/tasks/{task_id}").text)
    assert version is not None
    guo.post(f"/tasks/{task_id}/draft", {"finding": "no", "reason": "x"})

    stale = guo.post(f"/tasks/{task_id}/complete", {"finding": "yes", "_version": version[1]})

    assert stale.status_code == 409
    assert "重新打开核对" in text_of(stale)


def test_the_page_is_told_which_fields_apply_while_it_is_filled_in(house: House):
    task_id = house.task_id(house.register())
    guo = house.visitor("guo")

    yes = guo.post(f"/tasks/{task_id}/look", {"finding": "yes"}).json
    no = guo.post(f"/tasks/{task_id}/look", {"finding": "no"}).json

    assert yes == {"hidden": ["reason"], "values": {}}
    assert no == {"hidden": [], "values": {}}


def test_the_facts_of_the_complaint_stand_beside_the_form(house: House):
    task_id = house.task_id(house.register())

    page = text_of(house.visitor("guo").get(f"/tasks/{task_id}"))

    assert all(fact in page for fact in ("王芳", "138 1234 5678", "夜间施工噪声", "工地夜间十一点以后仍在施工"))


def test_what_a_complainant_writes_never_becomes_markup(house: House):
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>{{ 7*7 }}'
    case = house.register(content=evil, complainant_name=evil, subject=evil)
    guo = house.visitor("guo")

    for path in (f"/tasks/{house.task_id(case)}", "/?box=roles", "/complaints", f"/complaints/{case.case_number}",
                 f"/complaints/{case.case_number}/print"):  # fmt: skip
        page = guo.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "49" not in text_of(guo.get(path))


def test_submitting_a_task_takes_few_statements_and_one_commit(house: House):
    task_id = house.task_id(house.register())
    guo = house.visitor("guo")
    token = guo.token()
    statements: list[str] = []
    commits: list[object] = []
    event.listen(house.database.pool, "before_cursor_execute", lambda *call: statements.append(call[2]))
    event.listen(house.database.pool, "commit", commits.append)

    answer = guo.client.post(f"/tasks/{task_id}/complete", data={"csrf_token": token, "finding": "yes"})

    assert answer.status_code == 303
    asked = [line for line in statements if not line.startswith("BEGIN")]
    assert len(asked) <= 10, "\n".join(asked)
    assert len(commits) == 1
    assert sum("FROM person" in line for line in asked) == 1


def test_a_suspended_case_says_so_and_takes_nothing(house: House):
    case = house.register()
    task_id = house.task_id(case)
    with house.database.work(SYSTEM) as work:
        instances.suspend(work, case.instance_id, "等待鉴定")
    guo = house.visitor("guo")

    assert "此投诉件已中止" in text_of(guo.get(f"/tasks/{task_id}"))
    assert guo.post(f"/tasks/{task_id}/complete", {"finding": "yes"}).status_code == 409


def test_an_overdue_task_is_counted_in_the_tab(house: House):
    task_id = house.task_id(house.register())
    house.visitor("guo").post(f"/tasks/{task_id}/claim")
    house.clock.set(NOW + timedelta(days=5))

    assert "超期 1" in text_of(house.visitor("guo").get("/"))


def test_the_inbox_verb_and_its_cap_are_the_engines(house: House):
    with house.database.work(SYSTEM, read_only=True) as work:
        assert set(tasks.counts(work)) == {"mine", "roles", "overdue"}


def test_a_form_without_files_is_as_alive_as_one_with_files(house: House):
    form = json.loads(noise.FILES["noise_investigate.form"])
    form["components"] = [one for one in form["components"] if one["type"] != "filepicker"]
    with house.database.work(SYSTEM) as work:
        deployments.deploy(work, {**noise.FILES, "noise_investigate.form": json.dumps(form).encode()})
    task_id = house.task_id(house.register())

    drawn = html.fromstring(house.visitor("guo").get(f"/tasks/{task_id}").text).find_class("task-form")[0]

    assert drawn.get("data-once") is not None
    assert drawn.get("data-look") == f"/tasks/{task_id}/look"


def test_a_page_that_saves_by_itself_is_told_the_version_and_refused_when_it_is_stale(house: House):
    task_id = house.task_id(house.register())
    guo = house.visitor("guo")
    guo.post(f"/tasks/{task_id}/claim")
    version = re.search(r'name="_version" value="(\d+)"', guo.get(f"/tasks/{task_id}").text)
    assert version is not None
    fields = {"finding": "no", "reason": "还在了解", "_version": version[1]}

    kept = guo.post(f"/tasks/{task_id}/draft", fields, headers={"Accept": "application/json"})
    stale = guo.post(f"/tasks/{task_id}/draft", fields, headers={"Accept": "application/json"})
    done = guo.post(f"/tasks/{task_id}/complete", {**fields, "_version": str(kept.json["version"])})

    assert kept.json["words"].startswith("草稿已自动保存")
    assert stale.status_code == 409
    assert done.status_code == 303
