"""Variables: read but never set, or set by two branches at once. Only what the files themselves tell is said."""

from __future__ import annotations

from engine import diagram, feel
from engine.checks.structure import reached, successors
from engine.checks.subject import Subject
from engine.diagram import Kind, Node, Process, Scope
from engine.family import Family
from engine.forms import Form

#: What the machine itself puts before expressions.
_GIVEN = frozenset(
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
#: Forks with more branches, or scopes with more nodes, are not compared pair by pair.
_WIDEST, _LARGEST = 200, 3_000
#: Steps of the search over all forks of a process, after which it stops.
_STEPS = 200_000


def check(subject: Subject) -> None:
    """Warn of variables that nothing sets, and of branches that set the same one."""
    _never_set(subject)
    for scope, _ in subject.scopes():
        if len(scope.nodes) <= _LARGEST:
            _set_twice(subject, scope)


def names_with_blanks(subject: Subject) -> frozenset[str]:
    """Return the variables of the process whose names are not plain words, for the expression compiler."""
    names: set[str] = set()
    for _, node in subject.walk():
        names |= _written_by(node, subject.family)
    for scope, _ in subject.scopes():
        names.update(variable.name for variable in scope.variables)
    return frozenset(name for name in names if not name.isidentifier())


def _written_by(node: Node, family: Family) -> set[str]:
    """Return the variables that a node is known to set."""
    names = {mapping.target.partition(".")[0] for mapping in (*node.outputs, *node.inputs)}
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
    form = family.forms.get(node.form.id) if node.form is not None else None
    if form is not None:
        names |= _fields(form)
    return names


def _fields(form: Form) -> set[str]:
    return {field.keys[0] for field in form.walk() if field.keys and field.readonly.constant is not True}


def _is_open(node: Node, family: Family) -> bool:
    """Return whether a node may set variables that the files do not tell."""
    if node.kind in (Kind.USER_TASK, Kind.MANUAL_TASK, Kind.START) and (
        node.form is None or node.form.id not in family.forms
    ):
        return node.kind is not Kind.START or node.form is not None
    if node.service is not None and node.service.result is None and not node.outputs:
        return True
    if any(isinstance(event, diagram.Message) and event.result is None for event in node.events):
        return node.kind not in (Kind.THROW, Kind.END, Kind.SEND_TASK)
    if any(isinstance(event, diagram.Signal) for event in node.events):
        return node.kind not in (Kind.THROW, Kind.END)
    return (node.decision is not None and node.decision.result is None) or (
        node.script is not None and node.script.result is None
    )


def _never_set(subject: Subject) -> None:
    """Warn of names in conditions that nothing sets; silent where the files do not tell all that is set."""
    family, process = subject.family, subject.process
    starts = [node for node in process.body.nodes.values() if node.kind is Kind.START]
    has_form = any(node.form is not None for node in starts)
    if not has_form and subject.known.start_variables is None:
        return
    callers = [other for other in family.processes.values() if _calls(other, process.id)]
    if callers:
        return
    names = set(_GIVEN) | set(subject.known.start_variables or ())
    for _, node in _with_called(process, family):
        if _is_open(node, family) or (node.call is not None and not node.call.process.is_literal):
            return
        names |= _written_by(node, family)
    for scope, _ in subject.scopes():
        names.update(variable.name for variable in scope.variables)
    told: set[str] = set()
    for scope, _ in subject.scopes():
        for flow in scope.flows.values():
            if flow.condition is None or flow.condition.is_literal:
                continue
            for name in sorted(_names(flow.condition.text) - names - told):
                told.add(name)
                subject.warn(
                    "variable-never-set",
                    flow,
                    f"条件用到变量“{name}”，但没有表单、映射或决策给它赋值。",
                    f"the condition reads the variable {name!r}, which no form, mapping or decision sets.",
                    (
                        "改正变量名，或在前面的表单里加上这个字段。",
                        "Correct the name, or add the field to a form before it.",
                    ),
                )


def _names(text: str) -> frozenset[str]:
    try:
        return frozenset(feel.compile(text).names)
    except feel.FeelError:
        return frozenset()  # said by `engine.checks.expressions`


def _calls(process: Process, key: str) -> bool:
    return any(
        node.call is not None and node.call.process.is_literal and node.call.process.text == key
        for _, node in process.body.walk()
    )


def _with_called(process: Process, family: Family) -> list[tuple[Scope, Node]]:
    """Return the nodes of a process and of all it calls with variables coming back."""
    found: list[tuple[Scope, Node]] = []
    seen: set[str] = set()
    work = [process]
    while work:
        one = work.pop()
        if one.id in seen:
            continue
        seen.add(one.id)
        for scope, node in one.body.walk():
            found.append((scope, node))
            if node.call is not None and node.call.all_out and node.call.process.text in family.processes:
                work.append(family.processes[node.call.process.text])
    return found


# --- branches ---------------------------------------------------------------------------------------------------


def _set_twice(subject: Subject, scope: Scope) -> None:
    """Warn where branches that run side by side set the same variable: the last one wins."""
    forks = [node for node in scope.nodes.values() if _is_fork(node)]
    if not forks:
        return
    writes = {key: _deep_writes(node, subject.family) for key, node in scope.nodes.items()}
    if sum(1 for names in writes.values() if names) < 2:
        return
    moves, steps = successors(scope), 0
    for fork in forks:
        regions = [reached(moves, [flow.target]) for flow in fork.outgoing]
        steps += sum(map(len, regions))
        if steps > _STEPS:
            return
        shared: dict[str, int] = {}
        for region in regions:
            for key in region:
                shared[key] = shared.get(key, 0) + 1
        writers: dict[str, tuple[int, Node]] = {}
        told: set[str] = set()
        for index, region in enumerate(regions):
            for key in sorted(region):
                if shared[key] > 1 or fork.id in region:
                    continue
                for name in sorted(writes[key]):
                    first = writers.setdefault(name, (index, scope.nodes[key]))
                    if first[0] == index or name in told:
                        continue
                    told.add(name)
                    subject.warn(
                        "set-in-parallel",
                        fork,
                        f"并行的“{first[1].name or first[1].id}”和“{scope.nodes[key].name or key}”都会写变量“{name}”，后写的覆盖先写的。",
                        f"{first[1].name or first[1].id!r} and {scope.nodes[key].name or key!r} run side by side and "
                        f"both set {name!r}: the last one wins.",
                        ("各用各的变量名。", "Give each a variable of its own."),
                    )


def _is_fork(node: Node) -> bool:
    return node.kind in (Kind.PARALLEL, Kind.INCLUSIVE) and 1 < len(node.outgoing) <= _WIDEST


def _deep_writes(node: Node, family: Family) -> set[str]:
    """Return what a node and its inside set, without what is local to it."""
    names: set[str] = set()
    work = [node]
    while work:
        one = work.pop()
        own = _written_by(one, family)
        local = {mapping.target.partition(".")[0] for mapping in one.inputs}
        if isinstance(one.loop, diagram.MultiInstance) and one.loop.item:
            local.add(one.loop.item)
        if one.outputs:  # then only what is mapped goes outward
            own = {mapping.target.partition(".")[0] for mapping in one.outputs}
            local = set()
        names |= own - local
        if one.body is not None:
            work.extend(one.body.nodes.values())
    return names
