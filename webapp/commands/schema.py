"""`banjie db`: brings the database's schema up to date. What the steps do is in `webapp/migrations`."""

from __future__ import annotations

import click

from engine import calendar_years
from engine.work import SYSTEM, Database
from webapp.commands import door


@click.group()
def db() -> None:
    """数据库结构。 The database's schema."""


@db.command()
@door.database_option
def upgrade(database_url: str | None) -> None:
    """升级到最新结构。 Apply the steps that are missing, all or none; seed the published calendar."""
    steps = bring_up_to_date(door.connect(door.settings_for(database_url)))
    done = ", ".join(steps) or "-"
    click.echo(f"已执行 / applied: {done}")


def bring_up_to_date(database: Database) -> list[str]:
    """Apply the missing steps and make sure that the published calendar years are there. Returns the steps."""
    from webapp.migrations import schema

    steps = schema.upgrade(database.pool)
    with database.work(SYSTEM) as work:
        calendar_years.seed(work)
    return steps


@db.command()
@click.argument("title")
@door.database_option
def draft(title: str, database_url: str | None) -> None:
    """（开发者）起草下一步。 For developers: write the next step from the difference between code and database."""
    from webapp.migrations import schema

    schema.draft(door.connect(door.settings_for(database_url)).pool, title)
