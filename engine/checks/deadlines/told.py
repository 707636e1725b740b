"""Deadlines that tell nobody, and escalations that go round in a circle. It counts no days."""

from __future__ import annotations

from collections.abc import Iterator

from engine import diagram
from engine.diagram import Kind, Node, Process, Scope

_PEOPLE = frozenset({Kind.USER_TASK, Kind.MANUAL_TASK})
_TELLING = _PEOPLE | {Kind.SERVICE_TASK, Kind.SEND_TASK, Kind.CALL_ACTIVITY, Kind.AD_HOC}
_SENT = (diagram.Message, diagram.Signal, diagram.Escalation, diagram.Error)


def untold(process: Process) -> Iterator[Node]:
    """Yield the timers at steps (and those that start event subprocesses) after which nobody hears of it."""
    for scope, node in process.body.walk():
        if node.event(diagram.Timer) is None:
            continue
        is_handler = node.kind is Kind.START and _is_event_subprocess(process, scope)
        if (node.kind is Kind.BOUNDARY or is_handler) and not any(_tells(one) for one in _behind(scope, node)):
            yield node


def circles(process: Process) -> Iterator[list[str]]:
    """Yield chains of overdue steps that come back to where they began: each hands on to the next, nobody is last."""
    for scope in _scopes(process):
        ahead = {host: heirs for host, heirs in _heirs(scope).items() if heirs}
        done: set[str] = set()
        for first in ahead:
            if first in done:
                continue
            chain = [first]
            stack = [iter(ahead[first])]
            while stack:
                target = next(stack[-1], None)
                if target is None:
                    stack.pop()
                    done.add(chain.pop())
                elif target in chain:
                    yield [*chain[chain.index(target) :], target]
                elif target in ahead and target not in done:
                    chain.append(target)
                    stack.append(iter(ahead[target]))


def _heirs(scope: Scope) -> dict[str, list[str]]:
    """Return for each step of a person the steps that its overdue timers hand on to."""
    found: dict[str, list[str]] = {}
    for node in scope.nodes.values():
        host = node.attached_to or ""
        if node.kind is Kind.BOUNDARY and node.event(diagram.Timer) is not None and host in scope.nodes:
            people = [one.id for one in _behind(scope, node, until=_PEOPLE) if one.kind in _PEOPLE]
            found.setdefault(host, []).extend(people)
    return found


def _behind(scope: Scope, first: Node, until: frozenset[Kind] = frozenset()) -> list[Node]:
    """Return the nodes that come after `first`, itself too; with `until`, no further than nodes of these kinds."""
    found = {first.id: first}
    queue = [first]
    links = {}
    for node in scope.nodes.values():
        event = node.event(diagram.Link)
        if node.kind is Kind.CATCH and isinstance(event, diagram.Link):
            links[event.name] = node
    while queue:
        node = queue.pop()
        if node.kind in until:
            continue
        ahead = [scope.nodes[flow.target] for flow in node.outgoing if flow.target in scope.nodes]
        jump = node.event(diagram.Link) if node.kind is Kind.THROW else None
        if isinstance(jump, diagram.Link) and jump.name in links:
            ahead.append(links[jump.name])
        for other in ahead:
            if other.id not in found:
                found[other.id] = other
                queue.append(other)
    return list(found.values())


def _tells(node: Node) -> bool:
    """Return whether somebody hears of a case that comes to `node`."""
    if node.kind in _TELLING or node.service is not None:
        return True
    if node.kind in (Kind.THROW, Kind.END):
        return any(isinstance(event, _SENT) for event in node.events)
    return node.body is not None and any(_tells(inner) for _, inner in node.body.walk() if inner.body is None)


def _scopes(process: Process) -> Iterator[Scope]:
    yield process.body
    for _, node in process.body.walk():
        if node.body is not None:
            yield node.body


def _is_event_subprocess(process: Process, scope: Scope) -> bool:
    return any(node.body is scope and node.kind is Kind.EVENT_SUBPROCESS for _, node in process.body.walk())
