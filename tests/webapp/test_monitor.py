"""The list of all cases, incidents, and an administrator's acts on a case."""

from __future__ import annotations

import pytest

from engine import deployments, incidents, instances, jobs, tasks
from engine.errors import EngineError
from engine.instances import InstanceInfo
from engine.work import SYSTEM
from tests.engine import plans
from tests.webapp.conftest import House, text_of
from webapp.i18n import moment

#: Its gateway needs a number to decide.
COUNTING = plans.diagram(
    "counting",
    plans.start(),
    '<bpmn:exclusiveGateway id="large" name="金额大？" default="large_done"/>',
    plans.user_task("check", name="核对"),
    plans.end(),
    plans.flow("begin", "large"),
    plans.flow("large", "check", "amount &gt; 1"),
    plans.flow("large", "done"),
    plans.flow("check", "done"),
    lanes={"执法队": "begin large check done"},
)


def _info(house: House, instance_id: int) -> InstanceInfo:
    with house.database.work(SYSTEM, read_only=True) as work:
        return instances.get(work, instance_id)


def _token(house: House, instance_id: int) -> int:
    with house.database.work(SYSTEM, read_only=True) as work:
        return next(wait.token for wait in instances.waits(work, instance_id) if wait.due_at)


def _failing(house: House) -> int:
    """Return a case whose service has failed for good."""

    def fail(_request: object) -> None:
        raise EngineError("对方系统没有应答。", "The other system does not answer.")

    with house.database.work(SYSTEM) as work:
        deployments.deploy(work, {"served.bpmn": plans.SERVED})
        case = instances.start(work, "served", {}, business_key="TS-2026-000777")
    for _ in range(4):
        with house.database.work(SYSTEM) as work:
            house.clock.set(work.now.replace(year=work.now.year + 1))
        jobs.run_due(house.database, {"notify": fail})
    return case


def test_the_list_shows_cases_newest_first_with_counts_by_status(house: House) -> None:
    first, second = house.register(), house.register()

    page = text_of(house.visitor("admin").get("/monitor/"))

    assert page.index(second.case_number) < page.index(first.case_number)
    assert "办理中 2" in page


def test_the_list_is_filtered_by_status_plan_and_case_number(house: House) -> None:
    case, other = house.register(), house.register()
    with house.database.work(SYSTEM) as work:
        instances.cancel(work, other.instance_id, "重复登记")
    visitor = house.visitor("admin")

    cancelled = text_of(visitor.get("/monitor/?status=cancelled"))
    numbered = text_of(visitor.get(f"/monitor/?text={case.case_number}"))
    elsewhere = text_of(visitor.get("/monitor/?plan=nowhere"))

    assert other.case_number in cancelled
    assert case.case_number not in cancelled
    assert case.case_number in numbered
    assert other.case_number not in numbered
    assert "没有符合条件的投诉件" in elsewhere


def test_a_page_leads_to_the_next_with_the_same_filters(house: House) -> None:
    house.app.config["BANJIE"] = type(house.app.config["BANJIE"])(secret_key="x" * 40, page_size=1)
    first, second = house.register(), house.register()
    visitor = house.visitor("admin")

    page = visitor.get("/monitor/?status=running")
    following = visitor.get(f"/monitor/?status=running&after={second.instance_id}")

    assert f"after={second.instance_id}" in page.text
    assert "status=running" in page.text
    assert first.case_number in text_of(following)


def test_a_forged_cursor_is_no_error_of_ours(house: House) -> None:
    assert house.visitor("admin").get("/monitor/?after=1;drop").status_code == 404


def test_an_empty_house_says_what_will_appear(house: House) -> None:
    assert "还没有投诉件" in text_of(house.visitor("admin").get("/monitor/"))


def test_whoever_only_handles_tasks_is_not_let_in(house: House) -> None:
    for path in ("/monitor/", "/monitor/incidents"):
        assert house.visitor("mei").get(path).status_code == 403


def test_a_case_is_suspended_and_resumed_with_a_reason(house: House) -> None:
    case = house.register()
    visitor = house.visitor("admin")

    visitor.post(f"/monitor/cases/{case.instance_id}/suspend", {"reason": "等待司法鉴定"})
    suspended = text_of(visitor.get(f"/cases/{case.instance_id}"))
    visitor.post(f"/monitor/cases/{case.instance_id}/resume", {"reason": "鉴定已到"})

    assert "已中止" in suspended
    assert "理由：等待司法鉴定" in suspended
    assert _info(house, case.instance_id).status == "running"


def test_nothing_is_done_without_a_reason(house: House) -> None:
    case = house.register()

    for act in ("suspend", "cancel"):
        response = house.visitor("admin").post(f"/monitor/cases/{case.instance_id}/{act}", {"reason": "  "})
        assert response.status_code == 422
        assert "请说明理由" in text_of(response)
    assert _info(house, case.instance_id).status == "running"


def test_a_case_is_cancelled(house: House) -> None:
    case = house.register()

    response = house.visitor("admin").post(f"/monitor/cases/{case.instance_id}/cancel", {"reason": "投诉人撤回"})

    assert "投诉件已取消" in text_of(house.visitor("admin").follow(response))
    assert _info(house, case.instance_id).status == "cancelled"


def test_a_deadline_is_moved_to_beijing_time_with_a_reason(house: House) -> None:
    case = house.register()
    token = _token(house, case.instance_id)

    house.visitor("admin").post(
        f"/monitor/cases/{case.instance_id}/deadline",
        {"token": token, "due_at": "2026-09-30T17:30", "reason": "投诉人要求延期"},
    )

    with house.database.work(SYSTEM, read_only=True) as work:
        (task,) = tasks.of_instance(work, case.instance_id)
    assert moment(task.due_at) == "2026-09-30 17:30"
    page = text_of(house.visitor("admin").get(f"/cases/{case.instance_id}"))
    assert "由 2026-09-23 08:30 改为 2026-09-30 17:30" in page
    assert "理由：投诉人要求延期" in page


def test_a_deadline_that_is_no_moment_is_refused(house: House) -> None:
    case = house.register()

    for due_at in ("", "soon", "2026-13-45T99:99"):
        response = house.visitor("admin").post(
            f"/monitor/cases/{case.instance_id}/deadline", {"token": 1, "due_at": due_at, "reason": "x"}
        )
        assert response.status_code == 422
        assert "请填写日期和时间" in text_of(response)
        assert f'href="/cases/{case.instance_id}"' in response.text


@pytest.mark.parametrize("due_at", ["2026-09-01T09:00", "2206-09-30T17:30"])
def test_a_deadline_is_moved_neither_to_the_past_nor_to_another_century(house: House, due_at: str) -> None:
    case = house.register()
    fields = {"token": _token(house, case.instance_id), "due_at": due_at, "reason": "笔误"}

    response = house.visitor("admin").post(f"/monitor/cases/{case.instance_id}/deadline", fields)

    assert response.status_code == 422
    assert "请核对年份" in text_of(response)
    assert "时限已调整" not in text_of(house.visitor("admin").get(f"/cases/{case.instance_id}"))


def test_a_task_is_given_to_somebody_else(house: House) -> None:
    case = house.register()

    response = house.visitor("admin").post(
        f"/monitor/tasks/{house.task_id(case)}/reassign", {"person": "qiang", "reason": "张建国请假"}
    )

    page = text_of(house.visitor("admin").follow(response))
    assert "刘志强 已签收" in page
    assert "理由：张建国请假" in page


def test_a_task_is_not_given_to_nobody_or_to_a_disabled_person(house: House) -> None:
    from webapp import people

    case = house.register()
    with house.database.work(SYSTEM) as work:
        people.set_active(work, "qiang", False)

    path = f"/monitor/tasks/{house.task_id(case)}/reassign"
    assert house.visitor("admin").post(path, {"person": "nobody", "reason": "x"}).status_code == 404
    assert house.visitor("admin").post(path, {"person": "qiang", "reason": "x"}).status_code == 422


def test_whoever_may_not_operate_can_do_none_of_it(house: House) -> None:
    case = house.register()

    for path in (
        f"cases/{case.instance_id}/suspend",
        f"cases/{case.instance_id}/cancel",
        "tasks/1/reassign",
        "incidents/1/retry",
    ):
        assert house.visitor("mei").post(f"/monitor/{path}", {"reason": "x"}).status_code == 403


def test_an_incident_tells_what_where_why_and_what_to_do(house: House) -> None:
    _failing(house)

    page = text_of(house.visitor("admin").get("/monitor/incidents"))

    assert "TS-2026-000777" in page
    assert "notify" in page
    assert "对方系统没有应答" in page
    assert "怎么办" in page


def test_an_incident_is_retried_and_the_case_goes_on(house: House) -> None:
    case = _failing(house)
    with house.database.work(SYSTEM, read_only=True) as work:
        (incident,) = incidents.of_instance(work, case)

    response = house.visitor("admin").post(f"/monitor/incidents/{incident.id}/retry")
    jobs.run_due(house.database, {"notify": lambda _request: {}})

    assert "流程继续" in text_of(house.visitor("admin").follow(response))
    page = text_of(house.visitor("admin").get(f"/cases/{case}"))
    assert "现在 核对" in page
    assert "没有流程故障" in text_of(house.visitor("admin").get("/monitor/incidents"))


def test_wrong_data_is_corrected_before_the_retry_and_told_in_the_history(house: House) -> None:
    with house.database.work(SYSTEM) as work:
        deployments.deploy(work, {"counting.bpmn": COUNTING})
        case = instances.start(work, "counting", {"amount": "many"}, business_key="TS-2026-000778")
    with house.database.work(SYSTEM, read_only=True) as work:
        (incident,) = incidents.of_instance(work, case)

    house.visitor("admin").post(f"/monitor/incidents/{incident.id}/retry", {"variable": "amount", "value": "3"})

    with house.database.work(SYSTEM, read_only=True) as work:
        assert instances.variables(work, case)["amount"] == 3
    assert "现在 核对" in text_of(house.visitor("admin").get(f"/cases/{case}"))


def test_a_second_retry_of_the_same_incident_is_told_it_came_too_late(house: House) -> None:
    case = _failing(house)
    with house.database.work(SYSTEM, read_only=True) as work:
        (incident,) = incidents.of_instance(work, case)
    house.visitor("admin").post(f"/monitor/incidents/{incident.id}/retry")

    assert house.visitor("admin").post(f"/monitor/incidents/{incident.id}/retry").status_code == 409
