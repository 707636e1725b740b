"""What stands in many places of a diagram: where something is, what the author wrote, which value goes where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the author's file. `line` counts from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Expression:
    """A value that the author wrote. `is_literal`: `text` is the value itself, else FEEL source (without "=")."""

    text: str
    is_literal: bool
    place: Place


@dataclass(slots=True)
class Mapping:
    """`target` takes the value of `source`. A target may be a dotted path."""

    target: str
    source: Expression
