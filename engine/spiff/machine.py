"""One case, from outside: start, load, move, save. Every rule of BPMN is behind it; no database, web or clock is here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from engine import diagram
from engine.diagram import Kind
from engine.errors import Conflict, EngineError
from engine.spiff import activities, arms, codec, compiler, propagation, subprocesses, variables, waits
from engine.spiff.case import Case
from engine.spiff.specs import ProcessSpec
from engine.spiff.token import READY, STARTED, WAITING, Token
from engine.spiff.world import Happening, Plan, Thrown, UnknownElement, Wait, World

P = ParamSpec("P")
R = TypeVar("R")


def _guarded(method: Callable[Concatenate[Machine, P], R]) -> Callable[Concatenate[Machine, P], R]:
    """Refuse to go on with a machine in which something unforeseen went wrong: half a step is never saved."""

    @wraps(method)
    def guarded(self: Machine, *args: P.args, **options: P.kwargs) -> R:
        if self._is_broken:
            raise RuntimeError("an earlier step of this case failed unexpectedly; load it again")
        try:
            return method(self, *args, **options)
        except EngineError:
            raise
        except BaseException:
            self._is_broken = True
            raise

    return cast(Callable[Concatenate["Machine", P], R], guarded)


class Machine:
    """One case in memory. After any exception that is not an EngineError it cannot be used any more."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._is_broken = False

    # --- coming and going
    @classmethod
    def start(
        cls,
        family: Plan,
        process_id: str,
        values: Mapping[str, Any],
        world: World,
        *,
        start_element: str | None = None,
        payload: Mapping[str, Any] | None = None,
        business_key: str | None = None,
    ) -> Machine:
        """Return a new case that stands at its beginning; `run` moves it.

        `start_element`: the start event (or first receive task, or event behind an instantiating gateway) that has
        happened, with its `payload`. None takes the only one there is. Raises UnknownElement.
        """
        spec = compiler.process_spec(family, process_id)
        case = Case(spec, family, world)
        case.business_key = business_key
        root = case.spawn(spec.root, None)
        root.data.update(values)
        if start_element is None:
            start_element = _only_start(spec, bool(payload))
        else:
            _check_start(spec, start_element)
        if start_element is not None:
            root.internal_data["s"] = start_element
            element = spec.all[start_element]
            if payload:
                message = element.node.event(diagram.Message)
                result = message.result if isinstance(message, diagram.Message) else None
                root.internal_data["w"] = {result: dict(payload)} if result else dict(payload)
        return cls(case)

    @classmethod
    def load(cls, blob: bytes, family: Plan, world: World) -> Machine:
        """Return the case that `dump` saved."""
        return cls(codec.load(blob, family, world))

    @_guarded
    def dump(self) -> bytes:
        """Return the case as bytes, small and whole."""
        return codec.dump(self._case)

    # --- looking
    @property
    def happenings(self) -> list[Happening]:
        """What happened since the machine was made, in order."""
        return self._case.happenings

    @property
    def thrown(self) -> list[Thrown]:
        """The messages and signals that leave the case, in order."""
        return self._case.thrown

    @property
    def is_ended(self) -> bool:
        """Whether nothing is left to do."""
        return self._case.root is None

    @property
    def end_element(self) -> str | None:
        """The end event of the process that was reached last; None when there was none yet."""
        return self._case.end_element

    @property
    def failure(self) -> str | None:
        """The code of the error that nobody caught and that ended the case; None when it did not end that way."""
        return self._case.failure[0] if self._case.failure else None

    @property
    def process_id(self) -> str:
        """The process of the case."""
        return str(self._case.spec.process.id)

    @property
    def business_key(self) -> str | None:
        """The key of the case."""
        return self._case.business_key

    def variables(self, scope: int = 0) -> dict[str, Any]:
        """Return the map of a scope, by its token; 0 is the process, also after its end. Empty when the scope is gone."""
        token = self._case.tasks.get(scope)
        if token is not None:
            return dict(token.data)
        return dict(self._case.final) if scope == 0 else {}

    def context(self, token: int) -> dict[str, Any]:
        """Return all that a token sees."""
        return dict(variables.context(self._token(token)))

    def waits(self) -> list[Wait]:
        """Return everything that the case waits for now, the oldest first."""
        return waits.waits(self._case)

    def tokens(self) -> dict[str, int]:
        """Return how many tokens stand at each element, at every depth; listeners do not count."""
        counts: dict[str, int] = {}
        for token in self._case.tasks.values():
            if token.is_arm or token._parent is None or token.task_spec.repeat is not None:
                continue
            element = token.task_spec.node.id
            arrived = token.internal_data.get("n") if token.task_spec.gathers else None
            counts[element] = counts.get(element, 0) + (sum(arrived.values()) if isinstance(arrived, dict) else 1)
        return counts

    # --- moving
    @_guarded
    def run(self) -> None:
        """Step until nothing can move by itself. A failing step becomes an incident at its token."""
        self._case.run()

    @_guarded
    def complete(self, token: int, answers: Mapping[str, Any]) -> None:
        """A person has done a user or manual task. Raises Conflict when it is not open."""
        task = self._token(token)
        if task._state != READY or not task.task_spec.manual or "i" in task.internal_data:
            raise _not_open(token)
        self._case.finish(task, dict(answers))

    @_guarded
    def complete_service(self, token: int, result: Mapping[str, Any] | None) -> None:
        """A service has done its work. Raises Conflict when it is not waited for."""
        task = self._service(token)
        self._case.finish(task, activities.service_values(task, dict(result) if result is not None else None))

    @_guarded
    def fail_service(self, token: int, error_code: str, message: str) -> bool:
        """A service reports a BPMN error; True when the diagram catches it, else it becomes an incident."""
        task = self._service(token)
        self._case.note(task, "thrown", {"error": error_code, "message": message})
        if propagation.throw_error(task, error_code, message):
            return True
        name = task.task_spec.node.id
        fault = EngineError(
            f"服务任务“{name}”报告了流程未捕获的错误“{error_code}”：{message}",
            f"Service task {name!r} reported the error {error_code!r}, which the plan does not catch: {message}",
            code="uncaught-error",
        )
        self._case.fail(task, fault)
        return False

    @_guarded
    def raise_incident(self, token: int, code: str, zh: str, en: str) -> None:
        """Hold a token back: its service has run out of attempts, or its job failed for good."""
        task = self._token(token)
        if "i" in task.internal_data:  # say it more exactly; it is no second incident
            task.internal_data["i"] = [code, zh, en]
        else:
            self._case.fail(task, EngineError(zh, en, code=code))

    @_guarded
    def retry(self, token: int) -> None:
        """Let a token with an incident try again; `run` moves it."""
        task = self._token(token)
        if "i" not in task.internal_data:
            raise Conflict("该令牌没有流程故障。", "The token has no incident.", token=token)
        self._case.retry(task)

    @_guarded
    def fire(self, token: int, at: datetime) -> bool:
        """A timer is due at `at`; False when it is not armed, not due yet, or held back."""
        timer = self._case.tasks.get(token)
        if timer is None or timer._state != WAITING or "d" not in timer.internal_data or "i" in timer.internal_data:
            return False
        if not timer.task_spec.is_waiting(timer) or datetime.fromisoformat(timer.internal_data["d"]) > at:
            return False
        arms.trigger(timer)
        return True

    @_guarded
    def correlate(self, name: str, key: str | None, payload: Mapping[str, Any]) -> bool:
        """Give a message to the oldest token that waits for it; False when none does. `key` None fits every key."""
        for token in arms.waiting(self._case, diagram.Message):
            own = token.internal_data.get("k")
            if arms.name_of(token) == name and (key is None or own is None or own == key):
                arms.trigger(token, arms.payload_values(token, dict(payload)))
                return True
        return False

    @_guarded
    def receive(self, token: int, payload: Mapping[str, Any]) -> bool:
        """Give the message that one token waits for to just this token; False when it waits for none any more."""
        for one in arms.waiting(self._case, diagram.Message):
            if one.id == token:
                arms.trigger(one, arms.payload_values(one, dict(payload)))
                return True
        return False

    @_guarded
    def signal(self, name: str, payload: Mapping[str, Any] | None = None) -> bool:
        """Give a signal to all tokens that wait for it; False when none does."""
        return arms.broadcast(self._case, name, dict(payload or {}))

    @_guarded
    def activate(self, token: int, element: str) -> None:
        """Begin an inner activity of an ad-hoc subprocess. Raises Conflict when it cannot begin."""
        spec = self._token(token).task_spec
        if not isinstance(spec, subprocesses.AdHoc) or not spec.activate(self._case.tasks[token], element):
            raise Conflict(f"不能启动“{element}”。", f"{element!r} cannot be started here.", token=token)

    @_guarded
    def cancel(self) -> None:
        """Stop the case."""
        root = self._case.root
        if root is None:
            raise Conflict("流程实例已经结束。", "The case has ended already.")
        self._case.close(root, "cancelled")

    @_guarded
    def set_variables(self, values: Mapping[str, Any], scope: int = 0) -> None:
        """Write variables by hand, seen from a scope."""
        token = self._token(scope)
        variables.write(token, values)
        self._case.note(token, "changed", {"variables": dict(values)})

    @_guarded
    def move_deadline(self, token: int, due_at: datetime) -> None:
        """Move a timer, or the due moment of a task."""
        waiting = self._token(token)
        is_task = waiting._state == READY and waiting.task_spec.manual
        if not is_task and "d" not in waiting.internal_data:
            raise Conflict("该令牌没有可以改动的时限。", "The token has no deadline that can be moved.", token=token)
        was = waiting.internal_data.get("d")
        waiting.internal_data["d"] = due_at.astimezone(UTC).isoformat()
        waiting.internal_data.pop("p", None)
        self._case.note(waiting, "moved", {"due_at": waiting.internal_data["d"], "was": was})

    @_guarded
    def recompute_provisional(self) -> int:
        """Count the provisional deadlines again, from the moment they were counted from; return how many moved."""
        return arms.recompute(self._case)

    # --- finding
    def _token(self, number: int) -> Token:
        token = self._case.tasks.get(number)
        if token is None:
            raise _not_open(number)
        return token

    def _service(self, number: int) -> Token:
        token = self._token(number)
        if token._state != STARTED or token.task_spec.node.service is None or "i" in token.internal_data:
            raise _not_open(number)
        if not token.task_spec.is_waiting(token):
            raise _not_open(number)
        return token


def _not_open(token: int) -> Conflict:
    return Conflict("该任务已经办理或已取消。", "The task is not open any more.", code="task-not-open", token=token)


def _only_start(spec: ProcessSpec, has_payload: bool) -> str | None:
    """Return the start event to use when none is named; None: the scope's own beginnings."""
    starts = [element for element in spec.starts if element.node.kind is Kind.START]
    if len(starts) == 1 and (has_payload or starts[0].node.events):
        _check_start(spec, starts[0].name)
        return starts[0].name
    if len(starts) <= 1:
        return None
    names = "、".join(element.name for element in starts)
    raise UnknownElement(
        f"流程“{spec.name}”有多个开始事件（{names}），请指明一个。",
        f"Process {spec.name!r} has several start events ({names}); name one.",
        code="ambiguous-start",
    )


def _check_start(spec: ProcessSpec, name: str) -> None:
    element = spec.task_specs.get(name)
    if element is not None and element.node.parallel_multiple and len(element.node.events) > 1:
        raise EngineError(
            f"开始事件“{name}”要等多个事件都发生才开始，本系统不支持。",
            f"Start event {name!r} wants several events before it starts; that is not supported.",
            code="unsupported",
        )
    is_start = element is not None and (
        element.node.kind is Kind.START
        or (not element.node.incoming and element in spec.starts)
        or any(spec.task_specs[flow.source].node.instantiating for flow in element.node.incoming)
    )
    if not is_start:
        raise UnknownElement(
            f"流程“{spec.name}”不能从“{name}”开始。", f"Process {spec.name!r} cannot start at {name!r}."
        )
