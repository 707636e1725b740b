"""Plausible answers to any form, for the demo: what is required and not given is filled in. It checks nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from engine import forms
from engine.calendars import BEIJING, WorkCalendar
from engine.forms import FieldView, Form

#: Answering one field may show another; so often the form is looked at again.
_ROUNDS = 5
_SENTENCE = "情况已核实，按预案办理。"


def plausible(
    form: Form,
    variables: Mapping[str, Any],
    chosen: Mapping[str, Any],
    now: datetime,
    calendar: Callable[[], WorkCalendar],
    attach: Callable[[FieldView], list[str]],
) -> dict[str, Any]:
    """Return answers to `form`: `chosen` as far as the form asks for it, and something for whatever else is required.

    Every field for files gets one: `attach` stores it and returns its id.
    """
    answers: dict[str, Any] = {}
    for _ in range(_ROUNDS):
        views = forms.draw(form, variables, answers, now=now, calendar=calendar)
        wanted = [view for view in _visible(views) if view.path not in answers]
        more = {
            view.path: chosen.get(view.path, _something(view, now))
            for view in wanted
            if (view.path in chosen or view.is_required) and view.kind != "filepicker"
        }
        more |= {view.path: attach(view) for view in wanted if view.kind == "filepicker"}
        if not more:
            break
        answers |= more
    return answers


def _visible(views: Iterable[FieldView]) -> Iterable[FieldView]:
    for view in views:
        if view.is_hidden:
            continue
        yield from _visible(view.children)
        if view.path and not view.children and not view.is_readonly:
            yield view


def _something(view: FieldView, now: datetime) -> Any:
    """Return an answer that the field accepts."""
    later = (now + timedelta(days=3)).astimezone(BEIJING)
    match view.kind:
        case "radio" | "select":
            return view.options[0].value if view.options else ""
        case "checklist" | "taglist":
            return [view.options[0].value] if view.options else []
        case "checkbox":
            return True
        case "number":
            return view.least or "1"
        case "date":
            return later.date().isoformat()
        case "time":
            return "15:00"
        case "datetime":
            return later.replace(hour=15, minute=0, second=0, microsecond=0).isoformat(timespec="minutes")
        case "textarea":
            return _SENTENCE
        case _:
            return "已办"
