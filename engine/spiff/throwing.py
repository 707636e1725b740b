"""Events that are thrown: intermediate and end. Where errors and escalations go is `propagation`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from engine import diagram
from engine.errors import StepFailed
from engine.spiff import compensation, expressions, propagation
from engine.spiff.activities import call_service
from engine.spiff.elements import Element
from engine.spiff.sending import throw_message, throw_signal
from engine.spiff.token import STARTED, Token
from engine.spiff.variables import context


class Throwing(Element):
    """An element that may throw events, one after the other."""

    def _update_hook(self, token: Token) -> bool:
        self.take_inputs(token)
        return True

    def _run_hook(self, token: Token) -> bool | None:
        if self.node.service is not None:
            call_service(token, self.node.service)
            return None
        for event in self.node.events:
            if isinstance(event, diagram.Message):
                throw_message(token, event)
            elif isinstance(event, diagram.Signal):
                throw_signal(token, event)
                if token.id not in token.workflow.tasks:  # who heard it has stopped what threw it
                    return None
            elif isinstance(event, diagram.Escalation):
                code = self._code(token, event.code)
                token.workflow.note(token, "thrown", {"escalation": code})
                if not propagation.escalate(token, code):
                    return None
        for event in self.node.events:  # last, because it may take its time
            if isinstance(event, diagram.Compensation):
                token.workflow.note(token, "thrown", {"compensate": event.activity})
                if compensation.begin(token, event):
                    return None
        return True

    def beside(self) -> Collection[Element]:
        return self.scope.all.values()  # what compensates may stand in the scope around

    def _code(self, token: Token, code: diagram.Expression | None) -> str:
        return "" if code is None else expressions.text(token.workflow, code, context(token), self.node.id)

    def resume(self, token: Token) -> None:
        """Go on with compensation, or leave when it is over."""
        if token._state == STARTED and token.live == 0 and "q" in token.internal_data:
            compensation.proceed(token)

    def is_open(self, token: Token) -> bool:
        return token._state == STARTED and "q" in token.internal_data

    def is_waiting(self, token: Token) -> bool:
        return token._state == STARTED and self.node.service is not None


class Throw(Throwing):
    """An intermediate throw event."""

    def moves(self) -> list[Element]:
        target = self._link_target()
        return super().moves() + ([target] if target is not None else [])

    def leave(self, token: Token, made: dict[str, Any]) -> None:
        if not any(isinstance(event, diagram.Link) for event in self.node.events):
            super().leave(token, made)
            return
        case, parent, target = token.workflow, token.up, self._link_target()
        if target is None:
            raise StepFailed(
                self.node.id,
                f"链接事件“{self.node.id}”没有同名的链接捕获事件。",
                f"Link event {self.node.id!r} has no link catch event of the same name.",
            )
        case.note(token, "completed")
        case.spawn(target, parent)
        case.remove(token)

    def _link_target(self) -> Element | None:
        return next(
            (self.scope.links.get(event.name) for event in self.node.events if isinstance(event, diagram.Link)), None
        )


class End(Throwing):
    """An end event: takes its token away, and may throw, or end more than itself."""

    def _run_hook(self, token: Token) -> bool | None:
        case = token.workflow
        scope = token.up
        outer = scope
        while outer.task_spec.node.kind is diagram.Kind.EVENT_SUBPROCESS:
            outer = outer.up
        if outer.id == 0:
            case.end_element = self.node.id
        if super()._run_hook(token) is None:
            return None
        for event in self.node.events:
            if isinstance(event, diagram.Error):
                code = self._code(token, event.code)
                case.note(token, "thrown", {"error": code})
                if not propagation.throw_error(token, code, ""):
                    propagation.abort(token, code)
                return None
            if isinstance(event, diagram.Cancel):
                compensation.cancel_transaction(token)
                return None
            if isinstance(event, diagram.Terminate):
                case.clear(scope, but=token)
                scope.internal_data.pop("l", None)
        return True
