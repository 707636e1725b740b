"""Faults that a code of the corpus names in more than one way."""

from __future__ import annotations

from itertools import pairwise

import pytest

from engine.checks import check_files
from engine.findings import Severity
from tests.interchange.author import written

_FLOW = '<bpmn:sequenceFlow id="{0}_{1}" sourceRef="{0}" targetRef="{1}"/>'
_UNDOABLE = (
    '<bpmn:task id="a"/><bpmn:boundaryEvent id="b" attachedToRef="a"><bpmn:compensateEventDefinition/></bpmn:boundaryEvent>'
    '<bpmn:task id="undo" isForCompensation="true"/><bpmn:association id="as" sourceRef="b" targetRef="undo"/>'
)


def _flows(*names: str) -> str:
    return "".join(_FLOW.format(*pair) for pair in pairwise(names))


def _throw(activity: str) -> str:
    definition = f'<bpmn:compensateEventDefinition activityRef="{activity}"/>'
    return f'<bpmn:intermediateThrowEvent id="x">{definition}</bpmn:intermediateThrowEvent>'


def _errors(body: str, top: str = "") -> list[tuple[str, str]]:
    found = check_files({"a.bpmn": written(body, top=top)})
    return [(finding.code, finding.element) for finding in found if finding.severity is Severity.ERROR]


def test_an_activity_inside_a_subprocess_is_not_undone_from_outside():
    inner = f'<bpmn:subProcess id="s">{_UNDOABLE}</bpmn:subProcess>'

    assert _errors(inner + _throw("a") + _flows("s", "x")) == [("compensation-target", "x")]
    assert _errors(inner + _throw("s") + _flows("s", "x")) == []


def test_an_activity_around_a_subprocess_is_not_undone_from_inside():
    body = f'{_UNDOABLE}<bpmn:subProcess id="s">{_throw("a")}</bpmn:subProcess>'

    assert _errors(body + _flows("a", "s")) == [("compensation-target", "x")]


def test_an_event_subprocess_may_undo_what_is_around_it():
    error = '<bpmn:startEvent id="h"><bpmn:errorEventDefinition/></bpmn:startEvent>'
    handler = (
        f'<bpmn:subProcess id="s" triggeredByEvent="true">{error}{_throw("a")}{_flows("h", "x")}</bpmn:subProcess>'
    )

    assert _errors(_UNDOABLE + handler) == []


@pytest.mark.parametrize("cycle", ["R0/PT1H", "R-2/PT1H", "R3/", "0 0 * * * ?", "@every 5s"])
def test_a_cycle_that_never_comes_is_refused(cycle):
    timer = f"<bpmn:timerEventDefinition><bpmn:timeCycle>{cycle}</bpmn:timeCycle></bpmn:timerEventDefinition>"
    body = f'<bpmn:startEvent id="s">{timer}</bpmn:startEvent><bpmn:task id="a"/>{_flows("s", "a")}'

    assert _errors(body) == [("timer-invalid", "s")]


def test_a_start_event_that_wants_several_events_is_refused():
    top = '<bpmn:message id="m" name="one"/><bpmn:signal id="g" name="two"/>'
    events = '<bpmn:messageEventDefinition messageRef="m"/><bpmn:signalEventDefinition signalRef="g"/>'
    body = f'<bpmn:startEvent id="s" parallelMultiple="true">{events}</bpmn:startEvent><bpmn:task id="a"/>'

    assert _errors(body + _flows("s", "a"), top) == [("event-not-allowed", "s")]


@pytest.mark.parametrize("gateway", ["exclusiveGateway", "parallelGateway", "inclusiveGateway"])
def test_a_way_may_end_where_ways_come_together(gateway):
    body = f'<bpmn:task id="s"/><bpmn:task id="a"/><bpmn:task id="b"/><bpmn:{gateway} id="j"/>'
    flows = _flows("s", "a", "j") + _flows("s", "b", "j")
    found = check_files({"a.bpmn": written(body + flows)})

    assert [(one.code, one.element) for one in found if one.element == "j"] == [("implicit-end", "j")]


def test_what_only_drawn_processes_share_is_a_warning():
    drawn = '<bpmn:startEvent id="s"><bpmn:messageEventDefinition messageRef="m"/></bpmn:startEvent>'
    data = written(drawn, top='<bpmn:message id="m"/>', process='isExecutable="false"')

    found = {finding.code: finding.severity for finding in check_files({"a.bpmn": data})}

    assert found["message-without-name"] is Severity.WARNING
