"""Forms of plans (form-js JSON): read and find faults, check answers, say what a page draws. Knows no page and no case.

form, findings = read("noise_investigate.form", data)
answers = check(form, {"finding": "substantiated"}, variables)
views = draw(form, variables)
"""

from __future__ import annotations

from engine.forms.answers import check
from engine.forms.cells import expand, with_row, without_row
from engine.forms.drawing import FieldView, OptionView, draw
from engine.forms.fields import Field, Form, Scope
from engine.forms.files import files_of, picker_at, without_file
from engine.forms.reading import build, of_family, read
from engine.forms.values import MOST_CHOSEN

__all__ = [
    "MOST_CHOSEN",
    "Field",
    "FieldView",
    "Form",
    "OptionView",
    "Scope",
    "build",
    "check",
    "draw",
    "expand",
    "files_of",
    "of_family",
    "picker_at",
    "read",
    "with_row",
    "without_file",
    "without_row",
]
