"""Which variables a node sets, surely or perhaps; which process calls which. It judges nothing."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, field

from engine import diagram
from engine.diagram import Kind, Node, Process
from engine.family import Family
from engine.feel import Expression
from engine.forms import Form
from engine.forms.fields import LISTS

#: What the machine itself puts before expressions.
GIVEN = frozenset(
    {
        "loopCounter",
        "numberOfInstances",
        "numberOfActiveInstances",
        "numberOfCompletedInstances",
        "numberOfTerminatedInstances",
        "nrOfInstances",
        "nrOfActiveInstances",
        "nrOfCompletedInstances",
        "activationCount",
        "business_key",
    }
)

#: Fields that answer false or an empty list where nothing is chosen.
_NEVER_NULL = LISTS | {"checkbox"}


def written_by(node: Node, family: Family) -> set[str]:
    """Return the variables that a node is known to set. What is mapped into it only it can see: see `mapped_into`."""
    names = {mapping.target.partition(".")[0] for mapping in node.outputs}
    for event in node.events:
        names.update(
            value
            for value in (getattr(event, part, None) for part in ("result", "code_variable", "message_variable"))
            if value
        )
    for part in (node.service, node.decision, node.script):
        if part is not None and part.result:
            names.add(part.result)
    if node.call is not None:
        names.update(mapping.target.partition(".")[0] for mapping in node.call.outputs)
    if isinstance(node.loop, diagram.MultiInstance):
        names.update(name for name in (node.loop.item, node.loop.results) if name)
    form = form_of(node, family)
    if form is not None:
        names |= fields(form)
    return names


def mapped_into(node: Node) -> set[str]:
    """Return the variables that a node has for itself and what is inside it."""
    return {mapping.target.partition(".")[0] for mapping in node.inputs}


def surely_written_by(node: Node, family: Family) -> set[str]:
    """Return the variables that a node sets to something: of a form's fields those that must be answered."""
    form = form_of(node, family)
    if form is None:
        return written_by(node, family)
    optional = {
        item.keys[0]
        for item in form.walk()
        if item.keys
        and (item.hide is not None or (item.is_input and item.kind not in _NEVER_NULL and not _is_required(item)))
    }
    mapped = {mapping.target.partition(".")[0] for mapping in node.outputs}
    return (written_by(node, family) - optional) | mapped


def fields(form: Form) -> set[str]:
    """Return the variables that a form sets."""
    return {item.keys[0] for item in form.walk() if item.keys and item.readonly.constant is not True}


def form_of(node: Node, family: Family) -> Form | None:
    """Return the node's form, None where it has none or the family lacks it."""
    return family.forms.get(node.form.id) if node.form is not None else None


def keeps_only_mapped(node: Node) -> bool:
    """Return whether a message or signal comes in here, of which nothing stays but what output mappings name."""
    is_heard = any(isinstance(event, (diagram.Message, diagram.Signal)) for event in node.events)
    return is_heard and bool(node.outputs) and node.kind not in (Kind.THROW, Kind.END, Kind.SEND_TASK)


def expressions_in(form: Form) -> Iterator[Expression]:
    """Yield every expression of a form: conditions, texts, values and choices."""
    for item in form.walk():
        properties = (item.source, item.hide, item.readonly, item.disabled, *item.rules.values())
        found = [one.expression for one in properties if one is not None]
        found += [*item.label.parts.values(), *item.hint.parts.values(), item.expression]
        yield from (one for one in found if one is not None)


def is_open(node: Node, family: Family) -> bool:
    """Return whether a node may set variables that the files do not tell."""
    if node.kind in (Kind.USER_TASK, Kind.MANUAL_TASK, Kind.START) and (
        node.form is None or node.form.id not in family.forms
    ):
        if node.kind is not Kind.START or node.form is not None:
            return True
    if node.service is not None and node.service.result is None and not node.outputs:
        return True
    if node.kind in (Kind.START, Kind.CATCH) and form_of(node, family) is not None:
        return False  # the form tells what the message brings
    if keeps_only_mapped(node):
        return False
    if any(isinstance(event, diagram.Message) and event.result is None for event in node.events):
        return node.kind not in (Kind.THROW, Kind.END, Kind.SEND_TASK)
    if any(isinstance(event, diagram.Signal) for event in node.events):
        return node.kind not in (Kind.THROW, Kind.END)
    if node.call is not None and node.call.all_out:
        return not (node.call.process.is_literal and node.call.process.text in family.processes)
    return (node.decision is not None and node.decision.result is None) or (
        node.script is not None and node.script.result is None
    )


@dataclass(slots=True)
class Calls:
    """Who calls whom in a family. `is_dynamic`: a call names its process by an expression, so any may be meant."""

    callers: dict[str, list[tuple[Process, Node]]] = field(default_factory=dict)
    is_dynamic: bool = False

    @classmethod
    def of(cls, family: Family) -> Calls:
        """Return the calls of `family`."""
        made = cls()
        for process in family.processes.values():
            for _, node in process.body.walk():
                if node.call is None:
                    continue
                if node.call.process.is_literal:
                    made.callers.setdefault(node.call.process.text, []).append((process, node))
                else:
                    made.is_dynamic = True
        return made


@dataclass(frozen=True, slots=True)
class Names:
    """Names of variables; `is_open`: and perhaps any other."""

    names: Set[str]
    is_open: bool = False


def own(process: Process, family: Family) -> Names:
    """Return everything that a process may set while it runs, what it calls and takes all of included."""
    names: set[str] = set()
    is_any = False
    for one in _with_called(process, family):
        for scope in (one.body, *(node.body for _, node in one.body.walk() if node.body is not None)):
            names.update(variable.name for variable in scope.variables)
        for _, node in one.body.walk():
            names |= written_by(node, family)
            is_any = is_any or is_open(node, family)
    return Names(names, is_any)


def brought(process: Process, family: Family, calls: Calls, start_variables: Set[str] | None) -> Names:
    """Return what a process may know as it starts, besides its start form: from whoever starts or calls it."""
    names: set[str] = set(GIVEN)
    if calls.is_dynamic:
        return Names(names, True)
    seen: set[str] = set()
    work = [process]
    while work:
        one = work.pop()
        if one.id in seen:
            continue
        seen.add(one.id)
        callers = calls.callers.get(one.id, [])
        starts = [node for node in one.body.nodes.values() if node.kind is Kind.START]
        has_form = any(node.form is not None for node in starts)
        is_told = has_form or (bool(starts) and all(map(keeps_only_mapped, starts)))
        if not callers and not is_told and start_variables is None:
            return Names(names, True)
        names |= start_variables or set()
        for caller, node in callers:
            assert node.call is not None
            names.update(mapping.target.partition(".")[0] for mapping in node.call.inputs)
            if node.call.all_in:
                theirs = own(caller, family)
                if theirs.is_open:
                    return Names(names, True)
                names |= theirs.names
                names.update(_locals(caller))
                work.append(caller)
    return Names(names)


def _locals(process: Process) -> Iterator[str]:
    """Yield what the subprocesses of a process have for themselves: a call inside one hands that on, too."""
    for _, node in process.body.walk():
        if node.body is not None:
            yield from mapped_into(node)


def _with_called(process: Process, family: Family) -> list[Process]:
    """Return a process and all that it calls with every variable coming back."""
    found: dict[str, Process] = {}
    work = [process]
    while work:
        one = work.pop()
        if one.id in found:
            continue
        found[one.id] = one
        for _, node in one.body.walk():
            if node.call is not None and node.call.all_out and node.call.process.text in family.processes:
                work.append(family.processes[node.call.process.text])
    return list(found.values())


def _is_required(item: object) -> bool:
    rules = getattr(item, "rules", {})
    rule = rules.get("required")
    return (rule is not None and rule.expression is None and bool(rule.constant)) or getattr(
        item, "default", None
    ) is not None
