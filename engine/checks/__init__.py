"""Everything said about plans before they run. It changes nothing and needs no database.

    findings = check_files({"noise.bpmn": data})

`check` looks at a family already read (its reading gave findings of its own); `check_files` does both.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any

from engine.calendars import published_calendar
from engine.checks import (
    activities,
    approvals,
    calls,
    data,
    deadlines,
    events,
    expressions,
    first_contact,
    flows,
    lawfulness,
    mappings,
    organisation,
    references,
    roles,
    rules,
    soundness,
    structure,
)
from engine.checks.catalogue import advised
from engine.checks.lawfulness import Topic
from engine.checks.places import placed
from engine.checks.render import as_github, as_json, as_text
from engine.checks.subject import Known, Subject
from engine.decisions.analysis import analyse
from engine.diagram import Diagram
from engine.family import Family
from engine.findings import Finding, has_errors, shortened
from engine.rules import newest

#: Elements of one process up to which its soundness is proved.
MOST_PROVED = 1_000

__all__ = ["MOST_PROVED", "Known", "as_github", "as_json", "as_text", "check", "check_files", "completed", "in_order"]


def check(
    family: Family,
    known: Known | None = None,
    *,
    files: Container[str] | None = None,
    law: tuple[Topic, ...] | None = None,
) -> list[Finding]:
    """Return what is to be said about every process of `family`, by file and line; about those in `files` only if given.

    `law`: words that point to unlawful steps, in place of those that the house came with.
    """
    known = known or Known()
    findings: list[Finding] = []
    shared: dict[str, Any] = {}
    for file, diagram in family.diagrams.items():
        if files is not None and file not in files:
            continue
        for process in diagram.processes.values():
            subject = Subject(family, process, file, known, shared=shared)
            structure.check(subject)
            events.check(subject)
            flows.check(subject)
            activities.check(subject)
            if process.is_executable:
                expressions.check(subject)
                references.check(subject)
                calls.check(subject)
                mappings.check(subject)
                roles.check(subject)
                approvals.check(subject)
                first_contact.check(subject)
                data.check(subject)
                rules.check(subject)
                if not has_errors(subject.findings):  # the token game is played on whole diagrams only
                    _prove(subject, diagram)
                    _count(subject, diagram)
            findings += subject.findings
        findings += references.check_collaboration(file, diagram)
    for file, model in family.models.items():
        if files is None or file in files:
            findings += analyse(model)
    findings += [one for one in rules.check_packs(family) if files is None or one.file in files]
    findings += [one for one in data.check_shared(family, shared) if files is None or one.file in files]
    findings += lawfulness.check(family, law, files)
    findings += [one for one in organisation.check(family) if files is None or one.file in files]
    return in_order(completed(findings, family.files))


def check_files(
    files: Mapping[str, bytes], known: Known | None = None, law: tuple[Topic, ...] | None = None
) -> list[Finding]:
    """Return everything there is to say about `files` taken together. Never raises for what is in them."""
    family, findings = Family.read(files)
    return in_order([*completed(findings, family.files), *check(family, known, law=law)])


def completed(findings: Iterable[Finding], files: Mapping[str, bytes]) -> list[Finding]:
    """Return the findings with line, column and name of their element, and each with an advice."""
    return advised(placed(shortened(findings), files))


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings by file and place, always in the same order."""
    return sorted(findings, key=lambda one: (one.file, one.line, one.column, one.code, one.element, one.zh))


def _prove(subject: Subject, diagram: Diagram) -> None:
    if sum(1 for _ in subject.walk()) <= MOST_PROVED:
        outcomes = subject.shared.setdefault("soundness", {})
        subject.findings += soundness.check(
            subject.process, diagram, called=subject.family.processes, outcomes=outcomes
        )
        return
    subject.hint(
        "sound-not-proved",
        None,
        f"流程超过 {MOST_PROVED} 个元素，没有检查死锁和重复执行。",
        f"the process has more than {MOST_PROVED} elements; deadlocks and work done twice were not looked for.",
        ("把一部分放进被调用的流程。", "Move parts of it into called processes."),
    )


def _count(subject: Subject, diagram: Diagram) -> None:
    """Prove the limits of the rules that bind now, over the calendar of the house or, without one, the published one."""
    family, process = subject.family, subject.process
    today = [rule for versions in family.rules.values() if (rule := newest(versions)) is not None]
    counted = [rule for rule in today if rule.is_on and process.id in rule.spans]
    calendar = (subject.known.calendar or published_calendar()) if counted else None
    subject.findings += deadlines.check(
        process,
        diagram,
        counted,
        calendar,
        called=family.processes,
        limits={rule.id: rule for rule in today if rule.is_on},
    )
