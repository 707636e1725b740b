"""Compensation: undoing completed activities in reverse order, with the variables they had. Transactions are cancelled with it.

A scope remembers each completed activity that has a handler, or something with a handler inside it:
[element, its variables, what it remembers itself]. A loop in which such an activity runs remembers every round.
"""

from __future__ import annotations

from typing import Any

from engine import diagram
from engine.errors import StepFailed
from engine.spiff.token import STARTED, Token

Record = list[Any]


def begin(token: Token, event: diagram.Compensation) -> bool:
    """Start compensating for a throw event; return whether it has to wait."""
    case = token.workflow
    queue = _take(token.up, event.activity)
    if not queue:
        return False
    if event.wait:
        token.internal_data["q"] = queue
        token._set_state(STARTED)
        case.schedule(token)
        return True
    beside = case.spawn(token.task_spec, token.up, STARTED)
    beside.internal_data.update(q=queue, z=1)
    case.schedule(beside)
    return False


def proceed(token: Token) -> None:
    """Compensate the next activity of the token's queue, the last completed first; leave when there is none."""
    case, queue = token.workflow, token.internal_data["q"]
    while queue:
        name, values, nested = queue.pop()
        if _undo(token, name, values, nested):
            return
    del token.internal_data["q"]
    after = token.internal_data.pop("z", None)
    if after == 1:
        case.remove(token)
    elif after == 2:
        _leave_transaction(token)
    else:
        case.finish(token)


def cancel_transaction(token: Token) -> None:
    """A cancel end event: stop the transaction, compensate what it has done, leave by its cancel event."""
    case, scope = token.workflow, token.up
    while scope.task_spec.node.kind is not diagram.Kind.TRANSACTION and not scope.task_spec.isolates:
        scope = scope.up
    if scope.task_spec.isolates or _cancel_event(scope) is None:
        element = token.task_spec.node.id
        raise StepFailed(
            element,
            f"取消结束事件“{element}”不在带有取消边界事件的事务子流程中。",
            f"Cancel end event {element!r} is not inside a transaction with a cancel boundary event.",
        )
    case.note(token, "thrown", {"cancel": scope.task_spec.node.id})
    case.note(token, "completed")
    case.remove(token)
    case.clear(scope)
    scope.internal_data.update(q=scope.internal_data.pop("k", []), z=2, x=1)
    case.schedule(scope)


def _cancel_event(scope: Token) -> Any:
    return next((b for b in scope.task_spec.boundaries if b.node.event(diagram.Cancel) is not None), None)


def _leave_transaction(scope: Token) -> None:
    boundary = _cancel_event(scope)
    fired = boundary.fire(scope, {})
    fired.workflow.note(fired, "caught", {"cancel": scope.task_spec.node.id})


def _take(scope: Token, activity: str | None) -> list[Record]:
    """Take the records out of the scope, and out of the one around when the thrower stands in an event subprocess."""
    homes = [scope]
    while homes[-1].task_spec.node.kind is diagram.Kind.EVENT_SUBPROCESS:
        homes.append(homes[-1].up)
    taken: list[Record] = []
    for home in reversed(homes):
        records: list[Record] = home.internal_data.get("k") or []
        mine = [record for record in records if activity is None or record[0] == activity]
        if mine:
            taken += mine
            rest = [record for record in records if activity is not None and record[0] != activity]
            if rest:
                home.internal_data["k"] = rest
            else:
                del home.internal_data["k"]
    return taken


def _undo(token: Token, name: str, values: dict[str, Any], nested: list[Record]) -> bool:
    """Start what undoes one activity; return whether there is anything to wait for."""
    case = token.workflow
    spec = token.task_spec.scope.all[name]
    if spec.handler is not None:
        handler = case.spawn(spec.handler, token)
        handler.data.update(values)
        return True
    inner = spec.inner
    handlers = inner.body.handlers if inner.body is not None else []
    start = next((h for h in handlers if h.node.event(diagram.Compensation) is not None), None)
    if start is None and not nested:
        return False
    restored = case.spawn(inner, token, STARTED)
    restored.data.update(values)
    restored.internal_data["z"] = 1
    if start is None:
        restored.internal_data["q"] = nested
    else:
        restored.internal_data.update(q=[], k=nested)
        start.fire(restored, {})
    case.schedule(restored)
    return True
