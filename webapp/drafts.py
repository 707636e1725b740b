"""Drafts of plans: what somebody is drawing in the modeler and has not deployed. A draft is its owner's alone.

Every save names the revision that it changes; one that comes too late is a Conflict and loses nothing on either side.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from engine import deployments, history
from engine.checks import Known
from engine.deployments import Deployed
from engine.errors import Conflict, EngineError, NotFound
from engine.tables import Base
from engine.work import UnitOfWork

MAX_BYTES = 2 * 1024 * 1024
MAX_DRAFTS = 50  #: of one person
_FILE_NAME = re.compile(r"[\w.-]{1,140}\.(bpmn|bpmn20\.xml|bpmn\.xml)")


class PlanDraft(Base):
    """A diagram that somebody draws. `revision` counts the saves; `base_id` is the version it was begun from."""

    __tablename__ = "plan_draft"
    __table_args__ = (Index("ix_plan_draft_owner_file", "owner", "file", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("person.id"))
    file: Mapped[str] = mapped_column(String(150))
    title: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    revision: Mapped[int] = mapped_column(default=1)
    base_id: Mapped[int | None] = mapped_column(ForeignKey("process_definition.id"))  #: None: a new plan
    created_at: Mapped[datetime] = mapped_column()
    saved_at: Mapped[datetime] = mapped_column()


class DraftConflict(Conflict):
    """The draft was saved from another window in between.

    Remedy: look at the newer one, or save this one over it.
    """

    code = "draft-conflict"


class DraftOutdated(Conflict):
    """Somebody has deployed another version since the draft was begun.

    Remedy: look at that version first; deploying again with its number puts the draft in its place.
    """

    code = "draft-outdated"


@dataclass(frozen=True, slots=True)
class DraftInfo:
    """A draft as lists show it. `base_id` None: a new plan."""

    id: int
    file: str
    title: str
    revision: int
    base_id: int | None
    created_at: datetime
    saved_at: datetime


def mine(work: UnitOfWork) -> list[DraftInfo]:
    """Return the drafts of whoever acts, saved last first. Needs "deploy"."""
    work.require("deploy")
    rows = work.session.scalars(
        select(PlanDraft).where(PlanDraft.owner == work.actor.id).order_by(PlanDraft.saved_at.desc(), PlanDraft.id)
    )
    return [_info(row) for row in rows]


def find(work: UnitOfWork, draft_id: int) -> DraftInfo:
    """Return one draft of whoever acts. Raises NotFound, also for somebody else's."""
    return _info(_row(work, draft_id))


def content(work: UnitOfWork, draft_id: int) -> bytes:
    """Return the file of a draft, as it was saved last. Raises NotFound."""
    return _row(work, draft_id).content


def begin(work: UnitOfWork, file: str, title: str, content: bytes, base_id: int | None = None) -> DraftInfo:
    """Begin a draft; where there is one of this file already, return that one unchanged. Needs "deploy"."""
    work.require("deploy")
    if not _FILE_NAME.fullmatch(file):
        raise EngineError(
            "流程图的文件名只能有字母、数字、下划线、点和短横，以 .bpmn 结尾。",
            "The name of a diagram's file has letters, digits, underscores, dots and dashes, and ends in .bpmn.",
            code="draft-name",
        )
    there = work.session.scalar(select(PlanDraft).where(PlanDraft.owner == work.actor.id, PlanDraft.file == file))
    if there is not None:
        return _info(there)
    number = work.session.scalar(select(func.count()).where(PlanDraft.owner == work.actor.id)) or 0
    if number >= MAX_DRAFTS:
        raise EngineError(
            f"您已有 {MAX_DRAFTS} 份草稿，请先部署或删除一些。",
            f"You have {MAX_DRAFTS} drafts; deploy or delete some first.",
            code="drafts-too-many",
        )
    row = PlanDraft(
        owner=work.actor.id,
        file=file,
        title=title.strip()[:200] or file,
        content=_checked(content),
        revision=1,
        base_id=base_id,
        created_at=work.now,
        saved_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return _info(row)


def save(work: UnitOfWork, draft_id: int, content: bytes, revision: int, title: str = "") -> DraftInfo:
    """Put `content` into the draft that has `revision` now. Raises DraftConflict when it has moved on."""
    row = _row(work, draft_id)
    if row.revision != revision:
        raise DraftConflict(
            "这份草稿已在别的窗口保存过，没有覆盖。",
            "This draft was saved from another window; it was not written over.",
            revision=row.revision,
        )
    if row.content != content:
        row.content, row.revision, row.saved_at = _checked(content), row.revision + 1, work.now
    row.title = title.strip()[:200] or row.title
    work.session.flush()
    return _info(row)


def discard(work: UnitOfWork, draft_id: int) -> None:
    """Delete a draft. Raises NotFound."""
    row = _row(work, draft_id)
    history.audit(work, "draft-discarded", {"file": row.file, "revision": row.revision})
    work.session.delete(row)
    work.session.flush()


def deploy(work: UnitOfWork, draft_id: int, note: str, known: Known, replaces: int | None = None) -> Deployed:
    """Deploy a draft, and end it. `replaces`: the newest version's id that its owner has seen, where not its base.

    Raises InvalidPlan with every error at once, DraftOutdated when somebody deployed another version in between;
    the draft is kept then.
    """
    row = _row(work, draft_id)
    newest = _newest(work, row)
    if newest is not None and newest.id not in (row.base_id, replaces):
        raise DraftOutdated(
            f"您开始编辑后，已有人部署了第 {newest.version} 版。请先看过那一版；再次部署将以您的草稿取代它。",
            f"Version {newest.version} was deployed after you began. Look at it first; deploying again replaces it.",
            newest=newest.id,
            version=newest.version,
        )
    deployed = deployments.deploy(work, {row.file: row.content}, note, known)
    work.session.delete(row)
    work.session.flush()
    return deployed


def newest(work: UnitOfWork, draft_id: int) -> deployments.DefinitionInfo | None:
    """Return the newest version of the plan that a draft changes; None for a new plan."""
    return _newest(work, _row(work, draft_id))


def _newest(work: UnitOfWork, row: PlanDraft) -> deployments.DefinitionInfo | None:
    if row.base_id is None:
        return next((info for info in deployments.definitions(work) if info.main_file == row.file), None)
    return deployments.latest(work, deployments.definition(work, row.base_id).key)


def _row(work: UnitOfWork, draft_id: int) -> PlanDraft:
    work.require("deploy")
    row = work.session.get(PlanDraft, draft_id)
    if row is None or row.owner != work.actor.id:
        raise NotFound(
            "没有这份草稿，可能已部署或删除。", "There is no such draft; it may have been deployed or deleted."
        )
    return row


def _checked(content: bytes) -> bytes:
    if not content.strip():
        raise EngineError("草稿是空的，没有保存。", "The draft is empty; it was not saved.", code="draft-empty")
    if len(content) > MAX_BYTES:
        raise EngineError(
            "流程图超过 2 MB，没有保存。请把一部分放进被调用的流程。",
            "The diagram is larger than 2 MB and was not saved; move parts of it into called processes.",
            code="draft-large",
        )
    return content


def _info(row: PlanDraft) -> DraftInfo:
    return DraftInfo(row.id, row.file, row.title, row.revision, row.base_id, row.created_at, row.saved_at)
