"""A token: SpiffWorkflow's Task with whole-number ids, no clock and no log. What it does is its element's business."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from engine.spiff.case import Case
    from engine.spiff.elements import Element

ARRIVING, WAITING, READY = TaskState.FUTURE, TaskState.WAITING, TaskState.READY
STARTED, DONE, CANCELLED = TaskState.STARTED, TaskState.COMPLETED, TaskState.CANCELLED


class Token(Task):
    """Where the case stands.

    States: ARRIVING (to be entered), WAITING (for an event or other tokens), READY (a person may complete it),
    STARTED (its inside or a service works), DONE (its work is done, it still has to leave).
    `data` is the map of a scope and empty elsewhere. `internal_data` holds what the element must remember, with short
    keys, JSON only; an "e" in it marks an arm: a listener that does not keep its parent alive.
    `live` counts the children that do. `joins` finds the token that waits at a join among the children.
    """

    thread_id = 0
    triggered = False
    last_state_change = 0.0

    id: int  # type: ignore[assignment]  # whole numbers instead of the base's UUIDs
    task_spec: Element
    workflow: Case
    data: dict[str, Any]
    internal_data: dict[str, Any]

    def __init__(self, case: Case, spec: Element, parent: Token | None, state: int, number: int) -> None:
        # Not the base's: that draws a uuid, reads the clock and keeps a list that is slow to remove from.
        self.id = number
        self.workflow = case
        self.task_spec = spec
        self._children: dict[int, None] = {}  # type: ignore[assignment]  # ordered, and quick to remove from
        self._state = state
        self.data = {}
        self.internal_data = {}
        self.live = 0
        self.joins: dict[str, int] | None = None
        if parent is None:
            self._parent: int | None = None  # type: ignore[assignment]  # see `id`
            self.level = 0
        else:
            self._parent = parent.id
            self.level = parent.level + 1
            parent._children[number] = None
        case.tasks[number] = self

    @property
    def is_arm(self) -> bool:
        """Whether this is a listener of its parent."""
        return "e" in self.internal_data

    @property
    def up(self) -> Token:
        """The parent, which must be there."""
        assert self._parent is not None
        return self.workflow.tasks[self._parent]

    def step(self) -> None:
        """Do the next thing that this token can do by itself."""
        state = self._state
        if state == ARRIVING:
            self.task_spec._update(self)
        elif state == DONE:
            self.task_spec._on_complete(self)
        else:
            self.task_spec.resume(self)

    def _set_state(self, value: int) -> None:
        self._state = value
