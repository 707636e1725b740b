"""What a case waits for, as plain rows for those who keep lists. It changes nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine import diagram
from engine.spiff import arms
from engine.spiff.case import Case
from engine.spiff.subprocesses import AdHoc
from engine.spiff.token import READY, STARTED, WAITING, Token
from engine.spiff.variables import context, scope_of
from engine.spiff.world import Incident, ServiceCall, Wait


def waits(case: Case) -> list[Wait]:
    """Return everything that the case waits for now, the oldest first."""
    found = []
    for token in case.tasks.values():
        wait = _wait(token)
        if wait is not None:
            found.append(wait)
    return found


def _wait(token: Token) -> Wait | None:
    internal, spec = token.internal_data, token.task_spec
    if "i" in internal:
        return _make(token, "incident", incident=Incident(*internal["i"]))
    if not spec.is_waiting(token):
        return None
    state = token._state
    if state == READY and spec.manual:
        return _task(token)
    if state == STARTED and spec.node.service is not None:
        return _service(token, spec.node.service)
    if state == WAITING:
        return _event(token)
    if isinstance(spec, AdHoc):
        return _make(token, "ad_hoc", choices=[start.name for start in spec.body.starts])
    return None


def _task(token: Token) -> Wait:
    node, internal = token.task_spec.node, token.internal_data
    who = node.assignment
    return _make(
        token,
        "user",
        due_at=_moment(internal.get("d")),
        follow_up_at=_moment(internal.get("u")),
        is_provisional="p" in internal,
        groups=list(internal.get("g") or node.roles),
        users=list(who.users) if who is not None else [],
        assignee=internal.get("a"),
        form=node.form.id if node.form is not None else None,
        priority=internal.get("w"),
    )


def _service(token: Token, service: diagram.Service) -> Wait:
    kind = token.internal_data.get("s") or service.type.text
    call = ServiceCall(kind, dict(service.headers), dict(context(token)), service.retries)
    return _make(token, "service", service=call)


def _event(token: Token) -> Wait | None:
    event, internal = arms.event_of(token), token.internal_data
    if isinstance(event, diagram.Timer):
        return _make(token, "timer", due_at=_moment(internal.get("d")), is_provisional="p" in internal)
    if isinstance(event, diagram.Message):
        return _make(token, "message", message=arms.name_of(token), key=internal.get("k"))
    if isinstance(event, diagram.Signal):
        return _make(token, "signal", message=arms.name_of(token))
    if isinstance(event, diagram.Conditional):
        return _make(token, "condition")
    return None


def _make(token: Token, kind: str, **parts: Any) -> Wait:
    node, process = token.task_spec.node, token
    while not process.task_spec.isolates:
        process = process.up
    return Wait(
        token.id, kind, node.id, node.name, scope_of(token).id, node, process=process.task_spec.node.id, **parts
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
