"""Where a process reads variables: conditions, times, collections, mappings, decisions. It judges nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine import diagram, feel
from engine.checks.data.writes import GIVEN, form_of, own, written_by
from engine.checks.subject import Subject
from engine.decisions.boxed import Literal as BoxedLiteral
from engine.decisions.model import Decision, InputData, Model
from engine.decisions.tables import Table
from engine.diagram import Expression, Flow, Kind, Node, Place
from engine.feel import nodes as n

#: Functions that are made to look at what may be null.
_TOLERANT = frozenset({"is defined", "get or else", "is blank", "is empty", "coalesce", "count"})


@dataclass(frozen=True, slots=True)
class Use:
    """A reading of variables. `kind`: condition, timer, collection, key, mapping, decision, who, form or waited.

    What is `waited` for may be set at any time later.
    `is_after`: read when the node is done. `local`: names that only this place knows. `place` None: where `at` stands.
    """

    kind: str
    at: Node | Flow
    node: Node
    names: frozenset[str]
    is_after: bool = False
    local: frozenset[str] = frozenset()
    place: Place | None = None
    tree: n.Node | None = None


#: Kinds of reading that fail when the value is null.
NEEDED = frozenset({"timer", "collection", "key"})


def uses(subject: Subject, blanks: frozenset[str]) -> Iterator[Use]:
    """Yield every place where the process reads variables. `blanks`: its names that are no plain words."""
    for scope, owner in subject.scopes():
        for node in scope.nodes.values():
            begins = owner is None and node.kind is Kind.START  # nothing is known yet: its message brings the key
            yield from (use for use in _of_node(subject, node, blanks) if not (begins and use.kind == "key"))
        for flow in scope.flows.values():
            if flow.condition is not None and flow.source in scope.nodes:
                made = _use("condition", flow, scope.nodes[flow.source], flow.condition, blanks, is_after=True)
                if made is not None:
                    yield made


def _of_node(subject: Subject, node: Node, blanks: frozenset[str]) -> Iterator[Use]:
    family = subject.family
    item = (
        frozenset({node.loop.item}) if isinstance(node.loop, diagram.MultiInstance) and node.loop.item else frozenset()
    )
    inside = item | {mapping.target.partition(".")[0] for mapping in node.inputs}
    found: list[tuple[str, Expression | None, bool, frozenset[str]]] = []
    loop = node.loop
    if isinstance(loop, diagram.MultiInstance):
        found += [
            ("collection", loop.collection, False, frozenset()),
            ("collection", loop.cardinality, False, frozenset()),
        ]
        done = inside | written_by(node, family)
        found += [("mapping", loop.result_item, True, done), ("condition", loop.completion, True, done)]
    elif loop is not None:
        found.append(("condition", loop.condition, True, inside))
    found += [("mapping", mapping.source, False, inside) for mapping in node.inputs]
    who = node.assignment
    if who is not None:
        found += [("who", part, False, inside) for part in (who.assignee, who.groups_expression, who.priority)]
        found += [("due", part, False, inside) for part in (who.due, who.follow_up)]
    if node.service is not None:
        found.append(("key", node.service.type, False, inside))
    if node.decision is not None:
        found.append(("key", node.decision.id, False, inside))
    if node.script is not None:
        found.append(("mapping", node.script.expression, False, inside))
    if node.call is not None:
        found.append(("key", node.call.process, False, inside))
        found += [("mapping", mapping.source, False, inside) for mapping in node.call.inputs]
    for event in node.events:
        if isinstance(event, diagram.Timer):
            found.append(("timer", event.value, False, inside))
        elif isinstance(event, diagram.Message):
            found.append(("key", event.correlation, False, inside))
            found += [("mapping", mapping.source, False, inside) for mapping in event.payload or []]
        elif isinstance(event, diagram.Conditional):
            found.append(("waited", event.condition, False, inside))
    returned = _returned(node, subject)
    if returned is not None and node.call is not None:
        outputs = [*node.outputs, *node.call.outputs]
        found += [("mapping", mapping.source, True, inside | returned) for mapping in outputs]
    elif _knows_its_results(node, subject):
        found += [("mapping", mapping.source, True, inside) for mapping in node.outputs]
    found.append(("condition", node.completion, True, inside))
    for kind, expression, is_after, local in found:
        if expression is not None:
            made = _use(kind, node, node, expression, blanks, is_after=is_after, local=local)
            if made is not None:
                yield made
    if node.decision is not None and node.decision.id.is_literal and node.decision.id.text in family.decisions:
        names = decision_reads(family.decisions[node.decision.id.text], node.decision.id.text)
        yield Use("decision", node, node, names, local=inside)


def _returned(node: Node, subject: Subject) -> frozenset[str] | None:
    """Return what the process that a node calls may set; None where it calls none, or that cannot be told."""
    if node.call is None or not node.call.process.is_literal:
        return None
    called = subject.family.processes.get(node.call.process.text)
    if called is None:
        return None
    known = subject.shared.setdefault("returned", {})
    if called.id not in known:
        theirs = own(called, subject.family)
        known[called.id] = None if theirs.is_open else frozenset(theirs.names) | {"business_key"}
    found: frozenset[str] | None = known[called.id]
    return found


def _knows_its_results(node: Node, subject: Subject) -> bool:
    """Return whether the files tell what a node's output mappings may read."""
    if node.service is not None or node.call is not None or (node.decision is not None and not node.decision.result):
        return False
    if any(isinstance(event, (diagram.Message, diagram.Signal)) for event in node.events):
        return False
    if node.kind in (Kind.USER_TASK, Kind.MANUAL_TASK):
        return form_of(node, subject.family) is not None
    return node.script is None or bool(node.script.result)


def _use(
    kind: str,
    at: Node | Flow,
    node: Node,
    expression: Expression,
    blanks: frozenset[str],
    *,
    is_after: bool = False,
    local: frozenset[str] = frozenset(),
) -> Use | None:
    if expression.is_literal or not expression.text.strip():
        return None
    try:
        compiled = feel.compile(expression.text, blanks)
    except feel.FeelError:
        return None  # said by `engine.checks.expressions`
    names = compiled.names - GIVEN - tolerated(compiled.tree)
    return Use(kind, at, node, names, is_after, local, expression.place, compiled.tree)


def tolerated(tree: n.Node) -> frozenset[str]:
    """Return the names that an expression itself looks at for null."""
    names: set[str] = set()
    for node in tree.walk():
        if isinstance(node, n.Comparison):
            for one, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(one, n.Literal) and one.value is None:
                    names.update(part.name for part in other.walk() if isinstance(part, n.Name))
        elif isinstance(node, n.Call) and isinstance(node.function, n.Name) and node.function.name in _TOLERANT:
            names.update(part.name for part in node.walk() if isinstance(part, n.Name))
        elif isinstance(node, n.InstanceOf):
            names.update(part.name for part in node.value.walk() if isinstance(part, n.Name))
    return frozenset(names)


def decision_reads(model: Model, decision_id: str) -> frozenset[str]:
    """Return the variables that a decision reads, directly or through what it requires."""
    element = model.find(decision_id)
    if not isinstance(element, Decision):
        return frozenset()
    made = _names_of_model(model)
    names: set[str] = set()
    for decision in [item for item in element.order if isinstance(item, Decision)]:
        logic = decision.logic
        if isinstance(logic, Table):
            for column in logic.inputs:
                if column.expression is not None:
                    names |= column.expression.names - tolerated(column.expression.tree)
        elif isinstance(logic, BoxedLiteral):
            names |= logic.expression.names - tolerated(logic.expression.tree)
    return frozenset(names - made)


def _names_of_model(model: Model) -> set[str]:
    """Return the names that a model itself gives: decisions, functions, imports; not its input data."""
    made: set[str] = set()
    models = [model]
    seen: set[int] = set()
    while models:
        one = models.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        for element in one.elements.values():
            if not isinstance(element, InputData):
                made |= {element.name, element.id}
        made.update(name for name, _ in one.imports if name)
        models.extend(one.imports.values())
    return made
