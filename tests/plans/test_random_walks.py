"""Random walks over the plans: a case that is saved and loaded at every step stays the case it would be without.

The reference is made anew at each step: a fresh machine that plays everything from the start and is never saved, so
nothing that saving drops, orders or forgets can hide.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.spiff.machine import Machine
from tests.plans.walk import Walk, family, fill

STEPS = 30
Action = tuple[str, int, dict[str, Any]]


class Unsaved(Walk):
    """A walk whose machine is never saved; only its clock follows."""

    machine: Machine

    def _keep(self) -> None:
        self.machine._case.world = self._world()


def choices(data: st.DataObject, form_id: str | None) -> dict[str, Any]:
    """Return an answer, drawn at random, for some of the form's fields that offer a choice."""
    picked = {}
    for field in family().forms[form_id or ""].walk():
        if field.is_input and field.options and field.kind in ("radio", "select") and data.draw(st.booleans()):
            picked[".".join(field.keys)] = data.draw(st.sampled_from([option.value for option in field.options]))
    return picked


def play(walk: Walk, action: Action) -> None:
    """Do one step: complete the n-th open task, or fire the timer that is due next."""
    kind, number, answers = action
    if kind == "timer":
        timer = walk.next_timer()
        assert timer is not None
        walk.fire(timer)
    else:
        walk.complete(walk.waits("user")[number], answers)


def seen(walk: Walk) -> Any:
    """Return everything that can be seen of the case from outside."""
    waits = [(wait.token, wait.kind, wait.element, wait.due_at, wait.key, wait.groups) for wait in walk.machine.waits()]
    return waits, walk.machine.tokens(), walk.machine.variables(), walk.is_ended, walk.end, walk.now


@pytest.mark.parametrize("plan", ["unit_complaint", "suggestion", "problem"])
@settings(max_examples=12)
@given(data=st.data())
def test_a_case_saved_at_every_step_is_the_case_played_anew_from_its_start(plan: str, data: st.DataObject) -> None:
    walk, actions = Walk(plan), list[Action]()

    while not walk.is_ended and len(actions) < STEPS:
        tasks = walk.waits("user")
        ways = [("do", number) for number in range(len(tasks))] + ([("timer", 0)] if walk.next_timer() else [])
        kind, number = data.draw(st.sampled_from(ways))
        answers: dict[str, Any] = {}
        if kind == "do":
            task = tasks[number]
            answers = choices(data, task.form)
            try:
                fill(family().forms[task.form or ""], answers, walk.machine.context(task.token), walk.now)
            except AssertionError:  # these choices do not go together
                answers = {}
        actions.append((kind, number, answers))
        play(walk, actions[-1])
        reference = Unsaved(plan)
        for action in actions:
            play(reference, action)

        assert seen(walk) == seen(reference)
