"""Finds the newest deployed family that holds a decision or a form. It decides nothing and stores nothing."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import func, select

from engine import deployments
from engine.family import Family
from engine.tables import ProcessDefinition
from engine.work import UnitOfWork

_WHAT = {"decision": lambda family: family.decisions, "form": lambda family: family.forms}


#: connection pool -> what was looked for -> newest version at that time, and what was found.
_known: WeakKeyDictionary[Any, dict[tuple[str, str], tuple[int | None, Family | None]]] = WeakKeyDictionary()


def newest_with(work: UnitOfWork, what: str, identity: str) -> Family | None:
    """Return the family of the newest plan version that holds the decision or form; None when there is none.

    Families never change, so that what was found holds until something is deployed: one small query.
    """
    newest = work.session.scalar(select(func.max(ProcessDefinition.id)))
    known = _known.setdefault(work.session.get_bind(), {})
    kept = known.get((what, identity))
    if kept is not None and kept[0] == newest:
        return kept[1]
    found = None
    for info in sorted(deployments.definitions(work), key=lambda info: -info.id):
        family = deployments.open_family(work, info.id)
        if identity in _WHAT[what](family):
            found = family
            break
    known[what, identity] = (newest, found)
    return found
