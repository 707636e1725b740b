"""The rules of the BPMN 2.0 standard that matter to a run: a diagram that breaks one is refused."""

from __future__ import annotations

import pytest

from engine.checks import check_files
from engine.findings import Finding, Severity
from tests.checks.standard import SOUND, TOP, broken
from tests.interchange.author import written

BROKEN = broken()
#: Rules for what runs only, or of the process's own attributes.
FOR_RUNNING = {
    "choice without condition",
    "call of what is not there",
    "call of itself on every way",
    "executable that is no word",
}
PROCESS = {"executable that is no word": 'isExecutable="yes"'}


def found(body: str, process: str = 'isExecutable="true"') -> list[Finding]:
    return check_files({"a.bpmn": written(body, top=TOP, process=process)})


def test_the_diagram_that_they_are_made_from_has_no_findings():
    assert found(SOUND) == []


@pytest.mark.parametrize("rule", BROKEN)
def test_a_diagram_that_breaks_a_rule_of_the_standard_is_refused(rule):
    findings = found(BROKEN[rule], PROCESS.get(rule, 'isExecutable="true"'))

    assert [finding for finding in findings if finding.severity is Severity.ERROR]


@pytest.mark.parametrize("rule", sorted(BROKEN.keys() - FOR_RUNNING))
def test_it_is_named_when_the_process_is_only_drawn_too(rule):
    assert [one for one in found(BROKEN[rule], 'isExecutable="false"') if one.code != "nothing-executable"]
