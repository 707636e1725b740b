"""Recusal (回避): who is complained of, and whoever reports to them, is kept out of the case. Who reports to whom is the web's.

Keeping out itself is `engine.visibility`: every list, page, task and count asks it. Here the rows are written, what
these people hold is given back, and the history says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, or_, select

from engine import instances
from engine.errors import Conflict, EngineError, NotAllowed, NotFound
from engine.tables import InstanceRecusal, ProcessInstance, TaskOffer, UserTask
from engine.visibility import offered_to, visible_instances
from engine.work import UnitOfWork

LONGEST_REASON = 500
#: Reasons that the house gives itself; pages say them in words.
REGISTERED, NAMED, NEW_SUPERIOR = "registered", "named", "new-superior"


@dataclass(frozen=True, slots=True)
class Recusal:
    """A person kept out of a case. `because_of`: the people named, themselves or those they report to."""

    person: str
    because_of: tuple[str, ...]
    reason: str
    by: str
    at: datetime

    @property
    def is_named(self) -> bool:
        """Whether the person is named, and does not only report to somebody who is."""
        return self.person in self.because_of


def of_instance(work: UnitOfWork, instance_id: int) -> list[Recusal]:
    """Return who is kept out of a case, those named first. Raises NotFound when the actor may not see the case."""
    instances.get(work, instance_id)
    rows = work.session.scalars(
        select(InstanceRecusal)
        .where(InstanceRecusal.instance_id == instance_id)
        .order_by(InstanceRecusal.at, InstanceRecusal.person, InstanceRecusal.because_of)
    ).all()
    causes: dict[str, list[str]] = {}
    for row in rows:
        causes.setdefault(row.person, []).append(row.because_of)
    first = {row.person: row for row in reversed(rows)}
    found = [Recusal(name, tuple(causes[name]), first[name].reason, first[name].by, first[name].at) for name in causes]
    return sorted(found, key=lambda recusal: not recusal.is_named)


def recuse(work: UnitOfWork, instance_id: int, people: Mapping[str, Iterable[str]], reason: str) -> list[str]:
    """Keep `people` (person -> whom each is kept out because of) out of the case; return who is new. Needs "operate".

    Nobody acts on a recusal of their own. Raises NotFound, NotAllowed, Conflict when they are all kept out already.
    """
    instance = _acted_on(work, instance_id, people, reason)
    new = keep_out(work, instance, people, reason)
    if not new:
        raise Conflict("这些人员已经回避。", "These people are recused already.", code="already-recused")
    return new


def keep_out(
    work: UnitOfWork,
    instance: ProcessInstance,
    people: Mapping[str, Iterable[str]],
    reason: str,
    unmatched: Iterable[str] = (),
) -> list[str]:
    """Do what `recuse` does for a verb that has checked its own door (registering, a form); the case's row is locked.

    `unmatched` are names that no person of the house could be found for: they are told in the history.
    """
    stored = work.session.execute(
        select(InstanceRecusal.person, InstanceRecusal.because_of).where(InstanceRecusal.instance_id == instance.id)
    )
    known = {(row.person, row.because_of) for row in stored}
    wanted = {(person, cause) for person, causes in people.items() for cause in causes}
    rows = [
        {
            "instance_id": instance.id,
            "person": person,
            "because_of": cause,
            "reason": reason.strip()[:LONGEST_REASON],
            "by": work.actor.id,
            "at": work.now,
        }
        for person, cause in sorted(wanted - known)
    ]
    new = sorted({person for person, _ in wanted} - {person for person, _ in known})
    texts = [*unmatched]
    if not rows and not texts:
        return []
    if rows:
        work.session.execute(insert(InstanceRecusal), rows)
        instance.has_recusals = True
        work.session.flush()
        _give_back(work, instance, new)
    entry = {"people": {name: sorted(people[name]) for name in new}, "reason": reason.strip()[:LONGEST_REASON]}
    if new or texts:
        instances.note(work, instance, "recused", {**entry, **({"unmatched": texts} if texts else {})})
    return new


def withdraw(work: UnitOfWork, instance_id: int, person: str, reason: str) -> None:
    """Let the person into the case again, and those who were kept out only because they report to them.

    Needs "operate"; nobody acts on a recusal of their own. Raises NotFound when the person is not kept out.
    """
    instance = _acted_on(work, instance_id, [person], reason)
    removed = work.session.execute(
        delete(InstanceRecusal)
        .where(
            InstanceRecusal.instance_id == instance_id,
            or_(InstanceRecusal.person == person, InstanceRecusal.because_of == person),
        )
        .returning(InstanceRecusal.person)
        .execution_options(synchronize_session=False)
    ).scalars()
    people = sorted(set(removed))
    if person not in people:
        raise NotFound("此人没有在本件中回避。", "This person is not recused from the case.")
    left = set(work.session.scalars(select(InstanceRecusal.person).where(InstanceRecusal.instance_id == instance_id)))
    instance.has_recusals = bool(left)
    back = [name for name in people if name not in left]
    instances.note(work, instance, "recusal_withdrawn", {"people": back, "reason": reason.strip()[:LONGEST_REASON]})


def extend(work: UnitOfWork, under: Mapping[str, Iterable[str]], reason: str) -> None:
    """Keep people who report to somebody new out of the open cases in which those above them are named.

    `under` maps each person above to everybody who reports to them now. For the verb that changes superiors.
    """
    cases = work.session.execute(
        select(InstanceRecusal.instance_id, InstanceRecusal.because_of)
        .join(ProcessInstance, ProcessInstance.id == InstanceRecusal.instance_id)
        .where(
            InstanceRecusal.because_of.in_(list(under)),
            InstanceRecusal.person == InstanceRecusal.because_of,
            ProcessInstance.status.in_(("running", "suspended")),
        )
        .order_by(InstanceRecusal.instance_id)
    ).all()
    wanted: dict[int, dict[str, list[str]]] = {}
    for instance_id, above in cases:
        for person in under[above]:
            wanted.setdefault(instance_id, {}).setdefault(person, []).append(above)
    for instance_id, people in wanted.items():
        keep_out(work, instances.locked(work, instance_id), people, reason)


# --- private --------------------------------------------------------------------------------------------------


def _acted_on(work: UnitOfWork, instance_id: int, people: Iterable[str], reason: str) -> ProcessInstance:
    work.require("operate")
    if not reason.strip():
        raise EngineError("请说明理由。", "Give a reason.", code="reason-missing")
    if work.actor.id in people:
        raise NotAllowed(
            "不能办理本人的回避，请另一名管理员办理。",
            "Nobody acts on a recusal of their own; another administrator does.",
            code="own-recusal",
        )
    instance = instances.locked(work, instance_id)
    seen = work.session.scalar(
        select(ProcessInstance.id).where(ProcessInstance.id == instance_id, visible_instances(work))
    )
    if seen is None:
        raise NotFound("没有这个投诉件。", "There is no such case.")
    return instance


def _give_back(work: UnitOfWork, instance: ProcessInstance, people: list[str]) -> None:
    """Offer the open tasks that `people` hold to their roles again; what has no role is left for an administrator."""
    held = work.session.scalars(
        select(UserTask)
        .where(UserTask.instance_id == instance.id, UserTask.closed_at.is_(None), UserTask.assignee.in_(people))
        .with_for_update()
    ).all()
    entries = []
    for task in held:
        entries.append((task, task.assignee))
        task.assignee, task.draft = None, None
    offers = [
        {"to": to, "sort_at": task.sort_at, "task_id": task.id}
        for task in held
        for to in offered_to(task.groups, task.users)
    ]
    work.session.flush()
    if offers:
        work.session.execute(insert(TaskOffer), offers)
    for task, was in entries:
        instances.note(work, instance, "released", {"task": task.id, "from": was}, task.element_id)
