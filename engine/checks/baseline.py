"""The baseline: findings that were there already. A finding is known again by file, code and element, never by its line."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import EngineError
from engine.findings import Finding

VERSION = 1


class BaselineRefused(EngineError):
    """The baseline cannot be read.

    Remedy: write it anew with `banjie check --write-baseline`.
    """

    code = "check-baseline"


@dataclass(frozen=True, slots=True)
class Known:
    """A finding as the baseline keeps it."""

    fingerprint: str
    file: str
    code: str
    element: str
    severity: str
    zh: str
    en: str


def fingerprints(findings: Iterable[tuple[Finding, str]]) -> list[str]:
    """Return a fingerprint for each (finding, path). The second of the same code at the same element has its own.

    Neither lines nor words count: text above may be added, and a message may be worded better.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    made: list[str] = []
    for finding, path in findings:
        identity = (path, finding.code, finding.element)
        seen[identity] += 1
        text = json.dumps([*identity, seen[identity]], ensure_ascii=False)
        made.append(hashlib.sha256(text.encode()).hexdigest()[:32])
    return made


def write(findings: Iterable[tuple[Finding, str]]) -> str:
    """Return the text of a baseline that holds `findings`, each with its path."""
    pairs = list(findings)
    rows = [
        {
            "fingerprint": fingerprint,
            "file": path,
            "code": finding.code,
            "element": finding.element,
            "severity": str(finding.severity),
            "zh": finding.zh,
            "en": finding.en,
        }
        for fingerprint, (finding, path) in zip(fingerprints(pairs), pairs, strict=True)
    ]
    rows.sort(key=lambda row: (row["file"], row["code"], row["element"], row["fingerprint"]))
    return json.dumps({"version": VERSION, "findings": rows}, ensure_ascii=False, indent=1) + "\n"


def read(text: str, name: str) -> Mapping[str, Known]:
    """Return what a baseline holds, by fingerprint. Raises BaselineRefused."""
    try:
        whole: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise _refused(name, "不是 JSON", "it is no JSON") from None
    if not isinstance(whole, dict) or not isinstance(whole.get("findings"), list):
        raise _refused(name, "没有 version 和 findings", "it has no version and findings")
    if whole.get("version") != VERSION:
        raise BaselineRefused(
            f"{name}：基线的版本是 {whole.get('version')!r}，本程序只读第 {VERSION} 版。",
            f"{name}: the baseline's version is {whole.get('version')!r}; this program reads version {VERSION}.",
        )
    for number, row in enumerate(whole["findings"], 1):
        if not isinstance(row, dict) or set(row) != set(Known.__slots__) or not _are_texts(row.values()):
            members = ", ".join(Known.__slots__)
            raise _refused(
                name,
                f"第 {number} 条应有且只有文字 {members}",
                f"finding {number} must have the texts {members}, no more",
            )
    rows = [Known(**row) for row in whole["findings"]]
    return {row.fingerprint: row for row in rows}


def _are_texts(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _refused(name: str, zh: str, en: str) -> BaselineRefused:
    return BaselineRefused(
        f"{name}：不是有效的基线文件（{zh}）。请用 --write-baseline 重新生成。",
        f"{name}: not a valid baseline ({en}). Write it anew with --write-baseline.",
    )
