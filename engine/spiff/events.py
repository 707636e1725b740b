"""Events that are caught: start, intermediate, boundary, and the start of an event subprocess. Throwing is `throwing`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import diagram
from engine.spiff import arms, timers
from engine.spiff.elements import Element
from engine.spiff.token import DONE, STARTED, WAITING, Token
from engine.spiff.variables import context

if TYPE_CHECKING:
    from engine.spiff.subprocesses import EventSubprocess


class Catching(Element):
    """An element that may wait for events. `caught` says what happens when one comes."""

    def accepts(self, token: Token, parent: Token | None) -> bool:
        if token._state != WAITING:
            return super().accepts(token, parent)
        index = token.internal_data.get("e", 0)
        if index >= len(self.node.events) or parent is None:
            return False
        is_timer = isinstance(self.node.events[index], diagram.Timer)
        is_here = token.is_arm and self.scope is parent.task_spec.scope
        return is_timer == ("d" in token.internal_data) and (is_here or super().accepts(token, parent))

    def resume(self, token: Token) -> None:
        arms.resume(token)

    def reload(self, token: Token) -> None:
        super().reload(token)
        if isinstance(arms.event_of(token), diagram.Conditional):
            token.workflow.conditions[token.id] = None
            if "t" in token.internal_data:
                token.workflow.schedule(token)

    def count_again(self, token: Token) -> None:
        event = arms.event_of(token)
        assert isinstance(event, diagram.Timer)
        arms.set_due(token, timers.due(token.workflow, event, context(token), self.node.id))

    def has_all(self, token: Token) -> bool:
        """Take one arm of several; return whether the element has what it waits for.

        One is enough, unless the author wants all of them: then the arms that had theirs are gone.
        """
        if not self.node.parallel_multiple:
            return True
        case, parent = token.workflow, token.up
        case.remove(token)
        return not any(
            case.tasks[number].task_spec is self and case.tasks[number].is_arm for number in parent._children
        )


class Start(Catching):
    """The start event of a process or embedded subprocess: passes the token on."""


class Catch(Catching):
    """An intermediate catch event. A link passes; anything else waits."""

    def _update_hook(self, token: Token) -> bool:
        if not any(isinstance(event, arms.AWAITED) for event in self.node.events):
            return True
        self.take_inputs(token)
        if len(self.node.events) == 1:
            token._set_state(WAITING)
            arms.arm(token)
        else:
            token._set_state(STARTED)
            arms.arm_all(token, [self])
        return False

    def caught(self, token: Token, values: dict[str, Any]) -> None:
        case, parent = token.workflow, token.up
        if not token.is_arm:
            case.finish(token, values)
        elif parent.task_spec is self:  # one of several events of this element
            parent.internal_data.setdefault("v", {}).update(values)
            if self.has_all(token):
                case.finish(parent)
        else:  # behind an event-based gateway
            parent.task_spec.chosen(parent, token, values)

    def is_waiting(self, token: Token) -> bool:
        return token._state == WAITING


class Boundary(Catching):
    """A boundary event. Its arms are children of the activity; caught, it leaves like any element."""

    host: Element

    def caught(self, token: Token, values: dict[str, Any]) -> None:
        case, host = token.workflow, token.up
        held = host.internal_data.pop("b" + self.name, {}) if self.node.parallel_multiple else {}
        values = {**held, **values}
        if not self.has_all(token):
            host.internal_data["b" + self.name] = values
            return
        self.fire(host, values)
        if host.id not in case.tasks:
            return
        if self.node.parallel_multiple:
            arms.arm_all(host, [self])
        elif isinstance(arms.event_of(token), diagram.Timer) and not arms.rearm(token, case.world.now):
            case.remove(token)

    def fire(self, host: Token, values: dict[str, Any]) -> Token:
        """Leave the activity this way: for good when interrupting, else beside it."""
        case = host.workflow
        token = case.spawn(self, host.up, DONE)
        case.finish(token, values)
        if self.node.interrupting:
            case.stop(host)
        return token


class EventStart(Catching):
    """The start event of an event subprocess. Its arms are children of the scope around."""

    owner: EventSubprocess

    def caught(self, token: Token, values: dict[str, Any]) -> None:
        case, scope = token.workflow, token.up
        held = scope.internal_data.pop("b" + self.name, {}) if self.node.parallel_multiple else {}
        values = {**held, **values}
        if not self.has_all(token):
            scope.internal_data["b" + self.name] = values
            return
        self.fire(scope, values)
        if token.id in case.tasks:
            if isinstance(arms.event_of(token), diagram.Timer) and not arms.rearm(token, case.world.now):
                case.remove(token)
        elif self.node.parallel_multiple and not self.node.interrupting:
            arms.arm_all(scope, [self])

    def fire(self, scope: Token, values: dict[str, Any]) -> Token:
        """Open the event subprocess in `scope`, in place of all that runs there when interrupting."""
        case = scope.workflow
        token = case.spawn(self.owner, scope)
        token.internal_data["s"] = self.node.id
        if values:
            token.internal_data["w"] = values
        if self.node.interrupting:
            case.clear(scope, but=token, keep=scope.task_spec.boundaries)
            scope.internal_data["x"] = 1
            scope.internal_data.pop("l", None)
        return token
