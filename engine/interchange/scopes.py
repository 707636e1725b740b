"""The inside of processes and subprocesses: nodes, flows, lanes, associations. Iterative: nesting is the author's."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.diagram import Association, Flow, Kind, Lane, Node, Process, Scope
from engine.findings import Severity
from engine.interchange.data import read_variables
from engine.interchange.expressions import formal
from engine.interchange.names import BPMN, NODES
from engine.interchange.nodes import read_node
from engine.interchange.source import Element, Source, local_name, text_of

_PREFIX = f"{{{BPMN}}}"
#: What some tools list as members of a lane though nobody does it.
_DRAWN_IN_LANES = frozenset({"dataObject", "dataObjectReference", "dataStoreReference", "textAnnotation", "group"})


@dataclass
class Pending:
    """What is connected when every node of a process is known."""

    scopes: list[tuple[Element, Scope]] = field(default_factory=list)
    owner: dict[str, Scope] = field(default_factory=dict)  #: scope of each node id
    elements: dict[str, Element] = field(default_factory=dict)  #: element of each node id
    lanes: dict[str, list[Lane]] = field(default_factory=dict)  #: node id -> lanes from the outermost to the innermost


def read_body(source: Source, element: Element, process: Process) -> None:
    """Read everything inside a process."""
    pending = Pending()
    work: list[tuple[Element, Scope]] = [(element, process.body)]
    while work:
        holder, scope = work.pop()
        pending.scopes.append((holder, scope))
        for child in holder:
            local = local_name(child)
            if child.tag != _PREFIX + local or local not in NODES:
                continue
            node = read_node(source, source.take(child))
            if node is None or node.id in pending.owner:
                if node is not None:  # the duplicate id has been reported
                    source.take_all(child)
                continue
            scope.nodes[node.id] = node
            pending.owner[node.id] = scope
            pending.elements[node.id] = child
            if node.body is not None:
                work.append((child, node.body))
        read_variables(source, holder, scope)
        lanes = _lanes(source, holder, pending)
        if scope is process.body:
            process.lanes = lanes
    for holder, scope in pending.scopes:
        _flows(source, holder, scope, pending)
        _associations(source, holder, scope)
    _name_lanes(source, process, pending)
    for identifier, child in pending.elements.items():
        _check_node(source, child, pending.owner[identifier].nodes[identifier], pending)


# --- flows ------------------------------------------------------------------------------------------------------


def _flows(source: Source, holder: Element, scope: Scope, pending: Pending) -> None:
    for child in source.children(holder, "sequenceFlow"):
        condition = formal(source, source.child(child, "conditionExpression"), "condition-empty")
        ends = [_end(source, child, attribute, scope, pending) for attribute in ("sourceRef", "targetRef")]
        start, end = ends
        if start is None or end is None:
            continue
        identifier = (child.get("id") or "").strip() or f"{start.id}_to_{end.id}_{len(scope.flows)}"
        if identifier in scope.flows:
            continue  # the duplicate id has been reported
        source.boolean(child, "isImmediate", True)
        flow = Flow(identifier, child.get("name") or "", start.id, end.id, source.place(child), condition)
        scope.flows[identifier] = flow
        start.outgoing.append(flow)
        end.incoming.append(flow)


def _end(source: Source, flow: Element, attribute: str, scope: Scope, pending: Pending) -> Node | None:
    reference = (flow.get(attribute) or "").strip()
    node = scope.nodes.get(reference)
    if node is not None:
        return node
    is_source = attribute == "sourceRef"
    if not reference:
        source.invalid(
            "dangling-reference",
            flow,
            f"顺序流没有{'起点' if is_source else '终点'}。",
            f"the sequence flow has no {'source' if is_source else 'target'}.",
            ("把它连到一个元素，或删去它。", "Connect it to an element, or delete it."),
        )
    elif reference in pending.owner:
        source.invalid(
            "flow-crosses-boundary",
            flow,
            f"顺序流越过了子流程的边界（{reference}）。",
            f"the sequence flow crosses the border of a subprocess ({reference}).",
            (
                "顺序流只能连接同一层的元素；请用事件离开子流程。",
                "A flow stays on one level; leave a subprocess by an event.",
            ),
        )
    elif source.find(reference) is not None:
        source.invalid(
            "flow-to-wrong-element",
            flow,
            f"顺序流不能连到“{reference}”：它不是本流程的流程节点。",
            f"a sequence flow cannot connect {reference!r}: it is no flow node of this process.",
            ("跨泳池请用消息流。", "Use a message flow between pools."),
        )
    else:
        source.resolve(flow, reference)
    return None


def _check_node(source: Source, element: Element, node: Node, pending: Pending) -> None:
    """Compare what a node says of its flows with the flows, and resolve its references to other nodes."""
    scope = pending.owner[node.id]
    for local, flows in (("incoming", node.incoming), ("outgoing", node.outgoing)):
        drawn = {flow.id for flow in flows}
        for child in source.children(element, local):
            reference = text_of(child)
            if reference in drawn or reference.rpartition(":")[2] in drawn:
                continue
            target = source.find(reference)
            if target is None or local_name(target) != "sequenceFlow":
                source.resolve(child, reference, "sequenceFlow")
            elif target.get("id") in scope.flows:
                source.invalid(
                    "flow-mismatch",
                    child,
                    f"{local} 写着“{reference}”，但这条顺序流并不连接此元素；以顺序流的两端为准。",
                    f"{local} names {reference!r}, but that flow does not connect this element; the flow's ends count.",
                    ("用建模工具重新保存。", "Save the file again with a modeler."),
                )
    if node.default is not None and node.default not in {flow.id for flow in node.outgoing}:
        source.invalid(
            "default-not-outgoing",
            element,
            f"默认顺序流“{node.default}”不是从这里出去的。",
            f"the default flow {node.default!r} does not leave this element.",
            ("重新选择默认顺序流。", "Choose the default flow again."),
        )
        node.default = None
    if node.kind is Kind.BOUNDARY:
        host = scope.nodes.get(node.attached_to or "")
        if host is None:
            source.invalid(
                "boundary-unattached",
                element,
                f"边界事件没有附着在同一层的活动上（attachedToRef：{node.attached_to or '空'}）。",
                f"the boundary event is not attached to an activity of its level (attachedToRef: {node.attached_to or 'empty'}).",
                ("把它拖到活动的边框上。", "Drag it onto the border of an activity."),
            )


# --- lanes ------------------------------------------------------------------------------------------------------


def _lanes(source: Source, holder: Element, pending: Pending) -> list[Lane]:
    """Read the lanes that stand directly in a scope, nested ones too."""
    top: list[Lane] = []
    work: list[tuple[Element, list[Lane], list[Lane]]] = [
        (one, top, []) for one in reversed(source.children(holder, "laneSet"))
    ]
    while work:
        lane_set, into, above = work.pop()
        for child in source.children(lane_set, "lane"):
            lane = Lane(child.get("id") or "", (child.get("name") or "").strip(), source.place(child))
            into.append(lane)
            path = [*above, lane]
            for reference in source.children(child, "flowNodeRef"):
                target = source.resolve(reference, text_of(reference))
                if target is None:
                    continue
                if local_name(target) not in NODES:
                    _not_in_lane(source, reference, target)
                    continue
                identifier = target.get("id") or ""
                lane.nodes.append(identifier)
                known = pending.lanes.get(identifier)
                if known is None or (len(path) > len(known) and known == path[: len(known)]):
                    pending.lanes[identifier] = path
                elif path[-1] is not known[-1] and path != known[: len(path)] and identifier in pending.owner:
                    source.say(
                        Severity.WARNING,
                        "node-in-two-lanes",
                        target,
                        f"元素同时在泳道“{known[-1].name}”和“{lane.name}”中；按“{known[-1].name}”办理。",
                        f"the element is in the lanes {known[-1].name!r} and {lane.name!r}; {known[-1].name!r} counts.",
                        ("只留在一个泳道里。", "Leave it in one lane."),
                    )
            work.extend((nested, lane.children, path) for nested in source.children(child, "childLaneSet"))
    return top


def _not_in_lane(source: Source, reference: Element, target: Element) -> None:
    """Say that a lane holds what is no flow node: a warning for data and notes, which some tools put there."""
    is_drawn = local_name(target) in _DRAWN_IN_LANES
    source.say(
        Severity.HINT if is_drawn else Severity.ERROR,
        "lane-member",
        reference,
        f"泳道里的“{target.get('id') or ''}”不是流程节点（{local_name(target)}），不能由人办理。",
        f"{target.get('id') or ''!r} in the lane is no flow node ({local_name(target)}); nobody can work on it.",
        ("从 flowNodeRef 中删去它。", "Take it out of flowNodeRef."),
    )


def _name_lanes(source: Source, process: Process, pending: Pending) -> None:
    """Give every node the name of its innermost lane, inherited from the subprocess where none names it."""
    work: list[tuple[Scope, str | None]] = [(process.body, None)]
    while work:
        scope, inherited = work.pop()
        for node in scope.nodes.values():
            path = pending.lanes.get(node.id, [])
            node.lane = next((lane.name for lane in reversed(path) if lane.name), None) or inherited
        for node in scope.nodes.values():
            if node.kind is Kind.BOUNDARY and node.lane is None and node.attached_to in scope.nodes:
                node.lane = scope.nodes[node.attached_to].lane
            if node.body is not None:
                work.append((node.body, node.lane))


def _associations(source: Source, holder: Element, scope: Scope) -> None:
    for note in source.children(holder, "textAnnotation"):
        scope.annotations[note.get("id") or ""] = text_of(note.find(f"{_PREFIX}text"))
        source.take_all(note)
    for child in source.children(holder, "association"):
        ends = []
        for attribute in ("sourceRef", "targetRef"):
            target = source.resolve(child, child.get(attribute) or "")
            ends.append(target.get("id") or "" if target is not None else "")
        if all(ends):
            scope.associations.append(Association(child.get("id") or "", ends[0], ends[1]))
