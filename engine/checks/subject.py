"""What a check looks at, what the house knows, and how a check says what it found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from engine.calendars import WorkCalendar
from engine.diagram import Expression, Flow, Node, Place, Process, Scope
from engine.family import Family
from engine.findings import Finding, Severity

Advice = tuple[str, str]
_NOTHING: Advice = ("", "")


@dataclass(frozen=True, slots=True)
class Known:
    """What the house knows. None: nobody asked, so it is not checked.

    `start_variables`: what a case brings along when it starts, besides the start form's fields: all of it. `given`: what
    the house itself gives to each case, whatever else it may bring. `calendar`: the
    working calendar that deadlines are counted over; None: the published one. `members`: the active people of each
    role; `superiors`: whom each person reports to.
    """

    roles: Set[str] | None = None
    services: Set[str] | None = None
    process_keys: Set[str] | None = None
    start_variables: Set[str] | None = None
    given: Set[str] = frozenset()
    calendar: WorkCalendar | None = None
    members: Mapping[str, Set[str]] | None = None
    superiors: Mapping[str, str | None] | None = None


@dataclass(slots=True)
class Subject:
    """One process of a family, under check. `shared`: what checks find out once for the whole family."""

    family: Family
    process: Process
    file: str
    known: Known
    findings: list[Finding] = field(default_factory=list)
    shared: dict[str, Any] = field(default_factory=dict)

    def walk(self) -> Iterator[tuple[Scope, Node]]:
        """Yield every node with its scope, at every depth."""
        return self.process.body.walk()

    def scopes(self) -> Iterator[tuple[Scope, Node | None]]:
        """Yield every scope with the node it is the inside of; None for the process itself."""
        yield self.process.body, None
        for _, node in self.process.body.walk():
            if node.body is not None:
                yield node.body, node

    def error(self, code: str, at: Node | Flow | None, zh: str, en: str, advice: Advice = _NOTHING) -> None:
        """Note what is wrong: it is refused."""
        self.say(Severity.ERROR, code, at, zh, en, advice)

    def refuse(self, code: str, at: Node | Flow | None, zh: str, en: str, advice: Advice = _NOTHING) -> None:
        """Note what cannot run: an error, or a warning in a process that is only drawn."""
        self.say(Severity.ERROR if self.process.is_executable else Severity.WARNING, code, at, zh, en, advice)

    def warn(self, code: str, at: Node | Flow | None, zh: str, en: str, advice: Advice = _NOTHING) -> None:
        """Note what the author should look at."""
        self.say(Severity.WARNING, code, at, zh, en, advice)

    def hint(self, code: str, at: Node | Flow | None, zh: str, en: str, advice: Advice = _NOTHING) -> None:
        """Note some advice."""
        self.say(Severity.HINT, code, at, zh, en, advice)

    def say(
        self,
        severity: Severity,
        code: str,
        at: Node | Flow | None,
        zh: str,
        en: str,
        advice: Advice = _NOTHING,
        place: Place | None = None,
        column: int = 0,
        run: tuple[str, ...] = (),
    ) -> None:
        """Note a finding at a node or flow, or at the process when `at` is None."""
        owner = at if at is not None else self.process
        self.findings.append(
            Finding(
                file=self.file,
                line=(place or owner.place).line,
                severity=severity,
                code=code,
                element=owner.id,
                name=owner.name,
                zh=zh,
                en=en,
                advice_zh=advice[0],
                advice_en=advice[1],
                column=column,
                run=run,
            )
        )


def expressions_of(node: Node) -> Iterator[tuple[str, Expression]]:
    """Yield every expression of a node itself (not of its inside) with what it is for."""
    for event in node.events:
        for part in ("value", "name", "code", "correlation", "condition"):
            found = getattr(event, part, None)
            if isinstance(found, Expression):
                yield "timer" if part == "value" else part, found
        for mapping in getattr(event, "payload", None) or []:
            yield "mapping", mapping.source
    for mappings in (node.inputs, node.outputs):
        for mapping in mappings:
            yield "mapping", mapping.source
    if node.assignment is not None:
        who = node.assignment
        for part, found in (("assignee", who.assignee), ("groups", who.groups_expression), ("priority", who.priority)):
            if found is not None:
                yield part, found
        for found in (who.due, who.follow_up):
            if found is not None:
                yield "due", found
    if node.service is not None:
        yield "service", node.service.type
    if node.decision is not None:
        yield "decision", node.decision.id
    if node.script is not None:
        yield "script", node.script.expression
    if node.call is not None:
        yield "call", node.call.process
        for mapping in (*node.call.inputs, *node.call.outputs):
            yield "mapping", mapping.source
    for part in ("condition", "cardinality", "collection", "result_item", "completion"):
        found = getattr(node.loop, part, None)
        if isinstance(found, Expression):
            yield "loop", found
    for found in (node.activation, node.completion):
        if found is not None:
            yield "condition", found
