"""Add recusals (who is kept out of a case), and whom a person reports to.

Revision 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "instance_recusal",
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("because_of", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_instance_recusal_instance_id_process_instance")
        ),
        sa.PrimaryKeyConstraint("instance_id", "person", "because_of", name=op.f("pk_instance_recusal")),
    )
    op.create_index("ix_instance_recusal_because_of", "instance_recusal", ["because_of", "instance_id"])
    op.create_index("ix_instance_recusal_person", "instance_recusal", ["person", "instance_id"])
    op.add_column(
        "process_instance", sa.Column("has_recusals", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("person", sa.Column("superior", sa.String(length=100), nullable=True))
    op.create_index("ix_person_superior", "person", ["superior"])


def downgrade() -> None:
    op.drop_index("ix_person_superior", "person")
    op.drop_column("person", "superior")
    op.drop_column("process_instance", "has_recusals")
    op.drop_index("ix_instance_recusal_person", "instance_recusal")
    op.drop_index("ix_instance_recusal_because_of", "instance_recusal")
    op.drop_table("instance_recusal")
