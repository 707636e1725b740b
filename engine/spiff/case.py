"""One case in memory: its tokens, what they still have to do, what happened. Which step means what is the elements' business.

Order: one token at a time, the outermost first, among equals the oldest. Inclusive joins are asked when nothing else can
move. So the same case with the same answers always takes the same steps.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.workflow import Workflow

from engine.errors import EngineError, StepFailed
from engine.rules import Rule, nearest, received_day
from engine.spiff import arms, compiler
from engine.spiff.token import ARRIVING, DONE, READY, WAITING, Token
from engine.spiff.variables import scope_of
from engine.spiff.world import Happening, LimitReached, Plan, Thrown, UnknownElement, World

if TYPE_CHECKING:
    from engine.spiff.elements import Element, Way
    from engine.spiff.specs import ProcessSpec

_BATCH = 1_000


class Case(Workflow):
    """The tokens of one case and the queue of those that can move."""

    spec: ProcessSpec
    tasks: dict[int, Token]

    def __init__(self, spec: ProcessSpec, plan: Plan, world: World) -> None:
        super().__init__(spec, deserializing=True)
        self.plan = plan
        self.world = world
        self.business_key: str | None = None
        self.next_id = 0
        self.end_element: str | None = None  #: the end event reached last, of the outermost process
        self.failure: list[str] | None = None  #: code and message of the error that ended the case
        self.final: dict[str, Any] = {}  #: the process's variables when the case had ended
        self.happenings: list[Happening] = []
        self.thrown: list[Thrown] = []
        self.changed = False  #: a variable was written since conditions were last asked
        self.conditions: dict[int, None] = {}  #: arms of conditional events
        self.joins: dict[int, None] = {}  #: tokens at inclusive and complex joins
        self._agenda: list[tuple[int, int]] = []

    @property
    def root(self) -> Token | None:
        """The token of the outermost process; None when the case has ended."""
        return self.tasks.get(0)

    def process_spec(self, name: str, element: str) -> ProcessSpec:
        """Return the spec of the process that `element` calls."""
        try:
            return compiler.process_spec(self.plan, name)
        except UnknownElement as fault:
            raise StepFailed(
                element, f"“{element}”调用的流程“{name}”不存在。", f"{element!r} calls {name!r}, which does not exist."
            ) from fault

    def limit(self, rule_id: str, began_at: datetime) -> Rule | None:
        """Return the version of a rule that binds the case: that of the day it was received; None for no such rule."""
        versions = self.plan.rules.get(rule_id, ())
        if len(versions) < 2:
            return versions[0] if versions else None
        received_at = self.root.data.get("received_at") if self.root is not None else None
        return nearest(versions, received_day(received_at, began_at))

    # --- tokens
    def spawn(self, spec: Element, parent: Token | None, state: int = ARRIVING, arm: int | None = None) -> Token:
        """Make a token; one that arrives is queued. `arm` makes it a listener for that event of its element."""
        token = Token(self, spec, parent, state, self.next_id)
        self.next_id += 1
        if arm is not None:
            token.internal_data["e"] = arm
            return token
        if parent is not None:
            parent.live += 1
        if state == ARRIVING:
            heappush(self._agenda, (token.level, token.id))
        return token

    def send(self, way: Way, parent: Token) -> None:
        """Send a token along a sequence flow."""
        token = self.spawn(way.target, parent)
        if way.target.gathers:
            token.internal_data["f"] = way.id

    def schedule(self, token: Token) -> None:
        """Queue a token that can move. Once too often does no harm."""
        heappush(self._agenda, (token.level, token.id))

    def finish(self, token: Token, values: dict[str, Any] | None = None) -> None:
        """Mark the token's work as done, with its results; it leaves when its turn comes, and nothing interrupts it now."""
        if token._children:
            self.clear(token)
        if values:
            token.internal_data["v"] = values
        token._set_state(DONE)
        self.schedule(token)

    def remove(self, token: Token) -> None:
        """Take a token that has done its work out of the tree, with its arms."""
        if token._children:
            self.clear(token)
        self._unlink(token)

    def stop(self, token: Token) -> None:
        """Stop a token and all inside it."""
        self.clear(token)
        self._note_cancelled(token)
        self._unlink(token)

    def clear(self, token: Token, but: Token | None = None, keep: Iterable[Element] = ()) -> None:
        """Stop all inside a token, except `but` and the arms of the elements in `keep`."""
        doomed: list[Token] = []
        kept = set(keep)
        stack = [self.tasks[number] for number in token._children]
        stack = [one for one in stack if one is not but and not (one.is_arm and one.task_spec in kept)]
        while stack:
            one = stack.pop()
            doomed.append(one)
            stack.extend(self.tasks[number] for number in one._children)
        for one in reversed(doomed):
            self._note_cancelled(one)
            self._unlink(one)
        token.joins = None

    def _note_cancelled(self, token: Token) -> None:
        spec = token.task_spec
        if not token.is_arm and token._state != ARRIVING and not spec.gathers and spec.ends == "completed":
            self.note(token, "cancelled")

    def _unlink(self, token: Token) -> None:
        del self.tasks[token.id]
        self.conditions.pop(token.id, None)
        self.joins.pop(token.id, None)
        parent = self.tasks.get(token._parent) if token._parent is not None else None
        if parent is not None:
            del parent._children[token.id]
            if not token.is_arm:
                parent.live -= 1
                if parent.live == 0:
                    heappush(self._agenda, (parent.level, parent.id))

    def close(self, root: Token, what: str, data: dict[str, Any] | None = None) -> None:
        """End the case: nothing is left but the variables of its process."""
        self.clear(root)
        self.note(root, what, data)
        self.final = root.data
        del self.tasks[root.id]

    # --- what happened
    def note(self, token: Token, what: str, data: dict[str, Any] | None = None) -> None:
        """Write down what happened."""
        happenings, process = self.happenings, token
        while not process.task_spec.isolates:
            process = process.up
        element, scope = token.task_spec.node.id, scope_of(token).id
        happenings.append(Happening(self.world.now, element, what, token.id, scope, data, process.task_spec.node.id))
        if self.world.record is not None and len(happenings) >= _BATCH:
            self.world.record(happenings[:])
            happenings.clear()

    def fail(self, token: Token, fault: EngineError) -> None:
        """Turn a fault into an incident at the token."""
        token.internal_data["i"] = [fault.code, fault.zh, fault.en]
        self.note(token, "incident", {"code": fault.code, "zh": fault.zh, "en": fault.en})

    def retry(self, token: Token) -> None:
        """Let a token with an incident go on."""
        del token.internal_data["i"]
        self.note(token, "resolved")
        if token._state in (ARRIVING, WAITING):
            token.internal_data["y"] = 1
        self.schedule(token)

    # --- running
    def run(self) -> None:
        """Step until nothing can move by itself."""
        left, most = self.world.limits.steps, self.world.limits.tokens
        if self.changed:
            self.changed = False
            arms.recheck(self)
        agenda, tasks = self._agenda, self.tasks
        while True:
            while agenda:
                token = tasks.get(heappop(agenda)[1])
                if token is None or "i" in token.internal_data:
                    continue
                began = token._state
                if began in (ARRIVING, DONE):  # anything else leads to such a step or to nothing
                    if left == 0:
                        self.schedule(token)
                        self._stop(token)
                        return
                    left -= 1
                try:
                    if began == ARRIVING and len(tasks) > most:
                        raise LimitReached(
                            f"流程实例同时有 {most} 个以上的令牌。", f"The case has more than {most} tokens at once."
                        )
                    token.step()
                except EngineError as fault:
                    if began == ARRIVING and token._state != DONE:  # it begins anew after a retry
                        token._set_state(ARRIVING)
                        self.clear(token)
                    self.fail(token, fault)
                if self.changed:
                    self.changed = False
                    if self.conditions:
                        arms.recheck(self)
            if not self._settle():
                break
        self._find_stuck()

    def _settle(self) -> bool:
        """Fire the inclusive and complex joins that can; return whether any did."""
        fired = False
        for number in list(self.joins):
            token = self.tasks.get(number)
            if token is not None and "i" not in token.internal_data:
                try:
                    fired = token.task_spec.settle(token) or fired
                except EngineError as fault:
                    self.fail(token, fault)
        return fired

    def _stop(self, token: Token) -> None:
        limit = self.world.limits.steps
        fault = LimitReached(
            f"流程在一次推进中自动执行了 {limit} 步仍未停下，可能有死循环；请检查预案后重试。",
            f"The case took {limit} automatic steps at once and did not stop; the plan may loop without end.",
        )
        self.fail(token, fault)

    def _find_stuck(self) -> None:
        """When the case waits for nothing at all, say so at the joins whose other tokens can never come."""
        waiting: list[Token] = []
        for token in self.tasks.values():
            if "i" in token.internal_data or token.task_spec.is_waiting(token):
                return
            if token._state == WAITING and token.task_spec.gathers:
                waiting.append(token)
        for token in waiting:
            name = token.task_spec.node.id
            fault = EngineError(
                f"流程停在“{name}”：它等待的其他令牌已不可能到达。",
                f"The case is stuck at {name!r}: the tokens it waits for can never arrive.",
                code="stuck",
            )
            self.fail(token, fault)

    # --- after loading
    def resume(self, tokens: Iterable[Token]) -> None:
        """Queue what was on its way when the case was saved, and find what is looked for by kind."""
        for token in tokens:
            state = token._state
            if token._parent is not None and not token.is_arm:
                token.up.live += 1
            if state in (ARRIVING, DONE, READY):
                if state != READY or not token.task_spec.manual:
                    self.schedule(token)
            elif state == WAITING:
                token.task_spec.reload(token)
                if "y" in token.internal_data:
                    self.schedule(token)
        for token in self.tasks.values():
            if token.live == 0 and token.task_spec.is_open(token):
                self.schedule(token)
