"""A finding: one thing said about a file before it runs. Every part of the engine that reads authors' files reports with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How bad a finding is: an error is refused, a warning may be deployed, a hint is advice."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong (`zh`, `en`), where (`file`, `line`, `column`, `element`, `name`) and what to do (`advice_*`).

    `line` and `column` count from 1; 0 means unknown. `element` is the id in the diagram, "" for the whole file.
    `code` is stable: one page of docs each. `run` is a counter-example: ids of the elements in order, may be empty.
    `moments` are its dates, if it has any: for each id of `run` when it is done at the latest (ISO 8601), "" where
    nothing counts it.
    """

    file: str
    line: int
    severity: Severity
    code: str
    element: str
    zh: str
    en: str
    advice_zh: str = ""
    advice_en: str = ""
    column: int = 0
    name: str = ""
    run: tuple[str, ...] = ()
    moments: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity} {self.code} {self.element or '-'}: {self.zh} / {self.en}"

    def message(self, language: str = "zh") -> str:
        """Return the message in `language`."""
        return self.en if language.startswith("en") else self.zh

    def as_json(self) -> dict[str, Any]:
        """Return the finding as JSON-able data."""
        return {**asdict(self), "severity": str(self.severity), "run": list(self.run), "moments": list(self.moments)}


#: Findings of one code that are shown of one file: nobody reads more of the same.
MOST_OF_A_KIND = 100


def shortened(findings: Iterable[Finding], most: int = MOST_OF_A_KIND) -> list[Finding]:
    """Return the first `most` findings of each code of each file, and a hint that says how many more there were."""
    counts: Counter[tuple[str, str]] = Counter()
    kept: list[Finding] = []
    for finding in findings:
        key = (finding.file, finding.code)
        counts[key] += 1
        if counts[key] <= most:
            kept.append(finding)
    for (file, code), count in counts.items():
        if count > most:
            zh = f"“{code}”共 {count} 处，只列出前 {most} 处。"
            en = f"{code} was found {count} times; the first {most} are listed."
            advice = ("先改正列出的，再检查一次。", "Correct these and check again.")
            kept.append(Finding(file, 0, Severity.HINT, "findings-shortened", "", zh, en, *advice))
    return kept


def has_errors(findings: Iterable[Finding]) -> bool:
    """Return whether any of the findings is an error."""
    return any(finding.severity is Severity.ERROR for finding in findings)
