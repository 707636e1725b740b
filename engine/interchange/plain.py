"""Plain BPMN of any vendor: services by name, roles by resources, forms by a line in the documentation."""

from __future__ import annotations

import re

from engine import diagram
from engine.diagram import Assignment, Expression, FormReference, Kind, Node
from engine.interchange.expressions import formal, is_feel, is_juel, value
from engine.interchange.names import BPMN
from engine.interchange.source import Element, Source, local_name, text_of

_FORM_LINE = re.compile(r"^\s*(?:form|表单)\s*[:：]\s*([\w.\-]+)\s*$", re.MULTILINE | re.IGNORECASE)


def read_node(source: Source, element: Element, node: Node) -> None:
    """Read what plain BPMN says of a node's work and people."""
    if node.kind in (Kind.USER_TASK, Kind.START):
        found = _FORM_LINE.search(node.documentation)
        if found is not None:
            node.form = FormReference(found[1], source.place(element))
    if node.kind is Kind.USER_TASK:
        node.assignment = _assignment(source, element)
    elif node.kind is Kind.SCRIPT_TASK:
        language = (element.get("scriptFormat") or "").strip()
        script = source.child(element, "script")
        if script is not None and text_of(script) and (is_feel(language) or is_juel(language)):
            text = text_of(script)
            made = (
                formal(source, script)
                if "${" in text
                else Expression(text.removeprefix("="), False, source.place(script))
            )
            if made is not None:
                node.script = diagram.Script(made, None, source.place(script))
    elif needs_service(node):
        node.service = diagram.Service(_service_name(source, element, node), 3, {}, source.place(element))


def needs_service(node: Node) -> bool:
    """Return whether a node does work that nothing in the file does: then a service of its name must."""
    if node.kind in (Kind.SERVICE_TASK, Kind.BUSINESS_RULE_TASK):
        return node.service is None and node.decision is None
    if node.kind in (Kind.SEND_TASK, Kind.THROW, Kind.END):
        messages = [event for event in node.events if isinstance(event, diagram.Message)]
        return node.service is None and bool(messages) and not messages[0].name.text
    return False


def _service_name(source: Source, element: Element, node: Node) -> Expression:
    operation = source.find(element.get("operationRef"))
    if operation is not None and local_name(operation) == "operation":
        name = operation.get("name") or operation.get("id") or ""
    else:
        name = node.name
    return Expression(" ".join(name.split()) or node.id, True, source.place(element))


def _assignment(source: Source, element: Element) -> Assignment | None:
    made = Assignment()
    for role in source.children(element, "humanPerformer", "potentialOwner", "performer", "resourceRole"):
        source.take_all(role)
        local = local_name(role)
        reference = role.find(f"{{{BPMN}}}resourceRef")
        target = source.resolve(reference, text_of(reference), "resource") if reference is not None else None
        if target is not None:
            name = target.get("name") or target.get("id") or ""
        else:
            name = next((text_of(one) for one in role.iter(f"{{{BPMN}}}formalExpression")), "")
            name = name or next((text_of(one) for one in role.iter(f"{{{BPMN}}}expression")), "")
        if not name:
            continue
        if local in ("humanPerformer", "performer") and target is None:
            made.assignee = value(source, role, name)
            continue
        expression = value(source, role, name)
        if expression is not None and not expression.is_literal:
            made.groups_expression = expression
        else:
            made.groups += [part.strip() for part in name.split(",") if part.strip()]
    return made if made != Assignment() else None
