"""The databases that tests are given: filled, fresh for each test, of both kinds."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from engine.tables import Setting
from engine.work import SYSTEM, Database
from tests.conftest import NOW


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_gets_a_database_that_no_other_test_wrote(database: Database, turn: str):
    with database.work(SYSTEM) as work:
        assert work.session.get(Setting, "only-here") is None

        work.session.add(Setting(key="only-here", value=turn))


def test_the_official_calendar_is_there(database: Database):
    with database.work(SYSTEM) as work:
        assert work.calendar().is_working_day(date(2026, 2, 14))


def test_units_of_work_stand_at_the_fixed_moment(database: Database):
    with database.work(SYSTEM) as work:
        assert work.now == NOW


def test_both_kinds_are_what_they_say(database: Database, database_kind: str):
    with database.work(SYSTEM) as work:
        found = work.session.execute(
            text("SELECT version()" if database_kind == "postgresql" else "SELECT sqlite_version()")
        ).scalar_one()

    assert ("PostgreSQL" in found) is (database_kind == "postgresql")
