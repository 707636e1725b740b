"""Expressions of Camunda 7 as FEEL."""

from __future__ import annotations

import pytest

from engine import feel
from engine.interchange import juel

TRANSLATED = [
    ("${a == b && !c}", "a = b and c != true"),
    ("#{amount >= 1000 || kind eq 'x'}", 'amount >= 1000 or kind = "x"'),
    ("${!(a > 5)}", "(a > 5) != true"),
    ("${not empty x and y lt 4}", '((x = null or x = "" or x = [] or x = {}) = true) != true and y < 4'),
    ("${ok ? 'a' : 'b'}", 'if ok then "a" else "b"'),
    ("${(a + b) * 2 % 3 == 0}", "modulo((a + b) * 2, 3) = 0"),
    ("${a - (b - c)}", "a - (b - c)"),
    ("${-a < 2}", "-a < 2"),
    ("${order.items[0].price}", "order.items[1].price"),
    ("${order['price']}", "order.price"),
    ("${loopCounter == 0}", "(loopCounter - 1) = 0"),
    ("编号 ${n}", '"编号 " + (if (n) = null then "" else string(n))'),
    ("${a == '}'}", 'a = "}"'),
    ("${state.equals('done')}", '(state = ("done"))'),
    ("${execution.getVariable('x') > 1}", "x > 1"),
    (
        "${items.size() == 0 || name.isEmpty()}",
        'count(items) = 0 or ((name = null or name = "" or name = [] or name = {}) = true)',
    ),
    ("${name.toLowerCase().startsWith('a')}", 'starts with(lower case(name), "a")'),
    ("${all.contains(one)}", "(if all instance of string then contains(all, one) else list contains(all, one))"),
]


@pytest.mark.parametrize(("author", "expected"), TRANSLATED)
def test_comparisons_logic_and_paths_are_translated(author, expected):
    assert juel.translate(author) == expected


@pytest.mark.parametrize("author", [author for author, _ in TRANSLATED])
def test_what_is_translated_is_feel(author):
    feel.compile(juel.translate(author))


@pytest.mark.parametrize(
    ("author", "context", "expected"),
    [
        ("${!c}", {}, True),
        ("${!c}", {"c": True}, False),
        ("${!(a > 5)}", {}, True),
        ("${empty x}", {"x": []}, True),
        ("${empty x}", {"x": "abc"}, False),
        ("${empty x}", {}, True),
        ("${not empty x}", {"x": [1]}, True),
        ("${items[0] == 'a'}", {"items": ["a", "b"]}, True),
    ],
)
def test_absent_values_count_as_they_do_there(author, context, expected):
    assert feel.compile(juel.translate(author)).evaluate(context) is expected


@pytest.mark.parametrize(
    ("author", "column"),
    [
        ("${service.check(x)}", 3),
        ("${now()}", 3),
        ("${execution.id == 1}", 3),
        ("${a = b}", 5),
        ("${a == }", 7),
        ("${a == b", 8),
        ("${}", 3),
        ("${a; b}", 4),
        ("${" + "(" * 200 + "1" + ")" * 200 + "}", 63),
        ("${" + "!" * 200 + "a}", 62),
    ],
)
def test_calls_and_nonsense_are_refused_at_their_column(author, column):
    with pytest.raises(juel.JuelRefused) as refused:
        juel.translate(author)

    assert refused.value.column == column
