"""The page of one case: its diagram, what happened, its data and deadlines. Acting on it is `monitor`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from webapp import people
from webapp.auth import may, requires
from webapp.cases import reading
from webapp.db import unit_of_work
from webapp.i18n import language

bp = Blueprint("cases", __name__, url_prefix="/cases")


@bp.get("/<int:instance_id>")
@requires()
def show(instance_id: int) -> str:
    """Show a case to whoever may see it."""
    shows_all = request.args.get("steps") == "all"
    with unit_of_work(read_only=True) as work:
        case = reading.read(work, instance_id, language(), shows_all=shows_all)
        staff = people.everybody(work) if may("operate") and case.open_tasks else []
    return render_template("cases/show.html", case=case, staff=staff, shows_all=shows_all)


@bp.get("/<int:instance_id>/diagram.bpmn")
@requires()
def diagram(instance_id: int) -> Response:
    """Send the case's diagram as its author saved it."""
    with unit_of_work(read_only=True) as work:
        content = reading.picture(work, instance_id)
    return Response(content, mimetype="application/xml")


@bp.get("/<int:instance_id>/state")
@requires()
def state(instance_id: int) -> Any:
    """Send where the case stands, for its diagram; nothing when it stands where the page knows it."""
    with unit_of_work(read_only=True) as work:
        found = reading.state(work, instance_id, request.args.get("known", type=int))
    return ("", 204) if found is None else jsonify(found)
