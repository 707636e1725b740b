"""The checks that every plan passes before it is deployed say nothing bad of ours."""

from __future__ import annotations

import re

from engine.checks import check
from engine.diagram import Kind
from engine.findings import Severity
from tests.plans.walk import family

APPROVAL = re.compile("审批|批准|审核|审定|复核|核查效果")


def test_no_plan_has_errors_and_the_only_warnings_are_meant():
    findings = check(family())

    assert [str(finding) for finding in findings if finding.severity is Severity.ERROR] == []
    warned = [finding for finding in findings if finding.severity is Severity.WARNING]
    # What staff report while a case runs, by the event subprocess `turn`, is meant to replace what was known.
    replaced = [finding for finding in warned if (finding.code, finding.element) == ("set-in-parallel", "turn")]
    assert [str(finding) for finding in warned if finding not in replaced] == []


def test_every_step_that_is_called_an_approval_says_what_it_approves():
    approvals = {
        (process.id, node.id): node.approves
        for process in family().processes.values()
        for _, node in process.body.walk()
        if node.kind is Kind.USER_TASK and APPROVAL.search(node.name) and not node.name.startswith("督办")
    }

    assert len(approvals) >= 15
    assert [step for step, approved in approvals.items() if not approved] == []
