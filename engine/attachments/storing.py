"""Attachments come and go: add a draft, keep what a completed task names, remove with a reason, purge what is left.

Who may add to which task is `tasks`. Nothing here leaves bytes without a row or a row without its bytes.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, select

from engine import instances
from engine.attachments.examining import MEGABYTE, Examined
from engine.attachments.kinds import accepts, kind_of
from engine.attachments.reading import CHUNK, AttachmentInfo, _info, find
from engine.attachments.rows import DRAFT, KEPT, REMOVED, Attachment, AttachmentChunk
from engine.errors import Conflict, EngineError, FileError, FileRefused, FileTooLarge, InvalidAnswers
from engine.forms import Field, Form, Scope, files_of, picker_at
from engine.tables import Job, UserTask
from engine.work import UnitOfWork

#: Pieces that one statement brings to the database.
_AT_ONCE = 4
#: Kind of the job that looks after a draft.
PURGE = "purge"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file is given: at an open task, or on a page with a mark of its own.

    Such a page registers a complaint (`instance_id` None: there is no case yet) or reports something to a case.
    """

    instance_id: int | None = None
    task_id: int | None = None
    page: str | None = None
    element: str = ""  #: of the task, or of the event that is reported


def add(work: UnitOfWork, form: Form, path: str, file: Examined, place: Place) -> AttachmentInfo:
    """Store a draft for the file picker at `path` of `form`.

    The same file sent again for the same field is the same draft. Raises FileError when the form has no such
    field, FileRefused when it wants other kinds, FileTooLarge or FileError beyond what a case may hold.
    """
    field = picker_at(form, path)
    if field is None:
        raise FileError("表单没有这个附件字段。", "The form has no such field for files.", code="no-file-field")
    if not accepts(field.accepted(Scope({}, work.now, work.calendar)), file.kind):
        raise _wrong_kind(file.name, field)
    case = _held(work, place)
    again = work.session.scalar(
        select(Attachment).where(
            case,
            Attachment.task_id == place.task_id,  # SQLAlchemy writes IS NULL for None
            Attachment.page == place.page,
            Attachment.state == DRAFT,
            Attachment.uploaded_by == work.actor.id,
            Attachment.field == path,
            Attachment.digest == file.digest,
        )
    )
    if again is not None:
        return _info(again, None)
    _check_room(work, case, file)
    row = Attachment(
        id=secrets.token_hex(8),
        instance_id=place.instance_id,
        task_id=place.task_id,
        page=place.page,
        element_id=place.element,
        field=path,
        name=file.name,
        media_type=file.kind.media_type,
        size=file.size,
        digest=file.digest,
        uploaded_by=work.actor.id,
        uploaded_at=work.now,
        state=DRAFT,
    )
    work.session.add(row)
    _look_later(work, row.id)
    work.session.flush()
    _store(work, row.id, file)
    return _info(row, None)


def discard(work: UnitOfWork, attachment_id: str, place: Place) -> None:
    """Drop a draft of the actor's. One that is gone, kept by now, or somebody else's is left as it is."""
    row = work.session.get(Attachment, attachment_id[:20])
    if row is None or row.state != DRAFT or row.uploaded_by != work.actor.id:
        return
    if (row.task_id, row.page) == (place.task_id, place.page):
        _drop(work, row)


def keep(work: UnitOfWork, form: Form, answers: dict[str, Any], place: Place) -> list[dict[str, Any]]:
    """Make the drafts that `answers` name the case's own; return what its history says of them.

    Raises InvalidAnswers by path for an attachment that is not the case's, not the actor's draft for this task or
    page, removed, or of a kind that its field does not take.
    """
    if place.instance_id is None:
        raise ValueError("a draft is kept with a case")
    named = [(path, field, attachment_id) for path, field, ids in files_of(form, answers) for attachment_id in ids]
    if not named:
        return []
    ids = {attachment_id for _, _, attachment_id in named}
    rows = {row.id: row for row in work.session.scalars(select(Attachment).where(Attachment.id.in_(ids)))}
    faults: dict[str, tuple[str, str]] = {}
    for path, field, attachment_id in named:
        row = rows.get(attachment_id)
        if row is None or not _is_usable(work, row, place):
            faults[path] = (
                "有的附件不存在或已移除，请重新上传。",
                "An attachment is not there any more; upload it again.",
            )
        elif not accepts(field.accepted(Scope({}, work.now, work.calendar)), kind_of(row.media_type)):
            wrong = _wrong_kind(row.name, field)
            faults[path] = (wrong.zh, wrong.en)
    if faults:
        raise InvalidAnswers(faults)
    fresh = []
    for path, _, attachment_id in named:
        row = rows[attachment_id]
        if row.state == DRAFT:
            row.state, row.instance_id, row.field, row.page = KEPT, place.instance_id, path, None
            fresh.append(row)
    work.session.flush()
    return [_entry("attached", fresh[0].element_id, fresh)] if fresh else []


def remove(work: UnitOfWork, instance_id: int, attachment_id: str, reason: str) -> None:
    """Take a kept attachment's bytes out of the house; the row and the history say who did and why. Needs "operate"."""
    work.require("operate")
    if not reason.strip():
        raise EngineError("请说明理由。", "Give a reason.", code="reason-missing")
    find(work, instance_id, attachment_id)
    instance = instances.locked(work, instance_id)
    row = work.session.get_one(Attachment, attachment_id, populate_existing=True)
    if row.state != KEPT:
        raise Conflict("此附件已不在卷内。", "This attachment is not kept any more.", code="attachment-not-kept")
    row.state, row.removed_by, row.removed_at, row.reason = REMOVED, work.actor.id, work.now, reason.strip()
    _drop_bytes(work, row)
    entry = _entry("attachment_removed", row.element_id, [row])
    instances.note(work, instance, entry["what"], {**entry["data"], "reason": reason.strip()}, row.element_id)


def record_download(work: UnitOfWork, instance_id: int, attachment_id: str) -> None:
    """Write into the history of a confidential case who took a copy of what. Nothing for any other case."""
    info = find(work, instance_id, attachment_id)
    if not instances.get(work, instance_id).is_confidential:
        return
    row = work.session.get_one(Attachment, info.id)
    entry = _entry("downloaded", row.element_id, [row])
    instances.note(work, instances.locked(work, instance_id), entry["what"], entry["data"], row.element_id)


def purge(work: UnitOfWork, attachment_id: str) -> bool:
    """Drop a draft that nobody can come back to: its task is closed, or its page was never sent.

    Return whether it is to be looked at again: its task is still open.
    """
    row = work.session.get(Attachment, attachment_id)
    if row is None or row.state != DRAFT:
        return False
    if row.task_id is not None:
        is_open = select(UserTask.id).where(UserTask.id == row.task_id, UserTask.closed_at.is_(None))
        if work.session.scalar(is_open) is not None:
            return True
    _drop(work, row)
    return False


def kept_for(work: UnitOfWork) -> timedelta:
    """Return how long a draft is left before it is looked at."""
    return timedelta(days=work.bounds.draft_file_days)


# --- private --------------------------------------------------------------------------------------------------


def _is_usable(work: UnitOfWork, row: Attachment, place: Place) -> bool:
    """Return whether the row is the case's own already, or the actor's draft of this very task or page."""
    if row.state == KEPT:
        return row.instance_id == place.instance_id
    is_here = (row.task_id, row.page) == (place.task_id, place.page) and (place.task_id or place.page) is not None
    return row.state == DRAFT and row.uploaded_by == work.actor.id and is_here


def _held(work: UnitOfWork, place: Place) -> ColumnElement[bool]:
    """Return what counts against a new file: the case's files, or before there is a case whatever the actor left unsent.

    So nobody fills the house by opening one page after another.
    """
    if place.instance_id is not None:
        return Attachment.instance_id == place.instance_id
    unsent = and_(Attachment.page.is_not(None), Attachment.instance_id.is_(None))
    return and_(unsent, Attachment.uploaded_by == work.actor.id)


def _check_room(work: UnitOfWork, case: ColumnElement[bool], file: Examined) -> None:
    held = select(func.count(), func.coalesce(func.sum(Attachment.size), 0)).where(case, Attachment.state != REMOVED)
    count, size = work.session.execute(held).one()
    if count >= work.bounds.case_files:
        raise FileError(
            f"一件投诉最多 {work.bounds.case_files} 个附件，已经够数。请合并后再添加。",
            f"A case holds at most {work.bounds.case_files} attachments, and this one does; put some together first.",
            code="too-many-files",
        )
    if size + file.size > work.bounds.case_bytes:
        most = work.bounds.case_bytes // MEGABYTE
        raise FileTooLarge(
            f"一件投诉的附件合计最多 {most} MB，加上“{file.name}”就超过了。",
            f"The attachments of a case have at most {most} MB together; {file.name} would be too much.",
            code="case-files-too-large",
        )


def _store(work: UnitOfWork, attachment_id: str, file: Examined) -> None:
    file.stream.seek(0)
    number = 0
    while blocks := [block for _ in range(_AT_ONCE) if (block := file.stream.read(CHUNK))]:
        pieces: Iterable[dict[str, Any]] = [
            {"attachment_id": attachment_id, "number": number + place, "content": block}
            for place, block in enumerate(blocks)
        ]
        work.session.execute(insert(AttachmentChunk), list(pieces))
        number += len(blocks)


def _look_later(work: UnitOfWork, attachment_id: str) -> None:
    work.session.add(
        Job(
            kind=PURGE,
            element_id="",
            due_at=work.now + kept_for(work),
            status="waiting",
            payload={"attachment": attachment_id},
        )
    )


def _drop(work: UnitOfWork, row: Attachment) -> None:
    _drop_bytes(work, row)
    work.session.delete(row)
    work.session.flush()


def _drop_bytes(work: UnitOfWork, row: Attachment) -> None:
    work.session.execute(delete(AttachmentChunk).where(AttachmentChunk.attachment_id == row.id))


def _entry(what: str, element: str, rows: list[Attachment]) -> dict[str, Any]:
    files = [
        {
            "id": row.id,
            "field": row.field,
            "name": row.name,
            "media_type": row.media_type,
            "size": row.size,
            "digest": row.digest,
        }
        for row in rows
    ]
    return {"what": what, "element": element, "data": {"files": files}}


def _wrong_kind(name: str, field: Field) -> FileRefused:
    accept = str(field.accept.constant or "")
    return FileRefused(
        f"“{name}”不是此项要求的类型（{accept}）。",
        f"{name} is not what this field takes ({accept}).",
        code="file-kind-unwanted",
    )
