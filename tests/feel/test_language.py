"""The language itself: operators, names, structures, three-valued logic. One row: an expression and its value in FEEL."""

from datetime import date

import pytest

from engine import feel
from engine.feel.values import equal

CONTEXT = {
    "n": 7,
    "half": 0.5,
    "text": "ab",
    "yes": True,
    "nothing": None,
    "first name": "Wu",
    "a-b": 5,
    "投诉 等级": 3,
    "people": [{"name": "A", "age": 30}, {"name": "B", "age": 40, "item": 1}],
    "date": "a variable that hides a name",
    "in stock": 2,
    "business days": 5,
}
CASES: dict[str, list[tuple[str, str]]] = {
    "literals": [
        ('"a\\tb\\n\\"\\\\"', '"a\\u0009b\\u000A\\u0022\\u005C"'),
        ('"\\U01F40E"', '"\\uD83D\\uDC0E"'),
        ('"\\s"', '"\\\\s"'),
        (".5 + 1.0", "1.5"),
        ("1.2e3", "1200"),
        ("1/3", "0.3333333333333333333333333333333333"),
        ("0.1 + 0.2 = 0.3", "true"),
        ("half + half", "1"),
        ('@"2020-01-01T10:00:00@Asia/Shanghai" = @"2020-01-01T02:00:00Z"', "true"),
        ('@"nonsense"', "null"),
        ("1 /* one */ + // and\n 2", "3"),
    ],
    "arithmetic": [
        ("1 + 2 * 3 - 4 / 2", "5"),
        ("2 ** 3 ** 2", "64"),
        ("-2 ** 2", "4"),
        ("2 ** -1", "0.5"),
        ("0 ** 0", "1"),
        ("0 ** -1", "null"),
        ("-n", "-7"),
        ("--n", "7"),
        ('-"a"', "null"),
        ("10 - 2 - 3", "5"),
        ("1 / 0", "null"),
        ("1 + null", "null"),
        ('1 + "a"', "null"),
        ('"a" + "b"', '"ab"'),
        ('"a" - "b"', "null"),
        ("true + 1", "null"),
        ("9999999999999999999999999999999999 + 1", "10000000000000000000000000000000000"),
        ("10 ** 7000", "null"),
        ('@"2020-01-31" + @"P1M"', '@"2020-02-29"'),
        ('@"P1D" + @"2020-01-31"', '@"2020-02-01"'),
        ('@"2020-01-31" - @"P1Y"', '@"2019-01-31"'),
        ('@"2020-01-31" - @"2020-01-01"', '@"P30D"'),
        ('@"2020-01-01T10:00:00" + @"PT26H"', '@"2020-01-02T12:00:00"'),
        ('@"2020-01-01T10:00:00Z" - @"2020-01-01T10:00:00+08:00"', '@"PT8H"'),
        ('@"2020-01-02T00:00:00Z" - @"2020-01-01"', '@"P1D"'),
        ('@"2020-01-02T00:00:00" - @"2020-01-01T00:00:00Z"', "null"),
        ('@"23:00:00" + @"PT2H"', '@"01:00:00"'),
        ('@"10:00:00" - @"08:30:00"', '@"PT1H30M"'),
        ('@"2021-03-28T01:30:00@Europe/Paris" + @"PT1H" = @"2021-03-28T03:30:00@Europe/Paris"', "true"),
        ('@"PT1H" * 1.5', '@"PT1H30M"'),
        ('2 * @"P1Y"', '@"P2Y"'),
        ('@"P1Y" / 5', '@"P2M"'),
        ('@"P1D" / @"PT6H"', "4"),
        ('@"P1Y" / @"P3M"', "4"),
        ('@"P1D" / 0', "null"),
        ('@"P1D" + @"P1Y"', "null"),
        ('@"P1D" - @"PT1H"', '@"PT23H"'),
        ('@"P1Y" - @"P1M"', '@"P11M"'),
        ('@"9999-12-31" + @"P1D"', "null"),
        ('@"P1D" * @"P1D"', "null"),
    ],
    "comparison": [
        ("1 = 1.0", "true"),
        ('1 = "1"', "null"),
        ("null = null", "true"),
        ("null = 1", "false"),
        ("null != null", "false"),
        ("1 != 2", "true"),
        ('1 != "a"', "null"),
        ("null < 1", "null"),
        ('"a" < "b"', "true"),
        ("true < false", "null"),
        ("[1, 2] = [1, 2.0]", "true"),
        ("[1, 2] = [2, 1]", "false"),
        ("{a: 1} = {a: 1}", "true"),
        ("{a: 1} = {b: 1}", "false"),
        ("[1..2] = [1..2]", "true"),
        ("[1..2] = [1..2)", "false"),
        ('@"P1Y" = @"P12M"', "true"),
        ('@"P1Y" = @"P365D"', "null"),
        ('@"2020-01-01" = @"2020-01-01T00:00:00"', "null"),
        ('@"2020-01-01" < @"2020-01-02"', "true"),
        ('@"10:00:00Z" = @"18:00:00+08:00"', "true"),
        ('@"10:00:00" < @"10:00:00Z"', "false"),
        ('@"10:00:00" < @"11:00:00Z"', "true"),
        ('@"2024-01-01T10:00:00" > @"2024-01-01T09:00:00+08:00"', "true"),
        ('@"2024-01-01T10:00:00" = @"2024-01-01T10:00:00Z"', "false"),
        ('@"10:00:00" = @"10:00:00Z"', "false"),
        ("2 between 1 and 3", "true"),
        ("n between 8 and 9", "false"),
        ("null between 1 and 3", "null"),
        ("2 between 1 and 3 and true", "true"),
        ("n in [1..7]", "true"),
        ("n in [1..7)", "false"),
        ("n in (1, 2, 7)", "true"),
        ("n in (< 5, > 6)", "true"),
        ("n in > 6", "true"),
        ("n in [1, 2, 7]", "true"),
        ("n in ([1..3], [7..9])", "true"),
        ('"b" in ["a".."c"]', "true"),
        ("[1] in [[1], [2]]", "true"),
        ("3 in [<5]", "true"),
        ("half in [0.4..0.6]", "true"),
        ('text in ("ab", null)', "true"),
        ('@"2020-06-01" in [@"2020-01-01"..@"2020-12-31"]', "true"),
        ("5 in ]5..10]", "false"),
        ("10 in [5..10[", "false"),
    ],
    "logic": [
        ("true and null", "null"),
        ("false and null", "false"),
        ("null and false", "false"),
        ("null and null", "null"),
        ("true or null", "true"),
        ("null or true", "true"),
        ("false or null", "null"),
        ("false or false", "false"),
        ("true and 1", "null"),
        ("1 or true", "true"),
        ("not(n > 5) or yes", "true"),
        ("if n > 5 then 1 else 2", "1"),
        ("if null then 1 else 2", "2"),
        ("if 1 then 1 else 2", "2"),
        ("1 + if yes then 1 else 5 + 5", "2"),
        ("some x in [1, 2] satisfies x = 2", "true"),
        ("some x in [] satisfies x = 2", "false"),
        ("some x in [1, null] satisfies x > 2", "null"),
        ("every x in [1, 2] satisfies x > 0", "true"),
        ("every x in [] satisfies x > 0", "true"),
        ("every x in [1, null] satisfies x > 1", "false"),
        ("some x in [1, 2], y in [2, 3] satisfies x = y", "true"),
        ("every x in 1..3 satisfies x < 4", "true"),
        ("some x in null satisfies true", "null"),
    ],
    "names": [
        ("first name", '"Wu"'),
        ("first   \n name", '"Wu"'),
        ("a-b", "5"),
        ("a-b - 1", "4"),
        ("a - b", "5"),
        ("(n)-(n)", "0"),
        ("投诉 等级 + 1", "4"),
        ("in stock", "2"),
        ("business days between 1 and 9", "true"),
        ("unknown thing", "null"),
        ('date("2020-01-01").year', "2020"),
        ("{a+b: 1, c: a+b + 1}.c", "2"),
        ("{🐎: 1, b: 🐎 + 1}.b", "2"),
        ('{"x y": 1}.x y', "1"),
        ("for my item in [1, 2] return my item + 1", "[2, 3]"),
    ],
    "paths and filters": [
        ("{a: {b: 1}}.a.b", "1"),
        ("{a: 1}.b", "null"),
        ("people.name", '["A", "B"]'),
        ("people[age > 35].name", '["B"]'),
        ('people[name = "A"].age', "[30]"),
        ("people[1].name", '"A"'),
        ("people[-1].name", '"B"'),
        ("people[3]", "null"),
        ("people[0]", "null"),
        ("[1, 2, 3][item >= 2]", "[2, 3]"),
        ("[1, 2, 3][n - 5]", "2"),
        ("people[item.age = 30].name", '["A"]'),
        ("people[item = 1].name", '["B"]'),
        ("[1, 2][true]", "[1, 2]"),
        ("[1, 2][null]", "[]"),
        ("5[1]", "5"),
        ("5[2]", "null"),
        ("5[item > 3]", "[5]"),
        ("null[1]", "null"),
        ("[][1]", "null"),
        ("[[1], [2, 3]][count(item) > 1]", "[[2, 3]]"),
        ("people[age > n].age", "[30, 40]"),
        ('@"2020-02-03".month', "2"),
        ('@"2020-02-03".weekday', "1"),
        ('@"2020-02-03T10:11:12+08:00".minute', "11"),
        ('@"2020-02-03T10:11:12+08:00".time offset', '@"PT8H"'),
        ('@"10:11:12@Asia/Shanghai".timezone', '"Asia/Shanghai"'),
        ('@"10:11:12".time offset', "null"),
        ('@"P1Y2M".years', "1"),
        ('@"-P1Y2M".months', "-2"),
        ('duration("-P1Y2M").months', "-2"),
        ('@"P1DT2H3M4S".hours', "2"),
        ('@"P1DT2H3M4S".years', "null"),
        ('@"P1DT2H3M4.5S".seconds', "4.5"),
        ('@"10:11:12.25".second', "12.25"),
        ("[1..5).end", "5"),
        ("[1..5).end included", "false"),
        ("[1..5).start included", "true"),
        ("(>= 5).start", "5"),
        ("(< 5).start included", "false"),
    ],
    "structures": [
        ("[1, [2], {}]", "[1, [2], {}]"),
        ("{a: 1, b: a + 1, c: {d: b}}.c.d", "2"),
        ("{a: 1, a: 2}", "null"),
        ("for i in 1..3 return i * 2", "[2, 4, 6]"),
        ("for i in 3..1 return i", "[3, 2, 1]"),
        ("for i in 1..2, j in i..2 return i * 10 + j", "[11, 12, 22]"),
        ("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", "[1, 1, 2, 6, 24]"),
        ("for i in [1..3] return i", "[1, 2, 3]"),
        ("for i in (1..3) return i", "[2]"),
        ('for d in @"2020-01-30"..@"2020-02-01" return d.day', "[30, 31, 1]"),
        ("for i in null return i", "null"),
        ("for i in 5 return i", "[5]"),
        ("for i in 1..2 return for j in 1..2 return i + j", "[[2, 3], [3, 4]]"),
        ('for i in 1.."a" return i', "null"),
        ("(for i in 1..3 return i)[2]", "2"),
        ("[for i in 1..3 return i]", "[[1, 2, 3]]"),
        ("count(for i in [1, 2] return i)", "2"),
        ("[1..3] = [1..3]", "true"),
        ('[1.."a"]', "null"),
        ("[2..1]", "null"),
        ("[null..1].end", "1"),
    ],
    "functions": [
        ("(function(a, b) a + b)(1, 2)", "3"),
        ("{f: function(a) a * 2, r: f(4)}.r", "8"),
        ('{f: function(a: number) a, r: f("x")}.r', "null"),
        ("{f: function(a: number) a, r: f([5])}.r", "5"),
        ("{f: function(a: list<number>) a, r: f(5)}.r", "[5]"),
        ("{f: function(p, q) p - q, r: f(q: 1, p: 3)}.r", "2"),
        ("{f: function(a) a, r: f(b: 1)}.r", "null"),
        ("{f: function(a) a, r: f()}.r", "null"),
        ("{f: function(n) if n < 2 then n else f(n - 1) + f(n - 2), r: f(10)}.r", "55"),
        ("{k: 10, f: function(a) a + k, r: f(1)}.r", "11"),
        ("{f: function(g) g(2), r: f(function(x) x * 3)}.r", "6"),
        ('{max: function(a) "mine", r: max(1)}.r', '"mine"'),
        ('(function() external {java: {class: "C"}})()', "null"),
        ("1(2)", "null"),
        ("unknown(2)", "null"),
        ("abs(n: -1)", "1"),
        ("abs(number: -1)", "null"),
        ("[1, 2](1)", "null"),
        ("{m: {f: function(x) x + 1}, r: m.f(1)}.r", "2"),
        ("(if yes then abs else floor)(-1.5)", "1.5"),
        ("sort([1, 2, 3], function(a, b) a > b)[1]", "3"),
    ],
    "types": [
        ("1 instance of number", "true"),
        ('"a" instance of number', "false"),
        ("null instance of Any", "false"),
        ("1 instance of Any", "true"),
        ("true instance of boolean", "true"),
        ('@"2020-01-01" instance of date', "true"),
        ('@"2020-01-01T00:00:00" instance of date and time', "true"),
        ('@"2020-01-01T00:00:00" instance of date', "false"),
        ('@"P1D" instance of days and time duration', "true"),
        ('@"P1Y" instance of years and months duration', "true"),
        ("[1] instance of list<number>", "true"),
        ("[1, null] instance of list<number>", "true"),
        ("[1] instance of list", "null"),
        ("{a: 1} instance of context", "null"),
        ("null instance of Null", "true"),
        ("1 instance of Null", "false"),
        ('[1, "a"] instance of list<number>', "false"),
        ("[[1]] instance of list<list<number>>", "true"),
        ("{a: 1} instance of context<a: number>", "true"),
        ('{a: "x"} instance of context<a: number>', "false"),
        ("{b: 1} instance of context<a: number>", "false"),
        ("[1..2] instance of range<number>", "true"),
        ('["a".."b"] instance of range<number>', "false"),
        ("(function(a: number) a) instance of function<number> -> Any", "true"),
        ("(function(a: string) a) instance of function<number> -> Any", "false"),
        ("(function(a, b) a) instance of function<number> -> Any", "false"),
        ("abs instance of function<number> -> number", "true"),
        ("1 instance of number and 2 instance of number", "true"),
    ],
}
ROWS = [(text, value) for rows in CASES.values() for text, value in rows]


@pytest.mark.parametrize(("text", "value"), ROWS)
def test_an_expression_gives(text: str, value: str) -> None:
    result, notes = feel.compile(text, CONTEXT).evaluate_explained(CONTEXT)

    expected = feel.compile(value).evaluate({})
    assert equal(result, expected, lambda _: None) is True, (result, notes)


@pytest.mark.parametrize(
    ("cell", "value", "passes"),
    [
        ("-", 1, True),
        ("", None, True),
        ("5", 5, True),
        ("5", 6, False),
        ("5", "5", None),
        ("< 5", 4, True),
        ("<= 5, > 10", 11, True),
        ("[1..5)", 5, False),
        ("[1..5)", 4.5, True),
        ('"a", "b"', "b", True),
        ('not("a", "b")', "b", False),
        ('not("a", "b")', "c", True),
        ("not(null)", None, False),
        ("null", None, True),
        ("true", True, True),
        ("false", False, True),
        ("false", True, False),
        ('starts with(?, "a")', "ab", True),
        ("? > 3 and ? < 5", 4, True),
        ("limit", 10, True),
        ("< limit", 9, True),
        ("list", 2, True),
        ("not(list)", 2, False),
        ("!= 5", 4, True),
        ("= 5", 5, True),
        ("limit > 5", "anything", True),
        ("limit > 50", "anything", False),
        ("limit > 50", False, True),
        ("count(?) > 1", [1, 2], True),
        ("every x in ? satisfies x > 1", [2, 3], True),
        ('date("2020-01-01")', date(2020, 1, 1), True),
        ("> 5", None, None),
        ("-5", -5, True),
        ("-", "x", True),
        ('contains("abc", "b")', "x", None),
    ],
)
def test_a_cell_takes(cell: str, value: object, passes: bool | None) -> None:
    tests = feel.compile_unary(cell)

    assert tests.matches(value, {"limit": 10, "list": [1, 2, 3]}) is passes


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("1 +", 4),
        ("", 1),
        ("(1", 3),
        ("1)", 2),
        ("a == 1", 3),
        ("if a then 1", 12),
        ("'single'", 1),
        ('"open', 1),
        ("a（1）", 2),
        ("for x return 1", 7),
        ("x instance of nothing", 15),
        ("1..2", 2),
        ("a &", 3),
        ("[1, 2", 6),
        ("{a 1}", 4),
        ("x between 1", 12),
    ],
)
def test_bad_syntax_is_refused_with_its_column(text: str, column: int) -> None:
    with pytest.raises(feel.FeelError) as refused:
        feel.compile(text)

    assert refused.value.column == column
    assert f"第 {column} 列" in refused.value.zh
    assert f"column {column}" in refused.value.en


def test_a_full_width_sign_is_refused_with_the_right_one() -> None:
    with pytest.raises(feel.FeelError) as refused:
        feel.compile("count（xs）")

    assert "(" in refused.value.zh


def test_an_expression_tells_the_names_it_reads() -> None:
    expression = feel.compile("if amount > 5 then sum(orders[price > floor].price) else x.y.z + f(q)")

    assert expression.names == {"amount", "orders", "x", "f", "q"}
    assert expression.possible_names == {"price"}


def test_names_bound_inside_are_not_read_from_outside() -> None:
    expression = feel.compile("{a: 1, b: a, f: function(p) p + b, r: for i in xs return i + f(a)}")

    assert expression.names == {"xs"}


def test_a_compiled_expression_is_cached() -> None:
    assert feel.compile("1 + 1", ["a"]) is feel.compile("1 + 1", ["b"])


def test_a_missing_variable_is_null_and_says_so() -> None:
    value, notes = feel.compile("a + 1").evaluate_explained({})

    assert value is None
    assert any("a" in note for note in notes)
