"""The files of a plan taken together: what belongs to what, and which process needs which file."""

from __future__ import annotations

from engine.checks import MOST_PROVED, check_files
from engine.family import Family
from engine.findings import Severity
from tests.checks.corpus import FOLDER

BPMN = 'targetNamespace="urn:t" xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
FORM = (FOLDER / "form-missing" / "ask.form").read_bytes()
DECISION = (FOLDER / "decision-missing" / "severity.dmn").read_bytes()


def _process(key: str, inside: str = "") -> bytes:
    return (
        f'<definitions {BPMN} id="d"><process id="{key}" isExecutable="true"><startEvent id="{key}_s"/>'
        f"{inside}</process></definitions>"
    ).encode()


def _call(key: str) -> str:
    return (
        f'<callActivity id="call_{key}"><extensionElements><zeebe:calledElement processId="{key}"/>'
        "</extensionElements></callActivity>"
    )


ASK = '<userTask id="ask"><extensionElements><zeebe:formDefinition formId="ask"/></extensionElements></userTask>'
RATE = (
    '<businessRuleTask id="rate"><extensionElements><zeebe:calledDecision decisionId="severity" resultVariable="s"/>'
    "</extensionElements></businessRuleTask>"
)


def test_a_process_needs_its_forms_decisions_and_called_processes_and_nothing_else():
    family, findings = Family.read(
        {
            "main.bpmn": _process("main", _call("other") + RATE),
            "other.bpmn": _process("other", ASK),
            "third.bpmn": _process("third"),
            "ask.form": FORM,
            "severity.dmn": DECISION,
        }
    )

    assert findings == []
    assert sorted(family.needs("main")) == ["ask.form", "main.bpmn", "other.bpmn", "severity.dmn"]
    assert sorted(family.needs("third")) == ["third.bpmn"]


def test_processes_that_call_each_other_need_each_other():
    family, _ = Family.read({"a.bpmn": _process("a", _call("b")), "b.bpmn": _process("b", _call("a"))})

    assert sorted(family.needs("a")) == sorted(family.needs("b")) == ["a.bpmn", "b.bpmn"]


def test_a_call_by_expression_needs_every_process():
    family, _ = Family.read({"a.bpmn": _process("a", _call("=which")), "b.bpmn": _process("b")})

    assert sorted(family.needs("a")) == ["a.bpmn", "b.bpmn"]


def test_decisions_are_found_by_id_and_by_name_and_decide_on_plain_data():
    family, _ = Family.read({"severity.dmn": DECISION})

    assert family.decide("severity", {}) == family.decide("分级", {}) == "high"


def test_files_are_known_by_their_endings_and_xml_by_what_is_in_it():
    family, findings = Family.read(
        {"A.BPMN": _process("a"), "b.xml": _process("b"), "severity.xml": DECISION, "ask.json": FORM}
    )

    assert findings == []
    assert (sorted(family.processes), sorted(family.forms)) == (["a", "b"], ["ask"])
    assert "severity" in family.decisions


def test_the_digest_tells_files_apart_and_not_their_order():
    first, _ = Family.read({"a.bpmn": b"1", "b.bpmn": b"2"})
    second, _ = Family.read({"b.bpmn": b"2", "a.bpmn": b"1"})
    third, _ = Family.read({"a.bpmn": b"1", "b.bpmn": b"3"})

    assert first.digest == second.digest
    assert first.digest != third.digest


def test_a_process_too_large_to_prove_is_checked_all_the_same_and_says_so():
    size = MOST_PROVED + 1
    nodes = "".join(f'<task id="t{i}"/>' for i in range(size))
    flows = "".join(f'<sequenceFlow id="f{i}" sourceRef="t{i}" targetRef="t{i + 1}"/>' for i in range(size - 1))
    ends = f'<endEvent id="e"/><sequenceFlow id="x" sourceRef="a_s" targetRef="t0"/><sequenceFlow id="y" sourceRef="t{size - 1}" targetRef="e"/>'

    findings = check_files({"a.bpmn": _process("a", nodes + flows + ends)})

    assert [(finding.code, finding.severity) for finding in findings] == [("sound-not-proved", Severity.HINT)]
