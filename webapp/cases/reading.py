"""Gathers what the page of a case shows, with one reading of the engine each. It changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import attachments, deployments, incidents, instances, reports, tasks
from engine import clocks as engine_clocks
from engine.attachments import AttachmentInfo
from engine.diagram import Kind, Node
from engine.errors import NotFound
from engine.family import Family
from engine.forms import Form
from engine.instances import InstanceInfo
from engine.recusals import Recusal
from engine.reports import Report
from engine.tasks import TaskInfo
from engine.work import UnitOfWork
from webapp import complaints, pauses, people, recusals, staffing
from webapp.cases import clocks
from webapp.cases.clocks import Clocks
from webapp.cases.variables import Labels, Row
from webapp.cases.words import Act, acts, people_in
from webapp.complaints import ComplaintInfo
from webapp.i18n import gettext, moment


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline that runs. `token` names it for moving; `watches` is the step that a timer on its edge watches."""

    token: int
    element: str
    name: str
    due_at: datetime
    is_provisional: bool
    is_internal: bool
    watches: str = ""
    rests: str = ""  #: why it stands still for now


@dataclass(frozen=True, slots=True)
class Step:
    """An element of the diagram in words: for people who do not see the picture."""

    element: str
    name: str
    role: str
    number: int


@dataclass(slots=True)
class CasePage:
    """Everything on the page of a case."""

    info: InstanceInfo
    open_tasks: list[TaskInfo]
    closed_tasks: list[TaskInfo]
    deadlines: list[Deadline]
    clocks: Clocks
    rests: Mapping[datetime, str]  #: when tasks are due whose clock stands still, with the reason
    open_incidents: list[tuple[incidents.IncidentInfo, str]]  #: with what the diagram calls the element
    current: list[Step]
    passed: list[Step]
    complaint: ComplaintInfo | None  #: None: the case was not started by registering a complaint
    complaint_rows: list[Row]
    rows: list[Row]
    acts: list[Act]
    attached: list[AttachmentInfo]
    names: dict[str, str]
    end_name: str
    is_whole: bool  #: nobody has changed the record of what happened
    reports: list[Report]  #: what whoever looks may tell the case of their own accord
    recusals: list[Recusal]
    stuck: dict[int, str]  #: open tasks that nobody may do, with the reason


def read(work: UnitOfWork, instance_id: int, language: str, *, shows_all: bool = False) -> CasePage:
    """Return what the page of a case shows. Raises NotFound when the actor may not see it."""
    info = instances.get(work, instance_id)
    family = deployments.open_family(work, info.definition_id)
    nodes = _nodes(family)
    registering = _registering(work)
    attached = attachments.of_instance(work, instance_id)
    labels = Labels([*registering, *in_order(family.forms, info.key)], language, attachments.names(attached))
    asked = {key for form in registering for field in form.walk() for key in field.keys}
    rows = labels.rows(instances.variables(work, instance_id))
    state = instances.diagram_state(work, instance_id)
    timeline = instances.timeline(work, instance_id)
    found = tasks.of_instance(work, instance_id)
    names = people.names(work, people_in(timeline))
    counted = clocks.read(work, instance_id)
    shown = acts(timeline, nodes, labels, names, clocks.called(counted), shows_all=shows_all)
    is_open = info.status in ("running", "suspended")
    rests = {due_at: why for (_, due_at), why in pauses.resting(work, [instance_id]).items()}
    ids = [act.actor for act in shown] + [info.started_by]
    kept_out = recusals.of_instance(work, instance_id)
    ids += [name for recusal in kept_out for name in (recusal.person, recusal.by, *recusal.because_of)]
    ids += [name for task in found for name in (task.assignee, task.closed_by) if name]
    ids += [name for one in attached for name in (one.uploaded_by, one.removed_by) if name]
    return CasePage(
        info=info,
        open_tasks=[task for task in found if task.closed_at is None],
        closed_tasks=[task for task in found if task.closed_at is not None],
        deadlines=_deadlines(work, instance_id, nodes, rests) if is_open else [],
        clocks=counted,
        rests=rests,
        open_incidents=[
            (item, _step(nodes, item.element_id, 1).name)
            for item in incidents.of_instance(work, instance_id)
            if item.resolved_at is None
        ],
        current=[_step(nodes, element, number) for element, number in state.tokens.items()],
        passed=_passed(nodes, [entry.element for entry in timeline if entry.what == "completed"]),
        complaint=complaints.of_instance(work, instance_id),
        complaint_rows=[row for row in rows if row.key in asked],
        rows=[row for row in rows if row.key not in asked],
        acts=shown,
        attached=[one for one in attached if not one.is_draft],
        names=people.names(work, ids),
        end_name=nodes[info.end_element].name if info.end_element in nodes else "",
        is_whole=instances.verify(work, instance_id),
        reports=reports.offered(work, instance_id),
        recusals=kept_out,
        stuck={item.task_id: item.why for item in staffing.stuck(work, instance_id)} if is_open else {},
    )


def heading(work: UnitOfWork, instance_id: int) -> InstanceInfo:
    """Return what the heading of a case shows. Raises NotFound as `read`."""
    return instances.get(work, instance_id)


def state(work: UnitOfWork, instance_id: int, known: int | None = None) -> dict[str, Any] | None:
    """Return the case on its diagram, as the page's script wants it; None when its version is `known` already.

    Raises NotFound as `read`.
    """
    info = instances.get(work, instance_id)
    if info.version == known:
        return None
    shown = instances.diagram_state(work, instance_id)
    left = Counter(entry.element for entry in instances.timeline(work, instance_id) if entry.what == "cancelled")
    tokens = dict(shown.tokens)
    nodes = _nodes(deployments.open_family(work, info.definition_id))
    if info.status in ("running", "suspended"):
        for element, number in _callers_that_wait(work, info).items():
            tokens[element] = tokens.get(element, 0) + number
    return {
        "version": info.version,
        "tokens": tokens,
        "done": shown.done,
        "cancelled": left,
        "incidents": {element: gettext("流程故障：%(text)s", text=text) for element, text in shown.incidents.items()},
        "deadlines": {
            element: {
                "text": moment(due_at, with_year=False),
                "late": due_at < work.now,
                "title": gettext("时限 %(moment)s", moment=moment(due_at)),
            }
            for element, due_at in shown.deadlines.items()
            if due_at < work.now or not _is_told_at_its_step(nodes, element, shown.deadlines)
        },
        "words": {"token": gettext("正在此处：%n 个"), "done": gettext("已完成 %n 次")},
    }


def picture(work: UnitOfWork, instance_id: int) -> bytes:
    """Return the file of the case's diagram as its author saved it. Raises NotFound as `read`."""
    return instances.diagram_state(work, instance_id).xml


def in_order(forms: Mapping[str, Form], plan: str) -> list[Form]:
    """Return the forms of a family, the plan's own first: a called plan may call the same variable something else."""
    return sorted(forms.values(), key=lambda form: not form.id.startswith(f"{plan}_"))


def _registering(work: UnitOfWork) -> list[Form]:
    """Return the form that complaints are registered with, in a list; none where it is not deployed."""
    try:
        return [complaints.reception(work)[1]]
    except NotFound:
        return []


def _nodes(family: Family) -> dict[str, Node]:
    return {node.id: node for process in family.processes.values() for _, node in process.body.walk()}


def _callers_that_wait(work: UnitOfWork, info: InstanceInfo) -> Counter[str]:
    """Return the call activities of the plan's own diagram in which the case waits, as far as that is certain."""
    callers = _callers(deployments.open_family(work, info.definition_id), info.key)
    waiting: Counter[str] = Counter()
    for wait in instances.waits(work, info.id):
        found = callers.get(wait.process, set())
        if len(found) == 1 and wait.node.kind not in (Kind.BOUNDARY, Kind.START):
            waiting.update(found)
    return waiting


def _callers(family: Family, key: str) -> dict[str, set[str]]:
    """Return, for each process called directly or not, the call activities of process `key` that lead to it."""
    found: dict[str, set[str]] = {}
    for node, called in _calls(family, key):
        waiting, seen = [called], {key}
        while waiting:
            process = waiting.pop()
            if process in seen:
                continue
            seen.add(process)
            found.setdefault(process, set()).add(node.id)
            waiting += [inner for _, inner in _calls(family, process)]
    return found


def _calls(family: Family, key: str) -> list[tuple[Node, str]]:
    """Return the call activities of a process with what they call, where the diagram names it."""
    if key not in family.processes:
        return []
    nodes = [node for _, node in family.processes[key].body.walk()]
    return [(node, node.call.process.text) for node in nodes if node.call is not None and node.call.process.is_literal]


def _deadlines(
    work: UnitOfWork, instance_id: int, nodes: dict[str, Node], rests: Mapping[datetime, str]
) -> list[Deadline]:
    found = []
    held = engine_clocks.resting_timers(work, instance_id) if rests else frozenset()
    why_held = next(iter(rests.values()), "")
    for wait in instances.waits(work, instance_id):
        if wait.due_at is None:
            continue
        host = nodes.get(wait.node.attached_to or "")
        found.append(
            Deadline(
                wait.token,
                wait.element,
                wait.name or wait.element,
                wait.due_at,
                wait.is_provisional,
                wait.node.properties.get("clock") == "internal",
                host.name if host is not None else "",
                rests.get(wait.due_at, why_held if wait.token in held else ""),
            )
        )
    return sorted(found, key=lambda deadline: deadline.due_at)


def _is_told_at_its_step(nodes: Mapping[str, Node], element: str, deadlines: Mapping[str, datetime]) -> bool:
    """Return whether a timer watches a step that shows its own deadline: two labels side by side hide each other."""
    return element in nodes and (nodes[element].attached_to or "") in deadlines


def _step(nodes: dict[str, Node], element: str, number: int) -> Step:
    node = nodes.get(element)
    if node is None:
        return Step(element, element, "", number)
    return Step(element, node.name or element, gettext("、").join(node.roles), number)


def _passed(nodes: dict[str, Node], completed: list[str]) -> list[Step]:
    """Return the steps done, in the order of their first time. Gateways have no place in a list of what was done."""
    gateways = {Kind.EXCLUSIVE, Kind.PARALLEL, Kind.INCLUSIVE, Kind.EVENT_BASED, Kind.COMPLEX}
    counted = Counter(element for element in completed if element in nodes and nodes[element].kind not in gateways)
    return [_step(nodes, element, number) for element, number in counted.items()]
