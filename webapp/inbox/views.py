"""The inbox and the task page: read the request, call one verb, answer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request, url_for

from engine import attachments, forms, tasks
from engine.attachments import AttachmentInfo, Examined
from engine.work import UnitOfWork
from webapp import complaints, completing, pauses, people, uploads
from webapp.auth import requires
from webapp.db import now, perform, unit_of_work
from webapp.errors import redraws, wants_json
from webapp.formpages import changed_rows, draw, labels_of, look, sent, to_keep, version
from webapp.i18n import gettext, language, moment
from webapp.security import takes_files

bp = Blueprint("inbox", __name__)


@bp.get("/")
@requires()
def index() -> str:
    """Show the open tasks of whoever is signed in, or those that their roles may claim."""
    box = "roles" if request.args.get("box") == "roles" else "mine"
    size = current_app.config["BANJIE"].page_size
    with unit_of_work(read_only=True) as work:
        page = tasks.inbox(work, box=box, after=request.args.get("after"), limit=size)
        counts = tasks.counts(work)
        subjects = complaints.subjects(work, [task.instance_id for task in page.items])
        rests = pauses.resting(work, [task.instance_id for task in page.items])
    return render_template(
        "inbox/index.html", box=box, page=page, counts=counts, subjects=subjects, rests=rests, cap=tasks.COUNT_CAP
    )


def _adding_to(task_id: int) -> uploads.Add:
    def add(work: UnitOfWork, path: str, file: Examined) -> AttachmentInfo:
        return tasks.attach(work, task_id, path, file)

    return add


def _task_page(task_id: int, faults: dict[str, str] | None = None) -> str:
    """Draw the task: with the answers just sent when they have faults, else with the draft or the case's data."""
    with unit_of_work(read_only=True) as work:
        task = tasks.get(work, task_id)
        form = tasks.form_of(work, task_id)
        answers = sent() if faults else task.draft
        views = draw(work, form, tasks.context(work, task_id), answers, faults) if form else []
        attached = attachments.of_instance(work, task.instance_id)
        drafts = [one for one in attached if one.is_draft and one.task_id == task_id]
        uploads.with_drafts(views, drafts if task.may_complete else [])
        complaint = complaints.of_instance(work, task.instance_id)
        labels = complaints.labels(work, language()) if complaint else {}
        rests = pauses.resting(work, [task.instance_id])
        found = tasks.of_instance(work, task.instance_id)
        steps = [step for step in found if step.closed_at is not None]
        others = [step for step in found if step.closed_at is None and step.id != task_id]
        doers = [task.assignee, task.closed_by, *(step.closed_by for step in steps), *(one.assignee for one in others)]
        names = people.names(work, [*doers, *(one.uploaded_by for one in attached)])
    return render_template(
        "inbox/task.html",
        task=task,
        form=form,
        views=views,
        faults=faults or {},
        field_labels=labels_of(views),
        complaint=complaint,
        labels=labels,
        steps=steps[-8:],
        others=sorted(others, key=lambda step: (step.due_at is None, step.due_at or step.created_at)),
        rests={due_at: why for (_, due_at), why in rests.items()},
        names=names,
        attached=[one for one in attached if not one.is_draft],
        files={one.id: one for one in attached},
        has_files=uploads.has_files(views),
        upload_to=url_for(".attach", task_id=task_id),
    )


@bp.get("/tasks/<int:task_id>")
@requires()
def task(task_id: int) -> str:
    """Show one task with its form and what is known of the case."""
    return _task_page(task_id)


@bp.post("/tasks/<int:task_id>/claim")
@requires()
def claim(task_id: int) -> Any:
    """Take the task on."""
    perform(lambda work: tasks.claim(work, task_id))
    flash(gettext("已签收，任务在“我的任务”中。"))
    return redirect(url_for(".task", task_id=task_id), 303)


@bp.post("/tasks/<int:task_id>/release")
@requires()
def release(task_id: int) -> Any:
    """Give the task back to its role."""
    perform(lambda work: tasks.release(work, task_id))
    flash(gettext("已退回，同岗位的人可以签收。"))
    return redirect(url_for(".index"), 303)


@bp.post("/tasks/<int:task_id>/attachments")
@requires()
@takes_files
def attach(task_id: int) -> Any:
    """Take one file for a field of the task's form, as a script sends it: the whole body."""
    return jsonify(uploads.body(_adding_to(task_id))), 201


@bp.post("/tasks/<int:task_id>/attachments/<attachment_id>/discard")
@requires()
def detach(task_id: int, attachment_id: str) -> Any:
    """Drop a file that was attached to the task by mistake."""
    perform(lambda work: tasks.detach(work, task_id, attachment_id))
    return "", 204


@bp.post("/tasks/<int:task_id>/draft")
@requires()
@takes_files
@redraws(_task_page)
def save_draft(task_id: int) -> Any:
    """Keep what is filled in so far; or drop a file, add or remove a row of a list, which keeps it too.

    A page that saves by itself asks for JSON, and is refused when the task was changed elsewhere meanwhile.
    """
    raw = uploads.with_files(sent(), _adding_to(task_id))
    if (attachment_id := uploads.dropped()) is not None:
        perform(lambda work: tasks.detach(work, task_id, attachment_id))
        raw = forms.without_file(raw, attachment_id)
    rows = changed_rows(raw)
    draft = to_keep(raw) if rows is None else rows
    if wants_json():
        kept = perform(lambda work: tasks.save_draft(work, task_id, draft, version()))
        return jsonify(version=kept, words=gettext("草稿已自动保存，%(at)s", at=moment(now(), with_year=False)))
    perform(lambda work: tasks.save_draft(work, task_id, draft))
    if rows is None:
        flash(gettext("草稿已保存。"))
    return redirect(url_for(".task", task_id=task_id), 303)


@bp.post("/tasks/<int:task_id>/look")
@requires()
def look_again(task_id: int) -> Any:
    """Tell the page which fields apply to what is filled in so far. Stores nothing."""
    with unit_of_work(read_only=True) as work:
        form = tasks.form_of(work, task_id)
        views = draw(work, form, tasks.context(work, task_id), sent()) if form else []
    return jsonify(look(views))


@bp.post("/tasks/<int:task_id>/complete")
@requires()
@takes_files
@redraws(_task_page)
def complete(task_id: int) -> Any:
    """Close the task with the answers of its form, and go to the next one of this case if it is theirs too."""
    raw, seen = uploads.with_files(sent(), _adding_to(task_id)), version()
    done = perform(lambda work: completing.complete(work, task_id, raw, seen))
    if done.checked_plan:
        flash(gettext("保障检查已记入“%(plan)s”的清单。", plan=done.checked_plan))
    elif done.unknown_plan:
        flash(gettext("没有名为“%(plan)s”的预案，保障检查没有记入清单。", plan=done.unknown_plan), "warning")
    if done.kept_out:
        flash(gettext("%(count)s 人须回避：被投诉人及其下属看不到、也不能办理此件。", count=done.kept_out))
    if done.next_task_id is not None:
        flash(gettext("任务已办结。这是本件的下一步，也归您办理。"))
        return redirect(url_for(".task", task_id=done.next_task_id), 303)
    flash(gettext("任务已办结。"))
    return redirect(url_for(".index"), 303)
