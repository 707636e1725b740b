"""Activities: loops, calls, subprocesses, ad-hoc; what each must say before it can run."""

from __future__ import annotations

import re

from engine import diagram
from engine.checks.subject import Subject
from engine.diagram import ACTIVITIES, Kind, Node


def check(subject: Subject) -> None:
    """Say what is wrong with the activities of the process."""
    hosts = {node.attached_to for _, node in subject.walk() if node.attached_to}
    for _, node in subject.walk():
        if node.loop is not None:
            _loop(subject, node)
        if node.kind is Kind.CALL_ACTIVITY and node.call is None:
            subject.refuse(
                "call-missing",
                node,
                "调用活动没有指定被调用的流程。",
                "the call activity does not name the process it calls.",
                ("填写被调用流程的 id。", "Fill in the id of the called process."),
            )
        if node.kind is Kind.AD_HOC:
            _ad_hoc(subject, node)
        if node.kind is Kind.COMPLEX and node.activation is None and len(node.incoming) > 1:
            subject.refuse(
                "complex-without-rule",
                node,
                "复杂网关汇合时须写明激活条件。",
                "a complex gateway that joins ways needs an activation condition.",
                (
                    "写上 activationCondition，或换成并行、包容网关。",
                    "Write its activationCondition, or use a parallel or inclusive gateway.",
                ),
            )
        if node.is_for_compensation and node.id in hosts:
            subject.warn(
                "compensation-with-boundary",
                node,
                "补偿活动上的边界事件会在补偿时生效，请确认。",
                "boundary events of a compensation activity work while it compensates; make sure this is meant.",
            )


def _loop(subject: Subject, node: Node) -> None:
    loop = node.loop
    if node.kind is Kind.EVENT_SUBPROCESS:
        subject.error(
            "loop-not-allowed",
            node,
            "事件子流程不能循环。",
            "an event subprocess has no loop.",
            ("删去循环标记。", "Take the loop marker away."),
        )
    if isinstance(loop, diagram.StandardLoop):
        if loop.condition is None and loop.maximum is None:
            subject.refuse(
                "loop-without-end",
                node,
                "循环既没有条件也没有次数上限。",
                "the loop has neither a condition nor a maximum.",
                ("填写循环条件或 loopMaximum。", "Fill in the loop condition or loopMaximum."),
            )
        return
    assert loop is not None
    if loop.collection is None and loop.cardinality is None:
        subject.refuse(
            "loop-without-collection",
            node,
            "多实例没有集合，也没有次数。",
            "the multi-instance has neither a collection nor a cardinality.",
            ("填写要逐项处理的集合。", "Fill in the collection to go through."),
        )
    if loop.collection is not None and loop.cardinality is not None:
        subject.refuse(
            "loop-ambiguous",
            node,
            "多实例既有集合又有次数，不知道以哪个为准。",
            "the multi-instance has a collection and a cardinality: nobody knows which counts.",
            ("只留一个。", "Leave one of them."),
        )
    if loop.cardinality is not None and re.fullmatch(r"-\s*\d+(\.\d+)?|\d+\.\d+", loop.cardinality.text.strip()):
        subject.error(
            "loop-cardinality",
            node,
            f"多实例的次数“{loop.cardinality.text[:40]}”不是非负整数。",
            f"the cardinality {loop.cardinality.text[:40]!r} is no whole number of at least 0.",
            ("改正次数。", "Correct the cardinality."),
        )
    if loop.results is not None and loop.result_item is None:
        subject.warn(
            "loop-without-result",
            node,
            f"结果集合“{loop.results}”没有说明收集什么，只会得到空值。",
            f"the results {loop.results!r} do not say what is gathered: they stay empty.",
            ("填写每个成员的结果（outputElement）。", "Fill in the result of each member (outputElement)."),
        )


def _ad_hoc(subject: Subject, node: Node) -> None:
    body = node.body
    if body is None:
        return
    if not any(inner.kind in ACTIVITIES for inner in body.nodes.values()):
        subject.refuse(
            "ad-hoc-empty",
            node,
            "临时子流程里没有活动，谁也没有事可做。",
            "the ad-hoc subprocess has no activity: there is nothing to do in it.",
            ("在里面画上可做的任务。", "Draw the tasks that may be done in it."),
        )
    for inner in body.nodes.values():
        if inner.kind in (Kind.START, Kind.END):
            subject.error(
                "ad-hoc-event",
                inner,
                "临时子流程里不能有开始或结束事件。",
                "an ad-hoc subprocess has no start or end events.",
                ("删去它。", "Delete it."),
            )
