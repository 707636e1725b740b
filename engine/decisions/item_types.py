"""Types of the author: item definitions with allowed values, built on the types of FEEL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.feel import UnaryTests
from engine.feel import types as t


@dataclass(frozen=True, eq=False)
class Constrained(t.Type):
    """A type whose values must also pass tests (`allowedValues`, `typeConstraint`)."""

    base: t.Type
    allowed: UnaryTests

    def includes(self, value: Any) -> bool:
        return self.base.includes(value) and self._passes(value)

    def accepts(self, value: Any) -> bool:
        return self.base.accepts(value) and (value is None or self._passes(value))

    def _passes(self, value: Any) -> bool:
        return self.allowed.matches(value, {}) is True

    def conforms(self, other: t.Type) -> bool:
        return self is other or self.base.conforms(other)

    def coerce(self, value: Any) -> Any:
        made = self.base.coerce(value)
        if made is t.FAILED or made is None:
            return made
        return made if self._passes(made) else t.FAILED

    def __str__(self) -> str:
        return f"{self.base} ({self.allowed.text.strip()})"


@dataclass(frozen=True, eq=False)
class Named(t.Type):
    """An item definition by name: looked up when used, so that definitions may come in any order or hold each other."""

    name: str
    table: Mapping[str, t.Type]

    @property
    def target(self) -> t.Type:
        """Return the type of that name."""
        return self.table[self.name]

    def includes(self, value: Any) -> bool:
        return self.target.includes(value)

    def accepts(self, value: Any) -> bool:
        return self.target.accepts(value)

    def conforms(self, other: t.Type) -> bool:
        target = other.target if isinstance(other, Named) else other
        return self.target is target or self.target.conforms(target)

    def coerce(self, value: Any) -> Any:
        return self.target.coerce(value)

    def __str__(self) -> str:
        return self.name


def result_of(type_: t.Type | None) -> t.Type | None:
    """Return what a function gives: its variable may have this type, or the type of the whole function."""
    while isinstance(type_, Named):
        type_ = type_.target
    return type_.result if isinstance(type_, t.FunctionOf) else type_
