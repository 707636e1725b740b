"""Findings as SARIF 2.1.0, the format that code hosts and editors read. It finds and judges nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from engine.checks.baseline import Known
from engine.checks.catalogue import Entry, entries, page_of, topics
from engine.checks.judging import Judged, Judgement
from engine.findings import Finding, Severity

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}
_ROOT = "SRCROOT"


def as_sarif(
    judgement: Judgement,
    uri_of: Callable[[str], str],
    *,
    version: str,
    language: str = "zh",
    help_address: str = "",
) -> str:
    """Return the judged findings as SARIF. `uri_of` gives a file's address: relative ones are from the folder called in.

    `help_address` has `{code}` in it; without one a rule's address is a name that says where its page is.
    """
    writer = _Writer(uri_of, language, help_address)
    codes = sorted({one.finding.code for one in judgement.judged} | {known.code for known in judgement.gone})
    results = [writer.result(one, codes) for one in judgement.judged]
    results += [writer.gone(known, codes) for known in judgement.gone]
    run = {
        "tool": {
            "driver": {
                "name": "banjie",
                "semanticVersion": version,
                "rules": [writer.rule(code) for code in codes],
            }
        },
        "language": "en-US" if language == "en" else "zh-CN",
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder in which banjie check was called."}}},
        "invocations": [{"executionSuccessful": True}],
        "results": results,
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=1)


class _Writer:
    def __init__(self, uri_of: Callable[[str], str], language: str, help_address: str) -> None:
        self.uri_of = uri_of
        self.language = language
        self.help_address = help_address
        self.subjects = {topic.key: topic.en for topic in topics()}

    def rule(self, code: str) -> dict[str, Any]:
        entry = entries().get(code)
        made: dict[str, Any] = {"id": code, "name": _name(code)}
        made["helpUri"] = (
            self.help_address.replace("{code}", code) if self.help_address else f"urn:banjie:{page_of(code)}"
        )
        if entry is not None:
            words = entry.words(self.language)
            made["shortDescription"] = {"text": words.title}
            made["fullDescription"] = {"text": f"{words.title} {words.why}"}
            made["help"] = {"text": f"{words.why}\n{words.fix}", "markdown": _markdown(entry, self.language)}
            made["properties"] = {"tags": [self.subjects[entry.subject]]}
        return made

    def result(self, one: Judged, codes: list[str]) -> dict[str, Any]:
        finding = one.finding
        made: dict[str, Any] = {
            "ruleId": finding.code,
            "ruleIndex": codes.index(finding.code),
            "level": _LEVELS[finding.severity],
            "message": {"text": self.message(finding)},
            "locations": [self.location(finding)],
            "partialFingerprints": {"banjieElement/v1": one.fingerprint},
        }
        if one.is_old is not None:
            made["baselineState"] = "unchanged" if one.is_old else "new"
        if one.is_off and one.rule is not None:
            made["suppressions"] = [{"kind": "external", "status": "accepted", "justification": one.rule.reason}]
        elif one.rule is not None:
            made["properties"] = {"originalLevel": _LEVELS[one.original], "reason": one.rule.reason}
        if finding.run:
            moments = finding.moments or ("",) * len(finding.run)
            steps = [_step(step, at) for step, at in zip(finding.run, moments, strict=False)]
            made["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
        return made

    def gone(self, known: Known, codes: list[str]) -> dict[str, Any]:
        return {
            "ruleId": known.code,
            "ruleIndex": codes.index(known.code),
            "message": {"text": known.en if self.language == "en" else known.zh},
            "locations": [
                {"physicalLocation": {"artifactLocation": self.artifact(known.file), "region": {"startLine": 1}}}
            ],
            "partialFingerprints": {"banjieElement/v1": known.fingerprint},
            "baselineState": "absent",
        }

    def location(self, finding: Finding) -> dict[str, Any]:
        region: dict[str, int] = {"startLine": max(finding.line, 1)}
        if finding.column:
            region["startColumn"] = finding.column
        made: dict[str, Any] = {"physicalLocation": {"artifactLocation": self.artifact(finding.file), "region": region}}
        if finding.element:
            made["logicalLocations"] = [_element(finding.element, finding.name)]
        return made

    def artifact(self, file: str) -> dict[str, str]:
        uri = self.uri_of(file)
        return {"uri": uri} if ":" in uri else {"uri": uri, "uriBaseId": _ROOT}

    def message(self, finding: Finding) -> str:
        advice = finding.advice_en if self.language == "en" else finding.advice_zh
        return f"{finding.message(self.language)} {advice}".strip()


def _name(code: str) -> str:
    """Return a code as one word, other than the code itself: `no-start` -> NoStart, `binding` -> BindingFinding."""
    name = "".join(part.capitalize() for part in code.split("-"))
    return name if "-" in code else f"{name}Finding"


def _step(element: str, at: str) -> dict[str, Any]:
    """Return one step of a run; `at` is when it is done, "" where nothing counts it."""
    made: dict[str, Any] = {"location": {"logicalLocations": [_element(element, "")]}}
    if at:
        made["executionTimeUtc"] = f"{datetime.fromisoformat(at).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return made


def _element(identity: str, name: str) -> dict[str, str]:
    return {"name": name or identity, "fullyQualifiedName": identity, "kind": "element"}


def _markdown(entry: Entry, language: str) -> str:
    words = entry.words(language)
    heading = "What to do" if language == "en" else "怎么办"
    return f"**{words.title}**\n\n{words.why}\n\n**{heading}**: {words.fix}"
