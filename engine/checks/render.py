"""Findings as text for people and compilers, and as JSON. It orders nothing and hides nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable

from engine.findings import Finding


def as_text(findings: Iterable[Finding], language: str = "", *, has_advice: bool = False) -> str:
    """Return one line a finding: `file:line: severity code element: message`; with `has_advice`, what to do below it.

    `language` is "zh" or "en"; both when it is empty.
    """
    lines: list[str] = []
    for finding in findings:
        words = finding.message(language) if language else f"{finding.zh} / {finding.en}"
        advice = (finding.advice_en if language.startswith("en") else finding.advice_zh) if language else ""
        if not language and (finding.advice_zh or finding.advice_en):
            advice = f"{finding.advice_zh} / {finding.advice_en}"
        lines.append(
            f"{finding.file}:{finding.line}: {finding.severity} {finding.code} {finding.element or '-'}: {words}"
        )
        if advice and has_advice:
            lines.append(f"    {advice}")
    return "\n".join(lines)


def as_json(findings: Iterable[Finding]) -> str:
    """Return the findings as a JSON list."""
    return json.dumps([finding.as_json() for finding in findings], ensure_ascii=False, indent=2)
