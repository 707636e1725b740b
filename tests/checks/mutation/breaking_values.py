"""Operators that give a place a value of the wrong kind, or the right value to the wrong one."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator

from lxml import etree

from engine.diagram.nodes import APPROVES
from tests.checks.mutation.changes import Operator, P, Place, nth, owner
from tests.checks.mutation.plan import Plan, remove


def _texts(plan: Plan, element: str, change: Callable[[str], str]) -> Iterator[Place]:
    for number, one in enumerate(plan.all(element)):
        made = change(one.text or "")
        if made != one.text:

            def edit(copy: Plan, at: int = number, text: str = made) -> None:
                nth(copy, element, at).text = text

            yield owner(one), edit


def condition_made(change: Callable[[str], str]) -> Operator:
    """Return an operator that writes conditions anew."""
    return lambda plan: _texts(plan, "conditionExpression", change)


def time_made(change: Callable[[str], str]) -> Operator:
    """Return an operator that writes durations anew."""
    return lambda plan: _texts(plan, "timeDuration", change)


def event_condition_made(text: str) -> Operator:
    """Return an operator that gives conditional events this condition."""
    return lambda plan: _texts(plan, "condition", lambda _: text)


def case_changed(text: str) -> str:
    """Return a condition that asks for an option in capitals."""
    return re.sub(r'"([a-z_]+)"', lambda found: f'"{found[1].upper()}"', text)


def number_as_text(text: str) -> str:
    """Return a condition that compares a number with a text."""
    return re.sub(r"(> |>= )(\d+)", r'\1"\2"', text)


def approver_among_the_approved(plan: Plan) -> Iterator[Place]:
    """Move a task that approves another into the lane of that one."""
    lanes = {one.text: lane for lane in plan.all("lane") for one in lane.findall(f"{P}flowNodeRef")}
    for one in plan.vendor("property"):
        task = next(around for around in one.iterancestors() if around.get("id"))
        done = (one.get("value") or "").split()
        if one.get("name") != APPROVES or not done or lanes.get(done[0]) in (None, lanes.get(task.get("id"))):
            continue

        def change(copy: Plan, key: str = task.get("id") or "", lane: str = lanes[done[0]].get("id") or "") -> None:
            for reference in copy.all("flowNodeRef"):
                if reference.text == key:
                    remove(reference)
            etree.SubElement(copy.get(lane), f"{P}flowNodeRef").text = key

        yield task.get("id") or "", change


def lane_of_the_neighbour(plan: Plan) -> Iterator[Place]:
    """Give a lane the name of the one beside it."""
    lanes = plan.all("lane")
    for one, other in itertools.pairwise(lanes):

        def change(copy: Plan, key: str = one.get("id") or "", name: str = other.get("name") or "") -> None:
            copy.get(key).set("name", name)

        yield one.get("id") or "", change


def call_of_itself(plan: Plan) -> Iterator[Place]:
    for number, one in enumerate(plan.vendor("calledElement")):

        def change(copy: Plan, at: int = number) -> None:
            nth(copy, "calledElement", at, True).set("processId", copy.process.get("id") or "")

        yield owner(one), change


def mapped_under_another_name(plan: Plan) -> Iterator[Place]:
    """Call what a task or a called plan is given by another name than it reads."""
    for number, one in enumerate(plan.vendor("input")):

        def change(copy: Plan, at: int = number) -> None:
            mapping = nth(copy, "input", at, True)
            mapping.set("target", (mapping.get("target") or "") + "x")

        yield f"{owner(one)}.{one.get('target')}", change


def collection_of_nothing(plan: Plan) -> Iterator[Place]:
    for number, one in enumerate(plan.vendor("loopCharacteristics")):
        yield (
            owner(one),
            lambda copy, at=number: nth(copy, "loopCharacteristics", at, True).set("inputCollection", "=5"),
        )
