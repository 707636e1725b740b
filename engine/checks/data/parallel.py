"""Variables that branches running side by side both set: the last one wins. It says where."""

from __future__ import annotations

from engine import diagram
from engine.checks.data.reads import Use
from engine.checks.data.writes import written_by
from engine.checks.structure import reached, successors
from engine.checks.subject import Subject
from engine.diagram import Kind, Node, Scope
from engine.family import Family

#: Forks with more branches, or scopes with more nodes, are not compared pair by pair.
_WIDEST, _LARGEST = 200, 3_000
#: Steps of the search over all forks of a process, after which it stops.
_STEPS = 200_000
_ADVICE = ("各用各的变量名。", "Give each a variable of its own.")


def check(subject: Subject, uses: list[Use]) -> None:
    """Warn of branches, members and handlers that set the same variable."""
    for scope, _ in subject.scopes():
        if len(scope.nodes) <= _LARGEST:
            _set_twice(subject, scope)
            _members(subject, scope, uses)
            _handlers(subject, scope, uses)


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
                        _ADVICE,
                    )


def _members(subject: Subject, scope: Scope, uses: list[Use]) -> None:
    """Warn where the members of a parallel multi-instance set a variable that is read afterwards."""
    for node in scope.nodes.values():
        loop = node.loop
        if not isinstance(loop, diagram.MultiInstance) or loop.sequential:
            continue
        inside = {node.id} | {inner.id for _, inner in (node.body.walk() if node.body is not None else ())}
        read = _read_outside(uses, inside)
        for name in sorted((_deep_writes(node, subject.family) - {loop.results, loop.item}) & read):
            subject.warn(
                "set-in-parallel",
                node,
                f"“{node.name or node.id}”同时由多人办理，每人都写变量“{name}”，后写的覆盖先写的，而后面的步骤要用它。",
                f"The members of {node.name or node.id!r} all set {name!r}: the last one wins, and later steps read it.",
                (
                    "用多实例的结果集合收集每人的答复，后面读集合。",
                    "Gather each member's answer in the multi-instance's results, and read these.",
                ),
            )


def _handlers(subject: Subject, scope: Scope, uses: list[Use]) -> None:
    """Warn where an event subprocess that does not interrupt sets what its scope sets too, and something decides by it."""
    handlers = [node for node in scope.nodes.values() if node.kind is Kind.EVENT_SUBPROCESS and _runs_beside(node)]
    if not handlers:
        return
    main: set[str] = set()
    for node in scope.nodes.values():
        if node.kind is not Kind.EVENT_SUBPROCESS:
            main |= _deep_writes(node, subject.family)
    for handler in handlers:
        inside = {handler.id} | {inner.id for _, inner in (handler.body.walk() if handler.body is not None else ())}
        read = _read_outside(uses, inside)
        for name in sorted(_deep_writes(handler, subject.family) & main & read):
            subject.warn(
                "set-in-parallel",
                handler,
                f"事件子流程“{handler.name or handler.id}”与主流程同时进行，都会写变量“{name}”，后写的覆盖先写的。",
                f"The event subprocess {handler.name or handler.id!r} runs beside the process and both set {name!r}: "
                "the last one wins.",
                _ADVICE,
            )


def _runs_beside(node: Node) -> bool:
    """Return whether an event subprocess runs beside its scope by itself: what a person or message reports is meant to hold."""
    starts = [inner for inner in node.body.nodes.values() if inner.kind is Kind.START] if node.body is not None else []
    return any(
        not start.interrupting and start.form is None and start.event(diagram.Message) is None for start in starts
    )


def _read_outside(uses: list[Use], inside: set[str]) -> set[str]:
    names: set[str] = set()
    for use in uses:
        if use.node.id not in inside and use.kind != "form":
            names |= use.names - use.local
    return names


def _is_fork(node: Node) -> bool:
    return node.kind in (Kind.PARALLEL, Kind.INCLUSIVE) and 1 < len(node.outgoing) <= _WIDEST


def _deep_writes(node: Node, family: Family) -> set[str]:
    """Return what a node and its inside set, without what is local to it."""
    names: set[str] = set()
    work = [node]
    while work:
        one = work.pop()
        own = written_by(one, family)
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
