"""Where errors and escalations go: outward from the element that throws, scope by scope, until somebody catches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine import diagram
from engine.spiff import expressions
from engine.spiff.events import Boundary, EventStart
from engine.spiff.token import Token
from engine.spiff.variables import context


def throw_error(token: Token, code: str, message: str) -> bool:
    """Let the nearest catcher have the error; return False when there is none, and nothing has changed."""
    found = _find(token, diagram.Error, code)
    if found is None:
        return False
    if token.task_spec.node.kind is diagram.Kind.END:
        _leave(token)
    host, catcher, event = found
    assert isinstance(event, diagram.Error)
    values: dict[str, Any] = {}
    if event.code_variable:
        values[event.code_variable] = code
    if event.message_variable:
        values[event.message_variable] = message
    _fire(host, catcher, values, {"error": code})
    return True


def escalate(token: Token, code: str) -> bool:
    """Let the nearest catcher have the escalation; return whether the thrower is still there. Uncaught, nothing happens."""
    found = _find(token, diagram.Escalation, code)
    if found is not None:
        host, catcher, event = found
        assert isinstance(event, diagram.Escalation)
        if catcher.node.interrupting and token.task_spec.node.kind is diagram.Kind.END:
            _leave(token)
        values = {event.code_variable: code} if event.code_variable else {}
        _fire(host, catcher, values, {"escalation": code})
    return token.id in token.workflow.tasks


def abort(token: Token, code: str) -> None:
    """End the whole case: an error that nobody catches ends it, abnormally, as the standard says."""
    case = token.workflow
    element = token.task_spec.node.id
    case.failure = [code, element]
    _leave(token)
    case.note(
        token,
        "incident",
        {
            "code": "uncaught-error",
            "zh": f"错误“{code}”没有被捕获，流程实例异常结束。",
            "en": f"The error {code!r} was not caught; the case ended abnormally.",
        },
    )
    root = case.root
    assert root is not None
    case.close(root, "ended", {"error": code, "end": element})


def _leave(token: Token) -> None:
    """An end event has done its work once it has thrown; what stops its scope does not stop it."""
    token.workflow.note(token, "completed")
    token.workflow.remove(token)


def _fire(host: Token, catcher: Boundary | EventStart, values: dict[str, Any], what: dict[str, Any]) -> None:
    token = catcher.fire(host, values)
    token.workflow.note(token, "caught", {**what, "element": catcher.node.id})


def _find(
    thrower: Token, kind: type[diagram.Error] | type[diagram.Escalation], code: str
) -> tuple[Token, Boundary | EventStart, diagram.EventDefinition] | None:
    """Go outward: at each token its boundary events, then the event subprocesses of the scope around it."""
    token = thrower
    while True:
        spec = token.task_spec
        matched = _match(token, spec.boundaries, kind, code)
        if matched is not None:
            return (token, *matched)
        if token._parent is None:
            return None
        scope = token.up
        body = scope.task_spec.body
        if body is not None and "x" not in scope.internal_data:
            matched = _match(scope, (h for h in body.handlers if h.owner is not spec), kind, code)
            if matched is not None:
                return (scope, *matched)
        token = scope


def _match(
    host: Token, catchers: Iterable[Boundary | EventStart], kind: type[diagram.EventDefinition], code: str
) -> tuple[Boundary | EventStart, diagram.EventDefinition] | None:
    """Return the catcher that names the code, else the one that catches all."""
    general: tuple[Boundary | EventStart, diagram.EventDefinition] | None = None
    for catcher in catchers:
        for event in catcher.node.events:
            if not isinstance(event, kind):
                continue
            assert isinstance(event, (diagram.Error, diagram.Escalation))
            if event.code is None or (event.code.is_literal and event.code.text == ""):
                general = general or (catcher, event)
            elif expressions.text(host.workflow, event.code, context(host), catcher.node.id) == code:
                return catcher, event
    return general
