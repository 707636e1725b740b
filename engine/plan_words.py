"""English names of what plans name in Chinese: plans, steps, events, roles. Learnt when a plan is deployed, asked by pages.

Rows of cases hold the Chinese name only, so a list in English costs one query more and opens no plan. An author writes
the English name as the extension property `name-en` of the element or process; groups and seats have theirs in the
plan's organisation. (The plans that come with the house are translated by the pages: `webapp/plan_names.py`.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import String, select, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.family import Family
from engine.tables import Base
from engine.work import UnitOfWork

#: The property of an element that holds its English name.
PROPERTY = "name-en"
_LONGEST = 300


class PlanWord(Base):
    """A Chinese name of a deployed plan and its English. The last plan deployed has the last word."""

    __tablename__ = "plan_word"

    zh: Mapped[str] = mapped_column(String(_LONGEST), primary_key=True)
    en: Mapped[str] = mapped_column(String(_LONGEST))


def learn(work: UnitOfWork, family: Family) -> int:
    """Store the English names of the plans in `family`; return how many are new or changed."""
    known = english(work)
    fresh = [
        {"zh": zh, "en": en}
        for zh, en in sorted(words_of(family).items())
        if known.get(zh) != en and len(zh) <= _LONGEST and len(en) <= _LONGEST
    ]
    if fresh:
        work.session.execute(
            text("INSERT INTO plan_word (zh, en) VALUES (:zh, :en) ON CONFLICT (zh) DO UPDATE SET en = excluded.en"),
            fresh,
        )
    return len(fresh)


def english(work: UnitOfWork) -> Mapping[str, str]:
    """Return Chinese name -> English name, of everything that was ever deployed."""
    return {row.zh: row.en for row in work.session.execute(select(PlanWord.zh, PlanWord.en))}


def words_of(family: Family) -> dict[str, str]:
    """Return Chinese name -> English name of everything in the family that has one. What its author wrote comes first."""
    found: dict[str, str] = {}
    for zh, en in [*_written(family), *_seats(family)]:
        if zh and en and zh != en:
            found.setdefault(zh, en)
    return found


def _written(family: Family) -> Iterator[tuple[str, str]]:
    for process in family.processes.values():
        yield process.name, process.properties.get(PROPERTY, "").strip()
        for _, node in process.body.walk():
            yield node.name, node.properties.get(PROPERTY, "").strip()


def _seats(family: Family) -> Iterator[tuple[str, str]]:
    """Yield groups and seats by their names: a role that is called as one of them is that one."""
    groups = [group for organisation in family.organisations.values() for group in organisation.groups]
    yield from ((group.name, group.name_en) for group in groups)
    yield from ((seat.title, seat.title_en) for group in groups for seat in group.seats)
