"""Gateways that wait for other tokens: parallel, inclusive, complex. One token waits for all; it counts those that come.

Each way in holds as many tokens as arrived; joining takes one from each. So a token of the next round is never lost and
never joins the round before.
"""

from __future__ import annotations

from typing import Any

from engine.errors import EngineError
from engine.spiff import expressions
from engine.spiff.elements import Element, Way
from engine.spiff.token import ARRIVING, WAITING, Token
from engine.spiff.variables import context


class Join(Element):
    """What the joins share. Remembers: n tokens by way in."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.gathers = len(self.node.incoming) > 1

    def gather(self, token: Token) -> bool:
        """Count the token at the one that waits; return whether this one goes on."""
        case, parent = token.workflow, token.up
        way = token.internal_data.pop("f")
        parent.joins = parent.joins or {}
        number = parent.joins.get(self.name)
        if number is None:
            parent.joins[self.name] = token.id
            token.internal_data["n"] = {way: 1}
            token._set_state(WAITING)
            holder = token
            self.begin(token)
        else:
            holder = case.tasks[number]
            counts = holder.internal_data["n"]
            counts[way] = counts.get(way, 0) + 1
            case.remove(token)
        self.arrived(holder)
        return False

    def begin(self, token: Token) -> None:
        """The first token has come."""

    def arrived(self, holder: Token) -> None:
        """One more token has come."""

    def fire(self, holder: Token) -> None:
        """Take one token from each way in and go on with one."""
        case, parent = holder.workflow, holder.up
        assert parent.joins is not None
        rest = {way: count - 1 for way, count in holder.internal_data["n"].items() if count > 1}
        if rest:
            holder.internal_data["n"] = rest
            token = case.spawn(self, parent)
        else:
            del parent.joins[self.name]
            case.joins.pop(holder.id, None)
            token = holder
            token.internal_data.clear()
            token._set_state(ARRIVING)
            case.schedule(token)
        token.internal_data["y"] = 1
        case.note(token, "entered")

    def accepts(self, token: Token, parent: Token | None) -> bool:
        ways = {flow.id for flow in self.node.incoming}
        return super().accepts(token, parent) and ways.issuperset(token.internal_data.get("n") or ())

    def resume(self, token: Token) -> None:
        if token._state == WAITING and token.internal_data.pop("y", None):
            self.arrived(token)

    def is_waiting(self, token: Token) -> bool:
        return False


class Parallel(Join):
    """Waits for a token on every way in; sends one on every way out."""

    def arrived(self, holder: Token) -> None:
        while self._is_full(holder):
            self.fire(holder)

    def choose(self, token: Token) -> list[Way]:
        return self.ways

    def _is_full(self, holder: Token) -> bool:
        return len(holder.internal_data.get("n", ())) == len(self.node.incoming)


class Inclusive(Join):
    """Waits for the tokens that can still come; then sends one on every way out whose condition holds."""

    def begin(self, token: Token) -> None:
        token.workflow.joins[token.id] = None

    def reload(self, token: Token) -> None:
        super().reload(token)
        token.workflow.joins[token.id] = None

    def settle(self, token: Token) -> bool:
        if token._state != WAITING or self.must_wait(token):
            return False
        self.fire(token)
        return True

    def must_wait(self, holder: Token) -> bool:
        """Return whether another token can still come where none has, as BPMN 2.0 (13.4.3) says it.

        One that can also come where a token already is does not count: it may as well be of the next round.
        """
        filled = set(holder.internal_data["n"])
        empty = [flow.source for flow in self.node.incoming if flow.id not in filled]
        if not empty:
            return False
        case, parent = holder.workflow, holder.up
        others = {
            case.tasks[number].task_spec.name
            for number in parent._children
            if number != holder.id and not case.tasks[number].is_arm
        }
        others.discard(self.name)
        coming = self._reaching(empty) & others
        if not coming:
            return False
        return bool(coming - self._reaching([flow.source for flow in self.node.incoming if flow.id in filled]))

    def _reaching(self, sources: list[str]) -> set[str]:
        """Return the elements from which a token can reach one of `sources` and leave it, not passing this gateway."""
        back = self.scope.sources
        found = {name for name in sources if name != self.name}
        queue = list(found)
        while queue:
            for name in back[queue.pop()]:
                if name not in found and name != self.name:
                    found.add(name)
                    queue.append(name)
        return found


class Complex(Inclusive):
    """Goes on as soon as its rule holds (`activationCount` tokens have come), once a round.

    What still can come in this round is then taken without going on again. Without a rule it waits as an inclusive one.
    Remembers besides: z when it has gone on in this round.
    """

    def arrived(self, holder: Token) -> None:
        rule = self.node.activation
        if rule is None or "z" in holder.internal_data:
            return
        count = sum(holder.internal_data["n"].values())
        seen = {**context(holder.up), "activationCount": count, "waitingForStart": True}
        try:
            is_enough = expressions.truth(holder.workflow, rule, seen, self.node.id)
        except EngineError as fault:  # at the token that waits; the one that came is counted in it already
            if "i" not in holder.internal_data:
                holder.workflow.fail(holder, fault)
            return
        if is_enough:
            holder.internal_data["z"] = 1
            token = holder.workflow.spawn(self, holder.up)
            token.internal_data["y"] = 1
            holder.workflow.note(token, "entered")

    def settle(self, token: Token) -> bool:
        if token._state != WAITING or self.must_wait(token):
            return False
        if self.node.activation is None:
            self.fire(token)
            return True
        if "z" not in token.internal_data:
            return False
        parent = token.up
        assert parent.joins is not None
        del parent.joins[self.name]
        token.workflow.remove(token)
        return True
