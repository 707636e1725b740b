"""Between a page's form fields and the engine's forms: what was sent, and what to draw. It judges no answer."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from flask import request

from engine import forms
from engine.errors import EngineError
from engine.work import UnitOfWork
from webapp.i18n import language
from webapp.plan_names import named

#: Fields of the page itself, not of the plan's form.
_OURS = frozenset({"csrf_token", "_version", "_action", "_once", "_confirmed"})


def sent() -> dict[str, Any]:
    """Return what the request answers: JSON as it is, or a page's fields; a name sent more than once is a list."""
    if request.is_json:
        return _json()
    fields = request.form.to_dict(flat=False)
    return {name: values[0] if len(values) == 1 else values for name, values in fields.items() if name not in _OURS}


def _json() -> dict[str, Any]:
    found = request.get_json()
    try:
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        raise EngineError(
            "内容含有无效字符或数值。", "It holds invalid characters or numbers.", code="bad-json"
        ) from None
    if not isinstance(found, dict):
        raise EngineError("应为 JSON 对象。", "A JSON object is wanted.", code="bad-json")
    return found


def to_keep(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers, nested, as a draft keeps them. Raises InvalidAnswers for names that no form could have."""
    return forms.expand(raw)


def changed_rows(raw: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the answers after the row that the pressed button adds or removes; None when it was another button."""
    verb, _, place = request.form.get("_action", "").partition(":")
    if verb == "add":
        return forms.with_row(raw, place)
    path, _, number = place.rpartition("#")
    if verb == "remove" and number.isdigit() and len(number) < 4:
        return forms.without_row(raw, path, int(number))
    return None


def draw(
    work: UnitOfWork,
    form: forms.Form,
    variables: Mapping[str, Any],
    answers: Mapping[str, Any] | None = None,
    faults: Mapping[str, str] | None = None,
) -> list[forms.FieldView]:
    """Return the form's fields in the request's language; see `engine.forms.draw`."""
    return forms.draw(
        form, variables, answers, faults, language=language(), now=work.now, calendar=work.calendar, spoken=named
    )


def labels_of(views: list[forms.FieldView]) -> dict[str, str]:
    """Return path -> label of every field, for the error summary."""
    found: dict[str, str] = {}
    for view in views:
        found[view.path] = view.label
        found.update(labels_of(view.children))
    return found


def look(views: list[forms.FieldView]) -> dict[str, Any]:
    """Return what a page changes while it is filled in: which fields are hidden now, and what computed ones say."""
    hidden: list[str] = []
    values: dict[str, str] = {}
    waiting = list(views)
    while waiting:
        view = waiting.pop()
        waiting.extend(view.children)
        if view.is_conditional and view.is_hidden:
            hidden.append(view.path)
        if view.kind in ("expression", "text"):
            values[view.path] = view.value
    return {"hidden": hidden, "values": values}


def version() -> int | None:
    """Return the version of the task that the page was drawn from; None when the page did not say."""
    text = request.form.get("_version", "")
    return int(text) if text.isdigit() and len(text) < 10 else None


def once() -> str:
    """Return a new mark for a page that must have its effect only once."""
    return secrets.token_urlsafe(18)
