"""The checks that every plan passes before it is deployed say nothing bad of ours."""

from __future__ import annotations

import re

from engine.checks import Known, check
from engine.diagram import Kind
from engine.findings import Severity
from tests.plans.walk import family
from webapp.complaint_words import GIVEN

APPROVAL = re.compile("审批|批准|审核|审定|复核|核查效果")


def test_no_plan_has_an_error_or_a_warning():
    findings = check(family(), Known(given=GIVEN))

    assert [str(finding) for finding in findings if finding.severity is Severity.ERROR] == []
    warned = [finding for finding in findings if finding.severity is Severity.WARNING]
    assert [str(finding) for finding in warned] == []


def test_every_step_that_is_called_an_approval_says_what_it_approves():
    approvals = {
        (process.id, node.id): node.approves
        for process in family().processes.values()
        for _, node in process.body.walk()
        if node.kind is Kind.USER_TASK and APPROVAL.search(node.name) and not node.name.startswith("督办")
    }

    assert len(approvals) >= 15
    assert [step for step, approved in approvals.items() if not approved] == []
