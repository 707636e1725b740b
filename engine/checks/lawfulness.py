"""Plain words in names, texts, forms and tables that point to steps the law does not allow. It judges no case.

What to look for, the articles and the lawful way are data: `lawfulness.toml`. How a sentence takes a word back (a
negation, a change that it tells of) is `engine.checks.wording`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from engine.checks import wording
from engine.checks.catalogue import entries
from engine.checks.wording import Pattern
from engine.decisions.analysis import tables
from engine.decisions.model import Decision, Model
from engine.diagram import Diagram, Process
from engine.errors import EngineError
from engine.family import Family
from engine.feel import nodes as n
from engine.findings import Finding, Severity
from engine.forms import Field, Form
from engine.organisation import Organisation

_FILE = Path(__file__).with_name("lawfulness.toml")
#: Property of an element that says why its words are no unlawful step.
NOTE = "law-note"
_MARKS = {
    "T": ("", ""),
    "R": ("（据转述，未读原文）", " (reported, the text was not read)"),
    "U": ("（未核实，请咨询法务）", " (not verified: ask a lawyer)"),
}
#: How many findings of one topic are told for one file.
SHOWN = 20


class LawRefused(EngineError):
    """The file of words is wrong.

    Remedy: correct it where the message says.
    """

    code = "law-file"


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of unlawful step. `severity` None: switched off."""

    code: str
    mark: str
    severity: Severity | None
    rule: tuple[str, str]
    instead: tuple[tuple[str, ...], tuple[str, ...]]
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Hit:
    """A topic found in a text; `words` is the part of it that was found."""

    topic: Topic
    words: str


@dataclass(frozen=True, slots=True)
class Said:
    """A text of an author: where it stands and what it is about (a choice's question, say)."""

    text: str
    file: str
    element: str
    name: str
    line: int
    about: str = ""


@cache
def topics() -> tuple[Topic, ...]:
    """Return the topics that the house came with."""
    return read(_FILE.read_text("utf-8"), _FILE.name)


def read(text: str, file: str) -> tuple[Topic, ...]:
    """Return the topics in `text` (TOML). Raises LawRefused."""
    try:
        found = tomllib.loads(text)["topic"]
        return tuple(_topic(code, table) for code, table in found.items())
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as fault:
        raise LawRefused(f"{file}：读不了（{fault}）。", f"{file}: cannot be read ({fault}).") from None


def scan(text: str, about: str = "", given: tuple[Topic, ...] | None = None) -> list[Hit]:
    """Return the unlawful steps that `text` points to. `about`: what it answers, such as a choice's question."""
    return [
        Hit(topic, words)
        for topic in (topics() if given is None else given)
        if topic.severity is not None
        for words in wording.found(text, topic.pattern, about)
    ]


def check(family: Family, given: tuple[Topic, ...] | None = None, files: Container[str] | None = None) -> list[Finding]:
    """Return what the texts of every file of `family` point to; of those in `files` only if given."""
    findings: list[Finding] = []
    told: dict[tuple[str, str], int] = {}
    seen: set[tuple[str, str, str]] = set()
    may = wording.screen(topic.pattern for topic in (topics() if given is None else given))
    for said in _texts(family):
        if (files is not None and said.file not in files) or not said.text or not may(said.text):
            continue
        for hit in scan(said.text, said.about, given):
            key = (said.file, said.element, hit.topic.code)
            told[said.file, hit.topic.code] = told.get((said.file, hit.topic.code), 0) + 1
            if key in seen or told[said.file, hit.topic.code] > SHOWN:
                continue
            seen.add(key)
            findings.append(_finding(said, hit))
    return findings


def _finding(said: Said, hit: Hit) -> Finding:
    topic, entry = hit.topic, entries()[hit.topic.code]
    mark_zh, mark_en = _MARKS[topic.mark]
    where_zh = f"“{said.name}”：" if said.name and said.name != hit.words else ""
    assert topic.severity is not None
    return Finding(
        file=said.file,
        line=said.line,
        severity=topic.severity,
        code=topic.code,
        element=said.element,
        name=said.name,
        zh=f"{where_zh}“{hit.words}”——{entry.zh.title}。{topic.rule[0]}{mark_zh}。",
        en=f"{hit.words!r}: {entry.en.title}. {topic.rule[1]}{mark_en}.",
        advice_zh=f"换成这些步骤：{' → '.join(topic.instead[0])}。",
        advice_en=f"These steps in its place: {' -> '.join(topic.instead[1])}.",
    )


def _topic(code: str, table: Mapping[str, Any]) -> Topic:
    mark, severity = table["mark"], table["severity"]
    if code not in entries():
        raise ValueError(f"{code}: no such code")
    if mark not in _MARKS or severity not in ("error", "warning", "hint", "off"):
        raise ValueError(f"{code}: mark is T, R or U; severity is error, warning, hint or off")
    if mark == "U" and severity not in ("hint", "off"):
        raise ValueError(f"{code}: what is not verified is a hint at most")
    return Topic(
        code,
        mark,
        None if severity == "off" else Severity(severity),
        (table["rule_zh"], table["rule_en"]),
        (tuple(table["instead_zh"]), tuple(table["instead_en"])),
        wording.pattern(table["words"], table["without"], table["unless"]),
    )


# --- texts ------------------------------------------------------------------------------------------------------


def _texts(family: Family) -> Iterator[Said]:
    for file, diagram in family.diagrams.items():
        for process in diagram.processes.values():
            yield from _of_process(file, process)
        yield from _of_pools(file, diagram)
    for file, model in family.models.items():
        yield from _of_model(file, model)
    for identity, form in family.forms.items():
        yield from _of_form(family.origins.get(("form", identity), identity), form)
    for organisation in family.organisations.values():
        yield from _of_organisation(organisation)


def _of_process(file: str, process: Process) -> Iterator[Said]:
    if not process.properties.get(NOTE, "").strip():
        for text in (process.name, process.documentation):
            yield Said(text, file, process.id, process.name, process.place.line)
    lanes = list(process.lanes)
    while lanes:
        lane = lanes.pop()
        yield Said(lane.name, file, lane.id, lane.name, lane.place.line)
        lanes.extend(lane.children)
    scopes = [process.body]
    while scopes:
        scope = scopes.pop()
        for node in scope.nodes.values():
            if node.body is not None:
                scopes.append(node.body)
            if node.properties.get(NOTE, "").strip():
                continue
            for text in (node.name, node.documentation):
                yield Said(text, file, node.id, node.name, node.place.line)
        for flow in scope.flows.values():
            source = scope.nodes.get(flow.source)
            yield Said(flow.name, file, flow.id, flow.name, flow.place.line, source.name if source else "")
        for identity, text in scope.annotations.items():
            yield Said(text, file, identity, "", 0)


def _of_pools(file: str, diagram: Diagram) -> Iterator[Said]:
    for pool in diagram.participants:
        if pool.process is None:
            yield Said(pool.name, file, pool.id, pool.name, pool.place.line)
    for flow in diagram.message_flows:
        yield Said(flow.name, file, flow.id, flow.name, flow.place.line)


def _of_organisation(organisation: Organisation) -> Iterator[Said]:
    for group in organisation.groups:
        for text in (group.name, *(words for duty in group.duties for words in (duty.zh, duty.en))):
            yield Said(text, organisation.file, group.id, group.name, group.line)
        for seat in group.seats:
            for text in (seat.title, seat.duty, seat.duty_en):
                yield Said(text, organisation.file, group.id, seat.title, seat.line)
    for resource in organisation.resources:
        for text in (resource.name, resource.name_en):
            yield Said(text, organisation.file, resource.id, resource.name, resource.line)


def _of_form(file: str, form: Form) -> Iterator[Said]:
    properties = form.data.get("properties")
    titles = properties if isinstance(properties, dict) else {}
    for member in ("title", "title_en"):
        title = titles.get(member)
        if isinstance(title, str):
            yield Said(title, file, form.id, title, 0)
    for field in form.walk():
        key = field.key or field.id
        label = field.label.zh
        for text in (field.label, field.hint):
            for words in dict.fromkeys((text.zh, text.en)):
                yield Said(words, file, key, _short(field), 0)
        for option in field.options:
            for words in dict.fromkeys((option.zh, option.en)):
                yield Said(words, file, key, _short(field), 0, label)


def _short(field: Field) -> str:
    return field.label.zh if len(field.label.zh) <= 40 else ""


def _of_model(file: str, model: Model) -> Iterator[Said]:
    for element in model.elements.values():
        question = element.question if isinstance(element, Decision) else ""
        for text in (element.name, question):
            yield Said(text, file, element.id, element.name, element.line)
    for owner, table in tables(model):
        for column in table.outputs:
            yield Said(column.label, file, column.id or owner.id, owner.name, column.line)
        for rule in table.rules:
            for note in rule.annotations:
                yield Said(note, file, rule.id or owner.id, owner.name, rule.line)
            for result, column in zip(rule.results, table.outputs, strict=False):
                for node in result.tree.walk() if result is not None else ():
                    if isinstance(node, n.Literal) and isinstance(node.value, str):
                        yield Said(node.value, file, rule.id or owner.id, owner.name, rule.line, column.label)
