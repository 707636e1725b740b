"""What a house makes of findings: severities by code with reasons, files left out, how many may be there. It finds nothing.

It is read from the table `[tool.banjie.check]` of a `banjie.toml`:

    fail-on = "warning"
    exclude = ["drafts/**"]
    budget = { hint = 20 }

    [[tool.banjie.check.severity]]
    code = "set-in-parallel"
    severity = "off"
    file = "processes/old_*.bpmn"
    reason = "Both branches write the same text; seen by the office on 2026-03-02."
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from engine.checks.catalogue import entries
from engine.errors import EngineError
from engine.findings import Finding, Severity

#: The least that a reason must say: a word is none.
LEAST_REASON = 4
_SEVERITIES = ("error", "warning", "hint", "off")
_KEYS = frozenset({"severity", "exclude", "budget", "fail-on", "baseline", "help", "law"})
_RULE_KEYS = frozenset({"code", "severity", "file", "element", "reason"})
_ORDER = {Severity.HINT: 0, Severity.WARNING: 1, Severity.ERROR: 2}


class PolicyRefused(EngineError):
    """The configuration of the checks is wrong. `line` counts from 1; 0 means the whole file.

    Remedy: the process owner corrects it there.
    """

    code = "check-config"

    def __init__(self, file: str, line: int, zh: str, en: str) -> None:
        where = f"{file}:{line}" if line else file
        super().__init__(f"{where}：{zh}", f"{where}: {en}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Rule:
    """A change of severity. `severity` None: off. Empty `file` and `element` mean every one; both are globs."""

    code: str
    severity: Severity | None
    reason: str
    file: str = ""
    element: str = ""
    line: int = 0

    def fits(self, finding: Finding, path: str) -> bool:
        """Return whether the rule is about `finding` in the file at `path` (from the configuration's folder)."""
        return (
            self.code == finding.code
            and (not self.file or matches(path, self.file))
            and (not self.element or matches(finding.element, self.element))
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """The whole configuration. `help` is the address of a code's page, with `{code}` in it; "" where none is told."""

    rules: tuple[Rule, ...] = ()
    exclude: tuple[str, ...] = ()
    budget: Mapping[Severity, int] = field(default_factory=dict)
    fail_on: Severity = Severity.ERROR
    baseline: str = ""
    help: str = ""
    law: str = ""

    def rule(self, finding: Finding, path: str) -> Rule | None:
        """Return the rule that decides about `finding`: the last one that fits; None where there is none."""
        return next((rule for rule in reversed(self.rules) if rule.fits(finding, path)), None)

    def is_excluded(self, path: str) -> bool:
        """Return whether the file at `path` is left out."""
        return any(matches(path, pattern) for pattern in self.exclude)


def reaches(severity: Severity, least: Severity) -> bool:
    """Return whether `severity` is at least as bad as `least`."""
    return _ORDER[severity] >= _ORDER[least]


def matches(path: str, pattern: str) -> bool:
    """Return whether `path` fits a glob: `*` within a folder, `**` across; without a slash it is about the last part."""
    return _compiled(pattern).fullmatch(path) is not None


def read(text: str, file: str) -> Policy | None:
    """Return the policy that `text` holds; None where it has no such table. Raises PolicyRefused."""
    try:
        whole = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        found = re.search(r"at line (\d+)", str(fault))
        line = int(found[1]) if found else len(text.splitlines())
        raise PolicyRefused(file, line, f"不是有效的 TOML（{fault}）。", f"not valid TOML ({fault}).") from None
    table: Any = whole
    for name in ("tool", "banjie", "check"):
        table = table.get(name) if isinstance(table, dict) else None
    if table is None:
        return None
    return _Reader(text, file).policy(table)


class _Reader:
    """Turns the table into a policy; finds the lines that TOML does not tell."""

    def __init__(self, text: str, file: str) -> None:
        self.lines = text.splitlines()
        self.file = file

    def policy(self, table: Any) -> Policy:
        if not isinstance(table, dict):
            raise self.refused("check", 0, "[tool.banjie.check] 应为一张表。", "[tool.banjie.check] must be a table.")
        for key in table:
            if key not in _KEYS:
                raise self.unknown(key, _KEYS, 0)
        fail_on = self.word(table, "fail-on", "error", _SEVERITIES[:3])
        budget = table.get("budget", {})
        if not isinstance(budget, dict) or any(
            name not in ("warning", "hint") or not isinstance(most, int) or isinstance(most, bool) or most < 0
            for name, most in budget.items()
        ):
            raise self.refused(
                "budget",
                0,
                "budget 写明警告（warning）和提示（hint）最多几条，如 { hint = 20 }。",
                "budget says how many warnings and hints may be there: { hint = 20 }.",
            )
        rules = table.get("severity", [])
        if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
            raise self.refused(
                "severity",
                0,
                "severity 应写成 [[tool.banjie.check.severity]]，一条一段。",
                "severity is written as [[tool.banjie.check.severity]], one section each.",
            )
        return Policy(
            rules=tuple(self.rule(rule, number) for number, rule in enumerate(rules, 1)),
            exclude=self.texts(table, "exclude"),
            budget={Severity(name): most for name, most in budget.items()},
            fail_on=Severity(fail_on),
            baseline=self.text(table, "baseline", 0),
            help=self.text(table, "help", 0),
            law=self.text(table, "law", 0),
        )

    def rule(self, table: dict[str, Any], number: int) -> Rule:
        start = self.section(number)
        for key in table:
            if key not in _RULE_KEYS:
                raise self.unknown(key, _RULE_KEYS, start)
        code = self.text(table, "code", start)
        if code not in entries():
            near = get_close_matches(code, entries(), 1)
            raise self.refused(
                "code" if code else "severity",
                start,
                f"没有代码“{code}”" + (f"，是不是“{near[0]}”？" if near else "。所有代码见 docs/checks/README.md。"),
                f"there is no code {code!r}"
                + (f"; did you mean {near[0]!r}?" if near else "; docs/checks/README.md lists them."),
            )
        severity = self.word(table, "severity", "", _SEVERITIES, start)
        reason = self.text(table, "reason", start).strip()
        if len(reason) < LEAST_REASON:
            raise self.refused(
                "reason" if "reason" in table else "code",
                start,
                f"改变“{code}”的级别须写明理由（reason）。",
                f"a change of {code!r} must give its reason.",
            )
        return Rule(
            code,
            None if severity == "off" else Severity(severity),
            reason,
            self.text(table, "file", start),
            self.text(table, "element", start),
            self.line("code", start),
        )

    # --- values
    def text(self, table: dict[str, Any], key: str, start: int) -> str:
        value = table.get(key, "")
        if not isinstance(value, str):
            raise self.refused(key, start, f"{key} 应为文字。", f"{key} must be a text.")
        return value

    def texts(self, table: dict[str, Any], key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise self.refused(key, 0, f"{key} 应为文字的列表。", f"{key} must be a list of texts.")
        return tuple(value)

    def word(self, table: dict[str, Any], key: str, default: str, allowed: tuple[str, ...], start: int = 0) -> str:
        value = table.get(key, default)
        if value not in allowed:
            words = " / ".join(allowed)
            raise self.refused(key, start, f"{key} 应为 {words} 之一。", f"{key} must be one of {words}.")
        return str(value)

    # --- places
    def section(self, number: int) -> int:
        """Return the line before the `number`-th section of a severity; 0 where it cannot be told."""
        seen = 0
        for line, text in enumerate(self.lines, 1):
            if re.match(r"\s*\[\[\s*tool\s*\.\s*banjie\s*\.\s*check\s*\.\s*severity\s*\]\]", text):
                seen += 1
                if seen == number:
                    return line
        return 0

    def line(self, key: str, start: int) -> int:
        """Return the first line after `start` that sets `key` or names it as a section; `start` where none does."""
        pattern = re.compile(rf"""(?:^|[\s{{,.\[])["']?{re.escape(key)}["']?\s*(?:[=.\]]|$)""")
        for number, text in enumerate(self.lines[start:], start + 1):
            if pattern.search(text.split("#", 1)[0]):
                return number
        return start

    def refused(self, key: str, start: int, zh: str, en: str) -> PolicyRefused:
        return PolicyRefused(self.file, self.line(key, start), zh, en)

    def unknown(self, key: str, known: frozenset[str], start: int) -> PolicyRefused:
        words = ", ".join(sorted(known))
        return self.refused(key, start, f"不认识的键“{key}”；可用：{words}。", f"unknown key {key!r}; known: {words}.")


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = ["" if "/" in pattern.strip("/") else "(?:.*/)?"]
    text = pattern.removeprefix("./").lstrip("/")
    at = 0
    while at < len(text):
        if text.startswith("**/", at):
            parts.append("(?:.*/)?")
            at += 3
        elif text.startswith("**", at):
            parts.append(".*")
            at += 2
        else:
            parts.append({"*": "[^/]*", "?": "[^/]"}.get(text[at], re.escape(text[at])))
            at += 1
    if text.endswith("/"):
        parts.append(".*")
    return re.compile("".join(parts), re.DOTALL)
