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
from lxml import etree
from sqlalchemy.exc import DBAPIError

from engine import plan_words, xml
from webapp.db import unit_of_work
from webapp.i18n import is_english

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_LABEL = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNLabel"
_BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
#: Width of a label that holds a word such as "supervision".
_WORD = 66.0


def init(app: Flask) -> None:
    """Give the templates `|named`."""
    app.add_template_filter(named)


def named(name: str) -> str:
    """Return what a plan calls `name` in the request's language; the Chinese name where it has no English one."""
    if not name or not is_english():
        return name
    return _words().get(name) or of_the_house().get(name, name)


def drawn(diagram: bytes) -> bytes:
    """Return a diagram with its names and notes in the request's language, for a picture; the author's file stays as it is."""
    if not is_english():
        return diagram
    root = xml.parse(diagram, "diagram")
    for element in root.iter(etree.Element):
        if (name := element.get("name")) and str(element.tag).startswith(_BPMN):
            element.set("name", named(name))
    for text in root.iter(f"{_BPMN}text"):
        if text.text and len(text) == 0:
            text.text = named(text.text)
    for bounds in root.iterfind(f".//{_LABEL}/{_BOUNDS}"):
        _widen(bounds)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _widen(bounds: etree._Element) -> None:
    """Give a label the room of an English word: it was laid out for Chinese ones."""
    try:
        left, width = float(bounds.get("x", "")), float(bounds.get("width", ""))
    except ValueError:
        return  # the picture is drawn as it can be; the checks have told the author
    if width < _WORD:
        bounds.set("x", f"{left - (_WORD - width) / 2:g}")
        bounds.set("width", f"{_WORD:g}")


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
