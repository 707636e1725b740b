"""Tasks: what people, services, decisions and expressions do. Things with an inside are in `subprocesses` and `repeats`."""

from __future__ import annotations

from typing import Any

from engine import diagram
from engine.errors import EngineError, StepFailed
from engine.feel import to_json
from engine.spiff import arms, expressions, timers
from engine.spiff.elements import Element
from engine.spiff.events import Catching
from engine.spiff.sending import throw_message
from engine.spiff.token import READY, STARTED, WAITING, Token
from engine.spiff.variables import context


class Activity(Element):
    """Anything that boundary events can be attached to, that may need several tokens, and that can be compensated."""

    def gather(self, token: Token) -> bool:
        """Count tokens until there are as many as the activity needs (startQuantity)."""
        case, parent = token.workflow, token.up
        parent.joins = parent.joins or {}
        holder = parent.joins.get(self.name)
        if holder is None:
            parent.joins[self.name] = token.id
            token._set_state(WAITING)
            token.internal_data["q"] = 1
            return False
        first = case.tasks[holder]
        first.internal_data["q"] += 1
        if first.internal_data["q"] < self.node.start_quantity:
            case.remove(token)
            return False
        del parent.joins[self.name]
        case.remove(first)
        return True

    def _update_hook(self, token: Token) -> bool:
        self.take_inputs(token)
        if self.boundaries:
            arms.arm_all(token, self.boundaries)
        return True

    def is_waiting(self, token: Token) -> bool:
        return False

    def leave(self, token: Token, made: dict[str, Any]) -> None:
        if not self.is_compensable:
            super().leave(token, made)
            return
        records, data = token.up.internal_data, dict(token.data)
        nested = token.internal_data.get("k") or []
        super().leave(token, made)
        if self.inner is self:  # a repetition only hands on what its members have left
            records.setdefault("k", []).append([self.node.id, data, nested])
        elif nested:
            records.setdefault("k", []).extend(nested)


class Pass(Activity):
    """A task without any work of its own."""


class UserTask(Activity):
    """A task that a person completes."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.manual = True

    def _on_ready(self, token: Token) -> None:
        if self.node.assignment is not None:
            self._assign(token, self.node.assignment)
        token.workflow.note(token, "ready")

    def is_waiting(self, token: Token) -> bool:
        return bool(token._state == READY)

    def _assign(self, token: Token, who: diagram.Assignment) -> None:
        """Work out who may do the task and by when, as far as that is not fixed."""
        case, internal, element = token.workflow, token.internal_data, self.node.id
        seen = context(token)
        if who.assignee is not None:
            assignee = expressions.value(case, who.assignee, seen, element)
            if assignee:
                internal["a"] = str(assignee)
        if who.groups_expression is not None:
            groups = expressions.value(case, who.groups_expression, seen, element)
            if isinstance(groups, str):
                groups = [part.strip() for part in groups.split(",") if part.strip()]
            internal["g"] = [str(group) for group in groups or []]
        if who.priority is not None:
            try:
                internal["w"] = int(expressions.value(case, who.priority, seen, element))
            except (TypeError, ValueError) as fault:
                raise StepFailed(
                    element, f"任务 {element} 的优先级不是整数。", f"Task {element}: the priority is no whole number."
                ) from fault
        self._set_moments(token, who, seen)

    def _set_moments(self, token: Token, who: diagram.Assignment, seen: dict[str, Any]) -> None:
        for short, moment in (("d", who.due), ("u", who.follow_up)):
            if moment is not None:
                self._set_moment(token, short, moment, seen)

    def _set_moment(self, token: Token, short: str, moment: diagram.Expression, seen: dict[str, Any]) -> None:
        case = token.workflow
        if not moment.is_literal and expressions.raw(case, moment, seen, self.node.id) is None:
            return
        is_length = moment.is_literal and moment.text.strip().startswith("P")
        timer = diagram.Timer("duration" if is_length else "date", moment, moment.place)
        due = timers.due(case, timer, seen, self.node.id)
        token.internal_data[short] = due.at.isoformat()
        if due.is_provisional:
            token.internal_data["p"] = case.world.now.isoformat()

    def count_again(self, token: Token) -> None:
        who = self.node.assignment
        if who is not None:
            self._set_moments(token, who, context(token))


class ServiceTask(Activity):
    """A task that the application's service does."""

    def _run_hook(self, token: Token) -> bool | None:
        service = self.node.service
        if service is None:
            raise StepFailed(
                self.node.id,
                f"任务“{self.node.id}”没有说明由哪个服务完成。",
                f"Task {self.node.id!r} does not say which service does it.",
            )
        call_service(token, service)
        return None

    def is_waiting(self, token: Token) -> bool:
        return bool(token._state == STARTED)


class RuleTask(Activity):
    """A task that asks a decision."""

    def _run_hook(self, token: Token) -> bool | None:
        decision, case, element = self.node.decision, token.workflow, self.node.id
        if decision is None:
            raise StepFailed(
                element, f"业务规则任务“{element}”没有指定决策。", f"Rule task {element!r} names no decision."
            )
        seen = context(token)
        name = expressions.text(case, decision.id, seen, element)
        try:
            answer = case.plan.decide(name, seen, case.world.covering, case.world.now)
        except EngineError as fault:
            raise StepFailed(
                element,
                f"决策“{name}”未能得出结果：{fault.zh}",
                f"The decision {name!r} gave no result: {fault.en}",
            ) from fault
        answer = _unpack(to_json(answer), decision.unpack, element)
        if decision.result:
            token.internal_data["v"] = {decision.result: answer}
        elif isinstance(answer, dict):
            token.internal_data["v"] = answer
        return True


class ScriptTask(Activity):
    """A task whose work is a FEEL expression."""

    def _run_hook(self, token: Token) -> bool | None:
        script = self.node.script
        if script is None:
            raise StepFailed(
                self.node.id,
                f"脚本任务“{self.node.id}”没有表达式。",
                f"Script task {self.node.id!r} has no expression.",
            )
        answer = expressions.value(token.workflow, script.expression, context(token), self.node.id)
        if script.result:
            token.internal_data["v"] = {script.result: answer}
        elif isinstance(answer, dict):
            token.internal_data["v"] = answer
        return True


class SendTask(Activity):
    """A task that sends its messages."""

    def _run_hook(self, token: Token) -> bool | None:
        for event in self.node.events:
            if isinstance(event, diagram.Message):
                throw_message(token, event)
        return True


class ReceiveTask(Activity, Catching):
    """A task that waits for its message."""

    def _on_ready(self, token: Token) -> None:
        token._set_state(WAITING)
        arms.arm(token)

    def caught(self, token: Token, values: dict[str, Any]) -> None:
        if token.is_arm:  # behind an event-based gateway
            token.up.task_spec.chosen(token.up, token, values)
        else:
            token.workflow.finish(token, values)

    def is_waiting(self, token: Token) -> bool:
        return bool(token._state == WAITING and "q" not in token.internal_data)


def call_service(token: Token, service: diagram.Service) -> None:
    """Leave the token to the service; the application says when it is done."""
    if not service.type.is_literal:
        kind = expressions.text(token.workflow, service.type, context(token), token.task_spec.node.id)
        token.internal_data["s"] = kind
    token._set_state(STARTED)


def service_values(token: Token, result: dict[str, Any] | None) -> dict[str, Any]:
    """Return the variables that a service's answer becomes."""
    service = token.task_spec.node.service
    if service is not None and service.result:
        return {service.result: result}
    return result or {}


def _unpack(answer: Any, how: str, element: str) -> Any:
    """Turn a decision's answer into the shape that the author's tool gives it."""
    if how == "none":
        return answer
    rows: list[Any] = answer if isinstance(answer, list) else [] if answer is None else [answer]
    if how == "result_list":
        return rows
    if how == "collect_entries":
        return [_single(row, element) for row in rows]
    if len(rows) > 1:
        raise StepFailed(
            element,
            f"决策给出了 {len(rows)} 条结果，“{element}”只取一条。",
            f"The decision gave {len(rows)} results where {element!r} takes one.",
        )
    if not rows:
        return None
    return _single(rows[0], element) if how == "single_entry" else rows[0]


def _single(row: Any, element: str) -> Any:
    if not isinstance(row, dict):
        return row
    if len(row) > 1:
        raise StepFailed(
            element,
            f"决策给出了 {len(row)} 个输出，“{element}”只取一个。",
            f"The decision gave {len(row)} outputs where {element!r} takes one.",
        )
    return next(iter(row.values()), None)
