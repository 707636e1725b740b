"""Writes a sheet's places into its file as BPMN diagram interchange, replacing what was there. The meaning is not touched."""

from __future__ import annotations

from lxml import etree

from tools.drawing.items import BPMN, Edge, Item, Sheet

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"


def write(sheet: Sheet) -> bytes:
    """Return the file with its drawing, indented by two blanks."""
    root = sheet.tree.getroot()
    for old in root.findall(f"{{{DI}}}BPMNDiagram"):
        root.remove(old)
    diagram = etree.SubElement(root, f"{{{DI}}}BPMNDiagram", id=f"{sheet.process}_diagram")
    collaboration = root.find(f"{{{BPMN}}}collaboration")
    shown = sheet.process if collaboration is None else collaboration.get("id", "")
    plane = etree.SubElement(diagram, f"{{{DI}}}BPMNPlane", id=f"{sheet.process}_plane", bpmnElement=shown)
    for pool in [*sheet.black, *([sheet.pool] if sheet.pool else []), *sheet.below, *sheet.lanes.values()]:
        _shape(plane, pool, isHorizontal="true")
    for item in sheet.items.values():
        extra = {"isExpanded": "true"} if item.kind == "subprocess" else {}
        if item.tag == "exclusiveGateway":
            extra["isMarkerVisible"] = "true"
        _shape(plane, item, **extra)
    for edge in sheet.edges.values():
        _edge(plane, edge)
    etree.indent(root, "  ")
    return etree.tostring(sheet.tree, xml_declaration=True, encoding="UTF-8") + b"\n"


def _shape(plane: etree._Element, item: Item, **extra: str) -> None:
    shape = etree.SubElement(plane, f"{{{DI}}}BPMNShape", id=f"{item.id}_di", bpmnElement=item.id, **extra)
    _bounds(shape, (item.x, item.y, item.w, item.h))
    if item.label:
        _bounds(etree.SubElement(shape, f"{{{DI}}}BPMNLabel"), item.label)


def _edge(plane: etree._Element, edge: Edge) -> None:
    element = etree.SubElement(plane, f"{{{DI}}}BPMNEdge", id=f"{edge.id}_di", bpmnElement=edge.id)
    for x, y in edge.points:
        etree.SubElement(element, f"{{{DD}}}waypoint", x=str(x), y=str(y))
    if edge.label:
        _bounds(etree.SubElement(element, f"{{{DI}}}BPMNLabel"), edge.label)


def _bounds(parent: etree._Element, box: tuple[int, int, int, int]) -> None:
    x, y, wide, tall = (str(value) for value in box)
    etree.SubElement(parent, f"{{{DC}}}Bounds", x=x, y=y, width=wide, height=tall)
