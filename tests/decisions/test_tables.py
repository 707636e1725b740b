"""Decision tables: every hit policy, defaults, allowed values, and honest faults with rule and cell."""

from decimal import Decimal

import pytest

from engine import decisions
from tests.decisions.build import decision, definitions, model, output, table

ROWS = ("< 10 | 1", "[5..20] | 2", "> 15 | 3")


def one(policy: str, *rules: str, more: str = "") -> decisions.Model:
    return model(decision("d", table(policy, "x", "o", *rules, more=more)))


@pytest.mark.parametrize(
    ("policy", "x", "value"),
    [
        ("UNIQUE", 1, 1),
        ("UNIQUE", 7, None),
        ("UNIQUE", "a", None),
        ("FIRST", 7, 1),
        ("FIRST", 16, 2),
        ("ANY", 1, 1),
        ("ANY", 7, None),
        ("RULE ORDER", 7, [1, 2]),
        ("RULE ORDER", 1, [1]),
        ("COLLECT", 17, [2, 3]),
        ("U", 30, 3),
        ("R", 7, [1, 2]),
    ],
)
def test_a_hit_policy_chooses(policy: str, x: object, value: object) -> None:
    assert one(policy, *ROWS).evaluate("d", {"x": x}) == value


def test_any_takes_rules_that_agree() -> None:
    assert one("ANY", "< 10 | 1 + 1", "> 5 | 2").evaluate("d", {"x": 7}) == 2


@pytest.mark.parametrize(
    ("aggregation", "value", "nothing"), [("SUM", 5, None), ("MIN", 2, None), ("MAX", 3, None), ("COUNT", 2, 0)]
)
def test_collect_aggregates(aggregation: str, value: int, nothing: int | None) -> None:
    made = one("COLLECT", *ROWS, more=f'aggregation="{aggregation}"')

    assert made.evaluate("d", {"x": 17}) == value
    assert made.evaluate("d", {"x": None}) == nothing


def test_lists_of_hits_are_empty_when_no_rule_hits() -> None:
    for policy in ("COLLECT", "RULE ORDER", "OUTPUT ORDER"):
        assert one(policy, *ROWS).evaluate("d", {"x": "none"}) == []


def _prioritised(policy: str) -> decisions.Model:
    text = table(policy, "x", "o|p", '> 1 | "low" | 1', '> 2 | "high" | 2', '> 3 | "low" | 3')
    text = text.replace('<output name="o"/>', output("o", '"high", "low"')).replace(
        '<output name="p"/>', output("p", "3, 2, 1")
    )
    return model(decision("d", text))


def test_priority_takes_the_first_output_value() -> None:
    assert _prioritised("PRIORITY").evaluate("d", {"x": 5}) == {"o": "high", "p": 2}


def test_output_order_sorts_by_output_values_column_by_column() -> None:
    assert _prioritised("OUTPUT ORDER").evaluate("d", {"x": 5}) == [
        {"o": "high", "p": 2},
        {"o": "low", "p": 3},
        {"o": "low", "p": 1},
    ]


def test_a_default_stands_in_when_no_rule_hits() -> None:
    text = table("UNIQUE", "x", "o", "1 | 2").replace('<output name="o"/>', output("o", default='"none"'))

    assert model(decision("d", text)).evaluate("d", {"x": 5}, strict=True) == "none"


def test_cells_may_name_other_variables_and_the_input_value() -> None:
    made = one("FIRST", "? > limit and ? < limit * 2 | 1", "- | 2")

    assert made.evaluate("d", {"x": 15, "limit": 10}) == 1
    assert made.evaluate("d", {"x": 25, "limit": 10}) == 2


def test_several_outputs_make_a_context() -> None:
    made = model(decision("d", table("UNIQUE", "x|y", "a|b", '1 | "k" | 10 | x + 1')))

    assert made.evaluate("d", {"x": 1, "y": "k"}) == {"a": 10, "b": 2}


def test_an_empty_result_cell_is_null() -> None:
    assert one("UNIQUE", "1 | ").evaluate("d", {"x": 1}) is None


# --- faults ---------------------------------------------------------------------------------------------------


def _fault(made: decisions.Model, x: object) -> decisions.Fault:
    with pytest.raises(decisions.DecisionFault) as raised:
        made.evaluate("d", {"x": x}, strict=True)
    fault = raised.value.faults[0]
    assert fault.decision == "d"
    assert fault.line > 0
    assert "d" in raised.value.zh
    return fault


def test_unique_with_two_hits_names_both_rules() -> None:
    fault = _fault(one("UNIQUE", *ROWS), 7)

    assert (fault.code, fault.rules) == ("decision-not-unique", (1, 2))
    assert "1, 2" in fault.zh


def test_any_with_different_results_names_both_rules() -> None:
    fault = _fault(one("ANY", *ROWS), 17)

    assert (fault.code, fault.rules) == ("decision-any-differs", (2, 3))


def test_no_hit_without_default_is_a_fault_of_a_single_hit_table() -> None:
    assert _fault(one("UNIQUE", *ROWS), "a").code == "decision-no-hit"


def test_a_result_of_the_wrong_type_names_rule_and_cell() -> None:
    text = table("UNIQUE", "x", "a|b", '1 | 2 | "text"').replace('<output name="b"/>', output("b", type_="number"))

    fault = _fault(model(decision("d", text)), 1)

    assert (fault.code, fault.rules, fault.cell) == ("decision-type", (1,), 2)


def test_a_result_outside_the_output_values_is_a_fault() -> None:
    text = table("UNIQUE", "x", "a", '1 | "c"').replace('<output name="a"/>', output("a", '"a", "b"'))

    assert _fault(model(decision("d", text)), 1).code == "decision-output-value"


def test_an_input_outside_its_values_is_a_fault() -> None:
    values = "<inputValues><text>1, 2</text></inputValues></input>"
    made = model(decision("d", table("UNIQUE", "x", "a", "- | 1").replace("</input>", values)))

    assert _fault(made, 3).code == "decision-input-value"
    assert made.evaluate("d", {"x": 3}) is None
    assert made.evaluate("d", {"x": 2}) == 1


def test_sums_of_two_outputs_are_a_fault() -> None:
    made = model(decision("d", table("COLLECT", "x", "a|b", "- | 1 | 2", more='aggregation="SUM"')))

    assert _fault(made, 1).code == "decision-aggregation"


def test_an_unknown_policy_is_a_finding_with_its_line() -> None:
    made = decisions.load(definitions("\n\n" + decision("d", table("UNIKE", "x", "o", "1 | 2"))))

    assert [(f.code, f.line, f.element) for f in made.findings] == [("decision-hit-policy", 3, "d")]
    assert made.evaluate("d", {"x": 1}) is None


def test_a_faulty_cell_is_a_finding_with_rule_and_column_and_never_hits() -> None:
    made = decisions.load(definitions(decision("d", table("FIRST", "x", "o", "1 + | 1", "- | 2"))))

    assert [f.code for f in made.findings] == ["decision-expression"]
    assert "规则 1" in made.findings[0].zh
    assert "第" in made.findings[0].zh  # where in the cell
    assert made.evaluate("d", {"x": 1}) == 2


def test_a_rule_with_missing_cells_is_a_finding() -> None:
    text = table("FIRST", "x", "o", "1 | 1").replace("<inputEntry><text>1</text></inputEntry>", "", 1)

    assert [f.code for f in decisions.load(definitions(decision("d", text))).findings] == ["decision-rule-cells"]


def test_explain_shows_cells_hits_and_values() -> None:
    made = one("COLLECT", *ROWS)

    explained = made.explain("d", {"x": 7})

    assert explained.value == [Decimal(1), Decimal(2)]
    (shown,) = explained.tables
    assert shown["hits"] == [1, 2]
    assert shown["inputs"] == [{"label": "x", "text": "x", "value": 7}]
    assert [rule["cells"] for rule in shown["rules"]] == [[True], [True], [False]]
    assert [rule["outputs"] for rule in shown["rules"]] == [[1], [2], []]


def test_explain_of_first_shows_the_later_hits_too() -> None:
    assert one("FIRST", *ROWS).explain("d", {"x": 7}).tables[0]["hits"] == [1, 2]
