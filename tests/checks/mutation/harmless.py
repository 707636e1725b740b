"""Operators that change a plan's file and not what it does: nothing more may be said of it than before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree

from engine.diagram.nodes import APPROVES
from tests.checks.mutation.changes import Place, set_attribute
from tests.checks.mutation.harmless_words import (
    coloured,
    comparison_as_list,
    condition_with_remark,
    event_not_drawn,
    sides_swapped,
    unused_added,
)
from tests.checks.mutation.plan import BPMN, Edit, Element, Kind, Plan, local, remove

_P = f"{{{BPMN}}}"
_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram"
Operator = Callable[[Plan], Iterator[Place]]


def nodes_reordered(plan: Plan) -> Iterator[Place]:
    """Nodes the other way round; flows keep their order, as the order of a choice's ways counts."""

    def change(copy: Plan) -> None:
        for parent in [copy.process, *copy.all("subProcess")]:
            nodes = [one for one in copy.nodes() if one.getparent() is parent]
            places = [parent.index(one) for one in nodes]
            for one in nodes:
                parent.remove(one)
            for place, one in zip(places, reversed(nodes), strict=True):
                parent.insert(place, one)

    yield "all", change


def flows_first(plan: Plan) -> Iterator[Place]:
    def change(copy: Plan) -> None:
        flows = [one for one in copy.flows() if one.getparent() is copy.process]
        first = next(one for one in copy.process if local(one).endswith(("Event", "Task", "Gateway")))
        for flow in flows:
            first.addprevious(flow)

    yield "all", change


def node_moved_last(plan: Plan) -> Iterator[Place]:
    for node in plan.nodes():
        if node.getparent() is plan.process:

            def change(copy: Plan, key: str = node.get("id") or "") -> None:
                flows = [one for one in copy.process if local(one) == "sequenceFlow"]
                flows[-1].addnext(copy.get(key))

            yield node.get("id") or "", change


def id_renamed(plan: Plan) -> Iterator[Place]:
    for element in [*plan.nodes(), *plan.flows(), *plan.all("lane")]:
        key = element.get("id") or ""

        def change(copy: Plan, key: str = key) -> None:
            for one in copy.root.iter(etree.Element):
                for name, value in list(one.attrib.items()):
                    if value == key and not str(name).startswith("{") and name not in ("name", "target", "value"):
                        one.set(name, f"other_{key}")
                if one.text == key:
                    one.text = f"other_{key}"
                if one.get("name") == APPROVES:  # the one property that names steps, several with blanks between
                    steps = [f"other_{step}" if step == key else step for step in (one.get("value") or "").split()]
                    one.set("value", " ".join(steps))

        yield key, change


def name_changed(plan: Plan) -> Iterator[Place]:
    for node in [*plan.nodes(), *plan.flows()]:
        if node.get("name"):
            yield node.get("id") or "", set_attribute(node.get("id") or "", "name", f"{node.get('name')}（新）")


def documentation_added(plan: Plan) -> Iterator[Place]:
    for node in plan.nodes():

        def change(copy: Plan, key: str = node.get("id") or "") -> None:
            made = etree.Element(f"{_P}documentation")
            made.text = "补充说明。"
            copy.get(key).insert(0, made)

        yield node.get("id") or "", change


def documentation_removed(plan: Plan) -> Iterator[Place]:
    for number, one in enumerate(plan.all("documentation")):
        if one.getparent() is not plan.process:
            yield f"{number}", lambda copy, at=number: remove(copy.all("documentation")[at])


def drawing_removed(plan: Plan) -> Iterator[Place]:
    def change(copy: Plan) -> None:
        for one in copy.root.findall(_DI):
            copy.root.remove(one)

    yield "all", change


def drawing_moved(plan: Plan) -> Iterator[Place]:
    def change(copy: Plan) -> None:
        for one in copy.root.iter(etree.Element):
            if one.get("x") is not None:
                one.set("x", str(float(one.get("x") or 0) + 7.5))

    yield "all", change


def lists_removed(plan: Plan) -> Iterator[Place]:
    """Without `incoming` and `outgoing`: the flows' own ends say it all."""

    def change(copy: Plan) -> None:
        for one in copy.all("incoming", "outgoing"):
            remove(one)

    yield "all", change


def rewritten(how: Callable[[bytes], bytes], place: str) -> Operator:
    def operator(plan: Plan) -> Iterator[Place]:
        yield place, lambda copy: how(copy.data())

    return operator


def _encoded(encoding: str) -> Callable[[bytes], bytes]:
    def how(data: bytes) -> bytes:
        return data.decode().replace("'UTF-8'", f"'{encoding}'", 1).encode(encoding)

    return how


def _prefixed(data: bytes) -> bytes:
    return re.sub(rb"(</?|type=\")bpmn:", rb"\1b:", data).replace(b"xmlns:bpmn=", b"xmlns:b=")


def _unprefixed(data: bytes) -> bytes:
    text = re.sub(rb"(</?)bpmn:", rb"\1", data)
    return text.replace(b"xmlns:bpmn=", b'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmn=', 1)


def _commented(data: bytes) -> bytes:
    return re.sub(rb"(<bpmn:(?:userTask|sequenceFlow|endEvent)\b)", rb"<!-- <bpmn:task/> & more -->\1", data)


def flow_split_by_gateway(plan: Plan) -> Iterator[Place]:
    return _flow_split(plan, "exclusiveGateway")


def flow_split_by_event(plan: Plan) -> Iterator[Place]:
    return _flow_split(plan, "intermediateThrowEvent")


def _flow_split(plan: Plan, kind: str) -> Iterator[Place]:
    """Put something that does nothing into a flow."""
    for flow in plan.flows():

        def change(copy: Plan, key: str = flow.get("id") or "") -> None:
            one = copy.get(key)
            target = copy.get(one.get("targetRef") or "")
            made = etree.Element(_P + kind, id="mutant_node", name="经过")
            target.addprevious(made)
            copy.retarget(one, "targetRef", made)
            second = etree.Element(f"{_P}sequenceFlow", id="mutant_flow", sourceRef="mutant_node")
            second.set("targetRef", target.get("id") or "")
            one.addnext(second)
            copy.list_flow(made, "outgoing", "mutant_flow")
            copy.list_flow(target, "incoming", "mutant_flow")
            for diagram in copy.root.findall(_DI):
                copy.root.remove(diagram)
            for ref in copy.all("flowNodeRef"):
                if ref.text == target.get("id"):
                    extra = etree.Element(f"{_P}flowNodeRef")
                    extra.text = "mutant_node"
                    ref.addnext(extra)

        yield flow.get("id") or "", change


def merge_drawn(plan: Plan) -> Iterator[Place]:
    """Draw the merge that several flows into one step mean."""
    for node in plan.nodes():
        ways = plan.into(node)
        if len(ways) < 2 or local(node).endswith("Gateway"):
            continue

        def change(copy: Plan, key: str = node.get("id") or "") -> None:
            target = copy.get(key)
            made = etree.Element(f"{_P}exclusiveGateway", id="mutant_node", name="汇合")
            target.addprevious(made)
            flows = copy.into(target)
            for flow in flows:
                copy.retarget(flow, "targetRef", made)
            last = etree.Element(f"{_P}sequenceFlow", id="mutant_flow", sourceRef="mutant_node", targetRef=key)
            flows[-1].addnext(last)
            copy.list_flow(made, "outgoing", "mutant_flow")
            copy.list_flow(target, "incoming", "mutant_flow")
            for diagram in copy.root.findall(_DI):
                copy.root.remove(diagram)

        yield node.get("id") or "", change


def condition_bracketed(plan: Plan) -> Iterator[Place]:
    for number, one in enumerate(plan.all("conditionExpression")):

        def change(copy: Plan, at: int = number) -> None:
            found = copy.all("conditionExpression")[at]
            found.text = f"=({(found.text or '').removeprefix('=')})"

        yield f"{number}:{one.text}", change


def condition_negated_twice(plan: Plan) -> Iterator[Place]:
    for number, one in enumerate(plan.all("conditionExpression")):

        def change(copy: Plan, at: int = number) -> None:
            found = copy.all("conditionExpression")[at]
            found.text = f"=not(not({(found.text or '').removeprefix('=')}))"

        yield f"{number}:{one.text}", change


def duration_respelt(plan: Plan) -> Iterator[Place]:
    for number, one in enumerate(plan.all("timeDuration")):
        matched = re.fullmatch(r"PT(\d+)H", one.text or "")
        if matched:
            minutes = f"PT{int(matched[1]) * 60}M"

            def change(copy: Plan, at: int = number, text: str = minutes) -> None:
                copy.all("timeDuration")[at].text = text

            yield f"{number}:{one.text}", change


def duration_as_expression(plan: Plan) -> Iterator[Place]:
    for number, one in enumerate(plan.all("timeDuration")):
        if (one.text or "").startswith("P"):

            def change(copy: Plan, at: int = number) -> None:
                found = copy.all("timeDuration")[at]
                found.text = f'=duration("{found.text}")'

            yield f"{number}:{one.text}", change


def default_words_written(plan: Plan) -> Iterator[Place]:
    for node in plan.nodes():
        kind = local(node)
        word = {
            "exclusiveGateway": ("gatewayDirection", "Unspecified"),
            "parallelGateway": ("gatewayDirection", "Unspecified"),
            "userTask": ("isForCompensation", "false"),
            "startEvent": ("isInterrupting", "true"),
            "callActivity": ("startQuantity", "1"),
            "subProcess": ("triggeredByEvent", "0"),
        }.get(kind)
        if word is not None and node.get(word[0]) is None:
            yield f"{node.get('id')}@{word[0]}", set_attribute(node.get("id") or "", *word)


def direction_written(plan: Plan) -> Iterator[Place]:
    for node in plan.all("exclusiveGateway", "parallelGateway"):
        ins, outs = len(plan.into(node)), len(plan.out_of(node))
        word = "Mixed" if ins > 1 and outs > 1 else "Diverging" if outs > 1 else "Converging"
        yield node.get("id") or "", set_attribute(node.get("id") or "", "gatewayDirection", word)


def executable_unsaid(plan: Plan) -> Iterator[Place]:
    yield "process", lambda copy: copy.process.attrib.pop("isExecutable") and None


def note_added(plan: Plan) -> Iterator[Place]:
    for node in plan.nodes():
        if node.getparent() is not plan.process:
            continue

        def change(copy: Plan, key: str = node.get("id") or "") -> None:
            last = [one for one in copy.process if local(one) in ("sequenceFlow", "textAnnotation", "association")][-1]
            note = etree.Element(f"{_P}textAnnotation", id="mutant_note")
            etree.SubElement(note, f"{_P}text").text = "注意"
            line = etree.Element(f"{_P}association", id="mutant_line", sourceRef=key, targetRef="mutant_note")
            last.addnext(note)
            note.addnext(line)

        yield node.get("id") or "", change


def data_object_added(plan: Plan) -> Iterator[Place]:
    def change(copy: Plan) -> None:
        last = [one for one in copy.process if local(one) == "sequenceFlow"][-1]
        last.addnext(etree.Element(f"{_P}dataObject", id="mutant_data"))
        last.addnext(
            etree.Element(f"{_P}dataObjectReference", id="mutant_paper", name="台账", dataObjectRef="mutant_data")
        )

    yield "process", change


def foreign_attribute(plan: Plan) -> Iterator[Place]:
    for node in plan.nodes():

        def change(copy: Plan, key: str = node.get("id") or "") -> None:
            copy.get(key).set("{urn:another-vendor}tint", "blue")

        yield node.get("id") or "", change


def foreign_element(plan: Plan) -> Iterator[Place]:
    for node in plan.all("userTask"):

        def change(copy: Plan, key: str = node.get("id") or "") -> None:
            holder = copy.get(key).find(f"{_P}extensionElements")
            assert holder is not None
            etree.SubElement(holder, "{urn:another-vendor}memo").text = "x"

        yield node.get("id") or "", change


def lanes_reordered(plan: Plan) -> Iterator[Place]:
    def change(copy: Plan) -> None:
        for lanes in copy.all("laneSet"):
            for lane in list(lanes):
                lanes.insert(0, lane)

    yield "all", change


def branches_reordered(plan: Plan) -> Iterator[Place]:
    for node in plan.all("parallelGateway"):
        if len(plan.out_of(node)) > 1:

            def change(copy: Plan, key: str = node.get("id") or "") -> None:
                flows = copy.out_of(copy.get(key))
                flows[0].addprevious(flows[-1])

            yield node.get("id") or "", change


def start_drawn_inside(plan: Plan) -> Iterator[Place]:
    """Wrap a step that nothing hangs on into a subprocess of its own."""
    hosts = {one.get("attachedToRef") for one in plan.all("boundaryEvent")}
    for node in plan.all("userTask"):
        if (
            node.get("id") in hosts
            or node.getparent() is not plan.process
            or node.find(f"{_P}multiInstanceLoopCharacteristics") is not None
        ):
            continue

        def change(copy: Plan, key: str = node.get("id") or "") -> None:
            task = copy.get(key)
            made = etree.Element(f"{_P}subProcess", id="mutant_sub", name="一步")
            task.addprevious(made)
            for flow in copy.into(task):
                copy.retarget(flow, "targetRef", made)
            for flow in copy.out_of(task):
                copy.retarget(flow, "sourceRef", made)
            etree.SubElement(made, f"{_P}startEvent", id="mutant_s", name="开始")
            made.append(task)
            etree.SubElement(made, f"{_P}endEvent", id="mutant_e", name="完成")
            etree.SubElement(made, f"{_P}sequenceFlow", id="mutant_1", sourceRef="mutant_s", targetRef=key)
            etree.SubElement(made, f"{_P}sequenceFlow", id="mutant_2", sourceRef=key, targetRef="mutant_e")
            for one in copy.all("messageFlow"):
                if key in (one.get("sourceRef"), one.get("targetRef")):
                    remove(one)
            for diagram in copy.root.findall(_DI):
                copy.root.remove(diagram)

        yield node.get("id") or "", change


HARMLESS: dict[str, Operator] = {
    "nodes reordered": nodes_reordered,
    "flows first": flows_first,
    "node moved last": node_moved_last,
    "id renamed": id_renamed,
    "name changed": name_changed,
    "documentation added": documentation_added,
    "documentation removed": documentation_removed,
    "drawing removed": drawing_removed,
    "drawing moved": drawing_moved,
    "lists of flows removed": lists_removed,
    "written in UTF-16": rewritten(_encoded("UTF-16"), "file"),
    "written in GB18030": rewritten(_encoded("GB18030"), "file"),
    "another prefix": rewritten(_prefixed, "file"),
    "no prefix": rewritten(_unprefixed, "file"),
    "comments": rewritten(_commented, "file"),
    "one line": rewritten(lambda data: re.sub(rb">\s+<", b"><", data), "file"),
    "other line ends": rewritten(lambda data: data.replace(b"\n", b"\r\n"), "file"),
    "gateway in a flow": flow_split_by_gateway,
    "event in a flow": flow_split_by_event,
    "merge drawn": merge_drawn,
    "condition bracketed": condition_bracketed,
    "condition negated twice": condition_negated_twice,
    "duration respelt": duration_respelt,
    "duration as an expression": duration_as_expression,
    "default words written": default_words_written,
    "direction written": direction_written,
    "executable unsaid": executable_unsaid,
    "note added": note_added,
    "data object added": data_object_added,
    "foreign attribute": foreign_attribute,
    "foreign element": foreign_element,
    "lanes reordered": lanes_reordered,
    "branches reordered": branches_reordered,
    "step wrapped": start_drawn_inside,
    "event in a flow, not drawn": event_not_drawn,
    "sides of a comparison swapped": sides_swapped,
    "comparison as a list": comparison_as_list,
    "condition with a remark": condition_with_remark,
    "colours": coloured,
    "unused messages": unused_added,
}


def edits(plan: Plan) -> dict[str, list[Edit]]:
    """Return every edit of every operator here, by operator."""
    return {
        name: [Edit(name, place, Kind.HARMLESS, change) for place, change in operator(plan)]
        for name, operator in HARMLESS.items()
    }


__all__ = ["HARMLESS", "Element", "edits"]
