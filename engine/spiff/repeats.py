"""Loops and multi-instances: an element around the one that works, with a member for each round or item."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from engine import diagram
from engine.errors import StepFailed
from engine.spiff import expressions
from engine.spiff.activities import Activity
from engine.spiff.elements import Element
from engine.spiff.specs import ScopeSpec
from engine.spiff.token import STARTED, Token
from engine.spiff.variables import context, write
from engine.spiff.world import LimitReached

_SIMPLE_COUNTER = "loopCounter"


class Repeat(Activity):
    """What loops and multi-instances share. Mappings, forms and services are the inner element's.

    Entered and completed is each member; the whole has begun and is finished.
    """

    begins, ends = "began", "finished"

    def __init__(self, scope: ScopeSpec, node: diagram.Node, inner: Element) -> None:
        super().__init__(scope, node)
        self._inner = inner
        inner.repeat = self

    @property
    def inner(self) -> Element:
        return self._inner

    def beside(self) -> Collection[Element]:
        return (self._inner,)

    def take_inputs(self, token: Token) -> None:
        """Nothing: the members do."""

    def deliver(self, token: Token) -> dict[str, Any]:
        values: dict[str, Any] = token.internal_data.pop("v", None) or {}
        write(token, values)
        return values

    def is_open(self, token: Token) -> bool:
        return bool(token._state == STARTED)

    def member_leaves(self, token: Token, made: dict[str, Any]) -> None:
        """A member has done its work."""
        token.workflow.note(token, "completed", {"variables": made} if made else None)
        token.workflow.remove(token)


class Loop(Repeat):
    """A standard loop: round after round while the condition holds, at most `maximum` of them."""

    @property
    def rule(self) -> diagram.StandardLoop:
        """What the author says."""
        rule = self.node.loop
        assert isinstance(rule, diagram.StandardLoop)
        return rule

    def _run_hook(self, token: Token) -> bool | None:
        if self.rule.condition is None and self.rule.maximum is None:
            raise StepFailed(
                self.node.id,
                f"循环“{self.node.id}”既没有条件也没有次数上限。",
                f"Loop {self.node.id!r} has neither a condition nor a maximum.",
            )
        token.data[_SIMPLE_COUNTER] = 0
        token._set_state(STARTED)
        if self.rule.test_before and not self._goes_on(token):
            return True
        self._round(token)
        return None

    def resume(self, token: Token) -> None:
        if token._state != STARTED or token.live:
            return
        if self._goes_on(token):
            self._round(token)
        else:
            token.complete()

    def _round(self, token: Token) -> None:
        token.data[_SIMPLE_COUNTER] += 1
        token.workflow.spawn(self.inner, token)

    def _goes_on(self, token: Token) -> bool:
        rule = self.rule
        if rule.maximum is not None and token.data[_SIMPLE_COUNTER] >= rule.maximum:
            return False
        return rule.condition is None or expressions.truth(token.workflow, rule.condition, context(token), self.node.id)


class MultiInstance(Repeat):
    """A member for each item, side by side or one after the other. Results stand in the order of the items.

    Counters (both tools' names) are there for the completion condition; `loopCounter` counts from 1 in each member.
    What a member writes and nobody around it owns stays its own until it is done, and then goes outward.
    Remembers: t how many, a the items still to come (sequential), n completed, r results.
    """

    @property
    def rule(self) -> diagram.MultiInstance:
        """What the author says."""
        rule = self.node.loop
        assert isinstance(rule, diagram.MultiInstance)
        return rule

    def _run_hook(self, token: Token) -> bool | None:
        internal = token.internal_data
        total, items = self._members(token)
        internal.update(t=total, n=0)
        if self.rule.results:
            internal["r"] = [None] * total
        token._set_state(STARTED)
        if self.rule.sequential:
            if items is not None:
                internal["a"] = items
            if total:
                self._member(token, 0)
        else:
            for index in range(total):
                self._member(token, index, items)
        if total == 0:
            token.workflow.schedule(token)
        return None

    def resume(self, token: Token) -> None:
        if token._state != STARTED or token.live:
            return
        internal = token.internal_data
        if self.rule.sequential and "x" not in internal and internal["n"] < internal["t"]:
            self._member(token, internal["n"])
            return
        if self.rule.results:
            internal["v"] = {self.rule.results: internal.pop("r")}
        token.complete()

    def member_leaves(self, token: Token, made: dict[str, Any]) -> None:
        rule, body, case = self.rule, token.up, token.workflow
        internal = body.internal_data
        seen: dict[str, Any] = context(token)
        result = None
        if rule.result_item is not None:
            result = expressions.value(case, rule.result_item, seen, self.node.id)
        is_enough = rule.completion is not None and expressions.truth(
            case, rule.completion, {**seen, **self._counts(body)}, self.node.id
        )
        if rule.results:
            internal["r"][token.internal_data["m_i"]] = result
        internal["n"] += 1
        super().member_leaves(token, made)
        write(body, self._own(token))
        if is_enough:
            case.clear(body, keep=self.boundaries)
            internal["x"] = 1
            case.schedule(body)

    def _members(self, token: Token) -> tuple[int, list[Any] | None]:
        rule, case, element = self.rule, token.workflow, self.node.id
        items: list[Any] | None = None
        if rule.collection is not None:
            found = expressions.value(case, rule.collection, context(token), element)
            if not isinstance(found, list):
                raise StepFailed(
                    element,
                    f"多实例“{element}”的集合“{rule.collection.text}”应为列表，实际为 {found!r}。",
                    f"Multi-instance {element!r}: {rule.collection.text!r} must be a list, not {found!r}.",
                )
            items, total = list(found), len(found)
        elif rule.cardinality is not None:
            number = expressions.value(case, rule.cardinality, context(token), element)
            try:
                total = int(number)
                if isinstance(number, bool) or total < 0 or total != float(number):
                    raise ValueError(number)
            except (TypeError, ValueError) as fault:
                raise StepFailed(
                    element,
                    f"多实例“{element}”的次数应为非负整数，实际为 {number!r}。",
                    f"Multi-instance {element!r} needs a whole number of members, not {number!r}.",
                ) from fault
        else:
            raise StepFailed(
                element,
                f"多实例“{element}”没有集合或次数。",
                f"Multi-instance {element!r} has no collection or number.",
            )
        limit = case.world.limits.members
        if total > limit:
            raise LimitReached(
                f"多实例“{element}”要创建 {total} 个成员，超过上限 {limit}。",
                f"Multi-instance {element!r} asks for {total} members; the limit is {limit}.",
            )
        return total, items

    def _member(self, body: Token, index: int, items: list[Any] | None = None) -> None:
        """Make one member with its own map."""
        token = body.workflow.spawn(self.inner, body)
        token.internal_data["m_i"] = index
        token.data[_SIMPLE_COUNTER] = index + 1
        items = items if items is not None else body.internal_data.get("a")
        if items is not None and self.rule.item:
            token.data[self.rule.item] = items[index]
        if self._result_name:
            token.data.setdefault(self._result_name, None)

    @property
    def _result_name(self) -> str | None:
        """The variable that the result is read from, when it is one: each member's own."""
        item = self.rule.result_item
        if item is None or item.is_literal or not item.text.strip().isidentifier():
            return None
        return item.text.strip()

    def _own(self, token: Token) -> dict[str, Any]:
        """Return what the member hands on: not the item, the counter, the result, nor what was mapped in."""
        private = {_SIMPLE_COUNTER, self.rule.item, self._result_name}
        private.update(one.target.partition(".")[0] for one in self.node.inputs)
        if self.inner.body is not None:
            private.update(variable.name or variable.id for variable in self.inner.body.scope.variables)
        return {name: value for name, value in token.data.items() if name not in private}

    def _counts(self, body: Token) -> dict[str, Any]:
        total, done = body.internal_data["t"], body.internal_data["n"] + 1
        active = 0 if self.rule.sequential else body.live - 1
        return {
            "numberOfInstances": total,
            "numberOfCompletedInstances": done,
            "numberOfActiveInstances": active,
            "numberOfTerminatedInstances": 0,
            "nrOfInstances": total,
            "nrOfCompletedInstances": done,
            "nrOfActiveInstances": active,
        }
