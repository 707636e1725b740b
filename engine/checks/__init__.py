"""Everything said about plans before they run. It changes nothing and needs no database.

    findings = check_files({"noise.bpmn": data})

`check` looks at a family already read (its reading gave findings of its own); `check_files` does both.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.checks import activities, data, events, expressions, flows, references, roles, structure
from engine.checks.render import as_json, as_text
from engine.checks.subject import Known, Subject
from engine.family import Family
from engine.findings import Finding

__all__ = ["Known", "as_json", "as_text", "check", "check_files"]


def check(family: Family, known: Known | None = None) -> list[Finding]:
    """Return what is to be said about every process of `family`, by file and line."""
    known = known or Known()
    findings: list[Finding] = []
    for file, diagram in family.diagrams.items():
        for process in diagram.processes.values():
            subject = Subject(family, process, file, known)
            structure.check(subject)
            events.check(subject)
            flows.check(subject)
            activities.check(subject)
            if process.is_executable:
                expressions.check(subject)
                references.check(subject)
                roles.check(subject)
                data.check(subject)
            findings += subject.findings
        findings += references.check_collaboration(file, diagram)
    return sorted(findings, key=lambda finding: (finding.file, finding.line, finding.code))


def check_files(files: Mapping[str, bytes], known: Known | None = None) -> list[Finding]:
    """Return everything there is to say about `files` taken together. Never raises for what is in them."""
    family, findings = Family.read(files)
    return sorted([*findings, *check(family, known)], key=lambda finding: (finding.file, finding.line, finding.code))
