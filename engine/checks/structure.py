"""How a process hangs together: beginnings, ends, ways between them, what nothing leads to."""

from __future__ import annotations

from engine import diagram
from engine.checks.subject import Subject
from engine.diagram import ACTIVITIES, GATEWAYS, Kind, Node, Scope
from engine.findings import Severity


def check(subject: Subject) -> None:
    """Say what is wrong with the shape of the process and of every subprocess in it."""
    for scope, owner in subject.scopes():
        if not scope.nodes:
            _empty(subject, owner)
            continue
        _ends_of_flows(subject, scope)
        _twice(subject, scope)
        if owner is not None and owner.kind is Kind.AD_HOC:
            continue
        if owner is not None and owner.kind is Kind.EVENT_SUBPROCESS:
            _event_subprocess(subject, scope, owner)
        else:
            _starts(subject, scope, owner)
        _orphans(subject, scope)
        _ends(subject, scope)


def _empty(subject: Subject, owner: Node | None) -> None:
    if owner is None:
        subject.refuse(
            "process-empty",
            None,
            "流程里没有任何元素。",
            "the process has no elements.",
            ("画上开始事件、任务和结束事件。", "Draw a start event, tasks and an end event."),
        )
    elif owner.kind is Kind.EVENT_SUBPROCESS:
        subject.refuse("event-subprocess-start", owner, "事件子流程是空的。", "the event subprocess is empty.")
    elif owner.kind is not Kind.AD_HOC:  # that one says so itself
        subject.warn(
            "subprocess-empty",
            owner,
            "子流程是空的，会立即结束。",
            "the subprocess is empty and ends at once.",
            ("画出其中的步骤，或改为普通任务。", "Draw its steps, or make it a plain task."),
        )


def _ends_of_flows(subject: Subject, scope: Scope) -> None:
    """Check which nodes may have flows in and out."""
    for node in scope.nodes.values():
        if node.incoming and node.kind in (Kind.START, Kind.BOUNDARY):
            subject.error(
                "flow-into-start",
                node,
                "开始事件和边界事件不能有进入的顺序流。",
                "a start or boundary event has no incoming flows.",
                ("删去这条线，或换成中间事件。", "Delete the flow, or use an intermediate event."),
            )
        if node.outgoing and node.kind is Kind.END:
            subject.error(
                "flow-out-of-end",
                node,
                "结束事件不能有出去的顺序流。",
                "an end event has no outgoing flows.",
                ("删去这条线，或换成中间事件。", "Delete the flow, or use an intermediate event."),
            )
        if (node.incoming or node.outgoing) and node.kind is Kind.EVENT_SUBPROCESS:
            subject.error(
                "flow-at-event-subprocess",
                node,
                "事件子流程不能连接顺序流。",
                "an event subprocess has no sequence flows.",
                ("删去连线；它由自己的开始事件触发。", "Delete the flows; its start event opens it."),
            )
        if (node.incoming or node.outgoing) and node.is_for_compensation:
            subject.error(
                "flow-at-compensation",
                node,
                "补偿活动不能连接顺序流。",
                "a compensation activity has no sequence flows.",
                (
                    "只用关联线连到补偿边界事件。",
                    "Connect it to the compensation boundary event by an association only.",
                ),
            )
        link = node.event(diagram.Link)
        if link is not None and (
            (node.kind is Kind.CATCH and node.incoming) or (node.kind is Kind.THROW and node.outgoing)
        ):
            subject.error(
                "flow-at-link",
                node,
                "链接捕获事件没有进入的线，链接抛出事件没有出去的线。",
                "a link catch event has no flow in, a link throw event none out.",
                ("删去多余的线。", "Delete the surplus flow."),
            )


def _twice(subject: Subject, scope: Scope) -> None:
    seen: dict[tuple[str, str], str] = {}
    for flow in scope.flows.values():
        key = (flow.source, flow.target)
        if key in seen and flow.condition is None and scope.nodes[flow.source].kind not in (
            Kind.EXCLUSIVE, Kind.INCLUSIVE, Kind.COMPLEX,
        ):  # fmt: skip
            subject.warn(
                "flow-twice",
                flow,
                f"与“{seen[key]}”连接同样两个元素，会多走一遍。",
                f"it connects the same elements as {seen[key]!r}: the target runs twice.",
                ("删去其中一条。", "Delete one of them."),
            )
        seen.setdefault(key, flow.id)


def _starts(subject: Subject, scope: Scope, owner: Node | None) -> None:
    starts = [node for node in scope.nodes.values() if node.kind is Kind.START]
    plain = [node for node in starts if not node.events]
    for surplus in plain[1:]:
        subject.refuse(
            "several-starts",
            surplus,
            f"已有一个空白开始事件“{plain[0].id}”。",
            f"there is a none start event already: {plain[0].id!r}.",
            ("只留一个空白开始事件，后面再分支。", "Keep one none start event and branch after it."),
        )
    if owner is not None:
        for node in starts:
            if node.events:
                subject.refuse(
                    "start-event-in-subprocess",
                    node,
                    "嵌入式子流程的开始事件不能有触发条件。",
                    "the start event of an embedded subprocess has no trigger.",
                    ("改为空白开始事件，或改为事件子流程。", "Make it a none start event, or an event subprocess."),
                )
    starts += [node for node in scope.nodes.values() if node.instantiating]
    if not starts and not _implicit_starts(scope):
        subject.refuse(
            "no-start",
            owner,
            "没有开始事件，也没有可以开始的元素。",
            "there is no start event, and nothing that could begin.",
            ("画上开始事件。", "Draw a start event."),
        )
    elif not starts:
        has_end = any(node.kind is Kind.END for node in scope.nodes.values())
        severity = Severity.ERROR if subject.process.is_executable else Severity.WARNING
        subject.say(
            severity if has_end else Severity.HINT,
            "implicit-start",
            owner,
            "有结束事件而没有开始事件。" if has_end else "没有开始事件；从没有进线的元素开始。",
            "there is an end event but no start event."
            if has_end
            else "there is no start event; it begins at the elements without a way in.",
            ("画上开始事件。", "Draw a start event."),
        )


def _event_subprocess(subject: Subject, scope: Scope, owner: Node) -> None:
    starts = [node for node in scope.nodes.values() if node.kind is Kind.START]
    if len(starts) != 1 or not starts[0].events:
        subject.refuse(
            "event-subprocess-start",
            owner,
            "事件子流程须有且只有一个带触发条件的开始事件。",
            "an event subprocess has exactly one start event, with a trigger.",
            ("给它一个定时、消息、错误等开始事件。", "Give it one timer, message, error ... start event."),
        )


def _implicit_starts(scope: Scope) -> list[Node]:
    return [node for node in scope.nodes.values() if not node.incoming and _needs_way_in(node)]


def _needs_way_in(node: Node) -> bool:
    return not (
        node.kind in (Kind.START, Kind.BOUNDARY, Kind.EVENT_SUBPROCESS)
        or node.is_for_compensation
        or (node.kind is Kind.CATCH and node.event(diagram.Link) is not None)
        or node.instantiating
    )


def successors(scope: Scope) -> dict[str, list[str]]:
    """Return where a token can go from each node in one move: flows, boundaries, links, compensation handlers."""
    ways = {key: [flow.target for flow in node.outgoing] for key, node in scope.nodes.items()}
    catches = {
        event.name: node.id
        for node in scope.nodes.values()
        if node.kind is Kind.CATCH
        for event in node.events
        if isinstance(event, diagram.Link)
    }
    for node in scope.nodes.values():
        if node.kind is Kind.BOUNDARY and node.attached_to in ways:
            ways[node.attached_to].append(node.id)
        elif node.kind is Kind.THROW:
            links = [event.name for event in node.events if isinstance(event, diagram.Link)]
            ways[node.id] += [catches[name] for name in links if name in catches]
    for association in scope.associations:
        source = scope.nodes.get(association.source)
        if source is not None and source.kind is Kind.BOUNDARY and association.target in ways:
            ways[source.id].append(association.target)
    return ways


def reached(ways: dict[str, list[str]], first: list[str]) -> set[str]:
    """Return the nodes that a token can come to from `first`, themselves included."""
    seen: set[str] = set()
    work = list(first)
    while work:
        key = work.pop()
        if key not in seen:
            seen.add(key)
            work.extend(ways[key])
    return seen


def _orphans(subject: Subject, scope: Scope) -> None:
    """Say which nodes no token can come to."""
    starts = [node for node in scope.nodes.values() if node.kind is Kind.START or node.instantiating]
    first = [node.id for node in starts or _implicit_starts(scope)]
    first += [node.id for node in scope.nodes.values() if node.kind is Kind.EVENT_SUBPROCESS]
    ways = successors(scope)
    living = reached(ways, first)
    dead = [node for node in scope.nodes.values() if node.id not in living]
    if not starts and not first:
        return  # said already: nothing begins
    roots = [node for node in dead if not node.incoming]
    told = reached(ways, [node.id for node in roots])
    for node in dead:
        is_root = not node.incoming
        if node.kind is Kind.BOUNDARY or (node.id in told and not is_root):
            continue  # its activity, or where it hangs from, is named
        if is_root and node.is_for_compensation:
            subject.refuse(
                "compensation-unattached",
                node,
                "补偿活动没有连到任何补偿边界事件，永远不会执行。",
                "no compensation boundary event leads to this activity; it never runs.",
                ("用关联线从补偿边界事件连过来。", "Draw an association from a compensation boundary event."),
            )
            continue
        subject.refuse(
            "unreachable",
            node,
            "没有路径能走到这里，永远不会执行。",
            "no way leads here; it never runs.",
            ("从前面的步骤连一条线过来，或删去它。", "Connect it to a step before it, or delete it."),
        )


def _ends(subject: Subject, scope: Scope) -> None:
    """Say where a way stops without an end event: an error where the scope has one elsewhere, as the standard has it."""
    has_end = any(node.kind is Kind.END for node in scope.nodes.values())
    is_run = subject.process.is_executable
    severity = Severity.ERROR if has_end and is_run else Severity.WARNING
    for node in scope.nodes.values():
        if node.outgoing or node.is_for_compensation or node.kind in (Kind.END, Kind.EVENT_SUBPROCESS):
            continue
        if node.kind is Kind.START:
            subject.refuse("no-way-on", node, "开始事件没有出去的线。", "no flow leaves the start event.", _CONNECT)
        elif (node.kind in GATEWAYS and not _merges(node)) or node.kind is Kind.CATCH:
            subject.refuse("no-way-on", node, "这里没有出去的线。", "no flow leads on from here.", _CONNECT)
        elif node.kind in GATEWAYS | ACTIVITIES or (node.kind is Kind.THROW and node.event(diagram.Link) is None):
            if not (has_end or is_run):
                continue  # what is only drawn may stop anywhere
            subject.say(
                severity,
                "implicit-end",
                node,
                "路径在此中断，没有结束事件" + ("，而别处有结束事件。" if has_end else "；按在此结束处理。"),
                "the way stops here without an end event"
                + (", though other ways have one." if has_end else "; it is taken as an end."),
                ("接上有名称的结束事件。", "Connect a named end event."),
            )


def _merges(node: Node) -> bool:
    """Return whether a gateway only brings ways together: then the way may end at it."""
    return len(node.incoming) > 1 and node.kind in (Kind.EXCLUSIVE, Kind.PARALLEL, Kind.INCLUSIVE)


_CONNECT = ("连到下一步。", "Connect it to the next step.")
