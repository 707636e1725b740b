"""Limits that the deadlines of a plan keep or break, over every start date."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import diagram as d
from engine.calendars import BEIJING, WorkCalendar, published_calendar
from engine.checks import deadlines
from engine.checks.deadlines import Proof
from engine.checks.deadlines.reckoning import DAY, Clock, Unknown, of_expression, of_timer
from engine.diagram import Assignment, Process
from engine.findings import Severity
from engine.rules import Rule, Span
from tests.checks.soundness.build import at, diagram, draw, text

CALENDAR = published_calendar()
CLOCK = Clock(CALENDAR)


class Everywhere(dict):
    """The same span in every plan."""

    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span

    def __contains__(self, plan: object) -> bool:
        return True

    def __getitem__(self, plan: str) -> Span:
        return self.span


def limit_rule(
    number: int, unit: str, article: str, from_element: str = "", to_element: str = "", moves: bool = False, **options
):
    """Return a rule from one element to another of whichever plan it is asked about."""
    ends = (to_element,) if to_element else ()
    where = {name: options.pop(name) for name in ("since", "is_reached") if name in options}
    span = Span("any", from_element, ends, **where)
    return Rule("rule", number, unit, article, moves=moves, spans=Everywhere(span), **options)


YEAR = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}
FIFTEEN = limit_rule(15, "days", "处罚办法 第八条")


def due(process: Process, **deadlines_of: str) -> Process:
    """Give steps due dates in FEEL."""
    for element, feel in deadlines_of.items():
        process.node(element).assignment = Assignment(due=text(feel, is_literal=False))
    return process


def working_days(process: Process, **days: int) -> Process:
    """Give the timers of boundary events a number of working days."""
    for element, number in days.items():
        process.node(element).events = [d.Timer("duration", text(f"P{number}D"), at(1), working_days=True)]
    return process


def prove(process: Process, rule: Rule, **options) -> Proof:
    found = deadlines.prove(process, rule, CALENDAR, **{**YEAR, **options})
    assert found is not None
    return found


def training_school() -> Process:
    """Five working days to propose, two more to carry it out, as the template of the training schools says."""
    process = draw("""
        start: received
        user: propose supervise_1 carry_out supervise_2
        end: handled e1 e2
        beside propose: timer late_1
        beside carry_out: timer late_2
        received -> propose -> carry_out -> handled
        late_1 -> supervise_1 -> e1
        late_2 -> supervise_2 -> e2
    """)
    return working_days(process, late_1=5, late_2=2)


def test_the_training_school_breaks_fifteen_days_on_sixteen_start_dates():
    proof = prove(training_school(), FIFTEEN, last=date(2026, 11, 30))

    assert proof.considered == 334
    assert len(proof.broken) == 16
    february, september = [date(2026, 2, day) for day in range(6, 16)], [date(2026, 9, day) for day in range(21, 27)]
    assert list(proof.broken) == february + september
    assert proof.example.path == ("received", "propose", "carry_out", "handled")


def test_the_finding_names_dates_and_path():
    process = training_school()

    found = deadlines.check(
        process, diagram(process), [FIFTEEN], CALENDAR, first=date(2026, 1, 1), last=date(2026, 11, 30)
    )

    assert [(one.code, one.severity) for one in found] == [("deadline-broken", Severity.ERROR)]
    assert "334 个起始日中有 16 个超期（2026-02-06…2026-02-15、2026-09-21…2026-09-26）" in found[0].zh
    assert "2026-02-06" in found[0].en
    assert found[0].run == ("received", "propose", "carry_out", "handled")
    assert [moment[:10] for moment in found[0].moments] == ["2026-02-06", "2026-02-13", "2026-02-24", "2026-02-24"]
    assert found[0].advice_zh
    assert found[0].advice_en


def test_a_limit_that_holds_is_proved_and_says_nothing():
    process = working_days(training_school(), late_1=3, late_2=1)
    proof = prove(process, FIFTEEN)

    assert proof.holds
    assert deadlines.check(process, diagram(process), [FIFTEEN], CALENDAR, **YEAR) == []


def test_due_dates_counted_from_variables_are_understood():
    process = draw("start: s\nuser: a b\nscript: note\nend: e\ns -> a -> note -> b -> e")
    process.node("note").script = d.Script(text("now()", is_literal=False), "proposed_at", at(1))
    due(process, a="working days after(received_at, 5)", b="working days after(proposed_at, 2)")

    assert len(prove(process, FIFTEEN).broken) == 16


def test_a_due_date_counted_from_the_start_does_not_add_up():
    process = due(
        draw("start: s\nuser: a b\nend: e\ns -> a -> b -> e"),
        a="working days after(received_at, 5)",
        b="end of day(working days after(received_at, 7))",
    )

    assert prove(process, limit_rule(7, "working days", "消保法 第四十六条")).holds


def test_hours_are_counted_exactly():
    process = due(
        draw("start: s\nuser: a b\nend: e\ns -> a -> b -> e"), a='now() + duration("PT20H")', b='now() + @"PT4H"'
    )

    assert prove(process, limit_rule(24, "hours", "模板")).holds
    assert len(prove(process, limit_rule(23, "hours", "模板")).broken) == 365


def test_hours_over_working_days_are_counted_day_by_day():
    process = due(draw("start: s\nuser: a\nend: e\ns -> a -> e"), a="working days after(now(), 1)")

    broken = prove(process, limit_rule(24, "hours", "x")).broken

    assert date(2026, 3, 6) in broken  # a Friday
    assert date(2026, 3, 3) not in broken


def test_an_interrupting_timer_bounds_a_step_and_its_own_way_counts():
    process = draw("""
        start: s
        user: a b
        end: e
        on a: timer late
        s -> a -> e
        late -> b -> e
    """)
    working_days(process, late=5)
    due(process, a="working days after(now(), 30)", b="working days after(now(), 2)")

    proof = prove(process, FIFTEEN)

    assert len(proof.broken) == 16
    assert proof.example.path == ("s", "a", "late", "b", "e")


def test_parallel_branches_take_as_long_as_the_slower_one():
    process = draw("start: s\nparallel: p q\nuser: a b\nend: e\ns -> p -> a -> q -> e\np -> b -> q")
    due(process, a='now() + @"P1D"', b='now() + @"P3D"')

    assert prove(process, limit_rule(3, "days", "x")).holds
    assert prove(process, limit_rule(2, "days", "x")).example.path == ("s", "p", "b", "q", "e")


def test_a_step_without_a_deadline_is_named():
    process = due(draw("start: s\nuser: a b\nend: e\ns -> a -> b -> e"), a='now() + @"P1D"')

    proof = prove(process, FIFTEEN)
    found = deadlines.check(process, diagram(process), [FIFTEEN], CALENDAR, **YEAR)

    assert proof.open_steps == ("b",)
    assert not proof.broken
    assert [(one.code, one.severity) for one in found] == [("deadline-not-proved", Severity.HINT)]
    assert "“b”" in found[0].zh


def test_a_deadline_from_a_form_is_not_known_before():
    process = due(draw("start: s\nuser: a\nend: e\ns -> a -> e"), a="promised_at")

    assert prove(process, FIFTEEN).open_steps == ("a",)


def test_a_step_that_may_be_repeated_is_named():
    process = draw("start: s\nexclusive: m x\nuser: a\nend: e\ns -> m -> a -> x\nx -> e ?\nx -> m else")
    due(process, a='now() + @"P1D"')

    proof = prove(process, FIFTEEN)

    assert proof.loops == ("a",)
    assert not proof.holds


def test_a_rule_may_run_between_two_elements():
    process = due(
        draw("start: s\nuser: a b c\nend: e\ns -> a -> b -> c -> e"),
        a='now() + @"P30D"',
        b='now() + @"P2D"',
        c='now() + @"P30D"',
    )

    assert prove(process, limit_rule(2, "days", "x", from_element="a", to_element="b")).holds
    assert not prove(process, limit_rule(1, "days", "x", from_element="a", to_element="b")).holds
    assert not prove(process, limit_rule(2, "days", "x", from_element="b", to_element="a")).is_reachable


def test_the_inside_of_a_subprocess_counts_and_its_timer_bounds_it():
    inside = {"w": "start: i\nuser: a b\nend: o\ni -> a -> b -> o"}
    process = due(draw("start: s\nsub: w\nend: e\ns -> w -> e", inside), a='now() + @"P3D"', b='now() + @"P4D"')
    bound = due(draw("start: s\nsub: w\nend: e f\non w: timer=P5D late\ns -> w -> e\nlate -> f", inside))
    due(bound, a='now() + @"P3D"', b='now() + @"P4D"')

    assert prove(process, limit_rule(7, "days", "x")).holds
    assert not prove(process, limit_rule(6, "days", "x")).holds
    assert prove(bound, limit_rule(5, "days", "x")).holds


def test_a_called_process_counts_with_its_own_deadlines():
    inner = due(draw("start: i\nuser: a\nend: o\ni -> a -> o", name="q"), a='now() + @"P3D"')
    process = draw("start: s\ncall: c\nend: e\ns -> c -> e")
    process.node("c").call = d.Call(text("q"), at(1))

    assert prove(process, limit_rule(3, "days", "x"), called={"q": inner}).holds
    assert prove(process, limit_rule(3, "days", "x")).open_steps == ("c",)


def test_a_timer_event_takes_its_time_and_ends_a_wait_beside_it():
    process = draw("start: s\nevents: g\ncatch timer=P2D: t\ncatch message: m\nend: e\ns -> g -> t -> e\ng -> m -> e")

    assert prove(process, limit_rule(2, "days", "x")).holds
    assert not prove(process, limit_rule(1, "days", "x")).holds


def test_a_variable_set_on_another_branch_than_the_slowest_is_not_mixed_up():
    words = """
        start: s
        exclusive: x m
        user: a b c
        script: note
        end: e
        s -> x
        x -> a ?
        x -> b else
        a -> note -> m
        b -> m -> c -> e
    """
    process = due(draw(words), a='now() + @"P1D"', b='now() + @"P5D"', c='noted_at + @"P10D"')
    process.node("note").script = d.Script(text("now()", is_literal=False), "noted_at", at(1))

    proof = prove(process, limit_rule(8, "days", "x"))

    assert len(proof.broken) == proof.considered
    assert proof.example.path == ("s", "x", "a", "note", "m", "c", "e")
    assert (proof.example.finish.date() - proof.example.start.date()).days == 11
    assert "c" in proof.open_steps  # on the other way nothing says when it is due


def test_a_limit_may_move_to_the_next_working_day():
    process = due(draw("start: s\nuser: a\nend: e\ns -> a -> e"), a="working days after(now(), 1)")

    assert not prove(process, limit_rule(1, "days", "x")).holds
    assert prove(process, limit_rule(1, "days", "x", moves=True)).holds


def test_start_dates_whose_count_leaves_the_calendar_are_not_considered():
    proof = prove(training_school(), FIFTEEN)

    assert proof.considered == 350  # until 16 December: 15 days later the year ends
    assert len(proof.broken) == 16


@settings(max_examples=15, deadline=None)
@given(
    st.integers(1, 8),
    st.integers(1, 8),
    st.integers(1, 30),
    st.sampled_from(["days", "working days", "hours"]),
    st.booleans(),
)
def test_counting_each_kind_of_week_once_gives_what_counting_every_day_gives(first, second, limit, unit, moves):
    process = due(
        draw("start: s\nuser: a b\nend: e\ns -> a -> b -> e"),
        a=f"working days after(now(), {first})",
        b=f'now() + @"P{second}D"',
    )
    rule = limit_rule(limit, unit, "x", moves=moves and unit == "days")

    together = prove(process, rule)
    one_by_one = [
        prove(process, rule, first=day, last=day)
        for day in (date(2026, 1, 1) + timedelta(days=number) for number in range(365))
    ]

    assert together.considered == sum(proof.considered for proof in one_by_one)
    assert together.broken == tuple(day for proof in one_by_one for day in proof.broken)


@settings(max_examples=200, deadline=None)
@given(st.dates(date(2024, 1, 1), date(2026, 11, 1)), st.integers(0, DAY - 1), st.integers(1, 20))
def test_the_fast_count_of_working_days_is_the_calendars(day, second, days):
    start = datetime.combine(day, time(), BEIJING) + timedelta(seconds=second)

    counted = CLOCK.as_datetime(CLOCK.add_working_days(day.toordinal() * DAY + second, days))

    assert counted == CALENDAR.add_working_days(start, days)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(3, 8), st.integers(3, 20))
def test_the_worst_of_all_paths_is_found(random, size, limit):
    """Against a count along every single path of a random plan without loops."""
    names = [f"n{index}" for index in range(size)]
    lines = [f"start: s\nexclusive: {' '.join(names)}\nuser: {' '.join(f't{name}' for name in names)}\nend: e\ns -> n0"]
    ahead: dict[str, list[str]] = {}
    for index, name in enumerate(names):
        lines.append(f"{name} -> t{name} ?")
        targets = sorted({random.choice([*names[index + 1 :], "e"]) for _ in range(2)})
        ahead[name] = targets
        lines.append(f"exclusive: x{name}\nt{name} -> x{name}")
        lines += [f"x{name} -> {target} ?" for target in targets]
    days = {name: random.randint(1, 4) for name in names}
    process = due(draw("\n".join(lines)), **{f"t{name}": f"working days after(now(), {days[name]})" for name in names})
    start = date(2026, 1, 1) + timedelta(days=random.randint(0, 330))

    def worst(name: str, moment: datetime) -> datetime:
        if name == "e":
            return moment
        then = CALENDAR.add_working_days(moment, days[name])
        return max(worst(target, then) for target in ahead[name])

    proof = prove(process, limit_rule(limit, "days", "x"), first=start, last=start)
    finish = worst("n0", datetime.combine(start, time(23, 59, 59), BEIJING)) if proof.considered else None

    assert bool(proof.broken) == (finish is not None and finish.date() > start + timedelta(days=limit))
    if proof.example is not None:
        assert proof.example.finish == finish


@pytest.mark.parametrize(
    "feel, days",
    [
        ("working days after(now(), 2)", 4),  # Friday to Tuesday
        ('date and time(now()) + duration("P1D")', 1),
        ('@"P2D"', 2),
        ('if urgent then now() + @"P1D" else now() + @"P3D"', 3),
        ('duration("P1D") + duration("P1D")', 2),
        ('now() + @"P3D" - @"P1D"', 2),
    ],
)
def test_deadlines_written_in_feel_are_understood(feel, days):
    clock = Clock(WorkCalendar(frozenset({2027})))
    friday = date(2027, 1, 8).toordinal() * DAY

    assert of_expression(text(feel, is_literal=False))(clock, {}, friday) == friday + days * DAY


@pytest.mark.parametrize(
    "feel", ["1 + ", "n", "working days after(now(), n)", "string(now())", "years(now())", "[now()]"]
)
def test_what_is_not_understood_is_not_guessed(feel):
    reckon = of_expression(text(feel, is_literal=False))

    if reckon is not None:
        with pytest.raises(Unknown):
            reckon(Clock(CALENDAR), {}, 0)


def test_timers_are_read_with_their_kind_of_days():
    clock = Clock(WorkCalendar(frozenset({2027})))
    friday = date(2027, 1, 8).toordinal() * DAY

    assert of_timer(d.Timer("duration", text("P1D"), at(1), True))(clock, {}, friday) == friday + 3 * DAY
    assert of_timer(d.Timer("duration", text("P1DT2H"), at(1)))(clock, {}, friday) == friday + DAY + 7200
    assert of_timer(d.Timer("cycle", text("R3/PT1H"), at(1))) is None
    assert of_timer(d.Timer("duration", text("nonsense"), at(1))) is None
