"""The organisation beside a plan against its lanes: is there such a plan, has each lane a seat, names each seat a lane.

Whether people have the roles is `roles`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.checks.subject import Advice
from engine.diagram import Kind, Process
from engine.family import Family
from engine.findings import Finding, Severity
from engine.organisation import Organisation


def check(family: Family) -> list[Finding]:
    """Return what is wrong with the organisations of `family` as far as their plans show it."""
    findings: list[Finding] = []
    for organisation in family.organisations.values():
        process = family.processes.get(organisation.plan)
        if process is None or not process.is_executable:
            findings.append(
                _finding(
                    organisation,
                    1,
                    Severity.ERROR,
                    "organisation-plan",
                    f"没有流程“{organisation.plan[:80]}”，这份组织机构不属于任何预案。",
                    f"There is no process {organisation.plan[:80]!r} that this organisation would belong to.",
                    (
                        "把 plan 改为流程的 id，或一并提交流程图。",
                        "Set `plan` to the id of a process, or hand its diagram in.",
                    ),
                )
            )
            continue
        findings += _against(organisation, process)
    return findings


def roles_of(process: Process) -> dict[str, str]:
    """Return the roles that a plan names, each with the id of the lane or step that names it first."""
    found: dict[str, str] = {}
    lanes = list(process.lanes)
    while lanes:
        lane = lanes.pop(0)
        lanes = [*lane.children, *lanes]
        if lane.name and not lane.children:
            found.setdefault(lane.name, lane.id)
    for _, node in process.body.walk():
        if node.kind in (Kind.USER_TASK, Kind.MANUAL_TASK):
            for role in node.roles:
                found.setdefault(role, node.id)
    return found


def _against(organisation: Organisation, process: Process) -> Iterator[Finding]:
    roles = roles_of(process)
    named = [(seat.role, seat.line, f"“{group.name}”的“{seat.title}”", f"seat {seat.title_en or seat.title!r}")
             for group, seat in organisation.seats()]  # fmt: skip
    named += [(item.role, item.line, f"保障“{item.name}”", f"resource {item.name_en or item.name!r}")
              for item in organisation.resources]  # fmt: skip
    if organisation.first_contact:
        named.append((organisation.first_contact, organisation.first_contact_line, "首问责任", "the first contact"))
    for role, line, zh, en in named:
        if role not in roles:
            yield _finding(
                organisation,
                line,
                Severity.WARNING,
                "seat-role",
                f"{zh}的岗位“{role[:60]}”不是本预案的泳道，没有任务到达。",
                f"The role {role[:60]!r} of {en} is no lane of this plan; no task gets there.",
                ("改成本预案的泳道名，或在图中加上泳道。", "Name a lane of this plan, or draw the lane."),
            )
    seated = {seat.role for _, seat in organisation.seats()}
    for role in roles:
        if role not in seated:
            yield _finding(
                organisation,
                1,
                Severity.WARNING,
                "lane-without-seat",
                f"泳道“{role[:60]}”在组织机构中没有席位。",
                f"The lane {role[:60]!r} has no seat in the organisation.",
                ("在某个组里加一个此岗位的席位。", "Add a seat with this role to one of the groups."),
            )


def _finding(
    organisation: Organisation, line: int, severity: Severity, code: str, zh: str, en: str, advice: Advice
) -> Finding:
    return Finding(organisation.file, line, severity, code, "", zh, en, advice[0], advice[1], 1)
