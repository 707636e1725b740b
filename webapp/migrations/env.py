"""What Alembic runs: on a connection handed in by `schema.py`, in one transaction, on either database."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text

from webapp.migrations.metadata import all_tables, is_ours, written_as

#: Names the upgrade among PostgreSQL's advisory locks: two processes that start together upgrade once.
_UPGRADE_LOCK = 7_220_009


def run(connection: Connection) -> None:
    """Apply the steps on `connection`; its owner commits."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
    context.configure(
        connection=connection,
        target_metadata=all_tables(),
        include_object=is_ours,
        render_item=written_as,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transactional_ddl=True,
    )
    context.run_migrations()


run(context.config.attributes["connection"])
