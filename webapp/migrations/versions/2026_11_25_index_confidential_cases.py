"""Index confidential cases: few among many, and every inbox counts without them.

Revision 0009, after 0008.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_index(
        "ix_process_instance_confidential",
        "process_instance",
        ["id"],
        sqlite_where=sa.text("is_confidential = 1"),
        postgresql_where=sa.text("is_confidential"),
    )


def downgrade() -> None:
    op.drop_index("ix_process_instance_confidential", "process_instance")
