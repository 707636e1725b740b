"""Register a complaint, list and search complaints, show and print one: read the request, call one verb, answer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request, url_for

from engine import attachments, forms, tasks
from engine.attachments import AttachmentInfo, Examined
from engine.calendars import BEIJING
from engine.work import UnitOfWork
from webapp import complaints, people, uploads
from webapp.auth import requires
from webapp.db import actor, perform, unit_of_work
from webapp.errors import redraws
from webapp.formpages import draw, labels_of, look, once, sent
from webapp.i18n import gettext, language
from webapp.plan_names import named
from webapp.security import takes_files

bp = Blueprint("register", __name__, url_prefix="/complaints")

STATUSES = ("running", "suspended", "ended", "cancelled")


def _known(work: Any) -> dict[str, Any]:
    """Return what the registering form shows before anything is filled in."""
    return {
        "registered_by": work.actor.name,
        "case_number": gettext("提交后自动编号"),
        "received_at": work.now.astimezone(BEIJING).isoformat(timespec="minutes"),
    }


def _form_page(
    faults: dict[str, str] | None = None,
    alike: list[complaints.ComplaintInfo] | None = None,
    answers: dict[str, Any] | None = None,
) -> str:
    if answers is None and request.method == "POST":
        answers = sent()
    page = _page() or once()
    with unit_of_work(read_only=True) as work:
        _, form = complaints.reception(work)
        views = draw(work, form, _known(work), answers, faults)
        attached = attachments.of_page(work, page)
        uploads.with_drafts(views, attached)
    return render_template(
        "register/new.html",
        views=views,
        faults=faults or {},
        field_labels=labels_of(views),
        alike=alike or [],
        once=page,
        files={one.id: one for one in attached},
        has_files=uploads.has_files(views),
        upload_to=url_for(".attach", page=page),
    )


def _page() -> str:
    """Return the mark of the registering page that the request comes from, "" when it has none."""
    return uploads.page()


def _adding_to(page: str) -> uploads.Add:
    def add(work: UnitOfWork, path: str, file: Examined) -> AttachmentInfo:
        return complaints.attach(work, page, path, file)

    return add


@bp.get("/new")
@requires("register")
def new() -> str:
    """Show the form that records a complaint."""
    return _form_page()


@bp.post("/attachments")
@requires("register")
@takes_files
def attach() -> Any:
    """Take one file for a complaint that is being registered, as a script sends it: the whole body."""
    return jsonify(uploads.body(_adding_to(_page()))), 201


@bp.post("/attachments/<attachment_id>/discard")
@requires("register")
def detach(attachment_id: str) -> Any:
    """Drop a file that was attached by mistake."""
    perform(lambda work: attachments.discard(work, attachment_id, attachments.Place(page=_page())))
    return "", 204


@bp.post("/new")
@requires("register")
@takes_files
@redraws(_form_page)
def create() -> Any:
    """Register the complaint; when it looks like one that is there already, ask first."""
    raw = uploads.with_files(sent(), _adding_to(_page()))
    if (attachment_id := uploads.dropped()) is not None:
        perform(lambda work: attachments.discard(work, attachment_id, attachments.Place(page=_page())))
        return _form_page(answers=forms.without_file(raw, attachment_id))
    if not request.form.get("_confirmed"):
        with unit_of_work(read_only=True) as work:
            found = complaints.alike(work, complaints.check(work, raw))
        if found:
            return _form_page(alike=found, answers=raw)
    prefix, mark = current_app.config["BANJIE"].case_prefix, _page() or None
    made = perform(lambda work: complaints.register(work, raw, prefix=prefix, once=mark))
    flash(gettext("已登记，编号 %(number)s，按“%(plan)s”办理。", number=made.case_number, plan=named(made.plan_name)))
    return redirect(_tell_recusal(made) or url_for(".show", case_number=made.case_number), 303)


def _tell_recusal(made: complaints.ComplaintInfo) -> str:
    """Say who was kept out of the new case; return where to go when whoever registered it is among them."""
    outcome = made.recusal
    if outcome.kept_out:
        told = gettext("%(count)s 人须回避：被投诉人及其下属看不到、也不能办理此件。", count=len(outcome.kept_out))
        flash(told)
    if outcome.respondents.unmatched:
        words = gettext("、").join(outcome.respondents.unmatched)
        flash(
            gettext(
                "被投诉人“%(names)s”未能对应到一名人员，没有自动回避；如是本单位人员，请管理员在此件上办理回避。",
                names=words,
            ),
            "warning",
        )
    if actor().id in outcome.kept_out:
        flash(gettext("您与此件有关，登记后须回避，不能再查看。"), "warning")
        return url_for(".index")
    return ""


@bp.post("/look")
@requires("register")
def look_again() -> Any:
    """Tell the page which fields apply to what is filled in so far. Stores nothing."""
    with unit_of_work(read_only=True) as work:
        _, form = complaints.reception(work)
        return jsonify(look(draw(work, form, _known(work), sent())))


@bp.get("")
@requires()
def index() -> str:
    """List the complaints that whoever is signed in may see, newest first."""
    words, status, kind = (request.args.get(name, "").replace("\x00", "") for name in ("q", "status", "kind"))
    status = status if status in STATUSES else ""
    size = current_app.config["BANJIE"].page_size
    with unit_of_work(read_only=True) as work:
        page = complaints.search(
            work, words=words, status=status, kind=kind, after=request.args.get("after"), limit=size
        )
        labels = complaints.labels(work, language())
    return render_template(
        "register/index.html", page=page, labels=labels, q=words, status=status, kind=kind, statuses=STATUSES
    )


@bp.get("/<case_number>")
@requires()
def show(case_number: str) -> str:
    """Show one complaint."""
    return _one(case_number, "register/show.html")


@bp.get("/<case_number>/print")
@requires()
def print_view(case_number: str) -> str:
    """Show one complaint as it goes on paper."""
    return _one(case_number, "register/print.html")


@bp.post("/<case_number>/contact")
@requires()
def show_contact(case_number: str) -> Any:
    """Show the contact in full, once, to whoever says why; then go back to the page that asked."""
    reason = request.form.get("reason", "")
    contact = perform(lambda work: complaints.show_contact(work, case_number, reason))
    flash(gettext("联系方式：%(contact)s（已记入办理记录）", contact=contact or gettext("未留")))
    case = request.form.get("case", type=int)
    return redirect(url_for("cases.show", instance_id=case) if case else url_for(".show", case_number=case_number), 303)


def _one(case_number: str, template: str) -> str:
    with unit_of_work(read_only=True) as work:
        complaint = complaints.find(work, case_number)
        labels = complaints.labels(work, language())
        steps = tasks.of_instance(work, complaint.instance_id)
        attached = [one for one in attachments.of_instance(work, complaint.instance_id) if not one.is_draft]
        doers = [complaint.registered_by, *(step.closed_by for step in steps), *(step.assignee for step in steps)]
        names = people.names(work, [*doers, *(one.uploaded_by for one in attached)])
    steps.sort(key=lambda step: step.closed_at or step.created_at)
    return render_template(template, complaint=complaint, labels=labels, steps=steps, names=names, attached=attached)
