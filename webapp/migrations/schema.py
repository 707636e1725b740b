"""Brings a database's schema to the newest step, and says whether it is there. The door to Alembic for the product."""

from __future__ import annotations

import io
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from webapp.migrations.metadata import all_tables, is_ours


def upgrade(pool: Engine, target: str = "head") -> list[str]:
    """Apply the steps that are missing, all or none, and return their names in order."""
    with pool.begin() as connection:
        before = _applied(connection)
        command.upgrade(_config(connection), target)
        return [step for step in _applied(connection) if step not in before]


def downgrade(pool: Engine, target: str) -> None:
    """Take the steps after `target` ("base" for all) back. Data in what they added is lost."""
    with pool.begin() as connection:
        command.downgrade(_config(connection), target)


def is_current(pool: Engine) -> bool:
    """Return whether every step is applied."""
    with pool.connect() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
    return set(heads) == set(_scripts().get_heads())


def differences(pool: Engine) -> list[str]:
    """Return where the database and the tables in the code disagree; empty when they agree."""
    with pool.connect() as connection:
        found = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_ours})
        return [str(difference) for difference in compare_metadata(found, all_tables())]


def draft(pool: Engine, title: str) -> None:
    """Write a new step with what the code has and the database has not. For developers: read it before it is kept."""
    number = f"{sum(1 for _ in _scripts().walk_revisions()) + 1:04}"
    with pool.begin() as connection:
        command.revision(_config(connection), message=title, autogenerate=True, rev_id=number)


def _applied(connection: Connection) -> list[str]:
    """Return the names of the applied steps, oldest first."""
    heads = MigrationContext.configure(connection).get_current_heads()
    if not heads:
        return []
    steps = [script.revision for script in _scripts().iterate_revisions(heads, "base")]
    return steps[::-1]


def _config(connection: Connection | None = None) -> Config:
    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
