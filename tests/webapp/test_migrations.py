"""The steps of the schema make exactly the tables of the code, on both databases, and go back."""

from __future__ import annotations

from sqlalchemy import inspect

from engine.work import open_database
from webapp.migrations import schema


def test_the_steps_make_exactly_the_tables_of_the_code(empty_database_url: str):
    pool = open_database(empty_database_url)

    schema.upgrade(pool)

    assert schema.differences(pool) == []
    assert schema.is_current(pool)
    pool.dispose()


def test_an_upgraded_database_has_nothing_more_to_do(empty_database_url: str):
    pool = open_database(empty_database_url)
    first = schema.upgrade(pool)

    second = schema.upgrade(pool)

    assert first
    assert second == []
    pool.dispose()


def test_every_step_goes_back_and_forth(empty_database_url: str):
    pool = open_database(empty_database_url)
    schema.upgrade(pool)

    schema.downgrade(pool, "base")

    assert not schema.is_current(pool)
    assert inspect(pool).get_table_names() == ["alembic_version"]
    schema.upgrade(pool)
    assert schema.is_current(pool)
    pool.dispose()


def test_an_empty_database_is_not_current(empty_database_url: str):
    pool = open_database(empty_database_url)

    assert not schema.is_current(pool)
    pool.dispose()
