"""Fills a new house with a demo: roles and people, the plans of the folders, complaints at different stages.

Everything is made up. `banjie demo` and the browser tests use it; a real house never does.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import webapp
from engine import demo_clock, deployments, forms, jobs, reports, tasks
from engine.calendars import BEIJING
from engine.diagram import Kind
from engine.errors import NotFound
from engine.services import Services
from engine.work import SYSTEM, Actor, Database, UnitOfWork
from webapp import complaints, completing, people, resources, superiors
from webapp.demo import library
from webapp.demo.answers import plausible
from webapp.demo.cast import PASSWORD, PEOPLE, PERMISSIONS, SPARE, SUPERIORS
from webapp.demo.papers import paper
from webapp.demo.samples import RESOURCES, RESOURCES_OF, SAMPLES, Sample

__all__ = ["PASSWORD", "PEOPLE", "fill", "is_filled", "plan_files"]

_SUFFIXES = (".bpmn", ".dmn", ".form", ".rules.json", ".organisation.json")
#: A sample that is never at rest ends here.
_MOST_MOMENTS = 500
#: Channels by which a complainant hands something in.
_WITH_PAPERS = ("letter", "visit", "web")


def plan_files() -> dict[str, bytes]:
    """Return the plans that come with the product: the files of `processes/` and `forms/`, by name."""
    house = Path(webapp.__file__).parent.parent
    found = [path for folder in ("processes", "forms") for path in sorted((house / folder).rglob("*"))]
    return {path.name: path.read_bytes() for path in found if path.name.endswith(_SUFFIXES)}


def is_filled(database: Database) -> bool:
    """Return whether the database holds a demo already."""
    with database.work(SYSTEM, read_only=True) as work:
        return demo_clock.offset(work) is not None


def fill(
    database: Database,
    services: Services | None = None,
    *,
    samples: Iterable[Sample] | None = None,
    report: Callable[[str], None] = lambda _step: None,
) -> None:
    """Fill an empty house; `samples` None: those of the demo. `report` is told what is being done, a short text a step."""
    report("人员和岗位 / people and roles")
    with database.work(SYSTEM) as work:
        demo_clock.mark_as_demo(work)
        _add_people(work)
    report("预案 / plans")
    with database.work(SYSTEM) as work:
        deployments.deploy(work, plan_files(), "演示 / demo")
        _cover_roles(work)
    _look_at_resources(database)
    for sample in (*SAMPLES, *library.shown()) if samples is None else samples:
        report(f"{sample.answers['subject']}")
        _play(database, services or {}, sample)


def _add_people(work: UnitOfWork) -> None:
    for role in dict.fromkeys([*PERMISSIONS, *(role for _, _, roles in PEOPLE for role in roles)]):
        people.save_role(work, role, PERMISSIONS.get(role, []))
    for login, name, roles in PEOPLE:
        people.create_person(work, login, name, roles, PASSWORD)
    superiors.set_superiors(work, SUPERIORS)


def _cover_roles(work: UnitOfWork) -> None:
    """Give every role that a plan names, and nobody has, to one person: no task may be out of reach."""
    known = people.role_names(work)
    wanted = {
        role
        for info in deployments.definitions(work)
        for _, node in deployments.open_family(work, info.id).processes[info.key].body.walk()
        if node.kind is Kind.USER_TASK
        for role in node.roles
    }
    if missing := sorted(wanted - known):
        for role in missing:
            people.save_role(work, role, [])
        people.set_roles(work, SPARE, [*people.find(work, SPARE).roles, *missing])


def _look_at_resources(database: Database) -> None:
    """Let the keepers of one plan's resources look at them; one thing is lacking."""
    for login, resource, is_ready, note in RESOURCES:
        with database.work(_person(database, login)) as work:
            resources.check(work, RESOURCES_OF, resource, is_ready, note)


def _play(database: Database, services: Services, sample: Sample) -> None:
    """Register the sample's complaint in the past and let people work on it, step after step."""
    started = database.clock.now().astimezone(BEIJING) - timedelta(days=sample.days_ago)
    now = min(started.replace(hour=sample.hour, minute=20, second=0, microsecond=0), database.clock.now())
    raw = {**sample.answers, "received_at": (now - timedelta(minutes=15)).isoformat(timespec="minutes")}
    with database.work(_person(database, sample.registered_by), now=now) as work:
        case = _register(work, raw)
    for step in sample.steps:
        now = min(now + timedelta(hours=step.hours_later), database.clock.now())
        _let_pass(database, services, now)
        act = _tell if step.is_report else _complete
        if not act(database, case, step.element, step.answers, now):
            break
    _let_pass(database, services, database.clock.now())


def _register(work: UnitOfWork, raw: dict[str, Any]) -> int:
    """Register a complaint; one that came on paper or over the web brings its letter or picture along."""
    page = secrets.token_urlsafe(18)
    if raw["channel"] in _WITH_PAPERS:
        _, form = complaints.reception(work)
        pickers = [view for view in forms.draw(form, {}) if view.kind == "filepicker"]
        for number, view in enumerate(pickers, 1):
            raw[view.path] = [complaints.attach(work, page, view.path, paper(view, number)).id]
    return complaints.register(work, raw, once=page).instance_id


def _let_pass(database: Database, services: Services, until: datetime) -> None:
    """Perform what came due up to `until`, each at its own moment, as it would have happened."""
    for _ in range(_MOST_MOMENTS):
        with database.work(SYSTEM, now=until, read_only=True) as work:
            moment = jobs.next_due(work)
        if moment is None or moment > until:
            return
        jobs.run_due(database, services, now=moment)


def _complete(database: Database, case: int, element: str, chosen: dict[str, Any], now: datetime) -> bool:
    """Complete the open task at `element` as somebody who may; return whether there was one."""
    with database.work(SYSTEM, read_only=True) as work:
        found = [task for task in tasks.of_instance(work, case) if task.element_id == element and not task.closed_at]
        able = [person for person in people.everybody(work) if found and _may(person.actor, found[0])]
    doer = next((person for person in able if _is_theirs(database, person.actor, found[0].id)), None)
    if not found or doer is None:
        return False
    with database.work(doer.actor, now=now) as work:
        form = tasks.form_of(work, found[0].id)
        raw = {} if form is None else _answers(work, form, found[0].id, chosen)
        completing.complete(work, found[0].id, raw)
    return True


def _tell(database: Database, case: int, element: str, chosen: dict[str, Any], now: datetime) -> bool:
    """Report something at the event `element` as somebody who may; return whether there was one."""
    with database.work(SYSTEM, read_only=True) as work:
        everybody = people.everybody(work)
    for person in everybody:
        with database.work(person.actor, now=now, read_only=True) as work:
            try:
                _, form, known = reports.form_of(work, case, element)
                raw = plausible(form, known, chosen, work.now, work.calendar, lambda _view: [])
            except NotFound:
                continue
        with database.work(person.actor, now=now) as work:
            reports.send(work, case, element, raw)
        return True
    return False


def _is_theirs(database: Database, actor: Actor, task_id: int) -> bool:
    """Return whether the person may complete the task: neither recused nor approving their own work."""
    with database.work(actor, read_only=True) as work:
        try:
            return tasks.get(work, task_id).may_complete
        except NotFound:
            return False


def _answers(work: UnitOfWork, form: forms.Form, task_id: int, chosen: dict[str, Any]) -> dict[str, Any]:
    def attach(view: forms.FieldView) -> list[str]:
        return [tasks.attach(work, task_id, view.path, paper(view, task_id)).id]

    return plausible(form, tasks.context(work, task_id), chosen, work.now, work.calendar, attach)


def _may(actor: Actor, task: tasks.TaskInfo) -> bool:
    return actor.id == task.assignee or (
        task.assignee is None and (bool(actor.groups.intersection(task.groups)) or actor.id in task.users)
    )


def _person(database: Database, login: str) -> Actor:
    with database.work(SYSTEM, read_only=True) as work:
        found = people.load(work.session, login)
    if found is None:
        raise NotFound(f"演示没有人员“{login}”。", f"The demo has no person {login}.")
    return found.actor
