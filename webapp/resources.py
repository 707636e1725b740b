"""Resources kept ready for plans (保障): the checklist of a plan's organisation, and when each item was looked at last.

What the items are is the organisation's (`engine.organisation`); here stands what people found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, Index, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from engine import deployments, history
from engine.errors import InvalidAnswers, NotAllowed, NotFound
from engine.organisation import Organisation, Resource
from engine.tables import Base
from engine.work import UnitOfWork

LONGEST_NOTE = 500


class ResourceCheck(Base):
    """What somebody found when they looked at an item of a plan's checklist. Added to, never changed."""

    __tablename__ = "resource_check"
    __table_args__ = (Index("ix_resource_check_plan_resource", "plan", "resource", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[str] = mapped_column(String(100))  #: key of the plan
    resource: Mapped[str] = mapped_column(String(60))  #: id of the item in the plan's organisation
    is_ready: Mapped[bool] = mapped_column(Boolean)
    note: Mapped[str] = mapped_column(String(500), default="")
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column()


@dataclass(frozen=True, slots=True)
class Checked:
    """The last look at an item."""

    is_ready: bool
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a checklist with the last look at it; None: nobody has looked. `may_check`: the actor may."""

    resource: Resource
    last: Checked | None
    may_check: bool

    @property
    def state(self) -> str:
        """Return "unchecked", "ready" or "lacking"."""
        if self.last is None:
            return "unchecked"
        return "ready" if self.last.is_ready else "lacking"


def organisation_of(work: UnitOfWork, plan: str) -> Organisation | None:
    """Return the organisation of a plan's newest version; None where it has none. Raises NotFound for an unknown plan."""
    info = deployments.latest(work, plan)
    return deployments.open_family(work, info.id).organisations.get(plan)


def checklist(work: UnitOfWork, organisation: Organisation) -> list[Item]:
    """Return the items of a plan's checklist in their order."""
    looked = _latest(work, [organisation.plan])
    return [
        Item(resource, looked.get((organisation.plan, resource.id)), _may(work, resource))
        for resource in organisation.resources
    ]


def states(work: UnitOfWork, organisations: Iterable[Organisation]) -> dict[str, dict[str, int]]:
    """Return plan -> state -> how many items of its checklist are in it."""
    chosen = list(organisations)
    looked = _latest(work, [found.plan for found in chosen])
    counted: dict[str, dict[str, int]] = {}
    for found in chosen:
        count = counted.setdefault(found.plan, {"unchecked": 0, "ready": 0, "lacking": 0})
        for resource in found.resources:
            count[Item(resource, looked.get((found.plan, resource.id)), False).state] += 1
    return counted


def check(work: UnitOfWork, plan: str, resource_id: str, is_ready: bool, note: str) -> None:
    """Record what the actor found. For whoever has the item's role, and for who may deploy plans.

    Raises NotFound, NotAllowed, and InvalidAnswers when something is lacking and nothing says what.
    """
    organisation = organisation_of(work, plan)
    items = {} if organisation is None else {resource.id: resource for resource in organisation.resources}
    resource = items.get(resource_id)
    if resource is None:
        raise NotFound("保障清单中没有这一项。", "The checklist has no such item.")
    if not _may(work, resource):
        raise NotAllowed(f"这一项由岗位“{resource.role}”检查。", f"This item is looked at by the role {resource.role}.")
    note = note.strip()[:LONGEST_NOTE]
    if not is_ready and not note:
        raise InvalidAnswers({"note": ("请写明缺什么。", "Say what is lacking.")})
    work.session.add(
        ResourceCheck(plan=plan, resource=resource_id, is_ready=is_ready, note=note, by=work.actor.id, at=work.now)
    )
    detail = {"plan": plan, "resource": resource.name, "is_ready": is_ready, "note": note}
    history.audit(work, "resource-checked", detail)


def looked_at(work: UnitOfWork, plan: str, kinds: Iterable[str], note: str) -> str:
    """Record that everything of these kinds was looked at and is ready, as a drill does; return the plan's name.

    `plan` is a key or a name; "" is returned where no plan with a checklist has it. For a verb that has checked its door.
    """
    named = next((info for info in deployments.definitions(work) if plan and plan in (info.key, info.name)), None)
    organisation = organisation_of(work, named.key) if named is not None else None
    if named is None or organisation is None:
        return ""
    chosen = [resource for resource in organisation.resources if resource.kind in set(kinds)]
    for resource in chosen:
        work.session.add(
            ResourceCheck(plan=named.key, resource=resource.id, is_ready=True, note=note, by=work.actor.id, at=work.now)
        )
    work.session.flush()
    return named.name


def _may(work: UnitOfWork, resource: Resource) -> bool:
    return resource.role in work.actor.groups or work.actor.may("deploy")


def _latest(work: UnitOfWork, plans: list[str]) -> dict[tuple[str, str], Checked]:
    newest = (
        select(func.max(ResourceCheck.id))
        .where(ResourceCheck.plan.in_(plans))
        .group_by(ResourceCheck.plan, ResourceCheck.resource)
    )
    rows = work.session.scalars(select(ResourceCheck).where(ResourceCheck.id.in_(newest)))
    return {(row.plan, row.resource): Checked(row.is_ready, row.note, row.by, row.at) for row in rows}
