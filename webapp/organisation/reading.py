"""Gathers what the pages of organisations show: seats with the people who have their roles now. It changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from engine import deployments
from engine.deployments import DefinitionInfo
from engine.organisation import Group, Organisation, Seat
from engine.work import UnitOfWork
from webapp import people, resources, staffing
from webapp.resources import Item


@dataclass(frozen=True, slots=True)
class Seated:
    """A seat with the ids of the people who sit there: the active people of its role."""

    seat: Seat
    people: list[str]
    is_first_contact: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A group with its seats, and the groups under it."""

    group: Group
    seats: list[Seated]
    under: list[Node]


@dataclass(frozen=True, slots=True)
class Summary:
    """A line of the list of plans. `empty` are the roles of seats that nobody has; `has_file`: it has an organisation."""

    plan: DefinitionInfo
    has_file: bool
    groups: int = 0
    seats: int = 0
    empty: tuple[str, ...] = ()
    resources: int = 0
    unready: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything on the page of a plan's organisation."""

    plan: DefinitionInfo
    found: Organisation
    tree: list[Node]
    empty: list[str]  #: roles of seats that nobody has
    items: list[Item]
    names: dict[str, str]
    superiors: dict[str, str]


def summaries(work: UnitOfWork) -> list[Summary]:
    """Return every plan with what is to be said of its organisation, by name."""
    members = staffing.members_of(work)
    plans = deployments.definitions(work)
    found = {info.key: resources.organisation_of(work, info.key) for info in plans}
    states = resources.states(work, [one for one in found.values() if one is not None])
    return [_summary(info, found[info.key], members, states.get(info.key, {})) for info in plans]


def chart(work: UnitOfWork, key: str) -> Chart | None:
    """Return the organisation of a plan with who sits there; None where it has none. Raises NotFound."""
    plan = deployments.latest(work, key)
    found = resources.organisation_of(work, key)
    if found is None:
        return None
    members = staffing.members_of(work)
    items = resources.checklist(work, found)
    sitting = {person for _, seat in found.seats() for person in members.get(seat.role, ())}
    uppers = {person: upper for person, upper in staffing.superiors_of(work, sitting).items() if upper}
    ids = [*sitting, *uppers.values(), *(item.last.by for item in items if item.last is not None)]
    names = people.names(work, ids)
    return Chart(
        plan=plan,
        found=found,
        tree=_under(
            found, "", {role: sorted(who, key=lambda one: names.get(one, one)) for role, who in members.items()}
        ),
        empty=_empty(found, members),
        items=items,
        names=names,
        superiors=uppers,
    )


def _under(found: Organisation, parent: str, members: dict[str, list[str]]) -> list[Node]:
    return [
        Node(
            group,
            [Seated(seat, members.get(seat.role, []), seat.role == found.first_contact) for seat in group.seats],
            _under(found, group.id, members),
        )
        for group in found.groups
        if group.parent == parent
    ]


def _summary(
    info: DefinitionInfo, found: Organisation | None, members: dict[str, frozenset[str]], states: dict[str, int]
) -> Summary:
    if found is None:
        return Summary(info, has_file=False)
    return Summary(
        info,
        has_file=True,
        groups=len(found.groups),
        seats=sum(1 for _ in found.seats()),
        empty=tuple(_empty(found, members)),
        resources=len(found.resources),
        unready=len(found.resources) - states.get("ready", 0),
    )


def _empty(found: Organisation, members: dict[str, frozenset[str]]) -> list[str]:
    return list(dict.fromkeys(seat.role for _, seat in found.seats() if not members.get(seat.role)))
