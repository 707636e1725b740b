"""Event-based gateways: what may stand behind them."""

from __future__ import annotations

from engine import diagram
from engine.checks.subject import Subject
from engine.diagram import Kind, Node, Scope


def check_gateway(subject: Subject, scope: Scope, node: Node, hosts: set[str]) -> None:
    """Say what is wrong with an event gateway. `hosts`: the activities of its scope that have boundary events."""
    targets = [scope.nodes[flow.target] for flow in node.outgoing]
    if node.parallel_multiple and not node.instantiating:
        subject.refuse(
            "event-gateway-parallel",
            node,
            "并行事件网关只能用来创建实例（instantiate）。",
            "a parallel event gateway only starts cases (instantiate).",
            (
                "改为普通事件网关；要等所有事件，请用并行网关。",
                "Make it an exclusive one; to wait for all events use a parallel gateway.",
            ),
        )
    if len(targets) < 2:
        subject.refuse(
            "event-gateway-single",
            node,
            "事件网关后面应有两个以上的事件。",
            "an event gateway has two events or more behind it.",
            ("补上另一个事件，或去掉网关。", "Add the other event, or take the gateway away."),
        )
    has_message = any(target.kind is Kind.CATCH and target.event(diagram.Message) for target in targets)
    for target in targets:
        is_receive = target.kind is Kind.RECEIVE_TASK
        is_catch = target.kind is Kind.CATCH and target.events and target.event(diagram.Link) is None
        if not (is_receive or is_catch):
            subject.error(
                "event-gateway-target",
                target,
                "事件网关后面只能接定时、消息、信号、条件捕获事件或接收任务。",
                "behind an event gateway stand timer, message, signal, conditional catch events or receive tasks.",
                ("换成捕获事件，或改用其他网关。", "Use a catch event, or another gateway."),
            )
            continue
        if is_receive and has_message:
            subject.error(
                "event-gateway-mixed",
                target,
                "同一事件网关后面不能既有消息事件又有接收任务。",
                "one event gateway has message events or receive tasks behind it, not both.",
                ("统一用一种。", "Use one kind."),
            )
        if len(target.incoming) > 1:
            subject.error(
                "event-gateway-shared",
                target,
                "事件网关后面的事件不能再有别的进线。",
                "an event behind an event gateway has no other flow in.",
                ("给别的路径另画一个事件。", "Draw an event of its own for the other way."),
            )
        if is_receive and target.id in hosts:
            subject.error(
                "event-gateway-boundary",
                target,
                "事件网关后面的接收任务不能有边界事件。",
                "a receive task behind an event gateway has no boundary events.",
            )
