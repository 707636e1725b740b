"""Reads a rule pack (`<name>.rules.json`): every fault with its line, and the rules that have none. It stores nothing.

    {"name": "信访工作条例", "rules": [{"id": "petition_acceptance", "number": 15, "unit": "days", ...}]}

Whether the plans have the elements that a rule names is `engine.checks.rules`: a pack alone cannot know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from engine import feel
from engine.findings import Finding, Severity
from engine.json_words import fault_of
from engine.rules.lines import Path, lines_of
from engine.rules.rule import CLOCKS, PAUSES, SECONDS, UNITS, UNKNOWN, VERIFIED, Extension, Rule, Span

SUFFIX = ".rules.json"
MOST_BYTES = 1_000_000
MOST_NUMBER = 3_660
_ID = re.compile(r"[a-z][a-z0-9_]{0,99}")
_PACK = ("name", "name_en", "note", "rules")
_RULE = (
    *("id", "name", "name_en", "number", "unit", "clock", "binds", "binds_en", "article", "article_en", "source"),
    *("in_force_from", "in_force_until", "verified", "moves", "extension", "pauses"),
    *("paused_by", "plans", "note", "note_en"),
)
_NEEDED = ("id", "name", "number", "unit", "clock", "binds", "article", "in_force_from", "verified", "plans")
_SPAN = ("from", "to", "begins", "since", "when", "extended_by")
_EXTENSION = ("number", "unit", "times", "approver", "tells_reason")
_DATE = (
    "写成 2026-04-15 这样的日期；仍有效的规则，in_force_until 写 null。",
    "Write a date such as 2026-04-15; in_force_until is null while the rule is in force.",
)


def read(file: str, data: bytes) -> tuple[list[Rule], list[Finding]]:
    """Return the rules of a pack and what is wrong with it. A rule with a fault is left out. Never raises for content."""
    reader = _Reader(file)
    try:
        if len(data) > MOST_BYTES:
            raise ValueError(f"{len(data)} > {MOST_BYTES} bytes")
        text = data.decode("utf-8-sig")
        pack = json.loads(text, object_pairs_hook=reader.once, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        reader.say(
            "rules-not-json",
            getattr(error, "lineno", 1),
            "",
            f"不是有效的规则文件（JSON）：{fault_of(error)[0]}。",
            f"Not a valid rule pack (JSON): {fault_of(error)[1]}.",
            ("用 UTF-8 保存，核对括号、逗号和引号。", "Save it as UTF-8; check brackets, commas and quotes."),
        )
        return [], reader.findings
    reader.lines = lines_of(text)
    return reader.pack(pack), reader.findings


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


class _Reader:
    """Reads one file, noting faults on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self.lines: Mapping[Path, int] = {}

    def once(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Return an object of JSON, refusing a member given twice."""
        members = dict(pairs)
        if len(members) < len(pairs):
            names = [name for name, _ in pairs]
            raise ValueError(f"duplicate member {next(name for name in names if names.count(name) > 1)!r}")
        return members

    def say(self, code: str, line: int, element: str, zh: str, en: str, advice: tuple[str, str]) -> None:
        """Note a fault."""
        found = Finding(self.file, line, Severity.ERROR, code, element, zh, en, advice[0], advice[1])
        self.findings.append(found)

    def wrong(self, path: Path, element: str, zh: str, en: str, advice: tuple[str, str] = ("", "")) -> None:
        """Note a member that cannot be right, at its line or that of what it stands in."""
        while path and path not in self.lines:
            path = path[:-1]
        self.say("rules-member", self.lines.get(path, 1), element, zh, en, advice)

    # --- the pack and its rules
    def pack(self, pack: Any) -> list[Rule]:
        """Return the rules that have no fault."""
        items = pack.get("rules") if isinstance(pack, dict) else None
        if not isinstance(pack, dict) or not isinstance(items, list):
            self.wrong(
                (),
                "",
                "规则文件应是一个对象，其 rules 是规则的列表。",
                "A rule pack is an object whose member `rules` is a list.",
                ('写成 {"name": "…", "rules": [ … ]}。', 'Write {"name": "…", "rules": [ … ]}.'),
            )
            return []
        self._known(pack, _PACK, (), "")
        rules = [self._rule(item, ("rules", number)) for number, item in enumerate(items)]
        kept = [rule for rule in rules if rule is not None]
        self._overlaps(kept)
        return kept

    def _rule(self, item: Any, path: Path) -> Rule | None:
        before = len(self.findings)
        if not isinstance(item, dict):
            self.wrong(path, "", "规则应是一个对象。", "A rule is an object.")
            return None
        identity = item.get("id") if isinstance(item.get("id"), str) else ""
        identity = str(identity)
        self._known(item, _RULE, path, identity)
        for name in _NEEDED:
            if name not in item:
                self.wrong(path, identity, f"规则“{identity}”缺少 {name}。", f"Rule {identity!r} has no {name}.")
        if "id" in item and not _ID.fullmatch(identity):
            self.wrong(
                (*path, "id"),
                identity,
                f"规则 id“{item['id']}”无效。",
                f"The rule id {item['id']!r} is not valid.",
                ("用小写字母、数字和下划线，如 petition_acceptance。", "Use a-z, 0-9 and _: petition_acceptance."),
            )
        unit = self._one_of(item, "unit", UNITS, path, identity)
        number = UNKNOWN
        if item.get("number", 0) is not None or item.get("verified") != "none":
            number = self._number(item, "number", path, identity, least=1 if unit in SECONDS else 0)
        clock = self._one_of(item, "clock", CLOCKS, path, identity)
        verified = self._one_of(item, "verified", VERIFIED, path, identity)
        texts = {
            name: self._text(item, name, path, identity)
            for name in ("name", "name_en", "binds", "binds_en", "article", "article_en", "source", "note", "note_en")
        }
        begins = self._date(item, "in_force_from", path, identity)
        ends = self._date(item, "in_force_until", path, identity)
        if begins is not None and ends is not None and ends <= begins:
            self._dates(
                (*path, "in_force_until"),
                identity,
                f"规则“{identity}”的失效日 {ends} 不晚于生效日 {begins}。",
                f"Rule {identity!r} ends on {ends}, not later than it comes into force ({begins}).",
            )
        moves = item.get("moves", False)
        if not isinstance(moves, bool):
            self.wrong((*path, "moves"), identity, "moves 应为 true 或 false。", "`moves` is true or false.")
        extension = self._extension(item.get("extension"), (*path, "extension"), identity, unit)
        pauses = self._pauses(item.get("pauses", []), (*path, "pauses"), identity)
        paused_by = self._text(item, "paused_by", path, identity)
        spans = self._spans(item.get("plans"), (*path, "plans"), identity, extension)
        if len(self.findings) > before:
            return None
        return Rule(
            id=identity,
            number=number,
            unit=unit,
            clock=clock,
            verified=verified,
            in_force_from=begins or date.min,
            in_force_until=ends,
            moves=moves is True,
            extension=extension,
            pauses=pauses,
            paused_by=paused_by,
            spans=spans,
            file=self.file,
            line=self.lines.get(path, 1),
            **texts,
        )

    def _spans(self, item: Any, path: Path, identity: str, extension: Extension | None) -> dict[str, Span]:
        if item is None:
            return {}
        if not isinstance(item, dict) or not item:
            self.wrong(
                path,
                identity,
                f"规则“{identity}”的 plans 应写明用于哪些预案、从哪一步到哪一步。",
                f"`plans` of rule {identity!r} says in which plans it counts, from where to where.",
                ('写成 {"petition": {"from": "", "to": ["decide_acceptance"]}}。', "Write it as in docs/owners.md."),
            )
            return {}
        spans: dict[str, Span] = {}
        for plan, where in item.items():
            at = (*path, plan)
            if not isinstance(where, dict):
                self.wrong(at, identity, f"预案“{plan}”处应是一个对象。", f"At plan {plan!r} an object is expected.")
                continue
            self._known(where, _SPAN, at, identity)
            ends = where.get("to", [])
            ends = [ends] if isinstance(ends, str) else ends
            if not isinstance(ends, list) or not all(isinstance(one, str) and one for one in ends):
                self.wrong((*at, "to"), identity, "to 应为元素 id 或其列表。", "`to` is an element's id, or a list.")
                continue
            begins = where.get("begins", "done")
            if begins not in ("done", "reached"):
                self.wrong(
                    (*at, "begins"),
                    identity,
                    f"begins 为“{begins}”，应为 done 或 reached。",
                    f"`begins` is {begins!r}; it is done or reached.",
                )
            words = {name: where.get(name, "") for name in ("from", "since", "when", "extended_by")}
            for name, word in words.items():
                if not isinstance(word, str):
                    self.wrong((*at, name), identity, f"{name} 应为文字。", f"`{name}` is a text.")
                    words[name] = ""
            if words["extended_by"] and extension is None:
                self.wrong(
                    (*at, "extended_by"),
                    identity,
                    f"规则“{identity}”不可延期，却写了 extended_by。",
                    f"Rule {identity!r} allows no extension, yet names `extended_by`.",
                )
            self._condition(words["when"], (*at, "when"), identity)
            spans[plan] = Span(
                plan=plan,
                start=words["from"],
                ends=tuple(ends),
                is_reached=begins == "reached",
                since=words["since"],
                when=words["when"],
                extended_by=words["extended_by"],
            )
        return spans

    def _condition(self, text: str, path: Path, identity: str) -> None:
        if not text:
            return
        try:
            feel.compile(text)
        except feel.FeelError as fault:
            self.wrong(
                path,
                identity,
                f"when“{text[:80]}”不是有效的 FEEL：{fault.zh}",
                f"`when` {text[:80]!r} is not valid FEEL: {fault.en}",
                ('写成 channel = "hotline" 这样的条件。', 'Write a condition such as channel = "hotline".'),
            )

    def _extension(self, item: Any, path: Path, identity: str, unit: str) -> Extension | None:
        if item is None:
            return None
        if not isinstance(item, dict):
            self.wrong(path, identity, "extension 应是一个对象，或 null。", "`extension` is an object, or null.")
            return None
        self._known(item, _EXTENSION, path, identity)
        number = self._number(item, "number", path, identity)
        times = self._number({"times": 1, **item}, "times", path, identity)
        own = self._one_of({"unit": unit, **item}, "unit", UNITS, path, identity)
        if own != unit and (own in SECONDS or unit in SECONDS):
            self.wrong(
                (*path, "unit"),
                identity,
                "按小时、分钟计的时限，延期用同一单位；按日计的只能延长若干日或工作日。",
                "A limit in hours or minutes is extended in the same unit, one in days by days or working days.",
            )
        approver = self._text(item, "approver", path, identity)
        tells = item.get("tells_reason", True)
        if not isinstance(tells, bool):
            self.wrong((*path, "tells_reason"), identity, "tells_reason 应为 true 或 false。", "It is true or false.")
        return Extension(number, own, times, approver, tells is not False)

    def _pauses(self, item: Any, path: Path, identity: str) -> frozenset[str]:
        if not isinstance(item, list) or not all(isinstance(one, str) for one in item):
            self.wrong(path, identity, "pauses 应为中止事由的列表。", "`pauses` is a list of reasons.")
            return frozenset()
        for unknown in [one for one in item if one not in PAUSES]:
            self.wrong(
                path,
                identity,
                f"不认识的中止事由“{unknown}”。",
                f"The reason for a pause {unknown!r} is not known.",
                (f"可用：{'、'.join(PAUSES)}。", f"Known are {', '.join(PAUSES)}."),
            )
        return frozenset(item)

    def _overlaps(self, rules: list[Rule]) -> None:
        """Say which versions of a rule are in force on the same day."""
        versions: dict[str, list[Rule]] = {}
        for rule in rules:
            for other in versions.setdefault(rule.id, []):
                last = min(rule.in_force_until or date.max, other.in_force_until or date.max)
                if max(rule.in_force_from, other.in_force_from) < last:
                    self.say(
                        "rules-dates",
                        rule.line,
                        rule.id,
                        f"规则“{rule.id}”的两个版本（第 {other.line}、{rule.line} 行）在同一天都有效。",
                        f"Two versions of rule {rule.id!r} (lines {other.line} and {rule.line}) are in force at once.",
                        (
                            "给旧版本写上失效日 in_force_until，即新版本的生效日。",
                            "Let the older one end on the day the newer one comes into force.",
                        ),
                    )
                    break
            versions[rule.id].append(rule)

    # --- members
    def _known(self, item: Mapping[str, Any], known: tuple[str, ...], path: Path, identity: str) -> None:
        for name in item:
            if name not in known:
                self.wrong(
                    (*path, name),
                    identity,
                    f"不认识的成员“{name}”。",
                    f"The member {name!r} is not known.",
                    (f"可用：{'、'.join(known)}。", f"Known are {', '.join(known)}."),
                )

    def _number(self, item: Mapping[str, Any], name: str, path: Path, identity: str, least: int = 1) -> int:
        value = item.get(name, 1)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MOST_NUMBER:
            self.wrong(
                (*path, name),
                identity,
                f"{name} 为 {value!r}，应为 {least} 到 {MOST_NUMBER} 的整数。",
                f"`{name}` is {value!r}; it is a whole number from {least} to {MOST_NUMBER}.",
            )
            return 1
        return value

    def _one_of(self, item: Mapping[str, Any], name: str, allowed: tuple[str, ...], path: Path, identity: str) -> str:
        value = item.get(name, allowed[0])
        if value not in allowed:
            self.wrong(
                (*path, name),
                identity,
                f"{name} 为“{value}”，应为 {'、'.join(allowed)} 之一。",
                f"`{name}` is {value!r}; it is one of {', '.join(allowed)}.",
            )
            return allowed[0]
        return str(value)

    def _text(self, item: Mapping[str, Any], name: str, path: Path, identity: str) -> str:
        value = item.get(name, "")
        if not isinstance(value, str) or len(value) > 500:
            self.wrong(
                (*path, name), identity, f"{name} 应为不超过 500 字的文字。", f"`{name}` is a text of 500 at most."
            )
            return ""
        return value.strip()

    def _date(self, item: Mapping[str, Any], name: str, path: Path, identity: str) -> date | None:
        value = item.get(name)
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self._dates(
                (*path, name),
                identity,
                f"{name} 为“{value}”，不是日期。",
                f"`{name}` is {value!r}, not a date.",
            )
            return None

    def _dates(self, path: Path, identity: str, zh: str, en: str) -> None:
        self.say("rules-dates", self.lines.get(path, 1), identity, zh, en, _DATE)
