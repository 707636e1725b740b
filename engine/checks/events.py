"""Events: which may stand where, what each needs, and who hears what."""

from __future__ import annotations

from engine import diagram
from engine.checks import compensations, kinds
from engine.checks.event_gateways import check_gateway
from engine.checks.subject import Subject
from engine.diagram import ACTIVITIES, EVENTS, EventDefinition, Kind, Node, Scope

_T, _M, _S = diagram.Timer, diagram.Message, diagram.Signal
_ERROR, _ESCALATION, _IF = diagram.Error, diagram.Escalation, diagram.Conditional
_LINK, _UNDO, _STOP, _CANCEL = diagram.Link, diagram.Compensation, diagram.Terminate, diagram.Cancel

_ALLOWED: dict[Kind, tuple[type[EventDefinition], ...]] = {
    Kind.START: (_T, _M, _S, _IF),
    Kind.CATCH: (_T, _M, _S, _IF, _LINK),
    Kind.THROW: (_M, _S, _ESCALATION, _LINK, _UNDO),
    Kind.BOUNDARY: (_T, _M, _S, _IF, _ERROR, _ESCALATION, _UNDO, _CANCEL),
    Kind.END: (_M, _S, _ERROR, _ESCALATION, _UNDO, _STOP, _CANCEL),
}
_EVENT_SUBPROCESS_START = (_T, _M, _S, _IF, _ERROR, _ESCALATION, _UNDO)
_WORDS = {
    _T: ("定时", "timer"),
    _M: ("消息", "message"),
    _S: ("信号", "signal"),
    _IF: ("条件", "conditional"),
    _ERROR: ("错误", "error"),
    _ESCALATION: ("升级", "escalation"),
    _LINK: ("链接", "link"),
    _UNDO: ("补偿", "compensation"),
    _STOP: ("终止", "terminate"),
    _CANCEL: ("取消", "cancel"),
}


def check(subject: Subject) -> None:
    """Say what is wrong with the events of the process."""
    for scope, owner in subject.scopes():
        hosts = {node.attached_to for node in scope.nodes.values() if node.attached_to}
        in_event_subprocess = owner is not None and owner.kind is Kind.EVENT_SUBPROCESS
        for node in scope.nodes.values():
            if node.kind in EVENTS:
                _allowed(subject, node, in_event_subprocess)
                _never(subject, node)
                _codes(subject, node)
                _service(subject, node)
                _cycle(subject, node, in_event_subprocess)
                if node.kind is Kind.BOUNDARY:
                    _boundary(subject, scope, node)
                elif node.kind is Kind.START and in_event_subprocess:
                    _event_start(subject, node)
            elif node.kind is Kind.EVENT_BASED:
                check_gateway(subject, scope, node, hosts)
            if owner is None:
                _by_hand(subject, node)
            if node.instantiating and node.incoming:
                subject.refuse(
                    "instantiate-with-incoming",
                    node,
                    "创建实例的元素（instantiate）不能有进入的线。",
                    "an element that starts cases (instantiate) has no flow in.",
                    ("取消 instantiate，或删去进入的线。", "Take instantiate away, or delete the flow."),
                )
        _links(subject, scope)
        _caught_twice(subject, scope)
    _cancels(subject)
    compensations.check(subject)


def word(event: EventDefinition) -> tuple[str, str]:
    """Return what kind of event this is, Chinese and English."""
    return _WORDS[type(event)]


def _allowed(subject: Subject, node: Node, in_event_subprocess: bool) -> None:
    allowed = _ALLOWED[node.kind]
    if node.kind is Kind.START and in_event_subprocess:
        allowed = _EVENT_SUBPROCESS_START
    for event in node.events:
        if not isinstance(event, allowed):
            zh, en = word(event)
            subject.error(
                "event-not-allowed",
                node,
                f"{zh}事件不能画在这里。",
                f"a {en} event may not stand here.",
                ("换一种事件，或换一个位置。", "Use another event, or another place."),
            )
    if not node.events and node.kind in (Kind.CATCH, Kind.BOUNDARY):
        subject.error(
            "event-without-trigger",
            node,
            "捕获事件没有触发条件，不知道在等什么。",
            "the catching event has no trigger: it waits for nothing.",
            ("选择定时、消息、信号等触发条件。", "Choose a timer, message, signal ... trigger."),
        )


def _never(subject: Subject, node: Node) -> None:
    """Warn of a conditional event whose condition never holds, or always does."""
    event = node.event(_IF)
    answer = kinds.constant_truth(event.condition.text) if isinstance(event, _IF) else None
    if answer is not None:
        zh, en = ("永远不会发生", "never happens") if not answer else ("一到就发生", "happens at once")
        subject.warn(
            "condition-constant",
            node,
            f"条件不读任何变量，恒为 {str(answer).lower()}：这个事件{zh}。",
            f"its condition reads no variable and is always {str(answer).lower()}: this event {en}.",
            ('写明等什么，例如 =level = "major"。', 'Say what it waits for, for instance =level = "major".'),
        )


def _codes(subject: Subject, node: Node) -> None:
    if node.kind not in (Kind.END, Kind.THROW):
        return
    for event in node.events:
        if isinstance(event, (_ERROR, _ESCALATION)) and event.code is None:
            zh, en = word(event)
            subject.refuse(
                "thrown-without-code",
                node,
                f"抛出的{zh}没有代码。",
                f"the thrown {en} has no code.",
                (f"选择一个{zh}并填写代码。", f"Choose an {en} and fill in its code."),
            )


def _service(subject: Subject, node: Node) -> None:
    """Refuse an event that a service throws when it has other events besides: they would be lost."""
    if node.service is not None and len(node.events) > 1:
        subject.refuse(
            "service-with-events",
            node,
            "由服务发送的事件不能再带别的事件。",
            "an event that a service sends has no other events.",
            ("拆成两个事件。", "Make them two events."),
        )


def _cycle(subject: Subject, node: Node, in_event_subprocess: bool) -> None:
    """Warn of a cycle where only its first occurrence counts."""
    once = node.kind is Kind.CATCH or (
        node.interrupting and (node.kind is Kind.BOUNDARY or (node.kind is Kind.START and in_event_subprocess))
    )
    if once and any(isinstance(event, _T) and event.form == "cycle" for event in node.events):
        subject.warn(
            "cycle-once",
            node,
            "这里的周期只会触发一次。",
            "a cycle here fires only once.",
            ("改用时长，或改为非中断型。", "Use a duration, or make it non-interrupting."),
        )


def _by_hand(subject: Subject, node: Node) -> None:
    """Warn of beginnings that no event brings about by itself; refuse one that wants several events."""
    if node.kind is Kind.START and node.parallel_multiple and len(node.events) > 1:
        subject.refuse(
            "event-not-allowed",
            node,
            "要等多个事件都发生才开始的开始事件不受支持。",
            "a start event that wants several events before it starts is not supported.",
            (
                "改用创建实例的并行事件网关，或先由一个事件开始。",
                "Use a parallel event gateway that starts cases, or start with one of the events.",
            ),
        )
    elif node.kind is Kind.START and node.event(_IF) is not None:
        if subject.process.is_executable:
            subject.warn(
                "start-by-hand",
                node,
                "这种开始方式不会自动创建实例，只能由人或程序启动。",
                "this beginning starts no case by itself; a person or program has to.",
                (
                    "用消息、信号或定时开始事件自动启动。",
                    "Use a message, signal or timer start event to start by itself.",
                ),
            )


def _caught_twice(subject: Subject, scope: Scope) -> None:
    """Check that the same error, escalation or compensation is not caught twice at one place."""
    seen: dict[tuple[str, str, str], str] = {}
    for node in scope.nodes.values():
        if node.kind is Kind.BOUNDARY:
            place, catching = node.attached_to or "", node
        elif node.kind is Kind.EVENT_SUBPROCESS and node.body is not None:
            start = next((one for one in node.body.nodes.values() if one.kind is Kind.START), None)
            if start is None:
                continue
            place, catching = "", start
        else:
            continue
        for event in catching.events:
            if isinstance(event, (_ERROR, _ESCALATION)):
                what = event.code.text if event.code is not None else ""
            elif isinstance(event, (_UNDO, _CANCEL)):
                what = ""
            else:
                continue
            zh, en = word(event)
            first = seen.setdefault((place, en, what), node.id)
            if first != node.id:
                subject.error(
                    "caught-twice",
                    node,
                    f"同一处已有“{first}”捕获同样的{zh}。",
                    f"{first!r} catches the same {en} at the same place already.",
                    ("删去一个，或换一个代码。", "Delete one, or give it another code."),
                )


def _boundary(subject: Subject, scope: Scope, node: Node) -> None:
    host = scope.nodes.get(node.attached_to or "")
    if host is None:
        return  # reading has said so
    if host.kind not in ACTIVITIES or host.kind is Kind.EVENT_SUBPROCESS:
        subject.error(
            "boundary-host",
            node,
            f"边界事件只能附着在活动上，“{host.id}”不是。",
            f"a boundary event is attached to an activity; {host.id!r} is none.",
            ("把它拖到任务或子流程的边框上。", "Drag it onto the border of a task or subprocess."),
        )
    if node.event(_CANCEL) is not None and host.kind is not Kind.TRANSACTION:
        subject.error(
            "cancel-outside-transaction",
            node,
            "取消边界事件只能附着在事务子流程上。",
            "a cancel boundary event is attached to a transaction.",
            ("把子流程改为事务，或换一种事件。", "Make the subprocess a transaction, or use another event."),
        )
    if not node.interrupting and (node.event(_ERROR) is not None or node.event(_CANCEL) is not None):
        subject.error(
            "must-interrupt",
            node,
            "错误和取消边界事件总是中断活动。",
            "an error or cancel boundary event always interrupts.",
            ("改为中断型（实线）。", "Make it interrupting (solid line)."),
        )
    if node.event(_UNDO) is not None:
        _compensation_boundary(subject, scope, node)
    elif not node.outgoing:
        subject.refuse(
            "boundary-no-way-on",
            node,
            "边界事件没有出去的线。",
            "no flow leaves the boundary event.",
            ("画出事件发生后怎么办。", "Draw what happens then."),
        )


def _compensation_boundary(subject: Subject, scope: Scope, node: Node) -> None:
    if node.outgoing:
        subject.error(
            "compensation-flow",
            node,
            "补偿边界事件没有顺序流，用关联线连到补偿活动。",
            "a compensation boundary event has no flows; an association leads to its handler.",
            ("改用关联线（虚线）。", "Use an association (dotted)."),
        )
        return
    targets = [scope.nodes.get(one.target) for one in scope.associations if one.source == node.id]
    handlers = [target for target in targets if target is not None]
    if len(handlers) != 1 or not handlers[0].is_for_compensation:
        subject.refuse(
            "compensation-without-handler",
            node,
            "补偿边界事件须用关联线连到一个补偿活动（isForCompensation）。",
            "a compensation boundary event has one association, to a compensation activity (isForCompensation).",
            ("画一个补偿活动并连过去。", "Draw a compensation activity and connect it."),
        )


def _event_start(subject: Subject, node: Node) -> None:
    if not node.interrupting and (node.event(_ERROR) is not None or node.event(_UNDO) is not None):
        subject.error(
            "must-interrupt",
            node,
            "错误和补偿的事件子流程总是中断型。",
            "an event subprocess for an error or compensation always interrupts.",
            ("改为中断型（实线）。", "Make it interrupting (solid line)."),
        )


def _links(subject: Subject, scope: Scope) -> None:
    throws: dict[str, list[Node]] = {}
    catches: dict[str, list[Node]] = {}
    for node in scope.nodes.values():
        for event in node.events:
            if isinstance(event, _LINK):
                (throws if node.kind is Kind.THROW else catches).setdefault(event.name, []).append(node)
    for name, nodes in throws.items():
        if name not in catches:
            subject.refuse(
                "link-without-target",
                nodes[0],
                f"同一层里没有名为“{name}”的链接捕获事件。",
                f"no link catch event {name!r} on the same level.",
                ("补上同名的链接捕获事件。", "Add a link catch event of that name."),
            )
    for name, nodes in catches.items():
        for surplus in nodes[1:]:
            subject.error(
                "link-twice",
                surplus,
                f"名为“{name}”的链接捕获事件不止一个。",
                f"there is more than one link catch event {name!r}.",
                ("改名或删去一个。", "Rename or delete one."),
            )
        if name not in throws:
            subject.warn(
                "link-without-source",
                nodes[0],
                f"没有链接抛出事件跳到“{name}”。",
                f"no link throw event jumps to {name!r}.",
                ("补上抛出事件，或删去它。", "Add the throw event, or delete this one."),
            )


def _cancels(subject: Subject) -> None:
    """Check that cancel end events stand directly in a transaction, and that it has a way on when cancelled."""
    work: list[tuple[Scope, bool]] = [(subject.process.body, False)]
    while work:
        scope, in_transaction = work.pop()
        caught = {one.attached_to for one in scope.nodes.values() if one.event(_CANCEL) is not None}
        for node in scope.nodes.values():
            if node.kind is Kind.END and node.event(_CANCEL) is not None and not in_transaction:
                subject.error(
                    "cancel-outside-transaction",
                    node,
                    "取消结束事件只能画在事务子流程里。",
                    "a cancel end event stands inside a transaction.",
                    ("换成错误或终止结束事件。", "Use an error or terminate end event."),
                )
            if node.body is not None:
                work.append((node.body, node.kind is Kind.TRANSACTION))
                if node.kind is Kind.TRANSACTION and node.id not in caught and _cancels_inside(node.body):
                    subject.refuse(
                        "cancel-not-caught",
                        node,
                        "事务里有取消结束事件，但没有取消边界事件，取消后无路可走。",
                        "the transaction has a cancel end event but no cancel boundary event: nothing follows a cancellation.",
                        (
                            "在事务边框上放一个取消事件并画出后续步骤。",
                            "Attach a cancel event and draw what happens then.",
                        ),
                    )


def _cancels_inside(body: Scope) -> bool:
    return any(node.kind is Kind.END and node.event(_CANCEL) is not None for node in body.nodes.values())
