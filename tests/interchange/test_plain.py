"""Plain BPMN 2.0 of any vendor, and what all dialects share."""

from __future__ import annotations

import pytest

from engine import diagram
from engine.diagram import Compensation, Kind, Message, MultiInstance, Signal, StandardLoop, Terminate, Timer
from engine.findings import Severity
from engine.interchange import read
from tests.interchange.author import codes, node_of, process_of, written


def test_a_service_task_is_a_service_of_its_name():
    assert node_of(written('<bpmn:serviceTask id="a" name="发送 通知"/>')).service.type.text == "发送 通知"


def test_a_send_task_with_a_message_throws_it():
    node = node_of(written('<bpmn:sendTask id="a" messageRef="m"/>', top='<bpmn:message id="m" name="reply"/>'))

    assert (node.service, node.event(Message).name.text) == (None, "reply")


def test_conditions_may_be_written_with_or_without_the_equals_sign_or_in_symbols():
    def condition(text):
        body = (
            '<bpmn:task id="x"/><bpmn:task id="y"/><bpmn:sequenceFlow id="f" sourceRef="x" targetRef="y">'
            f"<bpmn:conditionExpression>{text}</bpmn:conditionExpression></bpmn:sequenceFlow>"
        )
        process, findings = process_of(written(body))
        assert codes(findings) == []
        return process.body.flows["f"].condition.text

    assert condition("=a = 1") == "a = 1"
    assert condition("a = 1") == "a = 1"
    assert condition("a == 1 &amp;&amp; b") == "a = 1 and b"
    assert condition("${a == 1}") == "a = 1"


def test_a_comment_inside_a_condition_does_not_cut_it():
    body = (
        '<bpmn:task id="x"/><bpmn:task id="y"/><bpmn:sequenceFlow id="f" sourceRef="x" targetRef="y">'
        "<bpmn:conditionExpression>a = 1 <!-- and --> and b = 2</bpmn:conditionExpression></bpmn:sequenceFlow>"
    )

    process, _ = process_of(written(body))

    assert " ".join(process.body.flows["f"].condition.text.split()) == "a = 1 and b = 2"


def test_lanes_give_nodes_their_innermost_name_also_inside_subprocesses():
    body = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="l1" name="外"><bpmn:flowNodeRef>a</bpmn:flowNodeRef>'
        "<bpmn:flowNodeRef>s</bpmn:flowNodeRef>"
        '<bpmn:childLaneSet id="cs"><bpmn:lane id="l2" name="内"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane>'
        "</bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>"
        '<bpmn:userTask id="a"/><bpmn:subProcess id="s"><bpmn:userTask id="i"/></bpmn:subProcess>'
    )

    process, _ = process_of(written(body))

    assert [process.node(key).lane for key in ("a", "s", "i")] == ["内", "外", "外"]
    assert process.lanes[0].children[0].name == "内"


def test_an_event_definition_may_be_shared_by_reference():
    top = (
        '<bpmn:timerEventDefinition id="t"><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>'
        '<bpmn:terminateEventDefinition id="stop"/>'
    )
    body = (
        '<bpmn:intermediateCatchEvent id="a"><bpmn:eventDefinitionRef>t</bpmn:eventDefinitionRef>'
        '</bpmn:intermediateCatchEvent><bpmn:endEvent id="b"><bpmn:eventDefinitionRef>stop</bpmn:eventDefinitionRef>'
        "</bpmn:endEvent>"
    )

    process, findings = process_of(written(body, top=top))

    assert codes(findings) == []
    assert process.node("a").event(Timer).value.text == "PT1H"
    assert process.node("b").event(Terminate) is not None


def test_several_events_and_qualified_references_are_read():
    top = '<bpmn:message id="m" name="M"/><bpmn:signal id="s" name="S"/>'
    body = (
        '<bpmn:startEvent id="a" parallelMultiple="true"><bpmn:messageEventDefinition messageRef="tns:m"/>'
        '<bpmn:signalEventDefinition signalRef="s"/></bpmn:startEvent>'
    )

    node = node_of(written(body, top=top))

    assert [type(event) for event in node.events] == [Message, Signal]
    assert node.parallel_multiple


def test_a_compensation_handler_is_associated():
    body = (
        '<bpmn:task id="a"/><bpmn:boundaryEvent id="b" attachedToRef="a"><bpmn:compensateEventDefinition/>'
        '</bpmn:boundaryEvent><bpmn:task id="undo" isForCompensation="true"/>'
        '<bpmn:association id="x" sourceRef="b" targetRef="undo"/>'
    )

    process, findings = process_of(written(body))

    assert codes(findings) == []
    assert process.node("undo").is_for_compensation
    assert isinstance(process.node("b").event(Compensation), Compensation)
    assert [(one.source, one.target) for one in process.body.associations] == [("b", "undo")]


def test_data_objects_are_variables_and_associations_mappings():
    body = (
        '<bpmn:dataObject id="d1" name="order"/><bpmn:dataObjectReference id="r1" name="order" dataObjectRef="d1"/>'
        '<bpmn:task id="a"><bpmn:ioSpecification><bpmn:dataInput id="in1" name="request"/>'
        '<bpmn:dataOutput id="out1" name="answer"/><bpmn:inputSet><bpmn:dataInputRefs>in1</bpmn:dataInputRefs></bpmn:inputSet>'
        "<bpmn:outputSet><bpmn:dataOutputRefs>out1</bpmn:dataOutputRefs></bpmn:outputSet></bpmn:ioSpecification>"
        "<bpmn:dataInputAssociation><bpmn:sourceRef>r1</bpmn:sourceRef><bpmn:targetRef>in1</bpmn:targetRef>"
        "</bpmn:dataInputAssociation><bpmn:dataOutputAssociation><bpmn:sourceRef>out1</bpmn:sourceRef>"
        "<bpmn:targetRef>r1</bpmn:targetRef></bpmn:dataOutputAssociation></bpmn:task>"
    )

    process, findings = process_of(written(body))

    node = process.node("a")
    assert codes(findings) == []
    assert [variable.name for variable in process.body.variables] == ["order"]
    assert [(one.target, one.source.text) for one in node.inputs + node.outputs] == [
        ("request", "order"),
        ("order", "answer"),
    ]


def test_an_association_drawn_by_a_modeler_without_partner_moves_nothing():
    body = (
        '<bpmn:dataObject id="d1"/><bpmn:dataObjectReference id="r1" name="订单" dataObjectRef="d1"/>'
        '<bpmn:task id="a"><bpmn:property id="pr" name="__targetRef_placeholder"/><bpmn:dataInputAssociation id="x">'
        "<bpmn:sourceRef>r1</bpmn:sourceRef><bpmn:targetRef>pr</bpmn:targetRef></bpmn:dataInputAssociation></bpmn:task>"
    )

    node = node_of(written(body))

    assert node.inputs == []


def test_a_multi_instance_reads_its_collection_from_the_data_that_flows_in():
    body = (
        '<bpmn:dataObject id="units" name="units"/><bpmn:dataObject id="replies" name="replies"/>'
        '<bpmn:task id="a"><bpmn:ioSpecification><bpmn:dataInput id="in1"/><bpmn:dataOutput id="out1"/>'
        "</bpmn:ioSpecification><bpmn:dataInputAssociation><bpmn:sourceRef>units</bpmn:sourceRef>"
        "<bpmn:targetRef>in1</bpmn:targetRef></bpmn:dataInputAssociation><bpmn:dataOutputAssociation>"
        "<bpmn:sourceRef>out1</bpmn:sourceRef><bpmn:targetRef>replies</bpmn:targetRef></bpmn:dataOutputAssociation>"
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>in1</bpmn:loopDataInputRef>"
        '<bpmn:loopDataOutputRef>out1</bpmn:loopDataOutputRef><bpmn:inputDataItem id="unit"/>'
        '<bpmn:outputDataItem id="reply"/></bpmn:multiInstanceLoopCharacteristics></bpmn:task>'
    )

    node = node_of(written(body))

    assert isinstance(node.loop, MultiInstance)
    assert (node.loop.collection.text, node.loop.item) == ("units", "unit")
    assert (node.loop.results, node.loop.result_item.text) == ("replies", "reply")
    assert (node.inputs, node.outputs) == ([], [])


def test_loops_quantities_and_gateways_keep_what_they_say():
    body = (
        '<bpmn:task id="a" startQuantity="2" completionQuantity="3"><bpmn:standardLoopCharacteristics testBefore="true" '
        'loopMaximum="7"><bpmn:loopCondition>n &lt; 3</bpmn:loopCondition></bpmn:standardLoopCharacteristics></bpmn:task>'
        '<bpmn:eventBasedGateway id="g" instantiate="true" eventGatewayType="Parallel"/>'
        '<bpmn:complexGateway id="c"><bpmn:activationCondition>activationCount = 2</bpmn:activationCondition>'
        "</bpmn:complexGateway>"
        '<bpmn:adHocSubProcess id="h" ordering="Sequential" cancelRemainingInstances="false"><bpmn:task id="t"/>'
        "<bpmn:completionCondition>done</bpmn:completionCondition></bpmn:adHocSubProcess>"
    )

    process, findings = process_of(written(body))

    task, gateway, complex_, ad_hoc = (process.node(key) for key in ("a", "g", "c", "h"))
    assert codes(findings) == []
    assert isinstance(task.loop, StandardLoop)
    assert (task.loop.test_before, task.loop.maximum, task.start_quantity, task.completion_quantity) == (True, 7, 2, 3)
    assert (gateway.instantiating, gateway.parallel_multiple) == (True, True)
    assert complex_.activation.text == "activationCount = 2"
    assert (ad_hoc.ordering, ad_hoc.completion.text, ad_hoc.cancel_remaining) == ("sequential", "done", False)


def test_a_subprocess_triggered_by_an_event_is_an_event_subprocess():
    node = node_of(
        written('<bpmn:subProcess id="a" triggeredByEvent="true"><bpmn:startEvent id="s"/></bpmn:subProcess>')
    )

    assert node.kind is Kind.EVENT_SUBPROCESS


def test_messages_are_correlated_by_a_correlation_property():
    top = (
        '<bpmn:message id="m" name="reply"/><bpmn:correlationProperty id="c" name="no">'
        '<bpmn:correlationPropertyRetrievalExpression messageRef="m"><bpmn:messagePath>reply.number</bpmn:messagePath>'
        "</bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>"
    )
    body = (
        '<bpmn:receiveTask id="a" messageRef="m"/><bpmn:sendTask id="b" messageRef="m"/>'
        '<bpmn:correlationSubscription id="s"><bpmn:correlationPropertyBinding correlationPropertyRef="c">'
        "<bpmn:dataPath>case_number</bpmn:dataPath></bpmn:correlationPropertyBinding></bpmn:correlationSubscription>"
    )

    process, findings = process_of(written(body, top=top))

    assert codes(findings) == []
    assert process.node("a").event(Message).correlation.text == "case_number"
    assert process.node("b").event(Message).correlation.text == "reply.number"


def test_a_line_of_the_documentation_names_the_form():
    body = (
        '<bpmn:userTask id="a"><bpmn:documentation>询问投诉人。\nform: noise_ask</bpmn:documentation></bpmn:userTask>'
    )

    node = node_of(written(body))

    assert (node.form.id, node.documentation.splitlines()[0]) == ("noise_ask", "询问投诉人。")


def test_black_boxes_and_message_flows_are_drawn_and_several_processes_run():
    data = written(
        '<bpmn:task id="a"/>',
        top='<bpmn:collaboration id="c"><bpmn:participant id="us" name="我方" processRef="p"/>'
        '<bpmn:participant id="them" name="投诉人"/>'
        '<bpmn:messageFlow id="mf" sourceRef="them" targetRef="a"/></bpmn:collaboration>'
        '<bpmn:process id="q" isExecutable="true"/>',
    )

    found, findings = read("a.bpmn", data)

    assert codes(findings) == []
    assert [(pool.name, pool.process) for pool in found.participants] == [("我方", "p"), ("投诉人", None)]
    assert [(flow.source, flow.target) for flow in found.message_flows] == [("them", "a")]
    assert (found.processes["p"].participant, sorted(found.processes)) == ("我方", ["p", "q"])


@pytest.mark.parametrize(
    ("process", "other", "expected"),
    [
        ("", "", {"p": True, "q": True}),
        ("", 'isExecutable="true"', {"p": False, "q": True}),
        ('isExecutable="false"', "", {"p": False, "q": True}),
        ('isExecutable="1"', 'isExecutable="0"', {"p": True, "q": False}),
    ],
)
def test_a_process_that_says_nothing_runs_when_no_other_says_it_does(process, other, expected):
    data = written(
        '<bpmn:task id="a"/>',
        process=process,
        top=f'<bpmn:process id="q" {other}><bpmn:task id="b"/></bpmn:process>',
    )

    found, _ = read("a.bpmn", data)

    assert {key: one.is_executable for key, one in found.processes.items()} == expected


def test_what_cannot_run_is_a_warning_in_a_process_that_is_only_drawn():
    script = '<bpmn:scriptTask id="a" scriptFormat="groovy"><bpmn:script>x = 1</bpmn:script></bpmn:scriptTask>'
    data = written(script, process='isExecutable="false"')

    _, findings = process_of(data)

    assert [(finding.code, finding.severity) for finding in findings] == [
        ("nothing-executable", Severity.WARNING),
        ("script-refused", Severity.WARNING),
    ]


def test_findings_name_file_line_element_and_what_to_do():
    data = (
        b"<bpmn:definitions xmlns:bpmn='http://www.omg.org/spec/BPMN/20100524/MODEL' id='d'>\n<bpmn:process id='p'>\n"
        b"<bpmn:task id='a' name='x'/>\n<bpmn:sequenceFlow id='f' sourceRef='a' targetRef='ghost'/>\n"
        b"</bpmn:process></bpmn:definitions>"
    )

    _, findings = read("noise.bpmn", data)

    found = next(finding for finding in findings if finding.code == "dangling-reference")
    assert (found.file, found.line, found.element) == ("noise.bpmn", 4, "f")
    assert "ghost" in found.zh
    assert "ghost" in found.en
    assert found.advice_zh


def test_ids_that_other_engines_keep_for_themselves_are_ordinary_here():
    body = (
        '<bpmn:startEvent id="Start"/><bpmn:task id="Root"/><bpmn:endEvent id="End"/>'
        '<bpmn:sequenceFlow id="x" sourceRef="Start" targetRef="Root"/>'
        '<bpmn:sequenceFlow id="y" sourceRef="Root" targetRef="End"/>'
    )

    process, findings = process_of(written(body))

    assert codes(findings) == []
    assert sorted(process.body.nodes) == ["End", "Root", "Start"]


def test_nesting_of_fifty_and_chains_of_five_thousand_are_read():
    deep = '<bpmn:task id="core"/>'
    for level in range(50):
        deep = f'<bpmn:subProcess id="s{level}">{deep}</bpmn:subProcess>'
    chain = "".join(f'<bpmn:task id="n{i}"/>' for i in range(5000)) + "".join(
        f'<bpmn:sequenceFlow id="f{i}" sourceRef="n{i}" targetRef="n{i + 1}"/>' for i in range(4999)
    )

    process, findings = process_of(written(deep + chain))

    assert codes(findings) == []
    assert sum(1 for _ in process.body.walk()) == 5051


def test_the_same_element_of_another_namespace_is_not_taken_for_bpmn():
    data = written('<task xmlns="urn:other" id="a"/>')

    found, _ = read("a.bpmn", data)

    assert isinstance(found, diagram.Diagram)
    assert found.processes["p"].body.nodes == {}


def test_without_a_subscription_the_key_is_what_the_process_sent_in_the_conversation():
    top = (
        '<bpmn:message id="m1" name="ask"/><bpmn:message id="m2" name="reply"/><bpmn:correlationProperty id="c">'
        '<bpmn:correlationPropertyRetrievalExpression messageRef="m1"><bpmn:messagePath>task_number</bpmn:messagePath>'
        '</bpmn:correlationPropertyRetrievalExpression><bpmn:correlationPropertyRetrievalExpression messageRef="m2">'
        "<bpmn:messagePath>asked_number</bpmn:messagePath></bpmn:correlationPropertyRetrievalExpression>"
        "</bpmn:correlationProperty>"
    )

    process, findings = process_of(
        written('<bpmn:sendTask id="a" messageRef="m1"/><bpmn:receiveTask id="b" messageRef="m2"/>', top=top)
    )

    assert codes(findings) == []
    assert process.node("a").event(Message).correlation.text == "task_number"
    assert process.node("b").event(Message).correlation.text == "task_number"


def test_a_foreign_description_is_not_taken_for_a_script():
    body = '<bpmn:task id="a"><bpmn:extensionElements><v:description xmlns:v="urn:v"/></bpmn:extensionElements></bpmn:task>'

    _, findings = process_of(written(body))

    assert [finding.severity for finding in findings] == [Severity.HINT]


def test_an_empty_pool_that_says_nothing_does_not_run():
    found, findings = read("a.bpmn", written('<bpmn:task id="a"/>', process="", top='<bpmn:process id="q"/>'))

    assert {key: one.is_executable for key, one in found.processes.items()} == {"p": True, "q": False}
    assert codes(findings) == []


def test_a_quoted_time_is_the_time():
    body = (
        '<bpmn:intermediateCatchEvent id="a"><bpmn:timerEventDefinition><bpmn:timeDuration>"PT5S"</bpmn:timeDuration>'
        "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
    )

    assert node_of(written(body)).event(Timer).value.text == "PT5S"


def test_a_script_task_without_a_script_is_done_at_once():
    process, findings = process_of(written('<bpmn:scriptTask id="a"/>'))

    assert (process.node("a").kind, codes(findings)) == (Kind.TASK, ["script-missing"])
    assert [finding.severity for finding in findings] == [Severity.WARNING]


@pytest.mark.parametrize(
    ("local", "kind"),
    [
        ("globalTask", Kind.TASK),
        ("globalUserTask", Kind.USER_TASK),
        ("globalManualTask", Kind.MANUAL_TASK),
        ("globalBusinessRuleTask", Kind.BUSINESS_RULE_TASK),
    ],
)
def test_a_called_global_task_is_a_process_of_one_task(local, kind):
    top = f'<bpmn:{local} id="g" name="审核"/>'
    found, findings = read("a.bpmn", written('<bpmn:callActivity id="a" calledElement="g"/>', top=top))

    assert codes(findings) == []
    assert found.processes["p"].node("a").call.process.text == "g"
    assert (found.processes["g"].node("g_task").kind, found.processes["g"].is_executable) == (kind, True)


def test_a_global_script_task_keeps_its_script():
    top = (
        '<bpmn:globalScriptTask id="g" scriptLanguage="feel"><bpmn:script>{x: 1}</bpmn:script></bpmn:globalScriptTask>'
    )
    found, _ = read("a.bpmn", written('<bpmn:callActivity id="a" calledElement="g"/>', top=top))

    assert found.processes["g"].node("g_task").script.expression.text == "{x: 1}"


def test_a_called_process_that_does_not_say_whether_it_is_executable_runs():
    top = '<bpmn:process id="q"><bpmn:task id="t"/></bpmn:process>'
    found, findings = read("a.bpmn", written('<bpmn:callActivity id="a" calledElement="q"/>', top=top))

    assert (found.processes["q"].is_executable, codes(findings)) == (True, [])


def test_the_loop_counter_counts_the_same_in_words_and_in_symbols():
    loop = "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>{}</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
    read_as = [
        node_of(written(f'<bpmn:task id="a">{loop.format(text)}</bpmn:task>')).loop.condition.text
        for text in ("loopCounter != 3", "loopCounter != 3 &amp;&amp; true")
    ]

    assert read_as == ["loopCounter != 3", "loopCounter != 3 and true"]


def test_a_boundary_event_may_name_its_activity_with_a_prefix():
    timer = "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>"
    body = f'<bpmn:task id="t"/><bpmn:boundaryEvent id="a" attachedToRef="tns:t">{timer}</bpmn:boundaryEvent>'

    assert node_of(written(body)).attached_to == "t"


@pytest.mark.parametrize(("text", "expected", "is_literal"), [("HR", "HR", True), ("#{role}", "role", False)])
def test_jbpm_assigns_texts_unless_they_are_marked(text, expected, is_literal):
    body = (
        '<bpmn:userTask id="a"><bpmn:ioSpecification><bpmn:dataInput id="i" name="group"/></bpmn:ioSpecification>'
        f"<bpmn:dataInputAssociation><bpmn:targetRef>i</bpmn:targetRef><bpmn:assignment><bpmn:from>{text}</bpmn:from>"
        "<bpmn:to>i</bpmn:to></bpmn:assignment></bpmn:dataInputAssociation></bpmn:userTask>"
    )
    namespace = b'expressionLanguage="http://www.mvel.org/2.0" xmlns:drools="http://www.jboss.org/drools" '
    data = written(body).replace(b"targetNamespace", namespace + b"targetNamespace")

    assert [(one.target, one.source.text, one.source.is_literal) for one in node_of(data).inputs] == [
        ("group", expected, is_literal)
    ]
