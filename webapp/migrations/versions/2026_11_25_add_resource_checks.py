"""Add what people found when they looked at what is kept ready for a plan.

Revision 0007, after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "resource_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(length=100), nullable=False),
        sa.Column("resource", sa.String(length=60), nullable=False),
        sa.Column("is_ready", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_check")),
    )
    op.create_index("ix_resource_check_plan_resource", "resource_check", ["plan", "resource", "id"])


def downgrade() -> None:
    op.drop_index("ix_resource_check_plan_resource", "resource_check")
    op.drop_table("resource_check")
