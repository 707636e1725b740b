"""Files saved by Camunda Modeler for Camunda 8."""

from __future__ import annotations

import pytest

from engine.diagram import Kind, Message, MultiInstance, Timer
from tests.interchange.author import codes, extended, node_of, process_of, written


def test_a_user_task_says_who_by_when_and_with_which_form():
    node = node_of(
        written(
            extended(
                "<zeebe:userTask/>"
                '<zeebe:formDefinition formId="noise_investigate"/>'
                '<zeebe:assignmentDefinition assignee="=handler" candidateGroups="客服, 行政" candidateUsers="li"/>'
                '<zeebe:taskSchedule dueDate="=working days after(received_at, 5)" followUpDate="2030-01-01T00:00:00Z"/>'
                '<zeebe:priorityDefinition priority="70"/>'
            ),
            "camunda8",
        )
    )

    who = node.assignment
    assert who is not None
    assert node.form is not None
    assert node.form.id == "noise_investigate"
    assert (who.assignee.text, who.assignee.is_literal) == ("handler", False)
    assert (who.groups, who.users) == (["客服", "行政"], ["li"])
    assert (who.due.text, who.due.is_literal) == ("working days after(received_at, 5)", False)
    assert who.follow_up.is_literal
    assert who.priority.text == "70"


def test_groups_given_as_a_list_of_texts_are_known_beforehand():
    node = node_of(written(extended('<zeebe:assignmentDefinition candidateGroups=\'=["客服", "行政"]\'/>'), "camunda8"))

    assert node.roles == ["客服", "行政"]


def test_groups_computed_by_an_expression_stay_an_expression():
    node = node_of(written(extended('<zeebe:assignmentDefinition candidateGroups="=departments"/>'), "camunda8"))

    assert node.assignment.groups_expression.text == "departments"


def test_a_job_has_type_retries_and_headers():
    node = node_of(
        written(
            extended(
                '<zeebe:taskDefinition type="send_notice" retries="5"/>'
                '<zeebe:taskHeaders><zeebe:header key="to" value="complainant"/></zeebe:taskHeaders>',
                "serviceTask",
            ),
            "camunda8",
        )
    )

    assert (node.service.type.text, node.service.retries, node.service.headers) == (
        "send_notice",
        5,
        {"to": "complainant"},
    )


def test_a_message_end_event_with_a_job_type_is_a_service():
    body = (
        '<bpmn:endEvent id="a"><bpmn:messageEventDefinition messageRef="m"><bpmn:extensionElements>'
        '<zeebe:taskDefinition type="tell"/></bpmn:extensionElements></bpmn:messageEventDefinition></bpmn:endEvent>'
    )

    node = node_of(written(body, "camunda8", '<bpmn:message id="m" name="told"/>'))

    assert node.service.type.text == "tell"


def test_mappings_of_any_node_are_inputs_and_outputs():
    node = node_of(
        written(
            extended(
                '<zeebe:ioMapping><zeebe:input source="=amount * 2" target="double"/>'
                '<zeebe:output source="fixed" target="answer.text"/></zeebe:ioMapping>',
                "task",
            ),
            "camunda8",
        )
    )

    assert [(one.target, one.source.text, one.source.is_literal) for one in node.inputs + node.outputs] == [
        ("double", "amount * 2", False),
        ("answer.text", "fixed", True),
    ]


def test_a_called_process_takes_all_variables_unless_told_otherwise():
    called = '<zeebe:calledElement processId="follow_up_visit"/>'

    node = node_of(written(extended(called, "callActivity"), "camunda8"))

    assert (node.call.process.text, node.call.all_in, node.call.all_out) == ("follow_up_visit", True, True)


def test_a_called_process_with_outputs_gives_only_those_back():
    called = (
        '<zeebe:calledElement processId="q" propagateAllParentVariables="false"/>'
        '<zeebe:ioMapping><zeebe:input source="=x" target="y"/><zeebe:output source="=r" target="s"/></zeebe:ioMapping>'
    )

    node = node_of(written(extended(called, "callActivity"), "camunda8"))

    assert (node.call.all_in, node.call.all_out) == (False, False)
    assert [one.target for one in node.call.inputs] == ["y"]
    assert [one.target for one in node.call.outputs] == ["s"]
    assert node.inputs == node.outputs == []


def test_a_rule_task_asks_its_decision():
    called = '<zeebe:calledDecision decisionId="severity" resultVariable="level"/>'

    node = node_of(written(extended(called, "businessRuleTask"), "camunda8"))

    assert (node.decision.id.text, node.decision.result, node.service) == ("severity", "level", None)


def test_a_script_is_a_feel_expression():
    script = '<zeebe:script expression="=count + 1" resultVariable="count"/>'

    node = node_of(written(extended(script, "scriptTask"), "camunda8"))

    assert (node.script.expression.text, node.script.result) == ("count + 1", "count")


def test_a_multi_instance_goes_through_its_collection():
    loop = (
        '<bpmn:userTask id="a"><bpmn:multiInstanceLoopCharacteristics isSequential="true"><bpmn:extensionElements>'
        '<zeebe:loopCharacteristics inputCollection="=departments" inputElement="department" '
        'outputCollection="replies" outputElement="=reply"/></bpmn:extensionElements>'
        "<bpmn:completionCondition>=numberOfCompletedInstances = 2</bpmn:completionCondition>"
        "</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>"
    )

    node = node_of(written(loop, "camunda8"))

    assert isinstance(node.loop, MultiInstance)
    assert node.loop.sequential
    assert (node.loop.collection.text, node.loop.item) == ("departments", "department")
    assert (node.loop.results, node.loop.result_item.text) == ("replies", "reply")
    assert node.loop.completion.text == "numberOfCompletedInstances = 2"


def test_a_message_waits_for_its_correlation_key():
    top = (
        '<bpmn:message id="m" name="reply"><bpmn:extensionElements>'
        '<zeebe:subscription correlationKey="=case_number"/></bpmn:extensionElements></bpmn:message>'
    )

    node = node_of(written('<bpmn:receiveTask id="a" messageRef="m"/>', "camunda8", top))

    message = node.event(Message)
    assert (message.name.text, message.correlation.text) == ("reply", "case_number")


def test_the_calendar_property_makes_a_duration_count_working_days():
    timer = (
        '<bpmn:intermediateCatchEvent id="a"><bpmn:extensionElements><zeebe:properties>'
        '<zeebe:property name="calendar" value="working-days"/></zeebe:properties></bpmn:extensionElements>'
        "<bpmn:timerEventDefinition><bpmn:timeDuration>P5D</bpmn:timeDuration></bpmn:timerEventDefinition>"
        "</bpmn:intermediateCatchEvent>"
    )

    timer = node_of(written(timer, "camunda8")).event(Timer)

    assert (timer.form, timer.value.text, timer.value.is_literal, timer.working_days) == ("duration", "P5D", True, True)


def test_a_form_written_inside_the_process_is_kept_under_its_id():
    from engine.interchange import read

    body = (
        '<bpmn:extensionElements><zeebe:userTaskForm id="f1">{"id": "f1", "components": []}</zeebe:userTaskForm>'
        "</bpmn:extensionElements>" + extended('<zeebe:formDefinition formKey="camunda-forms:bpmn:f1"/>')
    )

    diagram, findings = read("a.bpmn", written(body, "camunda8"))

    assert diagram.forms == {"f1": b'{"id": "f1", "components": []}'}
    assert diagram.processes["p"].node("a").form.id == "f1"
    assert codes(findings) == []


@pytest.mark.parametrize(
    "extension",
    [
        '<zeebe:executionListeners><zeebe:executionListener eventType="start" type="x"/></zeebe:executionListeners>',
        '<zeebe:taskListeners><zeebe:taskListener eventType="creating" type="x"/></zeebe:taskListeners>',
        '<zeebe:linkedResources><zeebe:linkedResource resourceId="x"/></zeebe:linkedResources>',
    ],
)
def test_listeners_and_linked_resources_are_refused_by_name(extension):
    _, findings = process_of(written(extended(extension), "camunda8"))

    assert codes(findings) == ["refused-extension"]


def test_a_job_type_on_a_user_task_is_not_passed_over():
    _, findings = process_of(written(extended('<zeebe:taskDefinition type="x"/>'), "camunda8"))

    assert codes(findings) == ["unknown-extension"]


def test_a_start_event_takes_mappings_and_a_form():
    node = node_of(
        written(
            extended(
                '<zeebe:formDefinition formId="complaint_register"/>'
                '<zeebe:ioMapping><zeebe:output source="=0" target="round"/></zeebe:ioMapping>',
                "startEvent",
            ),
            "camunda8",
        )
    )

    assert (node.kind, node.form.id, node.outputs[0].target) == (Kind.START, "complaint_register", "round")


def test_a_message_that_a_case_waits_for_has_a_form_when_people_tell_it():
    event = extended('<zeebe:formDefinition formId="request"/>', "intermediateCatchEvent")
    event = event.replace("</bpmn:intermediate", "<bpmn:messageEventDefinition/></bpmn:intermediate")

    process, _ = process_of(written(event, "camunda8"))

    waiting = process.node("a")
    assert (waiting.kind, waiting.form.id) == (Kind.CATCH, "request")


def test_an_empty_list_of_listeners_is_no_listener():
    _, findings = process_of(written(extended("<zeebe:executionListeners/>"), "camunda8"))

    assert codes(findings) == []


def test_a_task_of_an_element_template_keeps_its_service_and_headers():
    node = node_of(
        written(
            extended(
                '<zeebe:taskDefinition type="io.camunda:http-json:1"/>'
                '<zeebe:ioMapping><zeebe:input source="noAuth" target="authentication.type"/></zeebe:ioMapping>'
                '<zeebe:taskHeaders><zeebe:header key="resultVariable" value="r"/></zeebe:taskHeaders>',
                "serviceTask",
                'zeebe:modelerTemplate="http" zeebe:modelerTemplateVersion="10" zeebe:modelerTemplateIcon="data:x"',
            ),
            "camunda8",
        )
    )

    assert node.service.headers == {"resultVariable": "r"}
    assert node.inputs[0].target == "authentication.type"
