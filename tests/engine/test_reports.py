"""Reports: what people tell a running case outside its tasks, by the events that its plan puts up for it."""

from __future__ import annotations

import io

import pytest

from engine import attachments, deployments, instances, reports, tasks
from engine.errors import Conflict, InvalidAnswers, NotFound
from engine.work import Database, FixedClock
from tests.conftest import person
from tests.engine import plans
from tests.engine.conftest import ADMINISTRATOR, COLLEAGUE, DIRECTOR, OFFICER, OUTSIDER, House

ONLOOKER = person("zhou", "门卫", permissions=("monitor",))
TURNING = plans.diagram(
    "turning",
    plans.start(),
    plans.user_task("handle", name="办理"),
    plans.end(),
    plans.flow("begin", "handle"),
    plans.flow("handle", "done"),
    '<bpmn:subProcess id="turn" name="情况有变" triggeredByEvent="true">'
    '<bpmn:startEvent id="turned" name="案情变化" isInterrupting="false"><bpmn:extensionElements>'
    '<zeebe:formDefinition formId="turning_turned"/></bpmn:extensionElements>'
    '<bpmn:messageEventDefinition id="turned_message" messageRef="case_turned"/></bpmn:startEvent>'
    + plans.user_task("convene", name="召集", extra='<zeebe:assignmentDefinition candidateGroups="主任"/>')
    + '<bpmn:endEvent id="convened" name="已召集"/>'
    + plans.flow("turned", "convene")
    + plans.flow("convene", "convened")
    + "</bpmn:subProcess>",
    lanes={"专员": "begin handle done turn"},
    extra='<bpmn:message id="case_turned" name="case_turned"/>',
)
FORM = (
    '{"id": "turning_turned", "type": "default", "components": [{"type": "textfield", "key": "what_changed",'
    ' "id": "field_what_changed", "label": "变化", "validate": {"required": true}},'
    ' {"type": "filepicker", "key": "proof", "id": "field_proof", "label": "材料", "multiple": true}]}'
).encode()


@pytest.fixture
def house(database: Database, clock: FixedClock) -> House:
    """Give a house with a plan that may be told something."""
    made = House(database, clock)
    made.act(
        ADMINISTRATOR,
        lambda work: deployments.deploy(work, {"turning.bpmn": TURNING, "turning_turned.form": FORM}),
    )
    return made


def names(house: House, case: int) -> list[str]:
    """Return the elements of the case's open tasks."""
    found = house.act(ADMINISTRATOR, lambda work: tasks.of_instance(work, case))
    return sorted(task.element_id for task in found if task.closed_at is None)


def test_whoever_has_a_role_in_the_plan_is_offered_its_reports(house: House) -> None:
    case = house.start("turning")

    offered = house.act(COLLEAGUE, lambda work: reports.offered(work, case))

    assert [(one.element, one.name, one.form) for one in offered] == [("turned", "案情变化", "turning_turned")]


def test_somebody_who_only_looks_on_is_offered_none(house: House) -> None:
    case = house.start("turning")

    assert house.act(ONLOOKER, lambda work: reports.offered(work, case)) == []


def test_a_report_moves_the_case_while_its_tasks_stay_open(house: House) -> None:
    case = house.start("turning")

    house.act(COLLEAGUE, lambda work: reports.send(work, case, "turned", {"what_changed": "媒体来电"}))

    assert names(house, case) == ["convene", "handle"]
    assert house.act(DIRECTOR, lambda work: tasks.inbox(work, box="roles").items)[0].name == "召集"


def test_a_report_may_be_made_again(house: House) -> None:
    case = house.start("turning")

    for _ in range(2):
        house.act(COLLEAGUE, lambda work: reports.send(work, case, "turned", {"what_changed": "又有变化"}))

    assert names(house, case) == ["convene", "convene", "handle"]


def test_the_history_says_who_reported_what(house: House) -> None:
    case = house.start("turning")

    house.act(COLLEAGUE, lambda work: reports.send(work, case, "turned", {"what_changed": "媒体来电"}))

    entries = house.act(ADMINISTRATOR, lambda work: instances.timeline(work, case))
    found = [(one.actor, one.element, one.data["answers"]) for one in entries if one.what == "reported"]
    assert found == [("zhao", "turned", {"what_changed": "媒体来电", "proof": []})]


def test_a_report_without_what_its_form_demands_changes_nothing(house: House) -> None:
    case = house.start("turning")

    with pytest.raises(InvalidAnswers):
        house.act(COLLEAGUE, lambda work: reports.send(work, case, "turned", {}))

    assert names(house, case) == ["handle"]


@pytest.mark.parametrize("actor", [OUTSIDER, ONLOOKER], ids=["sees nothing", "only looks on"])
def test_a_report_by_somebody_without_a_role_in_the_plan_is_refused(house: House, actor) -> None:
    case = house.start("turning")

    with pytest.raises(NotFound):
        house.act(actor, lambda work: reports.send(work, case, "turned", {"what_changed": "媒体来电"}))


def test_an_event_that_carries_no_form_or_is_none_cannot_be_reported(house: House) -> None:
    case = house.start("turning")

    with pytest.raises(NotFound):
        house.act(COLLEAGUE, lambda work: reports.send(work, case, "handle", {"what_changed": "媒体来电"}))


def test_an_ended_case_takes_no_report(house: House) -> None:
    case = house.start("turning")
    (task,) = house.act(OFFICER, lambda work: tasks.of_instance(work, case))
    house.act(OFFICER, lambda work: tasks.complete(work, task.id, {}))

    assert house.act(COLLEAGUE, lambda work: reports.offered(work, case)) == []
    with pytest.raises(Conflict):
        house.act(COLLEAGUE, lambda work: reports.send(work, case, "turned", {"what_changed": "媒体来电"}))


def test_a_report_brings_files_that_the_case_keeps(house: House) -> None:
    case = house.start("turning")
    file = attachments.examine(io.BytesIO(b"%PDF-1.7 x"), "来函.pdf", 1000)
    draft = house.act(COLLEAGUE, lambda work: reports.attach(work, case, "turned", "page-1", "proof", file))
    answers = {"what_changed": "媒体来电", "proof": [draft.id]}

    with pytest.raises(InvalidAnswers):
        house.act(COLLEAGUE, lambda work: reports.send(work, case, "turned", answers, "page-2"))
    with pytest.raises(InvalidAnswers):
        house.act(OFFICER, lambda work: reports.send(work, case, "turned", answers, "page-1"))
    house.act(COLLEAGUE, lambda work: reports.send(work, case, "turned", answers, "page-1"))

    kept = house.act(OFFICER, lambda work: attachments.of_instance(work, case))
    assert [(one.name, one.state) for one in kept] == [("来函.pdf", "kept")]


def test_who_may_not_report_attaches_nothing(house: House) -> None:
    case = house.start("turning")
    file = attachments.examine(io.BytesIO(b"%PDF-1.7 x"), "来函.pdf", 1000)

    with pytest.raises(NotFound):
        house.act(OUTSIDER, lambda work: reports.attach(work, case, "turned", "page-1", "proof", file))


def test_whoever_registered_the_case_may_report_too(house: House) -> None:
    registrar = person("kefu", "客服人员", permissions=("register",))
    case = house.act(registrar, lambda work: instances.start(work, "turning", {}))

    assert [one.element for one in house.act(registrar, lambda work: reports.offered(work, case))] == ["turned"]

    house.act(registrar, lambda work: reports.send(work, case, "turned", {"what_changed": "来了更多的人"}))

    assert "convene" in names(house, case)
