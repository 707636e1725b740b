"""Recusal on the pages: who is complained of is kept out from the beginning, at every address of the case."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from werkzeug.test import TestResponse

from engine import deployments, tasks
from engine.errors import InvalidAnswers
from engine.work import SYSTEM
from tests.webapp import noise
from tests.webapp.conftest import House, text_of
from webapp import people, recusals, superiors
from webapp.cli import group
from webapp.commands import door


@pytest.fixture
def staffed(house: House) -> House:
    """Give the house with guo's superior, another head of the house, and the reception's doorman reporting to guo."""
    with house.database.work(SYSTEM) as work:
        people.create_person(work, "second", "赵副管理", ["系统管理员"], "correct horse")
        superiors.set_superiors(work, {"men": "guo", "mei": "men"})
    return house


ACT = {"reason": "被投诉", "person": "mei"}


def addresses_of(house: House, named: dict[str, object]) -> list[tuple[str, str]]:
    """Return every address of the application that names a case, a task or a complaint, filled in with these."""
    found = []
    for rule in house.app.url_map.iter_rules():
        if rule.arguments & {"instance_id", "task_id", "case_number"} and rule.arguments <= set(named):
            path = re.sub(r"<(?:\w+:)?(\w+)>", lambda name: str(named[name[1]]), rule.rule)
            found += [(method, path) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return found


@pytest.mark.parametrize("login", ["guo", "men", "admin"])
def test_every_address_of_the_case_answers_the_recused_as_if_there_were_no_case(staffed: House, login: str):
    case = staffed.register(by="mei", respondents="张建国、王管理", complainant_name="绝密投诉人")
    visitor = staffed.visitor(login)
    fields = {**ACT, "token": "1", "due_at": "2026-09-30T09:00", "finding": "yes"}
    more = {"element": "investigate", "attachment_id": "a1"}
    real = {"instance_id": case.instance_id, "task_id": staffed.task_id(case), "case_number": case.case_number, **more}
    made_up = {"instance_id": 99999, "task_id": 99999, "case_number": "TS-1999-000001", **more}

    def ask(named: dict[str, object]) -> list[TestResponse]:
        return [
            visitor.get(path) if method == "GET" else visitor.post(path, fields)
            for method, path in addresses_of(staffed, named)
        ]

    answers, nowhere = ask(real), ask(made_up)

    assert len(answers) >= 18
    assert [answer.status_code for answer in answers] == [answer.status_code for answer in nowhere]
    assert {answer.status_code for answer in answers} <= {204, 403, 404, 422}  # 204: dropping a draft that is not there
    assert [answer.request.path for answer in answers if "绝密投诉人" in answer.text] == []


@pytest.mark.parametrize("path", ["/", "/?box=roles", "/complaints", "/complaints?q=绝密", "/monitor/", "/monitor/incidents",
                                  "/monitor/stuck", "/admin/log"])  # fmt: skip
def test_no_list_shows_the_case_to_the_recused(staffed: House, path: str):
    case = staffed.register(respondents="admin", subject="绝密事项")

    page = staffed.visitor("admin").get(path)

    assert page.status_code == 200
    assert case.case_number not in page.text
    assert "绝密事项" not in page.text
    assert case.case_number in staffed.visitor("second").get("/monitor/").text


def test_who_reports_to_the_person_complained_of_is_kept_out_too_and_others_are_not(staffed: House):
    case = staffed.register(by="admin", respondents="张建国")

    with staffed.database.work(SYSTEM, read_only=True) as work:
        kept_out = {item.person: item.because_of for item in recusals.of_instance(work, case.instance_id)}

    assert kept_out == {"guo": ("guo",), "men": ("guo",), "mei": ("guo",)}
    assert staffed.visitor("qiang").get(f"/cases/{case.instance_id}").status_code == 200


def test_whoever_registers_a_complaint_of_their_superior_is_told_and_sees_it_no_more(staffed: House):
    mei = staffed.visitor("mei")

    answer = mei.post("/complaints/new", {**noise.ANSWERS, "respondents": "张建国"})

    page = mei.follow(answer)
    assert answer.location == "/complaints"
    assert "您与此件有关" in text_of(page)
    assert "夜间施工噪声" not in text_of(page)


def test_names_that_fit_nobody_or_several_are_kept_as_text_and_said(staffed: House):
    with staffed.database.work(SYSTEM) as work:
        people.create_person(work, "qiang2", "刘志强")
    mei = staffed.visitor("mei")

    answer = mei.post("/complaints/new", {**noise.ANSWERS, "respondents": "刘志强；外包保安"})

    text = text_of(mei.follow(answer))
    assert "被投诉人“刘志强、外包保安”未能对应到一名人员" in text
    admin = staffed.visitor("admin").get("/monitor/").text
    case = re.search(r"/cases/(\d+)", admin)
    assert case is not None
    page = text_of(staffed.visitor("admin").get(f"/cases/{case[1]}"))
    assert "未对应到人员，没有自动回避：刘志强、外包保安" in page
    assert "被投诉人 刘志强；外包保安" in page


def test_an_administrator_recuses_somebody_later_and_another_withdraws_it(staffed: House):
    case = staffed.register(by="admin")
    admin, second, qiang = staffed.visitor("admin"), staffed.visitor("second"), staffed.visitor("qiang")
    task = staffed.task_id(case)
    assert qiang.post(f"/tasks/{task}/claim").status_code == 303

    answer = admin.post(f"/monitor/cases/{case.instance_id}/recuse", {"person": "qiang", "reason": "与投诉人有纠纷"})
    page = text_of(admin.follow(answer))

    assert "已回避 1 人" in page
    assert "刘志强 被投诉人" in page
    assert "等待签收" in page
    assert qiang.get(f"/tasks/{task}").status_code == 404
    again = second.post(
        f"/monitor/cases/{case.instance_id}/recusals/withdraw", {"person": "qiang", "reason": "查明无关"}
    )
    assert "不再回避：刘志强" in text_of(second.follow(again))
    assert qiang.get(f"/tasks/{task}").status_code == 200


def test_nobody_recuses_themselves_their_superior_or_without_a_reason(staffed: House):
    case = staffed.register(by="mei")
    with staffed.database.work(SYSTEM) as work:
        superiors.set_superior(work, "admin", "qiang")
    admin = staffed.visitor("admin")
    path = f"/monitor/cases/{case.instance_id}/recuse"

    own = admin.post(path, {"person": "admin", "reason": "自己"})
    superior = admin.post(path, {"person": "qiang", "reason": "上级"})
    silent = admin.post(path, {"person": "guo", "reason": " "})

    assert (own.status_code, superior.status_code, silent.status_code) == (403, 403, 422)
    assert "不能办理本人的回避" in text_of(superior)


def test_a_task_whose_people_are_all_recused_is_told_to_who_watches_the_house(staffed: House):
    case = staffed.register(by="admin", respondents="张建国、刘志强")

    admin = staffed.visitor("admin")
    index, listed = text_of(admin.get("/monitor/")), text_of(admin.get("/monitor/stuck"))
    page = text_of(admin.get(f"/cases/{case.instance_id}"))

    assert "无人可办的任务 1" in index
    assert "岗位的人员都须回避" in listed
    assert case.case_number in listed
    assert "岗位的人员都须回避" in page


def test_a_task_of_a_role_without_active_people_is_told_too(staffed: House):
    staffed.register(by="admin")
    with staffed.database.work(SYSTEM) as work:
        people.set_active(work, "guo", False)
        people.set_active(work, "qiang", False)

    assert "岗位没有在职人员" in text_of(staffed.visitor("admin").get("/monitor/stuck"))


@pytest.mark.parametrize("others", [0, 1])
def test_an_approval_whose_people_all_did_what_it_approves_is_told(house: House, others: int):
    step = b'<bpmn:userTask id="answer" name="\xe7\xad\x94\xe5\xa4\x8d\xe6\x8a\x95\xe8\xaf\x89\xe4\xba\xba"><bpmn:extensionElements>'
    plan = noise.FILES["noise.bpmn"]
    assert step in plan
    approving = step + b'<zeebe:properties><zeebe:property name="approves" value="investigate"/></zeebe:properties>'
    with house.database.work(SYSTEM) as work:
        deployments.deploy(work, {**noise.FILES, "noise.bpmn": plan.replace(step, approving)})
        people.set_roles(work, "mei", ["客服人员", "执法队"])
        for number in range(others):
            people.create_person(work, f"other{number}", "同事", ["客服人员"])
    case = house.register(by="admin")
    with house.database.work(SYSTEM, read_only=True) as work:
        mei = people.find(work, "mei").actor
    with house.database.work(mei) as work:
        tasks.complete(work, house.task_id(case), {"finding": "yes"})
    admin = house.visitor("admin")

    listed, page = text_of(admin.get("/monitor/stuck")), text_of(admin.get(f"/cases/{case.instance_id}"))

    assert ("办理过它要审批的步骤" in listed, "办理过它要审批的步骤" in page) == (not others, not others)


def test_a_task_claimed_by_somebody_who_left_is_told_and_can_be_reassigned(staffed: House):
    case = staffed.register(by="admin")
    task = staffed.task_id(case)
    assert staffed.visitor("guo").post(f"/tasks/{task}/claim").status_code == 303
    with staffed.database.work(SYSTEM) as work:
        people.set_active(work, "guo", False)
    admin = staffed.visitor("admin")
    assert "签收人已停用" in text_of(admin.get("/monitor/stuck"))

    admin.post(f"/monitor/tasks/{task}/reassign", {"person": "qiang", "reason": "离职"})

    assert "没有无人可办的任务" in text_of(admin.get("/monitor/stuck"))


def test_a_task_of_recused_people_reassigned_is_done_by_somebody_else(staffed: House):
    case = staffed.register(by="admin", respondents="张建国、刘志强")
    task = staffed.task_id(case)
    admin = staffed.visitor("admin")

    refused = admin.post(f"/monitor/tasks/{task}/reassign", {"person": "qiang", "reason": "急件"})
    given = admin.post(f"/monitor/tasks/{task}/reassign", {"person": "second", "reason": "岗位均回避"})

    assert refused.status_code == 403
    assert "须回避" in text_of(refused)
    assert given.status_code == 303
    assert "没有无人可办的任务" in text_of(admin.get("/monitor/stuck"))


def test_a_new_superior_who_is_complained_of_takes_the_case_away(staffed: House):
    case = staffed.register(by="admin", respondents="guo")
    assert staffed.visitor("qiang").get(f"/cases/{case.instance_id}").status_code == 200

    with staffed.database.work(SYSTEM) as work:
        superiors.set_superior(work, "qiang", "mei")  # who reports to men, who reports to guo

    assert staffed.visitor("qiang").get(f"/cases/{case.instance_id}").status_code == 404


@pytest.mark.parametrize("pair", [("guo", "guo"), ("guo", "mei"), ("guo", "nobody")])
def test_nobody_reports_to_themselves_to_their_staff_or_to_nobody_known(staffed: House, pair: tuple[str, str]):
    with pytest.raises(InvalidAnswers), staffed.database.work(SYSTEM) as work:
        superiors.set_superior(work, *pair)


def test_the_superior_is_chosen_on_the_person_s_page(staffed: House):
    admin = staffed.visitor("admin")

    answer = admin.post("/admin/people/qiang", {"name": "刘志强", "roles": "执法队", "superior": "guo"})
    circle = admin.post("/admin/people/guo", {"name": "张建国", "roles": "执法队", "superior": "qiang"})

    assert answer.status_code == 303
    assert circle.status_code == 422
    assert "汇报关系不能成环" in text_of(circle)
    assert "刘志强 qiang 张建国 执法队" in text_of(admin.get("/admin/people"))


def test_who_has_claimed_a_task_is_told_by_name(staffed: House):
    task = staffed.task_id(staffed.register(by="admin"))
    assert staffed.visitor("guo").post(f"/tasks/{task}/claim").status_code == 303

    answer = staffed.visitor("qiang").post(f"/tasks/{task}/claim")

    assert answer.status_code == 409
    assert "任务已由 张建国 签收" in text_of(answer)


def test_names_are_told_apart_however_they_are_parted():
    assert recusals.names_in("张三、李四，王五;\n赵六 / sun") == ["张三", "李四", "王五", "赵六", "sun"]
    assert recusals.names_in(["a", "a", " "]) == ["a"]
    assert recusals.names_in(None) == []


def test_the_recused_inbox_counts_say_nothing_of_the_case(staffed: House):
    staffed.register(by="admin", respondents="guo")
    with staffed.database.work(SYSTEM, read_only=True) as work:
        guo, qiang = people.find(work, "guo").actor, people.find(work, "qiang").actor

    with staffed.database.work(guo, read_only=True) as work:
        mine = tasks.counts(work)
    with staffed.database.work(qiang, read_only=True) as work:
        theirs = tasks.counts(work)

    assert (mine["roles"], theirs["roles"]) == (0, 1)


def test_at_the_machine_a_recusal_is_listed_made_and_withdrawn(staffed: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(door, "open_house", lambda _url: staffed.database)
    case = staffed.register(by="admin", respondents="guo").case_number

    def run(*words: str) -> str:
        done = CliRunner().invoke(group, ["recusal", *words], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    assert "men 孙门卫: 下属 / reports to guo" in run("list", case)
    assert "admin" in run("add", case, "admin", "--reason", "被投诉")
    assert staffed.visitor("admin").get(f"/complaints/{case}").status_code == 404
    run("withdraw", case, "admin", "--reason", "查明无关")
    assert staffed.visitor("admin").get(f"/complaints/{case}").status_code == 200


def test_the_reasons_that_the_house_gives_itself_are_said_in_words(staffed: House):
    case = staffed.register(by="admin", respondents="guo")

    page = text_of(staffed.visitor("admin").get(f"/cases/{case.instance_id}"))

    assert "理由：登记时即被投诉" in page
