"""Variables handed on: names that can be none, and what is handed to a called process that does not look at it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine import feel
from engine.checks.data.writes import expressions_in, form_of
from engine.checks.subject import Subject, expressions_of
from engine.decisions.boxed import Literal as BoxedLiteral
from engine.decisions.model import Decision
from engine.decisions.tables import Table
from engine.diagram import Expression, Kind, Mapping, Message, Node, Process
from engine.family import Family
from engine.feel import nodes as n

#: A path of names as FEEL knows them: words, which blanks and a few signs may join.
_TARGET = re.compile(r"[^\W\d][\w\-+*/'’ ]*(?:\.[^\W\d][\w\-+*/'’ ]*)*")
_THROWS = (Kind.THROW, Kind.END, Kind.SEND_TASK)
_WORD = re.compile(r"[^\W\d]\w*")


def check(subject: Subject) -> None:
    """Say which mappings name no variable, and which called processes read nothing of what they are given."""
    for _, node in subject.walk():
        for mapping in _all_of(node):
            if _TARGET.fullmatch(mapping.target) is None:
                subject.error(
                    "mapping-target",
                    node,
                    f"“{mapping.target[:60]}”不能作变量名。",
                    f"{mapping.target[:60]!r} cannot be the name of a variable.",
                    ("用字母、数字和下划线，字段之间用点。", "Use letters, digits and _, with dots between members."),
                )
        if node.call is not None:
            _handed(subject, node, node.call.process, [*node.inputs, *node.call.inputs])
        _sent(subject, node)


def _all_of(node: Node) -> Iterator[Mapping]:
    yield from node.inputs
    yield from node.outputs
    if node.call is not None:
        yield from node.call.inputs
        yield from node.call.outputs


def _handed(subject: Subject, node: Node, process: Expression, inputs: list[Mapping]) -> None:
    called = subject.family.processes.get(process.text) if process.is_literal else None
    if called is not None:
        _unread(subject, node, inputs, [called])


def _sent(subject: Subject, node: Node) -> None:
    """Look at what a message brings to those who wait for it in the family."""
    thrown = node.event(Message)
    if not isinstance(thrown, Message) or node.kind not in _THROWS or not thrown.name.is_literal:
        return
    waiting = [
        process
        for process in subject.family.processes.values()
        if any(
            event.name.text == thrown.name.text and other.kind not in _THROWS
            for _, other in process.body.walk()
            for event in [one for one in other.events if isinstance(one, Message)]
        )
    ]
    _unread(subject, node, node.inputs, waiting)


def _unread(subject: Subject, node: Node, inputs: list[Mapping], receivers: list[Process]) -> None:
    """Warn of what is handed on and none of `receivers` reads."""
    known: dict[str, frozenset[str] | None] = subject.shared.setdefault("looked at", {})
    names: set[str] = set()
    for one in receivers:
        if one.id not in known:
            known[one.id] = looked_at(one, subject.family)
        found = known[one.id]
        if found is None:
            return
        names |= found
    if not receivers:
        return
    own = {name for mapping in inputs for name in _names(mapping.source)}
    to = "、".join(one.name or one.id for one in receivers)[:80]
    for mapping in inputs:
        name = mapping.target.partition(".")[0]
        if name not in names and name not in own:
            subject.warn(
                "mapping-unread",
                node,
                f"交给“{to}”的变量“{name[:60]}”，那个流程里没有任何一处读它。",
                f"nothing in {to!r} reads the variable {name[:60]!r} that it is given.",
                ("改正变量名，或删去这条映射。", "Correct the name, or delete the mapping."),
            )


def looked_at(process: Process, family: Family) -> frozenset[str] | None:
    """Return every name that a process and all it calls read or ask for; None where a program may read anything."""
    names: set[str] = set()
    seen: set[str] = set()
    work = [process]
    while work:
        one = work.pop()
        if one.id in seen:
            continue
        seen.add(one.id)
        for scope in (one.body, *(node.body for _, node in one.body.walk() if node.body is not None)):
            for flow in scope.flows.values():
                names |= _names(flow.condition)
            names.update(variable.name for variable in scope.variables)
        for _, node in one.body.walk():
            if node.service is not None:
                return None
            for _, expression in expressions_of(node):
                names |= _names(expression)
            names.update(word for value in node.properties.values() for word in _WORD.findall(value))
            names |= _of_form(node, family) | _of_decision(node, family)
            if node.call is not None:
                called = family.processes.get(node.call.process.text) if node.call.process.is_literal else None
                if called is None:
                    return None
                work.append(called)
    return frozenset(names)


def _names(expression: Expression | None) -> frozenset[str]:
    if expression is None or expression.is_literal:
        return frozenset()
    try:
        tree = feel.compile(expression.text).tree
    except feel.FeelError:
        return frozenset()
    return frozenset(node.name for node in tree.walk() if isinstance(node, n.Name))


def _of_form(node: Node, family: Family) -> set[str]:
    form = form_of(node, family)
    if form is None:
        return set()
    names = {key for field in form.walk() for key in field.keys}
    for expression in expressions_in(form):
        names |= expression.names | expression.possible_names
    return names


def _of_decision(node: Node, family: Family) -> set[str]:
    if node.decision is None or not node.decision.id.is_literal or node.decision.id.text not in family.decisions:
        return set()
    names: set[str] = set()
    element = family.decisions[node.decision.id.text].find(node.decision.id.text)
    for decision in element.order if isinstance(element, Decision) else ():
        logic = decision.logic if isinstance(decision, Decision) else None
        if isinstance(logic, Table):
            names.update(name for column in logic.inputs if column.expression for name in column.expression.names)
        elif isinstance(logic, BoxedLiteral):
            names |= logic.expression.names
        names.update(_WORD.findall(decision.name))
    return names
