"""Add the English names of what plans name.

Revision 0008, after 0007.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "plan_word",
        sa.Column("zh", sa.String(length=300), nullable=False),
        sa.Column("en", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("zh", name=op.f("pk_plan_word")),
    )


def downgrade() -> None:
    op.drop_table("plan_word")
