"""Operators that break what a plan says of people, forms, data and other files, and the file itself."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

from tests.checks.mutation.changes import (
    GHOST,
    Operator,
    P,
    Place,
    Z,
    nth,
    owner,
    set_attribute,
)
from tests.checks.mutation.plan import Element, Plan, local, remove


def lane_renamed(plan: Plan) -> Iterator[Place]:
    for lane in _worked_lanes(plan):
        yield lane.get("id") or "", set_attribute(lane.get("id") or "", "name", (lane.get("name") or "") + "甲")


def lane_blank(plan: Plan) -> Iterator[Place]:
    for lane in _worked_lanes(plan):
        yield lane.get("id") or "", set_attribute(lane.get("id") or "", "name", "")


def _worked_lanes(plan: Plan) -> list[Element]:
    tasks = {one.get("id") for one in plan.all("userTask")}
    return [lane for lane in plan.all("lane") if tasks & {one.text for one in lane.findall(f"{P}flowNodeRef")}]


def lane_left(plan: Plan) -> Iterator[Place]:
    """Take a task out of its lane."""
    tasks = {one.get("id") for one in plan.all("userTask")}
    for number, one in enumerate(plan.all("flowNodeRef")):
        if one.text in tasks:
            yield one.text or "", lambda copy, at=number: remove(nth(copy, "flowNodeRef", at))


def lane_names_nobody(plan: Plan) -> Iterator[Place]:
    for number, one in enumerate(plan.all("flowNodeRef")):

        def change(copy: Plan, at: int = number) -> None:
            nth(copy, "flowNodeRef", at).text = GHOST

        yield one.text or "", change


def lanes_shared(plan: Plan) -> Iterator[Place]:
    """Put a task into a second lane."""
    lanes = plan.all("lane")
    for one in plan.all("userTask"):
        other = next(
            (lane for lane in lanes if one.get("id") not in {ref.text for ref in lane.findall(f"{P}flowNodeRef")}),
            None,
        )
        if other is not None and one.getparent() is plan.process:

            def change(copy: Plan, lane: str = other.get("id") or "", key: str = one.get("id") or "") -> None:
                etree.SubElement(copy.get(lane), f"{P}flowNodeRef").text = key

            yield one.get("id") or "", change


def vendor_reference(element: str, attribute: str) -> Operator:
    def operator(plan: Plan) -> Iterator[Place]:
        for number, one in enumerate(plan.vendor(element)):
            if one.get(attribute) is not None:
                yield owner(one), lambda copy, at=number: nth(copy, element, at, True).set(attribute, GHOST)

    return operator


def vendor_removed(element: str) -> Operator:
    def operator(plan: Plan) -> Iterator[Place]:
        for number, one in enumerate(plan.vendor(element)):
            yield owner(one), lambda copy, at=number: remove(nth(copy, element, at, True))

    return operator


def mapping_broken(plan: Plan) -> Iterator[Place]:
    for element in ("output", "input"):
        for number, one in enumerate(plan.vendor(element)):

            def change(copy: Plan, at: int = number, name: str = element) -> None:
                mapping = nth(copy, name, at, True)
                mapping.set("source", (mapping.get("source") or "=") + " +")

            yield f"{owner(one)}.{one.get('target')}", change


def mapping_without_target(plan: Plan) -> Iterator[Place]:
    for element in ("output", "input"):
        for number, one in enumerate(plan.vendor(element)):

            def change(copy: Plan, at: int = number, name: str = element) -> None:
                nth(copy, name, at, True).attrib.pop("target")

            yield f"{owner(one)}.{one.get('target')}", change


def loop_without_collection(plan: Plan) -> Iterator[Place]:
    for number, one in enumerate(plan.vendor("loopCharacteristics")):
        yield (
            owner(one),
            lambda copy, at=number: nth(copy, "loopCharacteristics", at, True).attrib.pop("inputCollection"),
        )


def loop_result_lost(plan: Plan) -> Iterator[Place]:
    for number, one in enumerate(plan.vendor("loopCharacteristics")):
        if one.get("outputElement"):
            yield (
                owner(one),
                lambda copy, at=number: nth(copy, "loopCharacteristics", at, True).attrib.pop("outputElement"),
            )


def loop_broken(plan: Plan) -> Iterator[Place]:
    for number, one in enumerate(plan.vendor("loopCharacteristics")):
        yield (
            owner(one),
            lambda copy, at=number: nth(copy, "loopCharacteristics", at, True).set("inputCollection", "=for x in"),
        )


def loop_marker_twice(plan: Plan) -> Iterator[Place]:
    for number, one in enumerate(plan.all("multiInstanceLoopCharacteristics")):

        def change(copy: Plan, at: int = number) -> None:
            loop = nth(copy, "multiInstanceLoopCharacteristics", at)
            loop.addnext(deepcopy(loop))

        yield owner(one), change


def not_executable(plan: Plan) -> Iterator[Place]:
    yield "process", lambda copy: copy.process.set("isExecutable", "false")


def message_flow_inside(plan: Plan) -> Iterator[Place]:
    """A message flow between two steps of one pool."""
    tasks = plan.all("userTask")
    for flow in plan.all("messageFlow"):

        def change(
            copy: Plan,
            key: str = flow.get("id") or "",
            one: str = tasks[0].get("id") or "",
            other: str = tasks[-1].get("id") or "",
        ) -> None:
            copy.get(key).set("sourceRef", one)
            copy.get(key).set("targetRef", other)

        yield flow.get("id") or "", change


def message_flow_dangling(plan: Plan) -> Iterator[Place]:
    for flow in plan.all("messageFlow"):
        yield flow.get("id") or "", set_attribute(flow.get("id") or "", "targetRef", GHOST)


def message_flow_to_gateway(plan: Plan) -> Iterator[Place]:
    gateways = plan.all("exclusiveGateway", "parallelGateway")
    pools = [one for one in plan.all("participant") if one.get("processRef") is None]
    for flow in plan.all("messageFlow"):
        if gateways and pools:

            def change(
                copy: Plan,
                key: str = flow.get("id") or "",
                one: str = pools[0].get("id") or "",
                other: str = gateways[0].get("id") or "",
            ) -> None:
                copy.get(key).set("sourceRef", one)
                copy.get(key).set("targetRef", other)

            yield flow.get("id") or "", change


def pool_of_nothing(plan: Plan) -> Iterator[Place]:
    for one in plan.all("participant"):
        if one.get("processRef"):
            yield one.get("id") or "", set_attribute(one.get("id") or "", "processRef", GHOST)


def listener_added(plan: Plan) -> Iterator[Place]:
    """Code in a vendor's extension."""
    for node in plan.all("userTask"):

        def change(copy: Plan, key: str = node.get("id") or "") -> None:
            holder = copy.get(key).find(f"{P}extensionElements")
            assert holder is not None
            listeners = etree.SubElement(holder, f"{Z}executionListeners")
            etree.SubElement(listeners, f"{Z}executionListener", eventType="start", type="run_this")

        yield node.get("id") or "", change


def doctype_added(plan: Plan) -> Iterator[Place]:
    yield "file", lambda copy: copy.data().replace(b"?>", b'?><!DOCTYPE a [<!ENTITY x "y">]>', 1)


def cut_off(plan: Plan) -> Iterator[Place]:
    size = len(plan.data())
    for part in range(1, 6):
        yield f"{part}/6", lambda copy, at=size * part // 6: copy.data()[:at]


def loop_without_exit(plan: Plan) -> Iterator[Place]:
    """Lead every way out of a gateway to one step before it."""
    for node in plan.all("exclusiveGateway"):
        ways = plan.out_of(node)
        before = _before(plan, node)
        if len(ways) > 1 and before is not None:

            def change(copy: Plan, key: str = node.get("id") or "", to: str = before.get("id") or "") -> None:
                for flow in copy.out_of(copy.get(key)):
                    copy.retarget(flow, "targetRef", copy.get(to))

            yield f"{node.get('id')}>{before.get('id')}", change


def _before(plan: Plan, node: Element) -> Element | None:
    here = node
    for _ in range(3):
        ways = plan.into(here)
        if not ways:
            return None
        here = plan.get(ways[0].get("sourceRef") or "")
        if local(here) == "userTask":
            return here
    return None
