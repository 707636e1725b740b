"""Gateways that part ways, and those that merge without waiting. Those that wait for other tokens are in `joins`."""

from __future__ import annotations

from typing import Any

from engine.spiff import arms, expressions
from engine.spiff.elements import Element, Way
from engine.spiff.token import STARTED, Token
from engine.spiff.variables import context


class Exclusive(Element):
    """Takes the first flow, in the order of the diagram, whose condition holds; every token passes for itself."""

    def choose(self, token: Token) -> list[Way]:
        if not self.has_conditions:
            return self.ways[:1]
        default: Way | None = None
        seen = context(token.up)
        for way in self.ways:
            if way.is_default:
                default = way
            elif way.condition is None or expressions.truth(token.workflow, way.condition, seen, self.node.id):
                return [way]
        return [default] if default is not None else self.no_way(token)


class EventGateway(Element):
    """Waits for the first of the events behind it; a parallel one sends a token to wait for each of them."""

    def _run_hook(self, token: Token) -> bool | None:
        if self.node.parallel_multiple:
            return True
        token._set_state(STARTED)
        arms.arm_all(token, [way.target for way in self.ways])
        return None

    def chosen(self, token: Token, arm: Token, values: dict[str, Any]) -> None:
        """Go on behind the event that came first; the others are not waited for any more."""
        case, parent, target = token.workflow, token.up, arm.task_spec
        held = token.internal_data.setdefault("b" + target.name, {})
        held.update(values)
        if not target.has_all(arm):
            return
        case.note(token, "completed")
        behind = case.spawn(target, parent, STARTED)
        case.remove(token)
        case.finish(behind, held)

    def is_waiting(self, token: Token) -> bool:
        return False
