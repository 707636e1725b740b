"""Who does what: user tasks without anybody, roles the house does not know."""

from __future__ import annotations

from collections.abc import Mapping

from engine.checks.subject import Subject
from engine.diagram import Kind, Lane, Node
from engine.findings import Severity


def check(subject: Subject) -> None:
    """Say which user tasks nobody is offered, and which lanes and groups name no known role."""
    used: dict[str, Node] = {}
    for _, node in subject.walk():
        if node.kind not in (Kind.USER_TASK, Kind.MANUAL_TASK):
            continue
        who = node.assignment
        has_expression = who is not None and (who.assignee is not None or who.groups_expression is not None)
        if not node.roles and not has_expression and not (who is not None and who.users):
            is_house = subject.known.roles is not None
            subject.say(
                Severity.ERROR if is_house else Severity.WARNING,
                "task-without-role",
                node,
                "没有人能看到这个任务：它不在有名称的泳道里，也没有候选组。",
                "nobody is offered this task: it stands in no named lane and has no candidate group.",
                ("把它放进泳道，或填写候选组。", "Put it into a lane, or fill in a candidate group."),
            )
        for role in node.roles:
            used.setdefault(role, node)
    _check_lanes(subject, subject.process.lanes)
    _check_members(subject, used)
    known = subject.known.roles
    if known is None:
        return
    lanes = {lane.name: lane for lane in _lanes(subject.process.lanes)}
    for role, node in used.items():
        if role in known:
            continue
        lane = lanes.get(role)
        subject.say(
            Severity.ERROR,
            "role-unknown",
            node,
            f"本系统没有岗位“{role[:80]}”。",
            f"this house has no role {role[:80]!r}.",
            (
                "改正泳道名称，或请管理员先建立该岗位。",
                "Correct the lane's name, or have the administrator make the role first.",
            ),
            lane.place if lane is not None else None,
        )


def _check_lanes(subject: Subject, lanes: list[Lane]) -> None:
    """Warn of two lanes side by side that name one role: most likely one of them should name another."""
    seen: dict[str, Lane] = {}
    for lane in lanes:
        first = seen.setdefault(lane.name.strip(), lane) if lane.name.strip() else lane
        if first is not lane:
            subject.say(
                Severity.WARNING,
                "lane-twice",
                None,
                f"并列的两条泳道都叫“{lane.name[:60]}”（{first.id}、{lane.id}）。",
                f"two lanes side by side have the name {lane.name[:60]!r} ({first.id}, {lane.id}).",
                ("改正其中一条的岗位，或合为一条。", "Correct the role of one, or make them one lane."),
                lane.place,
            )
        _check_lanes(subject, lane.children)


def _check_members(subject: Subject, used: Mapping[str, Node]) -> None:
    """Say which roles nobody has, and which hang on one person."""
    members = subject.known.members
    if members is None:
        return
    lanes = {lane.name: lane.place for lane in _lanes(subject.process.lanes)}
    for role, node in used.items():
        people = members.get(role, frozenset())
        if not people and (subject.known.roles is None or role in subject.known.roles):
            subject.say(
                Severity.WARNING,
                "role-empty",
                node,
                f"岗位“{role[:80]}”没有在职人员，它的任务无人可办。",
                f"nobody active has the role {role[:80]!r}; nobody can do its tasks.",
                ("请管理员给岗位配人。", "Have the administrator give somebody the role."),
                lanes.get(role),
            )
        elif len(people) == 1:
            subject.say(
                Severity.HINT,
                "role-single",
                node,
                f"岗位“{role[:80]}”只有一人，此人缺勤或须回避时无人可办。",
                f"only one person has the role {role[:80]!r}; nobody is there when they are absent or recused.",
                ("再给一名人员此岗位，或约定由谁代理。", "Give somebody else the role too, or agree on a substitute."),
                lanes.get(role),
            )


def _lanes(lanes: list[Lane]) -> list[Lane]:
    found: list[Lane] = []
    work = list(lanes)
    while work:
        lane = work.pop()
        found.append(lane)
        work.extend(lane.children)
    return found
