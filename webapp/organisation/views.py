"""Show who sits where in a plan's groups and what is kept ready; change both. Read, one verb, answer."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from engine import deployments
from engine.checks.organisation import roles_of
from engine.errors import InvalidPlan, NotFound
from engine.findings import Finding
from engine.organisation import KINDS, SEATS, SUFFIX
from engine.work import UnitOfWork
from webapp import resources, services, staffing
from webapp.auth import requires
from webapp.db import perform, unit_of_work
from webapp.errors import redraws, status_of
from webapp.i18n import gettext, language
from webapp.organisation import editing, reading
from webapp.organisation.editing import Rows

bp = Blueprint("organisation", __name__, url_prefix="/organisation")

MAX_BYTES = 200_000


@bp.get("/")
@requires()
def index() -> str:
    """List the plans with what is to be said of their organisations."""
    with unit_of_work(read_only=True) as work:
        return render_template("organisation/index.html", summaries=reading.summaries(work))


@bp.get("/<key>")
@requires()
def show(key: str) -> str:
    """Show the organisation of a plan."""
    return _page(key)


def _page(key: str, resource_id: str = "", faults: dict[str, str] | None = None) -> str:
    with unit_of_work(read_only=True) as work:
        chart = reading.chart(work, key)
        plan = chart.plan if chart is not None else deployments.latest(work, key)
    return render_template(
        "organisation/show.html", chart=chart, plan=plan, kinds=KINDS, faults=faults or {}, wrong=resource_id
    )


@bp.get("/<key>/file")
@requires()
def file(key: str) -> Response:
    """Send the organisation of a plan as a file."""
    with unit_of_work(read_only=True) as work:
        name, content = _file(work, key)
    if not content:
        raise NotFound("这个预案没有组织机构文件。", "This plan has no organisation file.")
    response = Response(content, mimetype="application/json")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


@bp.post("/<key>/resources/<resource_id>")
@requires()
@redraws(_page)
def check_resource(key: str, resource_id: str) -> Any:
    """Record what somebody found when they looked at something kept ready."""
    is_ready = request.form.get("state") == "ready"
    perform(lambda work: resources.check(work, key, resource_id, is_ready, request.form.get("note", "")))
    flash(gettext("检查结果已记录。"))
    return redirect(url_for(".show", key=key) + "#resources-title", 303)


@bp.get("/<key>/edit")
@requires("deploy")
def edit(key: str) -> str:
    """Show the form that changes the organisation."""
    with unit_of_work(read_only=True) as work:
        rows = editing.rows_of(resources.organisation_of(work, key))
    return _edit_page(key, rows)


@bp.post("/<key>/edit")
@requires("deploy")
def save(key: str) -> Any:
    """Deploy the organisation as the form says: a new version of the plan."""
    rows = editing.rows_sent(request.form)
    with unit_of_work(read_only=True) as work:
        newest = deployments.latest(work, key)
    if request.form.get("base", type=int) not in (None, newest.id):
        return _edit_page(key, editing.with_room(rows), overtaken=newest.version), 409
    return _deployed(key, editing.file_of(key, rows), rows)


@bp.post("/<key>/file")
@requires("deploy")
def take_in(key: str) -> Any:
    """Deploy the organisation from a file: a new version of the plan."""
    upload = request.files.get("file")
    content = b""
    if upload is not None:
        content = upload.stream.read(MAX_BYTES + 1)
        upload.close()  # a large one lies in a temporary file
    return _deployed(key, content, None)


def _deployed(key: str, content: bytes, rows: Rows | None) -> Any:
    def verb(work: UnitOfWork) -> deployments.Deployed:
        name, _ = _file(work, key)
        note = gettext("组织机构")
        return deployments.deploy(work, {name: content}, note, staffing.known(work, services.of_house()))

    try:
        found = perform(verb)
    except InvalidPlan as error:
        if rows is None:
            with unit_of_work(read_only=True) as work:
                rows = editing.rows_of(resources.organisation_of(work, key))
        else:
            rows = editing.with_room(rows)
        return _edit_page(key, rows, error.findings), status_of(error)
    new = next((info for info in found.definitions if info.is_new and info.key == key), None)
    if new is None:
        flash(gettext("内容与已部署的相同，没有产生新版本。"), "warning")
    else:
        flash(gettext("组织机构已保存，预案成为第 %(version)s 版；在办的照旧。", version=new.version))
    for finding in found.findings:
        if finding.code in ("seat-role", "lane-without-seat", "first-contact"):
            flash(finding.message(language()), "warning")
    return redirect(url_for(".show", key=key), 303)


def _edit_page(key: str, rows: Rows, findings: list[Finding] | None = None, overtaken: int = 0) -> str:
    """Return the form with `rows`. `overtaken`: the version that somebody else made meanwhile, 0 for none."""
    with unit_of_work(read_only=True) as work:
        plan = deployments.latest(work, key)
        process = deployments.open_family(work, plan.id).processes[key]
    return render_template(
        "organisation/edit.html",
        plan=plan,
        rows=rows,
        roles=list(roles_of(process)),
        kinds=KINDS,
        seats=SEATS,
        findings=findings or [],
        overtaken=overtaken,
    )


def _file(work: UnitOfWork, key: str) -> tuple[str, bytes]:
    """Return the name and the content of a plan's organisation file; what it is to be called where there is none."""
    info = deployments.latest(work, key)
    family = deployments.open_family(work, info.id)
    name = family.origins.get(("organisation", key), f"{key}{SUFFIX}")
    return name, family.files.get(name, b"")
