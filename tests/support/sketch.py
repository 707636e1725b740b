"""Draws small plans for tests: a few nodes with names and places, the flows between them, in one lane."""

from __future__ import annotations

_SIZES = {"userTask": (100, 80), "startEvent": (36, 36), "endEvent": (36, 36)}
_GATEWAY = (50, 50)
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    ' xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    ' xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Cloud" id="sketch"'
    ' targetNamespace="banjie">\n'
)
Node = tuple[str, str, str, int, int]  #: kind, id, name, middle x, middle y


def sketch(process: str, name: str, role: str, nodes: list[Node], flows: list[tuple[str, str]]) -> bytes:
    """Return the file of a plan whose nodes stand where they are told, with straight flows."""
    places = {node[1]: (node[3], node[4], *_SIZES.get(node[0], _GATEWAY)) for node in nodes}
    members = "".join(f"<bpmn:flowNodeRef>{node[1]}</bpmn:flowNodeRef>" for node in nodes)
    drawn = "".join(f'<bpmn:{kind} id="{identity}" name="{text}"/>' for kind, identity, text, _, _ in nodes)
    drawn += "".join(
        f'<bpmn:sequenceFlow id="{one}_to_{other}" sourceRef="{one}" targetRef="{other}"/>' for one, other in flows
    )
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{identity}_di" bpmnElement="{identity}">'
        f'<dc:Bounds x="{x - width // 2}" y="{y - height // 2}" width="{width}" height="{height}"/></bpmndi:BPMNShape>'
        for identity, (x, y, width, height) in places.items()
    )
    edges = "".join(
        f'<bpmndi:BPMNEdge id="{one}_to_{other}_di" bpmnElement="{one}_to_{other}">'
        f'<di:waypoint x="{places[one][0] + places[one][2] // 2}" y="{places[one][1]}"/>'
        f'<di:waypoint x="{places[other][0] - places[other][2] // 2}" y="{places[other][1]}"/></bpmndi:BPMNEdge>'
        for one, other in flows
    )
    return (
        f'{_HEAD}<bpmn:process id="{process}" name="{name}" isExecutable="true"><bpmn:laneSet id="lanes">'
        f'<bpmn:lane id="lane" name="{role}">{members}</bpmn:lane></bpmn:laneSet>{drawn}</bpmn:process>'
        f'<bpmndi:BPMNDiagram id="picture"><bpmndi:BPMNPlane id="plane" bpmnElement="{process}">{shapes}{edges}'
        "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"
    ).encode()


#: Two branches that run side by side and are merged, not joined: what follows is done twice.
DONE_TWICE = sketch(
    "lost_item",
    "遗失物品预案",
    "客服人员",
    [
        ("startEvent", "received", "接到投诉", 200, 200),
        ("parallelGateway", "split", "分头办理", 300, 200),
        ("userTask", "search", "查找物品", 420, 120),
        ("userTask", "comfort", "安抚客户", 420, 280),
        ("exclusiveGateway", "merge", "都已办理", 560, 200),
        ("userTask", "answer", "答复客户", 680, 200),
        ("endEvent", "closed", "结案", 800, 200),
    ],
    [
        ("received", "split"),
        ("split", "search"),
        ("split", "comfort"),
        ("search", "merge"),
        ("comfort", "merge"),
        ("merge", "answer"),
        ("answer", "closed"),
    ],
)
