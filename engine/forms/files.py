"""File pickers of a form: where they stand and which attachments an answer names. It stores no file and knows none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine.forms.cells import MISSING, lay, look_up
from engine.forms.fields import Field, Form

_ROW = re.compile(r"\[\d{1,4}\]")


def files_of(form: Form, answers: Mapping[str, Any]) -> Iterator[tuple[str, Field, list[str]]]:
    """Return (path, field, ids of attachments) of every file picker that was answered with some."""
    for cell in lay(form.fields, answers):
        if cell.field.kind != "filepicker":
            continue
        found = look_up(answers, cell.keys)
        if found is not MISSING and isinstance(found, list) and found:
            yield cell.path, cell.field, [str(item) for item in found]


def picker_at(form: Form, path: str) -> Field | None:
    """Return the file picker that stands at `path` (a, a.b, list[0].c), or None when there is none."""
    wanted = _ROW.sub("[]", path)
    return next((field for place, field in _pickers(form.fields, "") if place == wanted), None)


def _pickers(fields: tuple[Field, ...], prefix: str) -> Iterator[tuple[str, Field]]:
    for field in fields:
        place = ".".join(filter(None, [prefix, field.key]))
        if field.kind == "filepicker":
            yield place, field
        elif field.children:
            yield from _pickers(field.children, f"{place}[]" if field.kind == "dynamiclist" else place)


def without_file(raw: Mapping[str, Any], attachment_id: str) -> dict[str, Any]:
    """Return what a page sent without the attachment, wherever it stood. A field left without any answers []."""
    left: dict[str, Any] = {}
    for path, value in raw.items():
        if isinstance(value, list):
            left[path] = [item for item in value if item != attachment_id]
        else:
            left[path] = [] if value == attachment_id else value
    return left
