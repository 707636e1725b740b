"""Data of plain BPMN: data objects and properties as variables, data associations as mappings, and loops over them.

In Camunda's dialects data objects are only drawn, so they open no variable of their own there: an association that
has both its ends still moves a value, by name.
"""

from __future__ import annotations

import re

from engine import diagram
from engine.diagram import Expression, Mapping, Node, Scope, Variable
from engine.interchange.expressions import content, formal
from engine.interchange.names import BPMN
from engine.interchange.source import Element, Source, local_name, text_of

_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_JBPM = "http://www.jboss.org/drools"
_PLACEHOLDER = "__targetRef_placeholder"  # what bpmn-js draws an association to
_HOLDERS = ("dataObject", "dataObjectReference", "dataStoreReference", "property", "dataInput", "dataOutput")
_ENDS = (*_HOLDERS, "inputDataItem", "outputDataItem", "dataStore")


def read_variables(source: Source, element: Element, scope: Scope) -> None:
    """Read the data objects and properties that stand directly in `element` (a process, subprocess or activity)."""
    made: dict[str, Variable] = {}
    for child in source.children(element, "dataObject", "dataObjectReference", "dataStoreReference", "property"):
        if source.dialect != "plain":
            source.take_all(child)
            continue
        local = local_name(child)
        reference = child.get("dataObjectRef")
        if local == "dataObjectReference" and (not reference or source.resolve(child, reference, "dataObject") is None):
            continue
        if child.get("name") == _PLACEHOLDER:
            continue
        name = variable_name(source, child)
        if name not in made:
            made[name] = Variable(
                child.get("id") or name,
                name,
                source.place(child),
                source.boolean(child, "isCollection", False),
            )
    scope.variables.extend(made.values())


def variable_name(source: Source, element: Element) -> str:
    """Return the variable that a data object, reference, property, input or output stands for."""
    local = local_name(element)
    if local == "dataObjectReference":
        target = source.find(element.get("dataObjectRef"))
        if target is not None and local_name(target) == "dataObject":
            element, local = target, "dataObject"
    if local == "dataObject" and not _IDENTIFIER.fullmatch(element.get("name") or ""):
        first = _first_reference(source, element)
        if first is not None and _IDENTIFIER.fullmatch(first.get("name") or ""):
            return first.get("name") or ""
    name = (element.get("name") or "").strip()
    return name if _IDENTIFIER.fullmatch(name) else _as_identifier(element.get("id") or name)


def read_associations(source: Source, element: Element, node: Node) -> None:
    """Read what flows into and out of a node by data associations."""
    associations = source.children(element, "dataInputAssociation", "dataOutputAssociation")
    holders = source.children(element, "ioSpecification", "dataInput", "dataOutput", "inputSet", "outputSet")
    _check_sets(source, element)
    for holder in holders:
        source.take_all(holder)
        if node.kind in diagram.SUBPROCESSES:
            source.refuse(
                "data-in-subprocess",
                holder,
                "子流程没有自己的数据输入输出（ioSpecification），它直接看得到外面的变量。",
                "a subprocess has no data inputs and outputs (ioSpecification): it sees the variables around it.",
                ("删去它，或改为调用活动。", "Delete it, or make it a call activity."),
            )
    for association in associations:
        is_input = local_name(association) == "dataInputAssociation"
        mappings = _association(source, association, is_input)
        (node.inputs if is_input else node.outputs).extend(mappings)
    if node.kind in (diagram.Kind.CATCH, diagram.Kind.START, diagram.Kind.BOUNDARY, diagram.Kind.RECEIVE_TASK):
        received = list(element.iter(f"{{{BPMN}}}dataOutput"))
        message = node.event(diagram.Message)
        if isinstance(message, diagram.Message) and len(received) == 1 and node.outputs:
            message.result = variable_name(source, received[0])


def _check_sets(source: Source, element: Element) -> None:
    """Refuse an input or output that no set lists, or that a set of the other kind does."""
    for holder in element.iter(f"{{{BPMN}}}ioSpecification"):
        for kind, sets, listed in (
            ("dataInput", "inputSet", "dataInputRefs"),
            ("dataOutput", "outputSet", "dataOutputRefs"),
        ):
            if holder.find(f"{{{BPMN}}}{sets}") is None:
                continue  # what the schema wants and nothing here needs: said as a warning
            references = list(holder.iterfind(f"{{{BPMN}}}{sets}/{{{BPMN}}}{listed}"))
            names = {text_of(one) for one in references}
            for one in references:
                source.resolve(one, text_of(one), kind)
            for one in holder.iterfind(f"{{{BPMN}}}{kind}"):
                if one.get("id") not in names:
                    source.invalid(
                        "data-in-no-set",
                        one,
                        f"{kind} 没有列在任何 {sets} 里。",
                        f"this {kind} is listed in no {sets}.",
                    )


def _association(source: Source, element: Element, is_input: bool) -> list[Mapping]:
    """Return the mappings of one association; none when it is only drawn."""
    sources = [source.resolve(child, text_of(child), *_ENDS) for child in source.children(element, "sourceRef")]
    target_reference = source.child(element, "targetRef")
    target = source.resolve(target_reference, text_of(target_reference)) if target_reference is not None else None
    transformation = source.child(element, "transformation")
    assignments = source.children(element, "assignment")
    if target is None or local_name(target) not in _ENDS or target.get("name") == _PLACEHOLDER:
        for assignment in assignments:
            source.take_all(assignment)
        return []
    name = variable_name(source, target)
    place = source.place(element)
    if assignments:
        made = []
        for assignment in assignments:
            value = _assigned(source, source.child(assignment, "from"))
            to = text_of(source.child(assignment, "to")).removeprefix("=").strip()
            if value is not None:
                is_whole = not to or to in (target.get("id"), target.get("name")) or not _path(to)
                made.append(Mapping(name if is_whole else to, value))
        return made
    if transformation is not None:
        value = formal(source, transformation)
        return [Mapping(name, value)] if value is not None else []
    known = [one for one in sources if one is not None]
    if len(known) > 1:
        source.refuse(
            "data-sources",
            element,
            "数据关联有多个来源，却没有说明怎样合成（transformation）。",
            "the data association has several sources and does not say how they become one (transformation).",
            ("每个来源画一条，或写上 transformation。", "Draw one for each source, or write a transformation."),
        )
    if len(known) != 1:
        return []  # an end without a partner is only drawn
    return [Mapping(name, Expression(variable_name(source, known[0]), False, place))]


def _assigned(source: Source, element: Element | None) -> Expression | None:
    """Return what is assigned: an expression, but in files of jBPM a plain text unless it is marked (`#{...}`)."""
    if element is not None and _JBPM in source.root.nsmap.values():
        return content(source, element, text_of(element))
    return formal(source, element)


# --- loops ------------------------------------------------------------------------------------------------------


def read_loop(source: Source, element: Element, node: Node) -> Element | None:
    """Read the loop of an activity and return its element, for the dialect's extensions."""
    found = source.children(element, "standardLoopCharacteristics", "multiInstanceLoopCharacteristics")
    if len(found) > 1:
        source.invalid(
            "repeated-element", found[1], "一个活动只能有一种循环。", "an activity has at most one kind of loop."
        )
    if not found:
        return None
    loop = found[0]
    if local_name(loop) == "standardLoopCharacteristics":
        node.loop = diagram.StandardLoop(
            formal(source, source.child(loop, "loopCondition")),
            source.place(loop),
            source.boolean(loop, "testBefore", False),
            source.integer(loop, "loopMaximum", 0, 1) or None,
        )
        return loop
    node.loop = _multi_instance(source, loop, node)
    return loop


def _multi_instance(source: Source, loop: Element, node: Node) -> diagram.MultiInstance:
    behavior = source.choice(loop, "behavior", "All", ("All", "None", "One", "Complex"))
    if behavior != "All" or source.children(loop, "complexBehaviorDefinition"):
        for child in source.children(loop, "complexBehaviorDefinition"):
            source.take_all(child)
        source.refuse(
            "loop-behavior",
            loop,
            f"多实例的 behavior=“{behavior}”（完成时抛出事件）不受支持。",
            f"multi-instance behavior {behavior!r} (events thrown at completion) is not supported.",
            ("删去 behavior，改用完成条件。", "Remove behavior; use a completion condition."),
        )
    made = diagram.MultiInstance(
        source.place(loop),
        source.boolean(loop, "isSequential", False),
        formal(source, source.child(loop, "loopCardinality")),
        completion=formal(source, source.child(loop, "completionCondition")),
    )
    collection = source.child(loop, "loopDataInputRef")
    if collection is not None:
        name = _loop_variable(source, collection)
        made.collection = _drawn_from(node.inputs, name) or Expression(name, False, source.place(collection))
    results = source.child(loop, "loopDataOutputRef")
    if results is not None:
        name = _loop_variable(source, results)
        made.results = _written_to(node.outputs, name) or name
    item = source.child(loop, "inputDataItem")
    if item is not None:
        source.take_all(item)
        made.item = variable_name(source, item)
    result = source.child(loop, "outputDataItem")
    if result is not None:
        source.take_all(result)
        made.result_item = Expression(variable_name(source, result), False, source.place(result))
    return made


def _loop_variable(source: Source, reference: Element) -> str:
    text = text_of(reference)
    target = source.find(text)
    if target is not None and local_name(target) in _ENDS:
        return variable_name(source, target)
    if not _IDENTIFIER.fullmatch(text):
        source.resolve(reference, text, *_ENDS)
    return _as_identifier(text)


def _drawn_from(inputs: list[Mapping], name: str) -> Expression | None:
    """Take away and return where the data input `name` comes from: the collection is read outside the members."""
    for mapping in inputs:
        if mapping.target == name:
            inputs.remove(mapping)
            return mapping.source
    return None


def _written_to(outputs: list[Mapping], name: str) -> str | None:
    for mapping in outputs:
        if mapping.source.text == name:
            outputs.remove(mapping)
            return mapping.target
    return None


def _first_reference(source: Source, data_object: Element) -> Element | None:
    """Return the first reference to a data object in the file, or None."""
    table: dict[str, Element] | None = source.memo.get("references")
    if table is None:
        table = source.memo["references"] = {}
        for element in source.root.iter(f"{{{BPMN}}}dataObjectReference"):
            table.setdefault(element.get("dataObjectRef") or "", element)
    return table.get(data_object.get("id") or "-")


def _path(text: str) -> bool:
    return all(_IDENTIFIER.fullmatch(part) for part in text.split("."))


def _as_identifier(text: str) -> str:
    made = re.sub(r"\W", "_", text)
    return made if made and not made[0].isdigit() else f"_{made}"
