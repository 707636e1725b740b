"""A good plan as a tree that operators change, and what every operator needs to find its places."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
FOLDER = Path(__file__).parents[3] / "processes"
NAMES = sorted(path.stem for path in FOLDER.glob("*.bpmn"))
Element = etree._Element


class Kind(StrEnum):
    """What a mutant is. `ASK`: running it decides."""

    HARMFUL = "harmful"
    HARMLESS = "harmless"
    ASK = "ask"


@dataclass(frozen=True)
class Edit:
    """One way to change a plan at one place. `change` works on a copy; bytes it returns are the file."""

    operator: str
    place: str
    kind: Kind
    change: Callable[[Plan], object]

    def file(self, plan: Plan) -> bytes:
        """Return the mutant's file."""
        copied = Plan(plan.name, deepcopy(plan.root))
        made = self.change(copied)
        return made if isinstance(made, bytes) else copied.data()


class Plan:
    """One plan's diagram."""

    def __init__(self, name: str, root: Element) -> None:
        self.name = name
        self.root = root

    @property
    def process(self) -> Element:
        """The plan's process."""
        found = self.root.find(f"{{{BPMN}}}process")
        assert found is not None
        return found

    def data(self) -> bytes:
        """Return the file."""
        return etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")

    def all(self, *locals_: str) -> list[Element]:
        """Return the BPMN elements of these names."""
        return [one for local in locals_ for one in self.root.iter(f"{{{BPMN}}}{local}")]

    def vendor(self, local: str) -> list[Element]:
        """Return the vendor's elements of this name."""
        return list(self.root.iter(f"{{{ZEEBE}}}{local}"))

    def get(self, identifier: str) -> Element:
        """Return the BPMN element with this id."""
        for one in self.root.iter(etree.Element):
            if one.get("id") == identifier and BPMN in str(one.tag):
                return one
        raise LookupError(identifier)

    def nodes(self) -> list[Element]:
        """Return every flow node."""
        return [
            one
            for one in self.process.iter(etree.Element)
            if str(one.tag).startswith(f"{{{BPMN}}}")
            and local(one).endswith(("Task", "Event", "Gateway", "callActivity", "ubProcess"))
        ]

    def flows(self) -> list[Element]:
        """Return every sequence flow."""
        return self.all("sequenceFlow")

    def out_of(self, node: Element) -> list[Element]:
        """Return the flows out of a node."""
        return [flow for flow in self.flows() if flow.get("sourceRef") == node.get("id")]

    def into(self, node: Element) -> list[Element]:
        """Return the flows into a node."""
        return [flow for flow in self.flows() if flow.get("targetRef") == node.get("id")]

    def siblings(self, node: Element) -> list[Element]:
        """Return the other nodes on the level of a node."""
        parent = node.getparent()
        return [one for one in self.nodes() if one.getparent() is parent and one is not node]

    def retarget(self, flow: Element, end: str, node: Element) -> None:
        """Let a flow begin or end (`sourceRef` / `targetRef`) at another node, its own lists kept right."""
        listed = "outgoing" if end == "sourceRef" else "incoming"
        old = self.get(flow.get(end) or "")
        for one in old.findall(f"{{{BPMN}}}{listed}"):
            if one.text == flow.get("id"):
                old.remove(one)
        flow.set(end, node.get("id") or "")
        self.list_flow(node, listed, flow.get("id") or "")

    def list_flow(self, node: Element, listed: str, flow: str) -> None:
        """Name a flow in a node's `incoming` or `outgoing`, where the schema wants it."""
        made = etree.Element(f"{{{BPMN}}}{listed}")
        made.text = flow
        before = ["documentation", "extensionElements", "incoming"] + (["outgoing"] if listed == "outgoing" else [])
        index = sum(1 for child in node if local(child) in before)
        node.insert(index, made)

    def drop_flow(self, flow: Element) -> None:
        """Take a flow away with everything that names it."""
        identifier = flow.get("id")
        for one in self.all("incoming", "outgoing"):
            if one.text == identifier:
                remove(one)
        for node in self.nodes():
            if node.get("default") == identifier:
                del node.attrib["default"]
        self.drop_shape(identifier or "")
        remove(flow)

    def drop_node(self, node: Element) -> None:
        """Take a node away with its flows, boundary events, lane membership, message flows and shape."""
        identifier = node.get("id") or ""
        for boundary in self.all("boundaryEvent"):
            if boundary.get("attachedToRef") == identifier:
                self.drop_node(boundary)
        for flow in [*self.into(node), *self.out_of(node)]:
            self.drop_flow(flow)
        for one in self.all("flowNodeRef"):
            if one.text == identifier:
                remove(one)
        for one in self.all("messageFlow", "association"):
            if identifier in (one.get("sourceRef"), one.get("targetRef")):
                self.drop_shape(one.get("id") or "")
                remove(one)
        self.drop_shape(identifier)
        remove(node)

    def drop_shape(self, identifier: str) -> None:
        """Take a shape or edge of the drawing away."""
        for one in list(self.root.iter(etree.Element)):
            if one.get("bpmnElement") == identifier:
                remove(one)


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def remove(element: Element) -> None:
    """Take an element out of its parent."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


@cache
def plan(name: str) -> Plan:
    """Return a plan of `processes/`; operators work on copies."""
    parser = etree.XMLParser(remove_comments=True)
    return Plan(name, etree.fromstring((FOLDER / f"{name}.bpmn").read_bytes(), parser))


def spread(edits: dict[str, list[Edit]]) -> Iterator[Edit]:
    """Yield edits so that every operator has its turn."""
    queues = [list(one) for one in edits.values() if one]
    while queues:
        for queue in queues:
            yield queue.pop()
        queues = [queue for queue in queues if queue]
