"""Comparisons with what is written in the expression, decided in place where Python can: the fast half of the compiler."""

from __future__ import annotations

import ast
from decimal import Decimal

from engine.feel import nodes as n
from engine.feel import pytree as py

_PYTHON_OPS: dict[str, ast.cmpop] = {
    "=": ast.Eq(),
    "!=": ast.NotEq(),
    "<": ast.Lt(),
    "<=": ast.LtE(),
    ">": ast.Gt(),
    ">=": ast.GtE(),
}


def kind_of(op: str, right: n.Node) -> tuple[str, ast.expr] | None:
    """Return the Python type a quick comparison needs on the left, and the right side; None when there is no quick way."""
    whole = whole_number(right)
    if whole is not None:
        return "int", py.constant(whole)
    written = right.value if isinstance(right, n.Literal) else None
    if written.__class__ is str and op in ("=", "!="):
        return "str", py.constant(written)
    return None


def comparison(op: str, kind: str, left: ast.expr, local: str, right: ast.expr, slow: ast.expr) -> ast.expr:
    """Return the comparison in Python when `left` is exactly of `kind`, else `slow`. `local` names `left` for both."""
    value = py.name(local)
    bound = left if isinstance(left, ast.Name) else ast.NamedExpr(py.store(local), left)
    return ast.IfExp(_is_a(bound, kind), ast.Compare(value, [_PYTHON_OPS[op]], [right]), slow)


def range_test(node: n.RangeLiteral, value: ast.expr, slow: ast.expr) -> ast.expr:
    """Return whether `value` lies in a range of whole numbers, in Python; `slow` for every other range or value."""
    low, high = whole_number(node.low), whole_number(node.high)
    if low is None or high is None:
        return slow
    ops: list[ast.cmpop] = [ast.LtE() if node.low_in else ast.Lt(), ast.LtE() if node.high_in else ast.Lt()]
    return ast.IfExp(_is_a(value, "int"), ast.Compare(py.constant(low), ops, [value, py.constant(high)]), slow)


def whole_number(node: n.Node) -> int | None:
    """Return the whole number that `node` is, if it is one of a size that Python compares fast, else None."""
    value = node.value if isinstance(node, n.Literal) else None
    if value.__class__ is not Decimal or value.adjusted() > 14 or value != value.to_integral_value():
        return None
    return int(value)


def _is_a(value: ast.expr, kind: str) -> ast.expr:
    return ast.Compare(ast.Attribute(value, "__class__", ast.Load()), [ast.Is()], [py.name(kind)])
