"""Operators that break flows, gateways and conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.checks.mutation.changes import (
    GHOST,
    KEPT,
    Change,
    P,
    Place,
    add_flow,
    drop_flow,
    lead,
    nth,
    owner,
    set_attribute,
)
from tests.checks.mutation.plan import Plan, local, remove


def flow_removed(plan: Plan) -> Iterator[Place]:
    for flow in plan.flows():
        ends = [plan.get(flow.get("sourceRef") or ""), plan.get(flow.get("targetRef") or "")]
        if len(plan.out_of(ends[0])) == 1 or len(plan.into(ends[1])) == 1:
            yield flow.get("id") or "", drop_flow(flow.get("id") or "")


def flow_dangling(plan: Plan) -> Iterator[Place]:
    for flow in plan.flows():
        for end in ("sourceRef", "targetRef"):
            yield f"{flow.get('id')}@{end}", set_attribute(flow.get("id") or "", end, GHOST)


def flow_without_end(plan: Plan) -> Iterator[Place]:
    for flow in plan.flows():
        yield flow.get("id") or "", set_attribute(flow.get("id") or "", "targetRef", None)


def flow_turned(plan: Plan) -> Iterator[Place]:
    """Swap the two ends."""
    for flow in plan.flows():

        def change(copy: Plan, key: str = flow.get("id") or "") -> None:
            one = copy.get(key)
            source, target = copy.get(one.get("sourceRef") or ""), copy.get(one.get("targetRef") or "")
            copy.retarget(one, "sourceRef", target)
            copy.retarget(one, "targetRef", source)

        yield flow.get("id") or "", change


def flow_redirected(plan: Plan) -> Iterator[Place]:
    """Lead a flow to another node of its level, so that where it led has no way in any more."""
    for number, flow in enumerate(plan.flows()):
        target = plan.get(flow.get("targetRef") or "")
        others = [one for one in plan.siblings(target) if local(one) not in ("startEvent", "boundaryEvent")]
        if len(plan.into(target)) == 1 and others:
            other = others[number * 7 % len(others)].get("id") or ""
            if other == flow.get("sourceRef"):
                continue
            yield (
                f"{flow.get('id')}>{other}",
                lead(flow.get("id") or "", other),
            )


def flow_into_start(plan: Plan) -> Iterator[Place]:
    for flow in plan.flows():
        target = plan.get(flow.get("targetRef") or "")
        for other in plan.siblings(target):
            if local(other) in ("startEvent", "boundaryEvent"):
                yield (
                    f"{flow.get('id')}>{other.get('id')}",
                    lead(flow.get("id") or "", other.get("id") or ""),
                )
                break


def flow_out_of_end(plan: Plan) -> Iterator[Place]:
    for end in plan.all("endEvent"):
        for other in plan.siblings(end)[:3]:
            if local(other).endswith("Task"):
                yield f"{end.get('id')}>{other.get('id')}", add_flow(end.get("id") or "", other.get("id") or "")


def flow_across(plan: Plan) -> Iterator[Place]:
    """Lead a flow into a subprocess, or out of one."""
    for sub in plan.all("subProcess"):
        inner = [one for one in plan.nodes() if one.getparent() is sub and local(one).endswith("Task")]
        outer = [flow for flow in plan.flows() if flow.getparent() is not sub]
        for flow, node in zip(outer, inner * 20, strict=False):
            yield (
                f"{flow.get('id')}>{node.get('id')}",
                lead(flow.get("id") or "", node.get("id") or ""),
            )


def flow_doubled(plan: Plan) -> Iterator[Place]:
    """Draw a flow a second time: what comes after it is done twice."""
    for flow in plan.flows():
        source = plan.get(flow.get("sourceRef") or "")
        if local(source) in ("exclusiveGateway", "inclusiveGateway", "complexGateway"):
            continue
        yield flow.get("id") or "", add_flow(flow.get("sourceRef") or "", flow.get("targetRef") or "")


def flow_added(plan: Plan) -> Iterator[Place]:
    """Let a step go on to a second step, too."""
    tasks = [one for one in plan.nodes() if local(one) in ("userTask", "callActivity", "businessRuleTask")]
    for number, node in enumerate(tasks):
        others = [one for one in plan.siblings(node) if local(one) in ("userTask", "callActivity", "endEvent")]
        if others:
            other = others[number * 5 % len(others)]
            yield f"{node.get('id')}>{other.get('id')}", add_flow(node.get("id") or "", other.get("id") or "")


def _kind(to: str) -> Callable[[str], Change]:
    def changed(identifier: str) -> Change:
        def change(copy: Plan) -> None:
            node = copy.get(identifier)
            node.tag = P + to
            node.attrib.pop("default", None)

        return change

    return changed


def split_made_parallel(plan: Plan) -> Iterator[Place]:
    """All ways of a choice at once, conditions and all."""
    for node in plan.all("exclusiveGateway"):
        if len(plan.out_of(node)) > 1:
            yield node.get("id") or "", _kind("parallelGateway")(node.get("id") or "")


def split_made_parallel_clean(plan: Plan) -> Iterator[Place]:
    """All ways of a choice at once, without their conditions."""
    for node in plan.all("exclusiveGateway"):
        if len(plan.out_of(node)) > 1:

            def change(copy: Plan, key: str = node.get("id") or "") -> None:
                _kind("parallelGateway")(key)(copy)
                for flow in copy.out_of(copy.get(key)):
                    for one in flow.findall(f"{P}conditionExpression"):
                        flow.remove(one)

            yield node.get("id") or "", change


def split_made_exclusive(plan: Plan) -> Iterator[Place]:
    for node in plan.all("parallelGateway"):
        if len(plan.out_of(node)) > 1:
            yield node.get("id") or "", _kind("exclusiveGateway")(node.get("id") or "")


def split_made_event_gateway(plan: Plan) -> Iterator[Place]:
    for node in plan.all("exclusiveGateway", "parallelGateway"):
        if len(plan.out_of(node)) > 1:
            yield node.get("id") or "", _kind("eventBasedGateway")(node.get("id") or "")


def merge_made_parallel(plan: Plan) -> Iterator[Place]:
    for node in plan.all("exclusiveGateway"):
        if len(plan.into(node)) > 1 and len(plan.out_of(node)) == 1:
            yield node.get("id") or "", _kind("parallelGateway")(node.get("id") or "")


def join_made_exclusive(plan: Plan) -> Iterator[Place]:
    for node in plan.all("parallelGateway"):
        if len(plan.into(node)) > 1 and len(plan.out_of(node)) == 1:
            yield node.get("id") or "", _kind("exclusiveGateway")(node.get("id") or "")


def default_dropped(plan: Plan) -> Iterator[Place]:
    for node in plan.all("exclusiveGateway", "inclusiveGateway"):
        if node.get("default"):
            yield node.get("id") or "", set_attribute(node.get("id") or "", "default", None)


def default_dangling(plan: Plan) -> Iterator[Place]:
    for node in plan.all("exclusiveGateway", "inclusiveGateway"):
        if node.get("default"):
            yield node.get("id") or "", set_attribute(node.get("id") or "", "default", GHOST)


def default_moved(plan: Plan) -> Iterator[Place]:
    """Make a way with a condition the default: the old one has neither."""
    for node in plan.all("exclusiveGateway"):
        for flow in plan.out_of(node):
            if node.get("default") and flow.get("id") != node.get("default"):
                yield (
                    f"{node.get('id')}>{flow.get('id')}",
                    set_attribute(node.get("id") or "", "default", flow.get("id")),
                )


def default_elsewhere(plan: Plan) -> Iterator[Place]:
    """Name a flow of another gateway as the default."""
    for node in plan.all("exclusiveGateway"):
        other = next((one for one in plan.flows() if one.get("sourceRef") != node.get("id")), None)
        if node.get("default") and other is not None:
            yield node.get("id") or "", set_attribute(node.get("id") or "", "default", other.get("id"))


def _condition(change_text: Callable[[str], str | None], plan: Plan) -> Iterator[Place]:
    for number, one in enumerate(plan.all("conditionExpression")):
        made = change_text(one.text or "")
        if made is not None and made != one.text:

            def change(copy: Plan, at: int = number, text: str = made) -> None:
                nth(copy, "conditionExpression", at).text = text

            yield owner(one), change


def condition_dropped(plan: Plan) -> Iterator[Place]:
    for number, one in enumerate(plan.all("conditionExpression")):
        yield owner(one), lambda copy, at=number: remove(nth(copy, "conditionExpression", at))


def condition_emptied(plan: Plan) -> Iterator[Place]:
    return _condition(lambda text: "", plan)


def condition_broken(plan: Plan) -> Iterator[Place]:
    return _condition(lambda text: text + " and (", plan)


def condition_in_another_language(plan: Plan) -> Iterator[Place]:
    return _condition(lambda text: "=" + text.lstrip("=").replace('"', "'").replace(" = ", " == "), plan)


def condition_variable_renamed(plan: Plan) -> Iterator[Place]:
    def renamed(text: str) -> str | None:
        found = re.search(r"=\s*(?:not\()?([a-z_]+)", text)
        if found is None or found[1] in KEPT:
            return None
        return text[: found.start(1)] + found[1] + "x" + text[found.end(1) :]

    return _condition(renamed, plan)


def condition_option_changed(plan: Plan) -> Iterator[Place]:
    def changed(text: str) -> str | None:
        return re.sub(r'"([^"]+)"', r'"\1x"', text) if re.fullmatch(r'=[a-z_]+ = "[^"]+"', text.strip()) else None

    return _condition(changed, plan)
