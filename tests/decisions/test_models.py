"""Requirement graphs, boxed expressions, types, functions, services and imports."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from engine import decisions
from engine.errors import InvalidPlan, NotFound
from engine.feel import FeelLimit
from engine.xml import XmlRefused
from tests.decisions.build import decision, definitions, input_data, literal, model, table

PERSON = (
    '<itemDefinition name="tPerson"><itemComponent name="full name"><typeRef>string</typeRef></itemComponent>'
    '<itemComponent name="age"><typeRef>tAge</typeRef></itemComponent></itemDefinition>'
    '<itemDefinition name="tAge"><typeRef>number</typeRef><allowedValues><text>[0..150]</text></allowedValues></itemDefinition>'
    '<itemDefinition name="tPeople" isCollection="true"><typeRef>tPerson</typeRef></itemDefinition>'
)


# --- graphs ---------------------------------------------------------------------------------------------------


def test_a_decision_uses_inputs_and_other_decisions() -> None:
    made = model(
        input_data("monthly pay")
        + decision("year", literal("12 * monthly pay"), "i:#monthly pay")
        + decision("text", literal('"You earn " + string(year)'), "d:#year")
    )

    assert made.evaluate("text", {"monthly pay": 100}) == "You earn 1200"
    assert made.decisions["text"].inputs == {"monthly pay": ""}
    assert made.decisions["text"].requires == ("year",)


def test_a_table_without_declared_inputs_reads_what_it_is_given() -> None:
    assert model(decision("d", table("FIRST", "a", "o", "> 1 | b"))).evaluate("d", {"a": 2, "b": 5}) == 5


def test_a_declared_input_is_seen_only_where_it_is_required() -> None:
    made = model(input_data("a") + decision("d", literal("a")) + decision("e", literal("a"), "i:#a"))

    assert made.evaluate("d", {"a": 1}) is None
    assert made.evaluate("e", {"a": 1}) == 1


def test_a_name_that_nothing_provides_is_a_warning_where_requirements_are_drawn() -> None:
    made = decisions.load(
        definitions(
            input_data("a")
            + decision("d", table("FIRST", "a", "o", "< limmit | 1", "- | sum([a, b])"), "i:#a")
            + decision("e", literal("undeclared + 1"))
            + _knowledge("f", "n", literal("n + m"))
        )
    )

    assert [(f.code, f.element) for f in made.findings] == [("decision-unknown-name", key) for key in ("d", "d", "f")]
    assert "limmit" in made.findings[0].zh


def test_names_with_signs_and_keywords_are_one_name() -> None:
    made = model(
        input_data("pay/month - net")
        + input_data("in and out")
        + decision("d", literal("pay/month - net * 2 + in and out"), "i:#pay/month - net", "i:#in and out")
    )

    assert made.evaluate("d", {"pay/month - net": 10, "in and out": 1}) == 21


def test_a_long_chain_of_decisions_is_no_recursion() -> None:
    chain = "".join(decision(f"d{n}", literal(f"d{n - 1} + 1"), f"d:#d{n - 1}") for n in range(1, 2000))

    assert model(decision("d0", literal("0")) + chain).evaluate("d1999", {}) == 1999


def test_requirements_in_a_circle_are_findings() -> None:
    made = decisions.load(definitions(decision("a", literal("b"), "d:#b") + decision("b", literal("a"), "d:#a")))

    assert {finding.code for finding in made.findings} == {"decision-cycle"}
    assert made.evaluate("a", {}) is None


def test_a_decision_without_logic_is_null_and_a_warning() -> None:
    made = decisions.load(definitions(decision("a", "")))

    assert made.evaluate("a", {}) is None
    assert [finding.code for finding in made.findings] == ["decision-empty"]


def test_a_missing_reference_is_a_finding() -> None:
    made = decisions.load(definitions(decision("a", literal("1"), "d:#nowhere")))

    assert [finding.code for finding in made.findings] == ["decision-reference"]


def test_an_unknown_decision_is_not_found() -> None:
    with pytest.raises(NotFound):
        model(decision("a", literal("1"))).evaluate("b", {})


def test_a_faulty_expression_spoils_only_its_own_decision() -> None:
    made = decisions.load(definitions(decision("a", literal("1 +")) + decision("b", literal("2"))))

    assert [(f.code, f.element) for f in made.findings] == [("decision-expression", "a")]
    assert made.evaluate("a", {}) is None
    assert made.evaluate("b", {}) == 2


# --- boxed expressions ----------------------------------------------------------------------------------------


def _entry(name: str, logic: str, type_: str = "") -> str:
    ref = f' typeRef="{type_}"' if type_ else ""
    variable = f'<variable name="{name}"{ref}/>' if name else ""
    return f"<contextEntry>{variable}{logic}</contextEntry>"


def test_a_context_sees_its_earlier_entries_and_gives_its_last_unnamed_one() -> None:
    named = f"<context>{_entry('a b', literal('1'))}{_entry('c', literal('a b + 1'))}</context>"
    result = f"<context>{_entry('a', literal('1'))}{_entry('', literal('a + 10'))}</context>"
    made = model(decision("named", named) + decision("result", result))

    assert made.evaluate("named", {}) == {"a b": 1, "c": 2}
    assert made.evaluate("result", {}) == 11


def test_a_function_in_a_context_may_call_itself() -> None:
    body = literal("if n = 0 then 1 else n * f(n - 1)")
    function = f'<functionDefinition><formalParameter name="n"/>{body}</functionDefinition>'
    made = model(decision("d", f"<context>{_entry('f', function)}{_entry('', literal('f(5)'))}</context>"))

    assert made.evaluate("d", {}) == 120


def test_a_list_and_a_relation() -> None:
    rows = "".join(f"<row>{literal(n)}{literal(text)}</row>" for n, text in [("1", '"x"'), ("2", '"y"')])
    relation = f'<relation><column name="n"/><column name="s"/>{rows}</relation>'
    made = model(decision("l", f"<list>{literal('1')}{literal('1 + 1')}</list>") + decision("r", relation))

    assert made.evaluate("l", {}) == [1, 2]
    assert made.evaluate("r", {}) == [{"n": 1, "s": "x"}, {"n": 2, "s": "y"}]


def test_a_conditional_a_filter_and_iterators() -> None:
    made = model(
        decision(
            "if",
            f"<conditional><if>{literal('x > 1')}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>",
        )
        + decision("filter", f"<filter><in>{literal('[1, 2, 3]')}</in><match>{literal('item > x')}</match></filter>")
        + decision(
            "members", f"<filter><in>{literal('[{a: 1}, {a: 5}]')}</in><match>{literal('a > x')}</match></filter>"
        )
        + decision(
            "for", f'<for iteratorVariable="i"><in>{literal("1..3")}</in><return>{literal("i * x")}</return></for>'
        )
        + decision(
            "some",
            f'<some iteratorVariable="i"><in>{literal("[1, 2]")}</in><satisfies>{literal("i > x")}</satisfies></some>',
        )
        + decision(
            "every",
            f'<every iteratorVariable="i"><in>{literal("[1, 2]")}</in><satisfies>{literal("i < x")}</satisfies></every>',
        )
    )

    assert {name: made.evaluate(name, {"x": 2}) for name in made.decisions} == {
        "if": 1,
        "filter": [3],
        "members": [{"a": 5}],
        "for": [2, 4, 6],
        "some": False,
        "every": False,
    }


# --- functions ------------------------------------------------------------------------------------------------


def _knowledge(name: str, parameters: str, logic: str, needs: str = "", type_: str = "") -> str:
    formal = "".join(
        f'<formalParameter name="{p.partition(":")[0]}"'
        + (f' typeRef="{p.partition(":")[2]}"' if ":" in p else "")
        + "/>"
        for p in parameters.split(",")
    )
    need = f'<knowledgeRequirement><requiredKnowledge href="#{needs}"/></knowledgeRequirement>' if needs else ""
    ref = f' typeRef="{type_}"' if type_ else ""
    return (
        f'<businessKnowledgeModel id="{name}" name="{name}"><variable name="{name}"{ref}/>'
        f"<encapsulatedLogic>{formal}{logic}</encapsulatedLogic>{need}</businessKnowledgeModel>"
    )


def test_knowledge_models_are_called_and_call_each_other() -> None:
    made = model(
        _knowledge("double", "n:number", literal("n * 2"))
        + _knowledge("four", "n", literal("double(double(n))"), "double")
        + decision("d", literal("four(3)"), "k:#four")
    )

    assert made.evaluate("d", {}) == 12
    assert made.invoke("four", {"n": 1}) == 4
    assert made.invoke("four", [2]) == 8


def test_a_knowledge_model_may_hold_a_table() -> None:
    made = model(_knowledge("grade", "n", table("FIRST", "n", "o", '> 5 | "high"', '- | "low"')))

    assert made.invoke("grade", {"n": 6}) == "high"


def test_an_invocation_binds_by_name() -> None:
    bind = (
        f'<binding><parameter name="b"/>{literal("1")}</binding><binding><parameter name="a"/>{literal("5")}</binding>'
    )
    made = model(
        _knowledge("minus", "a,b", literal("a - b"))
        + decision("d", f"<invocation>{literal('minus')}{bind}</invocation>", "k:#minus")
    )

    assert made.evaluate("d", {}) == 4


def test_an_argument_of_the_wrong_type_is_null_and_a_fault() -> None:
    made = model(
        _knowledge("double", "n:number", literal("n * 2")) + decision("d", literal('double("x")'), "k:#double")
    )

    assert made.evaluate("d", {}) is None
    with pytest.raises(decisions.DecisionFault):
        made.evaluate("d", {}, strict=True)


def test_a_knowledge_model_that_never_ends_is_stopped() -> None:
    made = model(_knowledge("f", "n", literal("f(n + 1)")) + decision("d", literal("f(1)"), "k:#f"))

    with pytest.raises(FeelLimit):
        made.evaluate("d", {})


def test_a_tuple_is_a_list_for_an_input_of_a_list_type() -> None:
    typed = '<itemDefinition name="tL" isCollection="true"><typeRef>number</typeRef></itemDefinition>'
    made = model(typed + input_data("n", "tL") + decision("d", literal("sum(n)"), "i:#n"))

    assert made.evaluate("d", {"n": (1, 2)}) == 3


@pytest.mark.parametrize("type_", ["tF", "tG"])
def test_a_service_may_have_a_function_type(type_: str) -> None:
    typed = '<itemDefinition name="tF"><functionItem outputTypeRef="number"><parameters name="n"/></functionItem>'
    typed += "</itemDefinition>" + '<itemDefinition name="tG"><typeRef>tF</typeRef></itemDefinition>'
    typed += input_data("n") + decision("o", literal("n"), "i:#n")
    parts = f'<variable name="s" typeRef="{type_}"/><outputDecision href="#o"/><inputData href="#n"/>'
    made = model(f'{typed}<decisionService id="s" name="s">{parts}</decisionService>')

    assert made.invoke("s", {"n": 4}) == 4
    assert made.invoke("s", {"n": "x"}) is None


def test_a_boxed_for_may_count_down() -> None:
    boxed = f'<for iteratorVariable="n"><in>{literal("top..1")}</in><return>{literal("n")}</return></for>'

    assert model(input_data("top") + decision("d", boxed, "i:#top")).evaluate("d", {"top": 3}) == [3, 2, 1]


@pytest.mark.parametrize("place", ["variable", "function"])
def test_the_type_of_a_function_that_is_no_function_type_is_that_of_its_result(place: str) -> None:
    on_variable, on_function = (' typeRef="number"' if place == own else "" for own in ("variable", "function"))
    function = f'<functionDefinition{on_function}><formalParameter name="n"/>{literal("n")}</functionDefinition>'
    calls = '[f(5), f("x")]'
    entry = f'<contextEntry><variable name="f"{on_variable}/>{function}</contextEntry>'
    made = model(decision("d", f"<context>{entry}{_entry('', literal(calls))}</context>"))

    assert made.evaluate("d", {}) == [5, None]


def test_an_external_function_is_a_warning_and_null() -> None:
    function = f'<functionDefinition kind="Java"><formalParameter name="n"/><context>{_entry("class", literal("1"))}</context></functionDefinition>'
    made = decisions.load(definitions(decision("d", function) + decision("e", literal("d(1)"), "d:#d")))

    assert [finding.code for finding in made.findings] == ["decision-external"]
    assert made.evaluate("e", {}) is None


SERVICE = (
    input_data("a")
    + decision("b", literal("a + 1"), "i:#a")
    + decision("c", literal("b * 10"), "d:#b")
    + '<decisionService id="s" name="s"><variable name="s"/><outputDecision href="#c"/><encapsulatedDecision href="#b"/>'
    + '<inputData href="#a"/></decisionService>'
    + '<decisionService id="t" name="t"><variable name="t"/><outputDecision href="#c"/><outputDecision href="#b"/>'
    + '<inputDecision href="#b"/></decisionService>'
)


def test_a_service_is_a_function_of_its_inputs() -> None:
    made = model(SERVICE + decision("d", literal("s(4)"), "k:#s"))

    assert made.invoke("s", {"a": 1}) == 20
    assert made.evaluate("d", {}) == 50


def test_evaluating_a_service_invokes_it() -> None:
    assert model(SERVICE).evaluate("s", {"a": 1}) == 20


def test_a_function_and_a_decision_may_have_one_name() -> None:
    made = model(
        _knowledge("f", "n", literal("n + 1")).replace('name="double"', 'name="x"')
        + decision("d", literal("7")).replace('name="d"', 'name="f"')
    )

    assert made.invoke("f", [1]) == 2
    assert made.evaluate("d", {}) == 7


def test_a_list_of_hits_does_not_have_the_type_of_one() -> None:
    text = PERSON + decision(
        "d", table("RULE ORDER", "x", "full name|age", '- | "A" | 1', '- | "B" | 2', more='typeRef="tPerson"')
    )

    assert model(text).evaluate("d", {"x": 1}, strict=True) == [
        {"full name": "A", "age": 1},
        {"full name": "B", "age": 2},
    ]


def test_a_service_takes_input_decisions_instead_of_making_them() -> None:
    assert model(SERVICE).invoke("t", {"b": 7}) == {"c": 70, "b": 7}


# --- types ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "type_", "value"),
    [
        ("1", "number", 1),
        ('"x"', "number", None),
        ("[1]", "number", 1),
        ("[1, 2]", "number", None),
        ("null", "number", None),
        ('@"2020-01-01"', "dateTime", datetime(2020, 1, 1, tzinfo=UTC)),
        ('@"2020-01-01"', "feel:date", date(2020, 1, 1)),
        ('{full name: "A", age: 5}', "tPerson", {"full name": "A", "age": 5}),
        ('{full name: "A", age: 500}', "tPerson", None),
        ('{full name: "A", age: 5}', "tPeople", [{"full name": "A", "age": 5}]),
        ("151", "tAge", None),
        ("[150]", "tAge", 150),
    ],
)
def test_a_result_is_made_to_fit_its_type(text: str, type_: str, value: object) -> None:
    assert model(PERSON + decision("d", literal(text), type_=type_)).evaluate("d", {}) == value


def test_an_input_of_the_wrong_type_is_null_and_a_fault() -> None:
    made = model(PERSON + input_data("p", "tPerson") + decision("d", literal("p.full name"), "i:#p"))

    assert made.evaluate("d", {"p": {"full name": "A", "age": 3}}) == "A"
    assert made.evaluate("d", {"p": {"full name": "A", "age": -3}}) is None
    with pytest.raises(decisions.DecisionFault):
        made.evaluate("d", {"p": 1}, strict=True)


def test_instance_of_knows_the_authors_types() -> None:
    made = model(
        PERSON + decision("d", literal('[{full name: "A", age: 1} instance of tPerson, 151 instance of tAge]'))
    )

    assert made.evaluate("d", {}) == [True, False]


def test_types_that_name_each_other_in_a_circle_are_a_finding() -> None:
    circle = '<itemDefinition name="a"><typeRef>b</typeRef></itemDefinition><itemDefinition name="b"><typeRef>a</typeRef></itemDefinition>'

    assert [f.code for f in decisions.load(definitions(circle)).findings] == ["decision-type-cycle"]


def test_a_type_may_hold_itself() -> None:
    tree = (
        '<itemDefinition name="tTree"><itemComponent name="children" isCollection="true"><typeRef>tTree</typeRef>'
        "</itemComponent></itemDefinition>"
    )
    made = model(tree + decision("d", literal("{children: [{children: []}]}"), type_="tTree"))

    assert made.evaluate("d", {}) == {"children": [{"children": []}]}


def test_a_type_nobody_defined_is_a_warning() -> None:
    made = decisions.load(definitions(decision("d", literal("1"), type_="tGone")))

    assert [f.code for f in made.findings] == ["decision-type-unknown"]
    assert made.evaluate("d", {}) == 1


def test_a_constraint_on_the_whole_list() -> None:
    text = (
        '<itemDefinition name="tTwo" isCollection="true"><typeRef>number</typeRef>'
        "<typeConstraint><text>count(?) = 2</text></typeConstraint></itemDefinition>"
    )
    made = model(text + decision("a", literal("[1, 2]"), type_="tTwo") + decision("b", literal("[1]"), type_="tTwo"))

    assert made.evaluate("a", {}) == [1, 2]
    assert made.evaluate("b", {}) is None


# --- imports and editions -------------------------------------------------------------------------------------

LIBRARY = definitions(
    PERSON
    + _knowledge("say hello", "name", literal('"hello " + name'))
    + input_data("who")
    + decision("base", literal("40"), "i:#who"),
    namespace="https://example.org/library",
)
IMPORT = '<import name="lib" namespace="https://example.org/library" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'


def test_imported_elements_are_known_under_the_name_of_the_import() -> None:
    body = (
        IMPORT
        + decision("d", literal("lib.base + 2"), "d:https://example.org/library#base")
        + decision("e", literal('lib.say hello("Wu")'), "k:https://example.org/library#say hello")
        + decision("f", literal("1 instance of lib.tAge"))
    )
    made = decisions.load(definitions(body), {"https://example.org/library": LIBRARY})

    assert not made.findings
    assert made.evaluate("d", {}) == 42
    assert made.evaluate("e", {}) == "hello Wu"
    assert made.evaluate("f", {}) is True


@pytest.mark.parametrize("given", [{"who": "Wu"}, {"lib.who": "Wu"}, {"lib": {"who": "Wu"}}])
def test_the_input_of_an_imported_model_is_found_by_each_of_its_names(given: dict[str, object]) -> None:
    body = IMPORT + decision("d", literal("lib.who"), "i:https://example.org/library#who")
    made = decisions.load(definitions(body), {"https://example.org/library": LIBRARY})

    assert made.evaluate("d", given) == "Wu"


def test_an_import_without_a_name_brings_the_names_themselves() -> None:
    body = IMPORT.replace('name="lib"', 'name=""') + decision(
        "d", literal("base + 2"), "d:https://example.org/library#base"
    )

    assert decisions.load(definitions(body), {"https://example.org/library": LIBRARY}).evaluate("d", {}) == 42


def test_two_imports_may_both_be_without_a_name() -> None:
    other = definitions(decision("more", literal("2")), namespace="https://example.org/other")
    nameless = IMPORT.replace('name="lib"', 'name=""')
    body = nameless + nameless.replace("org/library", "org/other")
    body += decision(
        "d", literal("base + more"), "d:https://example.org/library#base", "d:https://example.org/other#more"
    )

    made = decisions.load(
        definitions(body), {"https://example.org/library": LIBRARY, "https://example.org/other": other}
    )

    assert made.evaluate("d", {}) == 42


def test_an_imported_file_is_known_by_the_namespace_inside_it() -> None:
    body = IMPORT + decision("d", literal("lib.base"), "d:https://example.org/library#base")

    assert decisions.load(definitions(body), {"some name.dmn": LIBRARY}).evaluate("d", {}) == 40


def test_models_that_import_each_other_are_a_finding() -> None:
    back = IMPORT.replace("org/library", "org/test").replace('name="lib"', 'name="back"')
    other = definitions(back + decision("base", literal("1")), namespace="https://example.org/library")
    body = IMPORT + decision("d", literal("lib.base"), "d:https://example.org/library#base")
    given = {"https://example.org/library": other, "https://example.org/test": definitions(body)}

    made = decisions.load(definitions(body), given)

    assert made.evaluate("d", {}) == 1
    inner = made.imports["lib", "https://example.org/library"]
    assert [finding.code for finding in inner.findings] == ["decision-import-cycle"]
    itself = definitions(back)
    assert [f.code for f in decisions.load(itself, given).findings] == ["decision-import-cycle"]


def test_imports_that_multiply_stop_at_a_bound() -> None:
    def importing(number: int) -> bytes:
        imports = "".join(f'<import name="{side}" namespace="https://example.org/{number + 1}"/>' for side in "ab")
        return definitions(imports, namespace=f"https://example.org/{number}")

    given = {f"https://example.org/{number}": importing(number) for number in range(40)}

    with pytest.raises(InvalidPlan, match="import"):
        decisions.load(importing(0), given)


def test_a_missing_import_is_a_finding() -> None:
    assert [f.code for f in decisions.load(definitions(IMPORT)).findings] == ["decision-import-missing"]


@pytest.mark.parametrize("edition", sorted(decisions.NAMESPACES))
def test_every_edition_of_the_standard_reads_alike(edition: str) -> None:
    made = decisions.load(definitions(decision("d", table("FIRST", "x", "o", "> 1 | 5")), dmn=edition))

    assert made.evaluate("d", {"x": 2}) == 5


def test_what_modelers_add_is_ignored() -> None:
    more = 'xmlns:camunda="http://camunda.org/schema/1.0/dmn" camunda:historyTimeToLive="5" xmlns:modeler="urn:m" modeler:executionPlatform="x"'
    body = decision("d", "<extensionElements><camunda:x/></extensionElements>" + literal("1"))

    assert decisions.load(definitions(body, more=more)).evaluate("d", {}) == 1


def test_a_file_that_is_no_dmn_is_refused() -> None:
    with pytest.raises(InvalidPlan):
        decisions.load(b"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'/>")
    with pytest.raises(XmlRefused):
        decisions.load(b"<definitions")


def test_other_expression_languages_are_refused_with_their_place() -> None:
    text = '<literalExpression expressionLanguage="javascript"><text>1</text></literalExpression>'

    assert [f.code for f in decisions.load(definitions(decision("d", text))).findings] == ["decision-language"]


def test_values_are_plain_python() -> None:
    made = model(decision("d", literal("{a: 1.5, b: [true, null]}")))

    value = made.evaluate("d", {})

    assert value == {"a": Decimal("1.5"), "b": [True, None]}
    assert type(value["a"]) is Decimal


def test_a_file_with_too_many_expressions_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.decisions.boxes.MAX_EXPRESSIONS", 2)

    with pytest.raises(InvalidPlan):
        decisions.load(definitions(decision("d", table("FIRST", "a", "o", "1 | 2", "3 | 4"))))
