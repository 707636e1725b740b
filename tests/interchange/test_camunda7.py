"""Files saved by Camunda Modeler for Camunda 7 (and by Activiti and Flowable, which speak nearly the same)."""

from __future__ import annotations

import json

import pytest

from engine.diagram import Kind, Message, MultiInstance
from engine.findings import Severity
from engine.interchange import read
from tests.interchange.author import codes, extended, node_of, process_of, written


def test_a_user_task_says_who_and_by_when():
    node = node_of(
        written(
            '<bpmn:userTask id="a" camunda:assignee="${handler}" camunda:candidateGroups="office, ${unit}" '
            'camunda:candidateUsers="li,wang" camunda:dueDate="${due}" camunda:followUpDate="2030-01-01T00:00:00" '
            'camunda:priority="50" camunda:asyncBefore="true"/>',
            "camunda7",
        )
    )

    who = node.assignment
    assert who.assignee.text == "handler"
    assert who.groups_expression.text == '"office, " + (if (unit) = null then "" else string(unit))'
    assert who.users == ["li", "wang"]
    assert (who.due.text, who.due.is_literal) == ("due", False)
    assert who.follow_up.is_literal
    assert who.priority.text == "50"


def test_resource_roles_name_users_and_groups():
    body = (
        '<bpmn:userTask id="a"><bpmn:potentialOwner><bpmn:resourceAssignmentExpression><bpmn:formalExpression>'
        "user(li), group(office), accounts"
        "</bpmn:formalExpression></bpmn:resourceAssignmentExpression></bpmn:potentialOwner></bpmn:userTask>"
    )

    node = node_of(written(body, "camunda7"))

    assert (node.assignment.users, node.assignment.groups) == (["li"], ["office", "accounts"])


@pytest.mark.parametrize(
    ("attributes", "form"),
    [
        ('camunda:formKey="camunda-forms:deployment:invoice.form"', "invoice"),
        ('camunda:formKey="camunda-forms:bundle:forms/invoice.form"', "invoice"),
        ('camunda:formKey="camunda-forms:app:static/forms/invoice.form"', "invoice"),
        ('camunda:formRef="invoice" camunda:formRefBinding="latest"', "invoice"),
        ('camunda:formRef="invoice" camunda:formRefBinding="version" camunda:formRefVersion="3"', "invoice"),
    ],
)
def test_forms_are_named_in_every_way_the_modeler_writes(attributes, form):
    node = node_of(written(f'<bpmn:userTask id="a" camunda:candidateGroups="office" {attributes}/>', "camunda7"))

    assert node.form.id == form


def test_generated_task_forms_become_form_json():
    data = written(
        extended(
            "<camunda:formData>"
            '<camunda:formField id="amount" label="金额" type="long" defaultValue="5"><camunda:validation>'
            '<camunda:constraint name="required"/><camunda:constraint name="max" config="100"/>'
            "</camunda:validation></camunda:formField>"
            '<camunda:formField id="kind" label="类别" type="enum"><camunda:value id="a" name="甲"/></camunda:formField>'
            "</camunda:formData>"
        ),
        "camunda7",
    )

    diagram, findings = read("a.bpmn", data)

    form = json.loads(diagram.forms["a_form"])
    assert codes(findings) == []
    assert diagram.processes["p"].node("a").form.id == "a_form"
    assert [(one["type"], one["key"], one["label"]) for one in form["components"]] == [
        ("number", "amount", "金额"),
        ("select", "kind", "类别"),
    ]
    assert form["components"][0]["validate"] == {"required": True, "max": 100}
    assert form["components"][0]["defaultValue"] == 5
    assert form["components"][1]["values"] == [{"value": "a", "label": "甲"}]


def test_an_external_task_is_a_service_of_its_topic():
    node = node_of(
        written(
            extended(
                "<camunda:failedJobRetryTimeCycle>R5/PT1M</camunda:failedJobRetryTimeCycle>",
                "serviceTask",
                'camunda:type="external" camunda:topic="send_notice"',
            ),
            "camunda7",
        )
    )

    assert (node.service.type.text, node.service.retries) == ("send_notice", 5)


def test_an_external_message_end_event_is_a_service():
    body = '<bpmn:endEvent id="a"><bpmn:messageEventDefinition camunda:type="external" camunda:topic="tell"/></bpmn:endEvent>'

    node = node_of(written(body, "camunda7"))

    assert node.service.type.text == "tell"


@pytest.mark.parametrize(
    ("how", "unpack"),
    [
        ("", "result_list"),
        ('camunda:mapDecisionResult="singleEntry"', "single_entry"),
        ('camunda:mapDecisionResult="singleResult"', "single_result"),
        ('camunda:mapDecisionResult="collectEntries"', "collect_entries"),
    ],
)
def test_a_decision_is_unpacked_as_the_author_chose(how, unpack):
    body = f'<bpmn:businessRuleTask id="a" camunda:decisionRef="severity" camunda:resultVariable="level" {how}/>'

    node = node_of(written(body, "camunda7"))

    assert (node.decision.id.text, node.decision.result, node.decision.unpack) == ("severity", "level", unpack)


def test_a_call_passes_only_what_is_named():
    body = extended(
        '<camunda:in source="amount" target="sum"/><camunda:in sourceExpression="${a + 1}" target="b"/>'
        '<camunda:in businessKey="#{execution.processBusinessKey}"/><camunda:out source="r" target="result"/>',
        "callActivity",
        'calledElement="q"',
    )

    node = node_of(written(body, "camunda7"))

    assert [(one.target, one.source.text) for one in node.call.inputs] == [("sum", "amount"), ("b", "a + 1")]
    assert [(one.target, one.source.text) for one in node.call.outputs] == [("result", "r")]
    assert (node.call.all_in, node.call.all_out) == (False, False)


def test_a_call_may_pass_all_variables():
    body = extended('<camunda:in variables="all"/>', "callActivity", 'calledElement="q"')

    node = node_of(written(body, "camunda7"))

    assert (node.call.all_in, node.call.all_out) == (True, False)


def test_input_and_output_parameters_hold_texts_expressions_lists_and_maps():
    body = extended(
        "<camunda:inputOutput>"
        '<camunda:inputParameter name="greeting">您好</camunda:inputParameter>'
        '<camunda:inputParameter name="all"><camunda:list><camunda:value>1</camunda:value>'
        "<camunda:value>${x}</camunda:value></camunda:list></camunda:inputParameter>"
        '<camunda:outputParameter name="made"><camunda:map><camunda:entry key="k">${y.z}</camunda:entry></camunda:map>'
        "</camunda:outputParameter></camunda:inputOutput>",
        "task",
    )

    node = node_of(written(body, "camunda7"))

    assert [(one.target, one.source.text) for one in node.inputs] == [("greeting", "您好"), ("all", '["1", x]')]
    assert [(one.target, one.source.text) for one in node.outputs] == [("made", '{"k": y.z}')]


def test_a_multi_instance_goes_through_a_collection_variable():
    body = (
        '<bpmn:userTask id="a"><bpmn:multiInstanceLoopCharacteristics camunda:collection="units" '
        'camunda:elementVariable="unit"><bpmn:completionCondition xsi:type="bpmn:tFormalExpression">'
        "${nrOfCompletedInstances/nrOfInstances &gt;= 0.6}</bpmn:completionCondition>"
        "</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>"
    )

    loop = node_of(written(body, "camunda7")).loop

    assert isinstance(loop, MultiInstance)
    assert (loop.collection.text, loop.collection.is_literal, loop.item) == ("units", False, "unit")
    assert loop.completion.text == "numberOfCompletedInstances / numberOfInstances >= 0.6"


def test_a_condition_is_translated_and_the_report_says_so():
    body = (
        '<bpmn:startEvent id="s"/><bpmn:endEvent id="a"/><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="a">'
        '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${ok &amp;&amp; !late}</bpmn:conditionExpression>'
        "</bpmn:sequenceFlow>"
    )

    process, findings = process_of(written(body, "camunda7"))

    assert process.body.flows["f"].condition.text == "ok and late != true"
    assert [(finding.severity, finding.code, finding.element) for finding in findings] == [
        (Severity.HINT, "translated", "f")
    ]


def test_a_service_task_that_only_computes_is_an_expression():
    body = '<bpmn:serviceTask id="a" camunda:expression="${amount * 2}" camunda:resultVariable="double"/>'

    node = node_of(written(body, "camunda7"))

    assert (node.kind, node.script.expression.text, node.script.result) == (Kind.SCRIPT_TASK, "amount * 2", "double")


@pytest.mark.parametrize(
    "body",
    [
        '<bpmn:serviceTask id="a" camunda:class="org.example.Work"/>',
        '<bpmn:serviceTask id="a" camunda:delegateExpression="${bean}"/>',
        '<bpmn:serviceTask id="a" camunda:expression="${bean.work()}"/>',
        '<bpmn:serviceTask id="a" camunda:type="mail"/>',
        extended(
            "<camunda:connector><camunda:connectorId>http</camunda:connectorId></camunda:connector>", "serviceTask"
        ),
        extended('<camunda:executionListener event="start" class="x"/>', "task"),
        extended('<camunda:taskListener event="create" expression="${x}"/>'),
        '<bpmn:scriptTask id="a" scriptFormat="javascript"><bpmn:script>1</bpmn:script></bpmn:scriptTask>',
        '<bpmn:scriptTask id="a" scriptFormat="groovy" camunda:resource="x.groovy"/>',
        '<bpmn:userTask id="a" camunda:formKey="embedded:app:forms/x.html"/>',
        '<bpmn:userTask id="a" camunda:assignee="${users.find(x)}"/>',
        '<bpmn:serviceTask id="a"/>',
        extended(
            '<camunda:inputOutput><camunda:inputParameter name="x"><camunda:script scriptFormat="groovy">1'
            "</camunda:script></camunda:inputParameter></camunda:inputOutput>",
            "task",
        ),
    ],
)
def test_code_is_refused_at_its_element(body):
    _, findings = process_of(written(body, "camunda7"))

    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    assert errors
    assert {finding.element for finding in errors} == {"a"}


def test_a_message_is_found_by_the_business_key():
    node = node_of(
        written('<bpmn:receiveTask id="a" messageRef="m"/>', "camunda7", '<bpmn:message id="m" name="reply"/>')
    )

    assert node.event(Message).correlation is None


@pytest.mark.parametrize("vendor", ["http://activiti.org/bpmn", "http://flowable.org/bpmn"])
def test_the_engines_it_grew_from_are_read_alike(vendor):
    data = written('<bpmn:userTask id="a" v:candidateGroups="office"/>').replace(
        b"<bpmn:definitions ", f'<bpmn:definitions xmlns:v="{vendor}" '.encode()
    )

    assert node_of(data).roles == ["office"]
