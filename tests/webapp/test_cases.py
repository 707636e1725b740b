"""The page of a case: what it tells whom, in words and for its diagram."""

from __future__ import annotations

from datetime import timedelta

from engine import deployments, forms, instances, tasks
from engine.work import SYSTEM, Actor
from tests.engine import plans
from tests.webapp import noise
from tests.webapp.conftest import House, text_of
from webapp import people
from webapp.cases.reading import in_order
from webapp.cases.variables import Labels

ANSWERS = {"finding": "yes"}


def _investigated(house: House) -> int:
    case = house.register()
    _complete(house, case.instance_id)
    return case.instance_id


def _complete(house: House, instance_id: int) -> None:
    with house.database.work(_actor(house, "guo")) as work:
        (task,) = [task for task in tasks.of_instance(work, instance_id) if task.closed_at is None]
        tasks.complete(work, task.id, ANSWERS)


def _actor(house: House, login: str) -> Actor:
    with house.database.work(SYSTEM, read_only=True) as work:
        return people.find(work, login).actor


def test_the_page_tells_in_words_where_the_case_stands_and_what_was_done(house: House) -> None:
    case = _investigated(house)

    page = text_of(house.visitor("mei").get(f"/cases/{case}"))

    assert "现在 答复投诉人 · 客服人员" in page
    assert "已走过 接到投诉 确定预案 现场调查" in page


def test_the_timeline_names_people_steps_and_answers_with_the_labels_of_the_forms(house: House) -> None:
    case = _investigated(house)

    page = text_of(house.visitor("mei").get(f"/cases/{case}"))

    assert "张建国 2026-09-21 09:00 已完成 ： 现场调查 填写内容（1 项） 调查结论 属实" in page


def test_the_timeline_leaves_out_technical_steps_until_they_are_asked_for(house: House) -> None:
    case = house.register()

    short = text_of(house.visitor("mei").get(f"/cases/{case.instance_id}"))
    whole = text_of(house.visitor("mei").get(f"/cases/{case.instance_id}?steps=all"))

    assert "待办 ： 现场调查" not in short
    assert "待办 ： 现场调查" in whole


def test_the_page_shows_the_complaint_and_the_data_with_their_labels(house: House) -> None:
    case = house.register()

    page = text_of(house.visitor("mei").get(f"/cases/{case.instance_id}"))

    assert "投诉渠道 电话" in page
    assert "投诉人姓名 王芳" in page


def test_a_deadline_is_shown_with_what_is_left_of_it(house: House) -> None:
    case = house.register()

    page = text_of(house.visitor("mei").get(f"/cases/{case.instance_id}"))

    assert "现场调查 还剩 1 天 23 小时" in page


def test_a_case_somebody_has_no_part_in_does_not_exist_for_them(house: House) -> None:
    case = house.register()

    for path in (
        f"/cases/{case.instance_id}",
        f"/cases/{case.instance_id}/state",
        f"/cases/{case.instance_id}/diagram.bpmn",
    ):
        assert house.visitor("men").get(path).status_code == 404


def test_a_confidential_case_is_hidden_from_administrators(house: House) -> None:
    case = house.register()
    with house.database.work(SYSTEM) as work:
        instances.restrict(work, case.instance_id, ["mei"])

    assert house.visitor("admin").get(f"/cases/{case.instance_id}").status_code == 404
    assert "保密件" in text_of(house.visitor("mei").get(f"/cases/{case.instance_id}"))


def test_the_diagram_is_the_authors_file(house: House) -> None:
    case = house.register()

    response = house.visitor("mei").get(f"/cases/{case.instance_id}/diagram.bpmn")

    assert response.data == noise.FILES["noise.bpmn"]


def test_the_state_tells_tokens_done_steps_and_late_deadlines(house: House) -> None:
    case = house.register()
    house.clock.set(house.clock.now() + timedelta(days=9))

    state = house.visitor("mei").get(f"/cases/{case.instance_id}/state").json

    assert state["tokens"] == {"investigate": 1}
    assert state["done"] == {"received": 1, "pick": 1}
    assert state["deadlines"]["investigate"]["late"] is True


def test_a_token_in_a_called_process_is_told_at_the_call_too(house: House) -> None:
    child = plans.diagram(
        "child",
        plans.start("called"),
        plans.user_task("visit", name="回访投诉人"),
        plans.end("visited"),
        plans.flow("called", "visit"),
        plans.flow("visit", "visited"),
        lanes={"客服人员": "called visit visited"},
    )
    parent = plans.diagram(
        "parent",
        plans.start(),
        '<bpmn:callActivity id="follow_up" name="回访"><bpmn:extensionElements>'
        '<zeebe:calledElement processId="child"/></bpmn:extensionElements></bpmn:callActivity>',
        plans.end(),
        plans.flow("begin", "follow_up"),
        plans.flow("follow_up", "done"),
        lanes={"客服人员": "begin follow_up done"},
    )
    with house.database.work(SYSTEM) as work:
        deployments.deploy(work, {"child.bpmn": child, "parent.bpmn": parent})
        case = instances.start(work, "parent", {})

    state = house.visitor("admin").get(f"/cases/{case}/state").json

    assert state["tokens"] == {"visit": 1, "follow_up": 1}
    assert "现在 回访投诉人 · 客服人员" in text_of(house.visitor("admin").get(f"/cases/{case}"))


def test_the_state_is_sent_again_only_when_it_has_changed(house: House) -> None:
    case = house.register()
    visitor = house.visitor("mei")
    known = visitor.get(f"/cases/{case.instance_id}/state").json["version"]

    assert visitor.get(f"/cases/{case.instance_id}/state?known={known}").status_code == 204
    _complete(house, case.instance_id)
    assert visitor.get(f"/cases/{case.instance_id}/state?known={known}").status_code == 200


def test_a_record_that_was_tampered_with_is_told(house: House) -> None:
    case = house.register()
    whole = text_of(house.visitor("mei").get(f"/cases/{case.instance_id}"))
    with house.database.pool.begin() as connection:
        connection.exec_driver_sql("UPDATE history SET actor = 'guo'")

    page = text_of(house.visitor("mei").get(f"/cases/{case.instance_id}"))

    assert "未被改动" in whole
    assert "记录校验不符" in page


def test_acts_are_offered_to_whoever_may_operate_and_to_nobody_else(house: House) -> None:
    case = house.register()

    assert "取消投诉件" in text_of(house.visitor("admin").get(f"/cases/{case.instance_id}"))
    assert "取消投诉件" not in text_of(house.visitor("mei").get(f"/cases/{case.instance_id}"))


def test_the_page_speaks_english(house: House) -> None:
    case = _investigated(house)
    visitor = house.visitor("mei")
    visitor.post("/language", {"language": "en"})

    page = text_of(visitor.get(f"/cases/{case}"))

    assert "What happened" in page
    assert "Done : 现场调查" in page or "Done: 现场调查" in page
    assert "Finding 属实" in page


def test_a_variable_is_called_what_the_plans_own_forms_call_it():
    def asking(form_id: str, label: str) -> forms.Form:
        return forms.build({"id": form_id, "components": [{"type": "textfield", "key": "papers", "label": label}]})

    family = {
        "media_publish": asking("media_publish", "发布的说明"),
        "problem_opinion": asking("problem_opinion", "部门材料"),
    }

    assert Labels(in_order(family, "problem"), "zh").label("papers") == "部门材料"
    assert Labels(in_order(family, "media"), "zh").label("papers") == "发布的说明"


def test_what_a_step_was_answered_reads_as_the_step_asked_it():
    def asking(form_id: str, label: str) -> forms.Form:
        return forms.build({"id": form_id, "components": [{"type": "textfield", "key": "people", "label": label}]})

    labels = Labels([asking("petition_turned", "现有人数"), asking("petition_register", "人数")], "zh")

    assert labels.label("people") == "现有人数"
    assert labels.of_form("petition_register").label("people") == "人数"
    assert labels.of_form("unknown").label("people") == "现有人数"
