"""Who reports to whom (直接上级). Nobody reports to themselves, directly or through others.

A new superior reaches into open cases: who reports to somebody complained of is kept out of them (`engine.recusals`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from engine import history, recusals
from engine.errors import InvalidAnswers
from engine.work import UnitOfWork
from webapp.people import Person, find


def chart(work: UnitOfWork) -> dict[str, str | None]:
    """Return person -> their superior, of everybody. For the house's own rules; pages ask `people`."""
    return dict(work.session.execute(select(Person.id, Person.superior)).all())


def under(chart: Mapping[str, str | None], superior: str) -> frozenset[str]:
    """Return everybody who reports to `superior`, directly or through others; without themselves."""
    staff: dict[str, list[str]] = {}
    for person, above in chart.items():
        if above is not None:
            staff.setdefault(above, []).append(person)
    found: set[str] = set()
    queue = [superior]
    while queue:
        for person in staff.get(queue.pop(), []):
            if person not in found:
                found.add(person)
                queue.append(person)
    return frozenset(found - {superior})


def above(chart: Mapping[str, str | None], person: str) -> list[str]:
    """Return whom the person reports to, the nearest first."""
    found: list[str] = []
    upper = chart.get(person)
    while upper is not None and upper not in found and upper != person:
        found.append(upper)
        upper = chart.get(upper)
    return found


def set_superior(work: UnitOfWork, person_id: str, superior: str | None) -> None:
    """Let the person report to `superior`, or to nobody. Needs "people".

    Raises NotFound for an unknown person, InvalidAnswers for an unknown superior or one who reports to the person.
    """
    set_superiors(work, {person_id: superior})


def set_superiors(work: UnitOfWork, wanted: Mapping[str, str | None]) -> None:
    """Do what `set_superior` does for several people at once: only the chart that results must be without a circle."""
    work.require("people")
    known = chart(work)
    for person_id in wanted:
        find(work, person_id)
    changed = {person: upper or None for person, upper in wanted.items() if known[person] != (upper or None)}
    if not changed:
        return
    new = {**known, **changed}
    for person, upper in changed.items():
        if upper is not None and (fault := _fault(new, person, upper)):
            raise InvalidAnswers({"superior": fault})
    for person, upper in changed.items():
        row = work.session.get_one(Person, person)
        row.superior = upper
        history.audit(work, "superior-set", {"person": person, "from": known[person], "to": upper})
    work.session.flush()
    uppers = {name for person in changed for name in above(new, person)}
    moved = {person: {person, *under(new, person)} for person in changed}
    recusals.extend(work, {name: _moved_under(new, moved, name) for name in uppers}, recusals.NEW_SUPERIOR)


def _moved_under(chart: Mapping[str, str | None], moved: Mapping[str, Iterable[str]], superior: str) -> list[str]:
    staff = under(chart, superior)
    return sorted({name for names in moved.values() for name in names if name in staff})


def _fault(chart: Mapping[str, str | None], person: str, superior: str) -> tuple[str, str] | None:
    if superior not in chart:
        return (f"没有人员“{superior[:60]}”，不能作为直接上级。", f"There is no person {superior[:60]} to report to.")
    if superior == person:
        return ("不能以本人为直接上级。", "Nobody reports to themselves.")
    seen, upper = {person}, chart.get(person)
    while upper is not None:
        if upper in seen:
            return (
                f"“{superior}”直接或间接是“{person}”的下属，汇报关系不能成环。",
                f"{superior} reports to {person}, directly or not; nobody may report to themselves in a circle.",
            )
        seen.add(upper)
        upper = chart.get(upper)
    return None
