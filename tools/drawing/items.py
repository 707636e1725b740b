"""What a diagram file holds, seen as things to draw. Reads the meaning of a file, never its old drawing."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SIZES = {"task": (100, 80), "event": (36, 36), "gateway": (50, 50)}
KINDS = {
    "startEvent": "event", "endEvent": "event", "boundaryEvent": "event",
    "intermediateThrowEvent": "event", "intermediateCatchEvent": "event",
    "exclusiveGateway": "gateway", "parallelGateway": "gateway", "inclusiveGateway": "gateway",
    "eventBasedGateway": "gateway", "complexGateway": "gateway",
    "subProcess": "subprocess", "adHocSubProcess": "subprocess", "transaction": "subprocess",
}  # fmt: skip
TASKS = {
    "task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask", "scriptTask",
    "callActivity",
}  # fmt: skip


@dataclass(eq=False)
class Item:
    """A thing with a place: a node, an annotation, a pool or a lane. `x`, `y`: top left corner, `w`, `h`: size."""

    id: str
    tag: str
    kind: str
    name: str
    lane: str = ""
    scope: str = ""
    host: str = ""
    is_event_subprocess: bool = False
    w: int = 0
    h: int = 0
    x: int = 0
    y: int = 0
    column: int = 0
    row: int = 0
    span: int = 1
    label: tuple[int, int, int, int] | None = None

    @property
    def cx(self) -> int:
        """Return the middle, from the left."""
        return self.x + self.w // 2

    @property
    def cy(self) -> int:
        """Return the middle, from the top."""
        return self.y + self.h // 2

    def box(self, margin: int = 0) -> tuple[int, int, int, int]:
        """Return left, top, right, bottom, widened by `margin`."""
        return self.x - margin, self.y - margin, self.x + self.w + margin, self.y + self.h + margin


@dataclass(eq=False)
class Edge:
    """A line between two items. `kind`: "flow", "message" or "note"."""

    id: str
    kind: str
    name: str
    source: str
    target: str
    scope: str = ""
    is_back: bool = False
    points: list[tuple[int, int]] = field(default_factory=list)
    label: tuple[int, int, int, int] | None = None


@dataclass
class Sheet:
    """Everything of one file that is drawn. `lanes`: lane id -> name, in order. Scope "" is the process itself."""

    tree: etree._ElementTree
    process: str = ""
    pool: Item | None = None
    black: list[Item] = field(default_factory=list)  #: empty pools above ours, in order
    below: list[Item] = field(default_factory=list)  #: empty pools below it
    lanes: dict[str, Item] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    edges: dict[str, Edge] = field(default_factory=dict)

    def inside(self, scope: str) -> list[Item]:
        """Return the items that stand directly in `scope`."""
        return [item for item in self.items.values() if item.scope == scope]

    def is_trunk(self, item: Item) -> bool:
        """Return whether the edges of a gateway may share a line near it: it has many, or they carry no condition."""
        if item.kind != "gateway":
            return False
        leaving = sum(edge.source == item.id for edge in self.edges.values())
        entering = sum(edge.target == item.id for edge in self.edges.values())
        return item.tag == "parallelGateway" or leaving > 3 or entering > 3

    def flows(self, scope: str) -> list[Edge]:
        """Return the sequence flows that stand directly in `scope`."""
        return [edge for edge in self.edges.values() if edge.scope == scope and edge.kind == "flow"]


def read(data: bytes) -> Sheet:
    """Return the sheet of a BPMN file with one process (its pools, lanes, nodes and edges), without places."""
    parser = etree.XMLParser(remove_blank_text=True, resolve_entities=False, no_network=True)
    root = etree.fromstring(data, parser)
    sheet = Sheet(root.getroottree())
    processes = root.findall(f"{{{BPMN}}}process")
    if len(processes) != 1:
        raise ValueError(f"one process a file, found {len(processes)}")
    sheet.process = processes[0].get("id", "")
    lane_of: dict[str, str] = {}
    for lane in processes[0].iter(f"{{{BPMN}}}lane"):
        sheet.lanes[lane.get("id", "")] = Item(lane.get("id", ""), "lane", "lane", lane.get("name", ""))
        lane_of |= {ref.text or "": lane.get("id", "") for ref in lane.findall(f"{{{BPMN}}}flowNodeRef")}
    _read_scope(sheet, processes[0], "", lane_of)
    for participant in root.iter(f"{{{BPMN}}}participant"):
        item = Item(participant.get("id", ""), "participant", "pool", participant.get("name", ""))
        if participant.get("processRef"):
            sheet.pool = item
        else:
            (sheet.black if sheet.pool is None else sheet.below).append(item)
    for flow in root.iter(f"{{{BPMN}}}messageFlow"):
        sheet.edges[flow.get("id", "")] = Edge(
            flow.get("id", ""), "message", flow.get("name", ""), flow.get("sourceRef", ""), flow.get("targetRef", "")
        )
    return sheet


def _read_scope(sheet: Sheet, element: etree._Element, scope: str, lane_of: dict[str, str]) -> None:
    for child in element:
        if not isinstance(child.tag, str):
            continue
        tag, id_ = etree.QName(child).localname, child.get("id", "")
        if tag in KINDS or tag in TASKS:
            kind = KINDS.get(tag, "task")
            item = Item(id_, tag, kind, child.get("name", ""), lane_of.get(id_, ""), scope)
            item.host = child.get("attachedToRef", "")
            item.is_event_subprocess = child.get("triggeredByEvent") == "true"
            item.w, item.h = SIZES.get(kind, (100, 80))
            sheet.items[id_] = item
            if kind == "subprocess":
                _read_scope(sheet, child, id_, lane_of)
        elif tag == "textAnnotation":
            text = child.findtext(f"{{{BPMN}}}text") or ""
            item = Item(id_, tag, "note", text, "", scope)
            item.w, item.h = 160, 14 * lines(text, 136) + 12
            sheet.items[id_] = item
        elif tag in ("sequenceFlow", "association"):
            kind = "flow" if tag == "sequenceFlow" else "note"
            sheet.edges[id_] = Edge(
                id_, kind, child.get("name", ""), child.get("sourceRef", ""), child.get("targetRef", ""), scope
            )


def width(text: str, size: float = 11) -> int:
    """Return about how wide `text` is drawn on one line, in pixels."""
    return round(sum(size if ord(char) > 0x2E80 else size * 0.58 for char in text)) + 1


def lines(text: str, room: int, size: float = 12) -> int:
    """Return how many lines `text` takes in `room` pixels."""
    return sum(max(1, -(-width(part, size) // room)) for part in text.split("\n"))
