"""Headless runs: the same verbs in memory, on a virtual clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import InvalidPlan, NotFound
from engine.family import Family
from engine.headless import START, Headless
from engine.instance_queries import world
from engine.spiff.machine import Machine
from engine.work import SYSTEM, Bounds, Database
from tests.engine import plans

CATCHING = plans.diagram(
    "catching",
    plans.start(),
    '<bpmn:intermediateCatchEvent id="appraised" name="鉴定完成"><bpmn:messageEventDefinition id="m"'
    ' messageRef="appraisal"/></bpmn:intermediateCatchEvent>',
    plans.end(),
    plans.flow("begin", "appraised"),
    plans.flow("appraised", "done"),
    extra='<bpmn:message id="appraisal" name="appraisal"><bpmn:extensionElements>'
    '<zeebe:subscription correlationKey="=case_number"/></bpmn:extensionElements></bpmn:message>',
)
LISTENING = plans.diagram(
    "listening",
    '<bpmn:startEvent id="alarm_raised" name="警报"><bpmn:signalEventDefinition id="s" signalRef="alarm"/></bpmn:startEvent>',
    plans.user_task("evacuate", name="疏散"),
    plans.end(),
    plans.flow("alarm_raised", "evacuate"),
    plans.flow("evacuate", "done"),
    extra='<bpmn:signal id="alarm" name="alarm"/>',
)
RAISING = plans.diagram(
    "raising",
    plans.start(),
    '<bpmn:endEvent id="raised" name="发出警报"><bpmn:signalEventDefinition id="s" signalRef="alarm"/></bpmn:endEvent>',
    plans.flow("begin", "raised"),
    extra='<bpmn:signal id="alarm" name="alarm"/>',
)
YEARLY = plans.diagram(
    "yearly",
    '<bpmn:startEvent id="every_day" name="每日"><bpmn:timerEventDefinition id="t"><bpmn:timeCycle'
    ' xsi:type="bpmn:tFormalExpression">R3/P1D</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:startEvent>',
    plans.user_task("drill", name="演练"),
    plans.end(),
    plans.flow("every_day", "drill"),
    plans.flow("drill", "done"),
)


def test_a_run_stands_still_until_time_passes() -> None:
    run = Headless({"watched.bpmn": plans.WATCHED})
    run.start()

    run.advance(timedelta(hours=23))
    before = run.open_tasks
    run.advance(timedelta(hours=1))

    assert (before, run.open_tasks) == (["investigate"], ["investigate", "supervise"])


def test_the_trace_tells_what_happened_in_order_with_due_moments() -> None:
    run = Headless({"watched.bpmn": plans.WATCHED})
    run.start()
    run.complete("investigate")

    told = [(line["what"], line["element"]) for line in run.trace]

    assert (
        told.index(("ready", "investigate"))
        < told.index(("completed", "investigate"))
        < told.index(("completed", "done"))
    )
    assert told[-1] == ("ended", "watched")
    (armed,) = [line for line in run.trace if line["what"] == "armed"]
    assert armed["data"]["due_at"] == (START + timedelta(hours=24)).isoformat()


def test_what_is_deployed_with_errors_is_not_run() -> None:
    with pytest.raises(InvalidPlan):
        Headless({"broken.bpmn": b"<nothing/>"})


def test_a_message_reaches_the_case_with_its_key_only() -> None:
    run = Headless({"catching.bpmn": CATCHING})
    run.start(data={"case_number": "TS-7"})

    with pytest.raises(NotFound):
        run.send("appraisal", {"result": "合格"}, key="TS-8")
    run.send("appraisal", {"result": "合格"}, key="TS-7")

    assert (run.state.status, run.data["result"]) == ("ended", "合格")


def test_a_signal_from_one_case_starts_another_plan() -> None:
    run = Headless({"listening.bpmn": LISTENING, "raising.bpmn": RAISING})
    run.start("raising")

    started = [line for line in run.trace if (line["what"], line["element"]) == ("ready", "evacuate")]

    assert len(started) == 1


def test_the_calendar_starts_a_plan_as_often_as_it_says() -> None:
    run = Headless({"yearly.bpmn": YEARLY})

    run.advance(timedelta(days=10))

    assert len([line for line in run.trace if (line["what"], line["element"]) == ("ready", "drill")]) == 3


def test_a_plan_that_runs_in_circles_becomes_an_incident_that_names_the_limit(database: Database) -> None:
    circle = plans.diagram(
        "circle",
        plans.start(),
        '<bpmn:exclusiveGateway id="again" name="再来？"/>',
        '<bpmn:task id="step" name="步骤"/>',
        plans.flow("begin", "again"),
        plans.flow("again", "step"),
        plans.flow("step", "again"),
    )
    bounded = Database(database.pool, database.clock, bounds=Bounds(steps=500))
    with bounded.work(SYSTEM) as work:
        family, _ = Family.read({"circle.bpmn": circle})
        machine = Machine.start(family, "circle", {}, world(work))

        machine.run()

    (stopped,) = [wait.incident for wait in machine.waits() if wait.incident]
    assert stopped.code == "limit-reached"
    assert "500" in stopped.zh


def test_a_service_of_the_run_answers_at_once() -> None:
    run = Headless({"served.bpmn": plans.SERVED}, services={"notify": lambda variables: {"receipt": "R-1"}})
    run.start()

    assert (run.open_tasks, run.data["receipt"]) == (["check"], "R-1")


def test_a_service_nobody_gave_waits_for_its_answer() -> None:
    run = Headless({"served.bpmn": plans.SERVED})
    run.start()
    assert run.open_tasks == []

    run.answer("notify", {"receipt": "R-2"})

    assert (run.open_tasks, run.data["receipt"]) == (["check"], "R-2")


POOLS = b"""<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:t">
  <message id="M" name="ask"/><message id="N" name="reply"/>
  <process id="seller" isExecutable="true">
    <receiveTask id="order" messageRef="M" instantiate="true"/><userTask id="decide"/><sendTask id="answer" messageRef="N"/>
    <sequenceFlow id="f1" sourceRef="order" targetRef="decide"/><sequenceFlow id="f2" sourceRef="decide" targetRef="answer"/>
  </process>
  <process id="buyer" isExecutable="true">
    <startEvent id="s"/><sendTask id="ask" messageRef="M"/><receiveTask id="hear" messageRef="N"/><endEvent id="e"/>
    <sequenceFlow id="g1" sourceRef="s" targetRef="ask"/><sequenceFlow id="g2" sourceRef="ask" targetRef="hear"/>
    <sequenceFlow id="g3" sourceRef="hear" targetRef="e"/>
  </process>
</definitions>"""

AWAITING = b"""<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:t">
  <message id="M" name="one"/><signal id="S" name="two"/>
  <process id="p" isExecutable="true">
    <eventBasedGateway id="g" instantiate="true" eventGatewayType="GATE"/>
    <intermediateCatchEvent id="a"><messageEventDefinition messageRef="M"/></intermediateCatchEvent>
    <intermediateCatchEvent id="b"><signalEventDefinition signalRef="S"/></intermediateCatchEvent>
    <userTask id="do_a"/><userTask id="do_b"/>
    <sequenceFlow id="f1" sourceRef="g" targetRef="a"/><sequenceFlow id="f2" sourceRef="g" targetRef="b"/>
    <sequenceFlow id="f3" sourceRef="a" targetRef="do_a"/><sequenceFlow id="f4" sourceRef="b" targetRef="do_b"/>
  </process>
</definitions>"""


def test_two_pools_talk_and_the_tasks_of_both_can_be_completed() -> None:
    run = Headless({"pools.bpmn": POOLS})
    run.start()

    run.complete("decide")

    assert (run.state.status, run.state.end_element) == ("ended", "e")


def test_any_event_behind_an_instantiating_gateway_begins_a_case() -> None:
    run = Headless({"awaiting.bpmn": AWAITING.replace(b"GATE", b"Exclusive")})

    run.signal("two")

    assert run.open_tasks == ["do_b"]


def test_a_case_of_a_parallel_instantiating_gateway_waits_for_the_other_events_too() -> None:
    run = Headless({"awaiting.bpmn": AWAITING.replace(b"GATE", b"Parallel")})

    run.signal("two")
    run.send("one")

    assert sorted(run.open_tasks) == ["do_a", "do_b"]
