"""Makes specs from a diagram, without recursion: nesting and length are the author's. Nothing is run here.

The specs of a process are made once and kept in its family; all its cases share them.
"""

from __future__ import annotations

from dataclasses import replace
from threading import Lock

from engine import diagram
from engine.diagram import Expression, Kind, MultiInstance, Node
from engine.errors import EngineError
from engine.spiff import activities, events, gateways, joins, repeats, subprocesses, throwing
from engine.spiff.elements import Element
from engine.spiff.specs import ProcessSpec, ScopeSpec
from engine.spiff.world import Plan, UnknownElement

_CLASSES: dict[Kind, type[Element]] = {
    Kind.TASK: activities.Pass,
    Kind.USER_TASK: activities.UserTask,
    Kind.MANUAL_TASK: activities.UserTask,
    Kind.SERVICE_TASK: activities.ServiceTask,
    Kind.SEND_TASK: activities.SendTask,
    Kind.RECEIVE_TASK: activities.ReceiveTask,
    Kind.BUSINESS_RULE_TASK: activities.RuleTask,
    Kind.SCRIPT_TASK: activities.ScriptTask,
    Kind.CALL_ACTIVITY: subprocesses.CallActivity,
    Kind.SUBPROCESS: subprocesses.Subprocess,
    Kind.EVENT_SUBPROCESS: subprocesses.EventSubprocess,
    Kind.TRANSACTION: subprocesses.Subprocess,
    Kind.AD_HOC: subprocesses.AdHoc,
    Kind.EXCLUSIVE: gateways.Exclusive,
    Kind.PARALLEL: joins.Parallel,
    Kind.INCLUSIVE: joins.Inclusive,
    Kind.EVENT_BASED: gateways.EventGateway,
    Kind.COMPLEX: joins.Complex,
    Kind.START: events.Start,
    Kind.CATCH: events.Catch,
    Kind.THROW: throwing.Throw,
    Kind.BOUNDARY: events.Boundary,
    Kind.END: throwing.End,
}
_making = Lock()


def process_spec(plan: Plan, process_id: str) -> ProcessSpec:
    """Return the spec of a process. Raises UnknownElement when the plan has none of that id."""
    key = ("process", process_id)
    spec = plan.compiled.get(key)
    if spec is None:
        process = plan.processes.get(process_id)
        if process is None:
            raise UnknownElement(f"没有流程“{process_id}”。", f"There is no process {process_id!r}.")
        with _making:
            spec = plan.compiled.get(key) or plan.compiled.setdefault(key, _make(process))
    assert isinstance(spec, ProcessSpec)
    return spec


def _make(process: diagram.Process) -> ProcessSpec:
    spec = ProcessSpec(process)
    stack: list[ScopeSpec] = [spec]
    scopes: list[ScopeSpec] = []
    while stack:
        scope = stack.pop()
        scopes.append(scope)
        for node in scope.scope.nodes.values():
            element = _element(scope, node)
            body = element.inner.body
            if body is not None:
                stack.append(body)
    for scope in scopes:
        _connect(scope)
    for scope in reversed(scopes):  # the inner ones first
        for element in scope.task_specs.values():
            element.is_compensable = element.inner.is_compensable = _is_compensable(element)
    spec.root = subprocesses.ProcessRoot(spec)
    del spec.task_specs[spec.root.name]  # it is not inside itself
    return spec


def _is_compensable(element: Element) -> bool:
    """Return whether the element, or something inside it, can be compensated."""
    if element.handler is not None:
        return True
    inside = element.inner.body
    if inside is None or isinstance(element, subprocesses.EventSubprocess):
        return False
    return any(one.is_compensable for one in inside.task_specs.values()) or any(
        start.node.event(diagram.Compensation) for start in inside.handlers
    )


def _element(scope: ScopeSpec, node: Node) -> Element:
    """Make the element of a node, and the inner one of a repetition."""
    if node.id in scope.all:
        raise EngineError(
            f"元素 id“{node.id}”重复。", f"The element id {node.id!r} occurs twice.", code="duplicate-element"
        )
    kind = _CLASSES[node.kind]
    if node.service is not None and node.kind in diagram.TASKS and node.kind is not Kind.RECEIVE_TASK:
        kind = activities.ServiceTask
    if node.kind is Kind.RECEIVE_TASK and not node.events:
        name = Expression(node.name or node.id, True, node.place)
        node = replace(node, events=[diagram.Message(name, node.place)])
    if node.loop is None:
        element = scope.all[node.id] = kind(scope, node)
        inner = element
    else:
        inner = scope.all[node.id + "/"] = kind(scope, node, node.id + "/")
        del scope.task_specs[inner.name]  # reached only through the repetition
        inner.is_member = isinstance(node.loop, MultiInstance)
        repetition = repeats.MultiInstance if inner.is_member else repeats.Loop
        element = scope.all[node.id] = repetition(scope, node, inner)
    if node.kind in diagram.ACTIVITIES:
        element.gathers = node.start_quantity > 1
    if node.kind in diagram.SUBPROCESSES:
        assert node.body is not None
        inner.body = ScopeSpec(node.body, scope.all)
    return element


def _connect(scope: ScopeSpec) -> None:
    """Connect the elements of one scope: flows, boundary events, links, handlers, beginnings."""
    elements = scope.task_specs
    for element in elements.values():
        node = element.node
        for flow in node.outgoing:
            element.add_way(flow, _named(scope, flow.target, flow.id))
        if isinstance(element, events.Boundary):
            host = _named(scope, node.attached_to or "", node.id)
            element.host = host
            host.boundaries.append(element)
        elif isinstance(element, events.Catch) and node.event(diagram.Link) is not None:
            link = node.event(diagram.Link)
            assert isinstance(link, diagram.Link)
            scope.links[link.name] = element
        elif isinstance(element, subprocesses.EventSubprocess):
            _open_by_event(scope, element)
    _compensate(scope)
    starts = [element for element in elements.values() if element.node.kind is Kind.START]
    if not starts:
        starts = [element for element in elements.values() if _begins(element)]
    elif len(starts) > 1:
        starts = [element for element in starts if not element.node.events] or starts
    scope.starts = starts


def _named(scope: ScopeSpec, name: str, by: str) -> Element:
    """Return the element that `by` names; it must stand in the same scope."""
    element = scope.task_specs.get(name)
    if element is None:
        raise EngineError(
            f"“{by}”指向“{name}”，而同一层中没有这个元素。",
            f"{by!r} points to {name!r}, which is not there on the same level.",
            code="broken-reference",
        )
    return element


def _begins(element: Element) -> bool:
    """Return whether an element without a way in begins with its scope."""
    node = element.node
    return not (
        node.incoming
        or node.is_for_compensation
        or node.kind in (Kind.BOUNDARY, Kind.EVENT_SUBPROCESS)
        or (node.kind is Kind.CATCH and node.event(diagram.Link) is not None)
    )


def _open_by_event(scope: ScopeSpec, element: subprocesses.EventSubprocess) -> None:
    """Make the start event of an event subprocess a handler of the scope around it.

    The handler is a second element of the same node: it listens in the scope around, the first one runs inside.
    """
    node = next((one for one in element.node.body.nodes.values() if one.kind is Kind.START), None)  # type: ignore[union-attr]
    if node is None:
        raise EngineError(
            f"事件子流程“{element.node.id}”没有开始事件。",
            f"Event subprocess {element.node.id!r} has no start event.",
            code="no-start",
        )
    handler = events.EventStart(scope, node, node.id + "/")
    del scope.task_specs[handler.name]
    scope.all[handler.name] = handler
    handler.owner = element
    scope.handlers.append(handler)


def _compensate(scope: ScopeSpec) -> None:
    """Give activities their compensation handlers."""
    target = {one.source: one.target for one in scope.scope.associations}
    for element in scope.task_specs.values():
        if isinstance(element, events.Boundary) and element.node.event(diagram.Compensation) is not None:
            handler = scope.task_specs.get(target.get(element.name, ""))
            if handler is not None:
                element.host.handler = element.host.inner.handler = handler
