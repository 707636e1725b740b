"""Says which variables are read before anything has set them, or are set by nothing at all."""

from __future__ import annotations

import re

from engine.checks.data.reaching import Reach
from engine.checks.data.reads import NEEDED, Use
from engine.checks.data.writes import expressions_in, mapped_into
from engine.checks.subject import Subject
from engine.diagram import Kind, Node
from engine.findings import Severity
from engine.forms import Form

_WHAT = {
    "condition": ("条件", "the condition"),
    "waited": ("所等的条件", "the condition waited for"),
    "timer": ("定时器", "the timer"),
    "collection": ("多实例的集合或次数", "the multi-instance's collection"),
    "key": ("要找的名称或关联键", "the name or key looked for"),
    "mapping": ("赋值", "the assignment"),
    "who": ("办理人", "the assignment to people"),
    "due": ("期限", "the due date"),
    "decision": ("决策", "the decision"),
    "form": ("表单", "the form"),
}
#: A length of time, as somebody writes it who has overlooked the = before it.
_LENGTH = re.compile(r"P(?=[\dT])(?:\d+[YMWD])*(?:T(?:\d+[HMS])+)?")
_FORM_ADVICE = (
    "改正变量名，在前面的表单里加上这个字段，或在带来它的消息事件的输出映射里写上它。",
    "Correct the name, add the field to a form before it, or name it in an output mapping of the message event that brings it.",
)


def check(subject: Subject, reach: Reach, uses: list[Use]) -> None:
    """Say it of every use, each name once a place."""
    never: set[str] = set()
    told: set[tuple[str, str]] = set()
    for use in uses:
        for name in sorted(use.names - use.local):
            if use.kind in ("timer", "due") and _LENGTH.fullmatch(name) and name not in reach.bits:
                _length(subject, use, name)
                continue
            if (use.at.id, name) in told or reach.may(name, use.node, is_after=use.is_after):
                _maybe(subject, reach, use, name, told)
                continue
            told.add((use.at.id, name))
            if reach.is_set_anywhere(name):
                if use.kind == "waited":
                    continue
                _too_early(subject, use, name)
            elif name not in never:
                never.add(name)
                _never(subject, use, name)


def _never(subject: Subject, use: Use, name: str) -> None:
    zh, en = _WHAT[use.kind]
    code = "decision-input-missing" if use.kind == "decision" else "variable-never-set"
    subject.say(
        Severity.WARNING,
        code,
        use.at,
        f"{zh}用到变量“{name}”，但没有表单、映射或决策给它赋值。",
        f"{en} reads the variable {name!r}, which no form, mapping or decision sets.",
        _FORM_ADVICE,
    )


def _length(subject: Subject, use: Use, name: str) -> None:
    zh, en = _WHAT[use.kind]
    wanted = f'duration("{name}")'
    subject.error(
        "variable-never-set",
        use.at,
        f"{zh}写了“={name}”：有等号时它是变量名，不是时长，总是空。",
        f"{en} says '={name}': after = that is the name of a variable, not a length of time; it is always null.",
        (
            f"要从现在起算的时刻，写成 =now() + {wanted}；要时长，去掉等号。",
            f"For a moment from now on write =now() + {wanted}; for a length of time leave out the =.",
        ),
    )


def _too_early(subject: Subject, use: Use, name: str) -> None:
    zh, en = _WHAT[use.kind]
    is_error = use.kind in NEEDED or use.kind in ("condition", "decision")
    subject.say(
        Severity.ERROR if is_error else Severity.WARNING,
        "variable-unset",
        use.at,
        f"{zh}用到变量“{name}”，但走到这里时还没有任何一步给它赋值，总是空。",
        f"{en} reads the variable {name!r}, but on no way here has any step set it yet: it is always null.",
        (
            "把赋值的步骤移到前面，或改用已有的变量。",
            "Move the step that sets it before this one, or read another variable.",
        ),
    )


def _maybe(subject: Subject, reach: Reach, use: Use, name: str, told: set[tuple[str, str]]) -> None:
    """A time or a collection that is null stops the case: say where it may be."""
    if use.kind not in NEEDED or (use.at.id, name) in told or reach.must(name, use.node, is_after=use.is_after):
        return
    told.add((use.at.id, name))
    zh, en = _WHAT[use.kind]
    subject.say(
        Severity.WARNING,
        "variable-maybe-unset",
        use.at,
        f"{zh}用到变量“{name}”，但有的路上它没有值（字段选填、有显示条件，或那一步没有走到）；空值会使流程停住。",
        f"{en} reads the variable {name!r}, which on some ways has no value (an optional or hidden field, or a step "
        "that was not taken); null stops the case there.",
        (
            "把字段设为必填，或在表达式里写明空值时怎么办（if … = null then …）。",
            "Make the field required, or say in the expression what null means (if ... = null then ...).",
        ),
    )


def form_use(node: Node, form: Form) -> Use:
    """Return what a form reads of the case: names in its conditions, texts, values and choices."""
    own = {field.keys[0] for field in form.walk() if field.keys}
    names = {name for expression in expressions_in(form) for name in expression.names}
    return Use("form", node, node, frozenset(names - own - mapped_into(node)), is_after=node.kind is Kind.START)
