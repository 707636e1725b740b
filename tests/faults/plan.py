"""The plan that runs while processes are killed: two people's steps, two service calls and a timer between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, insert

from engine.services import ServiceRequest

KEY = "counted"
#: The elements that must happen once in each case.
PEOPLE = ("take", "confirm")
SERVICES = ("count_before", "count_after")
OFFICER = "officer"
ROLE = "经办人"
PASSWORD = "for the tests of faults"

DIAGRAM = f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
    xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Cloud"
    id="definitions" targetNamespace="banjie">
  <bpmn:process id="{KEY}" name="计数预案" isExecutable="true">
    <bpmn:laneSet id="lanes"><bpmn:lane id="officers" name="{ROLE}">
      <bpmn:flowNodeRef>take</bpmn:flowNodeRef><bpmn:flowNodeRef>confirm</bpmn:flowNodeRef>
    </bpmn:lane></bpmn:laneSet>
    <bpmn:startEvent id="begin" name="收到投诉"/>
    <bpmn:userTask id="take" name="受理"><bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements></bpmn:userTask>
    <bpmn:serviceTask id="count_before" name="先计数">
      <bpmn:extensionElements><zeebe:taskDefinition type="count"/></bpmn:extensionElements></bpmn:serviceTask>
    <bpmn:intermediateCatchEvent id="pause" name="稍候">
      <bpmn:timerEventDefinition id="pause_timer"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1S</bpmn:timeDuration>
      </bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
    <bpmn:serviceTask id="count_after" name="再计数">
      <bpmn:extensionElements><zeebe:taskDefinition type="count"/></bpmn:extensionElements></bpmn:serviceTask>
    <bpmn:userTask id="confirm" name="确认"><bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements></bpmn:userTask>
    <bpmn:endEvent id="done" name="办结"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="take"/>
    <bpmn:sequenceFlow id="f2" sourceRef="take" targetRef="count_before"/>
    <bpmn:sequenceFlow id="f3" sourceRef="count_before" targetRef="pause"/>
    <bpmn:sequenceFlow id="f4" sourceRef="pause" targetRef="count_after"/>
    <bpmn:sequenceFlow id="f5" sourceRef="count_after" targetRef="confirm"/>
    <bpmn:sequenceFlow id="f6" sourceRef="confirm" targetRef="done"/>
  </bpmn:process>
</bpmn:definitions>
""".encode()

_tables = MetaData()
#: One row for each time a service worked; nothing in the table forbids a second one.
effect = Table(
    "test_effect",
    _tables,
    Column("id", Integer, primary_key=True),
    Column("instance_id", Integer, nullable=False),
    Column("element_id", String(100), nullable=False),
)


def create_effect_table(pool: Engine) -> None:
    """Make the table that the service writes."""
    _tables.create_all(pool)


def count(request: ServiceRequest) -> Mapping[str, Any]:
    """Write one row, in the unit of work of the call."""
    row = {"instance_id": request.instance_id, "element_id": request.element_id}
    request.work.session.execute(insert(effect).values(row))
    return {"counted": request.element_id}
