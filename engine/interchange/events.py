"""Event definitions of a node: timers, messages, signals and the rest, as the model's objects. Which may stand where is checked later."""

from __future__ import annotations

import re
from collections.abc import Callable

from engine import diagram
from engine.diagram import EventDefinition, Expression, Node
from engine.findings import Severity
from engine.interchange import correlation
from engine.interchange.expressions import formal, value
from engine.interchange.names import BPMN, EVENT_DEFINITIONS
from engine.interchange.source import Element, Source, local_name, text_of

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")  # some tools want times quoted
_TIMER_FORMS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}


def read_events(source: Source, element: Element, node: Node) -> None:
    """Read every event definition of an event, its own and those it refers to."""
    for child in element:
        local = local_name(child)
        if child.tag == f"{{{BPMN}}}eventDefinitionRef":
            source.take(child)
            target = source.resolve(child, text_of(child), *EVENT_DEFINITIONS)
            if target is not None and target.getparent() is not source.root:
                source.invalid(
                    "event-definition-shared",
                    child,
                    "引用了另一个事件自己的事件定义；只有文件顶层的事件定义可以共用。",
                    "refers to another event's own definition; only those at the top of the file are shared.",
                    ("把它移到顶层，或在这里写上自己的定义。", "Move it to the top, or write a definition here."),
                )
            if target is not None:
                node.events.append(_definition(source, target, node))
        elif child.tag == f"{{{BPMN}}}{local}" and local in EVENT_DEFINITIONS:
            node.events.append(_definition(source, source.take(child), node))


def message_of(source: Source, element: Element, node: Node) -> diagram.Message:
    """Return the message that `element` (an event definition, send task or receive task) refers to."""
    reference = element.get("messageRef")
    place = source.place(element)
    is_thrown = node.kind in (diagram.Kind.THROW, diagram.Kind.END, diagram.Kind.SEND_TASK)
    if not reference:
        if not is_thrown and source.dialect == "plain":
            name = " ".join(node.name.split()) or node.id
            source.say(
                Severity.WARNING,
                "message-assumed",
                element,
                f"没有指定消息，按元素名称“{name[:60]}”等待。",
                f"no message is named; it waits for one called {name[:60]!r}, as the element is.",
                ("选择一条消息。", "Choose a message."),
            )
            return diagram.Message(Expression(name, True, place), place)
        if not is_thrown:  # what a throwing one needs is asked when its service is known
            source.refuse(
                "message-missing",
                element,
                "没有指定消息。",
                "no message is named.",
                ("在属性面板中选择一条消息。", "Choose a message in the properties panel."),
            )
        return diagram.Message(Expression("", True, place), place)
    target = source.resolve(element, reference, "message")
    if target is None:
        return diagram.Message(Expression("?", True, place), place)
    message = diagram.Message(_name(source, target, "message"), place)
    subscription = source.one_extension(target, "subscription")
    if subscription is not None:
        message.correlation = value(source, subscription, subscription.get("correlationKey"))
    else:
        message.correlation = correlation.key_of(source, element, target, is_thrown)
    return message


def _definition(source: Source, element: Element, node: Node) -> EventDefinition:
    return _READERS[local_name(element)](source, element, node)


def _timer(source: Source, element: Element, _node: Node) -> diagram.Timer:
    values = source.children(element, *_TIMER_FORMS)
    place = source.place(element)
    if len(values) != 1 or not text_of(values[0]):
        source.refuse(
            "timer-missing" if len(values) < 2 else "timer-ambiguous",
            element,
            "定时器须有且只有一个时间：日期、时长或周期。",
            "a timer has exactly one time: a date, a duration or a cycle.",
            ("填写 timeDate、timeDuration 或 timeCycle 之一。", "Fill in one of timeDate, timeDuration, timeCycle."),
        )
        if not values:
            return diagram.Timer("duration", Expression("", True, place), place)
    chosen = values[0]
    made = value(source, chosen, text_of(chosen))
    if made is not None and made.is_literal and _QUOTED.fullmatch(made.text):
        made = Expression(made.text[1:-1], True, made.place)
    return diagram.Timer(_TIMER_FORMS[local_name(chosen)], made or Expression("", True, place), place)


def _message(source: Source, element: Element, node: Node) -> diagram.Message:
    operation = source.child(element, "operationRef")
    if operation is not None:
        source.resolve(operation, text_of(operation), "operation")
    return message_of(source, element, node)


def _signal(source: Source, element: Element, _node: Node) -> diagram.Signal:
    place = source.place(element)
    reference = element.get("signalRef")
    if not reference:
        source.refuse(
            "signal-missing",
            element,
            "没有指定信号。",
            "no signal is named.",
            ("在属性面板中选择一个信号。", "Choose a signal in the properties panel."),
        )
        return diagram.Signal(Expression("?", True, place), place)
    target = source.resolve(element, reference, "signal")
    name = _name(source, target, "signal") if target is not None else Expression("?", True, place)
    return diagram.Signal(name, place)


def _error(source: Source, element: Element, _node: Node) -> diagram.Error:
    return diagram.Error(
        _code(source, element, "errorRef", "error", "errorCode"),
        source.place(element),
        source.vendor(element, "errorCodeVariable"),
        source.vendor(element, "errorMessageVariable"),
    )


def _escalation(source: Source, element: Element, _node: Node) -> diagram.Escalation:
    return diagram.Escalation(
        _code(source, element, "escalationRef", "escalation", "escalationCode"),
        source.place(element),
        source.vendor(element, "escalationCodeVariable"),
    )


def _conditional(source: Source, element: Element, _node: Node) -> diagram.Conditional:
    place = source.place(element)
    child = source.child(element, "condition")
    condition = formal(source, child)
    if child is None:
        source.refuse(
            "condition-event-missing",
            element,
            "条件事件没有条件。",
            "the conditional event has no condition.",
            ("写上条件，例如 =amount > 1000。", "Write the condition, for instance =amount > 1000."),
        )
    changes = source.vendor(element, "variableEvents")
    variable = source.vendor(element, "variableName")
    only = source.one_extension(element, "conditionalFilter")
    if only is not None:
        changes, variable = only.get("variableEvents"), only.get("variableNames")
    if changes and not {"create", "update"} <= {word.strip() for word in changes.split(",")}:
        source.refuse(
            "condition-filter",
            element,
            f"只在变量“{changes[:40]}”时检查条件，不受支持。",
            f"looking at a condition only when variables are changed by {changes[:40]!r} is not supported.",
            ("删去变量事件的筛选。", "Take the filter on variable events away."),
        )
    if variable:
        source.hint(
            "translated",
            element,
            f"任何变量变化时都会检查条件，不只是“{variable}”变化时。",
            f"the condition is looked at whenever any variable changes, not only {variable!r}.",
        )
    return diagram.Conditional(condition or Expression("", True, place), place)


def _link(source: Source, element: Element, node: Node) -> diagram.Link:
    source.children(element, "source", "target")  # informal: links meet by name
    name = (element.get("name") or "").strip()
    if not name:
        source.refuse(
            "link-missing",
            element,
            "链接事件没有链接名。",
            "the link event has no link name.",
            ("给抛出和捕获两端写上同一个名字。", "Give both ends the same name."),
        )
    return diagram.Link(name or node.id, source.place(element))


def _compensation(source: Source, element: Element, _node: Node) -> diagram.Compensation:
    activity = element.get("activityRef")
    target = source.resolve(element, activity) if activity else None
    return diagram.Compensation(
        target.get("id") if target is not None else None,
        source.place(element),
        source.boolean(element, "waitForCompletion", True),
    )


def _terminate(source: Source, element: Element, _node: Node) -> diagram.Terminate:
    return diagram.Terminate(source.place(element))


def _cancel(source: Source, element: Element, _node: Node) -> diagram.Cancel:
    return diagram.Cancel(source.place(element))


_READERS: dict[str, Callable[[Source, Element, Node], EventDefinition]] = {
    "timerEventDefinition": _timer,
    "messageEventDefinition": _message,
    "signalEventDefinition": _signal,
    "errorEventDefinition": _error,
    "escalationEventDefinition": _escalation,
    "conditionalEventDefinition": _conditional,
    "linkEventDefinition": _link,
    "compensateEventDefinition": _compensation,
    "terminateEventDefinition": _terminate,
    "cancelEventDefinition": _cancel,
}


def _name(source: Source, element: Element, kind: str) -> Expression:
    """Return the name that a message or signal goes by; its id where it has none."""
    made = value(source, element, element.get("name"))
    if made is not None:
        return made
    key = (element, "unnamed")
    if key not in source.told:
        source.told.add(key)
        source.refuse(
            f"{kind}-without-name",
            element,
            f"{'消息' if kind == 'message' else '信号'}没有名称，外部无法发送它。",
            f"the {kind} has no name, so nobody outside can send it.",
            ("填写名称。", "Give it a name."),
        )
    return Expression(element.get("id") or "?", True, source.place(element))


def _code(source: Source, element: Element, attribute: str, kind: str, code: str) -> Expression | None:
    """Return the code of the referenced error or escalation; its name or id where it has none; None without reference."""
    reference = element.get(attribute)
    if not reference:
        return None
    target = source.resolve(element, reference, kind)
    if target is None:
        return Expression("?", True, source.place(element))
    made = value(source, target, target.get(code))
    if made is not None:
        return made
    key = (target, "no code")
    if key not in source.told:
        source.told.add(key)
        source.hint(
            "code-missing",
            target,
            "没有代码，按名称或 id 匹配。",
            "it has no code; it is matched by its name or id.",
            (f"填写 {code}。", f"Fill in {code}."),
        )
    return Expression(target.get("name") or target.get("id") or "?", True, source.place(target))
