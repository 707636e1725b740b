"""First contact (首问责任): whoever meets a complaint first answers for it, so its plan begins with their step.

A plan is held to it when its organisation names a first contact, or when a decision table picks it: a column whose
results are all ids of plans (such as 适用预案). It begins rightly when every first step of a person, from the plan's own
start, is the first contact's or calls a plan that does nothing but keep the owner: one named `first_contact`.
"""

from __future__ import annotations

from engine.checks.subject import Subject
from engine.decisions.model import Decision
from engine.decisions.tables import Table
from engine.diagram import Kind, Node
from engine.family import Family

CALLED = "first_contact"
_PEOPLE = frozenset({Kind.USER_TASK, Kind.MANUAL_TASK, Kind.CALL_ACTIVITY})


def check(subject: Subject) -> None:
    """Say where a plan that people bring complaints to does not begin with its first contact."""
    organisation = subject.family.organisations.get(subject.process.id)
    role = organisation.first_contact if organisation is not None else ""
    first = _first_steps(subject)
    if any(_calls_owner(node) for node in first):
        first = [node for node in first if not _calls_owner(node)]
    elif not role:
        if first and subject.process.id in _picked(subject.family):
            subject.warn(
                "first-contact",
                None,
                "决策表会选用本预案，但没有写明由哪个岗位首问负责。",
                "a decision table picks this plan, but nothing says which role answers for a complaint first.",
                (
                    "在组织机构文件中写 first_contact，或以调用 first_contact 流程开始。",
                    "Write first_contact into the organisation file, or begin by calling the process first_contact.",
                ),
            )
        return
    for node in first:
        if role and role not in node.roles:
            subject.warn(
                "first-contact",
                node,
                f"首问岗位是“{role[:60]}”，但第一步“{node.name}”不归它：接到投诉的人一开始就不再负责。",
                f"the first contact is {role[:60]!r}, but the first step {node.name!r} is not theirs: "
                "whoever took the complaint answers for it no longer.",
                (
                    "把第一步放进首问岗位的泳道，或改正首问岗位。",
                    "Put the first step into their lane, or correct the first contact.",
                ),
            )


def _first_steps(subject: Subject) -> list[Node]:
    """Return the first steps of people from the plan's own start, in the order of the diagram."""
    nodes = subject.process.body.nodes
    queue = [node.id for node in nodes.values() if node.kind is Kind.START]
    seen: set[str] = set()
    found: list[Node] = []
    while queue:
        here = queue.pop(0)
        if here in seen or here not in nodes:
            continue
        seen.add(here)
        if nodes[here].kind in _PEOPLE:
            found.append(nodes[here])
        else:
            queue += [flow.target for flow in nodes[here].outgoing]
    return found


def _calls_owner(node: Node) -> bool:
    return node.call is not None and node.call.process.is_literal and node.call.process.text == CALLED


def _picked(family: Family) -> set[str]:
    """Return the plans that decision tables pick."""
    found: set[str] = set()
    for model in family.models.values():
        for element in model.elements.values():
            if isinstance(element, Decision) and isinstance(element.logic, Table):
                found |= _plans_in(element.logic, family)
    return found


def _plans_in(table: Table, family: Family) -> set[str]:
    picked: set[str] = set()
    for number in range(len(table.outputs)):
        results = [rule.results[number] for rule in table.rules]
        texts = [result.text.strip() for result in results if result is not None]
        values = {text[1:-1] for text in texts if len(text) > 2 and text[0] == text[-1] == '"'}
        if len(values) > 1 and len(values) == len(set(texts)) and values <= set(family.processes):
            picked |= values
    return picked
