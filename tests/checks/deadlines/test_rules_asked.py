"""Deadlines that ask the rules, and where a rule begins and ends."""

from __future__ import annotations

from datetime import date

import pytest

from engine import diagram as d
from engine.checks import deadlines
from engine.checks.deadlines.reckoning import DAY, Unknown, of_expression
from engine.rules import Extension, Rule, Span
from tests.checks.deadlines.test_limits import CALENDAR, CLOCK, YEAR, due, limit_rule, prove
from tests.checks.soundness.build import at, diagram, draw, text

FIFTEEN = Rule("refund", 15, "days", "第八条", extension=Extension(10, "days"))
MONDAY = date(2026, 3, 2).toordinal() * DAY


def reckoned(feel: str, limits: dict[str, Rule]) -> int:
    clock = type(CLOCK)(CALENDAR, limits)
    return of_expression(text(feel, is_literal=False))(clock, {"received_at": MONDAY}, MONDAY) // DAY


@pytest.mark.parametrize(
    ("feel", "day"),
    [
        ('limit due("refund", received_at)', 17),
        ('extended limit due("refund", received_at)', 27),
        ('limit due("refund", received_at) - duration("P1D")', 16),
        ('min(working days after(received_at, 5), limit due("refund", received_at))', 9),
        ('max([working days after(received_at, 5), limit due("refund", received_at)])', 17),
        ('min(promised_at, limit due("refund", received_at))', 17),  # an earlier promise only makes it sooner
    ],
)
def test_a_deadline_that_asks_a_rule_is_understood(feel, day):
    assert reckoned(feel, {"refund": FIFTEEN}) == date(2026, 3, day).toordinal()


@pytest.mark.parametrize("feel", ['limit due("other", received_at)', 'limit due("refund", promised_at)'])
def test_a_limit_that_cannot_be_known_is_not_guessed(feel):
    with pytest.raises(Unknown):
        reckoned(feel, {"refund": FIFTEEN})


def test_a_step_held_to_the_rule_keeps_it():
    process = draw("start: s\nuser: a b\nend: e\ns -> a -> b -> e")
    due(
        process,
        a="working days after(received_at, 5)",
        b='min(working days after(now(), 2), limit due("rule", received_at))',
    )
    rule = limit_rule(15, "days", "第八条")

    assert prove(process, rule, limits={"rule": rule}).holds


def test_a_repeated_step_whose_deadline_stays_is_no_gap():
    words = "start: s\nexclusive: m x\nuser: a\nend: e\ns -> m -> a -> x\nx -> e ?\nx -> m else"

    assert prove(due(draw(words), a="working days after(received_at, 5)"), limit_rule(15, "days", "x")).holds
    assert prove(due(draw(words), a="working days after(now(), 5)"), limit_rule(15, "days", "x")).loops == ("a",)


def test_a_repeated_step_that_is_held_to_a_moment_that_stays_is_no_gap():
    words = "start: s\nexclusive: m x\nuser: a\nend: e\ns -> m -> a -> x\nx -> e ?\nx -> m else"
    held = "min(working days after(now(), 1), working days after(received_at, 5))"

    assert prove(due(draw(words), a=held), limit_rule(15, "days", "x")).holds
    assert not prove(due(draw(words), a=held), limit_rule(4, "working days", "x")).holds


def test_a_repeated_step_counted_from_what_its_loop_sets_is_a_gap():
    process = draw(
        "start: s\nexclusive: m x\nuser: a\nscript: n\nend: e\ns -> m -> a -> x\nx -> e ?\nx -> n else\nn -> m"
    )
    process.node("n").script = d.Script(text("now()", is_literal=False), "counted_from", at(1))
    due(process, a="working days after(counted_from, 5)")

    assert prove(process, limit_rule(15, "days", "x")).loops == ("a",)


def test_what_comes_after_the_end_of_a_rule_is_not_its_matter():
    words = "start: s\nexclusive: m x\nuser: a b\nend: e\ns -> m -> a -> b -> x\nx -> e ?\nx -> m else"
    process = due(draw(words), a="working days after(now(), 5)", b='now() + @"P90D"')

    assert prove(process, limit_rule(15, "days", "x", to_element="a")).holds


def test_a_rule_counted_from_receipt_counts_what_comes_before_its_first_element():
    process = due(draw("start: s\nuser: a b\nend: e\ns -> a -> b -> e"), a='now() + @"P1D"', b='now() + @"P2D"')

    assert prove(process, limit_rule(2, "days", "x", from_element="a")).holds
    assert not prove(process, limit_rule(2, "days", "x", from_element="a", since="received_at")).holds


def test_a_rule_may_begin_when_a_step_is_reached():
    process = due(draw("start: s\nuser: a b\nend: e\ns -> a -> b -> e"), a='now() + @"P9D"', b='now() + @"P2D"')
    rule = limit_rule(2, "days", "x", from_element="b", to_element="b", is_reached=True)

    assert prove(process, rule).holds
    assert not prove(process, limit_rule(1, "days", "x", from_element="b", to_element="b", is_reached=True)).holds


def test_the_same_day_is_counted_from_noon():
    process = due(
        draw("start: s\nuser: a b\nend: e\ns -> a -> b -> e"), a='now() + @"PT1H"', b="end of day(received_at)"
    )

    assert prove(process, limit_rule(0, "days", "x")).holds
    assert not prove(due(process, b='now() + @"PT12H"'), limit_rule(0, "days", "x")).holds


def test_a_rule_may_end_at_whichever_of_several_elements_comes():
    process = draw("start: s\nexclusive: x\nuser: a b\nend: e f\ns -> x\nx -> a ?\nx -> b else\na -> e\nb -> f")
    due(process, a='now() + @"P1D"', b='now() + @"P5D"')
    rule = limit_rule(3, "days", "x")
    rule.spans.span = Span("any", "", ("a", "b"))

    assert prove(process, rule).example.path[-1] == "b"


def test_rules_that_are_off_or_name_other_plans_are_not_counted():
    process = due(draw("start: s\nuser: a\nend: e\ns -> a -> e"), a='now() + @"P90D"')
    off = limit_rule(3, "days", "x", verified="none")
    other = Rule("r", 3, "days", "x", spans={"another": Span("another")})

    assert deadlines.check(process, diagram(process), [off, other], CALENDAR, **YEAR) == []


def test_a_loop_that_extends_the_limit_is_no_gap():
    words = (
        "start: s\nexclusive: m x\nuser: a\nthrow: more\nend: e\ns -> m -> a -> x\nx -> e ?\nx -> more else\nmore -> m"
    )
    process = due(draw(words), a="working days after(now(), 5)")
    rule = limit_rule(15, "days", "x")
    assert prove(process, rule).loops == ("a",)

    rule.spans.span = Span("any", extended_by="more")

    assert prove(process, rule).holds


def test_a_loop_behind_a_join_that_waits_for_the_end_of_the_rule_is_no_gap():
    words = """
        start: s
        exclusive: m x
        parallel: p q
        user: a b c
        end: e
        s -> m -> p
        p -> a -> q
        p -> b -> q
        q -> c -> x
        x -> e ?
        x -> m else
    """
    process = due(draw(words), a="working days after(now(), 5)", b='now() + @"P1D"', c='now() + @"P90D"')

    assert prove(process, limit_rule(15, "days", "x", to_element="a")).holds
    assert prove(process, limit_rule(150, "days", "x")).loops  # a, b and c may come again before the end


def test_a_rule_inside_an_event_subprocess_is_counted():
    process = draw(
        "start: s\nuser: a\nevent-sub: h\nend: e\ns -> a -> e",
        {"h": "start signal: i\nuser: b\nend: o\ni -> b -> o"},
    )
    due(process, a='now() + @"P1D"', b='now() + @"PT2H"')
    inside = {"from_element": "b", "to_element": "b", "is_reached": True}

    assert prove(process, limit_rule(2, "hours", "x", **inside)).holds
    assert not prove(process, limit_rule(1, "hours", "x", **inside)).holds


@pytest.mark.parametrize(
    "feel",
    [
        'now() + duration("P" + string(days) + "D")',
        'if days = 1 then now() + @"P1D" else now() + @"P7D"',
        'duration("P" + string(days) + "D")',
    ],
)
def test_what_a_rule_is_for_decides_deadlines_that_depend_on_it(feel):
    process = due(draw("start: s\nuser: a\nend: e\ns -> a -> e"), a=feel)
    one, seven = limit_rule(1, "days", "x"), limit_rule(7, "days", "x")
    one.spans.span = Span("any", when="days = 1")
    seven.spans.span = Span("any", when='days = 7 and kind = "service"')

    assert prove(process, one).holds
    assert prove(process, seven).holds
    assert not prove(process, limit_rule(1, "days", "x")).holds
