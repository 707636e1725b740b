"""A small plan that takes complaints in: the decision that picks a plan, the registering form, two steps with forms."""

from __future__ import annotations

import json
from typing import Any

_DECISION = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="banjie">
  <decision id="complaint_plan" name="适用预案"><decisionTable id="t" hitPolicy="UNIQUE">
    <input id="i" label="类型"><inputExpression id="e" typeRef="string"><text>kind</text></inputExpression></input>
    <output id="o" name="plan" typeRef="string"/>
    <rule id="r1"><inputEntry id="a"><text>"noise"</text></inputEntry><outputEntry id="b"><text>"noise"</text></outputEntry></rule>
    <rule id="r2"><inputEntry id="c"><text>"lost"</text></inputEntry><outputEntry id="f"><text>"nowhere"</text></outputEntry></rule>
  </decisionTable></decision>
</definitions>"""

_PLAN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
  xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Cloud" id="n" targetNamespace="banjie">
 <bpmn:process id="noise" name="噪声扰民处置预案" isExecutable="true">
  <bpmn:laneSet id="lanes">
   <bpmn:lane id="l1" name="执法队"><bpmn:flowNodeRef>investigate</bpmn:flowNodeRef></bpmn:lane>
   <bpmn:lane id="l2" name="客服人员"><bpmn:flowNodeRef>received</bpmn:flowNodeRef><bpmn:flowNodeRef>pick</bpmn:flowNodeRef>
    <bpmn:flowNodeRef>answer</bpmn:flowNodeRef><bpmn:flowNodeRef>closed</bpmn:flowNodeRef></bpmn:lane>
  </bpmn:laneSet>
  <bpmn:startEvent id="received" name="接到投诉"><bpmn:extensionElements>
    <zeebe:formDefinition formId="complaint_register"/></bpmn:extensionElements></bpmn:startEvent>
  <bpmn:businessRuleTask id="pick" name="确定预案"><bpmn:extensionElements>
    <zeebe:calledDecision decisionId="complaint_plan" resultVariable="plan"/></bpmn:extensionElements></bpmn:businessRuleTask>
  <bpmn:userTask id="investigate" name="现场调查"><bpmn:extensionElements><zeebe:userTask/>
    <zeebe:formDefinition formId="noise_investigate"/>
    <zeebe:taskSchedule dueDate="=working days after(received_at, 2)"/></bpmn:extensionElements></bpmn:userTask>
  <bpmn:userTask id="answer" name="答复投诉人"><bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements></bpmn:userTask>
  <bpmn:endEvent id="closed" name="结案"/>
  <bpmn:sequenceFlow id="f1" sourceRef="received" targetRef="pick"/>
  <bpmn:sequenceFlow id="f2" sourceRef="pick" targetRef="investigate"/>
  <bpmn:sequenceFlow id="f3" sourceRef="investigate" targetRef="answer"/>
  <bpmn:sequenceFlow id="f4" sourceRef="answer" targetRef="closed"/>
 </bpmn:process>
</bpmn:definitions>"""


def _field(kind: str, key: str, label: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "label": label, **more}


_NEEDED = {"validate": {"required": True}}
_REGISTER = {
    "id": "complaint_register",
    "components": [
        _field("textfield", "case_number", "投诉编号", readonly=True),
        _field("datetime", "received_at", "接到投诉时间", subtype="datetime", **_NEEDED),
        _field(
            "select",
            "channel",
            "投诉渠道",
            values=[{"label": "电话", "value": "phone", "label_en": "Phone"}],
            **_NEEDED,
        ),
        _field("textfield", "complainant_name", "投诉人姓名", **_NEEDED),
        _field("textfield", "complainant_contact", "联系方式", properties={"masked": "yes"}, **_NEEDED),
        _field("textfield", "subject", "投诉事项", **_NEEDED),
        _field("textarea", "content", "投诉内容", **_NEEDED),
        _field("textfield", "respondents", "被投诉人"),
        _field(
            "select",
            "kind",
            "投诉类型",
            values=[{"label": "噪声", "value": "noise", "label_en": "Noise"}, {"label": "遗失", "value": "lost"}],
            **_NEEDED,
        ),
        _field("textfield", "registered_by", "登记人", readonly=True),
        _field("filepicker", "papers", "投诉材料", multiple=True),
    ],
}
_INVESTIGATE = {
    "id": "noise_investigate",
    "components": [
        _field(
            "radio",
            "finding",
            "调查结论",
            values=[{"label": "属实", "value": "yes"}, {"label": "不属实", "value": "no"}],
            properties={"label_en": "Finding"},
            **_NEEDED,
        ),
        _field("textarea", "reason", "不属实的理由", conditional={"hide": '=finding != "no"'}, **_NEEDED),
        _field("filepicker", "photos", "现场照片", multiple=True, accept="image/*", properties={"max_files": "3"}),
        _field("datetime", "visit_on", "回访日期", subtype="date", disallowPassedDates=True),
        {
            "type": "dynamiclist",
            "path": "readings",
            "label": "测量值",
            "defaultRepetitions": 0,
            "components": [_field("number", "decibels", "分贝", validate={"min": 0, "required": True})],
        },
    ],
}

FILES = {
    "noise.bpmn": _PLAN.encode(),
    "complaint_plan.dmn": _DECISION.encode(),
    "complaint_register.form": json.dumps(_REGISTER).encode(),
    "noise_investigate.form": json.dumps(_INVESTIGATE).encode(),
}

#: Answers of the registering form, as a page sends them.
ANSWERS = {
    "received_at": "2026-09-21T08:30",
    "channel": "phone",
    "complainant_name": "王芳",
    "complainant_contact": "138 1234 5678",
    "subject": "夜间施工噪声",
    "content": "工地夜间十一点以后仍在施工，影响休息。",
    "kind": "noise",
}
