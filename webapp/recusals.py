"""Recusal (回避) as the house does it: names become people, and who reports to them is kept out with them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from engine import instances, recusals
from engine.errors import InvalidAnswers
from engine.recusals import Recusal
from engine.work import UnitOfWork
from webapp import superiors
from webapp.people import Person

_PARTED = re.compile(r"[\r\n\t,，;；、/]+")
_MOST_NAMES = 50


@dataclass(frozen=True, slots=True)
class Respondents:
    """Who was named. `matched` are people's ids; `ambiguous` fit several people and `unknown` none: kept as text."""

    matched: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def unmatched(self) -> tuple[str, ...]:
        """Names that nobody could be kept out for."""
        return (*self.ambiguous, *self.unknown)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What naming people led to: who they are, and everybody who is kept out now and was not before."""

    respondents: Respondents = field(default_factory=Respondents)
    kept_out: tuple[str, ...] = ()


def names_in(value: Any) -> list[str]:
    """Return the names in a form's answer: a list, or a text with one a line or parted by commas."""
    words = _PARTED.split(value) if isinstance(value, str) else value if isinstance(value, (list, tuple)) else []
    found = [str(word).strip()[:100] for word in words]
    return list(dict.fromkeys(word for word in found if word))[:_MOST_NAMES]


def match(work: UnitOfWork, named: Iterable[str]) -> Respondents:
    """Return who is meant by these names or login names. A name that several people have means nobody for certain."""
    everybody = dict(work.session.execute(select(Person.id, Person.name)).all())
    by_name: dict[str, list[str]] = {}
    for person_id, name in everybody.items():
        by_name.setdefault(_plain(name), []).append(person_id)
    matched, ambiguous, unknown = [], [], []
    for word in named:
        login = word.lower()
        found = [login] if login in everybody else by_name.get(_plain(word), [])
        if len(found) == 1:
            matched.append(found[0])
        elif found:
            ambiguous.append(word)
        else:
            unknown.append(word)
    return Respondents(tuple(dict.fromkeys(matched)), tuple(ambiguous), tuple(unknown))


def name_respondents(work: UnitOfWork, instance_id: int, named: Iterable[str], reason: str) -> Outcome:
    """Keep the people named in a form, and who reports to them, out of the case. For a verb that has checked its door."""
    respondents = match(work, named)
    if not respondents.matched and not respondents.unmatched:
        return Outcome()
    instance = instances.locked(work, instance_id)
    kept_out = recusals.keep_out(work, instance, _with_staff(work, respondents.matched), reason, respondents.unmatched)
    return Outcome(respondents, tuple(kept_out))


def of_instance(work: UnitOfWork, instance_id: int) -> list[Recusal]:
    """Return who is kept out of a case. Raises NotFound as `instances.get`."""
    return recusals.of_instance(work, instance_id)


def recuse(work: UnitOfWork, instance_id: int, named: str, reason: str) -> list[str]:
    """Keep people, given by name or login name, out of a case with whoever reports to them; return who is new.

    Needs "operate"; nobody acts on a recusal of their own. Raises InvalidAnswers for a name that means nobody for certain.
    """
    work.require("operate")
    respondents = match(work, names_in(named))
    if respondents.ambiguous:
        raise InvalidAnswers(
            {
                "person": (
                    f"有多人叫“{respondents.ambiguous[0]}”，请填登录名。",
                    f"Several people are called {respondents.ambiguous[0]}; give the login name.",
                )
            }
        )
    if respondents.unknown or not respondents.matched:
        word = respondents.unknown[0] if respondents.unknown else ""
        raise InvalidAnswers(
            {
                "person": (
                    f"没有人员“{word}”，请填姓名或登录名。",
                    f"There is no person {word!r}; give a name or login name.",
                )
            }
        )
    return recusals.recuse(work, instance_id, _with_staff(work, respondents.matched), reason)


def withdraw(work: UnitOfWork, instance_id: int, person: str, reason: str) -> None:
    """Let a person into a case again. Needs "operate"; nobody acts on a recusal of their own."""
    recusals.withdraw(work, instance_id, person, reason)


def _with_staff(work: UnitOfWork, named: Iterable[str]) -> dict[str, list[str]]:
    """Return everybody to keep out, with whom they are kept out because of."""
    chart = superiors.chart(work)
    kept: dict[str, list[str]] = {}
    for person in named:
        for name in [person, *sorted(superiors.under(chart, person))]:
            kept.setdefault(name, []).append(person)
    return kept


def _plain(name: str) -> str:
    return re.sub(r"\s+", "", name).casefold()
