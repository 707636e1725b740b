"""Whether a mutant does harm, by running it: the machine walks it as it walks the good plan. It asks no check.

Harm is: it does not start, a step fails, it stands still with nobody to act, it never ends where the good plan ends,
a step that the good plan does is never done, or the same work lies on two desks at once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from random import Random
from unittest.mock import patch

from engine import diagram, forms
from engine.errors import EngineError
from engine.family import Family
from engine.feel import FeelError
from engine.spiff.world import Wait
from tests.plans import coverage
from tests.plans import walk as walking
from tests.plans.test_every_way import HANDED
from tests.plans.walk import Walk

WALKS, STEPS = 60, 60
#: What a step without a form asks.
NO_FORM = forms.read("none.form", b'{"id": "none", "type": "default", "components": []}')[0]
assert NO_FORM is not None


@dataclass
class Seen:
    """What a number of walks saw."""

    reached: Counter[str] = field(default_factory=Counter)  #: in how many walks
    doubled: set[str] = field(default_factory=set)
    endings: int = 0
    fault: str = ""


@cache
def good(plan: str) -> Seen:
    """Return what walks of the good plan see."""
    return _walked(walking.family(), plan)


def harm(family: Family, plan: str) -> str:
    """Return what is wrong with a mutant when it runs, "" when it runs well (or only differently)."""
    should, seen = good(plan), _walked(family, plan)
    if seen.fault:
        return seen.fault
    if seen.endings == 0 and should.endings:
        return "no walk comes to an end"
    if seen.doubled - should.doubled:
        return f"done twice: {sorted(seen.doubled - should.doubled)}"
    there = {node.id for _, node in family.processes[plan].body.walk()}
    often = {element for element, walks in should.reached.items() if walks >= WALKS / 6}
    lost = (often & there) - seen.reached.keys()
    return f"never reached: {sorted(lost)}" if lost else ""


def _walked(family: Family, plan: str) -> Seen:
    seen = Seen()
    family.forms.setdefault("", NO_FORM)
    with patch.object(walking, "family", lambda: family), patch.object(coverage, "family", lambda: family):
        done: Counter[object] = Counter()
        for number in range(WALKS):
            try:
                _walk(plan, seen, done, number)
            except (EngineError, FeelError, AssertionError, KeyError, LookupError) as fault:
                seen.fault = f"{type(fault).__name__}: {str(fault)[:120]}"
                return seen
    return seen


def _walk(plan: str, seen: Seen, done: Counter[object], number: int) -> None:
    family = walking.family()
    starts = [node.id for node in family.processes[plan].body.nodes.values() if node.kind is diagram.Kind.START]
    begin = starts[number % len(starts)] if len(starts) > 1 else None
    handed = HANDED.get(plan, [{}])
    walk = Walk(plan, begin=begin, **handed[number // 2 % len(handed)])
    before: dict[str, tuple[str, ...]] = {}
    mix = Random(number) if number % 4 > 1 else None
    for _ in range(STEPS):
        if walk.is_ended:
            seen.endings += 1
            break
        waits = walk.machine.waits()
        bad = [wait.element for wait in waits if wait.incident]
        assert not bad, f"incident at {bad}"
        assert waits, "it stands still"
        open_now = Counter(wait.element for wait in walk.waits("user"))
        seen.doubled.update(element for element, count in open_now.items() if count > 1)
        if not _step(walk, done, before, mix.random() < 0.7 if mix else number % 2 == 1, mix):
            break
    seen.reached.update({element for _, element in walk.happened})


def _step(
    walk: Walk, done: Counter[object], before: dict[str, tuple[str, ...]], is_prompt: bool, mix: Random | None
) -> bool:
    """Do what was done least, or anything; return whether there was something. `is_prompt`: no time passes over open tasks."""
    tasks = walk.waits("user")
    places: list[tuple[Wait, object]] = [(wait, (wait.element, before.get(wait.element))) for wait in tasks]
    for wait in walk.waits("message"):
        told = walk.did(wait.element, "caught")
        if wait.node.form is not None and told < 2:
            places.append((wait, (wait.element, "told", told)))
    timer = walk.next_timer()
    if timer is not None and not (is_prompt and tasks):
        places.append((timer, (timer.element, walk.did(timer.element, "caught"))))
    if not places:
        return False
    wait, place = mix.choice(places) if mix else min(places, key=lambda one: done[one[1]])
    done[place] += 1
    if wait.kind == "timer":
        walk.fire(wait)
        return True
    choices = coverage.choices(wait)
    answers = mix.choice(choices) if mix else min(choices, key=lambda one: done[place, repr(one)])
    done[place, repr(answers)] += 1
    before[wait.element] = (*before.get(wait.element, ()), repr(answers))
    (walk.report if wait.kind == "message" else walk.complete)(wait, answers)
    return True
