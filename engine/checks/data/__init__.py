"""Data of a process: variables read before they are set or set by nothing, set by two at once, values that cannot be.

Only what the files themselves tell is said: where a message, a service or a caller may bring anything, nothing is.
"""

from __future__ import annotations

from engine.checks.data import parallel, reads, unset, values
from engine.checks.data.reaching import reach
from engine.checks.data.values import check_shared
from engine.checks.data.writes import Calls, form_of, mapped_into, written_by
from engine.checks.subject import Subject

__all__ = ["check", "check_shared", "names_with_blanks"]


def check(subject: Subject) -> None:
    """Say what is wrong with the variables of the process."""
    calls = subject.shared.get("calls")
    if calls is None:
        calls = subject.shared["calls"] = Calls.of(subject.family)
    uses = list(reads.uses(subject, names_with_blanks(subject)))
    for _, node in subject.walk():
        form = form_of(node, subject.family)
        if form is not None:
            uses.append(unset.form_use(node, form))
    unset.check(subject, reach(subject, calls), uses)
    parallel.check(subject, [use for use in uses if use.kind != "waited"])
    values.check(subject, uses, calls)


def names_with_blanks(subject: Subject) -> frozenset[str]:
    """Return the variables of the process whose names are not plain words, for the expression compiler."""
    names: set[str] = set()
    for _, node in subject.walk():
        names |= written_by(node, subject.family) | mapped_into(node)
    for scope, _ in subject.scopes():
        names.update(variable.name for variable in scope.variables)
    return frozenset(name for name in names if not name.isidentifier())
