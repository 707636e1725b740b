"""A case's data in words: labels and choices come from the forms of its plan. Reads no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.forms import Field, Form
from webapp.complaint_words import masked
from webapp.i18n import gettext, moment

#: A longer text is cut in the timeline; the data table shows it whole.
LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Row:
    """One variable: its name in the plan, what a form calls it ("" when none does) and its value in words."""

    key: str
    label: str
    text: str
    is_long: bool = False


class Labels:
    """What the forms of a plan call its variables, in one language. `files` are the names of attachments, by id."""

    def __init__(self, forms: Iterable[Form], language: str, files: Mapping[str, str] | None = None) -> None:
        self._forms, self._language = list(forms), language
        self._files = files or {}
        self._is_english = language == "en"
        self._fields: dict[str, Field] = {}
        for form in self._forms:
            for field in form.walk():
                if field.keys and len(field.keys) == 1:
                    self._fields.setdefault(field.keys[0], field)

    def of_form(self, form_id: str) -> Labels:
        """Return the labels with those of one form first: what a step was answered reads as the step asked it."""
        own = [form for form in self._forms if form.id == form_id]
        return Labels([*own, *self._forms], self._language, self._files) if own else self

    def rows(self, variables: Mapping[str, Any]) -> list[Row]:
        """Return the variables in words: those with a label first, in the order of the forms."""
        order = {key: number for number, key in enumerate(self._fields)}
        keys = sorted(variables, key=lambda key: (order.get(key, len(order)), key))
        return [self.row(key, variables[key]) for key in keys]

    def row(self, key: str, value: Any) -> Row:
        """Return one variable in words."""
        text = self._words(value, self._fields.get(key))
        return Row(key, self.label(key), text[:LONGEST], len(text) > 60 or "\n" in text)

    def label(self, key: str) -> str:
        """Return what a form calls the variable, "" when none does."""
        field = self._fields.get(key)
        return self._text(field.label.zh, field.label.en) if field is not None else ""

    def _words(self, value: Any, field: Field | None) -> str:
        if value is None or value == "" or value == []:
            return gettext("（未填）")
        if isinstance(value, bool):
            return gettext("是") if value else gettext("否")
        if field is not None and field.kind == "filepicker" and isinstance(value, str):
            return self._files.get(value, value)
        if isinstance(value, list):
            return gettext("、").join(self._words(item, field) for item in value)
        if isinstance(value, Mapping):
            inner = {child.keys[-1]: child for child in field.children if child.keys} if field is not None else {}
            return "\n".join(
                f"{self._name(key, inner.get(key))}{gettext('：')}{self._words(item, inner.get(key))}"
                for key, item in value.items()
            )
        for option in field.options if field is not None else ():
            if option.value == value:
                return self._text(option.zh, option.en)
        if field is not None and field.is_masked:
            return masked(str(value))
        if isinstance(value, str):
            return moment(value) if _is_moment(value) else value
        return f"{value:g}" if isinstance(value, float) and abs(value) < 1e12 else str(value)

    def _name(self, key: str, field: Field | None) -> str:
        return (self._text(field.label.zh, field.label.en) if field is not None else "") or key

    def _text(self, zh: str, en: str) -> str:
        return en if self._is_english and en else zh


def _is_moment(text: str) -> bool:
    """Return whether the text is an instant with its zone, as the engine keeps them."""
    return (
        len(text) >= 20 and text[:4].isdigit() and text[4] == "-" and text[10] == "T" and text[-6:-5] in "+-Z0123456789"
    )
