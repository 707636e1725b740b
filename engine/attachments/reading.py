"""Reading attachments: those of a case, of a task in the making, one, and its bytes. Nothing here changes one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select

from engine import instances
from engine.attachments.kinds import kind_of
from engine.attachments.rows import DRAFT, KEPT, REMOVED, Attachment, AttachmentChunk
from engine.errors import NotFound
from engine.tables import ProcessInstance, UserTask
from engine.visibility import visible_instances
from engine.work import UnitOfWork

#: Bytes of a piece; all but the last are full.
CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class AttachmentInfo:
    """An attachment as pages show it. `step` is the name of its task, "" for one that came with the complaint."""

    id: str
    instance_id: int | None
    task_id: int | None
    field: str
    name: str
    media_type: str
    size: int
    digest: str
    uploaded_by: str
    uploaded_at: datetime
    state: str
    step: str = ""
    removed_by: str | None = None
    removed_at: datetime | None = None
    reason: str = ""

    @property
    def is_draft(self) -> bool:
        """Whether its task is not completed yet: only who uploaded it sees it."""
        return self.state == DRAFT

    @property
    def is_removed(self) -> bool:
        """Whether its bytes are gone."""
        return self.state == REMOVED

    @property
    def is_shown(self) -> bool:
        """Whether a browser may show it in its own page: a picture, which holds nothing that runs."""
        return not self.is_removed and kind_of(self.media_type).is_shown


def of_instance(work: UnitOfWork, instance_id: int) -> list[AttachmentInfo]:
    """Return what was attached to a case, in order, removed ones too; of drafts only the actor's own.

    Raises NotFound when the actor may not see the case.
    """
    instances.get(work, instance_id)
    rows = work.session.execute(
        _select()
        .where(Attachment.instance_id == instance_id, _is_theirs(work))
        .order_by(Attachment.uploaded_at, Attachment.id)
    )
    return [_info(*row) for row in rows]


def of_page(work: UnitOfWork, page: str) -> list[AttachmentInfo]:
    """Return the drafts that the actor uploaded on a registering page that is not sent yet."""
    mine = and_(Attachment.page == page, Attachment.state == DRAFT, Attachment.uploaded_by == work.actor.id)
    rows = work.session.execute(_select().where(mine).order_by(Attachment.uploaded_at, Attachment.id))
    return [_info(*row) for row in rows]


def find(work: UnitOfWork, instance_id: int, attachment_id: str) -> AttachmentInfo:
    """Return one attachment of a case. Raises NotFound when there is none, or the actor may not see it or its case."""
    row = work.session.execute(
        _select()
        .join(ProcessInstance, ProcessInstance.id == Attachment.instance_id)
        .where(
            Attachment.id == attachment_id[:20],
            Attachment.instance_id == instance_id,
            _is_theirs(work),
            visible_instances(work),
        )
    ).one_or_none()
    if row is None:
        raise NotFound("没有这个附件，或者您无权查看。", "There is no such attachment, or you may not see it.")
    return _info(*row)


def piece(work: UnitOfWork, attachment_id: str, number: int) -> bytes:
    """Return piece `number` (0, 1 …) of an attachment that was found before; b"" beyond its end, or once it is removed."""
    found = work.session.scalar(
        select(AttachmentChunk.content).where(
            AttachmentChunk.attachment_id == attachment_id, AttachmentChunk.number == number
        )
    )
    return found or b""


def names(attachments: Iterable[AttachmentInfo]) -> Mapping[str, str]:
    """Return id -> name."""
    return {attachment.id: attachment.name for attachment in attachments}


def _is_theirs(work: UnitOfWork) -> ColumnElement[bool]:
    """A draft is seen by who uploaded it; what is kept, or was, by everyone who sees the case."""
    return or_(Attachment.state.in_([KEPT, REMOVED]), Attachment.uploaded_by == work.actor.id)


def _select() -> Select[Attachment, str | None]:
    return select(Attachment, UserTask.name).outerjoin(UserTask, UserTask.id == Attachment.task_id)


def _info(row: Attachment, step: str | None) -> AttachmentInfo:
    return AttachmentInfo(
        id=row.id,
        instance_id=row.instance_id,
        task_id=row.task_id,
        field=row.field,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        digest=row.digest,
        uploaded_by=row.uploaded_by,
        uploaded_at=row.uploaded_at,
        state=row.state,
        step=step or "",
        removed_by=row.removed_by,
        removed_at=row.removed_at,
        reason=row.reason,
    )
