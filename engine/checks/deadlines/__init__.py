"""Deadlines: proves that a plan's own deadlines keep the limits of the rules, over every start date of the calendar.

    findings = deadlines.check(process, diagram, family.rules_of(process.id), calendar)

A step takes as long as its deadline allows (its due date, else its overdue timer; an interrupting timer for sure);
services and automatic steps take no time. `prove` gives the whole proof, also when the limit holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from engine.calendars import WorkCalendar
from engine.checks.deadlines.network import Network
from engine.checks.deadlines.proof import Break, Proof, prove
from engine.checks.deadlines.told import circles, untold
from engine.checks.deadlines.words import Words
from engine.diagram import Diagram, Process
from engine.findings import Finding
from engine.rules import Rule

__all__ = ["CODES", "Break", "Proof", "check", "prove"]

CODES = ("deadline-broken", "deadline-not-proved", "deadline-untold", "escalation-endless")


def check(
    process: Process,
    diagram: Diagram,
    rules: Iterable[Rule],
    calendar: WorkCalendar | None,
    *,
    called: Mapping[str, Process] | None = None,
    limits: Mapping[str, Rule] | None = None,
    first: date | None = None,
    last: date | None = None,
) -> list[Finding]:
    """Return what is wrong with the deadlines of `process`. Without a calendar no rule is counted.

    Rules that are switched off or do not name the process are left out. `limits` are the rules that expressions may
    ask, by id. `first` and `last` limit the start dates; the newest covered years are counted over when they are None.
    """
    words = Words(process, diagram.file)
    for node in untold(process):
        words.untold(node)
    for chain in circles(process):
        words.circle(chain)
    counted = [rule for rule in rules if rule.is_on and process.id in rule.spans]
    if counted and calendar is not None:
        network = Network(process, called or {})
        for rule in counted:
            proof = prove(process, rule, calendar, limits=limits, network=network, first=first, last=last)
            if proof is not None:
                words.proof(proof)
    return sorted(words.findings, key=lambda finding: (finding.line, finding.code, finding.element))
