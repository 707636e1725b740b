"""Compiled expressions and unary tests, cached: the face of the language for everybody else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from engine.calendars import WorkCalendar
from engine.feel import nodes as n
from engine.feel.builtins import BUILTINS
from engine.feel.compiler import Compiled, compile_tree
from engine.feel.grammar import parse
from engine.feel.lexer import Source, special_names
from engine.feel.runtime import Run
from engine.feel.types import Type

CACHE_SIZE = 2_048


class Expression:
    """A compiled expression. `names`: the variables it reads; `tree`: its nodes, for whoever analyses it.

    `possible_names`: names inside filters that are variables only where the filtered members lack them.

    `evaluate(context, *, calendar=None, now=None, limits=None)` returns the value. Without a calendar, `now` or limits
    the functions that need them give None. Raises FeelLimit when a bound is crossed.
    """

    __slots__ = ("evaluate", "names", "possible_names", "text", "tree")

    def __init__(self, text: str, tree: n.Node, compiled: Compiled) -> None:
        self.text = text
        self.tree = tree
        self.names = compiled.names
        self.possible_names = compiled.possible
        self.evaluate = compiled.function

    def evaluate_explained(
        self, context: Mapping[str, Any], *, calendar: WorkCalendar | None = None, now: datetime | None = None
    ) -> tuple[Any, list[str]]:
        """Return the value, and every reason why it or a part of it is null (Chinese / English)."""
        notes: list[str] = []
        value = self.evaluate(context, run=Run(calendar, now, notes))
        return value, notes

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


class UnaryTests:
    """A compiled cell. `matches(value, context, *, calendar=None, now=None)` says whether `value` passes it.

    The answer is None when a test cannot be decided for this value.
    """

    __slots__ = ("matches", "names", "possible_names", "text", "tree")

    def __init__(self, text: str, tree: n.Tests, compiled: Compiled) -> None:
        self.text = text
        self.tree = tree
        self.names = compiled.names
        self.possible_names = compiled.possible
        self.matches = compiled.function

    def matches_explained(
        self,
        value: Any,
        context: Mapping[str, Any],
        *,
        calendar: WorkCalendar | None = None,
        now: datetime | None = None,
    ) -> tuple[bool | None, list[str]]:
        """Return the answer, and why it is None."""
        notes: list[str] = []
        return self.matches(value, context, run=Run(calendar, now, notes)), notes

    def __repr__(self) -> str:
        return f"UnaryTests({self.text!r})"


def compile(  # noqa: A001  # the name others know
    text: str, names: Iterable[str] = (), types: Mapping[str, Type] | None = None
) -> Expression:
    """Return the compiled `text`. `names`: variables in scope; needed where a name has signs or keywords inside.

    `types`: the author's own types by name, for `instance of` and parameters. Raises FeelError.
    """
    special, known = _scope(names)
    if types:
        return _expression(text, special, known, types)
    return _cached_expression(text, special, known)


def compile_unary(text: str, names: Iterable[str] = (), types: Mapping[str, Type] | None = None) -> UnaryTests:
    """Return the compiled cell `text`: unary tests, "-" or nothing for anything. Raises FeelError."""
    special, known = _scope(names)
    if types:
        return _tests(text, special, known, types)
    return _cached_tests(text, special, known)


def _scope(names: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names that the lexer must know, and those that hide a built-in."""
    names = (*names,)
    if not names:
        return frozenset(), frozenset()
    return special_names(names), frozenset(name for name in names if name in BUILTINS)


def _expression(
    text: str, special: frozenset[str], known: frozenset[str], types: Mapping[str, Type] | None
) -> Expression:
    tree = parse(Source(text, special | _hidden(known)))
    return Expression(text, tree, compile_tree(tree, text, known, types))


def _tests(text: str, special: frozenset[str], known: frozenset[str], types: Mapping[str, Type] | None) -> UnaryTests:
    if text.strip() in ("", "-"):
        tree = n.Tests(0, [], False)
    else:
        parsed = parse(Source(text, special | _hidden(known), is_test=True))
        assert isinstance(parsed, n.Tests)
        tree = parsed
    return UnaryTests(text, tree, compile_tree(tree, text, known, types))


def _hidden(known: frozenset[str]) -> frozenset[str]:
    return special_names(known)


@lru_cache(maxsize=CACHE_SIZE)
def _cached_expression(text: str, special: frozenset[str], known: frozenset[str]) -> Expression:
    return _expression(text, special, known, None)


@lru_cache(maxsize=CACHE_SIZE)
def _cached_tests(text: str, special: frozenset[str], known: frozenset[str]) -> UnaryTests:
    return _tests(text, special, known, None)
