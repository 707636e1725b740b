"""Checks the mutants of a plan and counts what was found. `python -m tests.checks.mutation` prints the table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from random import Random

from engine.checks import Known, check
from engine.family import Family
from engine.findings import Finding, Severity
from tests.checks.mutation import harmful, harmless, judge
from tests.checks.mutation.plan import Edit, Kind, Plan, plan, spread
from tests.plans.test_every_way import HANDED
from tests.plans.walk import family

MUTANTS = 300  #: of each plan
#: What registering a complaint gives its case.
BROUGHT = frozenset(
    [
        "case_number",
        "received_at",
        "channel",
        "complainant_name",
        "complainant_contact",
        "subject",
        "content",
        "kind",
        "registered_by",
    ]
)
BROKEN = 210  #: of these, as far as there are so many


@dataclass
class Row:
    """What became of the mutants of one operator. `other`: those that run well, only differently."""

    made: int = 0
    found: int = 0
    other: int = 0
    missed: list[str] = field(default_factory=list)
    flagged: list[str] = field(default_factory=list)


Table = dict[tuple[Kind, str], Row]


def chosen(name: str, share: float = 1.0) -> Iterator[Edit]:
    """Yield the edits of a plan, seeded, spread over operators and places; `share` of the full number."""
    random = Random(name)
    good = plan(name)
    for table, most in ((harmful.edits(good), BROKEN), (harmless.edits(good), MUTANTS - BROKEN)):
        shuffled = {operator: random.sample(edits, len(edits)) for operator, edits in table.items()}
        names = list(shuffled)
        random.shuffle(names)
        edits = spread({operator: shuffled[operator] for operator in names})
        yield from (edit for edit, _ in zip(edits, range(round(most * share)), strict=False))


def measure(name: str, table: Table, share: float = 1.0, is_run: bool = True) -> None:
    """Check the mutants of a plan; note what was found in `table`. `is_run`: let the machine judge where that is needed."""
    good = plan(name)
    before = said(name, good.data())
    for edit in chosen(name, share):
        if edit.kind is Kind.ASK and not is_run:
            continue
        data = edit.file(good)
        after, mutant = said(name, data), f"{name}: {edit.operator} at {edit.place}"
        is_flagged = bool(after - before)
        row = table.setdefault((edit.kind, edit.operator), Row())
        row.made += 1
        if edit.kind is Kind.HARMLESS:
            if is_flagged:
                row.flagged.append(f"{mutant}: {sorted(after - before)}")
            continue
        if is_flagged:
            row.found += 1
        elif edit.kind is Kind.ASK and not (reason := judge.harm(together(name, data), good_process(good))):
            row.other += 1
        else:
            row.missed.append(f"{mutant}" + (f" ({reason})" if edit.kind is Kind.ASK else ""))


def said(name: str, data: bytes) -> Counter[str]:
    """Return how often each code is said as an error or warning about one diagram among all other files."""
    alone, findings = Family.read({f"{name}.bpmn": data})
    _share(alone)
    return Counter(
        finding.code for finding in [*findings, *check(alone, known(), files=[f"{name}.bpmn"])] if _is_bad(finding)
    )


def together(name: str, data: bytes) -> Family:
    """Return the family of all plans in which one diagram is the mutant."""
    mutant, _ = Family.read({f"{name}.bpmn": data})
    _share(mutant)
    return mutant


def good_process(good: Plan) -> str:
    """Return the id of a plan's process."""
    return good.process.get("id") or ""


@cache
def known() -> Known:
    """Return what the house knows: every role that a lane names, and what a case brings along as it starts."""
    roles = {role for process in family().processes.values() for _, node in process.body.walk() for role in node.roles}
    handed = {name for cases in HANDED.values() for case in cases for name in case}
    return Known(roles=frozenset(roles), services=frozenset(), start_variables=frozenset(handed | BROUGHT))


def _share(mutant: Family) -> None:
    """Give the mutant everything that the other files are read as; their diagrams and tables are not checked again."""
    base = family()
    for name in Family.__dataclass_fields__.keys() - {"files", "digest", "diagrams", "models", "compiled", "read_as"}:
        own, others = getattr(mutant, name), getattr(base, name)
        if isinstance(own, dict):
            for key, value in others.items():
                own.setdefault(key, value)


def _is_bad(finding: Finding) -> bool:
    return finding.severity is not Severity.HINT


def shown(table: Table) -> str:
    """Return the table as text, with the rates at its end."""
    lines = [f"{'operator':<36}{'made':>6}{'found':>7}{'other':>7}{'missed':>8}{'flagged':>9}"]
    for (kind, operator), row in sorted(table.items()):
        lines.append(
            f"{operator:<36}{row.made:>6}{row.found:>7}{row.other:>7}{len(row.missed):>8}{len(row.flagged):>9}  {kind}"
        )
    found, missed = sum(row.found for row in table.values()), sum(len(row.missed) for row in table.values())
    flagged = sum(len(row.flagged) for row in table.values())
    harmless_made = sum(row.made for (kind, _), row in table.items() if kind is Kind.HARMLESS)
    lines.append(
        f"harmful: {found + missed}, found {found} ({rate(table):.2%}); harmless: {harmless_made}, flagged {flagged}; "
        f"only different: {sum(row.other for row in table.values())}"
    )
    return "\n".join(lines)


def rate(table: Table) -> float:
    """Return which share of the harmful mutants was found."""
    found, missed = sum(row.found for row in table.values()), sum(len(row.missed) for row in table.values())
    return found / max(found + missed, 1)
