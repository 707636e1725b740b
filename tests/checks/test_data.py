"""Variables, forms and tables taken together: what can be told from the files is said, and no wolf is cried."""

from __future__ import annotations

import json

import pytest

from engine.checks import Known, check_files
from engine.checks.data.writes import Calls
from engine.family import Family
from engine.findings import Finding, Severity

NS = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'targetNamespace="urn:t"'
)
CODES = {
    "variable-unset",
    "variable-maybe-unset",
    "variable-never-set",
    "decision-input-missing",
    "type-conflict",
    "value-never-given",
    "decision-value-never-given",
    "option-without-rule",
    "set-in-parallel",
}


def field(key: str, kind: str = "textfield", *, required: bool = True, **more: object) -> dict[str, object]:
    """Return a component of a form."""
    options = {"values": [{"label": value, "value": value} for value in more.pop("of", [])]} if "of" in more else {}
    return {"type": kind, "key": key, "label": key, "validate": {"required": required}, **options, **more}


def form(identity: str, *fields: dict[str, object]) -> bytes:
    """Return a form."""
    return json.dumps({"id": identity, "type": "default", "components": fields}, ensure_ascii=False).encode()


def _own(element: str, identity: str, inside: str = "", extension: str = "", attributes: str = "") -> str:
    held = f"<extensionElements>{extension}</extensionElements>" if extension else ""
    return f'<{element} id="{identity}" name="{identity}"{attributes}>{held}{inside}</{element}>'


def start(identity: str = "s", form_id: str = "start") -> str:
    """Return a start event with a form."""
    return _own("startEvent", identity, extension=f'<zeebe:formDefinition formId="{form_id}"/>')


def user(identity: str, form_id: str = "", inside: str = "", extension: str = "") -> str:
    """Return a user task, with the form of its own name unless another is given; "-" is none that the files have."""
    return _own(
        "userTask",
        identity,
        inside,
        f'<zeebe:formDefinition formId="{form_id or identity}"/><zeebe:assignmentDefinition candidateGroups="g"/>{extension}',
    )


def flows(*ways: str) -> str:
    """Return sequence flows: "a>b" or "a>b:condition"; those out of one gateway without a condition are its default."""
    made = []
    for way in ways:
        ends, _, condition = way.partition(":")
        source, _, target = ends.partition(">")
        inside = f"<conditionExpression>={condition}</conditionExpression>" if condition else ""
        made.append(
            f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'
        )
    return "".join(made).replace("< ", "&lt; ")


def process(*parts: str, key: str = "p") -> bytes:
    """Return a diagram of one process."""
    return f'<definitions {NS} id="d"><process id="{key}" isExecutable="true">{"".join(parts)}</process></definitions>'.encode()


def said(files: dict[str, bytes], known: Known | None = None) -> list[tuple[str, str]]:
    """Return (code, element) of what is said of data, and hold that nothing else is wrong."""
    found = check_files(files, known)
    wrong = [one for one in found if one.severity is Severity.ERROR and one.code not in CODES]
    assert wrong == []
    return [(one.code, one.element) for one in found if one.code in CODES]


def findings(files: dict[str, bytes], code: str) -> list[Finding]:
    """Return the findings of one code."""
    return [one for one in check_files(files) if one.code == code]


END = '<endEvent id="e" name="e"/>'
GATE = '<exclusiveGateway id="g" name="g" default="g_e"/><task id="t" name="t"/>'
START = form("start", field("amount", "number"), field("kind", "radio", of=["quality", "price"]))
WORK = form("work", field("finding", "radio", of=["yes", "no"]), field("note", required=False))


def gated(condition: str, *more: str) -> dict[str, bytes]:
    """Return a plan: start form, task `work`, then a gateway that asks `condition`."""
    plan = process(start(), user("work"), GATE, *more, END, flows("s>work", "work>g", f"g>t:{condition}", "g>e", "t>e"))
    return {"p.bpmn": plan, "start.form": START, "work.form": WORK}


# --- set before it is read ---------------------------------------------------------------------------------------


def test_what_a_form_before_asks_may_be_read():
    assert said(gated('finding = "yes" and amount > 100 and kind = "price"')) == []


def test_an_optional_answer_may_be_read_it_is_null():
    assert said(gated('note = "x"')) == []


def test_what_nothing_sets_is_told_once():
    assert said(gated('fnding = "yes" or fnding = "no"')) == [("variable-never-set", "g_t")]


def test_what_is_set_only_later_is_an_error():
    plan = process(start(), user("work"), GATE, END, flows("s>g", 'g>t:finding = "yes"', "g>e", "t>work", "work>e"))

    assert said({"p.bpmn": plan, "start.form": START, "work.form": WORK}) == [("variable-unset", "g_t")]


def test_a_loop_brings_a_later_answer_back():
    plan = process(
        start(),
        user("work"),
        GATE.replace("g_e", "g_work"),
        '<exclusiveGateway id="m" name="m"/>',
        END,
        flows("s>m", "m>g", 'g>t:finding = "yes"', "g>work", "work>m", "t>e"),
    )

    assert said({"p.bpmn": plan, "start.form": START, "work.form": WORK}) == []


def test_an_expression_that_looks_for_null_may_read_anything_early():
    plan = process(start(), user("work"), GATE, END, flows("s>g", "g>t:finding = null", "g>e", "t>work", "work>e"))

    assert said({"p.bpmn": plan, "start.form": START, "work.form": WORK}) == []


def test_a_parallel_branch_may_have_set_it():
    plan = process(
        start(),
        '<parallelGateway id="f" name="f"/><parallelGateway id="j" name="j"/>',
        user("work"),
        GATE,
        '<exclusiveGateway id="m" name="m"/>',
        END,
        flows("s>f", "f>work", "f>g", 'g>t:finding = "yes"', "t>m", "work>j", "m>j", "j>e").replace("g_e", "g_m")
        + flows("g>m"),
    ).replace(b'default="g_e"', b'default="g_m"')

    assert said({"p.bpmn": plan, "start.form": START, "work.form": WORK}) == []


@pytest.mark.parametrize("cancels", ["true", "false"])
def test_a_boundary_way_knows_what_its_activity_has_done(cancels: str):
    plan = process(
        start(),
        '<subProcess id="sub" name="sub"><startEvent id="i"/>' + user("work") + '<endEvent id="o"/>',
        flows("i>work", "work>o") + "</subProcess>",
        f'<boundaryEvent id="late" name="late" attachedToRef="sub" cancelActivity="{cancels}"><timerEventDefinition id="td">'
        "<timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>",
        GATE.replace("g_e", "g_x"),
        END + '<endEvent id="x" name="x"/><endEvent id="y" name="y"/>',
        flows("s>sub", "sub>e", "late>g", 'g>t:finding = "yes"', "g>x", "t>y"),
    )

    assert said({"p.bpmn": plan, "start.form": START, "work.form": WORK}) == []


def test_after_a_message_whose_content_is_not_told_nothing_is_said():
    plan = process(
        start(),
        _own("receiveTask", "reply", attributes=' messageRef="m"'),
        GATE,
        END,
        flows("s>reply", "reply>g", "g>t:answer = 1", "g>e", "t>e"),
    ).replace(
        b"<process ",
        b'<message id="m" name="reply"><extensionElements><zeebe:subscription correlationKey="=amount"/></extensionElements></message><process ',
    )

    assert said({"p.bpmn": plan, "start.form": START}) == []


def test_the_key_of_a_message_that_starts_a_case_comes_with_it():
    second = '<startEvent id="ms" name="ms"><messageEventDefinition id="md" messageRef="m"/></startEvent>'
    plan = process(start(), second, user("work"), END, flows("s>work", "ms>work", "work>e")).replace(
        b"<process ",
        b'<message id="m" name="order"><extensionElements><zeebe:subscription correlationKey="=order"/></extensionElements>'
        b"</message><process ",
    )

    assert said({"p.bpmn": plan, "start.form": START, "work.form": WORK}) == []


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ("", []),
        ('<zeebe:output source="=answer" target="answer"/>', []),
        ('<zeebe:output source="=other" target="other"/>', [("variable-never-set", "g_t")]),
    ],
)
def test_what_the_output_mappings_of_a_message_start_leave_behind_is_not_there(
    mapping: str, told: list[tuple[str, str]]
) -> None:
    held = f"<extensionElements><zeebe:ioMapping>{mapping}</zeebe:ioMapping></extensionElements>" if mapping else ""
    begin = f'<startEvent id="s" name="s">{held}<messageEventDefinition id="md" messageRef="m"/></startEvent>'
    plan = process(begin, GATE, END, flows("s>g", "g>t:answer = 1", "g>e", "t>e")).replace(
        b"<process ", b'<message id="m" name="order"/><process '
    )

    assert said({"p.bpmn": plan}) == told


def test_before_such_a_message_it_is_said_all_the_same():
    plan = process(
        start(),
        _own("receiveTask", "reply", attributes=' messageRef="m"'),
        GATE,
        user("work"),
        END,
        flows("s>g", 'g>t:finding = "yes"', "g>e", "t>reply", "reply>work", "work>e"),
    ).replace(
        b"<process ",
        b'<message id="m" name="reply"><extensionElements><zeebe:subscription correlationKey="=amount"/></extensionElements></message><process ',
    )

    assert said({"p.bpmn": plan, "start.form": START, "work.form": WORK}) == [("variable-unset", "g_t")]


def test_a_process_that_anybody_may_start_with_anything_is_not_judged():
    plan = process('<startEvent id="s" name="s"/>', GATE, END, flows("s>g", "g>t:whatever = 1", "g>e", "t>e"))

    assert said({"p.bpmn": plan}) == []
    assert said({"p.bpmn": plan}, Known(start_variables=frozenset({"other"}))) == [("variable-never-set", "g_t")]


def test_what_the_house_gives_to_every_case_may_be_read():
    files = gated('case_number = "1"')

    assert said(files) == [("variable-never-set", "g_t")]
    assert said(files, Known(given=frozenset({"case_number"}))) == []


def _call(key: str, extension: str = "", mode: str = "") -> str:
    return _own("callActivity", f"call_{key}", extension=f'<zeebe:calledElement processId="{key}"{mode}/>{extension}')


def test_a_called_process_knows_what_its_caller_knows():
    inner = process('<startEvent id="i" name="i"/>', GATE, END, flows("i>g", "g>t:amount > 1", "g>e", "t>e"), key="q")
    outer = process(start(), _call("q"), '<endEvent id="z" name="z"/>', flows("s>call_q", "call_q>z"))

    assert said({"p.bpmn": outer, "q.bpmn": inner, "start.form": START}) == []


@pytest.mark.parametrize(
    "mode, found", [("", []), (' propagateAllChildVariables="false"', [("variable-never-set", "g_t")])]
)
def test_what_a_called_process_sets_comes_back_unless_it_is_kept(mode: str, found: list[tuple[str, str]]):
    inner = process(
        '<startEvent id="i" name="i"/>', user("work"), '<endEvent id="y" name="y"/>', flows("i>work", "work>y"), key="q"
    )
    outer = process(
        start(), _call("q", mode=mode), GATE, END, flows("s>call_q", "call_q>g", 'g>t:finding = "yes"', "g>e", "t>e")
    )

    assert said({"p.bpmn": outer, "q.bpmn": inner, "start.form": START, "work.form": WORK}) == found


def test_a_value_that_a_called_process_never_gives_is_found():
    inner = process(
        '<startEvent id="i" name="i"/>', user("work"), '<endEvent id="y" name="y"/>', flows("i>work", "work>y"), key="q"
    )
    back = '<zeebe:ioMapping><zeebe:output source="=finding" target="result"/></zeebe:ioMapping>'
    outer = process(
        start(), _call("q", back), GATE, END, flows("s>call_q", "call_q>g", 'g>t:result = "maybe"', "g>e", "t>e")
    )

    assert said({"p.bpmn": outer, "q.bpmn": inner, "start.form": START, "work.form": WORK}) == [
        ("value-never-given", "g_t")
    ]


def test_processes_that_call_each_other_are_followed_to_an_end():
    one = process(start(), _call("q"), GATE, END, flows("s>call_q", "call_q>g", 'g>t:finding = "yes"', "g>e", "t>e"))
    other = process(
        '<startEvent id="i" name="i"/>',
        user("work"),
        '<exclusiveGateway id="h" name="h" default="h_y"/>',
        _call("p"),
        '<endEvent id="y" name="y"/>',
        flows("i>work", "work>h", 'h>call_p:finding = "no"', "h>y", "call_p>y"),
        key="q",
    )

    assert said({"p.bpmn": one, "q.bpmn": other, "start.form": START, "work.form": WORK}) == []


def test_a_called_process_that_gets_mappings_only_knows_no_more():
    inner = process('<startEvent id="i" name="i"/>', GATE, END, flows("i>g", "g>t:amount > 1", "g>e", "t>e"), key="q")
    one = '<zeebe:ioMapping><zeebe:input source="=kind" target="kind"/></zeebe:ioMapping>'
    outer = process(
        start(),
        _call("q", one, ' propagateAllParentVariables="false" propagateAllChildVariables="false"'),
        '<endEvent id="z" name="z"/>',
        flows("s>call_q", "call_q>z"),
    )

    assert said({"p.bpmn": outer, "q.bpmn": inner, "start.form": START}) == [("variable-never-set", "g_t")]


def test_a_form_shows_what_its_task_is_given():
    given = '<zeebe:ioMapping><zeebe:input source="=amount" target="shown"/></zeebe:ioMapping>'
    plan = process(start(), user("work", extension=given), END, flows("s>work", "work>e"))
    work = form("work", {"type": "text", "text": "{{shown}} {{amount}}"})

    assert said({"p.bpmn": plan, "start.form": START, "work.form": work}) == []


def test_a_form_that_shows_what_nothing_sets_is_found():
    work = form("work", field("finding", "radio", of=["yes", "no"]), {"type": "text", "text": "{{shwon}}"})

    assert said({**gated('finding = "yes"'), "work.form": work}) == [("variable-never-set", "work")]


# --- what must have a value --------------------------------------------------------------------------------------


def wait(name: str) -> str:
    """Return a timer `w` that waits for the moment of a variable or expression."""
    time = f'<timerEventDefinition id="td"><timeDate>={name}</timeDate></timerEventDefinition>'
    return f'<intermediateCatchEvent id="w" name="w">{time}</intermediateCatchEvent>'


def _waiting(name: str, *fields: dict[str, object]) -> dict[str, bytes]:
    timer = wait(name)
    plan = process(start(), user("work"), timer, END, flows("s>work", "work>w", "w>e"))
    return {"p.bpmn": plan, "start.form": START, "work.form": form("work", *fields)}


def test_a_timer_on_a_required_field_is_well():
    assert said(_waiting("at", field("at", "datetime", subtype="datetime"))) == []


def test_a_timer_on_an_optional_field_may_stop_the_case():
    found = _waiting("at", field("at", "datetime", required=False, subtype="datetime"))

    assert said(found) == [("variable-maybe-unset", "w")]


def test_a_timer_on_a_field_that_is_not_always_shown_may_stop_the_case():
    hidden = field("at", "datetime", subtype="datetime", conditional={"hide": '=kind = "price"'})

    assert said(_waiting("at", hidden)) == [("variable-maybe-unset", "w")]


def test_an_expression_that_says_what_null_means_is_well():
    optional = field("at", "datetime", required=False, subtype="datetime")

    assert said(_waiting("if at = null then now() else at", optional)) == []


def test_a_choice_of_several_is_a_list_even_where_nothing_is_chosen():
    loop = (
        '<multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=units" '
        'inputElement="unit"/></extensionElements></multiInstanceLoopCharacteristics>'
    )
    plan = process(start(), user("work"), _own("task", "t", loop), END, flows("s>work", "work>t", "t>e"))
    work = form("work", field("units", "checklist", required=False, of=["a", "b"]))

    assert said({"p.bpmn": plan, "start.form": START, "work.form": work}) == []


def test_a_message_whose_form_is_known_brings_what_the_form_asks():
    handler = (
        '<subProcess id="h" name="h" triggeredByEvent="true"><startEvent id="hs" name="hs" isInterrupting="false">'
        '<extensionElements><zeebe:formDefinition formId="more"/></extensionElements><messageEventDefinition messageRef="m"/>'
        '</startEvent><endEvent id="he" name="he"/>' + flows("hs>he") + "</subProcess>"
    )
    files = gated("fnding = 1 or told = 2", handler)
    message = b'<message id="m" name="turn"><extensionElements><zeebe:subscription correlationKey="=kind"/></extensionElements></message>'
    files["p.bpmn"] = files["p.bpmn"].replace(b"<process ", message + b"<process ", 1)

    assert said({**files, "more.form": form("more", field("told", "number"))}) == [("variable-never-set", "g_t")]


def test_a_message_waited_for_brings_no_more_than_its_form_asks():
    caught = _own(
        "intermediateCatchEvent",
        "w",
        '<messageEventDefinition messageRef="m"/>',
        '<zeebe:formDefinition formId="more"/>',
    )
    later = wait("tolld").replace('"w"', '"l"')
    plan = process(start(), caught, later, END, flows("s>w", "w>l", "l>e"))
    message = b'<message id="m" name="turn"><extensionElements><zeebe:subscription correlationKey="=kind"/></extensionElements></message>'
    files = {"p.bpmn": plan.replace(b"<process ", message + b"<process ", 1), "start.form": START}

    found = said({**files, "more.form": form("more", field("told", "datetime", subtype="datetime"))})

    assert found == [("variable-never-set", "l")]


def test_a_timer_on_what_is_never_set_yet_is_an_error():
    timer = wait("at")
    plan = process(start(), user("work"), timer, END, flows("s>w", "w>work", "work>e"))
    work = form("work", field("at", "datetime", subtype="datetime"))

    assert said({"p.bpmn": plan, "start.form": START, "work.form": work}) == [("variable-unset", "w")]


# --- values and kinds --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "condition",
    ['finding = "maybe"', 'finding in ("yes", "perhaps")', 'not(finding != "ja")', 'amount > 3 and kind = "colour"'],
)
def test_a_value_that_no_option_has_is_found(condition: str):
    assert said(gated(condition)) == [("value-never-given", "g_t")]


@pytest.mark.parametrize(
    "condition",
    ['amount = "100"', "finding = true", "kind = 1", "finding = amount", 'amount in ("1", "2")', 'amount < "5"'],
)
def test_values_of_different_kinds_are_found(condition: str):
    assert {code for code, _ in said(gated(condition))} == {"type-conflict"}


@pytest.mark.parametrize(
    "condition", ['finding in ("yes", "no")', "amount in [1..5]", "amount between 1 and 3", 'string(amount) = "1"']
)
def test_values_that_can_be_are_not_found(condition: str):
    assert said(gated(condition)) == []


def test_a_choice_of_several_is_no_single_value():
    start_form = form("start", field("ways", "checklist", of=["mail", "phone"]))
    plan = process(
        start(),
        GATE,
        END,
        '<exclusiveGateway id="h" name="h" default="h_e"/>',
        flows("s>g", 'g>h:ways = "mail"', "g>e"),
        flows('h>t:list contains(ways, "post")', "h>e", "t>e"),
    )

    assert said({"p.bpmn": plan, "start.form": start_form}) == [("type-conflict", "g_h"), ("value-never-given", "h_t")]


def test_a_variable_that_two_forms_ask_may_be_either():
    more = form("more", field("finding", "radio", of=["open"]))
    files = gated('finding = "open"', user("more"))
    files["p.bpmn"] = (
        files["p.bpmn"]
        .replace(b'sourceRef="work" targetRef="g"', b'sourceRef="work" targetRef="more"')
        .replace(b"<endEvent", b'<sequenceFlow id="x" sourceRef="more" targetRef="g"/><endEvent', 1)
    )

    assert said({**files, "more.form": more}) == []


def test_a_counter_stays_a_number():
    counted = '<zeebe:ioMapping><zeebe:output source="=0" target="rounds"/></zeebe:ioMapping>'
    more = '<zeebe:ioMapping><zeebe:output source="=rounds + 1" target="rounds"/></zeebe:ioMapping>'
    first = start().replace("</extensionElements>", f"{counted}</extensionElements>")
    throw = _own("intermediateThrowEvent", "again", extension=more)
    plan = process(first, GATE, throw, END, flows("s>again", "again>g", 'g>t:rounds = "2"', "g>e", "t>e"))

    assert said({"p.bpmn": plan, "start.form": START}) == [("type-conflict", "g_t")]


def test_a_condition_inside_a_form_is_read_too():
    work = form(
        "work", field("finding", "radio", of=["yes", "no"]), field("why", conditional={"hide": '=finding = "nay"'})
    )

    assert said({**gated('finding = "yes"'), "work.form": work}) == [("value-never-given", "why")]


# --- decisions ---------------------------------------------------------------------------------------------------


def table(column: str, rules: list[tuple[str, str]], allowed: str = "", default: str = "") -> bytes:
    """Return a table of one column."""
    rows = "".join(
        f'<rule id="r{n}"><inputEntry><text>{test}</text></inputEntry><outputEntry><text>"{result}"</text></outputEntry></rule>'
        for n, (test, result) in enumerate(rules, 1)
    )
    values = f"<inputValues><text>{allowed}</text></inputValues>" if allowed else ""
    otherwise = f"<defaultOutputEntry><text>{default}</text></defaultOutputEntry>" if default else ""
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">'
        '<decision id="severity" name="severity"><decisionTable id="t" hitPolicy="FIRST">'
        f'<input id="i" label="{column}"><inputExpression typeRef="string"><text>{column}</text></inputExpression>{values}</input>'
        f'<output id="o" name="severity">{otherwise}</output>{rows}</decisionTable></decision></definitions>'
    ).encode()


def decided(dmn: bytes, condition: str = 'severity = "major"', first: bytes = START) -> dict[str, bytes]:
    """Return a plan that asks a table, then a gateway."""
    rate = _own(
        "businessRuleTask", "rate", extension='<zeebe:calledDecision decisionId="severity" resultVariable="severity"/>'
    )
    plan = process(start(), rate, GATE, END, flows("s>rate", "rate>g", f"g>t:{condition}", "g>e", "t>e"))
    return {"p.bpmn": plan, "start.form": first, "s.dmn": dmn}


WHOLE = [('"quality"', "major"), ('"price"', "minor")]


def test_a_table_that_takes_every_option_is_well():
    assert said(decided(table("kind", WHOLE))) == []


def test_an_option_that_no_rule_takes_is_found_in_the_form():
    assert said(decided(table("kind", WHOLE[:1]))) == [("option-without-rule", "kind")]


@pytest.mark.parametrize("last", [("-", "minor"), ('not("quality")', "minor")])
def test_a_rule_for_the_rest_takes_every_option(last: tuple[str, str]):
    assert said(decided(table("kind", [WHOLE[0], last]))) == []


def test_a_default_answer_is_for_the_rest():
    assert said(decided(table("kind", WHOLE[:1], default='"minor"'))) == []


def test_an_option_that_the_column_does_not_allow_is_found():
    assert said(decided(table("kind", WHOLE, allowed='"quality"'))) == [("option-without-rule", "kind")]


def test_an_option_that_a_gateway_leads_elsewhere_needs_no_rule():
    files = decided(table("kind", WHOLE[:1]))
    files["p.bpmn"] = files["p.bpmn"].replace(
        b'<sequenceFlow id="s_rate" sourceRef="s" targetRef="rate"></sequenceFlow>',
        b'<exclusiveGateway id="h" name="h" default="h_rate"/><sequenceFlow id="s_h" sourceRef="s" targetRef="h"/>'
        b'<sequenceFlow id="h_rate" sourceRef="h" targetRef="rate"/><sequenceFlow id="h_e" sourceRef="h" targetRef="e">'
        b'<conditionExpression>=kind = "price"</conditionExpression></sequenceFlow>',
    )

    assert said(files) == []


def test_a_cell_that_waits_for_what_no_option_gives_is_found():
    found = said(decided(table("kind", [*WHOLE, ('"colour"', "minor")])))

    assert found == [("decision-value-never-given", "r3")]


def test_a_condition_on_what_no_rule_answers_is_found():
    assert said(decided(table("kind", WHOLE), 'severity = "grave"')) == [("value-never-given", "g_t")]


def test_a_decision_whose_input_nothing_gives_is_found():
    assert said(decided(table("knid", WHOLE))) == [("decision-input-missing", "rate")]


def test_input_data_that_only_names_what_a_column_reads_is_no_variable():
    named = (
        table("kind", WHOLE)
        .replace(
            b"<decision id",
            b'<inputData id="k" name="Kind of complaint"><variable name="Kind of complaint"/></inputData><decision id',
        )
        .replace(
            b"<decisionTable",
            b'<informationRequirement><requiredInput href="#k"/></informationRequirement><decisionTable',
        )
    )

    assert [code for code, _ in said(decided(named))] == []


def test_functions_of_a_decision_file_are_no_variables():
    rated = (
        table("rate(kind)", [("-", "major")])
        .replace(
            b"<decision id",
            b'<businessKnowledgeModel id="r" name="rate"><encapsulatedLogic><formalParameter name="x"/><literalExpression>'
            b"<text>x</text></literalExpression></encapsulatedLogic></businessKnowledgeModel><decision id",
        )
        .replace(
            b"<decisionTable",
            b'<knowledgeRequirement><requiredKnowledge href="#r"/></knowledgeRequirement><decisionTable',
        )
    )

    assert said(decided(rated)) == []


def test_two_plans_that_ask_one_table_count_together():
    other = form("other", field("kind", "radio", of=["colour"]))
    files = decided(table("kind", [*WHOLE, ('"colour"', "minor")]))
    second = files["p.bpmn"].replace(b'process id="p"', b'process id="q"').replace(b'formId="start"', b'formId="other"')

    assert said({**files, "q.bpmn": second, "other.form": other}) == []


def test_options_that_are_no_plain_values_are_left_alone():
    odd = form("start", {"type": "radio", "key": "kind", "label": "k", "values": [{"label": "a", "value": {"x": [1]}}]})

    assert said(decided(table("kind", WHOLE), first=odd)) == []


# --- side by side ------------------------------------------------------------------------------------------------


def _members(results: str, condition: str) -> dict[str, bytes]:
    loop = (
        '<multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=[1, 2]" '
        f'inputElement="one"{results}/></extensionElements></multiInstanceLoopCharacteristics>'
    )
    plan = process(
        start(), user("work", inside=loop), GATE, END, flows("s>work", "work>g", f"g>t:{condition}", "g>e", "t>e")
    )
    return {"p.bpmn": plan, "start.form": START, "work.form": WORK}


def test_members_that_all_write_what_is_read_later_are_found():
    assert said(_members("", 'finding = "yes"')) == [("set-in-parallel", "work")]


def test_members_whose_answers_are_gathered_are_well():
    gathered = ' outputCollection="findings" outputElement="=finding"'

    assert said(_members(gathered, 'list contains(findings, "yes")')) == []


def test_an_event_subprocess_that_sets_what_the_process_decides_by_is_found():
    handler = (
        '<subProcess id="h" name="h" triggeredByEvent="true"><startEvent id="hs" name="hs" isInterrupting="false">'
        '<timerEventDefinition id="td"><timeDuration>PT1H</timeDuration></timerEventDefinition></startEvent>'
        + user("again", "work")
        + '<endEvent id="he" name="he"/>'
        + flows("hs>again", "again>he")
        + "</subProcess>"
    )

    reported = handler.replace(
        '<timerEventDefinition id="td"><timeDuration>PT1H</timeDuration></timerEventDefinition>',
        '<extensionElements><zeebe:formDefinition formId="work"/></extensionElements><messageEventDefinition messageRef="m"/>',
    )
    files = gated('finding = "yes"', reported)
    message = b'<message id="m" name="turn"><extensionElements><zeebe:subscription correlationKey="=kind"/></extensionElements></message>'
    files["p.bpmn"] = files["p.bpmn"].replace(b"<process ", message + b"<process ", 1)

    assert said(gated('finding = "yes"', handler)) == [("set-in-parallel", "h")]
    assert said(files) == []  # what is reported is meant to replace what was known
    assert said(gated('finding = "yes"', handler.replace('isInterrupting="false"', 'isInterrupting="true"'))) == []


# --- size --------------------------------------------------------------------------------------------------------


def test_a_family_of_many_processes_knows_who_calls_whom():
    files = {
        f"p{n}.bpmn": process(
            f'<startEvent id="s{n}" name="s"/>',
            _call(f"p{n + 1}"),
            f'<endEvent id="e{n}" name="e"/>',
            flows(f"s{n}>call_p{n + 1}", f"call_p{n + 1}>e{n}"),
            key=f"p{n}",
        )
        for n in range(20)
    }
    family, _ = Family.read(files)

    calls = Calls.of(family)

    assert [process.id for process, _ in calls.callers["p7"]] == ["p6"]
    assert calls.is_dynamic is False
