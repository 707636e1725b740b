"""Reports: what people tell a running case of their own accord, outside its tasks. Which and how, its plan says.

A message event with a form (the start of an event subprocess, say "案情变化", or an intermediate one) is offered to
everyone who has a task's role in that plan, and to whoever registered the case: people tell them first. Messages
without a form come from other cases: `messages`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import attachments, deployments, forms, instances
from engine.diagram import Kind
from engine.errors import Conflict, NotFound
from engine.family import Family
from engine.instance_queries import get, waits, world
from engine.spiff.machine import Machine
from engine.spiff.world import Wait
from engine.tables import ProcessInstance
from engine.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Report:
    """Something that may be told: the event that waits for it, what it is called, the form that it asks."""

    element: str
    name: str
    form: str


def offered(work: UnitOfWork, instance_id: int) -> list[Report]:
    """Return what the actor may tell the case now, in the order of the diagram. Raises NotFound when it is hidden."""
    info = get(work, instance_id)
    if info.status != "running":
        return []
    family = deployments.open_family(work, info.definition_id)
    found: dict[str, Report] = {}
    for wait in waits(work, instance_id):
        if _may(work, family, wait, info.started_by):
            assert wait.node.form is not None
            found.setdefault(wait.element, Report(wait.element, wait.name or wait.element, wait.node.form.id))
    return list(found.values())


def form_of(work: UnitOfWork, instance_id: int, element: str) -> tuple[Report, forms.Form, dict[str, Any]]:
    """Return the report at `element`, its form, and what the form sees of the case. Raises NotFound."""
    report = next((one for one in offered(work, instance_id) if one.element == element), None)
    if report is None:
        raise _not_waiting()
    instance = work.session.get_one(ProcessInstance, instance_id)
    family = deployments.open_family(work, instance.definition_id)
    wait = next(one for one in waits(work, instance_id) if one.element == element)
    machine = Machine.load(instance.state, family, world(work))
    return report, forms.of_family(family.forms, report.form), machine.context(wait.token)


def attach(
    work: UnitOfWork, instance_id: int, element: str, page: str, path: str, file: attachments.Examined
) -> attachments.AttachmentInfo:
    """Store a file as a draft for the form of the report, on the page with the mark `page`.

    Raises FileError as `attachments.add`, NotFound as `form_of`.
    """
    _, form, _ = form_of(work, instance_id, element)
    return attachments.add(work, form, path, file, _place(instance_id, element, page))


def send(work: UnitOfWork, instance_id: int, element: str, raw: Mapping[str, Any], page: str | None = None) -> None:
    """Tell the case: check the answers of the event's form, hand them to the event, let the case run on.

    `page` is the mark of the page that files were attached on.

    Raises InvalidAnswers (nothing stored), NotFound when the case is hidden or does not wait for this any more, and
    Conflict when the case has ended or is suspended.
    """
    get(work, instance_id)
    entry: dict[str, Any] = {"what": "reported", "element": element, "data": {}}
    entries = [entry]

    def change(machine: Machine) -> None:
        instance = work.session.get_one(ProcessInstance, instance_id)
        family = deployments.open_family(work, instance.definition_id)
        wait = next(
            (one for one in machine.waits() if one.element == element and _may(work, family, one, instance.started_by)),
            None,
        )
        if wait is None:
            raise _not_waiting()
        assert wait.node.form is not None
        form = forms.of_family(family.forms, wait.node.form.id)
        answers = forms.check(form, raw, machine.context(wait.token), now=work.now, calendar=work.calendar)
        entries.extend(attachments.keep(work, form, answers, _place(instance_id, element, page)))
        entry["data"] = {"answers": answers}
        if not machine.receive(wait.token, answers):
            raise Conflict("此事项刚刚已有人登记。", "Somebody has just reported this.")

    instances.advance(work, instance_id, change, entries=entries)


def _place(instance_id: int, element: str, page: str | None) -> attachments.Place:
    return attachments.Place(instance_id=instance_id, page=page or None, element=element)


def _may(work: UnitOfWork, family: Family, wait: Wait, started_by: str) -> bool:
    """Return whether the wait is for a report, and the actor began the case or has a role in the plan it belongs to."""
    if wait.kind != "message" or wait.node.form is None or wait.node.form.id not in family.forms:
        return False
    process = family.processes[wait.process]
    roles = {role for _, node in process.body.walk() if node.kind is Kind.USER_TASK for role in node.roles}
    return work.actor.may("operate") or work.actor.id == started_by or bool(roles & work.actor.groups)


def _not_waiting() -> NotFound:
    return NotFound(
        "此件现在不需要登记这一事项，或者您无权登记。",
        "The case does not wait for this now, or it is not yours to tell.",
    )
