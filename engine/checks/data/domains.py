"""Which kinds and values a variable can have, from everything that sets it. It judges nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine import diagram, feel
from engine.checks.data.writes import Calls, form_of
from engine.checks.kinds import kinds_of
from engine.decisions.boxed import Literal as BoxedLiteral
from engine.decisions.model import Decision, Model
from engine.decisions.tables import SINGLE_HIT, Table
from engine.diagram import Expression, Node, Process
from engine.family import Family
from engine.feel import nodes as n
from engine.forms import Field

_DEPTH = 4
_COMPARED = frozenset({"boolean", "list", "number", "string"})
_BOOLEANS = (n.Comparison, n.Logic, n.Between, n.In, n.Quantified, n.InstanceOf)


@dataclass(frozen=True, slots=True)
class Domain:
    """What a variable can be. `kinds` None: anything. `values` None: any of the kinds; `items`: what its list holds."""

    kinds: frozenset[str] | None = None
    values: frozenset[Any] | None = None
    items: frozenset[Any] | None = None

    def joined(self, other: Domain) -> Domain:
        """Return what can be either."""
        return Domain(_both(self.kinds, other.kinds), _both(self.values, other.values), _both(self.items, other.items))


ANYTHING = Domain()
NOTHING = Domain(frozenset(), frozenset(), frozenset())
LIST = Domain(frozenset({"list"}), None, None)
BOOLEAN = Domain(frozenset({"boolean"}), frozenset({True, False}), frozenset())


def kind_of(value: Any) -> str:
    """Return the FEEL kind of a written value, "" for one that is not compared here."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float, Decimal)):
        return "number"
    return "string" if isinstance(value, str) else ""


class Domains:
    """The domains of one process's variables."""

    def __init__(self, process: Process, family: Family, calls: Calls) -> None:
        self.family = family
        self.calls = calls
        self.sources: dict[str, list[Callable[[int], Domain]]] = {}
        self._known: dict[str, Domain] = {}
        self._callees: dict[str, Domains] = {}
        self.fields: dict[str, list[tuple[str, Field]]] = {}  #: choices by variable: form, field
        self._shapes: dict[str, list[dict[str, Domain] | None]] = {}  #: members of each value given; None: not known
        for one in _together(process, family, calls):
            for _, node in one.body.walk():
                shape = self._shape(node)
                for name, source in self._of_node(node):
                    self.sources.setdefault(name, []).append(source)
                    is_decided = node.decision is not None and name == node.decision.result
                    self._shapes.setdefault(name, []).append(shape if is_decided else None)

    def of(self, name: str, depth: int = _DEPTH) -> Domain:
        """Return the domain of a variable; anything where the files do not tell all that sets it."""
        if depth == _DEPTH and name in self._known:
            return self._known[name]
        base, dot, member = name.partition(".")
        if dot:
            return (self.members(base) or {}).get(member, ANYTHING)
        sources = self.sources.get(name, [])
        if not sources or depth <= 0:
            return ANYTHING
        made = NOTHING
        for source in sources:
            made = made.joined(source(depth - 1))
            if made == ANYTHING:
                break
        if depth == _DEPTH:
            self._known[name] = made
        return made

    def members(self, name: str) -> dict[str, Domain] | None:
        """Return the members of a variable that only decisions with several outputs set; None for all others."""
        shapes = self._shapes.get(name, [])
        known = [shape for shape in shapes if shape is not None]
        if not known or len(known) != len(shapes):
            return None
        made: dict[str, Domain] = {}
        for shape in known:
            for member, domain in shape.items():
                made[member] = made[member].joined(domain) if member in made else domain
        return made

    # --- what a node sets
    def _of_node(self, node: Node) -> Iterator[tuple[str, Callable[[int], Domain]]]:
        for mapping in (*node.inputs, *node.outputs):
            name, _, rest = mapping.target.partition(".")
            yield name, (_anything if rest else self._written(mapping.source))
        mapped = {mapping.target.partition(".")[0] for mapping in node.outputs}
        form = form_of(node, self.family)
        for item in form.walk() if form is not None else ():
            if not item.keys or item.readonly.constant is True or (node.outputs and item.keys[0] not in mapped):
                continue
            if len(item.keys) == 1 and item.kind in ("radio", "select") and form is not None:
                self.fields.setdefault(item.keys[0], []).append((form.id, item))
            yield item.keys[0], _constant(of_field(item) if len(item.keys) == 1 else ANYTHING)
        for event in node.events:
            for part in ("result", "code_variable", "message_variable"):
                if getattr(event, part, None):
                    yield getattr(event, part), _anything
        if node.service is not None and node.service.result:
            yield node.service.result, _anything
        if node.script is not None and node.script.result:
            yield node.script.result, self._written(node.script.expression)
        if node.decision is not None and node.decision.result:
            plain = node.decision.id.is_literal and node.decision.unpack in ("none", "single_entry")
            model = self.family.decisions.get(node.decision.id.text) if plain else None
            found = self.answer(model, node.decision.id.text) if model is not None else ANYTHING
            yield node.decision.result, _constant(found)
        if isinstance(node.loop, diagram.MultiInstance):
            if node.loop.item:
                yield node.loop.item, _anything
            if node.loop.results:
                yield node.loop.results, _constant(Domain(frozenset({"list"}), None, None))
        if node.call is not None:
            for mapping in node.call.outputs:
                name, _, rest = mapping.target.partition(".")
                yield name, (_anything if rest else self._returned(node.call, mapping.source))

    def _written(self, source: Expression) -> Callable[[int], Domain]:
        if source.is_literal:
            return _constant(_of_value(source.text))
        try:
            tree = feel.compile(source.text).tree
        except feel.FeelError:
            return _anything
        return lambda depth: self.of_tree(tree, depth)

    def _returned(self, call: diagram.Call, source: Expression) -> Callable[[int], Domain]:
        if not call.process.is_literal or call.process.text not in self.family.processes or source.is_literal:
            return _anything
        callee = self.family.processes[call.process.text]

        def found(depth: int) -> Domain:
            if depth <= 0:
                return ANYTHING
            if callee.id not in self._callees:
                self._callees[callee.id] = Domains(callee, self.family, Calls())
            inside = self._callees[callee.id]
            try:
                return inside.of_tree(feel.compile(source.text).tree, depth)
            except feel.FeelError:
                return ANYTHING

        return found

    def of_tree(self, tree: n.Node, depth: int = _DEPTH) -> Domain:
        """Return what an expression can give."""
        if depth <= 0:
            return ANYTHING
        if isinstance(tree, n.Literal):
            return NOTHING if tree.value is None else _of_value(tree.value)
        name = name_of(tree)
        if name is not None:
            return self.of(name, depth)
        if isinstance(tree, _BOOLEANS):
            return BOOLEAN
        if isinstance(tree, n.If):
            return self.of_tree(tree.yes, depth - 1).joined(self.of_tree(tree.no, depth - 1))
        if isinstance(tree, n.Arithmetic):
            parts = (tree.left, tree.right)
            if tree.op in ("+", "-", "*") and any(
                isinstance(p, n.Literal) and kind_of(p.value) == "number" for p in parts
            ):
                return Domain(frozenset({"number"}), None, frozenset())
        if isinstance(tree, (n.ListLiteral, n.For)):
            return LIST
        if isinstance(tree, n.Call):
            given = kinds_of(tree)
            return Domain(given, None, None) if given <= _COMPARED else ANYTHING
        return ANYTHING

    def _shape(self, node: Node) -> dict[str, Domain] | None:
        """Return the members of what a node's decision answers; None where that is no table of several outputs."""
        decision = node.decision
        if decision is None or not decision.id.is_literal or decision.unpack not in ("none", "single_result"):
            return None
        model = self.family.decisions.get(decision.id.text)
        element = model.find(decision.id.text) if model is not None else None
        table = element.logic if isinstance(element, Decision) else None
        if not isinstance(table, Table) or table.policy not in SINGLE_HIT or len(table.outputs) < 2:
            return None
        return {output.name: self._column(table, number) for number, output in enumerate(table.outputs)}

    def _column(self, table: Table, number: int) -> Domain:
        made = NOTHING
        results = [rule.results[number] for rule in table.rules if not rule.is_broken] + [table.outputs[number].default]
        for result in results:
            if result is not None:
                tree = result.tree
                made = made.joined(_of_value(tree.value) if isinstance(tree, n.Literal) else ANYTHING)
        return made

    def answer(self, model: Model, decision_id: str) -> Domain:
        """Return what a decision can answer."""
        element = model.find(decision_id)
        logic = element.logic if isinstance(element, Decision) else None
        if isinstance(logic, BoxedLiteral):
            tree = logic.expression.tree
            return self.of_tree(tree) if isinstance(tree, (n.Literal, n.If, *_BOOLEANS)) else ANYTHING
        if isinstance(logic, Table) and logic.policy not in SINGLE_HIT and not logic.aggregation:
            return LIST
        if not isinstance(logic, Table) or logic.policy not in SINGLE_HIT or len(logic.outputs) != 1:
            return ANYTHING
        return self._column(logic, 0)


def name_of(tree: n.Node) -> str | None:
    """Return what a variable or a member of one is called (`severity`, `target.hours`); None for anything else."""
    if isinstance(tree, n.Name):
        return tree.name
    if isinstance(tree, n.Path) and isinstance(tree.base, n.Name):
        return f"{tree.base.name}.{tree.member}"
    return None


def of_field(item: Field) -> Domain:
    """Return what a field can be answered with."""
    if item.kind == "number":
        return ANYTHING if item.settings.get("serializeToString") else Domain(frozenset({"number"}), None, frozenset())
    if item.kind == "checkbox":
        return BOOLEAN
    if item.kind in ("textfield", "textarea", "datetime"):
        return Domain(frozenset({"string"}), None, frozenset())
    if item.kind in ("radio", "select") and item.source is None and item.options:
        made = NOTHING
        for option in item.options:
            made = made.joined(_of_value(feel.from_json(option.value)))
        return made
    if item.kind in ("checklist", "taglist"):
        items = (
            frozenset(feel.from_json(option.value) for option in item.options)
            if item.source is None and _hashable(item)
            else None
        )
        return Domain(frozenset({"list"}), None, items)
    return ANYTHING


def _hashable(item: Field) -> bool:
    return all(isinstance(option.value, (str, int, float, bool)) for option in item.options)


def _of_value(value: Any) -> Domain:
    kind = kind_of(value)
    return Domain(frozenset({kind}), frozenset({value}), frozenset()) if kind else ANYTHING


def _constant(domain: Domain) -> Callable[[int], Domain]:
    return lambda _depth: domain


def _anything(_depth: int) -> Domain:
    return ANYTHING


def _both(one: frozenset[Any] | None, other: frozenset[Any] | None) -> frozenset[Any] | None:
    return None if one is None or other is None else one | other


def _together(process: Process, family: Family, calls: Calls) -> Iterable[Process]:
    """Return the processes whose variables a process shares: those that call it with all, those it calls for all."""
    found: dict[str, Process] = {}
    work = [process]
    while work:
        one = work.pop()
        if one.id in found:
            continue
        found[one.id] = one
        work += [caller for caller, node in calls.callers.get(one.id, []) if node.call is not None and node.call.all_in]
        for _, node in one.body.walk():
            if node.call is not None and node.call.all_out and node.call.process.text in family.processes:
                work.append(family.processes[node.call.process.text])
    return found.values()
