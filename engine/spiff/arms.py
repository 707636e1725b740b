"""Listeners: tokens that wait for a timer, message, signal or condition. What follows is told to their element."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import diagram
from engine.errors import EngineError
from engine.spiff import expressions, timers
from engine.spiff.token import WAITING, Token
from engine.spiff.variables import context

if TYPE_CHECKING:
    from engine.spiff.case import Case
    from engine.spiff.elements import Element

AWAITED = (diagram.Timer, diagram.Message, diagram.Signal, diagram.Conditional)


def event_of(token: Token) -> diagram.EventDefinition:
    """Return the event that the token waits for."""
    index: int = token.internal_data.get("e", 0)
    return token.task_spec.node.events[index]


def arm_all(parent: Token, elements: Iterable[Element]) -> None:
    """Make the arms of these elements, as children of `parent`."""
    for element in elements:
        for index, event in enumerate(element.node.events):
            if isinstance(event, AWAITED):
                arm(parent.workflow.spawn(element, parent, WAITING, arm=index))


def arm(token: Token) -> None:
    """Let a waiting token listen: work out its moment, its name and key, or ask its condition."""
    case, internal, element = token.workflow, token.internal_data, token.task_spec.node.id
    event, seen = event_of(token), context(token)
    if isinstance(event, diagram.Timer):
        set_due(token, timers.due(case, event, seen, element))
        case.note(token, "armed", {"due_at": internal["d"]})
    elif isinstance(event, diagram.Message):
        if not event.name.is_literal:
            internal["n"] = expressions.text(case, event.name, seen, element)
        if event.correlation is not None:
            internal["k"] = expressions.text(case, event.correlation, seen, element)
        elif case.business_key is not None:
            internal["k"] = case.business_key
    elif isinstance(event, diagram.Signal):
        if not event.name.is_literal:
            internal["n"] = expressions.text(case, event.name, seen, element)
    elif isinstance(event, diagram.Conditional):
        case.conditions[token.id] = None
        _ask(token, event)


def set_due(token: Token, due: timers.Due) -> None:
    """Keep when a timer fires, and from when a provisional moment was counted."""
    internal = token.internal_data
    internal["d"] = due.at.isoformat()
    if due.interval:
        internal["r"] = [due.left, due.interval]
    if due.is_provisional:
        internal["p"] = token.workflow.world.now.isoformat()


def recompute(case: Case) -> int:
    """Count every provisional deadline again as of the moment it was counted at; return how many moved."""
    moved = 0
    now = case.world.now
    for token in list(case.tasks.values()):
        internal = token.internal_data
        if "p" not in internal:
            continue
        was = internal["d"]
        try:
            case.world.now = datetime.fromisoformat(internal.pop("p"))
            token.task_spec.count_again(token)
        finally:
            case.world.now = now
        if internal["d"] != was:
            moved += 1
            case.note(token, "moved", {"due_at": internal["d"], "was": was})
    return moved


def name_of(token: Token) -> str:
    """Return the name of the message or signal that the token waits for."""
    if "n" in token.internal_data:
        return str(token.internal_data["n"])
    event = event_of(token)
    return event.name.text if isinstance(event, (diagram.Message, diagram.Signal)) else ""


def rearm(token: Token, now: datetime) -> bool:
    """Arm a cycle for its next occurrence; return whether there is one."""
    internal = token.internal_data
    if "r" not in internal:
        return False
    left, interval = internal["r"]
    following = timers.again(datetime.fromisoformat(internal["d"]), now, left, interval)
    if following is None:
        return False
    set_due(token, following)
    token.workflow.note(token, "armed", {"due_at": internal["d"]})
    return True


def waiting(case: Case, kind: type[diagram.EventDefinition]) -> list[Token]:
    """Return the tokens that wait for an event of this kind, the oldest first."""
    return [
        token
        for token in case.tasks.values()
        if token._state == WAITING
        and token.task_spec.is_waiting(token)
        and "i" not in token.internal_data
        and isinstance(event_of(token), kind)
    ]


def trigger(token: Token, values: dict[str, Any] | None = None) -> None:
    """The event has come: note it, and let the element go on."""
    token.workflow.note(token, "caught", {"variables": values} if values else None)
    token.task_spec.caught(token, values or {})


def payload_values(token: Token, payload: dict[str, Any]) -> dict[str, Any]:
    """Return the variables that a message's or signal's payload becomes."""
    event = event_of(token)
    if isinstance(event, diagram.Message) and event.result:
        return {event.result: payload}
    return payload


def broadcast(case: Case, name: str, payload: dict[str, Any]) -> bool:
    """Tell all who listen for the signal now; return whether anybody did."""
    heard = False
    for token in waiting(case, diagram.Signal):
        if token.id in case.tasks and name_of(token) == name:
            heard = True
            trigger(token, payload_values(token, payload))
    return heard


def recheck(case: Case) -> None:
    """Ask the conditions again: a variable has changed."""
    for number in list(case.conditions):
        token = case.tasks.get(number)
        if token is not None and "i" not in token.internal_data:
            event = event_of(token)
            assert isinstance(event, diagram.Conditional)
            try:
                _ask(token, event)
            except EngineError as fault:
                case.fail(token, fault)


def _ask(token: Token, event: diagram.Conditional) -> None:
    """Queue the arm when its condition has become true: it fires on the edge, not for as long as it holds."""
    holds = expressions.truth(token.workflow, event.condition, context(token), token.task_spec.node.id)
    was = token.internal_data.get("c", 0)
    token.internal_data["c"] = 1 if holds else 0
    if holds and not was:
        token.internal_data["t"] = 1
        token.workflow.schedule(token)


def resume(token: Token) -> None:
    """Fire a condition that has become true; ask it again after an incident."""
    event = event_of(token)
    if token.internal_data.pop("y", None) and isinstance(event, diagram.Conditional):
        _ask(token, event)
    if token.internal_data.pop("t", None):
        trigger(token)
