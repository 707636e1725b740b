"""What a form is once read: fields, their rules, and properties that may be FEEL. It reads no file and checks no answer."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine import feel
from engine.calendars import BEIJING, WorkCalendar

#: Kinds that ask something. Every other kind only shows.
INPUTS = frozenset(
    {"textfield", "textarea", "number", "checkbox", "radio", "select", "checklist", "taglist", "datetime", "filepicker"}
)
#: Kinds whose answer is a list.
LISTS = frozenset({"checklist", "taglist", "filepicker"})
CHOICES = frozenset({"radio", "select", "checklist", "taglist"})
CONTAINERS = frozenset({"group", "dynamiclist"})
SHOWN = frozenset({"text", "html", "separator", "spacer", "expression", "table"})
#: Known kinds that no page draws: the page has its own buttons and loads nothing from elsewhere.
NOT_DRAWN = frozenset({"button", "image", "iframe", "documentPreview"})

_INSTANT = re.compile(r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-][01]\d:[0-5]\d)")
_TAG = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|</?[a-zA-Z][^>]*>", re.S | re.I)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h[1-6]|/tr)\b[^>]*>", re.I)
_PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}", re.S)


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression of a form sees: names with JSON values, the moment and the working calendar."""

    names: Mapping[str, Any]
    now: datetime | None = None
    calendar: Callable[[], WorkCalendar] | None = None

    def value_of(self, expression: feel.Expression) -> Any:
        """Return the value of `expression` as JSON; null for what cannot be computed. Raises FeelLimit."""
        context = {name: feel.from_json(self.names[name]) for name in expression.names if name in self.names}
        # Reading the calendar costs a query: only where the text may count days (every such function has the word).
        calendar = self.calendar() if self.calendar is not None and "day" in expression.text else None
        return feel.to_json(expression.evaluate(context, calendar=calendar, now=self.now))


@dataclass(frozen=True, slots=True)
class Property:
    """A property as its author wrote it, or FEEL after "=" that gives it."""

    constant: Any = None
    expression: feel.Expression | None = None

    def of(self, scope: Scope) -> Any:
        """Return the property's value."""
        return self.constant if self.expression is None else scope.value_of(self.expression)


@dataclass(frozen=True, slots=True)
class Text:
    """A text that people read, in both languages. Each may be FEEL after "=", or hold {{ FEEL }} between other text."""

    zh: str = ""
    en: str = ""  #: "": the Chinese one stands for it
    parts: Mapping[str, feel.Expression] = field(default_factory=dict)  #: source -> compiled

    def of(self, scope: Scope, language: str, spoken: Callable[[str], str] = str) -> str:
        """Return the text in `language`, its expressions computed; `spoken` says in `language` what they find."""
        text = self.en if language == "en" and self.en else self.zh
        if text in self.parts:
            return spoken(_plain(scope.value_of(self.parts[text])))
        if not self.parts:
            return text
        return _PLACEHOLDER.sub(lambda found: spoken(_plain(scope.value_of(self.parts[found[0]]))), text)


def expressions_in(text: str) -> Iterator[tuple[str, str]]:
    """Return (where it stands, FEEL text) of every expression in a text that people read."""
    if text.startswith("="):
        yield text, text[1:]
        return
    for found in _PLACEHOLDER.finditer(text):
        yield found[0], found[1]


@dataclass(frozen=True, slots=True)
class Option:
    """One of the values to choose from. `text` is what a page sends for it."""

    value: Any
    text: str
    zh: str
    en: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A component of a form. `keys` is where its answer stands in its surroundings, () for one that asks nothing.

    `options` are fixed ones; `source` gives them where the case's data does. `children` are those of a group or list.
    """

    kind: str
    id: str
    keys: tuple[str, ...] = ()
    label: Text = field(default_factory=Text)
    hint: Text = field(default_factory=Text)
    prefix: Text = field(default_factory=Text)
    suffix: Text = field(default_factory=Text)
    subtype: str = ""  #: of a datetime: date, time or datetime
    rules: Mapping[str, Property] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    source: Property | None = None
    hide: Property | None = None
    default: Any = None
    readonly: Property = field(default_factory=Property)
    disabled: Property = field(default_factory=Property)
    settings: Mapping[str, Any] = field(default_factory=dict)  #: what only this kind has
    expression: feel.Expression | None = None
    accept: Property = field(default_factory=Property)  #: of a file picker
    children: tuple[Field, ...] = ()
    row: str = ""  #: fields of one row stand side by side
    is_masked: bool = False  #: personal: pages show only the ends of its answer

    @property
    def key(self) -> str:
        """Its keys as the author wrote them: a.b; "" for one that asks nothing."""
        return ".".join(self.keys)

    @property
    def is_input(self) -> bool:
        """Whether it asks something."""
        return self.kind in INPUTS

    def rule(self, name: str, scope: Scope) -> Any:
        """Return what the rule says here, or None where there is no such rule."""
        found = self.rules.get(name)
        return None if found is None else found.of(scope)

    def accepted(self, scope: Scope) -> str:
        """Return what a file picker takes: extensions and media types parted by commas; "" for every kind."""
        wanted = self.accept.of(scope)
        return wanted.lower() if isinstance(wanted, str) else ""

    def choices(self, scope: Scope) -> list[Option]:
        """Return the values to choose from here."""
        if self.source is None:
            return list(self.options)
        found = self.source.of(scope)
        return [option for item in found if (option := option_of(item))] if isinstance(found, list) else []


@dataclass(frozen=True, slots=True)
class Form:
    """A form. `data` is the file's JSON as its author wrote it."""

    id: str
    fields: tuple[Field, ...]
    data: Mapping[str, Any] = field(default_factory=dict)

    def walk(self) -> Iterator[Field]:
        """Return every field, those inside groups and lists too."""
        waiting = list(reversed(self.fields))
        while waiting:
            found = waiting.pop()
            yield found
            waiting.extend(reversed(found.children))


def option_of(item: Any) -> Option | None:
    """Return an entry of a list of options (a text, a number, or {"label", "value"}), or None when it is none."""
    if isinstance(item, Mapping):
        if "value" not in item:
            return None
        value = item["value"]
        label, english = str(item.get("label") or text_of(value)), str(item.get("label_en") or "")
        if not english and isinstance(item.get("properties"), Mapping):
            english = str(item["properties"].get("label_en") or "")
        return Option(value, text_of(value), label, english)
    if item is None or isinstance(item, list):
        return None
    return Option(item, text_of(item), text_of(item))


def text_of(value: Any) -> str:
    """Return the text that stands for a value in a page's field."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _plain(value: Any) -> str:
    """Return a value as it stands in a text that people read: an instant in Beijing time, without its zone."""
    if isinstance(value, list):
        return "、".join(_plain(item) for item in value)
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            return datetime.fromisoformat(value).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
        except ValueError:  # the 32nd of a month
            return value
    return text_of(value)


def plain_text(words: str, kind: str) -> str:
    """Return plain text of a text component: tags out (never drawn), the signs of Markdown headings and stress too."""
    if kind == "html" or "<" in words:
        words = html.unescape(_TAG.sub("", _BREAK.sub("\n", words)))
    words = re.sub(r"(?m)^#{1,6}\s+|^\s*[-*]\s+(?=\S)", lambda found: "" if "#" in found[0] else "· ", words)
    return re.sub(r"(\*\*|__)(.+?)\1", r"\2", words).strip()
