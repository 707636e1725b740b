"""One flow node: its kind, attributes, events, data and what its dialect adds. Its inside and its flows are read elsewhere."""

from __future__ import annotations

from engine import diagram
from engine.diagram import ACTIVITIES, SUBPROCESSES, Expression, Kind, Node, Scope
from engine.findings import Severity
from engine.interchange import camunda7, camunda8, plain
from engine.interchange.data import read_associations, read_loop, read_variables
from engine.interchange.events import message_of, read_events
from engine.interchange.expressions import formal, value
from engine.interchange.names import BPMN
from engine.interchange.source import Element, Source, local_name, text_of

_EVENTS = ("startEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "endEvent")
_SERVICE_ADVICE = {
    "camunda7": ("改为外部任务（External）并填写主题。", "Make it an external task and fill in its topic."),
    "camunda8": ("填写 Task definition 的 Type。", "Fill in the type of its task definition."),
}


def read_node(source: Source, element: Element) -> Node | None:
    """Return the node; None, with a finding, when it has no id."""
    local = local_name(element)
    identifier = (element.get("id") or "").strip()
    if not identifier:
        source.invalid(
            "missing-id",
            element,
            f"{local} 没有 id。",
            f"the {local} has no id.",
            ("用建模工具重新保存，会自动加上 id。", "Save it again with a modeler, which gives it an id."),
        )
        source.take_all(element)
        return None
    kind = Kind(local)
    if kind in SUBPROCESSES and source.boolean(element, "triggeredByEvent", False):
        if kind is not Kind.SUBPROCESS:
            source.invalid(
                "event-subprocess-kind",
                element,
                "事务和临时子流程不能同时是事件子流程。",
                "a transaction or ad-hoc subprocess cannot be an event subprocess as well.",
                (
                    "删去 triggeredByEvent，或改为普通子流程。",
                    "Take triggeredByEvent away, or make it a plain subprocess.",
                ),
            )
        kind = Kind.EVENT_SUBPROCESS
    node = Node(identifier, kind, element.get("name") or "", source.place(element))
    node.documentation = documentation(source, element)
    node.default = (element.get("default") or "").strip() or None
    if local in _EVENTS:
        _event(source, element, node)
    elif kind in ACTIVITIES:
        loop = _activity(source, element, node)
        _dialect(source, element, node, loop)
        return node
    else:
        _gateway(source, element, node)
    _dialect(source, element, node, None)
    return node


def documentation(source: Source, element: Element) -> str:
    """Return the documentation of an element."""
    return "\n".join(text for text in map(text_of, source.children(element, "documentation")) if text)


def _event(source: Source, element: Element, node: Node) -> None:
    read_events(source, element, node)
    node.parallel_multiple = source.boolean(element, "parallelMultiple", False)
    if node.kind is Kind.BOUNDARY:
        node.interrupting = source.boolean(element, "cancelActivity", True)
        reference = (element.get("attachedToRef") or "").strip()
        host = source.find(reference)  # a qualified name
        node.attached_to = (host.get("id") if host is not None else reference) or None
    elif node.kind is Kind.START:
        node.interrupting = source.boolean(element, "isInterrupting", True)
    source.children(element, "property")
    read_associations(source, element, node)


def _gateway(source: Source, element: Element, node: Node) -> None:
    node.direction = source.choice(element, "gatewayDirection", "", ("Unspecified", "Converging", "Diverging", "Mixed"))
    if node.kind is Kind.EVENT_BASED:
        node.instantiating = source.boolean(element, "instantiate", False)
        node.parallel_multiple = (
            source.choice(element, "eventGatewayType", "Exclusive", ("Exclusive", "Parallel")) == "Parallel"
        )
    elif node.kind is Kind.COMPLEX:
        node.activation = formal(source, source.child(element, "activationCondition"))


def _activity(source: Source, element: Element, node: Node) -> Element | None:
    """Read what all activities have, and what each kind has; return the loop's element."""
    node.is_for_compensation = source.boolean(element, "isForCompensation", False)
    node.start_quantity = source.integer(element, "startQuantity", 1, 1)
    node.completion_quantity = source.integer(element, "completionQuantity", 1, 1)
    if node.kind in SUBPROCESSES:
        node.body = Scope(node.id)
        if local_name(element) == "adHocSubProcess":
            node.ordering = source.choice(element, "ordering", "Parallel", ("Parallel", "Sequential")).lower()
            node.completion = formal(source, source.child(element, "completionCondition"))
            node.cancel_remaining = source.boolean(element, "cancelRemainingInstances", True)
    else:
        inside = Scope(node.id)
        read_variables(source, element, inside)  # properties of a task: local to it
    if element.get("operationRef"):
        source.resolve(element, element.get("operationRef") or "", "operation")
    if node.kind in (Kind.SEND_TASK, Kind.RECEIVE_TASK):
        node.events.append(message_of(source, element, node))
        node.instantiating = source.boolean(element, "instantiate", False)
    elif node.kind is Kind.CALL_ACTIVITY:
        called = (element.get("calledElement") or "").strip()
        if called:
            node.call = _called(source, element, called)
    for role in source.children(element, "performer", "resourceRole", "potentialOwner", "humanPerformer"):
        if node.kind is not Kind.USER_TASK:
            source.take_all(role)
    read_associations(source, element, node)
    if node.kind is Kind.CALL_ACTIVITY and node.call is not None and (node.inputs or node.outputs):
        node.call.inputs, node.call.outputs = node.inputs, node.outputs
        node.call.all_in, node.call.all_out = not node.inputs, not node.outputs
        node.inputs, node.outputs = [], []
    return read_loop(source, element, node)


def _called(source: Source, element: Element, called: str) -> diagram.Call | None:
    place = source.place(element)
    process = value(source, element, called)
    if process is None:
        return None
    if process.is_literal:
        process = Expression(called.rpartition(":")[2] if source.dialect == "plain" else called, True, place)
    return diagram.Call(process, place, all_in=True, all_out=True)


def _dialect(source: Source, element: Element, node: Node, loop: Element | None) -> None:
    if source.dialect == "camunda8":
        camunda8.read_node(source, element, node, loop)
    elif source.dialect == "camunda7":
        camunda7.read_node(source, element, node, loop)
    else:
        plain.read_node(source, element, node)
    if node.kind is Kind.SCRIPT_TASK:
        _script(source, element, node)
    elif plain.needs_service(node):
        has_code = any(
            source.is_vendor(key) and str(key).rpartition("}")[2] in camunda7.REFUSED for key in element.attrib
        )
        if not has_code:  # code in Java is refused by its own name
            source.refuse(
                "service-missing",
                element,
                "没有说明这项工作由哪个服务完成。",
                "it does not say which service does this work.",
                _SERVICE_ADVICE.get(source.dialect, ("", "")),
            )


def _script(source: Source, element: Element, node: Node) -> None:
    script = element.find(f"{{{BPMN}}}script")
    if script is not None:
        source.take(script)
    for attribute in ("resultVariable", "resource"):
        if node.script is None:
            source.vendor(element, attribute)
    if node.script is not None or node.service is not None:
        return
    language = (element.get("scriptFormat") or "").strip()
    has_text = bool(text_of(script)) or bool(language and source.dialect != "plain")
    if source.dialect == "plain" and not has_text:
        node.kind = Kind.TASK  # as the standard says of a script task without a script
        source.say(
            Severity.WARNING,
            "script-missing",
            element,
            "脚本任务没有内容，会立即完成。",
            "the script task is empty and is done at once.",
            ("写上 FEEL 表达式，或改为普通任务。", "Write a FEEL expression, or make it a plain task."),
        )
        return
    source.refuse(
        "script-refused" if has_text else "script-missing",
        element,
        f"不执行脚本（{language[:40] or '未注明语言'}）。" if has_text else "脚本任务没有内容。",
        f"scripts are not run ({language[:40] or 'no language named'})." if has_text else "the script task is empty.",
        (
            "改为 FEEL 表达式，或交给服务任务完成。",
            "Make it a FEEL expression, or let a service task do it.",
        ),
    )
