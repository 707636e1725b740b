"""Which expressions ask a rule pack for a limit: only a case knows its rules, so elsewhere such a call gives null."""

from __future__ import annotations

from collections.abc import Iterator

from engine.feel import nodes as n

#: Functions that answer from the rules of a case's plan.
LIMITS = ("limit due", "extended limit due")


def asked_limits(tree: n.Node) -> Iterator[n.Call]:
    """Yield every call in `tree` that asks for a limit."""
    for node in tree.walk():
        if isinstance(node, n.Call) and isinstance(node.function, n.Name) and node.function.name in LIMITS:
            yield node
