"""Pages of process owners: plans and versions, upload with preview, trying a decision. Read, one verb, answer."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from engine import checks, comparing, deployments
from engine.checks import catalogue
from engine.diagram import Process
from engine.errors import EngineError, NotFound
from engine.family import DIAGRAMS, Family
from engine.findings import has_errors
from engine.work import UnitOfWork
from webapp import differences, people, services, staffing
from webapp.auth import requires
from webapp.db import perform, unit_of_work
from webapp.errors import status_of
from webapp.findings import Told, tell
from webapp.i18n import gettext, is_english, language
from webapp.plan_names import drawn, named
from webapp.plans import parcel, trials

bp = Blueprint("plans", __name__)

_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,100}encoding=["']([A-Za-z0-9._-]{1,40})["']""")
_ANSWER = "v."


@dataclass(frozen=True, slots=True)
class FileReport:
    """An uploaded file and what was found in it. `picture` is a diagram's text, None for anything else."""

    name: str
    size: int
    findings: list[Told]
    picture: str | None


@bp.get("/plans/")
@requires("deploy|monitor")
def index() -> str:
    """List the plans."""
    with unit_of_work(read_only=True) as work:
        plans = deployments.definitions(work)
        names = people.names(work, [plan.deployed_by for plan in plans])
    return render_template("plans/index.html", plans=plans, names=names)


@bp.get("/plans/<key>")
@requires("deploy|monitor")
def show(key: str) -> str:
    """Show a plan: its versions, and one of them with diagram, decisions and files."""
    with unit_of_work(read_only=True) as work:
        versions = deployments.versions(work, key)
        wanted = request.args.get("version", type=int)
        chosen = next((info for info in versions if wanted in (None, info.version)), None)
        if chosen is None:
            raise NotFound("没有这个预案版本。", "There is no such version of a plan.")
        family = deployments.open_family(work, chosen.id)
        rules = sorted(family.rules_of(key), key=lambda rule: (not rule.is_statutory, rule.file, rule.line))
        own = {chosen.main_file} | {name for name in family.files if name.startswith((f"{key}_", f"{key}."))}
        own |= {rule.file for rule in rules}
        return render_template(
            "plans/show.html",
            plan=versions[0],
            versions=versions,
            chosen=chosen,
            files=[(name, content, name in own) for name, content in sorted(family.files.items())],
            pictures=_called(family, chosen.main_file),
            deployed={info.key for info in deployments.definitions(work)},
            decisions=[info for _, model in sorted(family.models.items()) for info in model.decisions.values()],
            process=family.processes.get(key),
            rules=rules,
            names=people.names(work, [info.deployed_by for info in versions]),
        )


@bp.get("/plans/<key>/compare")
@requires("deploy|monitor")
def compare(key: str) -> str:
    """Show what differs between two versions of a plan; without a choice between the newest and the one before."""
    with unit_of_work(read_only=True) as work:
        versions = deployments.versions(work, key)
        by_number = {info.version: info for info in versions}
        after = by_number.get(request.args.get("to", type=int) or versions[0].version)
        number = request.args.get("from", type=int) or (after.version - 1 if after is not None else 0)
        before = by_number.get(number)
        if after is None or before is None:
            raise NotFound("没有这个预案版本。", "There is no such version of a plan.")
        was, now = deployments.open_family(work, before.id), deployments.open_family(work, after.id)
        told = differences.tell(comparing.compare(was, now, key), now, was, key)
    return render_template(
        "plans/compare.html", plan=versions[0], versions=versions, before=before, after=after, differences=told
    )


@bp.get("/plan-versions/<int:definition_id>/files/<path:name>")
@requires("deploy|monitor")
def file(definition_id: int, name: str) -> Response:
    """Send a file of a version, byte for byte as its author saved it."""
    with unit_of_work(read_only=True) as work:
        files = deployments.files(work, definition_id)
    if name not in files:
        raise NotFound("这个版本没有此文件。", "This version has no such file.")
    kind = "application/json" if name.endswith((".form", ".json")) else "application/xml"
    response = Response(files[name], mimetype=kind)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


@bp.get("/plan-versions/<int:definition_id>/diagrams/<path:name>")
@requires("deploy|monitor")
def diagram(definition_id: int, name: str) -> Response:
    """Send a diagram of a version for its picture, with its names in the request's language."""
    with unit_of_work(read_only=True) as work:
        files = deployments.files(work, definition_id)
    if name not in files or not _is_diagram(name):
        raise NotFound("这个版本没有此流程图。", "This version has no such diagram.")
    return Response(drawn(files[name]), mimetype="application/xml")


@bp.post("/plans/<key>/active")
@requires("deploy")
def set_active(key: str) -> Any:
    """Let a plan take new cases, or no longer."""
    is_active = request.form.get("is_active") == "yes"
    perform(lambda work: deployments.set_active(work, key, is_active, request.form.get("reason", "")[:500]))
    flash(gettext("预案已启用。") if is_active else gettext("预案已停用：不再用于新投诉，在办的照常进行。"))
    return redirect(url_for("plans.show", key=key), 303)


@bp.get("/deployments/new")
@requires("deploy")
def upload() -> str:
    """Show where files are chosen."""
    return _upload_page()


@bp.post("/deployments/new")
@requires("deploy")
def preview() -> Any:
    """Check the files as they would be deployed, and show every finding. Nothing is stored."""
    try:
        files = parcel.receive(request.files.getlist("files"))
        packed = parcel.pack(files)
    except parcel.BadUpload as error:
        return _upload_page(error), status_of(error)
    note = request.form.get("note", "").strip()[:500]
    with unit_of_work(read_only=True) as work:
        found = deployments.preview(work, files, _known(work))
        changed = differences.of_preview(work, found)
    is_refused = has_errors(found.findings)
    told = tell(found.findings, found.family)
    page = render_template(
        "plans/preview.html",
        reports=_reports(files, told),
        others=[finding for finding in told if finding.file not in files],
        changes=found.changes,
        differences=changed,
        count={
            severity: sum(item.severity == severity for item in found.findings)
            for severity in ("error", "warning", "hint")
        },
        is_refused=is_refused,
        packed="" if is_refused else packed,
        note=note,
    )
    return (page, 422) if is_refused else page


@bp.post("/deployments/")
@requires("deploy")
def deploy() -> Any:
    """Deploy the files of a preview."""
    files = parcel.unpack(request.form.get("parcel", ""))
    note = request.form.get("note", "").strip()[:500]
    deployed = perform(lambda work: deployments.deploy(work, files, note, _known(work)))
    new = [info for info in deployed.definitions if info.is_new]
    if not new:
        flash(gettext("内容与已部署的相同，没有产生新版本。"), "warning")
        return redirect(url_for("plans.index"), 303)
    told = gettext("、").join(
        gettext("%(name)s 第 %(version)s 版", name=named(info.name), version=info.version) for info in new
    )
    flash(gettext("已部署：%(plans)s。新投诉按新版本办理，在办的照旧。", plans=told))
    if len(new) == 1:
        return redirect(url_for("plans.show", key=new[0].key), 303)
    return redirect(url_for("plans.index"), 303)


@bp.get("/plan-versions/<int:definition_id>/decisions/<decision_id>")
@requires("deploy|monitor")
def decision(definition_id: int, decision_id: str) -> str:
    """Try a decision of a version with values of one's own."""
    with unit_of_work(read_only=True) as work:
        info = deployments.definition(work, definition_id)
        family = deployments.open_family(work, definition_id)
        model = family.decisions.get(decision_id)
        if model is None:
            raise NotFound("这个版本没有此决策。", "This version has no such decision.")
        asked = trials.questions(model, decision_id, family, is_english=is_english())
        given = {name.removeprefix(_ANSWER): text for name, text in request.args.items() if name.startswith(_ANSWER)}
        trial, refusal = None, None
        try:
            trial = trials.run(model, decision_id, trials.answers(asked, given), work.calendar(), work.now)
        except EngineError as error:
            refusal = error.message(language())
    return render_template(
        "plans/decision.html",
        plan=info,
        model=model,
        decision_id=decision_id,
        element=model.find(decision_id),
        asked=asked,
        given=given,
        is_asked=bool(given) or not asked,
        trial=trial,
        refusal=refusal,
    )


@bp.get("/plans/findings/")
@requires("deploy|monitor")
def meanings() -> str:
    """List every code that a check may say, by subject."""
    return render_template("plans/meanings.html", topics=catalogue.topics(), entries=catalogue.entries())


@bp.get("/plans/findings/<code>")
@requires("deploy|monitor")
def meaning(code: str) -> str:
    """Say what a finding's code means, why it matters and what to do."""
    entry = catalogue.entries().get(code)
    if entry is None:
        raise NotFound("没有这个检查项。", "There is no such check.")
    topic = next(topic for topic in catalogue.topics() if topic.key == entry.subject)
    return render_template("plans/meaning.html", entry=entry, topic=topic, example=catalogue.example(code))


def _upload_page(error: EngineError | None = None) -> str:
    return render_template(
        "plans/upload.html",
        faults={"files": error.message(language())} if error is not None else {},
        note=request.form.get("note", ""),
        most_files=parcel.MAX_FILES,
    )


def _known(work: UnitOfWork) -> checks.Known:
    """Return what the house knows: a lane that names no role is a finding."""
    return staffing.known(work, services.of_house())


def _reports(files: Mapping[str, bytes], findings: list[Told]) -> list[FileReport]:
    reports = [
        FileReport(
            name,
            len(content),
            [finding for finding in findings if finding.file == name],
            _text(content) if _is_diagram(name) else None,
        )
        for name, content in files.items()
    ]
    return sorted(reports, key=lambda report: (report.picture is None, report.name))


def _called(family: Family, main_file: str) -> list[tuple[str, list[Process]]]:
    """Return the other diagrams of a version, each with the processes in it."""
    return [
        (file, list(diagram.processes.values()))
        for file, diagram in sorted(family.diagrams.items())
        if file != main_file
    ]


def _is_diagram(name: str) -> bool:
    return name.endswith(DIAGRAMS)


def _text(content: bytes) -> str:
    """Return a diagram's text for drawing it. Whether it is sound is the checks' matter."""
    declared = _ENCODING.match(content)
    encoding = declared[1].decode("ascii") if declared else "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        return content.decode(encoding)
    except (LookupError, UnicodeDecodeError):
        return content.decode("utf-8", errors="replace")
