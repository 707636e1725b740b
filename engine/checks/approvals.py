"""Four eyes: steps that approve other steps, against who does both. It knows the plan, and the house's people if told.

A user task approves what its property `approves` names. Where it has none, it is taken to approve a step when it is
called an approval (审批, 批准, 审核 ... or an id such as `approve_plan`) and the decision right after it can send the case
back to that step: what is done again is what was not approved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from engine.checks.subject import Advice, Subject
from engine.diagram import GATEWAYS, Kind, Node, Scope
from engine.diagram.nodes import APPROVES
from engine.findings import Severity

_WORDS = re.compile(r"审批|批准|审核|审定|核准|复核|批复|approv", re.IGNORECASE)
_SILENT = GATEWAYS | {Kind.BUSINESS_RULE_TASK, Kind.SCRIPT_TASK, Kind.SERVICE_TASK, Kind.SEND_TASK, Kind.THROW}
_FIX: Advice = (
    "把审批放进另一个岗位的泳道，并给审批任务加属性 approves：办过的人不能审批。",
    "Put the approval into another role's lane and give it the property `approves`: who did the step cannot approve it.",
)


def check(subject: Subject) -> None:
    """Say which approvals name no step, and which are done by the role or the one person whose work they approve."""
    for scope, node in subject.walk():
        if APPROVES in node.properties:
            _check_named(subject, node)
            for element in node.approves:
                step = subject.process.node(element)
                if step is not None and step is not node:
                    shared = sorted(set(step.roles) & set(node.roles))
                    if shared:
                        _same_role(subject, node, step, shared[0])
                    _check_people(subject, node, step)
        elif node.kind is Kind.USER_TASK and (_WORDS.search(node.name) or _WORDS.search(node.id)):
            for step in _sent_back_to(scope, node):
                if set(step.roles) & set(node.roles):
                    subject.warn(
                        "approves-own-work",
                        node,
                        f"“{node.name}”和它审批的“{step.name}”属于同一岗位“{node.roles[0][:60]}”，可能由同一人自批。",
                        f"{node.name!r} and the step that it approves, {step.name!r}, have the same role "
                        f"{node.roles[0][:60]!r}: one person may approve their own work.",
                        _FIX,
                    )
                else:
                    _check_people(subject, node, step)


def _same_role(subject: Subject, node: Node, step: Node, role: str) -> None:
    """Warn where colleagues approve each other: the machine lets nobody approve their own, but the role does."""
    subject.warn(
        "approves-own-work",
        node,
        f"“{node.name}”和它审批的“{step.name}”属于同一岗位“{role[:60]}”：虽由他人办理，仍是本岗位审批本岗位。",
        f"{node.name!r} and the step that it approves, {step.name!r}, have the same role {role[:60]!r}: another person "
        "does it, yet the role approves its own work.",
        ("把审批放进另一个岗位的泳道。", "Put the approval into another role's lane."),
    )


def _check_named(subject: Subject, node: Node) -> None:
    steps = {element: subject.process.node(element) for element in node.approves}
    wrong = [
        element for element, step in steps.items() if step is None or step is node or step.kind is not Kind.USER_TASK
    ]
    if node.kind is not Kind.USER_TASK or not steps or wrong:
        named = "、".join(wrong)[:80]
        subject.error(
            "approves-unknown",
            node,
            f"属性 approves 应写在人工任务上，写明它审批的其他人工任务的 id{f'；“{named}”不是' if named else ''}。",
            "the property approves stands on a user task and names other user tasks by their ids"
            + (f"; {named!r} is none." if named else "."),
            ("写上被审批步骤的 id，多个用空格分开。", "Write the ids of the steps that it approves, parted by blanks."),
        )


def _check_people(subject: Subject, node: Node, step: Node) -> None:
    """With the house's people known: the same one person, or only people who report to those whose work it is."""
    members = subject.known.members
    if members is None:
        return
    approvers = {person for role in node.roles for person in members.get(role, ())}
    doers = {person for role in step.roles for person in members.get(role, ())}
    if not approvers or not doers:
        return
    if len(approvers) == 1 and approvers == doers:
        subject.say(
            Severity.ERROR if APPROVES in node.properties else Severity.WARNING,
            "approves-own-work",
            node,
            f"“{node.name}”和它审批的“{step.name}”都只有同一个人可办。",
            f"only one and the same person can do {node.name!r} and the step that it approves, {step.name!r}.",
            ("给其中一个岗位另配人员。", "Give one of the roles to somebody else."),
        )
        return
    superiors = subject.known.superiors or {}
    if all(_is_under(superiors, approver, doer) for approver in approvers for doer in doers):
        subject.warn(
            "approver-below",
            node,
            f"办理“{node.name}”的人都是“{step.name}”办理人的下属，审批难以作数。",
            f"everybody who can do {node.name!r} reports to those who do {step.name!r}: such an approval is worth little.",
            ("由上级或无隶属关系的岗位审批。", "Let a superior approve, or a role that does not report to them."),
        )


def _is_under(superiors: Mapping[str, str | None], person: str, superior: str) -> bool:
    seen: set[str] = set()
    upper = superiors.get(person)
    while upper is not None and upper not in seen:
        if upper == superior:
            return True
        seen.add(upper)
        upper = superiors.get(upper)
    return False


def _sent_back_to(scope: Scope, node: Node) -> Iterator[Node]:
    """Yield the steps of the same scope that the decision right after `node` can send the case back to."""
    for found in _next_steps(scope, node):
        if found is not node and _leads_to(scope, found, node):
            yield found


def _next_steps(scope: Scope, node: Node) -> list[Node]:
    """Return the user tasks that come next by way of a choice: no other person in between."""
    found: dict[str, Node] = {}
    queue = [(scope.nodes[flow.target], False) for flow in node.outgoing if flow.target in scope.nodes]
    seen: set[tuple[str, bool]] = set()
    while queue:
        here, is_choice = queue.pop()
        if (here.id, is_choice) in seen:
            continue
        seen.add((here.id, is_choice))
        if here.kind is Kind.USER_TASK and is_choice:
            found.setdefault(here.id, here)
        elif here.kind in _SILENT:
            is_choice = is_choice or (here.kind in (Kind.EXCLUSIVE, Kind.INCLUSIVE) and len(here.outgoing) > 1)
            queue += [(scope.nodes[flow.target], is_choice) for flow in here.outgoing if flow.target in scope.nodes]
    return list(found.values())


def _leads_to(scope: Scope, start: Node, goal: Node) -> bool:
    seen: set[str] = set()
    queue = [start.id]
    while queue:
        here = queue.pop()
        if here == goal.id:
            return True
        if here not in seen and here in scope.nodes:
            seen.add(here)
            queue += [flow.target for flow in scope.nodes[here].outgoing]
    return False
