"""Registering complaints (投诉件): a number, the plan that the decision picks, who is kept out. What follows is the plan's.

Reading complaints is `complaint_queries`; its verbs are offered here too, so that callers know one name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, select, text
from sqlalchemy.orm import Mapped, mapped_column

from engine import attachments, deployments, forms, instances
from engine.calendars import BEIJING
from engine.errors import Conflict, EngineError, InvalidAnswers, NotFound
from engine.family import Family
from engine.recusals import REGISTERED
from engine.tables import Base, ProcessDefinition, ProcessInstance
from engine.work import UnitOfWork
from webapp import recusals
from webapp.complaint_queries import (
    FORM,
    Complaint,
    ComplaintInfo,
    alike,
    find,
    info_of,
    labels,
    of_instance,
    search,
    subjects,
)
from webapp.complaint_words import contact_key, word
from webapp.families import newest_with

__all__ = [
    "DECISION",
    "FORM",
    "RESPONDENTS",
    "Complaint",
    "ComplaintInfo",
    "alike",
    "attach",
    "check",
    "find",
    "labels",
    "of_instance",
    "reception",
    "register",
    "search",
    "subjects",
]

#: The decision that picks the plan (inputs: the form's answers; output `plan`).
DECISION = "complaint_plan"
#: The form's field for the people complained of: names or login names.
RESPONDENTS = "respondents"


class ComplaintCounter(Base):
    """The last case number given in a year. Counted in the registering transaction, so that there are no gaps."""

    __tablename__ = "complaint_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(Integer)


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
    contact = word(answers, "complainant_contact")
    complaint = Complaint(
        case_number=number,
        instance_id=instance_id,
        plan=plan,
        kind=word(answers, "kind")[:60],
        channel=word(answers, "channel")[:60],
        complainant=word(answers, "complainant_name")[:200],
        contact=contact[:300],
        contact_key=contact_key(contact),
        subject=word(answers, "subject")[:300],
        content=word(answers, "content"),
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
        return replace(info_of(complaint, instance, deployments.latest(work, plan).name), recusal=outcome)
    return replace(find(work, number), recusal=outcome)


def show_contact(work: UnitOfWork, case_number: str, reason: str) -> str:
    """Return the contact of a complaint in full, and write into the history of its case who wanted it and why.

    Raises NotFound as `find`, EngineError without a reason.
    """
    complaint = find(work, case_number)
    if not reason.strip():
        raise EngineError("请说明查看联系方式的理由。", "Say why you need the contact.", code="reason-missing")
    instances.note(
        work, instances.locked(work, complaint.instance_id), "contact_shown", {"reason": reason.strip()[:500]}
    )
    return complaint.contact


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


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str) or not value:
        return None
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=BEIJING)
