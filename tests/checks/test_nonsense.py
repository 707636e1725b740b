"""Times and expressions that make no sense are refused, and those that look odd but do are not."""

from __future__ import annotations

from html import escape

import pytest

from engine.checks import check_files
from engine.findings import Severity
from tests.interchange.author import written

FLOW = '<bpmn:sequenceFlow id="{0}_{1}" sourceRef="{0}" targetRef="{1}">{2}</bpmn:sequenceFlow>'
TIMER = (
    '<bpmn:startEvent id="s"/><bpmn:userTask id="a"/><bpmn:task id="h"/><bpmn:endEvent id="e"/>'
    '<bpmn:boundaryEvent id="b" attachedToRef="a" cancelActivity="false"><bpmn:timerEventDefinition>'
    '<bpmn:{0} xsi:type="bpmn:tFormalExpression">{1}</bpmn:{0}></bpmn:timerEventDefinition></bpmn:boundaryEvent>'
    + "".join(FLOW.format(*ends, "") for ends in ("sa", "ae", "bh", "he"))
)
CHOICE = (
    '<bpmn:startEvent id="s"/><bpmn:exclusiveGateway id="g" default="g_e"/><bpmn:task id="a"/><bpmn:endEvent id="e"/>'
    + "".join(FLOW.format(*ends, "") for ends in ("sg", "ge", "ae"))
)
LOOP = (
    '<bpmn:startEvent id="s"/><bpmn:userTask id="a"><bpmn:multiInstanceLoopCharacteristics>{0}'
    '</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask><bpmn:endEvent id="e"/>'
    + "".join(FLOW.format(*ends, "") for ends in ("sa", "ae"))
)
NUMBER = '<bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">{}</bpmn:loopCardinality>'
ENOUGH = '<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">{}</bpmn:completionCondition>'

NO_DURATIONS = [
    "P1M2W",
    "P1W2D",
    "-P1D",
    "P",
    "PT",
    "P1",
    "1D",
    "P1H",
    "PT1D",
    "P٣D",
    "P99999999999Y",
    "PT99999999999999H",
    "P1DT",
    '=duration("P1M2W")',
    '=duration("-P1D")',
    "=1",
    "=now()",
    "=today()",
    "=true",
    "=null",
    "=duration(1)",
    '=[duration("P1D")]',
    "0§0§12§*§*§?",
    "tomorrow",
]
NO_CYCLES = [
    "R-1/PT0S",
    "R/PT0S",
    "R/P0D",
    "R0/PT1H",
    "R3",
    "R3/P1M2W",
    "R3/-PT1H",
    "R3/PT1H/PT1H",
    "@daily",
    "R３/PT1H",
    "=5",
    "=now()",
]
NO_DATES = [
    "2026-13-01",
    "2026-02-30T10:00:00Z",
    "tomorrow",
    "PT1H",
    "=5",
    '=duration("PT1H")',
    '=date§and§time("x")',
    "２０２６-01-01",
]
NO_CONDITIONS = [
    "=5",
    '="yes"',
    "=null",
    "=[1]",
    "={a:§1}",
    '=date("2026-01-01")',
    "=function(x)§x",
    "=for§x§in§y§return§x",
    "=import§os",
    "=not§x",
    "=x§is§None",
    "=unknown(x)",
    '=__import__("os")',
    '=execution.getVariable("x")',
    "=count()",
    "=now(1,§2)",
    "=string()",
    "=if§a§then§1§else§2",
    "=x§+§1",
]
NO_NUMBERS = ["-1", "=-1", "1.5", "99999999999", "=1000000000", '="3"', "=[1,2]", "=true", "=null", "=x§=§1"]


def errors(body: str) -> list[str]:
    findings = check_files({"a.bpmn": written(body)})
    return [finding.code for finding in findings if finding.severity is Severity.ERROR]


def timer(form: str, text: str) -> str:
    return TIMER.format(form, escape(text.replace("§", " ")))


def condition(text: str) -> str:
    inside = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(text.replace("§", " "))}</bpmn:conditionExpression>'
    return CHOICE + FLOW.format("g", "a", inside)


@pytest.mark.parametrize("text", NO_DURATIONS)
def test_what_is_no_duration_is_refused(text):
    assert errors(timer("timeDuration", text))


@pytest.mark.parametrize("text", NO_CYCLES)
def test_what_is_no_cycle_is_refused(text):
    assert errors(timer("timeCycle", text))


@pytest.mark.parametrize("text", NO_DATES)
def test_what_is_no_date_is_refused(text):
    assert errors(timer("timeDate", text))


@pytest.mark.parametrize("text", NO_CONDITIONS)
def test_what_is_neither_true_nor_false_is_no_condition(text):
    assert errors(condition(text))


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_of_members_is_refused(text):
    assert errors(LOOP.format(NUMBER.format(escape(text.replace("§", " ")))))


@pytest.mark.parametrize("text", ["=1", '="a"', "=[true]", "=unknown(1)"])
def test_what_is_neither_true_nor_false_ends_no_loop(text):
    assert errors(LOOP.format(NUMBER.format("=3") + ENOUGH.format(text)))


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("timeDuration", "P3W"),
        ("timeDuration", "P1Y2M3DT4H5M6.5S"),
        ("timeDuration", "PT0S"),
        ("timeDuration", "=wait"),
        ("timeDuration", '=duration("P1D") * 2'),
        ("timeDuration", '=if urgent then duration("PT1H") else duration("P1D")'),
        ("timeDuration", '=date("2030-01-01") - today()'),
        ("timeDuration", '="PT1H"'),
        ("timeCycle", "R3/PT1H"),
        ("timeCycle", "R/2030-01-01T00:00:00Z/P1D"),
        ("timeCycle", '="R3/PT1H"'),
        ("timeDate", "2030-01-01T09:00:00+08:00"),
        ("timeDate", "=end of day(received_at)"),
        ("timeDate", '=date and time(received_at) + duration("P1D")'),
        ("timeDate", '=now() + duration("P1D")'),
    ],
)
def test_a_time_that_makes_sense_is_taken(form, text):
    assert errors(timer(form, text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "=approved",
        "=x = 1 // why",
        "=not(x)",
        "=list contains(kinds, kind)",
        "=some x in xs satisfies x > 1",
        "=if a then b else c",
        "=if a then true else null",
        "=a.b",
        "=xs[1]",
        "={f: function(x) x > 1, r: f(2)}.r",
        "=get or else(x, false)",
        '=x instance of string and matches(x, "a.*")',
    ],
)
def test_a_condition_that_makes_sense_is_taken(text):
    assert errors(condition(text)) == []
