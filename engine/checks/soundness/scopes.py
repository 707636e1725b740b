"""Who stands inside what, and who catches what is thrown. It moves no token."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from engine import diagram
from engine.diagram import Kind, Node, Process, Scope

ANY = "*"  #: a code that nobody knows before it is thrown

#: What a scope may throw outward: ("error" | "escalation" | "cancel", code).
Thrown = tuple[str, str]
_SERVICES = frozenset({Kind.SERVICE_TASK, Kind.SEND_TASK})


@dataclass(slots=True)
class Outcome:
    """What is known of a scope that was analysed: whether it can be done by itself, and what it may throw outward."""

    is_done: bool = True
    throws: set[Thrown] = field(default_factory=set)
    waits: bool = True  #: it stands still for a person, a moment or a message before it is done


class Nesting:
    """The scopes of one process, with what is around each."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.owner: dict[str, Node] = {}  #: by the id of the subprocess: the subprocess
        self.home: dict[str, Scope] = {}  #: by the id of a node: the scope that it stands in
        self.boundaries: dict[str, list[Node]] = {}
        self.event_subprocesses: dict[int, list[Node]] = {}
        self._around: dict[int, Node] = {}
        for scope, node in process.body.walk():
            self.home[node.id] = scope
            if node.body is not None:
                self.owner[node.id] = node
                self._around[id(node.body)] = node
            if node.kind is Kind.BOUNDARY and node.attached_to:
                self.boundaries.setdefault(node.attached_to, []).append(node)
            if node.kind is Kind.EVENT_SUBPROCESS:
                self.event_subprocesses.setdefault(id(scope), []).append(node)

    def inner_first(self) -> Iterator[tuple[Scope, Node | None]]:
        """Yield every scope with the node around it (None: the process), the inner ones before the outer ones."""
        order: list[tuple[Scope, Node | None]] = [(self.process.body, None)]
        for scope, _ in order:
            order.extend((node.body, node) for node in scope.nodes.values() if node.body is not None)
        return reversed(order)

    def starts_of(self, scope: Scope) -> Iterator[Node]:
        """Yield the start events of the event subprocesses that stand in `scope`."""
        for owner in self.event_subprocesses.get(id(scope), ()):
            start = first_start(owner)
            if start is not None:
                yield start

    def catcher(self, node: Node, kind: str, code: str) -> Node | None:
        """Return who catches what `node` throws: a boundary event or the start event of an event subprocess.

        None: nobody in this process does. Goes outward as the engine does (its own boundary events first).
        """
        here: Node | None = node
        while here is not None:
            found = match(self.boundaries.get(here.id, ()), kind, code)
            if found is None:
                scope = self.home[here.id]
                starts = (s for s in self.starts_of(scope) if here.body is None or here.body.nodes.get(s.id) is not s)
                found = match(starts, kind, code)
            if found is not None:
                return found
            here = self._around.get(id(self.home[here.id]))
        return None


def first_start(owner: Node) -> Node | None:
    """Return the start event of an event subprocess, or None when it has none."""
    assert owner.body is not None
    return next((one for one in owner.body.nodes.values() if one.kind is Kind.START), None)


def match(catchers: Iterable[Node], kind: str, code: str) -> Node | None:
    """Return the catcher that names the code, else the one that catches all; with ANY, the one that catches all."""
    general: Node | None = None
    for catcher in catchers:
        for event in catcher.events:
            caught = caught_code(event, kind)
            if caught == ANY:
                general = general or catcher
            elif caught is not None and caught == code:
                return catcher
    return general


def caught_code(event: diagram.EventDefinition, kind: str) -> str | None:
    """Return the code that `event` catches, ANY for all of them, None when it catches no `kind`."""
    if kind == "error" and isinstance(event, diagram.Error):
        return code_of(event.code)
    if kind == "escalation" and isinstance(event, diagram.Escalation):
        return code_of(event.code)
    if kind == "cancel" and isinstance(event, diagram.Cancel):
        return ANY
    return None


def code_of(code: diagram.Expression | None) -> str:
    """Return the code as far as it is known before running."""
    if code is None:
        return ANY
    if code.is_literal:
        return code.text or ANY
    text = code.text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else ANY


def thrown_by(node: Node) -> Iterator[Thrown]:
    """Yield what a node itself may throw. Services may report any business error."""
    if node.kind in (Kind.END, Kind.THROW):
        for event in node.events:
            if isinstance(event, diagram.Error):
                yield "error", code_of(event.code)
            elif isinstance(event, diagram.Escalation):
                yield "escalation", code_of(event.code)
            elif isinstance(event, diagram.Cancel):
                yield "cancel", ANY
    elif node.kind in _SERVICES or node.service is not None:
        yield "error", ANY


def is_caught(catchers: Iterable[Node], thrown: Thrown) -> bool:
    """Return whether one of the catchers surely takes what is thrown."""
    return match(catchers, *thrown) is not None


def may_fire(event: diagram.EventDefinition, throws: Iterable[Thrown]) -> bool:
    """Return whether a listener for `event` can ever hear it from what `throws`; what comes from outside always may."""
    for kind in ("error", "escalation", "cancel"):
        caught = caught_code(event, kind)
        if caught is not None:
            return any((k == kind and ANY in (caught, code)) or (k, code) == (kind, caught) for k, code in throws)
    return not isinstance(event, diagram.Compensation)


def called_by(node: Node, called: Mapping[str, Process]) -> Process | None:
    """Return the process that a call activity surely calls, if it is known."""
    if node.call is None:
        return None
    text = node.call.process.text.strip()
    if not node.call.process.is_literal:
        if len(text) < 2 or text[0] != '"' or text[-1] != '"' or '"' in text[1:-1]:
            return None
        text = text[1:-1]
    return called.get(text)
