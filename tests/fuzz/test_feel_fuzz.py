"""Random expressions, from the grammar and from noise: a value, FeelError with a column, or null; soon, and never else.

An example is ten inputs: `make fuzz` (5,000 examples a test) tries 100,000 of them.
"""

import gc
import html
import re
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine import decisions, feel
from engine.decisions.analysis import analyse
from engine.errors import EngineError
from engine.feel.builtins import BUILTINS
from engine.feel.literals import write

CONTEXT: dict[str, Any] = {
    "n": 3,
    "x": 2.5,
    "s": "投诉 abc",
    "b": True,
    "xs": [1, 2, 3, None, "a"],
    "people": [{"name": "A", "age": 30}, {"name": "B"}],
    "d": date(2024, 2, 29),
    "at": datetime(2024, 2, 29, 10, 0, tzinfo=UTC),
    "big": 10**40,
    "nothing": None,
    "first name": "Wu",
}
#: Processor time of one input in seconds, compiled and run. The bound that users see is 0.1.
SLOWEST = 0.1

_atoms = st.sampled_from(
    [
        *CONTEXT,
        *("1", "0", "-1", "2.5", "10 ** 30", "99999999999999999999999999999999999", "1e6000", "true", "null", "?"),
        *('"a"', '""', '"(a+)+$"', '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"', '"\\\\d{2,}"', '"P1D"', '"2024-01-01"'),
        *('@"2024-01-31"', '@"PT36H"', '@"P1Y"', '@"10:00:00Z"', '@"2024-01-31T10:00:00"', "[]", "{}", "[1..5)"),
        *("1..1000000000", "1..300", "[1..1000000000]", "partial", "item", "unknown"),
    ]
)
_operators = st.sampled_from(["+", "-", "*", "/", "**", "=", "!=", "<", ">=", " and ", " or ", " in ", " instance of "])
_builtins = st.sampled_from(sorted(BUILTINS))


def _grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    few = st.lists(inner, min_size=0, max_size=4)
    return st.one_of(
        st.tuples(inner, _operators, inner).map("".join),
        st.tuples(_builtins, few).map(lambda t: f"{t[0]}({', '.join(t[1])})"),
        few.map(lambda items: f"[{', '.join(items)}]"),
        few.map(lambda items: "{" + ", ".join(f"k{n}: {item}" for n, item in enumerate(items)) + "}"),
        st.tuples(inner, inner).map(lambda t: f"{t[0]}[{t[1]}]"),
        st.tuples(inner, inner).map(lambda t: f"for i in {t[0]} return {t[1]}"),
        st.tuples(inner, inner, inner).map(lambda t: f"for i in {t[0]}, j in {t[1]} return {t[2]}"),
        st.tuples(inner, inner).map(lambda t: f"some i in {t[0]} satisfies {t[1]}"),
        st.tuples(inner, inner, inner).map(lambda t: f"if {t[0]} then {t[1]} else {t[2]}"),
        st.tuples(inner, inner).map(lambda t: f"(function(i) {t[0]})({t[1]})"),
        st.tuples(inner, inner).map(lambda t: f"{{f: function(i) if i > 9 then {t[0]} else f(i + 1), r: f({t[1]})}}.r"),
        st.tuples(inner, st.sampled_from(["name", "year", "days", "start", "f"])).map(".".join),
        st.tuples(inner, inner).map(lambda t: f"[{t[0]}..{t[1]}]"),
        inner.map(lambda t: f"({t})"),
        inner.map(lambda t: f"-{t}"),
    )


EXPRESSIONS = st.recursive(_atoms, _grow, max_leaves=12)
NOISE = st.one_of(
    st.text(max_size=60),
    st.binary(max_size=60).map(lambda data: data.decode("utf-8", "replace")),
    st.lists(
        st.sampled_from([*'()[]{}.,:"\\@?+-*/<>=! \n', "in", "for", "..", "1", "a", "not", "if "]), max_size=40
    ).map("".join),
)


def _try(text: str) -> None:
    refused = []
    gc.disable()  # a collection of hypothesis' own objects is not our time,
    tracer = sys.gettrace()
    sys.settrace(None)  # nor is its tracing of failures, ten times slower
    started = time.thread_time()
    try:
        value, _ = feel.compile(text, CONTEXT).evaluate_explained(CONTEXT)
        write(value)
    except feel.FeelError as refusal:
        refused.append(refusal)
    try:
        passes = feel.compile_unary(text, CONTEXT).matches(3, CONTEXT)
    except feel.FeelError as refusal:
        refused.append(refusal)
        passes = None
    seconds = time.thread_time() - started
    gc.enable()
    sys.settrace(tracer)
    assert passes in (True, False, None)
    assert all(refusal.column >= 1 and refusal.zh and refusal.en for refusal in refused)
    assert seconds < 2 * SLOWEST, text  # two inputs: an expression and a cell


@given(st.lists(EXPRESSIONS, min_size=10, max_size=10))
def test_any_expression_gives_a_value_or_a_clear_refusal(texts: list[str]) -> None:
    for text in texts:
        _try(text)


@given(st.lists(NOISE, min_size=10, max_size=10))
def test_noise_gives_a_value_or_a_clear_refusal(texts: list[str]) -> None:
    for text in texts:
        _try(text)


def _pieces() -> st.SearchStrategy[bytes]:
    """Return DMN files with pieces of a good one cut out, doubled or overwritten."""
    good = (Path(__file__).parent / "severity.dmn").read_bytes()
    cuts = st.lists(
        st.tuples(st.integers(0, len(good)), st.integers(0, 40), st.binary(max_size=8)), min_size=1, max_size=6
    )

    def cut(changes: list[tuple[int, int, bytes]]) -> bytes:
        data = good
        for start, length, new in changes:
            data = data[:start] + new + data[start + length :]
        return data

    texts = st.lists(
        st.tuples(st.sampled_from(re.findall(rb">([^<>]+)<|\"([^\"<>]+)\"", good)), EXPRESSIONS), max_size=4
    )

    def replace(changes: list[tuple[tuple[bytes, bytes], str]]) -> bytes:
        data = good
        for found, new in changes:
            data = data.replace(found[0] or found[1], html.escape(new).encode(), 1)
        return data

    return st.one_of(cuts.map(cut), texts.map(replace))


@given(_pieces())
def test_a_damaged_table_gives_findings_or_a_clear_refusal(data: bytes) -> None:
    refused = None
    try:
        model = decisions.load(data)
        analyse(model)
        for decision in model.decisions:
            model.explain(decision, {"decibels": 60, "at_night": True})
    except EngineError as refusal:
        refused = refusal
    assert refused is None or (refused.zh and refused.en)
