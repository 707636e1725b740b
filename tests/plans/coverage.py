"""Finds walks that take every edge of a plan: what was done least, and a seeded mix against patterns. The same every time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from itertools import product
from random import Random
from typing import Any

from engine.diagram import Flow, Kind, Timer
from engine.spiff.world import Wait
from tests.plans.walk import Walk, family

NUMBERS = (1, 20, 500, 20000)


def _flows(process: str) -> list[Flow]:
    body = family().processes[process].body
    scopes = [body, *(node.body for _, node in body.walk() if node.body is not None)]
    return [flow for scope in scopes for flow in scope.flows.values()]


def edges(process: str) -> set[tuple[str, str]]:
    """Return every sequence flow of a plan, those inside its subprocesses too."""
    return {(flow.place.file, flow.id) for flow in _flows(process)}


def ends(process: str) -> set[str]:
    """Return every end event of a plan."""
    return {node.id for _, node in family().processes[process].body.walk() if node.kind is Kind.END}


def deadlines(process: str) -> set[str]:
    """Return every timer on the edge of a step."""
    nodes = [node for _, node in family().processes[process].body.walk()]
    return {node.id for node in nodes if node.attached_to and node.event(Timer)}


def walk_everywhere(
    process: str, handed: Sequence[Mapping[str, Any]] = ({},), walks: int = 400, steps: int = 60
) -> tuple[set[tuple[str, str]], set[str], set[str]]:
    """Return the edges and end events left untaken and the deadlines never met after at most `walks` walks; best: empty.

    A deadline is met when its step is done before it fires; that it was missed shows in its edges.

    `handed`: what whoever starts the plan hands over, where it has no form of its own; the walks take turns.
    """
    left, unreached, unmet = edges(process), ends(process), deadlines(process)
    sources = {(flow.place.file, flow.id): flow.source for flow in _flows(process)}
    behind = {(flow.place.file, flow.id): flow.target for flow in _flows(process) if flow.source in _event_gateways()}
    hosts = {node.id: node.attached_to for _, node in family().processes[process].body.walk()}
    starts = [node.id for node in family().processes[process].body.nodes.values() if node.kind is Kind.START]
    done: Counter[Hashable] = Counter()
    for number in range(walks):
        begin = starts[number % len(starts)] if len(starts) > 1 else None
        walk = Walk(process, begin=begin, **handed[number // 2 % len(handed)])
        before: dict[str, tuple[str, ...]] = {}
        mix = Random(number) if number % 4 > 1 else None
        fresh = {sources[edge] for edge in left} if number % 2 else None
        for _ in range(steps):
            if walk.is_ended:
                break
            _step(walk, done, before, fresh, mix)
        left -= set(walk.taken) | {edge for edge, event in behind.items() if ("caught", event) in walk.happened}
        unreached -= {element for what, element in walk.happened if what in ("completed", "ended", "thrown")}
        unmet -= {
            timer
            for timer in unmet
            if ("completed", hosts[timer]) in walk.happened and ("caught", timer) not in walk.happened
        }
        if not left and not unreached and not unmet:
            break
    return left, unreached, unmet


def _step(
    walk: Walk,
    done: Counter[Hashable],
    before: dict[str, tuple[str, ...]],
    fresh: set[str] | None,
    mix: Random | None,
) -> None:
    """Do one thing: at the place where least was done so far, the answer that was given least after the same earlier ones.

    `fresh`: where nothing was taken yet. Tasks wait until such timers on their edge have fired, and no other deadline
    is missed, so that the walk comes far. None lets every deadline be missed.
    """
    tasks = walk.waits("user")
    places: list[tuple[Wait, Hashable]] = [(wait, (wait.element, before.get(wait.element))) for wait in tasks]
    conditions = {wait.element for wait in walk.waits("condition")}
    reports = [wait for wait in walk.waits("message") if wait.node.form is not None]
    places += [
        (wait, (wait.element, "told", told))
        for wait in reports
        if (told := walk.did(wait.element, "caught")) < 2
        and (fresh is None or fresh & (_beside(wait.element) | conditions))
    ]
    timer = walk.next_timer()
    if timer is not None and (not tasks or fresh is None or timer.element in fresh):
        places.append((timer, (timer.element, "fired", walk.did(timer.element, "caught"))))
    awaited = {wait.element for wait in walk.waits("timer") if not wait.node.attached_to}
    if fresh and timer is not None and (fresh & awaited or {wait.element for wait in tasks} & _held(walk, fresh)):
        places = [(timer, (timer.element, "passed"))]
    elif fresh and fresh & conditions and (told := [one for one in places if one[0].kind == "message"]):
        places = told
    wait, place = mix.choice(places) if mix else min(places, key=lambda one: done[one[1]])
    done[place] += 1
    if wait.kind == "timer":
        walk.fire(wait)
        return
    options = choices(wait)
    answers = mix.choice(options) if mix else min(options, key=lambda one: done[place, repr(one)])
    done[place, repr(answers)] += 1
    before[wait.element] = (*before.get(wait.element, ()), repr(answers))
    if wait.kind == "message":
        walk.report(wait, answers)
    else:
        walk.complete(wait, answers)


@cache
def _beside(start: str) -> set[str]:
    """Return the nodes of the event subprocess that begins with `start`."""
    scopes = [node.body for one in family().processes.values() for _, node in one.body.walk() if node.body is not None]
    return next(({node.id for _, node in scope.walk()} for scope in scopes if start in scope.nodes), {start})


@cache
def _event_gateways() -> set[str]:
    nodes = [node for process in family().processes.values() for _, node in process.body.walk()]
    return {node.id for node in nodes if node.kind is Kind.EVENT_BASED}


def _held(walk: Walk, fresh: set[str]) -> set[str]:
    """Return the tasks that wait until the timers on their edge, or around them, have fired for the first time."""
    hosts = {wait.node.attached_to for wait in walk.waits("timer") if wait.element in fresh and wait.node.attached_to}
    inside = {
        inner.id
        for process in family().processes.values()
        for _, node in process.body.walk()
        if node.id in hosts and node.body is not None
        for _, inner in node.body.walk()
    }
    return hosts | inside


def choices(wait: Wait) -> list[dict[str, Any]]:
    """Return the answers worth trying at a task or a report: every mix of the fields that an expression of the plans reads."""
    form = family().forms[wait.form or (wait.node.form.id if wait.node.form else "")]
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
        elif field.kind == "number":
            most = field.rules["max"].constant if "max" in field.rules else None
            options[key] = [0, most] if most else list(NUMBERS)
        elif field.kind == "datetime" and "required" not in field.rules:
            options[key] = [None, "2026-04-20T10:00:00+08:00"]
    mixes = [
        {key: value for key, value in zip(options, mix, strict=True) if value is not None}
        for mix in product(*options.values())
    ]
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
