"""Nodes of Python's own syntax tree, made shortly. They are compiled from trees only, never from text."""

from __future__ import annotations

import ast
from types import CodeType


def code(module: ast.Module) -> CodeType:
    """Return the code of a whole module."""
    return compile(module, "<feel>", "exec")


def function(body: list[ast.stmt], *, first: str, run: str) -> ast.Module:
    """Return a module with the function `feel`. `first`: a parameter before the context; `run`: its run by default."""
    parameters = f"{first}, context" if first else "context"
    options = f"calendar=None, now=None, limits=None, run={run}"
    module = ast.parse(f"def feel({parameters}, *, {options}): pass")  # words of ours alone
    made = module.body[0]
    assert isinstance(made, ast.FunctionDef)
    made.body = body
    return ast.fix_missing_locations(module)


def name(identifier: str) -> ast.expr:
    """Return the reading of a variable."""
    return ast.Name(identifier, ast.Load())


def store(identifier: str) -> ast.Name:
    """Return a variable as a target."""
    return ast.Name(identifier, ast.Store())


def constant(value: str | bool | int | None) -> ast.expr:
    """Return one of Python's own constants."""
    return ast.Constant(value)


def tuple_of(items: list[ast.expr]) -> ast.expr:
    """Return a tuple display."""
    return ast.Tuple(items, ast.Load())


def call(function: ast.expr, *arguments: ast.expr) -> ast.expr:
    """Return a call with positional arguments."""
    return ast.Call(function, list(arguments), [])


def lambda_of(parameters: list[str], body: ast.expr) -> ast.expr:
    """Return `lambda parameters: body`."""
    return ast.Lambda(ast.arguments([], [ast.arg(p) for p in parameters], None, [], [], None, []), body)
