"""Faults that a code of the corpus names in more than one way."""

from __future__ import annotations

from itertools import pairwise

import pytest

from engine.checks import check_files
from engine.findings import Severity
from tests.decisions.build import decision, definitions, literal
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


def test_a_length_of_time_after_an_equals_sign_is_no_variable():
    timer = '<bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">=PT20H</bpmn:timeDuration>'
    body = (
        f'<bpmn:startEvent id="s"/><bpmn:intermediateCatchEvent id="w">{timer}</bpmn:timerEventDefinition>'
        f'</bpmn:intermediateCatchEvent><bpmn:endEvent id="e"/>{_flows("s", "w", "e")}'
    )

    told = [one for one in check_files({"a.bpmn": written(body, "camunda8")}) if one.code == "variable-never-set"]

    assert [(one.severity, one.element) for one in told] == [(Severity.ERROR, "w")]
    assert 'duration("PT20H")' in told[0].advice_zh


def test_of_a_step_that_nothing_leads_to_only_that_is_said():
    condition = '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=amount &gt; 1</bpmn:conditionExpression>'
    mapped = (
        '<bpmn:extensionElements><zeebe:ioMapping><zeebe:output source="=1" target="amount"/></zeebe:ioMapping>'
        "</bpmn:extensionElements>"
    )
    body = (
        f'<bpmn:startEvent id="s"/><bpmn:userTask id="a">{mapped}</bpmn:userTask><bpmn:endEvent id="e"/>'
        '<bpmn:task id="lost"/><bpmn:exclusiveGateway id="g" default="g_e"/><bpmn:endEvent id="e2"/>'
        + _flows("s", "a", "e")
        + _flows("lost", "g", "e2").replace('id="g_e2"', 'id="g_e"')
        + f'<bpmn:sequenceFlow id="c" sourceRef="g" targetRef="e">{condition}</bpmn:sequenceFlow>'
    )

    codes = {one.code for one in check_files({"a.bpmn": written(body, "camunda8")})}

    assert "unreachable" in codes
    assert "variable-unset" not in codes


def test_a_decision_that_asks_for_a_limit_is_told_that_it_gets_none():
    table = literal('limit due("handling", received_at)')

    told = [
        one for one in check_files({"d.dmn": definitions(decision("due", table))}) if one.code == "limit-out-of-place"
    ]

    assert [one.severity for one in told] == [Severity.ERROR]


def test_a_condition_that_asks_for_a_rule_that_is_not_there_is_an_error():
    condition = '=now() &gt; limit due("nothing", received_at)'
    body = (
        '<bpmn:startEvent id="s"/><bpmn:exclusiveGateway id="g" default="g_e"/><bpmn:endEvent id="e"/><bpmn:endEvent id="l"/>'
        + _flows("s", "g", "e")
        + '<bpmn:sequenceFlow id="late" sourceRef="g" targetRef="l"><bpmn:conditionExpression '
        f'xsi:type="bpmn:tFormalExpression">{condition}</bpmn:conditionExpression></bpmn:sequenceFlow>'
    )

    assert ("rule-unknown", "late") in _errors(body)


def _two(sent: str, read: str) -> dict[str, bytes]:
    """Return a process that sends `sent` with a message, and another that the message begins and that reads `read`."""
    space = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    mapping = f'<zeebe:ioMapping {space}><zeebe:input source="=1" target="{sent}"/></zeebe:ioMapping>'
    first = (
        f'<bpmn:startEvent id="s"/><bpmn:endEvent id="x"><bpmn:extensionElements>{mapping}</bpmn:extensionElements>'
        '<bpmn:messageEventDefinition messageRef="m"/></bpmn:endEvent>' + _flows("s", "x")
    )
    message = '<bpmn:startEvent id="r"><bpmn:messageEventDefinition messageRef="m"/></bpmn:startEvent>'
    condition = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">={read} = 1</bpmn:conditionExpression>'
    second = (
        f'{message}<bpmn:exclusiveGateway id="g" default="g_e"/><bpmn:task id="t"/><bpmn:endEvent id="e"/>'
        f'<bpmn:sequenceFlow id="g_t" sourceRef="g" targetRef="t">{condition}</bpmn:sequenceFlow>'
        + _flows("r", "g", "e")
        + _flows("t", "e")
    )
    top = '<bpmn:message id="m" name="told"/>'
    other = written(second, "camunda8", top=top).replace(b'process id="p"', b'process id="q"')
    return {"a.bpmn": written(first, "camunda8", top=top), "b.bpmn": other}


def test_what_a_message_brings_and_nobody_who_waits_for_it_reads_is_told_of():
    said = {(one.code, one.element) for one in check_files(_two("leve", "level"))}

    assert ("mapping-unread", "x") in said
    assert "mapping-unread" not in {one.code for one in check_files(_two("level", "level"))}
