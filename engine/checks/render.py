"""Findings as text for people and compilers, as JSON, and as commands of GitHub's workflows. It hides nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable

from engine.checks.catalogue import page_of
from engine.findings import Finding, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "notice"}


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
    """Return the findings as a JSON list, each with the document of its code as `help`."""
    rows = [{**finding.as_json(), "help": page_of(finding.code)} for finding in findings]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def as_github(findings: Iterable[Finding], language: str = "") -> str:
    """Return one workflow command a finding: GitHub shows it at its line of the change."""
    lines: list[str] = []
    for finding in findings:
        both = [
            f"{finding.message(one)} {finding.advice_en if one == 'en' else finding.advice_zh}".strip()
            for one in ((language,) if language else ("zh", "en"))
        ]
        parts = {"file": finding.file, "line": str(max(finding.line, 1))}
        if finding.column:
            parts["col"] = str(finding.column)
        parts["title"] = " ".join(part for part in (finding.code, finding.name or finding.element) if part)
        told = ",".join(f"{key}={_property(value)}" for key, value in parts.items())
        message = "\n".join(both)
        lines.append(f"::{_COMMANDS[finding.severity]} {told}::{_data(message)}")
    return "\n".join(lines)


def _data(text: str) -> str:
    """Return `text` so that a workflow command takes it as it is."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
