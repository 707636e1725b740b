"""Finds the newest deployed version that holds a decision, a form or a process. It decides nothing and stores nothing."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import func, select

from engine import deployments
from engine.deployments import DefinitionInfo
from engine.family import Family
from engine.tables import ProcessDefinition
from engine.work import UnitOfWork

_WHAT = {
    "decision": lambda family: family.decisions,
    "form": lambda family: family.forms,
    "process": lambda family: family.processes,
}
_Holder = tuple[DefinitionInfo, Family]

#: connection pool -> what was looked for -> newest version at that time, and what was found.
_known: WeakKeyDictionary[Any, dict[tuple[str, str], tuple[int | None, _Holder | None]]] = WeakKeyDictionary()


def newest_with(work: UnitOfWork, what: str, identity: str) -> Family | None:
    """Return the family of the newest plan version that holds the decision, form or process; None for none."""
    found = _holder(work, what, identity)
    return found[1] if found is not None else None


def newest_version_with(work: UnitOfWork, what: str, identity: str) -> DefinitionInfo | None:
    """Return the newest plan version that holds the decision, form or process; None when there is none."""
    found = _holder(work, what, identity)
    return found[0] if found is not None else None


def _holder(work: UnitOfWork, what: str, identity: str) -> _Holder | None:
    """Versions never change, so that what was found holds until something is deployed: one small query."""
    newest = work.session.scalar(select(func.max(ProcessDefinition.id)))
    known = _known.setdefault(work.session.get_bind(), {})
    kept = known.get((what, identity))
    if kept is not None and kept[0] == newest:
        return kept[1]
    found = None
    for info in sorted(deployments.definitions(work), key=lambda info: -info.id):
        family = deployments.open_family(work, info.id)
        if identity in _WHAT[what](family):
            found = (info, family)
            break
    known[what, identity] = (newest, found)
    return found
