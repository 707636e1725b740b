"""Draws small processes from a few words, for tests of what is said about them. It checks nothing.

    draw('''
        start: s
        user: a b
        parallel: p q
        end: e
        s -> p -> a -> q -> e
        p -> b -> q
    ''')

`x -> a ?` is a flow with a condition, `x -> b else` the default one. `on a: timer late` attaches an interrupting
boundary event named `late` to `a`, `beside a: timer late` one that does not interrupt. `kind: id` lines name nodes;
events add what they wait for or throw after the kind, as in `end error: failed`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

from engine import diagram as d
from engine.diagram import Diagram, Expression, Flow, Kind, Node, Place, Process, Scope

FILE = "test.bpmn"
KINDS = {
    "start": Kind.START,
    "end": Kind.END,
    "user": Kind.USER_TASK,
    "task": Kind.TASK,
    "script": Kind.SCRIPT_TASK,
    "service": Kind.SERVICE_TASK,
    "receive": Kind.RECEIVE_TASK,
    "call": Kind.CALL_ACTIVITY,
    "sub": Kind.SUBPROCESS,
    "transaction": Kind.TRANSACTION,
    "adhoc": Kind.AD_HOC,
    "event-sub": Kind.EVENT_SUBPROCESS,
    "exclusive": Kind.EXCLUSIVE,
    "parallel": Kind.PARALLEL,
    "inclusive": Kind.INCLUSIVE,
    "complex": Kind.COMPLEX,
    "events": Kind.EVENT_BASED,
    "catch": Kind.CATCH,
    "throw": Kind.THROW,
}


def at(line: int) -> Place:
    """Return a place of the test's file."""
    return Place(FILE, line)


def text(value: str, is_literal: bool = True) -> Expression:
    """Return an expression."""
    return Expression(value, is_literal, at(1))


def _timer(value: str) -> d.Timer:
    return d.Timer("duration", text(value or "PT1H"), at(1))


EVENTS: dict[str, Callable[[str], d.EventDefinition]] = {
    "timer": _timer,
    "message": lambda name: d.Message(text(name or "m"), at(1)),
    "signal": lambda name: d.Signal(text(name or "s"), at(1)),
    "error": lambda code: d.Error(text(code) if code else None, at(1)),
    "escalation": lambda code: d.Escalation(text(code) if code else None, at(1)),
    "link": lambda name: d.Link(name or "l", at(1)),
    "compensation": lambda activity: d.Compensation(activity or None, at(1)),
    "terminate": lambda _: d.Terminate(at(1)),
    "cancel": lambda _: d.Cancel(at(1)),
}


def _event(words: list[str]) -> d.EventDefinition:
    name, _, value = words[0].partition("=")
    return EVENTS[name](value)


def scope(name: str, words: str, inside: dict[str, str] | None = None) -> Scope:
    """Return the inside of a process or subprocess; `inside` draws those of its subprocesses, by id."""
    made = Scope(name)
    lines = [(number, line.strip()) for number, line in enumerate(words.splitlines(), 1) if line.strip()]
    for number, line in lines:
        if ":" in line:
            head, _, rest = line.partition(":")
            _nodes(made, head.split(), rest.split(), number)
    for number, line in lines:
        if "->" in line:
            _flows(made, line, number)
    for node in made.nodes.values():
        if node.kind in d.SUBPROCESSES:
            node.body = scope(node.id, (inside or {}).get(node.id, ""), inside)
    return made


def _nodes(made: Scope, head: list[str], rest: list[str], line: int) -> None:
    if head[0] in ("on", "beside"):
        event, name = rest
        made.nodes[name] = Node(
            name,
            Kind.BOUNDARY,
            "",
            at(line),
            attached_to=head[1],
            interrupting=head[0] == "on",
            events=[_event([event])],
        )
        return
    kind, *events = head
    for name in rest:
        is_beside = "beside" in events
        words = [one for one in events if one != "beside"]
        node = Node(name, KINDS[kind], "", at(line), events=[_event([one]) for one in words])
        node.interrupting = not is_beside
        made.nodes[name] = node


def _flows(made: Scope, line: str, number: int) -> None:
    is_default, is_conditional = line.endswith(" else"), line.endswith(" ?")
    names = line.removesuffix(" else").removesuffix(" ?").replace(" ", "").split("->")
    for source, target in itertools.pairwise(names):
        flow = Flow(f"{source}_{target}_{len(made.flows)}", "", source, target, at(number))
        if is_conditional:
            flow.condition = text("c", is_literal=False)
        if is_default:
            made.nodes[source].default = flow.id
        made.flows[flow.id] = flow
        made.nodes[source].outgoing.append(flow)
        made.nodes[target].incoming.append(flow)


def draw(words: str, inside: dict[str, str] | None = None, name: str = "p") -> Process:
    """Return a process drawn from `words`."""
    return Process(name, name, at(1), True, scope(name, words, inside))


def diagram(*processes: Process) -> Diagram:
    """Return a file with these processes."""
    return Diagram(FILE, "plain", {one.id: one for one in processes})
