"""No expression hangs or fills the memory: each bound is met with a refusal that says so."""

from decimal import Decimal

import pytest

from engine import feel
from engine.feel.grammar import MAX_DEPTH
from engine.feel.lexer import MAX_TEXT


@pytest.mark.parametrize(
    "text",
    [
        "for i in 1..1000000000 return i",
        "for i in 1..1000, j in 1..1000 return i * j",
        "some i in 1..1000000000 satisfies i < 0",
        "{f: function(n) f(n + 1), r: f(1)}.r",
        "{f: function(n) [f(n), f(n)], r: f(1)}.r",
        "for i in 1..1000000000 return exp(i)",
        "for i in 1..1000000000 return 2 ** 0.3",
        '(for i in 1..40 return if i = 1 then "0123456789" else partial[-1] + partial[-1])[-1]',
        "count((for i in 1..40 return if i = 1 then [1, 2] else concatenate(partial[-1], partial[-1]))[-1])",
        "count(for i in 1..100000 return partial)",
        "sort(for i in 1..15000 return modulo(i * 7919, 30011))",
        "[1..1000000000][item > 5] = (for i in [1..1000000000] return i)",
    ],
)
def test_work_without_end_is_stopped(text: str) -> None:
    expression = feel.compile(text)

    with pytest.raises(feel.FeelLimit) as stopped:
        expression.evaluate({})

    assert stopped.value.zh
    assert stopped.value.en


def test_a_pattern_that_would_never_answer_is_null() -> None:
    value, notes = feel.compile('matches(s, "^(a|aa)+$")').evaluate_explained({"s": "a" * 60 + "!"})

    assert value is None
    assert notes


@pytest.mark.parametrize(
    "pattern", ["(((a{1000}){1000}){1000}){1000}", "(a{0,500}){0,500}", "a{999999}", "((((a{9}){9}){9}){9}){9}"]
)
def test_a_pattern_that_would_fill_the_memory_is_null(pattern: str) -> None:
    assert feel.compile("matches(s, p)").evaluate({"s": "a", "p": pattern}) is None


def test_patterns_that_never_answer_end_the_evaluation() -> None:
    text = 'for i in 1..100 return matches(s, "^(a|aa)+$")'

    with pytest.raises(feel.FeelLimit):
        feel.compile(text).evaluate({"s": "a" * 60 + "!"})


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(feel.FeelError):
        feel.compile("1" + "+1" * MAX_TEXT)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 1000 + "x" + "]" * 1000,
        "{a:" * 500 + "x" + "}" * 500,
        "-" * 2000 + "x",
        "if " * 2000,
        "not(" * 800 + "x" + ")" * 800,
    ],
)
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(feel.FeelError):
        feel.compile(text)


def test_nesting_up_to_the_bound_works() -> None:
    depth = MAX_DEPTH - 1
    value = feel.compile("[" * depth + "1" + "]" * depth).evaluate({})

    for _ in range(depth):
        assert isinstance(value, list)
        value = value[0]
    assert value == 1


def test_a_number_out_of_range_is_refused_when_written_and_null_when_calculated() -> None:
    with pytest.raises(feel.FeelError):
        feel.compile("1e9999")
    assert feel.compile("10 ** 6144 * 10").evaluate({}) is None


def test_a_huge_number_in_the_data_is_no_crash() -> None:
    assert feel.compile("n + 1").evaluate({"n": 10**10000}) is None
    assert feel.compile("n > 1").evaluate({"n": 10**10000}) is True
    assert feel.compile("n * 2").evaluate({"n": float("nan")}) is None
    assert feel.compile("n > 2").evaluate({"n": Decimal("NaN")}) is None
    assert feel.compile("-n").evaluate({"n": Decimal("1E+9999")}) is None


def test_data_that_nest_too_deep_are_refused() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]

    with pytest.raises(feel.FeelLimit):
        feel.compile("a = b").evaluate({"a": deep, "b": [deep]})


def test_a_long_chain_of_conditions_is_fine() -> None:
    text = " or ".join(f"x = {n}" for n in range(50))

    assert feel.compile(text).evaluate({"x": 49}) is True
