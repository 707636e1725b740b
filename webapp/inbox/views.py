"""The inbox and the task page: read the request, call one verb, answer."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.auth import requires

bp = Blueprint("inbox", __name__)


@bp.get("/")
@requires()
def index() -> str:
    """Show the open tasks of whoever is signed in."""
    return render_template("inbox/index.html")
