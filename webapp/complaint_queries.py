"""Reading complaints: one, those alike, a page of a search. Nothing here registers or changes one.

A complaint is as visible as its case: every verb asks `engine.visibility`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, String, Text, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from engine import clocks
from engine.errors import NotFound
from engine.instances import Page
from engine.tables import Base, ProcessDefinition, ProcessInstance, UserTask
from engine.visibility import visible_instances
from engine.work import UnitOfWork
from webapp.complaint_words import contact_key, masked, pairs, word
from webapp.families import newest_with
from webapp.recusals import Outcome

#: The form that records a complaint.
FORM = "complaint_register"
#: How far back the search for a complaint made twice looks.
SAME_WITHIN = timedelta(days=180)
_ALIKE = 0.2
_LONGEST_SEARCH = 100


class Complaint(Base):
    """What was reported (投诉件), as it was registered. Its case holds what became of it."""

    __tablename__ = "complaint"
    __table_args__ = (Index("ix_complaint_contact_key", "contact_key", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_number: Mapped[str] = mapped_column(String(40), unique=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"), unique=True)
    plan: Mapped[str] = mapped_column(String(100))  #: key of the plan it was given to
    kind: Mapped[str] = mapped_column(String(60))
    channel: Mapped[str] = mapped_column(String(60))
    complainant: Mapped[str] = mapped_column(String(200))
    contact: Mapped[str] = mapped_column(String(300))
    contact_key: Mapped[str] = mapped_column(String(100))  #: the contact, as it is compared
    subject: Mapped[str] = mapped_column(String(300))
    content: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column()
    registered_at: Mapped[datetime] = mapped_column()
    registered_by: Mapped[str] = mapped_column(String(100))
    once: Mapped[str | None] = mapped_column(String(60), unique=True)  #: of the page it was sent from; None: no page


@dataclass(frozen=True, slots=True)
class ComplaintInfo:
    """A complaint as pages show it. `steps` are the open tasks of its case, `due_at` the earliest deadline of them.

    `statutory_due_at`: when the nearest limit of the law that runs on the case ends; None when none runs.
    """

    id: int
    case_number: str
    instance_id: int
    plan: str
    plan_name: str
    kind: str
    channel: str
    complainant: str
    contact: str
    subject: str
    content: str
    received_at: datetime
    registered_at: datetime
    registered_by: str
    status: str
    ended_at: datetime | None
    is_confidential: bool
    is_drill: bool
    steps: tuple[str, ...] = ()
    due_at: datetime | None = None
    statutory_due_at: datetime | None = None
    recusal: Outcome = field(default_factory=Outcome)  #: what registering made of the people complained of

    @property
    def masked_contact(self) -> str:
        """The contact as lists show it."""
        return masked(self.contact)


def find(work: UnitOfWork, case_number: str) -> ComplaintInfo:
    """Return one complaint. Raises NotFound when there is none or the actor may not see its case."""
    row = work.session.execute(_select(work).where(Complaint.case_number == case_number[:40])).one_or_none()
    if row is None:
        raise NotFound("没有这个投诉件，或者您无权查看。", "There is no such complaint, or you may not see it.")
    return _with_steps(work, [info_of(*row)])[0]


def of_instance(work: UnitOfWork, instance_id: int) -> ComplaintInfo | None:
    """Return the complaint of a case that the actor may see; None when the case was not started by registering."""
    row = work.session.execute(_select(work).where(Complaint.instance_id == instance_id)).one_or_none()
    return None if row is None else info_of(*row)


def subjects(work: UnitOfWork, instance_ids: list[int]) -> dict[int, str]:
    """Return case -> subject of its complaint, for a list of cases that the actor was shown already."""
    if not instance_ids:
        return {}
    found = select(Complaint.instance_id, Complaint.subject).where(Complaint.instance_id.in_(set(instance_ids)))
    return {row.instance_id: row.subject for row in work.session.execute(found)}


def search(
    work: UnitOfWork,
    *,
    words: str = "",
    status: str = "",
    kind: str = "",
    after: str | None = None,
    limit: int = 50,
) -> Page[ComplaintInfo]:
    """Return a page of the complaints that the actor may see, newest first, each with the open steps of its case.

    `words` is looked for in number, complainant, contact, subject and content; `after` is the `next` of the page before.
    """
    query = _select(work)
    if words := words.strip()[:_LONGEST_SEARCH]:
        number = words.upper()
        query = query.where(
            or_(
                Complaint.case_number == number,
                Complaint.case_number.endswith(number, autoescape=True),
                Complaint.complainant.contains(words, autoescape=True),
                Complaint.subject.contains(words, autoescape=True),
                Complaint.content.contains(words, autoescape=True),
                Complaint.contact_key == contact_key(words),
            )
        )
    if status:
        query = query.where(ProcessInstance.status == status)
    if kind:
        query = query.where(Complaint.kind == kind)
    if after is not None:
        if not after.isdigit() or len(after) > 9:
            raise NotFound(
                "页码无效，请从第一页重新打开。", "The page cursor is invalid; start again from the first page."
            )
        query = query.where(Complaint.id < int(after))
    rows = work.session.execute(query.order_by(Complaint.id.desc()).limit(limit + 1)).all()
    items = [info_of(*row) for row in rows[:limit]]
    return Page(_with_steps(work, items), str(items[-1].id) if len(rows) > limit else None)


def labels(work: UnitOfWork, language: str = "zh") -> dict[str, dict[str, str]]:
    """Return field -> value -> label of the registering form's choices (kind, channel), {} while none is deployed."""
    found = newest_with(work, "form", FORM)
    if found is None:
        return {}
    return {
        field.keys[-1]: {
            option.text: option.en if language == "en" and option.en else option.zh for option in field.options
        }
        for field in found.forms[FORM].walk()
        if field.options and field.keys
    }


def alike(work: UnitOfWork, answers: Mapping[str, Any], limit: int = 5) -> list[ComplaintInfo]:
    """Return visible complaints of late that may be this one again: same contact, and words in common. Likest first."""
    key = contact_key(word(answers, "complainant_contact"))
    name = word(answers, "complainant_name")
    if not key:
        return []
    rows = work.session.execute(
        _select(work)
        .where(Complaint.contact_key == key, Complaint.registered_at > work.now - SAME_WITHIN)
        .order_by(Complaint.id.desc())
        .limit(50)
    ).all()
    words = pairs(word(answers, "subject") + word(answers, "content"))
    scored = []
    for row in rows:
        info = info_of(*row)
        theirs = pairs(info.subject + info.content)
        shared = len(words & theirs) / max(1, min(len(words), len(theirs)))
        if shared >= _ALIKE or info.complainant == name:
            scored.append((shared, info))
    scored.sort(key=lambda pair: (-pair[0], -pair[1].id))
    return [info for _, info in scored[:limit]]


def info_of(complaint: Complaint, instance: ProcessInstance, plan_name: str) -> ComplaintInfo:
    """Return a complaint as pages show it, without its open steps. Whoever calls has seen to it that it may be shown."""
    return ComplaintInfo(
        id=complaint.id,
        case_number=complaint.case_number,
        instance_id=complaint.instance_id,
        plan=complaint.plan,
        plan_name=plan_name,
        kind=complaint.kind,
        channel=complaint.channel,
        complainant=complaint.complainant,
        contact=complaint.contact,
        subject=complaint.subject,
        content=complaint.content,
        received_at=complaint.received_at,
        registered_at=complaint.registered_at,
        registered_by=complaint.registered_by,
        status=instance.status,
        ended_at=instance.ended_at,
        is_confidential=instance.is_confidential,
        is_drill=instance.is_drill,
    )


# --- private ----------------------------------------------------------------------------------------------


def _select(work: UnitOfWork) -> Select[Complaint, ProcessInstance, str]:
    return (
        select(Complaint, ProcessInstance, ProcessDefinition.name)
        .join(ProcessInstance, ProcessInstance.id == Complaint.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(visible_instances(work))
    )


def _with_steps(work: UnitOfWork, items: list[ComplaintInfo]) -> list[ComplaintInfo]:
    if not items:
        return items
    rows = work.session.execute(
        select(UserTask.instance_id, UserTask.name, func.min(UserTask.due_at))
        .where(UserTask.instance_id.in_([item.instance_id for item in items]), UserTask.closed_at.is_(None))
        .group_by(UserTask.instance_id, UserTask.name)
        .order_by(func.min(UserTask.sort_at))
    ).all()
    steps: dict[int, list[tuple[str, datetime | None]]] = {}
    for instance_id, name, due_at in rows:
        steps.setdefault(instance_id, []).append((name, due_at))
    limits = clocks.nearest(work, [item.instance_id for item in items])
    told = []
    for item in items:
        mine = steps.get(item.instance_id, [])
        dates = [due_at for _, due_at in mine if due_at is not None]
        told.append(
            replace(
                item,
                steps=tuple(name for name, _ in mine),
                due_at=min(dates, default=None),
                statutory_due_at=limits.get(item.instance_id),
            )
        )
    return told
