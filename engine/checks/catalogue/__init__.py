"""What every code means, why it matters and what to do: the words that documents, pages and CI show. It finds nothing.

One TOML file a subject; an entry's `zh` and `en` are [title, why, what to do]. `docs/checks/` is made from it.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from engine.findings import Finding

_FOLDER = Path(__file__).parent
#: What the pages of the codes show, made from the corpus of the tests by `python -m tools.documents`.
EXAMPLES = _FOLDER / "examples.json"


@dataclass(frozen=True, slots=True)
class Words:
    """An entry in one language: a short title, why it matters, what to do."""

    title: str
    why: str
    fix: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A code. `subject` is the name of the file that holds it."""

    code: str
    subject: str
    zh: Words
    en: Words

    def words(self, language: str) -> Words:
        """Return the entry in `language`."""
        return self.en if language.startswith("en") else self.zh


@dataclass(frozen=True, slots=True)
class Example:
    """A file that has the fault, the same one mended ("" where there is none), and what is said of the first."""

    severity: str
    zh: str
    en: str
    bad: str
    good: str


@dataclass(frozen=True, slots=True)
class Topic:
    """A group of codes, in the order of the index."""

    key: str
    zh: str
    en: str
    codes: tuple[str, ...]


@cache
def topics() -> tuple[Topic, ...]:
    """Return the groups of codes in the order of the index."""
    found = [(content["order"], key, content) for key, content in _contents().items()]
    return tuple(
        Topic(key, content["subject"][0], content["subject"][1], tuple(sorted(content["codes"])))
        for _, key, content in sorted(found, key=lambda item: item[:2])
    )


@cache
def entries() -> Mapping[str, Entry]:
    """Return every code's entry by code, in the order of the codes."""
    made = {
        code: Entry(code, key, Words(*words["zh"]), Words(*words["en"]))
        for key, content in _contents().items()
        for code, words in content["codes"].items()
    }
    return dict(sorted(made.items()))


def example(code: str) -> Example | None:
    """Return a code's example; None where it has none."""
    return _examples().get(code)


def page_of(code: str) -> str:
    """Return the document of a code, as a path in the project."""
    return f"docs/checks/{code}.md"


def advised(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings, each with an advice: its own, or else what its code's entry says to do."""
    made: list[Finding] = []
    for finding in findings:
        if not (finding.advice_zh and finding.advice_en):
            entry = entries().get(finding.code)
            if entry is not None:
                finding = replace(
                    finding,
                    advice_zh=finding.advice_zh or entry.zh.fix,
                    advice_en=finding.advice_en or entry.en.fix,
                )
        made.append(finding)
    return made


@cache
def _contents() -> dict[str, dict[str, Any]]:
    return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(_FOLDER.glob("*.toml"))}


@cache
def _examples() -> Mapping[str, Example]:
    return {code: Example(**parts) for code, parts in json.loads(EXAMPLES.read_text("utf-8")).items()}
