"""Operators that break steps, events, times and deadlines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy

from lxml import etree

from tests.checks.mutation.changes import (
    GHOST,
    Operator,
    P,
    Place,
    drop_node,
    gone,
    nth,
    owner,
    set_attribute,
)
from tests.checks.mutation.plan import Plan, local, remove


def node_removed(plan: Plan) -> Iterator[Place]:
    """Take a step away with its flows, and leave the hole."""
    for node in plan.nodes():
        sources = [plan.get(flow.get("sourceRef") or "") for flow in plan.into(node)]
        targets = [plan.get(flow.get("targetRef") or "") for flow in plan.out_of(node)]
        stops = any(len(plan.out_of(one)) == 1 for one in sources)
        is_lost = any(len(plan.into(one)) == 1 for one in targets)
        if sources and targets and (stops or is_lost):
            yield node.get("id") or "", drop_node(node.get("id") or "")


def node_removed_flows_left(plan: Plan) -> Iterator[Place]:
    for node in plan.nodes():
        yield node.get("id") or "", gone(node.get("id") or "")


def start_removed(plan: Plan) -> Iterator[Place]:
    for node in plan.all("startEvent"):
        yield node.get("id") or "", drop_node(node.get("id") or "")


def end_removed(plan: Plan) -> Iterator[Place]:
    for node in plan.all("endEvent"):
        sources = [plan.get(flow.get("sourceRef") or "") for flow in plan.into(node)]
        if any(len(plan.out_of(one)) == 1 for one in sources):
            yield node.get("id") or "", drop_node(node.get("id") or "")


def end_made_start(plan: Plan) -> Iterator[Place]:
    for node in plan.all("endEvent"):

        def change(copy: Plan, key: str = node.get("id") or "") -> None:
            copy.get(key).tag = f"{P}startEvent"

        yield node.get("id") or "", change


def task_made(kind: str) -> Operator:
    def operator(plan: Plan) -> Iterator[Place]:
        for node in plan.all("userTask"):

            def change(copy: Plan, key: str = node.get("id") or "") -> None:
                copy.get(key).tag = P + kind

            yield node.get("id") or "", change

    return operator


def tag_misspelt(plan: Plan) -> Iterator[Place]:
    for node in plan.nodes():

        def change(copy: Plan, key: str = node.get("id") or "") -> None:
            one = copy.get(key)
            one.tag = str(one.tag) + "s"

        yield node.get("id") or "", change


def attribute_misspelt(plan: Plan) -> Iterator[Place]:
    for element in [*plan.nodes(), *plan.flows()]:
        for name in ("attachedToRef", "cancelActivity", "default", "sourceRef", "isForCompensation"):
            if element.get(name) is not None:

                def change(copy: Plan, key: str = element.get("id") or "", old: str = name) -> None:
                    one = copy.get(key)
                    one.set(old[0].upper() + old[1:], one.attrib.pop(old))

                yield f"{element.get('id')}@{name}", change


def id_doubled(plan: Plan) -> Iterator[Place]:
    nodes = plan.nodes()
    for one, other in zip(nodes, nodes[3:], strict=False):
        yield f"{one.get('id')}={other.get('id')}", set_attribute(one.get("id") or "", "id", other.get("id"))


def id_dropped(plan: Plan) -> Iterator[Place]:
    for node in plan.nodes():
        yield node.get("id") or "", set_attribute(node.get("id") or "", "id", None)


def id_invalid(plan: Plan) -> Iterator[Place]:
    for node in plan.nodes():

        def change(copy: Plan, key: str = node.get("id") or "") -> bytes:
            return re.sub(rf"\b{re.escape(key)}\b(?!_)".encode(), b"1 " + key.encode(), copy.data())

        yield node.get("id") or "", change


def trigger_removed(plan: Plan) -> Iterator[Place]:
    for node in plan.all("boundaryEvent", "intermediateCatchEvent"):

        def change(copy: Plan, key: str = node.get("id") or "") -> None:
            one = copy.get(key)
            for child in list(one):
                if local(child).endswith("EventDefinition"):
                    one.remove(child)

        yield node.get("id") or "", change


def trigger_made(kind: str) -> Operator:
    def operator(plan: Plan) -> Iterator[Place]:
        for node in plan.all("boundaryEvent", "intermediateCatchEvent"):

            def change(copy: Plan, key: str = node.get("id") or "") -> None:
                for child in list(copy.get(key)):
                    if local(child).endswith("EventDefinition"):
                        for inner in list(child):
                            child.remove(inner)
                        child.attrib.pop("escalationRef", None)
                        child.tag = P + kind

            yield node.get("id") or "", change

    return operator


def start_given(kind: str) -> Operator:
    def operator(plan: Plan) -> Iterator[Place]:
        for node in plan.all("startEvent"):
            parent = node.getparent()
            is_plain = local(parent) == "subProcess" and parent.get("triggeredByEvent") != "true"
            if kind != "timerEventDefinition" or is_plain:

                def change(copy: Plan, key: str = node.get("id") or "") -> None:
                    made = etree.SubElement(copy.get(key), P + kind)
                    if kind == "timerEventDefinition":
                        etree.SubElement(made, f"{P}timeDuration").text = "PT1H"

                yield node.get("id") or "", change

    return operator


def boundary_detached(plan: Plan) -> Iterator[Place]:
    for node in plan.all("boundaryEvent"):
        yield node.get("id") or "", set_attribute(node.get("id") or "", "attachedToRef", None)


def boundary_dangling(plan: Plan) -> Iterator[Place]:
    for node in plan.all("boundaryEvent"):
        yield node.get("id") or "", set_attribute(node.get("id") or "", "attachedToRef", GHOST)


def boundary_on_gateway(plan: Plan) -> Iterator[Place]:
    for node in plan.all("boundaryEvent"):
        gateway = next((one for one in plan.siblings(node) if local(one).endswith("Gateway")), None)
        if gateway is not None:
            yield node.get("id") or "", set_attribute(node.get("id") or "", "attachedToRef", gateway.get("id"))


def boundary_interrupting_turned(plan: Plan) -> Iterator[Place]:
    for node in plan.all("boundaryEvent"):
        value = "true" if node.get("cancelActivity") == "false" else "false"
        yield node.get("id") or "", set_attribute(node.get("id") or "", "cancelActivity", value)


def boundary_word_wrong(plan: Plan) -> Iterator[Place]:
    for node in plan.all("boundaryEvent"):
        yield node.get("id") or "", set_attribute(node.get("id") or "", "cancelActivity", "no")


def reference_dangling(element: str, attribute: str) -> Operator:
    def operator(plan: Plan) -> Iterator[Place]:
        for number, one in enumerate(plan.all(element)):
            if one.get(attribute) is not None:

                def change(copy: Plan, at: int = number) -> None:
                    nth(copy, element, at).set(attribute, GHOST)

                yield owner(one), change

    return operator


def escalation_without_code(plan: Plan) -> Iterator[Place]:
    for node in plan.all("intermediateThrowEvent", "endEvent"):
        if node.find(f"{P}escalationEventDefinition") is not None:

            def change(copy: Plan, key: str = node.get("id") or "") -> None:
                found = copy.get(key).find(f"{P}escalationEventDefinition")
                assert found is not None
                found.attrib.pop("escalationRef")

            yield node.get("id") or "", change


def _times(plan: Plan, wanted: tuple[str, ...], made: Callable[[str], str | None]) -> Iterator[Place]:
    for element in wanted:
        for number, one in enumerate(plan.all(element)):
            text = made(one.text or "")
            if text is not None and text != one.text:

                def change(copy: Plan, at: int = number, new: str = text, name: str = element) -> None:
                    nth(copy, name, at).text = new

                yield owner(one), change


_TIMES = ("timeDate", "timeDuration", "timeCycle")


def time_unit_wrong(plan: Plan) -> Iterator[Place]:
    """PT5D, P4H: the T on the wrong side. P30M would be a length, only another one."""

    def wrong(text: str) -> str | None:
        if text.startswith("PT"):
            return text.replace("PT", "P") if "M" not in text else None
        return text.replace("P", "PT", 1) if text.startswith("P") else None

    return _times(plan, ("timeDuration",), wrong)


def time_without_unit(plan: Plan) -> Iterator[Place]:
    return _times(plan, ("timeDuration",), lambda text: re.sub(r"\D", "", text) if text[:1] == "P" else None)


def time_emptied(plan: Plan) -> Iterator[Place]:
    return _times(plan, _TIMES, lambda text: "")


def time_in_words(plan: Plan) -> Iterator[Place]:
    return _times(plan, _TIMES, lambda text: "两小时")


def time_broken(plan: Plan) -> Iterator[Place]:
    return _times(plan, _TIMES, lambda text: text + " + (" if text.startswith("=") else None)


def time_of_another_kind(plan: Plan) -> Iterator[Place]:
    """A length where a date should be, and the other way round."""
    for number, one in enumerate(plan.all("timeDuration")):
        if (one.text or "").startswith("P"):

            def change(copy: Plan, at: int = number) -> None:
                nth(copy, "timeDuration", at).tag = f"{P}timeDate"

            yield owner(one), change


def time_twice(plan: Plan) -> Iterator[Place]:
    for number, _ in enumerate(plan.all("timeDuration")):

        def change(copy: Plan, at: int = number) -> None:
            one = nth(copy, "timeDuration", at)
            one.addnext(deepcopy(one))

        yield f"{number}", change


def time_removed(plan: Plan) -> Iterator[Place]:
    for number, one in enumerate(plan.all("timeDuration", "timeDate")):

        def change(copy: Plan, at: int = number) -> None:
            remove(copy.all("timeDuration", "timeDate")[at])

        yield owner(one), change


def calendar_unknown(plan: Plan) -> Iterator[Place]:
    for number, one in enumerate(plan.vendor("property")):
        if one.get("name") == "calendar":
            yield owner(one), lambda copy, at=number: nth(copy, "property", at, True).set("value", "lunar")


def due_broken(plan: Plan) -> Iterator[Place]:
    for number, one in enumerate(plan.vendor("taskSchedule")):

        def change(copy: Plan, at: int = number) -> None:
            schedule = nth(copy, "taskSchedule", at, True)
            schedule.set("dueDate", "tomorrow" if at % 2 else (schedule.get("dueDate") or "") + "(")

        yield owner(one), change
