"""Finds walks that take every edge of a plan: what was done least, and a seeded mix against patterns. The same every time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable
from itertools import product
from random import Random
from typing import Any

from engine.diagram import Kind
from engine.spiff.world import Wait
from tests.plans.walk import Walk, family

NUMBERS = (1, 20, 500, 20000)


def edges(process: str) -> set[tuple[str, str]]:
    """Return every sequence flow of a plan, those inside its subprocesses too."""
    body = family().processes[process].body
    scopes = [body, *(node.body for _, node in body.walk() if node.body is not None)]
    return {(flow.place.file, flow.id) for scope in scopes for flow in scope.flows.values()}


def ends(process: str) -> set[str]:
    """Return every end event of a plan."""
    return {node.id for _, node in family().processes[process].body.walk() if node.kind is Kind.END}


def walk_everywhere(
    process: str, walks: int = 400, steps: int = 60, **variables: Any
) -> tuple[set[tuple[str, str]], set[str]]:
    """Return the edges and end events that are left untaken after at most `walks` walks; empty when all were taken."""
    left, unreached = edges(process), ends(process)
    done: Counter[Hashable] = Counter()
    for number in range(walks):
        walk = (
            Walk(process, reopened_count=number % 2, **variables)
            if process == "follow_up_visit"
            else Walk(process, **variables)
        )
        before: dict[str, tuple[str, ...]] = {}
        mix = Random(number) if number % 4 > 1 else None
        for _ in range(steps):
            if walk.is_ended:
                break
            _step(walk, done, before, is_prompt=number % 2 == 1, mix=mix)
        left -= walk.taken
        unreached -= {element for what, element in walk.happened if what in ("completed", "ended", "thrown")}
        if not left and not unreached:
            break
    return left, unreached


def _step(
    walk: Walk, done: Counter[Hashable], before: dict[str, tuple[str, ...]], is_prompt: bool, mix: Random | None
) -> None:
    """Do one thing: at the place where least was done so far, the answer that was given least after the same earlier ones.

    `is_prompt`: no time passes while somebody has something to do, so that no deadline is missed.
    """
    places: list[tuple[Wait, Hashable]] = [
        (wait, (wait.element, before.get(wait.element))) for wait in walk.waits("user")
    ]
    timer = walk.next_timer()
    if timer is not None and not (is_prompt and places):
        places.append((timer, (timer.element, "fired", walk.did(timer.element, "caught"))))
    wait, place = min(places, key=lambda one: done[one[1]])
    done[place] += 1
    if wait.kind == "timer":
        walk.fire(wait)
        return
    choices = _choices(wait)
    answers = mix.choice(choices) if mix else min(choices, key=lambda one: done[place, repr(one)])
    done[place, repr(answers)] += 1
    before[wait.element] = (*before.get(wait.element, ()), repr(answers))
    walk.complete(wait, answers)


def _choices(wait: Wait) -> list[dict[str, Any]]:
    """Return the answers worth trying: every mix of the fields that an expression of the plans reads."""
    form = family().forms[wait.form or ""]
    options: dict[str, list[Any]] = {}
    for field in form.walk():
        key = ".".join(field.keys)
        if not field.is_input or key not in _read_names():
            continue
        if field.kind in ("radio", "select"):
            options[key] = [option.value for option in field.options]
        elif field.kind == "checklist":
            some = [option.value for option in field.options][:2]
            options[key] = [some] if "required" in field.rules else [[], some]
        elif field.kind == "number" and "max" not in field.rules:
            options[key] = list(NUMBERS)
    mixes = [dict(zip(options, mix, strict=True)) for mix in product(*options.values())]
    return [{key: value for key, value in mix.items() if not _is_hidden(form, key, mix)} for mix in mixes]


def _is_hidden(form: Any, key: str, mix: dict[str, Any]) -> bool:
    from engine.forms.fields import Scope

    field = next(field for field in form.walk() if ".".join(field.keys) == key)
    return field.hide is not None and bool(field.hide.of(Scope(mix)))


def _read_names() -> set[str]:
    """Return every name that stands in an expression of a diagram or table."""
    if not _NAMES:
        for name, data in family().files.items():
            if name.endswith((".bpmn", ".dmn")):
                for text in re.findall(
                    r">=?([^<>]*)<|\"=([^\"]*)\"", data.decode().replace("&gt;", " ").replace("&lt;", " ")
                ):
                    _NAMES.update(re.findall(r"[a-z_]+", " ".join(text)))
    return _NAMES


_NAMES: set[str] = set()
