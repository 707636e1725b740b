"""The page of one case: its diagram, what happened, its data and deadlines. Acting on it is `monitor`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for

from engine import attachments, clocks, reports
from engine.attachments import AttachmentInfo, Examined
from engine.errors import NotFound
from engine.work import UnitOfWork
from webapp import people, uploads
from webapp.auth import may, requires
from webapp.cases import reading
from webapp.cases.words import reason_words
from webapp.db import perform, unit_of_work
from webapp.errors import redraws
from webapp.formpages import draw, labels_of, look, once, sent
from webapp.i18n import gettext, language
from webapp.plan_names import drawn
from webapp.security import takes_files

bp = Blueprint("cases", __name__, url_prefix="/cases")


@bp.get("/<int:instance_id>")
@requires()
def show(instance_id: int) -> str:
    """Show a case to whoever may see it."""
    shows_all = request.args.get("steps") == "all"
    with unit_of_work(read_only=True) as work:
        case = reading.read(work, instance_id, language(), shows_all=shows_all)
        staff = people.everybody(work) if may("operate") and case.info.status in ("running", "suspended") else []
    return render_template("cases/show.html", reason_words=reason_words, case=case, staff=staff, shows_all=shows_all)


@bp.get("/<int:instance_id>/diagram.bpmn")
@requires()
def diagram(instance_id: int) -> Response:
    """Send the case's diagram for its picture, with its names in the request's language."""
    with unit_of_work(read_only=True) as work:
        content = reading.picture(work, instance_id)
    return Response(drawn(content), mimetype="application/xml")


@bp.get("/<int:instance_id>/state")
@requires()
def state(instance_id: int) -> Any:
    """Send where the case stands, for its diagram; nothing when it stands where the page knows it."""
    with unit_of_work(read_only=True) as work:
        found = reading.state(work, instance_id, request.args.get("known", type=int))
    return ("", 204) if found is None else jsonify(found)


def _report_page(instance_id: int, element: str, faults: dict[str, str] | None = None) -> str:
    """Draw the form of something that people tell the case of their own accord."""
    with unit_of_work(read_only=True) as work:
        report, form, known = reports.form_of(work, instance_id, element)
        views = draw(work, form, known, sent() if request.method == "POST" else None, faults)
        case = reading.heading(work, instance_id)
        page = uploads.page() or once()
        drafts = attachments.of_page(work, page)
        uploads.with_drafts(views, drafts)
        attached = attachments.of_instance(work, instance_id)
    return render_template(
        "cases/report.html",
        case=case,
        report=report,
        views=views,
        faults=faults or {},
        field_labels=labels_of(views),
        once=page,
        files={one.id: one for one in [*attached, *drafts]},
        has_files=uploads.has_files(views),
        upload_to=url_for(".attach_to_report", instance_id=instance_id, element=element, page=page),
    )


def _adding_to(instance_id: int, element: str) -> uploads.Add:
    page = uploads.page()

    def add(work: UnitOfWork, path: str, file: Examined) -> AttachmentInfo:
        return reports.attach(work, instance_id, element, page, path, file)

    return add


@bp.get("/<int:instance_id>/reports/<element>")
@requires()
def report(instance_id: int, element: str) -> str:
    """Show the form of one report."""
    return _report_page(instance_id, element)


@bp.post("/<int:instance_id>/reports/<element>/look")
@requires()
def look_at_report(instance_id: int, element: str) -> Any:
    """Tell the page which fields apply to what is filled in so far. Stores nothing."""
    with unit_of_work(read_only=True) as work:
        _, form, known = reports.form_of(work, instance_id, element)
        views = draw(work, form, known, sent())
    return jsonify(look(views))


@bp.post("/<int:instance_id>/reports/<element>/attachments")
@requires()
@takes_files
def attach_to_report(instance_id: int, element: str) -> Any:
    """Take one file for a report, as a script sends it: the whole body."""
    return jsonify(uploads.body(_adding_to(instance_id, element))), 201


@bp.post("/<int:instance_id>/reports/<element>/attachments/<attachment_id>/discard")
@requires()
def detach_from_report(instance_id: int, element: str, attachment_id: str) -> Any:
    """Drop a file that was attached by mistake."""
    place = attachments.Place(page=uploads.page())
    perform(lambda work: attachments.discard(work, attachment_id, place))
    return "", 204


@bp.post("/<int:instance_id>/reports/<element>")
@requires()
@takes_files
@redraws(_report_page)
def send_report(instance_id: int, element: str) -> Any:
    """Tell the case, and go back to its page."""
    raw = uploads.with_files(sent(), _adding_to(instance_id, element))
    page = uploads.page()
    if (attachment_id := uploads.dropped()) is not None:
        perform(lambda work: attachments.discard(work, attachment_id, attachments.Place(page=page)))
        return _report_page(instance_id, element)
    perform(lambda work: reports.send(work, instance_id, element, raw, page))
    flash(gettext("已登记，流程已按此处理。"))
    return redirect(url_for(".show", instance_id=instance_id), 303)


@bp.get("/<int:instance_id>/attachments/<attachment_id>")
@requires()
def attachment(instance_id: int, attachment_id: str) -> Response:
    """Send an attachment of the case; `?show=1` shows a picture instead of saving it."""
    with unit_of_work(read_only=True) as work:
        info = attachments.find(work, instance_id, attachment_id)
    if info.is_removed:
        raise NotFound("此附件已移除，内容不再保存。", "This attachment was removed; its content is not kept any more.")
    answer = uploads.send(info, is_shown=request.args.get("show") == "1")
    if uploads.is_copy(answer):
        perform(lambda work: attachments.record_download(work, instance_id, attachment_id))
    return answer


@bp.post("/<int:instance_id>/clocks/<int:clock_id>/pause")
@requires()
def pause_clock(instance_id: int, clock_id: int) -> Any:
    """Let a clock stand still; who may, its rule says."""
    why, reason = request.form.get("why", ""), _reason()
    perform(lambda work: clocks.pause(work, instance_id, clock_id, why, reason))
    return _back_to_clock(instance_id, clock_id, gettext("时限已中止计时。"))


@bp.post("/<int:instance_id>/clocks/<int:clock_id>/resume")
@requires()
def resume_clock(instance_id: int, clock_id: int) -> Any:
    """Let a clock run again."""
    reason = _reason()
    perform(lambda work: clocks.resume(work, instance_id, clock_id, reason))
    return _back_to_clock(instance_id, clock_id, gettext("时限已恢复计时。"))


@bp.post("/<int:instance_id>/clocks/<int:clock_id>/extend")
@requires()
def extend_clock(instance_id: int, clock_id: int) -> Any:
    """Extend a clock as far as its rule allows."""
    number, reason = request.form.get("number", type=int, default=0), _reason()
    is_told = request.form.get("is_told") == "yes"
    perform(lambda work: clocks.extend(work, instance_id, clock_id, number, reason, is_told=is_told))
    return _back_to_clock(instance_id, clock_id, gettext("时限已延期。"))


def _reason() -> str:
    return request.form.get("reason", "").strip()[:500]


def _back_to_clock(instance_id: int, clock_id: int, message: str) -> Any:
    flash(message)
    return redirect(url_for(".show", instance_id=instance_id, _anchor=f"clock-{clock_id}"), 303)
