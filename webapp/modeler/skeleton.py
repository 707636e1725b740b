"""The diagram that a new plan begins with: a pool with a lane for each role, a start, one step and an end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from engine.errors import InvalidAnswers

MAX_ROLES = 8
_KEY = re.compile(r"[a-z][a-z0-9_]{2,59}")
_LANE_HEIGHT = 160
_LEFT, _TOP, _WIDTH = 160, 80, 1200
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:modeler="http://camunda.org/schema/modeler/1.0" \
id="{key}_definitions" targetNamespace="http://banjie.example/plans" \
modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.8.0">"""


def check(key: str, name: str, roles: Sequence[str], taken: set[str]) -> None:
    """Raise InvalidAnswers unless a new plan can have this key, name and these roles. `taken`: keys there are."""
    faults: dict[str, tuple[str, str]] = {}
    if not 1 <= len(name) <= 100 or not name.isprintable():
        faults["name"] = ("请填写预案名称，最多 100 个字。", "Give the plan a name of at most 100 characters.")
    if not _KEY.fullmatch(key):
        faults["key"] = (
            "编号以小写字母开头，只有小写字母、数字和下划线，3 至 60 个字符，例如 noise_complaint。",
            "The id begins with a lower-case letter and has 3 to 60 of a-z, 0-9 and _, for example noise_complaint.",
        )
    elif key in taken:
        faults["key"] = (f"编号“{key}”已被另一个预案使用。", f"Another plan has the id {key}.")
    if not 1 <= len(roles) <= MAX_ROLES:
        faults["roles"] = (f"请选择 1 至 {MAX_ROLES} 个岗位。", f"Choose 1 to {MAX_ROLES} roles.")
    if faults:
        raise InvalidAnswers(faults)


def draw(key: str, name: str, roles: Sequence[str], form: str) -> bytes:
    """Return the file of a new plan. `form`: the id of the form that its start shows, "" for none."""
    height = _LANE_HEIGHT * len(roles)
    middle = _TOP + _LANE_HEIGHT // 2
    lanes = "".join(
        f'\n      <bpmn:lane id="lane_{number}" name="{escape(role)}">'
        + (_REFERENCES if number == 1 else "")
        + "</bpmn:lane>"
        for number, role in enumerate(roles, 1)
    )
    shown = "".join(
        _shape(
            f"lane_{number}",
            _LEFT + 30,
            _TOP + _LANE_HEIGHT * (number - 1),
            _WIDTH - 30,
            _LANE_HEIGHT,
            ' isHorizontal="true"',
        )
        for number in range(1, len(roles) + 1)
    )
    start_form = (
        f'\n      <bpmn:extensionElements><zeebe:formDefinition formId="{escape(form)}"/></bpmn:extensionElements>'
        if form
        else ""
    )
    return f"""{_HEAD.format(key=key)}
  <bpmn:collaboration id="{key}_collaboration">
    <bpmn:participant id="{key}_pool" name="{escape(name)}" processRef="{key}"/>
  </bpmn:collaboration>
  <bpmn:process id="{key}" name="{escape(name)}" isExecutable="true">
    <bpmn:laneSet id="{key}_lanes">{lanes}
    </bpmn:laneSet>
    <bpmn:startEvent id="complaint_received" name="接到投诉">{start_form}
      <bpmn:outgoing>to_handle</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:userTask id="handle" name="办理投诉">
      <bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements>
      <bpmn:incoming>to_handle</bpmn:incoming>
      <bpmn:outgoing>to_closed</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="case_closed" name="结案">
      <bpmn:incoming>to_closed</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="to_handle" sourceRef="complaint_received" targetRef="handle"/>
    <bpmn:sequenceFlow id="to_closed" sourceRef="handle" targetRef="case_closed"/>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="{key}_diagram">
    <bpmndi:BPMNPlane id="{key}_plane" bpmnElement="{key}_collaboration">
{_shape(f"{key}_pool", _LEFT, _TOP, _WIDTH, height, ' isHorizontal="true"')}{shown}\
{_shape("complaint_received", 252, middle - 18, 36, 36)}{_shape("handle", 360, middle - 40, 100, 80)}\
{_shape("case_closed", 532, middle - 18, 36, 36)}{_edge("to_handle", 288, 360, middle)}{_edge("to_closed", 460, 532, middle)}\
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
""".encode()


_REFERENCES = (
    "".join(
        f"\n        <bpmn:flowNodeRef>{name}</bpmn:flowNodeRef>"
        for name in ("complaint_received", "handle", "case_closed")
    )
    + "\n      "
)


def _shape(element: str, x: int, y: int, width: int, height: int, more: str = "") -> str:
    return (
        f'      <bpmndi:BPMNShape id="{element}_di" bpmnElement="{element}"{more}>\n'
        f'        <dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/>\n      </bpmndi:BPMNShape>\n'
    )


def _edge(flow: str, start: int, end: int, y: int) -> str:
    return (
        f'      <bpmndi:BPMNEdge id="{flow}_di" bpmnElement="{flow}">\n'
        f'        <di:waypoint x="{start}" y="{y}"/>\n        <di:waypoint x="{end}" y="{y}"/>\n      </bpmndi:BPMNEdge>\n'
    )
