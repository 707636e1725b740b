"""Clocks on a case: they start, stop, stand still and lengthen as the rules in force when it was received say."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from engine import calendar_years, clock_shadow, clocks, deployments, history, instances, jobs, tasks
from engine.calendar_years import DayEntry
from engine.calendars import BEIJING, published_calendar
from engine.clocks import ClockInfo
from engine.errors import Conflict, EngineError, NotAllowed, NotFound
from engine.rules import in_force
from engine.tables import CaseClock, Job
from tests.conftest import NOW, person
from tests.engine import limited, plans
from tests.engine.conftest import ADMINISTRATOR, DIRECTOR, OFFICER, OUTSIDER, House, beijing

HEAD = person("li", "主任", permissions=("monitor",))


@pytest.fixture
def limited_house(house: House) -> House:
    """Give a house with the plan that has limits."""
    house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, limited.FILES))
    return house


def start(house: House, **variables: Any) -> int:
    return house.start("limited", **{"received_at": NOW.isoformat(), "channel": "phone", "prolong": False, **variables})


def shown(house: House, instance_id: int, actor=ADMINISTRATOR) -> dict[str, ClockInfo]:
    found = house.act(actor, lambda work: clocks.of_instance(work, instance_id))
    return {one.name.removeprefix("时限"): one for one in found}


def complete(house: House, element: str) -> None:
    def verb(work):
        task = next(one for one in tasks.inbox(work, box="roles").items if one.element_id == element)
        tasks.complete(work, task.id, {})

    house.act(OFFICER, verb)


def end_of(year: int, month: int, day: int) -> datetime:
    return datetime.combine(date(year, month, day), time(23, 59, 59), BEIJING)


# --- starting and stopping


def test_clocks_start_with_the_case_counted_from_receipt(limited_house: House) -> None:
    received_at = NOW - timedelta(days=2)
    found = shown(limited_house, start(limited_house, received_at=received_at.isoformat()))

    assert set(found) == {"acceptance", "first_answer", "whole", "old"}
    assert found["acceptance"].started_at == received_at
    assert found["acceptance"].due_at == end_of(2026, 10, 8)  # the fifteenth day is in the holiday
    assert found["first_answer"].due_at == received_at + timedelta(hours=24)
    assert [one.is_statutory for one in found.values()] == [True, True, False, False]


def test_a_clock_for_some_cases_starts_only_for_those(limited_house: House) -> None:
    found = shown(limited_house, start(limited_house, channel="hotline"))

    assert found["hotline"].due_at == end_of(2026, 9, 29)  # the 20th was worked, the 25th is off


def test_a_rule_that_nobody_verified_starts_no_clock_and_is_told(limited_house: House) -> None:
    instance_id = start(limited_house)

    off = limited_house.act(OFFICER, lambda work: clocks.switched_off(work, instance_id))

    assert [(rule.id, rule.verified) for rule in off] == [("unread", "none")]
    assert "unread" not in shown(limited_house, instance_id)


@pytest.mark.parametrize(("received", "days"), [("2026-08-31T10:00:00+08:00", 10), ("2026-09-01T10:00:00+08:00", 8)])
def test_the_version_in_force_when_the_case_was_received_counts(limited_house: House, received, days) -> None:
    found = shown(limited_house, start(limited_house, received_at=received))

    assert found["old"].due_at.astimezone(BEIJING).date() == datetime.fromisoformat(received).date() + timedelta(days)


def test_a_new_version_of_the_pack_leaves_running_cases_as_they_are(limited_house: House) -> None:
    before = start(limited_house)
    rules = [{**rule, "number": 20} if rule["id"] == "acceptance" else rule for rule in limited.RULES]
    pack = json.dumps({"name": "条例", "rules": rules}).encode()
    deployed = limited_house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, {"limited.rules.json": pack}))

    after = start(limited_house)

    assert [(one.key, one.version) for one in deployed.definitions] == [("limited", 2)]
    assert shown(limited_house, before)["acceptance"].rule.number == 15
    assert shown(limited_house, after)["acceptance"].rule.number == 20


def test_a_step_stops_its_clocks_in_time_or_late_and_starts_the_next(limited_house: House) -> None:
    instance_id = start(limited_house)
    limited_house.clock.set(NOW + timedelta(days=2))

    complete(limited_house, "decide")

    found = shown(limited_house, instance_id)
    assert (found["acceptance"].outcome, found["first_answer"].outcome) == ("met", "late")
    assert found["acceptance"].stopped_at == limited_house.clock.now()
    assert found["handling"].started_at == limited_house.clock.now()
    assert found["handling"].due_at == end_of(2026, 11, 22)
    assert found["consulting"].due_at == end_of(2026, 10, 8)  # over two holidays


def test_a_clock_may_count_from_a_moment_in_the_data(limited_house: House) -> None:
    instance_id = start(limited_house, told_at=(NOW + timedelta(days=1)).isoformat())
    limited_house.clock.set(NOW + timedelta(days=2))

    complete(limited_house, "decide")

    assert shown(limited_house, instance_id)["told"].started_at == NOW + timedelta(days=1)


def test_a_clock_that_runs_is_not_started_again_by_a_loop(limited_house: House) -> None:
    instance_id = start(limited_house, prolong=True)
    complete(limited_house, "decide")
    complete(limited_house, "handle")
    complete(limited_house, "decide")
    limited_house.clock.set(NOW + timedelta(days=1))

    found = limited_house.act(ADMINISTRATOR, lambda work: clocks.of_instance(work, instance_id))

    assert [one.name for one in found if one.stopped_at is None and one.name == "时限whole"] == ["时限whole"]
    assert len([one for one in found if one.name == "时限acceptance"]) == 1  # begins with the case only


def test_the_end_of_the_case_ends_what_runs_until_then_and_lets_the_rest_lapse(limited_house: House) -> None:
    instance_id = start(limited_house)
    complete(limited_house, "decide")
    complete(limited_house, "handle")

    found = shown(limited_house, instance_id)

    assert found["whole"].outcome == "met"
    assert all(one.stopped_at is not None for one in found.values())


def test_a_cancelled_case_lets_its_clocks_lapse(limited_house: House) -> None:
    instance_id = start(limited_house)

    limited_house.act(ADMINISTRATOR, lambda work: instances.cancel(work, instance_id, "误登记"))

    assert {one.outcome for one in shown(limited_house, instance_id).values()} == {"lapsed"}


def test_an_overdue_clock_shows_it_without_anybody_looking_after_it(limited_house: House) -> None:
    instance_id = start(limited_house)
    assert not shown(limited_house, instance_id)["first_answer"].is_overdue

    limited_house.clock.set(NOW + timedelta(hours=25))

    assert shown(limited_house, instance_id)["first_answer"].is_overdue


def test_the_days_left_are_counted_as_the_rule_counts(limited_house: House) -> None:
    found = shown(limited_house, start(limited_house, channel="hotline"))

    assert (found["hotline"].left, found["whole"].left, found["first_answer"].left) == (5, 90, None)


def test_a_step_that_touches_no_rule_asks_the_database_nothing_more(limited_house: House) -> None:
    instance_id = limited_house.start("two_steps")
    statements: list[str] = []
    event.listen(limited_house.database.pool, "before_cursor_execute", lambda *call: statements.append(call[2]))

    complete(limited_house, "investigate")

    assert [line for line in statements if "case_clock" in line] == []
    assert shown(limited_house, instance_id) == {}


def test_the_nearest_statutory_clock_is_told_for_lists(limited_house: House) -> None:
    instance_id = start(limited_house)

    assert limited_house.act(ADMINISTRATOR, lambda work: clocks.nearest(work, [instance_id])) == {
        instance_id: end_of(2026, 10, 8)
    }
    assert limited_house.act(ADMINISTRATOR, lambda work: clocks.nearest(work, [])) == {}


def test_the_plans_deadlines_ask_the_same_rule(limited_house: House) -> None:
    start(limited_house)
    complete(limited_house, "decide")

    (task,) = limited_house.act(OFFICER, lambda work: tasks.inbox(work, box="roles").items)

    assert task.due_at == end_of(2026, 11, 20)


# --- pausing, resuming, extending


def pause(house: House, instance_id: int, name: str = "acceptance", why: str = "complainant", actor=ADMINISTRATOR):
    clock_id = shown(house, instance_id)[name].id
    house.act(actor, lambda work: clocks.pause(work, instance_id, clock_id, why, "等投诉人补充材料"))
    return clock_id


def test_a_pause_moves_the_due_date_by_the_days_it_took(limited_house: House) -> None:
    instance_id = start(limited_house)
    limited_house.clock.set(beijing(2026, 9, 22))
    clock_id = pause(limited_house, instance_id)
    assert shown(limited_house, instance_id)["acceptance"].paused_at == beijing(2026, 9, 22)

    limited_house.clock.set(beijing(2026, 10, 12))
    assert not shown(limited_house, instance_id)["acceptance"].is_overdue  # it stands still
    limited_house.act(ADMINISTRATOR, lambda work: clocks.resume(work, instance_id, clock_id, "材料已到"))

    found = shown(limited_house, instance_id)["acceptance"]
    assert found.due_at == end_of(2026, 10, 26)  # 15 + 20 days, and on from a Saturday worked nowhere
    assert [(one.why, one.begin, one.end) for one in found.pauses] == [
        ("complainant", beijing(2026, 9, 22), beijing(2026, 10, 12))
    ]


def test_a_statutory_clock_is_paused_only_for_what_its_rule_allows(limited_house: House) -> None:
    instance_id = start(limited_house)

    with pytest.raises(EngineError) as refused:
        pause(limited_house, instance_id, why="hearing")

    assert refused.value.code == "pause-not-allowed"
    assert "等待投诉人补充材料" in refused.value.zh
    pause(limited_house, instance_id, "first_answer", why="hearing")  # the house's own may


def test_a_clock_stopped_while_paused_leaves_the_pause_out(limited_house: House) -> None:
    instance_id = start(limited_house)
    pause(limited_house, instance_id)
    limited_house.clock.set(beijing(2026, 10, 30))

    complete(limited_house, "decide")

    assert shown(limited_house, instance_id)["acceptance"].outcome == "met"


def test_pausing_twice_and_resuming_what_runs_are_conflicts(limited_house: House) -> None:
    instance_id = start(limited_house)
    clock_id = shown(limited_house, instance_id)["acceptance"].id
    with pytest.raises(Conflict):
        limited_house.act(ADMINISTRATOR, lambda work: clocks.resume(work, instance_id, clock_id, "x"))
    pause(limited_house, instance_id)

    with pytest.raises(Conflict):
        pause(limited_house, instance_id)


def extend(house: House, instance_id: int, number: int = 30, actor=ADMINISTRATOR, **options: Any) -> None:
    clock_id = shown(house, instance_id)["handling"].id
    given = {"reason": "案情复杂", "is_told": True, **options}
    house.act(actor, lambda work: clocks.extend(work, instance_id, clock_id, number, **given))


def handled(house: House) -> int:
    instance_id = start(house)
    complete(house, "decide")
    return instance_id


def test_a_clock_is_extended_once_as_far_as_its_rule_allows_by_who_it_names(limited_house: House) -> None:
    instance_id = handled(limited_house)

    extend(limited_house, instance_id, 20, actor=HEAD)

    found = shown(limited_house, instance_id)["handling"]
    assert found.due_at == end_of(2026, 12, 10)
    assert (found.extensions, found.extended, found.may_extend) == (1, 20, False)
    with pytest.raises(Conflict) as refused:
        extend(limited_house, instance_id, 10)
    assert refused.value.code == "extension-not-allowed"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"number": 31}, "extension-too-long"),
        ({"number": 0}, "extension-too-long"),
        ({"reason": " "}, "reason-missing"),
        ({"is_told": False}, "reason-not-told"),
    ],
)
def test_an_extension_beyond_the_rule_is_refused(limited_house: House, options, code) -> None:
    instance_id = handled(limited_house)

    with pytest.raises(EngineError) as refused:
        extend(limited_house, instance_id, **options)

    assert refused.value.code == code
    assert shown(limited_house, instance_id)["handling"].extensions == 0


def test_a_rule_without_extension_and_an_overdue_clock_are_not_extended(limited_house: House) -> None:
    instance_id = handled(limited_house)
    whole = shown(limited_house, instance_id)["whole"].id
    with pytest.raises(Conflict):
        limited_house.act(ADMINISTRATOR, lambda work: clocks.extend(work, instance_id, whole, 1, "x", is_told=True))
    limited_house.clock.set(beijing(2027, 3, 1))

    with pytest.raises(Conflict) as refused:
        extend(limited_house, instance_id)

    assert refused.value.code == "clock-overdue"


def test_only_who_may_acts_on_a_clock_and_nobody_else_learns_of_it(limited_house: House) -> None:
    instance_id = handled(limited_house)
    clock_id = shown(limited_house, instance_id)["handling"].id
    assert not shown(limited_house, instance_id, OFFICER)["handling"].may_extend
    assert shown(limited_house, instance_id, HEAD)["handling"].may_extend

    for verb in (
        lambda work: clocks.pause(work, instance_id, clock_id, "hearing", "x"),
        lambda work: clocks.extend(work, instance_id, clock_id, 1, "x", is_told=True),
        lambda work: clocks.resume(work, instance_id, clock_id, "x"),
    ):
        with pytest.raises(NotAllowed):
            limited_house.act(OFFICER, verb)
        with pytest.raises(NotFound):
            limited_house.act(OUTSIDER, verb)
        with pytest.raises(NotFound):
            limited_house.act(DIRECTOR, verb)  # the role alone opens no case that it has no part in


def test_a_clock_of_another_case_is_not_found(limited_house: House) -> None:
    one, other = handled(limited_house), handled(limited_house)
    clock_id = shown(limited_house, other)["handling"].id

    with pytest.raises(NotFound):
        limited_house.act(ADMINISTRATOR, lambda work: clocks.pause(work, one, clock_id, "hearing", "x"))


def test_every_act_on_a_clock_is_in_the_history_with_its_reason(limited_house: House) -> None:
    instance_id = handled(limited_house)
    clock_id = pause(limited_house, instance_id, "handling", "hearing")
    limited_house.act(ADMINISTRATOR, lambda work: clocks.resume(work, instance_id, clock_id, "听证结束"))
    extend(limited_house, instance_id)

    acts = [
        (one.what, one.data["clock"], one.data["reason"])
        for one in limited_house.act(ADMINISTRATOR, lambda work: instances.timeline(work, instance_id))
        if one.what.startswith("clock_")
    ]

    assert acts == [
        ("clock_paused", "时限handling", "等投诉人补充材料"),
        ("clock_resumed", "时限handling", "听证结束"),
        ("clock_extended", "时限handling", "案情复杂"),
    ]
    assert limited_house.act(ADMINISTRATOR, lambda work: instances.verify(work, instance_id))


def test_the_plans_own_step_extends_a_clock_once(limited_house: House) -> None:
    files = {**limited.FILES}
    files["limited.rules.json"] = limited.PACK.replace(
        b'"to": ["handle"], "extended_by"', b'"to": ["done"], "extended_by"'
    )
    limited_house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, files))
    instance_id = start(limited_house, prolong=True)
    for element in ("decide", "handle", "decide", "handle"):
        complete(limited_house, element)

    found = shown(limited_house, instance_id)["handling"]

    assert (found.extensions, found.due_at) == (1, end_of(2026, 12, 20))
    told = limited_house.act(ADMINISTRATOR, lambda work: instances.timeline(work, instance_id))
    assert [one.element for one in told if one.what == "clock_extended"] == ["prolonged"]


def timers(house: House, instance_id: int) -> dict[str, datetime]:
    found = house.act(ADMINISTRATOR, lambda work: instances.waits(work, instance_id))
    return {one.element: one.due_at for one in found if one.kind == "timer"}


def test_the_plans_deadlines_move_along_with_the_clock_that_they_asked(limited_house: House) -> None:
    instance_id = handled(limited_house)
    before = timers(limited_house, instance_id)

    extend(limited_house, instance_id, 20)

    after = timers(limited_house, instance_id)
    assert after["overdue"] == shown(limited_house, instance_id)["handling"].due_at
    assert after["reminder"] == before["reminder"] + timedelta(days=20)
    assert after["other"] == before["other"]


def fire(house: House) -> None:
    with house.database.work(ADMINISTRATOR) as work:
        due = jobs.due(work, 100)
    for job_id in due:
        jobs.perform(house.database, job_id, {})


def open_steps(house: House, instance_id: int) -> set[str]:
    found = house.act(ADMINISTRATOR, lambda work: instances.waits(work, instance_id))
    return {one.element for one in found if one.kind == "user"}


def test_nobody_is_supervised_over_a_limit_that_stands_still(limited_house: House) -> None:
    instance_id = handled(limited_house)
    limited_house.clock.set(NOW + timedelta(days=3))
    fire(limited_house)  # the deadline that asks no rule
    complete_supervision(limited_house)
    limited_house.clock.set(beijing(2026, 11, 12))
    clock_id = pause(limited_house, instance_id, "handling", "hearing")

    limited_house.clock.set(beijing(2026, 12, 12))
    fire(limited_house)
    assert open_steps(limited_house, instance_id) == {"handle"}

    limited_house.act(ADMINISTRATOR, lambda work: clocks.resume(work, instance_id, clock_id, "听证结束"))
    fire(limited_house)
    assert open_steps(limited_house, instance_id) == {"handle"}
    limited_house.clock.set(beijing(2026, 12, 25))
    fire(limited_house)
    assert open_steps(limited_house, instance_id) == {"handle", "supervise"}


def complete_supervision(house: House) -> None:
    def verb(work):
        task = next(one for one in tasks.inbox(work, box="roles").items if one.element_id == "supervise")
        tasks.complete(work, task.id, {})

    house.act(DIRECTOR, verb)


def test_a_task_due_with_a_clock_at_rest_is_not_late_and_is_due_later_when_it_runs_again(limited_house: House) -> None:
    instance_id = start(limited_house)
    complete(limited_house, "decide")
    task = limited_house.act(OFFICER, lambda work: tasks.inbox(work, box="roles").items[0])
    limited_house.act(OFFICER, lambda work: tasks.claim(work, task.id))
    clock = shown(limited_house, instance_id)["handling"]
    limited_house.act(ADMINISTRATOR, lambda work: clocks.pause(work, instance_id, clock.id, "hearing", "听证"))

    limited_house.clock.set(clock.due_at + timedelta(days=10))

    assert clock.due_at == task.due_at
    resting = limited_house.act(OFFICER, lambda work: clocks.resting(work, [instance_id]))
    assert resting == {(instance_id, task.due_at): "hearing"}
    assert limited_house.act(OFFICER, lambda work: tasks.counts(work))["overdue"] == 0
    limited_house.act(ADMINISTRATOR, lambda work: clocks.resume(work, instance_id, clock.id, "听证结束"))
    later = limited_house.act(OFFICER, lambda work: tasks.get(work, task.id))
    assert later.due_at == shown(limited_house, instance_id)["handling"].due_at > limited_house.clock.now()
    assert limited_house.act(OFFICER, lambda work: clocks.resting(work, [instance_id])) == {}


def test_a_rule_names_who_may_let_its_clock_stand_still_and_no_more(limited_house: House) -> None:
    pack = json.loads(limited.PACK)
    pack["rules"][1].update(paused_by="主任", extension={"number": 30, "unit": "days", "approver": "局长"})
    files = {**limited.FILES, "limited.rules.json": json.dumps(pack).encode()}
    limited_house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, files))
    instance_id = start(limited_house)
    complete(limited_house, "decide")
    clock = shown(limited_house, instance_id, HEAD)["handling"]

    limited_house.act(HEAD, lambda work: clocks.pause(work, instance_id, clock.id, "hearing", "听证"))

    assert clock.may_pause
    assert not clock.may_extend
    assert shown(limited_house, instance_id, HEAD)["handling"].may_resume
    with pytest.raises(NotAllowed):
        limited_house.act(HEAD, lambda work: clocks.extend(work, instance_id, clock.id, 5, "案情复杂", is_told=True))


def test_a_case_that_is_suspended_and_resumed_meanwhile_keeps_its_clock_at_rest(limited_house: House) -> None:
    instance_id = handled(limited_house)
    clock_id = pause(limited_house, instance_id, "handling", "hearing")
    limited_house.act(ADMINISTRATOR, lambda work: instances.suspend(work, instance_id, "x"))
    limited_house.act(ADMINISTRATOR, lambda work: instances.resume(work, instance_id, "x"))

    def statuses(work) -> dict[str, str]:
        return dict(
            work.session.execute(select(Job.element_id, Job.status).where(Job.instance_id == instance_id)).all()
        )

    assert limited_house.act(ADMINISTRATOR, statuses) == {"reminder": "held", "overdue": "held", "other": "waiting"}
    limited_house.act(ADMINISTRATOR, lambda work: clocks.resume(work, instance_id, clock_id, "x"))
    assert set(limited_house.act(ADMINISTRATOR, statuses).values()) == {"waiting"}


def test_a_pause_that_ends_with_its_step_leaves_no_timer_held(limited_house: House) -> None:
    instance_id = handled(limited_house)
    pause(limited_house, instance_id, "handling", "hearing")

    complete(limited_house, "handle")

    with limited_house.database.work(ADMINISTRATOR) as work:
        assert list(work.session.scalars(select(Job.status).where(Job.instance_id == instance_id))) == []


# --- the calendar, and what can be built anew


def test_publishing_a_year_counts_provisional_clocks_again(limited_house: House) -> None:
    limited_house.clock.set(beijing(2026, 12, 30))
    instance_id = start(limited_house, channel="hotline", received_at="2026-12-30T09:00:00+08:00")
    found = shown(limited_house, instance_id)["hotline"]
    assert (found.is_provisional, found.due_at) == (True, end_of(2027, 1, 7))
    days = [DayEntry(date(2027, 1, 1), False), DayEntry(date(2027, 1, 4), False), DayEntry(date(2027, 1, 10), True)]

    count = limited_house.act(ADMINISTRATOR, lambda work: calendar_years.import_year(work, 2027, days, "国办发明电"))

    found = shown(limited_house, instance_id)["hotline"]
    assert (count, found.is_provisional, found.due_at) == (1, False, end_of(2027, 1, 8))
    told = limited_house.act(ADMINISTRATOR, lambda work: instances.timeline(work, instance_id))
    assert "时限hotline" in str([one.data for one in told if one.what == "deadlines_recomputed"])


def test_an_open_year_is_warned_of_while_clocks_rest_on_it(limited_house: House) -> None:
    limited_house.clock.set(beijing(2026, 10, 30))
    start(limited_house, channel="hotline", received_at="2026-10-30T09:00:00+08:00")
    assert limited_house.act(ADMINISTRATOR, calendar_years.warning) is None

    limited_house.clock.set(beijing(2026, 12, 30))
    start(limited_house, channel="hotline", received_at="2026-12-30T09:00:00+08:00")

    assert "1 个投诉件" in limited_house.act(ADMINISTRATOR, calendar_years.warning)[0]


def test_the_rows_can_be_built_anew_from_what_happened(limited_house: House) -> None:
    instance_id = start(limited_house, channel="hotline")
    limited_house.clock.set(NOW + timedelta(days=3))
    complete(limited_house, "decide")
    extend(limited_house, instance_id, 7)

    def rebuilt(work) -> set[tuple[Any, ...]]:
        """Replay the history over the plan's rules, without a look at the rows."""
        info = instances.get(work, instance_id)
        family = deployments.open_family(work, info.definition_id)
        entries = history.read(work, instance_id)
        data = entries[0].data
        received_at = datetime.fromisoformat(data["received_at"])
        happened = {one.element: one.at for one in entries if one.what == "completed"}
        ready = {one.element: one.at for one in entries if one.what == "ready"}
        extended = {one.data["rule"]: one.data["number"] for one in entries if one.what == "clock_extended"}
        rows = set()
        for versions in family.rules.values():
            rule = in_force(versions, received_at.date())
            span = rule.spans["limited"] if rule else None
            if rule is None or span is None or not rule.is_on or (span.when and data["channel"] != "hotline"):
                continue
            began = received_at if not span.start else (ready if span.is_reached else happened).get(span.start)
            if began is not None:
                ends = [happened[one] for one in span.ends if one in happened]
                due = rule.due(began, published_calendar(), extended=extended.get(rule.id, 0))
                rows.add((rule.id, began, due, min(ends) if ends else None))
        return rows

    stored = limited_house.act(
        ADMINISTRATOR,
        lambda work: {
            (row.rule_id, row.started_at, row.due_at, row.stopped_at) for row in work.session.scalars(select(CaseClock))
        },
    )
    assert limited_house.act(ADMINISTRATOR, rebuilt) == stored


def test_marks_of_repeated_elements_are_those_of_the_whole() -> None:
    from tests.plans.walk import family

    marks = clock_shadow._read(family(), "daily_complaint")

    assert ("daily_complaint", "began", "take_part") in marks.starts
    assert ("daily_complaint", "finished", "take_part") in marks.stops


def test_a_called_process_has_its_clocks_in_the_case_that_calls_it(house: House) -> None:
    called = limited.PLAN.replace(b'"limited"', b'"called"').replace(b'id="definitions"', b'id="inner"')
    called = called.replace(b"limit due(&quot;handling&quot;, received_at)", b"working days after(now(), 5)")
    called = called.replace(b'limit due("handling", now())', b"working days after(now(), 5)")
    rules = [
        limited.rule("inside", 5, "days", {"from": "", "to": []}, clock="internal"),
        limited.rule("outside", 60, "days", {"from": "call", "to": ["after"], "begins": "reached"}),
    ]
    rules[0]["plans"] = {"called": rules[0]["plans"]["limited"]}
    rules[1]["plans"] = {"calling": rules[1]["plans"]["limited"]}
    calling = plans.diagram(
        "calling",
        plans.start(),
        plans.user_task("before"),
        '<bpmn:callActivity id="call" name="办理"><bpmn:extensionElements><zeebe:calledElement processId="called"/>'
        "</bpmn:extensionElements></bpmn:callActivity>",
        plans.user_task("after"),
        plans.end(),
        plans.flow("begin", "before"),
        plans.flow("before", "call"),
        plans.flow("call", "after"),
        plans.flow("after", "done"),
        lanes={"专员": "begin before call after done"},
    )
    pack = json.dumps({"name": "x", "rules": rules}).encode()
    files = {"calling.bpmn": calling, "called.bpmn": called, "calling.rules.json": pack}
    house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, files))
    instance_id = house.start("calling", received_at=NOW.isoformat(), prolong=False)
    assert shown(house, instance_id) == {}

    house.clock.set(NOW + timedelta(days=1))
    complete(house, "before")
    assert shown(house, instance_id)["inside"].started_at == NOW + timedelta(days=1)
    complete(house, "decide")
    complete(house, "handle")

    found = shown(house, instance_id)
    assert (found["inside"].outcome, found["outside"].outcome) == ("met", None)
