"""Who owns a variable: scopes are the tokens that carry a map, from the inside out. Expressions are not evaluated here.

Reading falls through to the outer scope; a called process is the outermost one of its own. Writing goes to the scope
that owns the name; a name that nobody owns becomes a variable of the process (as in the standard engines), or of the
multi-instance member that writes it: members do not see each other, and hand such names on when they are done.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.spiff.token import Token


def scope_of(token: Token) -> Token:
    """Return the nearest token with a map of its own, at least the process."""
    while not token.data and not token.task_spec.isolates:
        token = token.up
    return token


def context(token: Token) -> dict[str, Any]:
    """Return what the token sees. Not to be changed: it may be the map itself."""
    maps = []
    while True:
        if token.data:
            maps.append(token.data)
        if token.task_spec.isolates:
            break
        token = token.up
    if len(maps) == 1:
        return maps[0]
    merged: dict[str, Any] = {}
    for one in reversed(maps):
        merged.update(one)
    return merged


def owner(token: Token, name: str) -> Token:
    """Return the token whose map a write of `name` changes."""
    member: Token | None = None
    while True:
        if name in token.data:
            return token
        spec = token.task_spec
        if spec.isolates:
            return member or token
        if member is None and spec.is_member:
            member = token
        token = token.up


def write(token: Token, values: Mapping[str, Any]) -> None:
    """Write `values`, seen from `token`, each to its owner."""
    if values:
        for name, value in values.items():
            owner(token, name).data[name] = value
        token.workflow.changed = True


def put(values: dict[str, Any], target: str, value: Any, seen: Mapping[str, Any]) -> None:
    """Set `target`, which may be a dotted path, in `values`. What `seen` has of the path is kept, on a copy."""
    name, _, rest = target.partition(".")
    if not rest:
        values[name] = value
        return
    base = values.get(name, seen.get(name))
    top: dict[str, Any] = dict(base) if isinstance(base, Mapping) else {}
    values[name] = top
    *steps, last = rest.split(".")
    for step in steps:
        inner = top.get(step)
        top[step] = dict(inner) if isinstance(inner, Mapping) else {}
        top = top[step]
    top[last] = value
