"""Every expression is compiled, every literal time read, before anything runs. Nothing is evaluated."""

from __future__ import annotations

import re
from datetime import datetime

from engine import diagram, feel
from engine.checks.data import names_with_blanks
from engine.checks.subject import Subject, expressions_of
from engine.diagram import Expression, Flow, Node
from engine.findings import Severity

_DURATION = re.compile(
    r"-?P(?=\d|T\d)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:[.,]\d+)?S)?)?"
)
_CYCLE = re.compile(r"R(?:-1|0*[1-9]\d*)?/(.+)")
_CRON = re.compile(r"(?:@\w+|[\d*/,\-?LW#A-Za-z]+(?:\s+[\d*/,\-?LW#A-Za-z]+){4,6})")
_FORMS = {
    "date": ("日期时间（如 2030-01-01T09:00:00+08:00）", "a date and time (2030-01-01T09:00:00+08:00)"),
    "duration": ("时长（如 PT24H、P5D）", "a duration (PT24H, P5D)"),
    "cycle": ("周期（如 R3/PT1H）", "a cycle (R3/PT1H)"),
}


def check(subject: Subject) -> None:
    """Compile every expression of the process; say what cannot be compiled or read."""
    names = names_with_blanks(subject)
    for scope, node in subject.walk():
        for use, expression in expressions_of(node):
            if use == "timer":
                continue
            if use == "due" and expression.is_literal:
                _due(subject, node, expression)
            else:
                _compile(subject, node, expression, names)
        for event in node.events:
            if isinstance(event, diagram.Timer):
                _timer(subject, node, event, names)
        for variable in scope.variables:
            if variable.initial is not None:
                _compile(subject, node, variable.initial, names)
    for scope, _ in subject.scopes():
        for flow in scope.flows.values():
            if flow.condition is not None:
                _compile(subject, flow, flow.condition, names)


def _compile(subject: Subject, owner: Node | Flow, expression: Expression, names: frozenset[str]) -> bool:
    if expression.is_literal:
        return True
    if not expression.text.strip():
        _invalid(subject, owner, expression, "表达式是空的。", "the expression is empty.")
        return False
    try:
        feel.compile(expression.text, names)
    except feel.FeelError as fault:
        _invalid(subject, owner, expression, fault.zh, fault.en)
        return False
    return True


def _invalid(subject: Subject, owner: Node | Flow, expression: Expression, zh: str, en: str) -> None:
    text = expression.text if len(expression.text) <= 120 else expression.text[:120] + "…"
    subject.say(
        Severity.ERROR,
        "expression-invalid",
        owner,
        f"“{text}”不是有效的 FEEL 表达式。{zh}",
        f"{text!r} is not valid FEEL: {en}",
        ("改正该处的写法。", "Correct it there."),
        expression.place,
    )


def _timer(subject: Subject, node: Node, timer: diagram.Timer, names: frozenset[str]) -> None:
    value = timer.value
    if not value.is_literal:
        _compile(subject, node, value, names)
        return
    if not value.text.strip():
        return  # reading has said so
    if not _is_time(timer.form, value.text.strip()):
        zh, en = _FORMS[timer.form]
        advice = (f"写成 ISO 8601 的{zh}，或以 = 开头的 FEEL。", f"Write {en} in ISO 8601, or FEEL starting with =.")
        if timer.form == "cycle" and _CRON.fullmatch(value.text.strip()):
            advice = (
                "不支持 cron 写法，请写成 R/PT1H 这样的周期。",
                "Cron is not supported; write a cycle such as R/PT1H.",
            )
        subject.say(
            Severity.ERROR,
            "timer-invalid",
            node,
            f"定时器的值“{value.text[:80]}”不是{zh}。",
            f"the timer's value {value.text[:80]!r} is not {en}.",
            advice,
            value.place,
        )
    elif (
        timer.working_days
        and timer.form == "duration"
        and not re.fullmatch(r"P(?=\d)(?:\d+W)?(?:\d+D)?(?:T.+)?", value.text.strip())
    ):
        subject.say(
            Severity.ERROR,
            "timer-invalid",
            node,
            f"工作日时限“{value.text[:40]}”只能用天数。",
            f"a length in working days ({value.text[:40]!r}) counts days only.",
            ("写成 P5D。", "Write P5D."),
            value.place,
        )


def _due(subject: Subject, node: Node, expression: Expression) -> None:
    text = expression.text.strip()
    if not (_is_moment(text) or _is_length(text)):
        subject.say(
            Severity.ERROR,
            "due-invalid",
            node,
            f"期限“{text[:80]}”不是日期时间、时长或 FEEL 表达式。",
            f"the due date {text[:80]!r} is no date and time, duration or FEEL expression.",
            (
                "写成 PT24H，或 =working days after(received_at, 5)。",
                "Write PT24H, or =working days after(received_at, 5).",
            ),
            expression.place,
        )


def _is_time(form: str, text: str) -> bool:
    if form == "date":
        return _is_moment(text)
    if form == "duration":
        return _is_length(text)
    found = _CYCLE.fullmatch(text)
    if found is None:
        return _is_length(text)
    parts = found[1].split("/")
    if len(parts) == 1:
        return _is_length(parts[0])
    return len(parts) == 2 and (
        (_is_length(parts[0]) and _is_moment(parts[1])) or (_is_moment(parts[0]) and _is_length(parts[1]))
    )


def _is_length(text: str) -> bool:
    return len(text) < 60 and _DURATION.fullmatch(text) is not None


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text.partition("[")[0])
    except ValueError:
        return False
    return True
