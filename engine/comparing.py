"""What differs between two versions of a plan, as its owner would tell it. It judges nothing and stores nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from engine.decisions.tables import Table
from engine.diagram import Expression, Flow, Node, Place, Process, Timer
from engine.family import Family

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
#: Members of a node that say where it stands and not what it is, or that are compared by themselves.
_PLACES = frozenset({"id", "place", "incoming", "outgoing", "body", "events", "assignment", "properties", "lane"})
#: Members whose usual value says nothing.
_USUAL = {
    "interrupting": True,
    "start_quantity": 1,
    "completion_quantity": 1,
    "ordering": "parallel",
    "cancel_remaining": True,
}
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Part:
    """A member that differs; `before` or `after` is "" where there was or is none."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was added, removed or changed. `what` is "element", "flow", "process", "form", "decision", "rule"
    or "organisation".
    """

    kind: str
    what: str
    id: str
    name: str
    parts: tuple[Part, ...] = ()


def compare(before: Family, after: Family, process_id: str) -> list[Change]:
    """Return what differs of a process and of everything that it runs on. Where things are drawn does not count."""
    was, now = before.processes.get(process_id), after.processes.get(process_id)
    if was is None or now is None:
        return []
    return [
        *_process(was, now),
        *_elements(was, now),
        *_flows(was, now),
        *_things(before, after, process_id),
    ]


# --- the diagram ------------------------------------------------------------------------------------------------


def _process(was: Process, now: Process) -> Iterator[Change]:
    parts = _parts(
        {"name": was.name, "documentation": was.documentation, **_of(was.properties, "properties")},
        {"name": now.name, "documentation": now.documentation, **_of(now.properties, "properties")},
    )
    if parts:
        yield Change(CHANGED, "process", now.id, now.name, parts)


def _elements(was: Process, now: Process) -> Iterator[Change]:
    yield from _pairs(_nodes(was), _nodes(now), "element", _members)


def _flows(was: Process, now: Process) -> Iterator[Change]:
    old, new = _nodes(was), _nodes(now)
    both = old.keys() & new.keys()

    def between(process: Process) -> dict[str, Flow]:
        """Return the flows between elements that both versions have: others come and go with theirs."""
        return {
            flow.id: flow
            for scope in (process.body, *(node.body for _, node in process.body.walk() if node.body is not None))
            for flow in scope.flows.values()
            if {flow.source, flow.target} <= both
        }

    def members(flow: Flow, nodes: Mapping[str, Node]) -> dict[str, str]:
        ends = [nodes[end].name or end for end in (flow.source, flow.target)]
        return {"name": flow.name, "way": " → ".join(ends), "condition": _text(flow.condition)}

    for change in _pairs(between(was), between(now), "flow", lambda flow: members(flow, old | new)):
        flow = (between(now) if change.kind != REMOVED else between(was))[change.id]
        yield Change(change.kind, "flow", change.id, members(flow, old | new)["way"], change.parts)


def _nodes(process: Process) -> dict[str, Node]:
    return {node.id: node for _, node in process.body.walk()}


def _members(node: Node) -> dict[str, str]:
    """Return what an element is, member by member, in the author's own words."""
    made = {"role": "、".join(node.roles)}
    for member in fields(node):
        if member.name not in _PLACES:
            value = getattr(node, member.name)
            made[member.name] = "" if _USUAL.get(member.name) == value else _text(value)
    for event in node.events:
        key = type(event).__name__.lower()
        if isinstance(event, Timer):
            made |= {"timer": _text(event.value), "timer_kind": event.form + " working days" * event.working_days}
            continue
        made[key] = "; ".join(filter(None, (made.get(key), _text(event))))
    if node.assignment is not None:
        made |= {
            f"assignment.{part.name}": _text(getattr(node.assignment, part.name)) for part in fields(node.assignment)
        }
    made["default"] = next((flow.name or flow.target for flow in node.outgoing if flow.id == node.default), "")
    return {**made, **_of(node.properties, "properties")}


def _of(properties: Mapping[str, str], key: str) -> dict[str, str]:
    return {f"{key}.{name}": value for name, value in properties.items()}


def _text(value: Any) -> str:
    """Return a value as its author would write it, places left out."""
    if value is None or value is False or isinstance(value, Place):
        return ""
    if isinstance(value, Expression):
        return value.text if value.is_literal else f"={value.text}"
    if isinstance(value, dict):
        return "; ".join(f"{key}={_text(one)}" for key, one in sorted(value.items()))
    if isinstance(value, (list, tuple)):
        return "; ".join(_text(one) for one in value)
    if is_dataclass(value):
        held = [(one.name, _text(getattr(value, one.name))) for one in fields(value)]
        told = [(name, text) for name, text in held if text and not (name == "unpack" and text == "none")]
        return told[0][1] if len(told) == 1 else ", ".join(f"{name} {text}" for name, text in told)
    return str(value)


# --- what the process runs on -----------------------------------------------------------------------------------


def _things(before: Family, after: Family, process_id: str) -> Iterator[Change]:
    was, now = set(before.needs(process_id)), set(after.needs(process_id))
    for what in ("process", "decision", "form", "rule", "organisation"):
        old = {key: file for (kind, key), file in before.origins.items() if kind == what and file in was}
        new = {key: file for (kind, key), file in after.origins.items() if kind == what and file in now}
        old.pop(process_id, None) if what == "process" else None
        new.pop(process_id, None) if what == "process" else None
        for key in sorted(old.keys() | new.keys()):
            if key not in new:
                yield Change(REMOVED, what, key, _name(before, what, key))
            elif key not in old:
                yield Change(ADDED, what, key, _name(after, what, key))
            elif before.files[old[key]] != after.files[new[key]]:
                parts = _parts(_held(before, what, key), _held(after, what, key))
                if parts or what in ("process", "organisation", "decision"):
                    yield Change(CHANGED, what, key, _name(after, what, key), parts)


def _name(family: Family, what: str, key: str) -> str:
    if what == "process":
        return family.processes[key].name or key
    if what == "decision":
        model = family.decisions[key]
        return (model.decisions[key].name if key in model.decisions else "") or key
    if what == "rule":
        return family.rules[key][0].name
    return key


def _held(family: Family, what: str, key: str) -> dict[str, str]:
    """Return what is in a form, a decision or a rule, by what stands for it."""
    if what == "form":
        return dict(_asked(family.forms[key].data.get("components")))
    if what == "rule":
        versions = family.rules[key]
        rest = [
            {one.name: getattr(rule, one.name) for one in fields(rule) if one.name not in ("line", "file")}
            for rule in versions
        ]
        return {"limit": "; ".join(f"{rule.zh}（{rule.article}）" for rule in versions), "rest": _text(rest)}
    if what == "decision":
        return dict(_rows(family, key))
    return {}


def _asked(components: Any) -> Iterator[tuple[str, str]]:
    """Yield (field, everything about it) of a form's components, at every depth a form may have."""
    for one in components if isinstance(components, list) else ():
        if isinstance(one, dict):
            inside = {name: value for name, value in one.items() if name not in ("components", "layout", "id")}
            named = one.get("label") or one.get("text") or one.get("key") or one.get("type")
            yield f"field.{str(named)[:80]}", json.dumps(inside, ensure_ascii=False, sort_keys=True)
            yield from _asked(one.get("components"))


def _rows(family: Family, key: str) -> Iterator[tuple[str, str]]:
    """Yield (row, what it says) of a decision table."""
    element = family.decisions[key].find(key)
    logic = getattr(element, "logic", None)
    for number, rule in enumerate(logic.rules if isinstance(logic, Table) else (), 1):
        cells = [getattr(cell, "text", None) or "-" for cell in (*rule.tests, *rule.results)]
        yield f"row.{number}", " | ".join(cells)


# --- telling ----------------------------------------------------------------------------------------------------


def _pairs(was: Mapping[str, Any], now: Mapping[str, Any], what: str, members: Any) -> Iterator[Change]:
    for key, one in was.items():
        if key not in now:
            yield Change(REMOVED, what, key, one.name)
    for key, one in now.items():
        if key not in was:
            yield Change(ADDED, what, key, one.name)
        elif parts := _parts(members(was[key]), members(one)):
            yield Change(CHANGED, what, key, one.name, parts)


def _parts(was: Mapping[str, str], now: Mapping[str, str]) -> tuple[Part, ...]:
    return tuple(
        Part(key, _short(was.get(key, "")), _short(now.get(key, "")))
        for key in dict.fromkeys((*was, *now))
        if was.get(key, "") != now.get(key, "")
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
