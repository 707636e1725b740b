"""What an organisation file says, read: groups with seats and duties, resources with their keepers. Shape only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

#: What a seat is: head 组长, deputy 副组长, member 成员.
SEATS = ("head", "deputy", "member")
#: What is kept ready 保障: people, goods, technology, money.
KINDS = ("people", "goods", "technology", "money")


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty in both languages."""

    zh: str
    en: str = ""


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat of a group. `role` is a lane of the plan; who has the role sits there."""

    kind: str
    title: str
    title_en: str
    role: str
    duty: str = ""
    duty_en: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """A group. `parent` is the id of the group it is under, "" for none."""

    id: str
    name: str
    name_en: str
    parent: str
    duties: tuple[Duty, ...]
    seats: tuple[Seat, ...]
    line: int = 1


@dataclass(frozen=True, slots=True)
class Resource:
    """Something kept ready: an item of the checklist. `role` keeps it, `source` is the paragraph that asks for it."""

    id: str
    kind: str
    name: str
    name_en: str
    role: str
    source: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True)
class Organisation:
    """The organisation of one plan. `first_contact`: the role that answers for a complaint first, "" where none is named."""

    plan: str
    source: str
    first_contact: str
    groups: tuple[Group, ...]
    resources: tuple[Resource, ...]
    file: str
    first_contact_line: int = 1

    def seats(self) -> Iterator[tuple[Group, Seat]]:
        """Yield every seat with its group."""
        for group in self.groups:
            for seat in group.seats:
                yield group, seat

    def tree(self) -> list[tuple[int, Group]]:
        """Return the groups with their depth, each under its parent, in the order of the file."""
        found: list[tuple[int, Group]] = []

        def add(parent: str, depth: int) -> None:
            for group in self.groups:
                if group.parent == parent:
                    found.append((depth, group))
                    add(group.id, depth + 1)

        add("", 0)
        return found
