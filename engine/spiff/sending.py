"""Messages and signals that an element sends: outward, and signals also to all who listen in the case."""

from __future__ import annotations

from engine import diagram
from engine.spiff import arms, expressions
from engine.spiff.token import Token
from engine.spiff.variables import context
from engine.spiff.world import Thrown


def throw_message(token: Token, event: diagram.Message) -> None:
    """Send a message out of the case."""
    case, element, seen = token.workflow, token.task_spec.node.id, context(token)
    name = expressions.text(case, event.name, seen, element)
    key = case.business_key
    if event.correlation is not None:
        key = expressions.text(case, event.correlation, seen, element)
    if event.payload is not None:
        payload = expressions.mapped(case, event.payload, seen, element)
    else:
        payload = dict(token.data or seen)
    case.note(token, "thrown", {"message": name, "key": key})
    case.thrown.append(Thrown("message", name, key, payload, element))


def throw_signal(token: Token, event: diagram.Signal) -> None:
    """Tell all who listen, in the case now and outside later. Local variables of the event go with it."""
    case, element = token.workflow, token.task_spec.node.id
    name = expressions.text(case, event.name, context(token), element)
    payload = dict(token.data)
    case.note(token, "thrown", {"signal": name})
    case.thrown.append(Thrown("signal", name, None, payload, element))
    arms.broadcast(case, name, payload)
