"""Ways out of gateways and activities: conditions, defaults, ways that nobody takes."""

from __future__ import annotations

from engine.checks import kinds
from engine.checks.subject import Subject
from engine.diagram import ACTIVITIES, EVENTS, Flow, Kind, Node
from engine.findings import Severity

_ADD_DEFAULT = ("把一条出线设为默认，其余都写上条件。", "Make one flow the default and give all others a condition.")


def check(subject: Subject) -> None:
    """Say what is wrong with the ways out of every node."""
    for _, node in subject.walk():
        if node.kind in EVENTS or node.kind in (Kind.PARALLEL, Kind.EVENT_BASED):
            _unconditional(subject, node)
        elif node.kind in (Kind.EXCLUSIVE, Kind.INCLUSIVE, Kind.COMPLEX):
            _decides(subject, node)
        elif node.kind in ACTIVITIES:
            _activity(subject, node)
        _direction(subject, node)


def _unconditional(subject: Subject, node: Node) -> None:
    for flow in node.outgoing:
        if flow.condition is not None:
            subject.error(
                "condition-not-allowed",
                flow,
                f"从“{node.id}”出去的线不能带条件。",
                f"a flow out of {node.id!r} has no condition.",
                ("在前面加一个排他网关。", "Put an exclusive gateway before it."),
            )


def _decides(subject: Subject, node: Node) -> None:
    """Check an exclusive, inclusive or complex gateway."""
    ways = node.outgoing
    if len(ways) < 2:
        if ways and ways[0].condition is not None and subject.process.is_executable:
            _single(subject, node, ways[0])
        if len(node.incoming) < 2 and ways:
            subject.hint(
                "gateway-superfluous",
                node,
                "网关只有一进一出，没有作用。",
                "the gateway has one way in and one out: it decides nothing.",
                ("删去它，或补上其他出路。", "Delete it, or add the other way out."),
            )
        return
    if not subject.process.is_executable:
        return
    for flow in ways:
        if flow.condition is None and flow.id != node.default and node.kind in (Kind.INCLUSIVE, Kind.COMPLEX):
            subject.warn(
                "condition-absent",
                flow,
                "网关的这条出线没有条件，总会走。",
                "this way out of the gateway has no condition: it is always taken.",
                _ADD_DEFAULT,
            )
        elif flow.condition is None and flow.id != node.default and node.kind is Kind.EXCLUSIVE:
            subject.error(
                "condition-missing",
                flow,
                f"网关“{node.name or node.id}”的这条出线既没有条件，也不是默认。",
                f"this way out of gateway {node.name or node.id!r} has no condition and is not the default.",
                _ADD_DEFAULT,
            )
        elif flow.condition is not None and flow.id == node.default:
            _default_condition(subject, flow)
    if node.default is None and all(flow.condition is not None for flow in ways):
        subject.warn(
            "gateway-without-default",
            node,
            "所有条件都不满足时无路可走。",
            "when no condition holds there is no way on.",
            _ADD_DEFAULT,
        )
    _never(subject, node)


def _never(subject: Subject, node: Node) -> None:
    """Warn of ways that cannot be taken, as far as the text of the conditions tells."""
    seen: dict[str, str] = {}
    always = ""
    default = next((flow for flow in node.outgoing if flow.id == node.default), None)
    for flow in [*(one for one in node.outgoing if one is not default), *([default] if default else [])]:
        if flow is default:
            reason = _after(always)
        elif flow.condition is None:
            continue
        else:
            text = " ".join(flow.condition.text.split())
            answer = kinds.constant_truth(text)
            if answer is False:
                reason = ("条件恒为 false。", "its condition is always false.")
            elif node.kind is Kind.EXCLUSIVE and text in seen:
                reason = (
                    f"与前面的“{seen[text]}”条件相同。",
                    f"it has the same condition as {seen[text]!r} before it.",
                )
            else:
                reason = _after(always) if node.kind is Kind.EXCLUSIVE else None
                seen[text] = flow.id
                always = always or (flow.id if answer is True else "")
        if reason is not None:
            subject.warn(
                "way-never-taken",
                flow,
                f"这条路永远不会走：{reason[0]}",
                f"this way is never taken: {reason[1]}",
                ("改正条件。", "Correct the condition."),
            )


def _after(always: str) -> tuple[str, str] | None:
    if not always:
        return None
    return f"另一条路“{always}”的条件恒为 true。", f"the condition of another way, {always!r}, is always true."


def _single(subject: Subject, node: Node, flow: Flow) -> None:
    if flow.id == node.default:
        _default_condition(subject, flow)
        return
    is_activity = node.kind in ACTIVITIES  # the standard forbids it there
    subject.say(
        Severity.ERROR if is_activity and subject.process.is_executable else Severity.WARNING,
        "condition-on-only-way",
        flow,
        "这是唯一的出路，却带着条件：不满足时无路可走。",
        "it is the only way on, yet it has a condition: when it does not hold there is no way.",
        ("删去条件，或补上默认出路。", "Delete the condition, or add a default way."),
    )


def _default_condition(subject: Subject, flow: Flow) -> None:
    subject.warn(
        "condition-on-default",
        flow,
        "默认出路的条件不会被计算。",
        "the condition of a default flow is not looked at.",
        ("删去条件。", "Delete the condition."),
    )


def _activity(subject: Subject, node: Node) -> None:
    conditional = [flow for flow in node.outgoing if flow.condition is not None]
    if not conditional or not (subject.process.is_executable or len(node.outgoing) == 1):
        return
    for flow in conditional:
        if flow.id == node.default:
            _default_condition(subject, flow)
    if len(node.outgoing) == 1:
        _single(subject, node, node.outgoing[0])
    elif len(conditional) == len(node.outgoing) and node.default is None:
        subject.warn(
            "gateway-without-default",
            node,
            "所有条件都不满足时无路可走。",
            "when no condition holds there is no way on.",
            _ADD_DEFAULT,
        )


def _direction(subject: Subject, node: Node) -> None:
    is_wrong = (
        (node.direction == "Converging" and len(node.outgoing) > 1)
        or (node.direction == "Diverging" and len(node.incoming) > 1)
        or (node.direction == "Mixed" and (len(node.incoming) < 2 or len(node.outgoing) < 2))
    )
    if is_wrong:
        subject.refuse(
            "gateway-direction",
            node,
            f"网关标为 {node.direction}，但有 {len(node.incoming)} 进 {len(node.outgoing)} 出。",
            f"the gateway says {node.direction} but has {len(node.incoming)} ways in and {len(node.outgoing)} out.",
            ("改正 gatewayDirection 或连线。", "Correct gatewayDirection or the flows."),
        )
