"""What plans name, in the request's language: `{{ task.name|named }}`.

What an author named comes first (`engine.plan_words`); the plans that come with the house have their English names in
`translations/plans/en.po`: a catalogue of their own, as a page may use the same word for something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.pofile import read_po
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
    if not name or not is_english():
        return name
    return _words().get(name) or of_the_house().get(name, name)


@cache
def of_the_house() -> Mapping[str, str]:
    """Return Chinese name -> English name of the plans that come with the house."""
    path = Path(__file__).parent / "translations" / "plans" / "en.po"
    messages = read_po(BytesIO(path.read_bytes()), locale="en")
    return {str(message.id): str(message.string) for message in messages if message.id and message.string}


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
