"""The list of all cases, incidents with retry, and an administrator's acts on a case. Read, one verb, answer."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for

from engine import attachments, calendar_years, deployments, incidents, instances, tasks
from engine.calendars import BEIJING
from engine.errors import InvalidAnswers
from engine.work import UnitOfWork
from webapp import people, recusals, staffing
from webapp.auth import requires
from webapp.db import perform, unit_of_work
from webapp.i18n import gettext

bp = Blueprint("monitor", __name__, url_prefix="/monitor")

#: A deadline farther away is a slip of the pen.
_FARTHEST = timedelta(days=5 * 366)
STATUSES = ("running", "suspended", "ended", "cancelled")


@bp.get("/")
@requires("monitor|operate")
def index() -> str:
    """List cases, newest first, as the filters say."""
    chosen = {name: request.args.get(name, "").strip()[:100] for name in ("status", "plan", "text", "after")}
    if chosen["status"] not in STATUSES:
        chosen["status"] = ""
    with unit_of_work(read_only=True) as work:
        page = instances.find(
            work,
            status=chosen["status"] or None,
            key=chosen["plan"] or None,
            text=chosen["text"] or None,
            after=chosen["after"] or None,
            limit=current_app.config["BANJIE"].page_size,
        )
        return render_template(
            "monitor/index.html",
            page=page,
            chosen=chosen,
            counts=instances.counts(work),
            incident_count=incidents.count(work),
            stuck_count=len(staffing.stuck(work)),
            plans=deployments.definitions(work),
            names=people.names(work, [info.started_by for info in page.items]),
            warning=calendar_years.warning(work),
        )


@bp.get("/incidents")
@requires("monitor|operate")
def incident_list() -> str:
    """List the incidents that wait for somebody, oldest first."""
    after = request.args.get("after")
    with unit_of_work(read_only=True) as work:
        page = incidents.open_incidents(work, after=after, limit=current_app.config["BANJIE"].page_size)
        total = incidents.count(work)
        places = _places(work, page.items)
    return render_template("monitor/incidents.html", page=page, total=total, places=places)


@bp.get("/stuck")
@requires("monitor|operate")
def stuck() -> str:
    """List the open tasks that nobody may do."""
    with unit_of_work(read_only=True) as work:
        tasks_found = staffing.stuck(work)
    return render_template("monitor/stuck.html", tasks=tasks_found, most=staffing.MOST)


@bp.post("/incidents/<int:incident_id>/retry")
@requires("operate")
def retry(incident_id: int) -> Any:
    """Try the failed step again, after correcting one variable where one is given."""
    corrected = _correction()
    instance_id = perform(lambda work: incidents.retry(work, incident_id, corrected))
    with unit_of_work(read_only=True) as work:
        is_failed_again = any(item.resolved_at is None for item in incidents.of_instance(work, instance_id))
    if is_failed_again:
        flash(gettext("已重试，但此件仍有流程故障，请看新的说明。"), "warning")
        return redirect(url_for("monitor.incident_list"), 303)
    flash(gettext("已重试，流程继续。"))
    return redirect(url_for("cases.show", instance_id=instance_id), 303)


@bp.post("/cases/<int:instance_id>/suspend")
@requires("operate")
def suspend(instance_id: int) -> Any:
    """Stop a case where it stands."""
    perform(lambda work: instances.suspend(work, instance_id, _reason()))
    return _back_to(instance_id, gettext("已中止。"))


@bp.post("/cases/<int:instance_id>/resume")
@requires("operate")
def resume(instance_id: int) -> Any:
    """Let a suspended case go on."""
    perform(lambda work: instances.resume(work, instance_id, _reason()))
    return _back_to(instance_id, gettext("已恢复。"))


@bp.post("/cases/<int:instance_id>/cancel")
@requires("operate")
def cancel(instance_id: int) -> Any:
    """End a case without its plan."""
    perform(lambda work: instances.cancel(work, instance_id, _reason()))
    return _back_to(instance_id, gettext("投诉件已取消。"))


@bp.post("/cases/<int:instance_id>/deadline")
@requires("operate")
def move_deadline(instance_id: int) -> Any:
    """Move a deadline that runs."""
    token, due_at = request.form.get("token", type=int, default=0), _moment(request.form.get("due_at", ""))

    def move(work: UnitOfWork) -> None:
        if not work.now < due_at < work.now + _FARTHEST:
            zh = "新的时限须晚于现在，且在五年以内；请核对年份。"
            raise InvalidAnswers({"due_at": (zh, "A deadline lies ahead, and within five years: look at the year.")})
        instances.move_deadline(work, instance_id, token, due_at, _reason())

    perform(move)
    return _back_to(instance_id, gettext("时限已调整。"))


@bp.post("/cases/<int:instance_id>/recuse")
@requires("operate")
def recuse(instance_id: int) -> Any:
    """Keep somebody, and who reports to them, out of a case."""
    person_id = request.form.get("person", "")[:100]
    kept_out = perform(lambda work: recusals.recuse(work, instance_id, person_id, _reason()))
    return _back_to(instance_id, gettext("已回避 %(count)s 人，他们签收的任务已退回岗位。", count=len(kept_out)))


@bp.post("/cases/<int:instance_id>/recusals/withdraw")
@requires("operate")
def withdraw_recusal(instance_id: int) -> Any:
    """Let somebody into a case again."""
    person_id = request.form.get("person", "")[:100]
    perform(lambda work: recusals.withdraw(work, instance_id, person_id, _reason()))
    return _back_to(instance_id, gettext("回避已撤销。"))


@bp.post("/tasks/<int:task_id>/reassign")
@requires("operate")
def reassign(task_id: int) -> Any:
    """Give a task to somebody else."""
    person_id = request.form.get("person", "")

    def verb(work: UnitOfWork) -> int:
        person = people.find(work, person_id)
        if not person.is_active:
            raise InvalidAnswers({"person": ("此人已停用，请另选。", "This person is disabled; choose another.")})
        tasks.reassign(work, task_id, person.id, _reason())
        return tasks.get(work, task_id).instance_id

    return _back_to(perform(verb), gettext("任务已改派。"))


@bp.post("/cases/<int:instance_id>/attachments/<attachment_id>/remove")
@requires("operate")
def remove_attachment(instance_id: int, attachment_id: str) -> Any:
    """Take an attachment's content out of a case."""
    perform(lambda work: attachments.remove(work, instance_id, attachment_id, _reason()))
    return _back_to(instance_id, gettext("附件已移除。"))


def _places(work: UnitOfWork, items: Iterable[incidents.IncidentInfo]) -> dict[int, str]:
    """Return what the diagrams call the elements that failed, by incident."""
    names = {}
    for item in items:
        family = deployments.open_family(work, instances.get(work, item.instance_id).definition_id)
        found = (process.node(item.element_id) for process in family.processes.values())
        names[item.id] = next((node.name for node in found if node is not None), "")
    return names


def _back_to(instance_id: int, message: str) -> Any:
    flash(message)
    return redirect(url_for("cases.show", instance_id=instance_id), 303)


def _correction() -> dict[str, Any] | None:
    """Return the variable to correct, its value read as JSON or, where it is none, as text; None when none is named."""
    name, text = request.form.get("variable", "").strip()[:100], request.form.get("value", "").strip()[:10_000]
    if not name:
        return None
    try:
        value = json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        value = text
    return {name: value}


def _reason() -> str:
    return request.form.get("reason", "").strip()[:500]


def _moment(text: str) -> datetime:
    """Return the moment that a date and time field holds, in Beijing time."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=BEIJING)
    except ValueError:
        fault = ("请填写日期和时间，例如 2026-09-21 17:00。", "Give a date and a time, such as 2026-09-21 17:00.")
        raise InvalidAnswers({"due_at": fault}) from None
