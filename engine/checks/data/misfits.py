"""What is wrong with one expression, given what its variables can be: comparisons that cannot hold, values of the wrong kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from engine.checks.data.domains import Domain, Domains, kind_of, name_of
from engine.checks.data.reads import Use
from engine.checks.kinds import kinds_of
from engine.feel import nodes as n
from engine.feel.literals import write

_KINDS = {
    "string": ("文字", "text"),
    "number": ("数字", "a number"),
    "boolean": ("是/否（true、false）", "true or false"),
    "list": ("列表（多选）", "a list (several may be chosen)"),
}
_COUNTS = frozenset({"count", "string length"})
Look = Callable[[str], Domain]


@dataclass(frozen=True, slots=True)
class Misfit:
    """A comparison that cannot hold. `code` is type-conflict or value-never-given."""

    code: str
    name: str
    zh: str
    en: str
    advice: tuple[str, str]


def unfit(use: Use, look: Look) -> Iterator[Misfit]:
    """Yield the variables that are not what their place needs: true or false, a list, a number."""
    wanted = ""
    loop = use.node.loop
    if use.kind == "collection":
        wanted = "list" if getattr(loop, "collection", None) is not None else "number"
    elif use.kind in ("condition", "waited"):
        wanted = "boolean"
    assert use.tree is not None
    places = [use.tree] if wanted else []
    needs = {id(one): wanted for one in places}
    for node in use.tree.walk():
        if isinstance(node, n.Logic):
            places += [node.left, node.right]
            needs |= {id(one): "boolean" for one in (node.left, node.right)}
    for one in places:
        kinds = look(one.name).kinds if isinstance(one, n.Name) else None
        if isinstance(one, n.Name) and kinds and needs[id(one)] not in kinds:
            need = _KINDS[needs[id(one)]]
            yield Misfit(
                "type-conflict",
                one.name,
                f"“{one.name}”是{_list(kinds, 0)}，这里要的是{need[0]}。",
                f"{one.name!r} is {_list(kinds, 1)}; wanted here is {need[1]}.",
                (
                    '写成比较，例如 = "yes"，或改用别的变量。',
                    'Write a comparison such as = "yes", or use another variable.',
                ),
            )


def no_member(use: Use, domains: Domains) -> Iterator[Misfit]:
    """Yield the members asked of a decision's answer that it does not have."""
    assert use.tree is not None
    for node in use.tree.walk():
        if not isinstance(node, n.Path) or not isinstance(node.base, n.Name) or node.base.name in use.local:
            continue
        members = domains.members(node.base.name)
        if members is not None and node.member not in members:
            known = "、".join(sorted(members))[:120]
            yield Misfit(
                "member-unknown",
                node.base.name,
                f"决策结果“{node.base.name}”没有“{node.member[:60]}”这一项（有 {known}），总是空。",
                f"the decision's answer {node.base.name!r} has no {node.member[:60]!r} (it has "
                f"{known.replace('、', ', ')}): it is always null.",
                ("改成决策表的输出列名。", "Use the name of an output of the table."),
            )


def misfits(tree: n.Node, look: Look) -> Iterator[Misfit]:
    """Yield the comparisons of an expression that cannot hold."""
    for node in tree.walk():
        for name, value, has_value in comparisons(node):
            misfit = misfit_of(name, look(name), value, has_value=has_value)
            if misfit is not None:
                yield misfit
        if isinstance(node, n.Comparison):
            yield from _compared(node, look)
        if isinstance(node, n.Call) and isinstance(node.function, n.Name) and node.function.name == "list contains":
            yield from _contained(node, look)


def _compared(node: n.Comparison, look: Look) -> Iterator[Misfit]:
    """Yield what is wrong with a comparison of two values that are not a variable and a written one; and with an order."""
    left, right = _side(node.left, look), _side(node.right, look)
    is_simple = any(
        name_of(one) is not None and isinstance(other, n.Literal)
        for one, other in ((node.left, node.right), (node.right, node.left))
    )  # said value by value
    if not is_simple and left.kinds and right.kinds and not left.kinds & right.kinds:
        yield _conflict(
            _written_as(node.left), left.kinds, f"{_written_as(node.right)}（{_list(right.kinds, 0)}）",
            f"{_written_as(node.right)!r} ({_list(right.kinds, 1)})",
        )  # fmt: skip
    yield from _below_nothing(node)
    if node.op in ("=", "!="):
        return
    for side, one, other in ((left, node.left, node.right), (right, node.right, node.left)):
        is_choice = isinstance(one, n.Name) and side.kinds == frozenset({"string"}) and bool(side.values)
        if is_choice and not (isinstance(other, n.Literal) and kind_of(other.value) == "string"):
            continue
        if is_choice or (side.kinds and side.kinds <= {"boolean", "list"}):
            name = _written_as(one)
            yield Misfit(
                "value-without-order",
                name,
                f"“{name}”是{_list(side.kinds or frozenset(), 0)}，没有大小先后，不能用 {node.op} 比较。",
                f"{name!r} is {_list(side.kinds or frozenset(), 1)}: it has no order that {node.op} could ask for.",
                ("用 = 或 in (…) 比较。", "Compare with = or with in (...)."),
            )
            return


def _below_nothing(node: n.Comparison) -> Iterator[Misfit]:
    """Yield a count that is asked to be less than nothing."""
    for one, other, below in ((node.left, node.right, ("<", "<=")), (node.right, node.left, (">", ">="))):
        is_count = isinstance(one, n.Call) and isinstance(one.function, n.Name) and one.function.name in _COUNTS
        if not is_count or not isinstance(other, n.Literal) or kind_of(other.value) != "number":
            continue
        least = other.value
        if (node.op == below[0] and least <= 0) or (node.op in (below[1], "=") and least < 0):
            name, value = _written_as(one), write(least, inside=True)
            yield Misfit(
                "value-never-given",
                name,
                f"{name} 不会小于 0，“{name} {node.op} {value}”永远不成立。",
                f"{name} is never below 0: {name} {node.op} {value} never holds.",
                ("改正比较。", "Correct the comparison."),
            )


def _side(tree: n.Node, look: Look) -> Domain:
    name = name_of(tree)
    if name is not None:
        return look(name)
    if isinstance(tree, n.Literal):
        kind = kind_of(tree.value)
        return Domain(frozenset({kind}) if kind else None)
    given = kinds_of(tree)
    return Domain(given if given <= _KINDS.keys() else None)


def _written_as(tree: n.Node) -> str:
    """Return how a side of a comparison is called in a message."""
    name = name_of(tree)
    if name is not None:
        return name
    if isinstance(tree, n.Literal):
        return write(tree.value, inside=True)[:60]
    if isinstance(tree, n.Call) and isinstance(tree.function, n.Name):
        return f"{tree.function.name}(…)"
    return "…"


def comparisons(node: n.Node) -> Iterator[tuple[str, Any, bool]]:
    """Yield (name, value compared with, whether it asks for that very value)."""
    if isinstance(node, n.Comparison):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            name = name_of(one)
            if name is not None and isinstance(other, n.Literal) and other.value is not None:
                yield name, other.value, node.op in ("=", "!=")
    elif isinstance(node, n.In) and (name := name_of(node.value)) is not None:
        for test in node.tests:
            yield from ((name, value, True) for value in written(test))
    elif isinstance(node, n.Between) and (name := name_of(node.value)) is not None:
        for bound in (node.low, node.high):
            if isinstance(bound, n.Literal) and bound.value is not None:
                yield name, bound.value, False


def written(tree: n.Node) -> Iterator[Any]:
    """Yield the values that tests ask for by name: a text, a number, true or false, alone or in a list."""
    parts = [tree]
    while parts:
        part = parts.pop()
        if isinstance(part, n.Literal) and part.value is not None:
            yield part.value
        elif isinstance(part, n.Tests):
            parts.extend(reversed(part.tests))
        elif isinstance(part, n.ListLiteral):
            parts.extend(reversed(part.items))


def misfit_of(name: str, domain: Domain, value: Any, *, has_value: bool) -> Misfit | None:
    """Return what is wrong with comparing a variable with a value; `has_value`: it is asked for that very value."""
    kind = kind_of(value)
    if domain.kinds is None or not domain.kinds or not kind:
        return None
    shown = write(value, inside=True)[:60]
    if kind not in domain.kinds:
        return _conflict(name, domain.kinds, f"{_KINDS[kind][0]} {shown}", f"{_KINDS[kind][1]}, {shown}")
    if has_value and kind != "boolean" and domain.values is not None and value not in domain.values:
        known = "、".join(sorted(write(item, inside=True) for item in domain.values if kind_of(item))[:12])
        return Misfit(
            "value-never-given",
            name,
            f"“{name}”永远不会是 {shown}：没有选项或规则给出这个值（有 {known}）。",
            f"{name!r} is never {shown}: no option or rule gives that value (there are {known.replace('、', ', ')}).",
            ("改成已有的值，或在表单、决策表里补上它。", "Use one of these values, or add it to the form or table."),
        )
    return None


def _conflict(name: str, kinds: frozenset[str], other_zh: str, other_en: str) -> Misfit:
    is_list = kinds == {"list"}
    return Misfit(
        "type-conflict",
        name,
        f"“{name}”是{_list(kinds, 0)}，却与{other_zh}比较，永远不成立。",
        f"{name!r} is {_list(kinds, 1)}, but is compared with {other_en}: that never holds.",
        ("用 list contains(…, …) 判断是否选了它。", "Ask with list contains(..., ...) whether it was chosen.")
        if is_list
        else (
            "改成同类的值，或先用 number()、string() 转换。",
            "Compare values of one kind, or convert with number() or string().",
        ),
    )


def _contained(node: n.Call, look: Look) -> Iterator[Misfit]:
    if len(node.arguments) != 2:
        return
    held, wanted = node.arguments
    if not isinstance(held, n.Name) or not isinstance(wanted, n.Literal) or not kind_of(wanted.value):
        return
    domain = look(held.name)
    if domain.kinds == frozenset({"list"}) and domain.items and wanted.value not in domain.items:
        known = frozenset({kind_of(wanted.value)})
        misfit = misfit_of(held.name, Domain(known, domain.items), wanted.value, has_value=True)
        if misfit is not None:
            yield misfit


def _list(kinds: frozenset[str], language: int) -> str:
    return (" / " if language else "或").join(_KINDS[kind][language] for kind in sorted(kinds))
