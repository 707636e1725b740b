"""Years of the calendar: importing one, provisional deadlines, and what is recomputed when the notice comes."""

from __future__ import annotations

from datetime import date

import pytest

from engine import calendar_years, instances, jobs, tasks
from engine.calendar_years import DayEntry
from engine.errors import EngineError, NotAllowed
from tests.engine.conftest import ADMINISTRATOR, OFFICER, House, beijing

NOTICE = "国办发明电〔2026〕7号"
#: A made-up notice: 1-3 January off, Sunday 10 January worked instead.
DAYS_2027 = [
    DayEntry(date(2027, 1, 1), False, "元旦"),
    DayEntry(date(2027, 1, 4), False, "元旦"),
    DayEntry(date(2027, 1, 10), True, "元旦调休"),
]


def reply_due(house: House) -> tasks.TaskInfo:
    """Return the one open task of the plan `due`."""
    (task,) = house.act(OFFICER, lambda work: tasks.inbox(work, box="roles").items)
    return task


def test_a_deadline_in_an_unpublished_year_is_computed_provisionally_and_blocks_nothing(house: House) -> None:
    house.start("due", received_at="2026-12-30T09:00:00+08:00")

    task = reply_due(house)

    assert (task.due_at, task.is_provisional) == (beijing(2027, 1, 7), True)


def test_importing_the_year_recomputes_provisional_deadlines(house: House) -> None:
    instance_id = house.start("due", received_at="2026-12-30T09:00:00+08:00")

    recomputed = house.act(ADMINISTRATOR, lambda work: calendar_years.import_year(work, 2027, DAYS_2027, NOTICE))

    task = reply_due(house)
    assert (recomputed, task.due_at, task.is_provisional) == (1, beijing(2027, 1, 8), False)
    entries = house.act(ADMINISTRATOR, lambda work: instances.timeline(work, instance_id))
    assert "deadlines_recomputed" in [entry.what for entry in entries]


def test_the_administrator_is_warned_of_provisional_deadlines(house: House) -> None:
    assert house.act(ADMINISTRATOR, calendar_years.warning) is None

    house.start("due", received_at="2026-12-30T09:00:00+08:00")

    warning = house.act(ADMINISTRATOR, calendar_years.warning)
    assert warning is not None
    assert "1 个投诉件" in warning[0]


def test_from_november_on_the_missing_next_year_is_warned_of(house: House) -> None:
    house.clock.set(beijing(2026, 11, 2))

    warning = house.act(ADMINISTRATOR, calendar_years.warning)

    assert warning is not None
    assert "2027" in warning[0]


@pytest.mark.parametrize(
    ("days", "named"),
    [
        ([DayEntry(date(2026, 1, 1), False)], "2026-01-01"),
        ([DayEntry(date(2027, 1, 1), False), DayEntry(date(2027, 1, 1), False)], "两次"),
        ([DayEntry(date(2027, 1, 1), False), DayEntry(date(2027, 1, 5), True)], "2027-01-05"),
        ([], "放假日"),
    ],
)
def test_days_that_cannot_be_right_are_named_and_nothing_is_stored(
    house: House, days: list[DayEntry], named: str
) -> None:
    with pytest.raises(EngineError, match=named):
        house.act(ADMINISTRATOR, lambda work: calendar_years.import_year(work, 2027, days, NOTICE))

    assert 2027 not in [info.year for info in house.act(ADMINISTRATOR, calendar_years.years)]


def test_importing_needs_its_permission(house: House) -> None:
    with pytest.raises(NotAllowed):
        house.act(OFFICER, lambda work: calendar_years.import_year(work, 2027, DAYS_2027, NOTICE))


def test_a_corrected_notice_replaces_the_year(house: House) -> None:
    house.act(ADMINISTRATOR, lambda work: calendar_years.import_year(work, 2027, DAYS_2027, NOTICE))
    house.act(ADMINISTRATOR, lambda work: calendar_years.import_year(work, 2027, DAYS_2027[:1], NOTICE))

    house.start("due", received_at="2026-12-30T09:00:00+08:00")

    assert reply_due(house).due_at == beijing(2027, 1, 7)
    assert jobs.run_due(house.database, {}) == 0
