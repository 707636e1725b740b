"""Stored shapes of attachments. Shape only: no rule, no query."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables import Base

DRAFT, KEPT, REMOVED = "draft", "kept", "removed"


class Attachment(Base):
    """A file that somebody gave as evidence (附件): a draft until its task is completed, then kept with the case.

    Its bytes are in `AttachmentChunk`, gone once it is removed; the row stays and says who removed it, and why.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_instance_id_state", "instance_id", "state"),
        Index(
            "ix_attachment_page",
            "page",
            sqlite_where=text("page IS NOT NULL"),
            postgresql_where=text("page IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(20), primary_key=True)  #: at random: what forms answer with
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))  #: None: not registered yet
    task_id: Mapped[int | None] = mapped_column(ForeignKey("user_task.id"))  #: None: it came with the registering form
    page: Mapped[str | None] = mapped_column(String(60))  #: mark of the registering page; None: given at a task
    element_id: Mapped[str] = mapped_column(String(100), default="")
    field: Mapped[str] = mapped_column(String(300))  #: path in the form
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))  #: as its content says
    size: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))  #: SHA-256
    uploaded_by: Mapped[str] = mapped_column(String(100))
    uploaded_at: Mapped[datetime] = mapped_column()
    state: Mapped[str] = mapped_column(String(10))  #: draft, kept or removed
    removed_by: Mapped[str | None] = mapped_column(String(100))
    removed_at: Mapped[datetime | None] = mapped_column()
    reason: Mapped[str] = mapped_column(Text, default="")  #: why it was removed


class AttachmentChunk(Base):
    """A piece of an attachment's bytes: small enough to be held in memory one at a time."""

    __tablename__ = "attachment_chunk"

    attachment_id: Mapped[str] = mapped_column(ForeignKey("attachment.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)  #: 0, 1, 2 …
    content: Mapped[bytes] = mapped_column(LargeBinary)
