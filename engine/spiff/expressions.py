"""The one place where the machine asks FEEL. It adds the case's calendar and moment, and turns answers into plain JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine import feel
from engine.diagram import Expression
from engine.diagram import Mapping as VariableMapping
from engine.errors import EngineError, StepFailed
from engine.feel import to_json
from engine.spiff.variables import put

if TYPE_CHECKING:
    from engine.spiff.case import Case

#: Two words joined by a blank or a sign: they may be one name, if the case has a variable of that name.
_TWO_WORDS = re.compile(r"[^\W\d]\w*[\s\-+*/.'’]+\w")
_compiled: dict[tuple[str, tuple[str, ...]], Any] = {}
_may_hold_names: dict[str, bool] = {}
_MOST = 20_000


def raw(case: Case, expression: Expression, context: Mapping[str, Any], element: str) -> Any:
    """Return the value of `expression` with FEEL's own types. Raises StepFailed, naming `element`."""
    if expression.is_literal:
        return expression.text
    try:
        return _ask(expression.text, context, case)
    except EngineError as fault:
        raise StepFailed(
            element,
            f"元素 {element} 的表达式“{expression.text}”无法求值：{fault.zh}",
            f"Element {element}: the expression {expression.text!r} failed: {fault.en}",
        ) from fault


def value(case: Case, expression: Expression, context: Mapping[str, Any], element: str) -> Any:
    """Return the value of `expression` as plain JSON."""
    return to_json(raw(case, expression, context, element))


def truth(case: Case, expression: Expression, context: Mapping[str, Any], element: str) -> bool:
    """Return the value of a condition. Anything but true and false fails: a missing answer is not "no"."""
    answer = raw(case, expression, context, element)
    if expression.is_literal and answer.strip().lower() in ("true", "false"):
        answer = answer.strip().lower() == "true"
    if answer is True or answer is False:
        return bool(answer)
    raise StepFailed(
        element,
        f"元素 {element} 的条件“{expression.text}”的结果是 {to_json(answer)!r}，不是 true 或 false；请检查所用变量是否有值。",
        f"Element {element}: the condition {expression.text!r} gives {to_json(answer)!r}, neither true nor false; "
        "check that its variables have values.",
    )


def text(case: Case, expression: Expression, context: Mapping[str, Any], element: str) -> str:
    """Return the value of a name, code or id: a text that is not empty."""
    answer = value(case, expression, context, element)
    if isinstance(answer, bool) or answer is None or answer == "" or isinstance(answer, (dict, list)):
        raise StepFailed(
            element,
            f"元素 {element} 的“{expression.text}”应得到文字，实际为 {answer!r}。",
            f"Element {element}: {expression.text!r} must give a text, not {answer!r}.",
        )
    return str(answer)


def mapped(case: Case, mappings: Sequence[VariableMapping], context: Mapping[str, Any], element: str) -> dict[str, Any]:
    """Return the targets with their values. A later mapping sees what an earlier one gave."""
    made: dict[str, Any] = {}
    seen = dict(context)
    for one in mappings:
        put(made, one.target, value(case, one.source, seen, element), seen)
        name = one.target.partition(".")[0]
        seen[name] = made[name]
    return made


def _ask(source: str, context: Mapping[str, Any], case: Case) -> Any:
    """Compile once, evaluate. Names with blanks are told to the compiler only where the text could hold one."""
    names: tuple[str, ...] = ()
    may_hold = _may_hold_names.get(source)
    if may_hold is None:
        may_hold = _may_hold_names[source] = _TWO_WORDS.search(source) is not None
    if may_hold:
        names = tuple(sorted(name for name in context if not name.isidentifier()))
    compiled = _compiled.get((source, names))
    if compiled is None:
        if len(_compiled) >= _MOST:
            _compiled.clear()
            _may_hold_names.clear()
        compiled = _compiled[source, names] = feel.compile(source, names)
    return compiled.evaluate(context, calendar=case.world.covering, now=case.world.now, limits=case.limit)
