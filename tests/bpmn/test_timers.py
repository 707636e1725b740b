"""Timers: what is due when, cycles that were missed, working days, calendars that are not published yet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from engine.calendars import BEIJING, WorkCalendar
from engine.diagram import Assignment
from engine.spiff.provisional import CoveringCalendar
from engine.spiff.timers import Length, NotTemporal, again, parse_length
from tests.bpmn.build import (
    NOW,
    boundary,
    catch,
    end,
    event_sub,
    feel,
    process,
    start,
    sub,
    timer,
    user,
)


def waiting_for(event):
    return process(start(), catch("t", event), user("a"), flows="start -> t -> a")


def host_with(event, **parts):
    nodes = (start(), user("a"), boundary("t", "a", event, **parts), user("late"), end())
    return process(*nodes, flows="start -> a -> end; t -> late")


@pytest.mark.parametrize(
    ("event", "due_at"),
    [
        (timer("'PT24H"), "2026-03-03T01:00:00+00:00"),
        (timer("'P1Y2M3DT4H5M6.5S"), "2027-05-05T05:05:06.500000+00:00"),
        (timer("'P2W"), "2026-03-16T01:00:00+00:00"),
        (timer("'2030-01-01T00:00:00+08:00", "date"), "2029-12-31T16:00:00+00:00"),
        (timer("'2030-01-01", "date"), "2029-12-31T16:00:00+00:00"),
        (timer("'2030-01-01T08:00:00Z", "date"), "2030-01-01T08:00:00+00:00"),
        (timer("received_at", "date"), "2026-03-01T01:00:00+00:00"),
        (timer('date and time(received_at) + duration("P1D")', "date"), "2026-03-02T01:00:00+00:00"),
        (timer('duration("PT" + string(hours) + "H")'), "2026-03-02T06:00:00+00:00"),
        (timer("length"), "2026-03-02T01:30:00+00:00"),
        (timer('duration("P1M")'), "2026-04-02T01:00:00+00:00"),
        (timer("'R3/PT1H", "cycle"), "2026-03-02T02:00:00+00:00"),
        (timer("'R/2026-03-02T12:00:00+08:00/P1D", "cycle"), "2026-03-02T04:00:00+00:00"),
        (timer("'R2/PT1H/2026-03-02T12:00:00+08:00", "cycle"), "2026-03-02T02:00:00+00:00"),
        (timer('"R3/" + length', "cycle"), "2026-03-02T01:30:00+00:00"),
        (timer("'P5D", working_days=True), "2026-03-09T01:00:00+00:00"),
        (timer("'P1DT2H", working_days=True), "2026-03-03T03:00:00+00:00"),
    ],
)
def test_a_timer_is_due(play, event, due_at):
    case = play(waiting_for(event)).start({"received_at": "2026-03-01T09:00:00+08:00", "hours": 5, "length": "PT30M"})

    (wait,) = case.waits()

    assert (wait.kind, wait.due_at.isoformat(), wait.is_provisional) == ("timer", due_at, False)
    assert case.happenings[-1].data == {"due_at": due_at}


@pytest.mark.parametrize(
    "event",
    [
        timer("'tomorrow"),
        timer("'P"),
        timer("'PT"),
        timer("'P1DT"),
        timer("missing"),
        timer("'24", "date"),
        timer("'R0/PT1H", "cycle"),
        timer("'R/PT0S", "cycle"),
        timer("'R5", "cycle"),
        timer("'P1M", working_days=True),
    ],
)
def test_a_value_that_is_no_moment_is_an_incident_and_can_be_mended(play, event):
    case = play(waiting_for(event)).start()

    (wait,) = case.waits()

    assert (wait.kind, wait.element) == ("incident", "t")


def test_an_incident_of_a_timer_is_retried_with_mended_data(play):
    case = play(waiting_for(timer("length"))).start()
    case.machine.set_variables({"length": "PT1H"})
    case.machine.retry(case.token("t"))
    case.run()

    assert case.waits()[0].due_at == NOW + timedelta(hours=1)


def test_a_timer_does_not_fire_before_it_is_due_and_only_once(play):
    case = play(waiting_for(timer("'PT1H"))).start()
    token = case.token("t")

    assert not case.machine.fire(token, NOW + timedelta(minutes=59))
    assert case.machine.fire(token, NOW + timedelta(minutes=60))
    assert not case.machine.fire(token, NOW + timedelta(minutes=61))
    assert case.run().open() == ["a"]


def test_an_interrupting_timer_takes_the_task_away(play):
    case = play(host_with(timer("'PT24H"))).start().pass_time(hours=25)

    assert case.open() == ["late"]
    assert case.trace[-5:] == ["caught t", "cancelled a", "completed t", "entered late", "ready late"]


def test_a_timer_of_a_completed_task_is_gone(play):
    case = play(host_with(timer("'PT24H"))).start()
    token = case.token("t")
    case.do("a")

    assert case.machine.is_ended
    assert not case.machine.fire(token, NOW + timedelta(days=9))


def test_a_reminder_leaves_the_task_and_comes_again_as_often_as_asked(play):
    case = play(host_with(timer("'R3/PT1H", "cycle"), interrupting=False)).start()

    case.pass_time(hours=1)
    assert case.open() == ["a", "late", "t"]
    case.pass_time(hours=10)

    assert case.open() == ["a", "late", "late", "late"]


def test_a_reminder_without_a_cycle_comes_once(play):
    case = play(host_with(timer("'PT1H"), interrupting=False)).start().pass_time(hours=10)

    assert case.open() == ["a", "late"]


def test_missed_occurrences_of_a_cycle_are_one(play):
    case = play(host_with(timer("'R10/PT1H", "cycle"), interrupting=False)).start()

    case.world.now = NOW + timedelta(hours=4, minutes=30)
    assert case.machine.fire(case.token("t"), case.world.now)
    case.run()

    assert case.open() == ["a", "late", "t"]
    assert case.waits("timer")[0].due_at == NOW + timedelta(hours=5)
    case.pass_time(days=1)
    assert case.walked("caught") == ["t"] * 7


def test_a_cycle_of_months_keeps_to_the_end_of_the_month():
    at = datetime(2026, 1, 31, tzinfo=UTC)

    following = again(at, at, -1, "P1M")

    assert following.at == datetime(2026, 2, 28, tzinfo=UTC)
    assert parse_length("-P1M") == Length(-1, timedelta())
    with pytest.raises(NotTemporal):
        parse_length("1 day")


def test_a_cycle_that_started_long_ago_goes_on_after_now(play):
    case = play(waiting_for(timer("'R/2020-01-01T00:00:00Z/P1D", "cycle"))).start()

    assert case.waits()[0].due_at == datetime(2026, 3, 3, tzinfo=UTC)


def test_the_due_moment_of_a_task_may_be_a_length_or_an_expression(play):
    first = user("a", assignment=Assignment(due=feel("'PT4H"), follow_up=feel("received_at")))
    case = play(process(start(), first, flows="start -> a")).start({"received_at": "2026-03-03T09:00:00+08:00"})

    (wait,) = case.waits()

    assert wait.due_at == NOW + timedelta(hours=4)
    assert wait.follow_up_at == NOW + timedelta(days=1)


def test_a_year_without_a_calendar_is_counted_provisionally_and_anew_when_it_is_published(play):
    who = Assignment(due=feel("working days after(received_at, 2)"))
    nodes = (start(), user("a", assignment=who), boundary("t", "a", timer("'P2D", working_days=True)), end())
    case = play(process(*nodes, flows="start -> a -> end"))
    case.world.now = datetime(2026, 12, 31, 1, 0, tzinfo=UTC)  # a Thursday; then New Year's Day and a weekend
    case.start({"received_at": "2026-12-31T09:00:00+08:00"})

    assert [(wait.is_provisional, wait.due_at.date()) for wait in case.waits()] == [(True, date(2027, 1, 5))] * 2
    published = WorkCalendar(frozenset({2026, 2027}), frozenset({date(2027, 1, day) for day in (1, 4)}))
    case.world.covering = CoveringCalendar(lambda: published)
    case.world.now += timedelta(days=1)

    assert case.machine.recompute_provisional() == 2
    case.run()
    assert [(wait.is_provisional, wait.due_at.date()) for wait in case.waits()] == [(False, date(2027, 1, 6))] * 2
    assert case.walked("moved") == ["a", "t"]
    assert case.machine.recompute_provisional() == 0


def test_the_end_of_the_day_is_a_deadline(play):
    case = play(waiting_for(timer("end of day(received_at)", "date"))).start(
        {"received_at": "2026-03-02T09:00:00+08:00"}
    )

    assert case.waits()[0].due_at.astimezone(BEIJING).isoformat() == "2026-03-02T23:59:59+08:00"


def test_a_deadline_is_moved(play):
    case = play(host_with(timer("'PT24H"))).start()
    token = case.token("t")
    later = NOW + timedelta(days=3)

    case.machine.move_deadline(token, later)
    case.run()

    assert case.waits("timer")[0].due_at == later
    assert case.pass_time(days=2).open() == ["a", "t"]
    assert case.pass_time(days=2).open() == ["late"]


def test_timers_of_an_event_subprocess_run_with_its_scope(play):
    handler = event_sub("h", start("tick", timer("'R/PT1H", "cycle"), interrupting=False), user("b"), flows="tick -> b")
    inner = sub("s", start("i"), user("a"), handler, flows="i -> a")
    case = play(process(start(), inner, end(), flows="start -> s -> end")).start().pass_time(hours=2)

    assert case.open() == ["a", "b", "b", "tick"]
    case.do("a")
    assert case.open() == ["b", "b", "tick"]
    case.do("b").do("b")

    assert case.machine.is_ended


def test_an_interrupting_boundary_of_a_subprocess_stops_it_before_anything_inside_goes_on(play):
    inner = sub("s", start("i"), user("a"), user("b"), flows="i -> a -> b")
    nodes = (start(), inner, boundary("t", "s", timer("'PT1H")), user("late"), end())
    case = play(process(*nodes, flows="start -> s -> end; t -> late")).start()
    case.machine.complete(case.token("a"), {})
    case.world.now += timedelta(hours=2)
    case.machine.fire(case.token("t"), case.world.now)

    assert case.run().open() == ["late"]
    assert "ready b" not in case.trace


def test_a_month_is_one_of_the_calendar_in_beijing(play):
    case = play(waiting_for(timer("'P1M")))
    case.world.now = datetime(2026, 1, 31, 17, 0, tzinfo=UTC)  # 1 February there

    assert case.start().waits()[0].due_at == datetime(2026, 2, 28, 17, 0, tzinfo=UTC)
