"""The record of a complaint (投诉件): its number, who complained, what about. What is done about it is its case's plan.

A complaint is as visible as its case: every reading verb asks `engine.visibility`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, Select, String, Text, func, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column

from engine import attachments, clocks, deployments, forms, instances
from engine.calendars import BEIJING
from engine.errors import Conflict, EngineError, InvalidAnswers, NotFound
from engine.family import Family
from engine.instances import Page
from engine.recusals import REGISTERED
from engine.tables import Base, ProcessDefinition, ProcessInstance, UserTask
from engine.visibility import visible_instances
from engine.work import UnitOfWork
from webapp import recusals
from webapp.complaint_words import contact_key, masked, pairs
from webapp.families import newest_with
from webapp.recusals import Outcome

#: The decision that picks the plan (inputs: the form's answers; output `plan`) and the form that records a complaint.
DECISION = "complaint_plan"
FORM = "complaint_register"
#: The form's field for the people complained of: names or login names.
RESPONDENTS = "respondents"
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


class ComplaintCounter(Base):
    """The last case number given in a year. Counted in the registering transaction, so that there are no gaps."""

    __tablename__ = "complaint_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(Integer)


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


# --- registering ----------------------------------------------------------------------------------------------


def reception(work: UnitOfWork) -> tuple[Family, forms.Form]:
    """Return the newest deployed family that can take complaints in (the decision), and the form that records them.

    Raises NotFound when no such plan is deployed.
    """
    decides = newest_with(work, "decision", DECISION)
    asks = newest_with(work, "form", FORM)
    if decides is None or asks is None:
        raise NotFound(
            f"还不能登记投诉：请预案管理员先部署决策表“{DECISION}”和表单“{FORM}”。",
            f"Complaints cannot be registered yet: deploy the decision {DECISION} and the form {FORM} first.",
            code="reception-not-deployed",
        )
    return decides, asks.forms[FORM]


def check(work: UnitOfWork, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers of the registering form. Raises InvalidAnswers, and NotFound as `reception`."""
    _, form = reception(work)
    given = {"registered_by": work.actor.name or work.actor.id}
    answers = forms.check(form, raw, given, now=work.now, calendar=work.calendar)
    received_at = _moment(answers.get("received_at"))
    if received_at is not None and received_at > work.now + timedelta(minutes=1):
        raise InvalidAnswers({"received_at": ("接到时间不能晚于现在。", "It cannot be received later than now.")})
    return answers


def attach(work: UnitOfWork, page: str, path: str, file: attachments.Examined) -> attachments.AttachmentInfo:
    """Store a file as a draft for the registering form on the page with the mark `page`. Needs "register".

    Raises FileError as `attachments.add`.
    """
    work.require("register")
    if not page:
        raise EngineError(
            "缺少页面标记，请刷新页面后再添加。", "The page has no mark; load it again.", code="page-missing"
        )
    _, form = reception(work)
    return attachments.add(work, form, path, file, attachments.Place(page=page))


def register(
    work: UnitOfWork, raw: Mapping[str, Any], *, prefix: str = "TS", is_drill: bool = False, once: str | None = None
) -> ComplaintInfo:
    """Record a complaint, give it its number and start the plan that the decision table picks. Needs "register".

    `raw` answers the form `complaint_register`. Of several calls with the same `once` only the first registers. Who is
    complained of (field `respondents`), and who reports to them, is kept out of the case from the beginning: told in
    `recusal`, as whoever registers may be among them and not see the case again.
    Raises InvalidAnswers (nothing stored), NotFound as `reception`, Conflict when the plan that the table picks is not
    there, or the page was sent before.
    """
    work.require("register")
    answers = check(work, raw)
    plan = _plan_for(work, answers)
    number = _next_number(work, prefix)  # also lets only one register at a time: the look below cannot race
    _check_once(work, once)
    received_at = _moment(answers.get("received_at")) or work.now
    variables = {
        **answers,
        "case_number": number,
        "received_at": received_at.astimezone(BEIJING).isoformat(timespec="seconds"),
        "registered_by": work.actor.name or work.actor.id,
    }
    instance_id = instances.start(work, plan, variables, business_key=number, is_drill=is_drill)
    _keep_files(work, instance_id, answers, once)
    contact = _word(answers, "complainant_contact")
    complaint = Complaint(
        case_number=number,
        instance_id=instance_id,
        plan=plan,
        kind=_word(answers, "kind")[:60],
        channel=_word(answers, "channel")[:60],
        complainant=_word(answers, "complainant_name")[:200],
        contact=contact[:300],
        contact_key=contact_key(contact),
        subject=_word(answers, "subject")[:300],
        content=_word(answers, "content"),
        received_at=received_at,
        registered_at=work.now,
        registered_by=work.actor.id,
        once=once,
    )
    work.session.add(complaint)
    work.session.flush()
    named = recusals.names_in(answers.get(RESPONDENTS))
    outcome = recusals.name_respondents(work, instance_id, named, REGISTERED)
    if work.actor.id in outcome.kept_out:
        instance = work.session.get_one(ProcessInstance, instance_id)
        return replace(_info(complaint, instance, deployments.latest(work, plan).name), recusal=outcome)
    return replace(find(work, number), recusal=outcome)


def alike(work: UnitOfWork, answers: Mapping[str, Any], limit: int = 5) -> list[ComplaintInfo]:
    """Return visible complaints of late that may be this one again: same contact, and words in common. Likest first."""
    key = contact_key(_word(answers, "complainant_contact"))
    name = _word(answers, "complainant_name")
    if not key:
        return []
    rows = work.session.execute(
        _select(work)
        .where(Complaint.contact_key == key, Complaint.registered_at > work.now - SAME_WITHIN)
        .order_by(Complaint.id.desc())
        .limit(50)
    ).all()
    words = pairs(_word(answers, "subject") + _word(answers, "content"))
    scored = []
    for row in rows:
        info = _info(*row)
        theirs = pairs(info.subject + info.content)
        shared = len(words & theirs) / max(1, min(len(words), len(theirs)))
        if shared >= _ALIKE or info.complainant == name:
            scored.append((shared, info))
    scored.sort(key=lambda pair: (-pair[0], -pair[1].id))
    return [info for _, info in scored[:limit]]


# --- reading --------------------------------------------------------------------------------------------------


def find(work: UnitOfWork, case_number: str) -> ComplaintInfo:
    """Return one complaint. Raises NotFound when there is none or the actor may not see its case."""
    row = work.session.execute(_select(work).where(Complaint.case_number == case_number[:40])).one_or_none()
    if row is None:
        raise NotFound("没有这个投诉件，或者您无权查看。", "There is no such complaint, or you may not see it.")
    return _with_steps(work, [_info(*row)])[0]


def of_instance(work: UnitOfWork, instance_id: int) -> ComplaintInfo | None:
    """Return the complaint of a case that the actor may see; None when the case was not started by registering."""
    row = work.session.execute(_select(work).where(Complaint.instance_id == instance_id)).one_or_none()
    return None if row is None else _info(*row)


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
    items = [_info(*row) for row in rows[:limit]]
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


# --- private --------------------------------------------------------------------------------------------------


def _plan_for(work: UnitOfWork, answers: Mapping[str, Any]) -> str:
    family, _ = reception(work)
    answer = family.decide(DECISION, answers, calendar=work.calendar(), now=work.now)
    plan = answer.get("plan") if isinstance(answer, Mapping) else answer
    if not isinstance(plan, str) or not plan:
        raise Conflict(
            "决策表没有给出适用的预案，未登记。请联系预案管理员。",
            "The decision table picks no plan for this complaint; it was not registered. Ask who keeps the plans.",
            code="no-plan",
        )
    if work.session.scalar(select(ProcessDefinition.id).where(ProcessDefinition.key == plan).limit(1)) is None:
        raise Conflict(
            f"适用的预案“{plan}”尚未部署，未登记。请联系预案管理员。",
            f"The plan {plan} that applies is not deployed; the complaint was not registered.",
            code="plan-not-deployed",
        )
    return plan


def _keep_files(work: UnitOfWork, instance_id: int, answers: dict[str, Any], page: str | None) -> None:
    _, form = reception(work)
    for entry in attachments.keep(work, form, answers, attachments.Place(instance_id=instance_id, page=page)):
        instances.note(work, instances.locked(work, instance_id), entry["what"], entry["data"])


def _next_number(work: UnitOfWork, prefix: str) -> str:
    year = work.now.astimezone(BEIJING).year
    last = work.session.execute(
        text(
            "INSERT INTO complaint_counter (year, last) VALUES (:year, 1) "
            "ON CONFLICT (year) DO UPDATE SET last = complaint_counter.last + 1 RETURNING last"
        ),
        {"year": year},
    ).scalar_one()
    return f"{prefix}-{year}-{last:06}"


def _check_once(work: UnitOfWork, once: str | None) -> None:
    if once is None:
        return
    before = work.session.scalar(select(Complaint.case_number).where(Complaint.once == once))
    if before is not None:
        raise Conflict(
            f"此投诉已经登记，编号 {before}，没有重复登记。",
            f"This complaint is registered already, as {before}; it was not registered twice.",
            code="already-registered",
            case_number=before,
        )


def _select(work: UnitOfWork) -> Select[Complaint, ProcessInstance, str]:
    return (
        select(Complaint, ProcessInstance, ProcessDefinition.name)
        .join(ProcessInstance, ProcessInstance.id == Complaint.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(visible_instances(work))
    )


def _info(complaint: Complaint, instance: ProcessInstance, plan_name: str) -> ComplaintInfo:
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


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str) or not value:
        return None
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=BEIJING)


def _word(answers: Mapping[str, Any], name: str) -> str:
    value = answers.get(name)
    return value.strip() if isinstance(value, str) else ""
