"""Pages and calls of the modeler: one's drafts, the drawing page, checking while somebody draws, saving, deploying."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest

from engine import checks, deployments
from engine.errors import EngineError
from engine.findings import has_errors
from engine.work import UnitOfWork
from webapp import differences, drafts, families, people, services, staffing
from webapp.auth import requires
from webapp.db import actor, perform, unit_of_work
from webapp.errors import redraws
from webapp.findings import Told, tell
from webapp.i18n import gettext, moment
from webapp.modeler import references, skeleton
from webapp.plan_names import named
from webapp.security import allows_inline_styles, limiter

bp = Blueprint("modeler", __name__)

#: Changes that are told before deploying; the page of the plan shows all.
_MOST_TOLD = 15
#: How often one person's window may ask what is to be said about a draft, and save it.
_CHECKS, _SAVES = "600 per minute", "300 per minute"


def _person(what: str) -> Any:
    return lambda: f"{what}:{actor().id}"


@bp.get("/modeler/")
@requires("deploy")
def index() -> str:
    """List one's drafts, the plans to go on from, and how to begin a new one."""
    return _index()


@bp.post("/modeler/new")
@requires("deploy")
@redraws(lambda faults: _index(faults))
def new() -> Any:
    """Begin a new plan: a pool with lanes, a start, one step and an end."""
    name, key = request.form.get("name", "").strip(), request.form.get("key", "").strip()

    def begin(work: UnitOfWork) -> drafts.DraftInfo:
        present = people.role_names(work)
        roles = [role for role in dict.fromkeys(request.form.getlist("roles")) if role in present]
        skeleton.check(key, name, roles, {info.key for info in deployments.definitions(work)})
        form = "complaint_register" if families.newest_with(work, "form", "complaint_register") else ""
        return drafts.begin(work, f"{key}.bpmn", name, skeleton.draw(key, name, roles, form))

    return _to(perform(begin))


@bp.post("/modeler/plans/<key>")
@requires("deploy")
def edit(key: str) -> Any:
    """Go on from the newest version of a plan, in the draft that is there or a new one."""

    def begin(work: UnitOfWork) -> drafts.DraftInfo:
        info = deployments.latest(work, key)
        content = deployments.files(work, info.id)[info.main_file]
        return drafts.begin(work, info.main_file, info.name, content, info.id)

    return _to(perform(begin))


@bp.get("/modeler/drafts/<int:draft_id>")
@requires("deploy")
@allows_inline_styles
def draw(draft_id: int) -> str:
    """Show the drawing page."""
    with unit_of_work(read_only=True) as work:
        draft = drafts.find(work, draft_id)
        base = deployments.definition(work, draft.base_id) if draft.base_id is not None else None
        newest = drafts.newest(work, draft_id)
        known = references.known(deployments.deployed_family(work))
    return render_template("modeler/draft.html", draft=draft, base=base, newest=newest, known=known)


@bp.get("/modeler/drafts/<int:draft_id>/file")
@requires("deploy")
def file(draft_id: int) -> Response:
    """Send the file of a draft as it was saved last."""
    with unit_of_work(read_only=True) as work:
        draft, content = drafts.find(work, draft_id), drafts.content(work, draft_id)
    response = Response(content, mimetype="application/xml")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(draft.file)}"
    response.headers["X-Draft-Revision"] = str(draft.revision)
    return response


@bp.post("/modeler/drafts/<int:draft_id>")
@requires("deploy")
@limiter.limit(_SAVES, key_func=_person("draft"))
def save(draft_id: int) -> Any:
    """Save a draft: JSON {xml, revision, title} -> {revision, saved_at}."""
    sent = _sent("xml")
    content, title = sent["xml"].encode(), _plain(sent.get("title"), 200)
    revision = sent.get("revision")
    if not isinstance(revision, int):
        raise BadRequest
    saved = perform(lambda work: drafts.save(work, draft_id, content, revision, title))
    return jsonify(revision=saved.revision, saved_at=moment(saved.saved_at))


@bp.post("/modeler/check")
@requires("deploy")
@limiter.limit(_CHECKS, key_func=_person("check"))
def check() -> Any:
    """Say what is to be said about a draft as it would be deployed now: JSON {file, xml} -> {findings, changes, …}.

    Nothing is stored. What cannot be read at all is a finding like any other.
    """
    sent = _sent("file", "xml")
    name, content = _plain(sent["file"], 150), sent["xml"].encode()
    if len(content) > drafts.MAX_BYTES:
        raise EngineError(
            "流程图超过 2 MB，不能检查。", "The diagram is larger than 2 MB; it is not checked.", code="draft-large"
        )
    with unit_of_work(read_only=True) as work:
        found = deployments.preview(work, {name: content}, _known(work))
        told = tell(found.findings, found.family)
        referred = references.of_diagram(work, found.family, name)
        changed = differences.of_preview(work, found)
    return jsonify(
        findings=[{**one.as_json(), "help": _help(one)} for one in told],
        count={severity: sum(one.severity == severity for one in told) for severity in ("error", "warning", "hint")},
        is_refused=has_errors(found.findings),
        changes=[{"key": key, "name": named(plan)} for key, plan in found.changes],
        differences=changed[:_MOST_TOLD],
        more=max(len(changed) - _MOST_TOLD, 0),
        references=referred,
    )


@bp.post("/modeler/drafts/<int:draft_id>/deploy")
@requires("deploy")
def deploy(draft_id: int) -> Any:
    """Deploy a draft: JSON {revision, note, replaces} -> {url}. Every error is told at once, and nothing is stored then."""
    sent = _sent()
    revision, replaces, note = sent.get("revision"), sent.get("replaces"), _plain(sent.get("note"), 500)
    if not isinstance(revision, int) or not isinstance(replaces, int | None):
        raise BadRequest

    def put(work: UnitOfWork) -> deployments.Deployed:
        draft = drafts.find(work, draft_id)
        drafts.save(work, draft_id, drafts.content(work, draft_id), revision)  # of what its owner sees
        return drafts.deploy(work, draft.id, note, _known(work), replaces)

    deployed = perform(put)
    made = [info for info in deployed.definitions if info.is_new]
    if not made:
        flash(gettext("内容与已部署的相同，没有产生新版本。"), "warning")
        return jsonify(url=url_for("plans.index"))
    told = gettext("、").join(
        gettext("%(name)s 第 %(version)s 版", name=named(info.name), version=info.version) for info in made
    )
    flash(gettext("已部署：%(plans)s。新投诉按新版本办理，在办的照旧。", plans=told))
    return jsonify(url=url_for("plans.show", key=made[0].key) if len(made) == 1 else url_for("plans.index"))


@bp.post("/modeler/drafts/<int:draft_id>/discard")
@requires("deploy")
def discard(draft_id: int) -> Any:
    """Delete a draft."""
    perform(lambda work: drafts.discard(work, draft_id))
    flash(gettext("草稿已删除。"))
    return redirect(url_for("modeler.index"), 303)


def _index(faults: dict[str, str] | None = None) -> str:
    with unit_of_work(read_only=True) as work:
        plans = deployments.definitions(work)
        return render_template(
            "modeler/index.html",
            drafts=drafts.mine(work),
            versions={info.id: info for info in plans},
            plans=plans,
            roles=sorted(people.role_names(work)),
            faults=faults or {},
            most_roles=skeleton.MAX_ROLES,
        )


def _to(draft: drafts.DraftInfo) -> Any:
    return redirect(url_for("modeler.draw", draft_id=draft.id), 303)


def _sent(*texts: str) -> dict[str, Any]:
    """Return the JSON object of the request; `texts` name what must be in it as text."""
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict) or not all(isinstance(sent.get(name), str) for name in texts):
        raise BadRequest
    return sent


def _plain(text: Any, longest: int) -> str:
    """Return a line of text as the database takes it."""
    return "".join(sign for sign in text if sign.isprintable()).strip()[:longest] if isinstance(text, str) else ""


def _known(work: UnitOfWork) -> checks.Known:
    """Return what the house knows: its roles, who has them, its services."""
    return staffing.known(work, services.of_house())


def _help(finding: Told) -> str:
    return url_for("plans.meaning", code=finding.code) if finding.has_page else ""
