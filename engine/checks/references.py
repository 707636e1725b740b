"""What a plan refers to outside its diagram: forms, decisions, called processes, services; and message flows between pools."""

from __future__ import annotations

from engine.checks.subject import Subject
from engine.diagram import EVENTS, Diagram, Expression, Kind, Node, Process
from engine.findings import Finding, Severity


def check(subject: Subject) -> None:
    """Say which forms, decisions, processes and services are missing."""
    _formless(subject)
    for _, node in subject.walk():
        if node.form is not None:
            _form(subject, node, node.form.id)
        if node.decision is not None:
            _decision(subject, node, node.decision.id)
        if node.call is not None:
            _call(subject, node, node.call.process)
        if node.service is not None and node.service.type.is_literal:
            known, name = subject.known.services, node.service.type.text
            if known is not None and name not in known and name != "?":
                subject.error(
                    "service-unknown",
                    node,
                    f"本系统没有名为“{name[:80]}”的服务。",
                    f"this house has no service {name[:80]!r}.",
                    (
                        "改正名称，或请管理员登记该服务。",
                        "Correct the name, or have the administrator register the service.",
                    ),
                )


def _formless(subject: Subject) -> None:
    """Warn of user tasks without a form where most others have one: most likely it got lost."""
    tasks = [node for _, node in subject.walk() if node.kind is Kind.USER_TASK]
    without = [node for node in tasks if node.form is None]
    if 2 * len(without) >= len(tasks):
        return
    for node in without:
        subject.warn(
            "task-without-form",
            node,
            "这个任务没有表单，而本流程的其他任务大多有：办理时什么也不问。",
            "this task has no form though most others of the process have one: it asks nothing.",
            ("选择表单；确实不用问的，可以不改。", "Choose its form; if there is nothing to ask, it may stay."),
        )


def _form(subject: Subject, node: Node, form_id: str) -> None:
    family = subject.family
    if form_id in family.forms or ("form", form_id) in family.origins:
        return
    # A diagram looked at alone may leave its forms at home; a plan handed in with forms, or to a house, may not.
    is_whole = bool(family.forms) or subject.known.roles is not None
    subject.say(
        Severity.ERROR if is_whole else Severity.WARNING,
        "form-missing",
        node,
        f"没有 id 为“{form_id[:80]}”的表单。",
        f"there is no form with the id {form_id[:80]!r}.",
        ("一并提交该 .form 文件，或改正表单 id。", "Hand in the .form file too, or correct the id."),
        node.form.place if node.form is not None else None,
    )


def _decision(subject: Subject, node: Node, decision: Expression) -> None:
    if not decision.is_literal or decision.text in subject.family.decisions:
        return
    subject.say(
        Severity.ERROR,
        "decision-missing",
        node,
        f"没有 id 为“{decision.text[:80]}”的决策。",
        f"there is no decision {decision.text[:80]!r}.",
        ("一并提交该 .dmn 文件，或改正决策 id。", "Hand in the .dmn file too, or correct the id."),
        decision.place,
    )


def _call(subject: Subject, node: Node, process: Expression) -> None:
    if not process.is_literal or process.text == "?":
        return
    called = subject.family.processes.get(process.text)
    keys = subject.known.process_keys
    if called is None and (keys is None or process.text not in keys):
        subject.say(
            Severity.ERROR,
            "called-process-missing",
            node,
            f"没有 id 为“{process.text[:80]}”的流程。",
            f"there is no process {process.text[:80]!r}.",
            ("一并提交被调用的流程，或改正 id。", "Hand in the called process too, or correct the id."),
            process.place,
        )
    elif called is not None and not called.is_executable:
        subject.say(
            Severity.ERROR,
            "called-process-drawn",
            node,
            f"被调用的流程“{process.text[:80]}”标为不可执行。",
            f"the called process {process.text[:80]!r} is marked as not executable.",
            ("把它设为可执行（isExecutable）。", "Mark it as executable (isExecutable)."),
            process.place,
        )
    elif called is not None and not _may_be_called(called):
        subject.say(
            Severity.ERROR,
            "called-process-start",
            node,
            f"被调用的流程“{process.text[:80]}”没有空白开始事件，调用不会使它开始。",
            f"the called process {process.text[:80]!r} has no none start event: a call does not begin it.",
            ("给它加一个空白开始事件。", "Give it a none start event."),
            process.place,
        )


def _may_be_called(process: Process) -> bool:
    """Return whether a call begins the process: it has a none start event, or no start event at all."""
    starts = [node for node in process.body.nodes.values() if node.kind is Kind.START]
    return not starts or any(not node.events for node in starts)


def check_collaboration(file: str, diagram: Diagram) -> list[Finding]:
    """Check that message flows lead from one pool to another, and end where messages can."""
    if not diagram.message_flows:
        return []
    pools = {pool.id: pool.process for pool in diagram.participants}
    nodes: dict[str, tuple[str, Node]] = {}
    for key, process in diagram.processes.items():
        for _, node in process.body.walk():
            nodes[node.id] = (key, node)
    findings = []
    for flow in diagram.message_flows:
        if not flow.source or not flow.target:
            continue
        ends = [nodes[end][0] if end in nodes else pools.get(end) or end for end in (flow.source, flow.target)]
        known = [end in nodes or end in pools for end in (flow.source, flow.target)]
        problem = None
        if not all(known):
            problem = ("消息流的两端须是泳池、任务或事件。", "a message flow connects pools, tasks or events.")
        elif ends[0] == ends[1]:
            problem = ("消息流只能连接不同的泳池。", "a message flow connects different pools.")
        elif not _may(nodes.get(flow.source), is_source=True) or not _may(nodes.get(flow.target), is_source=False):
            problem = ("消息流不能连到这种元素。", "a message flow cannot connect this kind of element.")
        if problem is not None:
            findings.append(
                Finding(
                    file,
                    flow.place.line,
                    Severity.ERROR,
                    "message-flow-ends",
                    flow.id,
                    problem[0],
                    problem[1],
                    "同一泳池内请用顺序流。",
                    "Use a sequence flow inside one pool.",
                    name=flow.name,
                )
            )
    return findings


def _may(end: tuple[str, Node] | None, is_source: bool) -> bool:
    if end is None:
        return True
    kind = end[1].kind
    if kind.endswith("Gateway"):
        return False
    if kind not in EVENTS:
        return True
    return kind in ((Kind.THROW, Kind.END) if is_source else (Kind.START, Kind.CATCH, Kind.BOUNDARY))
