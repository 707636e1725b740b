"""Files proposed for deployment are read together with what is deployed: quickly, and with the same findings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine import checks, proposals
from engine.family import Family

ROOT = Path(__file__).parents[2]
FILES = {
    path.name: path.read_bytes()
    for pattern in ("processes/*.bpmn", "processes/*.dmn", "processes/*.rules.json", "forms/*.form")
    for path in ROOT.glob(pattern)
}
CALLED = "follow_up_visit.bpmn"


@pytest.fixture(scope="module")
def deployed() -> proposals.Deployed:
    return proposals.Deployed.of(FILES)


@pytest.mark.parametrize("name", ["suggestion.bpmn", CALLED, "problem.bpmn"])
@pytest.mark.parametrize("what", ["name", "condition", "flow"])
def test_a_proposal_says_what_reading_everything_anew_says(deployed: proposals.Deployed, name: str, what: str):
    pattern, by = {
        "name": (b"<bpmn:userTask id=", b'<bpmn:userTask calledElement="x" id='),
        "condition": (b'xsi:type="bpmn:tFormalExpression">=', b'xsi:type="bpmn:tFormalExpression">= ='),
        "flow": (b'targetRef="', b'targetRef="no_'),
    }[what]
    draft = FILES[name].replace(pattern, by, 1)

    _, found = proposals.read(deployed, {name: draft}, checks.Known())

    family, reading = Family.read({**FILES, name: draft})
    whole = [*checks.completed(reading, family.files), *checks.check(family, checks.Known())]
    assert [one for one in found if one.file == name] == checks.in_order(one for one in whole if one.file == name)


def test_what_a_proposal_breaks_elsewhere_is_told(deployed: proposals.Deployed):
    draft = FILES[CALLED].replace(b'process id="follow_up_visit"', b'process id="another_visit"')

    _, found = proposals.read(deployed, {CALLED: draft}, checks.Known())

    callers = {one.file for one in found if one.code == "called-process-missing"}
    assert "suggestion.bpmn" in callers
    assert "problem.bpmn" in callers


def test_a_limit_that_a_plan_cannot_keep_any_more_is_told_when_only_the_limit_is_offered(deployed: proposals.Deployed):
    pack = FILES["problem.rules.json"].decode()
    shorter = re.sub(r'("id": "problem_negotiation".*?"number": )5', r"\g<1>1", pack, count=1, flags=re.S)
    assert shorter != pack

    _, found = proposals.read(deployed, {"problem.rules.json": shorter.encode()}, checks.Known())
    _, same = proposals.read(deployed, {"problem.rules.json": pack.encode()}, checks.Known())

    assert [(one.file, one.code, one.element) for one in found] == [("problem.bpmn", "deadline-broken", "negotiate")]
    assert same == []


def test_a_field_taken_out_of_a_form_is_told_at_the_plan_that_reads_it(deployed: proposals.Deployed):
    form = FILES["problem_phone_complainant.form"].replace(b'"needs_interview"', b'"asks_interview"')

    _, found = proposals.read(deployed, {"problem_phone_complainant.form": form}, checks.Known())

    assert "problem.bpmn" in {one.file for one in found}


def test_what_was_wrong_elsewhere_before_is_not_told():
    broken = FILES["suggestion.bpmn"].replace(b'calledElement processId="', b'calledElement processId="no_', 1)
    deployed = proposals.Deployed.of({**FILES, "suggestion.bpmn": broken})
    draft = FILES[CALLED].replace(b'name="', b'name="x', 1)

    _, found = proposals.read(deployed, {CALLED: draft}, checks.Known())

    assert found == []


def test_a_proposal_leaves_what_is_deployed_as_it_was(deployed: proposals.Deployed):
    before = dict(deployed.family.origins), dict(deployed.family.forms), set(deployed.family.processes)

    proposals.read(deployed, {CALLED: b"<nonsense"}, checks.Known())

    assert (dict(deployed.family.origins), dict(deployed.family.forms), set(deployed.family.processes)) == before


def test_what_did_not_change_is_not_read_again(deployed: proposals.Deployed):
    draft = FILES[CALLED].replace(b'name="', b'name="x', 1)

    whole, _ = proposals.read(deployed, {CALLED: draft}, checks.Known())

    assert whole.diagrams["suggestion.bpmn"] is deployed.family.diagrams["suggestion.bpmn"]
    assert whole.diagrams[CALLED] is not deployed.family.diagrams[CALLED]
