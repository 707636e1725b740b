"""What kind of value an expression gives, as far as its text tells, and whether that is what its place needs.

An expression without variables is worked out; of others the outermost operation tells. What a variable holds is asked
elsewhere (`engine.checks.data`): here a variable may be anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from engine import feel
from engine.feel import YearsMonths
from engine.feel import nodes as n
from engine.feel.builtins import BUILTINS
from engine.feel.values import Function, Range, as_number, kind

#: What an expression gives: words of FEEL; ANY where the text does not tell.
ANY = frozenset({"any"})
_TRUTH = frozenset({"boolean"})
_NUMBER = frozenset({"number"})
_TEXT = frozenset({"string"})
_DATE = frozenset({"date", "date and time"})
_LENGTH = frozenset({"duration"})
_SUM = frozenset({"number", "string", "duration", "date", "date and time", "time"})
_RESULTS = {
    "datetime": "date and time",
    "days duration": "duration",
    "years and months duration": "duration",
    "days and time duration": "duration",
}
#: What may take long to work out.
_LONG = (n.For, n.Quantified, n.Filter)
#: Functions whose answer hangs on the moment or the calendar.
_OF_THE_MOMENT = frozenset(
    {
        "now", "today", "end of day", "working days after", "business days between", "is working day", "limit due",
        "extended limit due",
    }
)  # fmt: skip
_WORDS = {
    "any": ("任意值", "anything"),
    "boolean": ("是/否", "true or false"),
    "number": ("数字", "a number"),
    "string": ("文字", "a text"),
    "list": ("列表", "a list"),
    "context": ("一组值", "a context"),
    "function": ("函数", "a function"),
    "range": ("范围", "a range"),
    "date": ("日期", "a date"),
    "date and time": ("日期时间", "a date and time"),
    "time": ("钟点", "a time of day"),
    "duration": ("时长", "a duration"),
    "null": ("空值", "null"),
}


@dataclass(frozen=True, slots=True)
class Need:
    """What a place needs: kinds, and in words what that is."""

    kinds: frozenset[str]
    zh: str
    en: str


NEEDS: Mapping[str, Need] = {
    "condition": Need(_TRUTH, "是/否（true、false）", "true or false"),
    "number": Need(_NUMBER, "非负整数", "a whole number of at least 0"),
    "list": Need(frozenset({"list"}), "列表", "a list"),
    "date": Need(_DATE | _TEXT, "日期时间", "a date and time"),
    "duration": Need(_LENGTH | _TEXT, "时长", "a duration"),
    "cycle": Need(_LENGTH | _TEXT, "周期或时长", "a cycle or duration"),
    "due": Need(_DATE | _LENGTH | _TEXT, "日期时间或时长", "a date and time or a duration"),
}


@dataclass(frozen=True, slots=True)
class Worked:
    """The value of an expression that reads nothing."""

    value: Any


def worked_out(expression: feel.Expression) -> Worked | None:
    """Return the value of an expression that reads no variable, no moment and no calendar; None for all others."""
    if expression.names or expression.possible_names or isinstance(expression.tree, n.FunctionDefinition):
        return None
    for node in expression.tree.walk():
        if isinstance(node, _LONG) or (isinstance(node, n.Name) and node.name in _OF_THE_MOMENT):
            return None
    try:
        return Worked(expression.evaluate({}, now=datetime(2000, 1, 1, tzinfo=UTC)))
    except feel.FeelError:
        return None  # a bound: running it will say so


def constant_truth(text: str) -> bool | None:
    """Return the answer of a condition that reads nothing; None for all others."""
    try:
        worked = worked_out(feel.compile(text))
    except feel.FeelError:
        return None
    return worked.value if worked is not None and isinstance(worked.value, bool) else None


def kinds_of(tree: n.Node) -> frozenset[str]:
    """Return what kinds of value a tree may give, null aside."""
    match tree:
        case n.Literal():
            return frozenset({kind_of_value(tree.value)})
        case n.Comparison() | n.Logic() | n.Between() | n.In() | n.InstanceOf() | n.Quantified():
            return _TRUTH
        case n.Arithmetic():
            return (_SUM if tree.op in "+-" else _NUMBER | _LENGTH) if tree.op != "**" else _NUMBER
        case n.Negation():
            return _NUMBER | _LENGTH
        case n.ListLiteral() | n.For():
            return frozenset({"list"})
        case n.ContextLiteral():
            return frozenset({"context"})
        case n.FunctionDefinition():
            return frozenset({"function"})
        case n.RangeLiteral():
            return frozenset({"range"})
        case n.If():
            return kinds_of(tree.yes) | kinds_of(tree.no)
        case n.Call(function=n.Name(name=name)) if name in BUILTINS:
            return frozenset(_RESULTS.get(one.result, one.result) for one in BUILTINS[name].signatures)
    return ANY


def kind_of_value(value: Any) -> str:
    """Return the kind of a value that was worked out."""
    if isinstance(value, (timedelta, YearsMonths)):
        return "duration"
    if isinstance(value, datetime):
        return "date and time"
    if isinstance(value, date):
        return "date"
    if isinstance(value, time):
        return "time"
    if isinstance(value, Function):
        return "function"
    if isinstance(value, Range):
        return "range"
    if as_number(value) is not None:
        return "number"
    return kind(value)


def fits(kinds: frozenset[str], need: Need) -> bool:
    """Return whether a value of these kinds may be what a place needs."""
    return "any" in kinds or bool(kinds & need.kinds)


def in_words(kinds: frozenset[str]) -> tuple[str, str]:
    """Return kinds in words, Chinese and English."""
    found = [_WORDS.get(one, (one, one)) for one in sorted(kinds)]
    return "或".join(zh for zh, _ in found), " or ".join(en for _, en in found)


def wrong_call(tree: n.Node) -> tuple[str, str] | None:
    """Return what is wrong with the first call that cannot work (no such function, wrong number of arguments)."""
    bound = {
        name
        for node in tree.walk()
        if isinstance(node, (n.Parameter, n.Iteration, n.Entry))
        for name in [node.key if isinstance(node, n.Entry) else node.name]
    }
    for node in tree.walk():
        if not isinstance(node, n.Call):
            continue
        called = node.function
        if isinstance(called, n.Path) and isinstance(called.base, n.Name) and called.base.name not in bound:
            name = f"{called.base.name}.{called.member}"
            return f"没有函数“{name[:60]}”。", f"there is no function {name[:60]!r}."
        if not isinstance(called, n.Name) or called.name in bound:
            continue
        found = BUILTINS.get(called.name)
        if found is None:
            return f"没有函数“{called.name[:60]}”。", f"there is no function {called.name[:60]!r}."
        if node.names is None and not any(one.takes(len(node.arguments)) for one in found.signatures):
            number = len(node.arguments)
            return (
                f"函数“{called.name}”不接受 {number} 个参数。",
                f"{called.name!r} does not take {number} argument{'' if number == 1 else 's'}.",
            )
    return None


def words_side_by_side(tree: n.Node, known: frozenset[str]) -> str | None:
    """Return a name of several words that no variable of the plan has: most likely an operator or a bracket is missing."""
    for node in tree.walk():
        if isinstance(node, n.Name) and not node.name.isidentifier() and node.name not in known:
            words = node.name.split()
            if len(words) > 1 and node.name not in BUILTINS:
                return node.name
    return None
