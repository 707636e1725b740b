"""The steps of the schema make exactly the tables of the code, on both databases, and go back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, inspect

from engine.work import open_database
from webapp.migrations import schema


@pytest.fixture
def pool(empty_database_url: str) -> Iterator[Engine]:
    """Give connections to a database without tables."""
    pool = open_database(empty_database_url)
    yield pool
    pool.dispose()


def test_the_steps_make_exactly_the_tables_of_the_code(pool: Engine):
    schema.upgrade(pool)

    assert schema.differences(pool) == []
    assert schema.is_current(pool)


def test_an_upgraded_database_has_nothing_more_to_do(pool: Engine):
    first = schema.upgrade(pool)

    second = schema.upgrade(pool)

    assert first
    assert second == []


def test_every_step_goes_back_and_forth(pool: Engine):
    schema.upgrade(pool)

    schema.downgrade(pool, "base")

    assert not schema.is_current(pool)
    assert inspect(pool).get_table_names() == ["alembic_version"]
    schema.upgrade(pool)
    assert schema.is_current(pool)


def test_an_empty_database_is_not_current(pool: Engine):
    assert not schema.is_current(pool)
