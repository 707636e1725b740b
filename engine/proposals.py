"""Files that somebody would deploy, read together with what is deployed: the whole, and what is to be said about it.

It reads no database and stores nothing. What is deployed is read once (`Deployed.of`) and taken over by every proposal,
so that a modeler can ask while somebody draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine import checks
from engine.family import Family
from engine.findings import Finding, Severity


@dataclass(slots=True)
class Deployed:
    """What is deployed now, as it was read. Shared, and never changed by a proposal."""

    family: Family
    findings: list[Finding]

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> Deployed:
        """Read the files that are deployed."""
        family, findings = Family.read(files)
        return cls(family, findings)


def read(deployed: Deployed, files: Mapping[str, bytes], known: checks.Known) -> tuple[Family, list[Finding]]:
    """Return `files` together with what is deployed and not replaced by them, and the findings about the two.

    A finding about a file that is deployed already is told only where these files cause it.
    """
    before = deployed.family
    offered, findings = Family.read(files, like=[before])
    replaced = set(offered.origins)
    outdated = {name for thing, name in before.origins.items() if thing in replaced} | files.keys()
    kept = {name: content for name, content in before.files.items() if name not in outdated}
    whole, of_whole = Family.read({**kept, **files}, like=[offered, before])
    findings = list(dict.fromkeys([*findings, *of_whole]))
    changed = {name for name, content in files.items() if before.files.get(name) != content} | (outdated - files.keys())
    packs = {rule.file for versions in whole.rules.values() for rule in versions}
    concerned = {*files, *_touched(before, changed), *_touched(whole, changed), *packs} & whole.files.keys()
    findings = [*checks.completed(findings, whole.files), *checks.check(whole, known, files=concerned)]
    told = [finding for finding in findings if finding.file in files]
    refused = {finding.file for finding in told if finding.severity is Severity.ERROR}
    told += _unused(whole, files.keys() - refused)
    elsewhere = [one for one in findings if one.file not in files and one.severity is not Severity.HINT]
    if elsewhere:  # only what these files break; what was wrong before is not their fault
        old = [*deployed.findings, *checks.check(before, known, files={one.file for one in elsewhere})]
        known_before = {_same(one) for one in old}
        told += [one for one in elsewhere if _same(one) not in known_before]
    return whole, checks.in_order(told)


def _touched(family: Family, changed: Iterable[str]) -> set[str]:
    """Return the diagrams with a process that runs on any of the changed files."""
    wanted = set(changed)
    return {family.origins["process", key] for key in family.processes if wanted & family.needs(key).keys()}


def _same(finding: Finding) -> tuple[str, str, str, str]:
    return finding.file, finding.code, finding.element, finding.zh


def _unused(whole: Family, files: Iterable[str]) -> list[Finding]:
    """Say which of the files no plan uses: they would not be stored, as only a plan's family is."""
    used = {name for key, process in whole.processes.items() if process.is_executable for name in whole.needs(key)}
    return [
        Finding(
            name,
            0,
            Severity.WARNING,
            "file-unused",
            "",
            "没有预案使用此文件，不会保存。",
            "No plan uses this file; it is not stored.",
            "在流程图中引用它，或不要一起上传。",
            "Refer to it in a diagram, or leave it out.",
        )
        for name in files
        if name not in used
    ]
