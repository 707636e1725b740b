"""Table analysis: gaps and overlaps with examples, unreachable and subsumed rules."""

import pytest

from engine.decisions.analysis import Analysis, analyse, analyse_table, tables
from engine.findings import Severity
from tests.decisions.build import decision, input_data, model, output, table


def look(policy: str, inputs: str, *rules: str, types: str = "", default: str = "") -> Analysis:
    """Return the analysis of a table; `types`: one for each input, parted by |."""
    text = table(policy, inputs, "o", *rules)
    for type_ in types.split("|") if types else []:
        text = text.replace("<inputExpression>", f'<inputExpression typeRef="{type_}">', 1)
    if default:
        text = text.replace('<output name="o"/>', output("o", default=default))
    ((_, found),) = tables(model(decision("d", text)))
    return analyse_table(found)


def examples(cases: list) -> list[dict]:
    return [case.as_json()["example"] for case in cases]


def test_a_complete_table_without_overlap_has_nothing_to_say() -> None:
    found = look("UNIQUE", "x|y", "< 5 | true | 1", ">= 5 | true | 2", "- | false | 3")

    assert found == Analysis()


def test_a_gap_is_shown_by_an_example() -> None:
    found = look("UNIQUE", "x", "< 5 | 1", "> 5 | 2")

    assert examples(found.gaps) == [{"x": 5}]


def test_a_gap_between_two_columns() -> None:
    found = look("UNIQUE", "x|y", '< 5 | "a" | 1', ">= 5 | - | 2", '< 5 | "b" | 3')

    assert examples(found.gaps) == [{"x": 4, "y": "其他"}]


def test_declared_values_close_the_gap() -> None:
    text = table("UNIQUE", "y", "o", '"a" | 1', '"b" | 2')
    text = text.replace("</input>", '<inputValues><text>"a", "b"</text></inputValues></input>')
    ((_, found),) = tables(model(decision("d", text)))

    assert analyse_table(found).gaps == []


def test_allowed_values_of_a_type_close_the_gap() -> None:
    type_ = '<itemDefinition name="tAge"><typeRef>number</typeRef><allowedValues><text>[0..9]</text></allowedValues></itemDefinition>'
    text = table("UNIQUE", "age", "o", "< 5 | 1", "[5..9] | 2").replace(
        "<inputExpression>", '<inputExpression typeRef="tAge">'
    )
    made = model(type_ + input_data("age", "tAge") + decision("d", text, "i:#age"))

    assert analyse(made) == []


def test_dates_have_no_gap_between_neighbouring_days() -> None:
    rules = ('<= date("2024-02-28") | 1', '>= date("2024-02-29") | 2')

    assert look("UNIQUE", "d", *rules).gaps == []


def test_numbers_have_a_gap_between_neighbours() -> None:
    assert examples(look("UNIQUE", "x", "<= 5 | 1", ">= 6 | 2").gaps) == [{"x": 5.5}]


@pytest.mark.parametrize(
    "rules", [('< duration("PT5H") | 1',), ('< time("10:00:00") | 1',), ("true | 1",), ('"a" | 1',)]
)
def test_gaps_of_other_types(rules: tuple[str, ...]) -> None:
    assert look("UNIQUE", "x", *rules).gaps


def test_a_default_or_a_list_policy_needs_no_completeness() -> None:
    assert look("UNIQUE", "x", "< 5 | 1", default="0").gaps == []
    assert look("COLLECT", "x", "< 5 | 1").gaps == []


def test_an_overlap_of_a_unique_table_is_shown_by_an_example() -> None:
    found = look("UNIQUE", "x|y", "<= 5 | - | 1", ">= 5 | true | 2", "> 5 | false | 3")

    assert [(case.rules, case.as_json()["example"]) for case in found.overlaps] == [((1, 2), {"x": 5, "y": True})]


def test_any_may_overlap_where_results_agree() -> None:
    assert look("ANY", "x", "<= 5 | 1", ">= 5 | 1").overlaps == []
    assert len(look("ANY", "x", "<= 5 | 1", ">= 5 | 2").overlaps) == 1


def test_first_may_overlap() -> None:
    assert look("FIRST", "x", "<= 5 | 1", "- | 2") == Analysis()


def test_a_rule_behind_others_is_unreachable() -> None:
    found = look("FIRST", "x", "< 5 | 1", ">= 5 | 2", "[3..7] | 3")

    assert [case.rules for case in found.unreachable] == [(3, 1, 2)]


def test_a_rule_that_no_value_fits_is_unreachable() -> None:
    found = look("UNIQUE", "x", "? < 5 and ? > 7 | 1", "- | 2")

    assert [case.rules for case in found.unreachable] == [(1,)]


def test_a_needless_rule_is_named() -> None:
    assert [case.rules for case in look("ANY", "x", "[3..5] | 1", "[1..9] | 1").subsumed] == [(1, 2)]
    assert [case.rules for case in look("FIRST", "x", "[3..5] | 1", "[1..9] | 1").subsumed] == [(1, 2)]
    assert look("FIRST", "x", "[3..5] | 1", "4 | 2", "[1..9] | 1").subsumed == []


def test_cells_that_cannot_be_told_raise_no_false_alarm() -> None:
    found = look("UNIQUE", "x|y", 'starts with(?, "a") | - | 1', 'not(starts with(?, "a")) | < limit | 2')

    assert found.gaps == []
    assert found.overlaps == []


def test_a_large_table_is_left_alone_and_says_so() -> None:
    columns = 12
    inputs = "|".join(f"x{n}" for n in range(columns))
    rules = [
        " | ".join(["-"] * n + [f"> {r}"] + ["-"] * (columns - n - 1)) + f" | {r}"
        for n in range(columns)
        for r in range(25)
    ]

    found = look("UNIQUE", inputs, *rules)

    assert not found.is_complete


def test_findings_name_the_line_of_the_rule_and_say_what_to_do() -> None:
    made = model(decision("d", table("UNIQUE", "x", "o", "<= 5 | 1", "\n>= 5 | 2").replace("<rule>", "\n<rule>")))

    (finding,) = analyse(made)

    assert (finding.code, finding.severity, finding.line, finding.element) == (
        "decision-overlap",
        Severity.ERROR,
        3,
        "d",
    )
    assert finding.advice_zh
    assert finding.advice_en
    assert "x = 5" in finding.zh
