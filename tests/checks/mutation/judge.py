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

from engine import forms
from engine.errors import EngineError
from engine.family import Family
from engine.feel import FeelError
from tests.plans import coverage
from tests.plans import walk as walking
from tests.plans.walk import Walk

WALKS, STEPS = 60, 60
#: What a step without a form asks.
NO_FORM = forms.read("none.form", b'{"id": "none", "type": "default", "components": []}')[0]
assert NO_FORM is not None


@dataclass
class Seen:
    """What a number of walks saw."""

    reached: set[str] = field(default_factory=set)
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
    lost = (should.reached & there) - seen.reached
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
    extra = {"reopened_count": number % 2} if plan == "follow_up_visit" else {}
    walk = Walk(plan, **extra)
    before: dict[str, tuple[str, ...]] = {}
    mix = Random(number) if number % 4 > 1 else None
    for _ in range(STEPS):
        if walk.is_ended:
            seen.endings += 1
            break
        waits = walk.machine.waits()
        bad = [wait.element for wait in waits if wait.incident]
        assert not bad, f"incident at {bad}"
        assert walk.waits("user") or walk.next_timer() or walk.waits("message"), "it stands still"
        if not walk.waits("user") and not walk.next_timer():
            break
        open_now = Counter(wait.element for wait in walk.waits("user"))
        seen.doubled.update(element for element, count in open_now.items() if count > 1)
        is_prompt = mix.random() < 0.7 if mix else number % 2 == 1
        coverage._step(walk, done, before, is_prompt=is_prompt, mix=mix)
    seen.reached |= {element for _, element in walk.happened}
