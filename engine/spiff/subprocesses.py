"""Elements with an inside: the process itself, subprocesses of every kind, called processes."""

from __future__ import annotations

from typing import Any

from engine import diagram
from engine.errors import StepFailed
from engine.spiff import arms, compensation, expressions
from engine.spiff.activities import Activity
from engine.spiff.elements import Element
from engine.spiff.specs import ProcessSpec, ScopeSpec
from engine.spiff.token import DONE, STARTED, Token
from engine.spiff.variables import context
from engine.spiff.world import LimitReached


def open_scope(token: Token, body: ScopeSpec) -> None:
    """Make the data objects of a scope and arm its event subprocesses."""
    for variable in body.scope.variables:
        name = variable.name or variable.id
        if name in token.data:
            continue  # what was handed in wins
        if variable.initial is not None:
            token.data[name] = expressions.value(
                token.workflow, variable.initial, context(token), token.task_spec.node.id
            )
        else:
            token.data[name] = [] if variable.is_collection else None
    if body.handlers:
        arms.arm_all(token, body.handlers)


class Subprocess(Activity):
    """An embedded subprocess: done when nothing is left inside."""

    body: ScopeSpec

    def _run_hook(self, token: Token) -> bool | None:
        open_scope(token, self.body)
        token._set_state(STARTED)
        self.begin(token)
        if token.live == 0:
            token.workflow.schedule(token)
        return None

    def begin(self, token: Token) -> None:
        """Put the first tokens inside."""
        for start in self.body.starts:
            token.workflow.spawn(start, token)

    def resume(self, token: Token) -> None:
        if token._state != STARTED or token.live:
            return
        if "q" in token.internal_data:
            compensation.proceed(token)
        else:
            token.complete()

    def is_open(self, token: Token) -> bool:
        return bool(token._state == STARTED)

    def deliver(self, token: Token) -> dict[str, Any]:
        return super().deliver(token) if self.node.outputs else {}


class EventSubprocess(Subprocess):
    """An event subprocess: opened by its start event, beside or instead of the scope around."""

    def begin(self, token: Token) -> None:
        start = self.body.all[token.internal_data["s"]]
        first = token.workflow.spawn(start, token, DONE)
        token.workflow.finish(first, token.internal_data.pop("w", None))


class AdHoc(Subprocess):
    """An ad-hoc subprocess: what stands in it without a way in begins by itself, and again when somebody asks.

    Sequential: one after the other, in the order of the diagram. It is done when its completion condition holds after
    an inner activity; without one, when nothing is left inside.
    """

    hears_inner = True

    def begin(self, token: Token) -> None:
        if self.node.ordering != "sequential":
            super().begin(token)
            return
        token.internal_data["l"] = [start.name for start in self.body.starts]
        self._next(token)

    def resume(self, token: Token) -> None:
        if token._state != STARTED or "q" in token.internal_data:
            super().resume(token)
            return
        internal, case = token.internal_data, token.workflow
        rule = self.node.completion
        if rule is not None and "x" not in internal and expressions.truth(case, rule, context(token), self.node.id):
            if self.node.cancel_remaining:
                case.clear(token, keep=self.boundaries)
            internal["x"] = 1
            internal.pop("l", None)
        if token.live == 0 and not self._next(token) and (rule is None or "x" in internal):
            token.complete()

    def activate(self, token: Token, element: str) -> bool:
        """Begin an inner activity (again); return whether that is possible."""
        start = next((one for one in self.body.starts if one.name == element), None)
        if start is None or token._state != STARTED or "x" in token.internal_data:
            return False
        if self.node.ordering == "sequential" and token.live:
            token.internal_data.setdefault("l", []).append(element)
        else:
            token.workflow.spawn(start, token)
        return True

    def is_waiting(self, token: Token) -> bool:
        return bool(token._state == STARTED and "x" not in token.internal_data)

    def _next(self, token: Token) -> bool:
        waiting = token.internal_data.get("l")
        if not waiting:
            return False
        token.workflow.spawn(self.body.all[waiting.pop(0)], token)
        return True


class ProcessRoot(Element):
    """A process: the outermost scope of a case, or of a call."""

    isolates = True
    body: ScopeSpec

    def accepts(self, token: Token, parent: Token | None) -> bool:
        return parent is None or isinstance(parent.task_spec, CallActivity)

    def __init__(self, spec: ProcessSpec) -> None:
        process = spec.process
        node = diagram.Node(process.id, diagram.Kind.SUBPROCESS, process.name, process.place, body=process.body)
        super().__init__(spec, node, "/")
        self.body = spec

    def _run_hook(self, token: Token) -> bool | None:
        case, internal = token.workflow, token.internal_data
        open_scope(token, self.body)
        token._set_state(STARTED)
        named = internal.pop("s", None)
        values = internal.pop("w", None)
        if named is None:
            for start in self.body.starts:
                case.spawn(start, token)
        else:
            first = case.spawn(self.body.all[named], token, DONE)
            for other in self._awaited_with(named):
                case.spawn(other, token)
            case.note(first, "caught", {"variables": values} if values else None)
            case.finish(first, values)
        if token.live == 0:
            case.schedule(token)
        return None

    def _awaited_with(self, named: str) -> list[Element]:
        """Return the other events of the parallel instantiating gateway that `named` stands behind."""
        nodes = self.body.scope.nodes
        gateways = [nodes[flow.source] for flow in nodes[named].incoming]
        wanted = [gateway for gateway in gateways if gateway.instantiating and gateway.parallel_multiple]
        return [self.body.all[flow.target] for one in wanted for flow in one.outgoing if flow.target != named]

    def resume(self, token: Token) -> None:
        if token._state == STARTED and token.live == 0:
            token.complete()

    def is_open(self, token: Token) -> bool:
        return bool(token._state == STARTED)

    def is_waiting(self, token: Token) -> bool:
        return False

    def _on_complete(self, token: Token) -> None:
        case = token.workflow
        if token._parent is not None:
            caller = token.up.task_spec
            assert isinstance(caller, CallActivity)
            caller.returned(token.up, token)
            case.note(token, "completed")
            case.remove(token)
        else:
            case.close(token, "ended", {"end": case.end_element})


class CallActivity(Activity):
    """A call of another process: its variables are its own; mappings say what goes in and what comes back."""

    def _run_hook(self, token: Token) -> bool | None:
        case, call, element = token.workflow, self.node.call, self.node.id
        if call is None:
            raise StepFailed(element, f"调用活动“{element}”没有指定流程。", f"Call {element!r} names no process.")
        seen = context(token)
        name = expressions.text(case, call.process, seen, element)
        spec = case.process_spec(name, element)
        self._check_depth(token)
        values = dict(seen) if call.all_in else dict(token.data)
        values.update(expressions.mapped(case, call.inputs, seen, element))
        token._set_state(STARTED)
        root = case.spawn(spec.root, token)
        root.data.update(values)
        return None

    def returned(self, token: Token, root: Token) -> None:
        """Take what the called process hands back."""
        case, call = token.workflow, self.node.call
        assert call is not None
        values = expressions.mapped(case, call.outputs, root.data, self.node.id)
        if call.all_out or self.node.outputs:  # the output mappings read what came back
            values = {**root.data, **values}
        token.internal_data["v"] = values

    def resume(self, token: Token) -> None:
        if token._state == STARTED and token.live == 0:
            token.complete()

    def is_open(self, token: Token) -> bool:
        return bool(token._state == STARTED)

    def _check_depth(self, token: Token) -> None:
        limit, depth = token.workflow.world.limits.depth, 0
        up: Token = token
        while up._parent is not None:
            depth += up.task_spec.isolates
            up = up.up
        if depth >= limit:
            raise LimitReached(
                f"流程相互调用超过 {limit} 层（在“{self.node.id}”）。",
                f"Processes call each other more than {limit} deep (at {self.node.id!r}).",
            )
