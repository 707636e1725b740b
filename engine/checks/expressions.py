"""Every expression is compiled, every time read, before anything runs. Only what reads no variable is worked out."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from engine import diagram, feel
from engine.checks import kinds
from engine.checks.data import names_with_blanks
from engine.checks.subject import Subject, expressions_of
from engine.diagram import Expression, Flow, Node
from engine.findings import Severity

#: Weeks stand alone, as ISO 8601 says.
_DURATION = re.compile(
    r"P(?:\d+W|(?=\d|T\d)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:[.,]\d+)?S)?)?)", re.ASCII
)
_CYCLE = re.compile(r"R(?:-1|0*[1-9]\d*)?/(.+)", re.ASCII)
_NOTHING = re.compile(r"[PYMWDTHS0.,]*")  # a length of nothing
#: A length longer than this is a slip of the pen: no clock counts so far.
_MOST_DAYS = 365_250
_DAYS_OF = {"Y": 365.25, "M": 30.4, "W": 7.0, "D": 1.0, "H": 1 / 24, "m": 1 / 1_440, "S": 1 / 86_400}
_MOST_MEMBERS = 10_000  #: of one multi-instance, as the machine allows
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
            if use in ("timer", "loop"):
                continue
            if use == "due" and expression.is_literal:
                _due(subject, node, expression)
            else:
                _compile(subject, node, expression, names, use)
        _loop(subject, node, names)
        for event in node.events:
            if isinstance(event, diagram.Timer):
                _timer(subject, node, event, names)
        for variable in scope.variables:
            if variable.initial is not None:
                _compile(subject, node, variable.initial, names)
    for scope, _ in subject.scopes():
        for flow in scope.flows.values():
            if flow.condition is not None:
                _compile(subject, flow, flow.condition, names, "condition")


def _loop(subject: Subject, node: Node, names: frozenset[str]) -> None:
    loop = node.loop
    if isinstance(loop, diagram.MultiInstance):
        parts = [(loop.cardinality, "number"), (loop.collection, "list"), (loop.result_item, "")]
        parts.append((loop.completion, "condition"))
    else:
        parts = [(loop.condition, "condition")] if loop is not None else []
    for expression, use in parts:
        if expression is not None:
            _compile(subject, node, expression, names, use)


def _compile(
    subject: Subject, owner: Node | Flow, expression: Expression, names: frozenset[str], use: str = ""
) -> None:
    """Say what is wrong with an expression. `use`: what its place needs, a key of `kinds.NEEDS`."""
    if expression.is_literal:
        return
    if not expression.text.strip():
        _invalid(subject, owner, expression, "表达式是空的。", "the expression is empty.")
        return
    try:
        compiled = feel.compile(expression.text, names)
    except feel.FeelError as fault:
        _invalid(subject, owner, expression, fault.zh, fault.en)
        return
    wrong = kinds.wrong_call(compiled.tree)
    if wrong is not None:
        subject.say(
            Severity.ERROR,
            "function-unknown",
            owner,
            f"“{expression.text[:80]}”：{wrong[0]}",
            f"{expression.text[:80]!r}: {wrong[1]}",
            ("换成有的函数，或改正参数。", "Use a function that is there, or correct its arguments."),
            expression.place,
        )
        return
    words = kinds.words_side_by_side(compiled.tree, names | frozenset(subject.known.start_variables or ()))
    if words is not None:
        zh = f"“{words[:60]}”不是变量名：几个词之间少了运算符或括号。"
        en = f"{words[:60]!r} is no variable: an operator or a bracket is missing between the words."
        _invalid(subject, owner, expression, zh, en)
        return
    need = kinds.NEEDS.get(use)
    if need is not None:
        _kind(subject, owner, expression, compiled, use, need)


def _kind(
    subject: Subject,
    owner: Node | Flow,
    expression: Expression,
    compiled: feel.Expression,
    use: str,
    need: kinds.Need,
) -> None:
    """Refuse an expression that never gives what its place needs."""
    worked = kinds.worked_out(compiled)
    given = kinds.kinds_of(compiled.tree) if worked is None else frozenset({kinds.kind_of_value(worked.value)})
    zh, en = kinds.in_words(given)
    if kinds.fits(given, need):
        if worked is None or _is_usable(worked.value, use):
            return
        zh, en = f"“{str(worked.value)[:60]}”", repr(str(worked.value)[:60])
    subject.say(
        Severity.ERROR,
        "expression-kind",
        owner,
        f"“{expression.text[:80]}”的结果是{zh}，这里要的是{need.zh}。",
        f"{expression.text[:80]!r} gives {en}; wanted here is {need.en}.",
        ("改正表达式。", "Correct the expression."),
        expression.place,
    )


def _is_usable(value: Any, use: str) -> bool:
    """Return whether a value of the right kind can be used: no negative length, no text that is no time."""
    if use == "number":
        return bool(value == int(value) and 0 <= value <= _MOST_MEMBERS)
    if use in ("date", "duration", "cycle") and isinstance(value, str):
        return _is_time(use, value.strip())
    if use == "due" and isinstance(value, str):
        return _is_moment(value.strip()) or _is_length(value.strip())
    if use in ("duration", "cycle") and isinstance(value, (timedelta, feel.YearsMonths)):
        much = value.total_seconds() if isinstance(value, timedelta) else value.months
        return much > 0 or (much == 0 and use == "duration")
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
        _compile(subject, node, value, names, timer.form)
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
        return _is_interval(text)
    parts = found[1].split("/")
    if len(parts) == 1:
        return _is_interval(parts[0])
    return len(parts) == 2 and (
        (_is_interval(parts[0]) and _is_moment(parts[1])) or (_is_moment(parts[0]) and _is_interval(parts[1]))
    )


def _is_interval(text: str) -> bool:
    """Return whether a length can be the time between two occurrences: some time passes."""
    return _is_length(text) and _NOTHING.fullmatch(text) is None


def _is_length(text: str) -> bool:
    if len(text) >= 60 or _DURATION.fullmatch(text) is None:
        return False
    day, _, clock = text[1:].partition("T")
    parts = re.findall(r"([\d.,]+)(\w)", day) + re.findall(r"([\d.,]+)(\w)", clock.replace("M", "m"))
    return sum(float(number.replace(",", ".")) * _DAYS_OF[unit] for number, unit in parts) <= _MOST_DAYS


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text.partition("[")[0])
    except ValueError:
        return False
    return text.isascii()
