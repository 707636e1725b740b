"""What a page needs to draw a form: each field with its words, value, options, fault. No HTML, no judgement of answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from engine.calendars import BEIJING, WorkCalendar
from engine.forms.answers import is_fixed
from engine.forms.cells import MISSING, Cell, expand, hidden, lay, look_up, put, scope_of
from engine.forms.fields import Field, Form, Scope, text_of
from engine.forms.values import LONGEST_LINE, LONGEST_TEXT, convert, most_files


@dataclass(frozen=True, slots=True)
class OptionView:
    """One of the values to choose from."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field as a page draws it, all words in the language asked for.

    `kind` is one of: textfield textarea number checkbox radio select checklist taglist date time datetime filepicker;
    group list listrow row (their `children`); text expression table separator spacer. `path` is the field's name in the
    request and what its fault is found under. `value` is the text to show in it. `is_conditional`: it may be hidden
    while others are filled in; `is_hidden`: it is now.
    """

    kind: str
    path: str
    label: str = ""
    hint: str = ""
    value: str = ""
    options: list[OptionView] = field(default_factory=list)
    fault: str = ""
    is_required: bool = False
    is_readonly: bool = False
    is_conditional: bool = False
    is_hidden: bool = False
    is_checked: bool = False
    is_multiple: bool = False
    may_change_rows: bool = False
    prefix: str = ""
    suffix: str = ""
    input_type: str = "text"
    least: str = ""
    most: str = ""
    step: str = ""
    longest: int = 0
    children: list[FieldView] = field(default_factory=list)
    table: list[list[str]] = field(default_factory=list)  #: heading and rows of a table
    row: str = ""
    files: list[str] = field(default_factory=list)  #: of a file picker: the ids of what is attached
    accept: str = ""
    most_files: int = 0  #: 0: no limit


def draw(
    form: Form,
    variables: Mapping[str, Any],
    answers: Mapping[str, Any] | None = None,
    faults: Mapping[str, str] | None = None,
    *,
    language: str = "zh",
    now: datetime | None = None,
    calendar: Callable[[], WorkCalendar] | None = None,
    spoken: Callable[[str], str] = str,
) -> list[FieldView]:
    """Return the form's fields as a page draws them.

    `answers` is what the person sent or saved before (then it alone says what stands in the fields), or None for the
    first time: the fields then show the case's variables, or their defaults. `faults` are words by path.
    `spoken` says in `language` what a text of the author shows of the case's data, such as the name of a step.
    """
    return _Artist(form, variables, answers, faults or {}, language, now, calendar, spoken).draw()


class _Artist:
    def __init__(
        self,
        form: Form,
        variables: Mapping[str, Any],
        answers: Mapping[str, Any] | None,
        faults: Mapping[str, str],
        language: str,
        now: datetime | None,
        calendar: Callable[[], WorkCalendar] | None,
        spoken: Callable[[str], str],
    ) -> None:
        self.spoken = spoken
        self.form = form
        self.variables = variables
        self.given = None if answers is None else expand(answers)
        self.faults = faults
        self.language = language
        self.base = Scope(variables, now, calendar)
        self.rows = dict(variables) if self.given is None else self.given
        self.cells = list(lay(form.fields, self.rows, is_fresh=self.given is None))
        self.data: dict[str, Any] = {}
        self.hidden: set[Cell] = set()
        self.seen: Mapping[str, Any] = {}
        self.raw: dict[Cell, Any] = {}

    def draw(self) -> list[FieldView]:
        owned = {item.keys[0] for item in self.form.walk() if item.keys}
        self.data = {name: value for name, value in self.variables.items() if name not in owned}
        for cell in self.cells:
            if cell.field.kind == "dynamiclist":
                if look_up(self.data, cell.keys) is MISSING:
                    put(self.data, cell.keys, {} if cell.is_row else [])
            elif cell.field.is_input:
                self.raw[cell] = raw = self._raw(cell)
                value, _ = convert(cell.field, raw, self.base)
                put(self.data, cell.keys, value)
        self.hidden, self.seen = hidden(self.cells, self.data, self.base)
        inside: dict[Cell | None, list[Cell]] = {}
        for cell in self.cells:
            inside.setdefault(cell.around[-1] if cell.around else None, []).append(cell)
        return self._views(inside, None)

    def _raw(self, cell: Cell) -> Any:
        """Return what stands in the field: what was sent, else what the case knows, else the author's default."""
        fixed = is_fixed(cell.field, self.base)
        if self.given is not None and not fixed:
            found = look_up(self.given, cell.keys)
            return None if found is MISSING else found
        found = look_up(self.variables, cell.keys)
        if found is MISSING or (fixed and found is None):
            return cell.field.default
        return found

    def _views(self, inside: dict[Cell | None, list[Cell]], around: Cell | None) -> list[FieldView]:
        views = [self._view(cell, inside) for cell in inside.get(around, [])]
        drawn: list[FieldView] = []
        for row, together in groupby(views, key=lambda view: view.row):
            members = list(together)
            if row and len(members) > 1:
                drawn.append(FieldView("row", f"row-{row}", children=members))
            else:
                drawn += members
        return drawn

    def _view(self, cell: Cell, inside: dict[Cell | None, list[Cell]]) -> FieldView:
        item = cell.field
        scope = scope_of(cell, self.seen, self.base)
        view = FieldView(
            kind=item.subtype or item.kind,
            path=cell.path,
            label=item.label.of(scope, self.language, self.spoken),
            hint=item.hint.of(scope, self.language, self.spoken),
            fault=self.faults.get(cell.path, ""),
            is_conditional=item.hide is not None and not cell.is_row,
            is_hidden=cell in self.hidden,
            row="" if cell.is_row else item.row,
        )
        if cell.is_row:
            return replace(view, kind="listrow", label=str((cell.row or 0) + 1), children=self._views(inside, cell))
        if item.kind == "dynamiclist":
            may_change = item.settings.get("allowAddRemove", True) is True
            return replace(view, kind="list", may_change_rows=may_change, children=self._views(inside, cell))
        if item.kind == "group":
            return replace(view, children=self._views(inside, cell))
        if item.kind in ("text", "html"):
            return replace(view, kind="text", value=view.label, label="")
        if item.kind == "expression":
            value = scope.value_of(item.expression) if item.expression is not None else None
            return replace(view, value=_shown(value))
        if item.kind == "table":
            return replace(view, table=self._table(item, scope))
        if not item.is_input:
            return view
        return self._input(cell, view, scope)

    def _input(self, cell: Cell, view: FieldView, scope: Scope) -> FieldView:
        item, raw = cell.field, self.raw[cell]
        view = replace(
            view,
            is_required=item.rule("required", scope) is True,
            is_readonly=is_fixed(item, scope),
            is_multiple=item.settings.get("multiple") is True,
            prefix=item.prefix.of(scope, self.language, self.spoken),
            suffix=item.suffix.of(scope, self.language, self.spoken),
        )
        if item.kind in ("radio", "select", "checklist", "taglist"):
            chosen = (
                {text_of(value) for value in (raw if isinstance(raw, list) else [raw])} if raw is not None else set()
            )
            options = [
                OptionView(
                    option.text, option.en if self.language == "en" and option.en else option.zh, option.text in chosen
                )
                for option in item.choices(scope)
            ]
            return replace(
                view, options=options, value="、".join(option.label for option in options if option.is_chosen)
            )
        if item.kind == "checkbox":
            return replace(view, is_checked=raw is True or raw in ("on", "true", "1"))
        if item.kind == "filepicker":
            ids, _ = convert(item, raw, scope)
            return replace(view, files=ids, accept=item.accepted(scope), most_files=most_files(item, scope) or 0)
        if item.kind == "number":
            digits = item.settings.get("decimalDigits")
            step = "any" if not isinstance(digits, int) else "1" if digits == 0 else f"0.{'0' * (digits - 1)}1"
            least, most = item.rule("min", scope), item.rule("max", scope)
            return replace(view, value=text_of(raw), step=step, least=text_of(least), most=text_of(most))
        if item.kind == "datetime":
            return replace(view, value=_for_picker(item, text_of(raw)))
        longest = item.rule("maxLength", scope)
        if not isinstance(longest, int):
            longest = LONGEST_LINE if item.kind == "textfield" else LONGEST_TEXT
        kinds = {"email": "email", "phone": "tel"}
        kind = kinds.get(str(item.rule("validationType", scope)), "text")
        return replace(view, value=text_of(raw), longest=longest, input_type=kind)

    def _table(self, item: Field, scope: Scope) -> list[list[str]]:
        """Return heading and rows of a table over a list of the case's data."""
        found = item.source.of(scope) if item.source is not None else None
        rows = [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []
        columns = item.settings.get("columns")
        if not isinstance(columns, list):
            names = list(dict.fromkeys(str(name) for row in rows for name in row))
            columns = [{"key": name, "label": name} for name in names]
        keys = [str(column.get("key", "")) for column in columns if isinstance(column, Mapping)]
        heading = [
            str(column.get("label") or column.get("key", "")) for column in columns if isinstance(column, Mapping)
        ]
        return [heading, *([_shown(row.get(key)) for key in keys] for row in rows[:200])]


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(_shown(item) for item in value)
    return text_of(value)


def _for_picker(item: Field, text: str) -> str:
    """Return a stored date or time as a browser's picker wants it: Beijing time, no zone, minutes."""
    if item.subtype == "date":
        return text[:10]
    try:
        if item.subtype == "datetime":
            moment = datetime.fromisoformat(text)
            moment = moment.astimezone(BEIJING) if moment.tzinfo else moment
            return moment.strftime("%Y-%m-%dT%H:%M")
    except ValueError:
        return text
    return text[:5]
