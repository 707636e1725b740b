"""Deadlines: proves that a plan's own deadlines keep the limits of the rules, over every start date of the calendar.

    findings = deadlines.check(process, diagram, [Rule(15, "days", "处罚办法 第八条")], calendar)

A step takes as long as its deadline allows (its due date, else its overdue timer; an interrupting timer for sure);
services and automatic steps take no time. `prove` gives the whole proof, also when the limit holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from engine.calendars import WorkCalendar
from engine.checks.deadlines.proof import Break, Proof, prove
from engine.checks.deadlines.rules import InvalidRule, Rule, rule_from
from engine.checks.deadlines.told import circles, untold
from engine.checks.deadlines.words import Words
from engine.diagram import Diagram, Process
from engine.findings import Finding

__all__ = ["CODES", "Break", "InvalidRule", "Proof", "Rule", "check", "prove", "rule_from"]

CODES = ("deadline-broken", "deadline-not-proved", "deadline-untold", "escalation-endless")


def check(
    process: Process,
    diagram: Diagram,
    rules: Iterable[Rule],
    calendar: WorkCalendar | None,
    *,
    called: Mapping[str, Process] | None = None,
    first: date | None = None,
    last: date | None = None,
) -> list[Finding]:
    """Return what is wrong with the deadlines of `process`. Without a calendar no rule is counted.

    `first` and `last` limit the start dates; the newest three covered years are counted over when they are None.
    """
    words = Words(process, diagram.file)
    for node in untold(process):
        words.untold(node)
    for chain in circles(process):
        words.circle(chain)
    for rule in rules if calendar is not None else ():
        assert calendar is not None
        proof = prove(process, rule, calendar, called=called, first=first, last=last)
        if proof is not None:
            words.proof(proof)
    return sorted(words.findings, key=lambda finding: (finding.line, finding.code, finding.element))
