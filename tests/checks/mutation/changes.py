"""Small changes that operators are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

from tests.checks.mutation.plan import BPMN, ZEEBE, Element, Plan, local, remove

P, Z = f"{{{BPMN}}}", f"{{{ZEEBE}}}"
Change = Callable[[Plan], object]
Place = tuple[str, Change]
Operator = Callable[[Plan], Iterator[Place]]

GHOST = "no_such_thing"
KEPT = frozenset(
    ("now", "date", "time", "and", "duration", "end", "of", "day", "working", "days", "after", "if", "then")
)


def set_attribute(identifier: str, name: str, value: str | None) -> Change:
    """Return a change that sets an attribute, or takes it away."""

    def change(plan: Plan) -> None:
        element = plan.get(identifier)
        if value is None:
            del element.attrib[name]
        else:
            element.set(name, value)

    return change


def drop_flow(identifier: str) -> Change:
    """Return a change that takes a flow away."""
    return lambda plan: plan.drop_flow(plan.get(identifier))


def drop_node(identifier: str) -> Change:
    """Return a change that takes a node away with all that hangs on it."""
    return lambda plan: plan.drop_node(plan.get(identifier))


def gone(identifier: str) -> Change:
    """Return a change that takes an element away and leaves what hangs on it."""
    return lambda plan: remove(plan.get(identifier))


def lead(flow: str, target: str) -> Change:
    """Return a change that leads a flow to another node."""
    return lambda plan: plan.retarget(plan.get(flow), "targetRef", plan.get(target))


def nth(plan: Plan, elements: str, number: int, is_vendor: bool = False) -> Element:
    """Return the n-th element of a name, which has no id of its own."""
    return (plan.vendor(elements) if is_vendor else plan.all(elements))[number]


def owner(element: Element) -> str:
    """Return the id of the nearest element around that has one."""
    here: Element | None = element
    while here is not None and here.get("id") is None:
        here = here.getparent()
    return (here.get("id") or "") if here is not None else ""


def add_flow(source: str, target: str) -> Change:
    """Return a change that adds a flow, with its names in both ends."""

    def change(copy: Plan) -> None:
        start, end = copy.get(source), copy.get(target)
        made = etree.Element(f"{P}sequenceFlow", id="mutant_flow", sourceRef=source, targetRef=target)
        parent = start.getparent()
        assert parent is not None
        last = [one for one in parent if local(one) == "sequenceFlow"][-1]
        last.addnext(made)
        copy.list_flow(start, "outgoing", "mutant_flow")
        copy.list_flow(end, "incoming", "mutant_flow")

    return change
