"""Findings in the light of a policy and a baseline: which count, which are left out and why, which are gone. It reads no file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from engine.checks.baseline import Known, fingerprints
from engine.checks.policy import Policy, Rule, reaches
from engine.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding as it counts. `rule` changed its severity from `original`, or switched it off (`is_off`).

    `is_old`: the baseline has it; None where there is no baseline.
    """

    finding: Finding
    fingerprint: str
    original: Severity
    rule: Rule | None = None
    is_old: bool | None = None

    @property
    def is_off(self) -> bool:
        """Return whether the policy switched it off."""
        return self.rule is not None and self.rule.severity is None

    @property
    def counts(self) -> bool:
        """Return whether it is shown and counts: neither switched off nor old."""
        return not (self.is_off or self.is_old)


@dataclass(frozen=True, slots=True)
class Judgement:
    """All findings, what of the baseline is gone, and the budgets that are overdrawn: (severity, found, most)."""

    judged: tuple[Judged, ...]
    gone: tuple[Known, ...]
    overdrawn: tuple[tuple[Severity, int, int], ...]
    fail_on: Severity

    @property
    def shown(self) -> list[Finding]:
        """Return the findings that count."""
        return [one.finding for one in self.judged if one.counts]

    @property
    def has_failed(self) -> bool:
        """Return whether the check has failed."""
        return bool(self.overdrawn) or any(reaches(finding.severity, self.fail_on) for finding in self.shown)


def judge(
    findings: Iterable[Finding],
    policy: Policy,
    path_of: Callable[[str], str],
    baseline: Mapping[str, Known] | None = None,
    fail_on: Severity | None = None,
) -> Judgement:
    """Return what `findings` come to. `path_of` gives a finding's file as the policy and the baseline name it."""
    pairs = [(finding, path_of(finding.file)) for finding in findings]
    judged: list[Judged] = []
    for (finding, path), fingerprint in zip(pairs, fingerprints(pairs), strict=True):
        rule = policy.rule(finding, path)
        now = finding
        if rule is not None and rule.severity is not None:
            now = replace(finding, severity=rule.severity)
        is_old = None if baseline is None else fingerprint in baseline
        judged.append(Judged(now, fingerprint, finding.severity, rule, is_old))
    present = {one.fingerprint for one in judged}
    gone = tuple(known for key, known in (baseline or {}).items() if key not in present)
    numbers = Counter(one.finding.severity for one in judged if one.counts)
    overdrawn = tuple(
        (severity, numbers[severity], most) for severity, most in policy.budget.items() if numbers[severity] > most
    )
    return Judgement(tuple(judged), gone, overdrawn, fail_on or policy.fail_on)
