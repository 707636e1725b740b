"""What plans name, in the request's language: `{{ task.name|named }}`. It knows no name; `engine.plan_words` does."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, current_app, g
from sqlalchemy.exc import DBAPIError

from engine import plan_words
from webapp.db import unit_of_work
from webapp.i18n import is_english


def init(app: Flask) -> None:
    """Give the templates `|named`."""
    app.add_template_filter(named)


def named(name: str) -> str:
    """Return what a plan calls `name` in the request's language; the Chinese name where it has no English one."""
    return _words().get(name, name) if is_english() else name


def _words() -> Mapping[str, str]:
    """Return the English names, asked for once in a request."""
    if "plan_words" not in g:
        try:
            with unit_of_work(read_only=True) as work:
                g.plan_words = plan_words.english(work)
        except DBAPIError as error:  # the page that tells of it must still be drawn
            current_app.logger.warning("no English names: %s", error)
            g.plan_words = {}
    found: Mapping[str, str] = g.plan_words
    return found
