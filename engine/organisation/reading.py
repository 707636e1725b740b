"""Reads an organisation file (`<plan>.organisation.json`): every fault with its line. It stores nothing.

    {"plan": "petition", "groups": [{"id": "office", "name": "办公室", "duties": [], "seats": [
        {"seat": "head", "title": "主任", "role": "办公室主任"}]}], "resources": []}

Whether the plan has the lanes that the seats name is `engine.checks.organisation`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from engine.findings import Finding, Severity
from engine.json_words import fault_of
from engine.organisation.model import KINDS, SEATS, Duty, Group, Organisation, Resource, Seat
from engine.rules.lines import Path, lines_of

SUFFIX = ".organisation.json"
MOST_BYTES = 200_000
MOST_ITEMS = 200
LONGEST = 500
_ID = re.compile(r"[a-z][a-z0-9_]{0,59}")
_WHOLE = ("plan", "source", "first_contact", "groups", "resources")
_GROUP = ("id", "name", "name_en", "parent", "duties", "seats")
_SEAT = ("seat", "title", "title_en", "role", "duty", "duty_en")
_DUTY = ("zh", "en")
_RESOURCE = ("id", "kind", "name", "name_en", "role", "source")
#: What the members that must be there are called on pages.
_CALLED = {"plan": "预案", "name": "名称", "title": "由谁担任", "role": "岗位", "zh": "职责"}
_ADVICE = (
    "写法见预案负责人手册的“组织机构”。",
    "How the file is written stands in the handbook for process owners, “Organisation”.",
)
Part = TypeVar("Part")


def read(file: str, data: bytes) -> tuple[Organisation | None, list[Finding]]:
    """Return the organisation in `data` and what is wrong with it; None when it has a fault. Never raises for content."""
    reader = _Reader(file)
    try:
        if len(data) > MOST_BYTES:
            raise ValueError(f"{len(data)} > {MOST_BYTES} bytes")
        text = data.decode("utf-8-sig")
        content = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
        json.dumps(content, ensure_ascii=False).encode()  # half a character can be stored nowhere
        reader.lines = lines_of(text)
    except (ValueError, RecursionError) as error:
        reader.say(
            "organisation-not-json",
            getattr(error, "lineno", 1),
            f"不是有效的组织机构文件（JSON）：{fault_of(error)[0]}。",
            f"Not a valid organisation file (JSON): {fault_of(error)[1]}.",
            ("用 UTF-8 保存，核对括号、逗号和引号。", "Save it as UTF-8; check brackets, commas and quotes."),
        )
        return None, reader.findings
    found = reader.whole(content)
    return (None if reader.findings else found), reader.findings


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON, refusing a member given twice."""
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"duplicate member {next(name for name in names if names.count(name) > 1)!r}")
    return members


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


class _Reader:
    """Reads one file, noting faults on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self.lines: Mapping[Path, int] = {}

    def say(self, code: str, line: int, zh: str, en: str, advice: tuple[str, str]) -> None:
        """Note a fault."""
        self.findings.append(Finding(self.file, line, Severity.ERROR, code, "", zh, en, advice[0], advice[1], 1))

    def wrong(self, path: Path, zh: str, en: str, advice: tuple[str, str] = _ADVICE) -> None:
        """Note a member that cannot be right, at its line or that of what it stands in."""
        self.say("organisation-member", self.line(path), zh, en, advice)

    def line(self, path: Path) -> int:
        """Return the line of a part, or of the nearest part around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def whole(self, content: Any) -> Organisation | None:
        """Return the organisation; whether it has a fault is in `findings`."""
        if not isinstance(content, dict):
            self.wrong((), "文件应是一个对象。", "The file is one object.")
            return None
        self._known(content, _WHOLE, ())
        groups = self._items(content, "groups", (), self._group)
        resources = self._items(content, "resources", (), self._resource)
        self._unique(groups, "groups")
        self._unique(resources, "resources")
        self._parents(groups)
        return Organisation(
            plan=self._text(content, "plan", (), is_needed=True),
            source=self._text(content, "source", ()),
            first_contact=self._text(content, "first_contact", ()),
            groups=tuple(groups),
            resources=tuple(resources),
            file=self.file,
            first_contact_line=self.line(("first_contact",)),
        )

    def _group(self, item: Mapping[str, Any], path: Path) -> Group:
        self._known(item, _GROUP, path)
        return Group(
            id=self._id(item, path),
            name=self._text(item, "name", path, is_needed=True),
            name_en=self._text(item, "name_en", path),
            parent=self._text(item, "parent", path),
            duties=tuple(self._items(item, "duties", path, self._duty)),
            seats=tuple(self._items(item, "seats", path, self._seat)),
            line=self.line(path),
        )

    def _duty(self, item: Mapping[str, Any], path: Path) -> Duty:
        self._known(item, _DUTY, path)
        return Duty(self._text(item, "zh", path, is_needed=True), self._text(item, "en", path))

    def _seat(self, item: Mapping[str, Any], path: Path) -> Seat:
        self._known(item, _SEAT, path)
        return Seat(
            kind=self._one_of(item, "seat", SEATS, path),
            title=self._text(item, "title", path, is_needed=True),
            title_en=self._text(item, "title_en", path),
            role=self._role(item, path),
            duty=self._text(item, "duty", path),
            duty_en=self._text(item, "duty_en", path),
            line=self.line(path),
        )

    def _resource(self, item: Mapping[str, Any], path: Path) -> Resource:
        self._known(item, _RESOURCE, path)
        return Resource(
            id=self._id(item, path),
            kind=self._one_of(item, "kind", KINDS, path),
            name=self._text(item, "name", path, is_needed=True),
            name_en=self._text(item, "name_en", path),
            role=self._role(item, path),
            source=self._text(item, "source", path),
            line=self.line(path),
        )

    # --- members
    def _items(
        self, item: Mapping[str, Any], name: str, path: Path, part: Callable[[Mapping[str, Any], Path], Part]
    ) -> list[Part]:
        value = item.get(name, [])
        here = (*path, name)
        if not isinstance(value, list):
            self.wrong(here, f"{name} 应是一个列表。", f"`{name}` is a list.")
            return []
        if len(value) > MOST_ITEMS:
            self.wrong(here, f"{name} 超过 {MOST_ITEMS} 项。", f"`{name}` has more than {MOST_ITEMS} items.")
            return []
        found = []
        for number, one in enumerate(value):
            if isinstance(one, dict):
                found.append(part(one, (*here, number)))
            else:
                self.wrong((*here, number), f"{name} 的每一项应是一个对象。", f"Each item of `{name}` is an object.")
        return found

    def _known(self, item: Mapping[str, Any], known: tuple[str, ...], path: Path) -> None:
        for name in item:
            if name not in known:
                self.wrong(
                    (*path, name),
                    f"不认识的成员“{name[:60]}”。",
                    f"The member {name[:60]!r} is not known.",
                    (f"可用：{'、'.join(known)}。", f"Known are {', '.join(known)}."),
                )

    def _text(self, item: Mapping[str, Any], name: str, path: Path, *, is_needed: bool = False) -> str:
        value = item.get(name, "")
        if not isinstance(value, str) or len(value) > LONGEST or (value and not _is_readable(value)):
            self.wrong(
                (*path, name),
                f"{name} 应为不超过 {LONGEST} 字的一行文字。",
                f"`{name}` is a text of one line and at most {LONGEST} characters.",
            )
            return ""
        if is_needed and not value.strip():
            whose = next((said for part in ("title", "name", "role", "id") if (said := item.get(part))), "")
            zh, en = (f"“{whose[:60]}”", f" of {whose[:60]!r}") if isinstance(whose, str) and whose else ("", "")
            self.wrong((*path, name), f"{zh}缺少 {name}（{_CALLED[name]}）。", f"`{name}`{en} is missing.")
        return value.strip()

    def _role(self, item: Mapping[str, Any], path: Path) -> str:
        value = self._text(item, "role", path, is_needed=True)
        if "|" in value or len(value) > 60:
            self.wrong((*path, "role"), "岗位名最多 60 个字，不含“|”。", "A role has at most 60 characters and no “|”.")
        return value

    def _id(self, item: Mapping[str, Any], path: Path) -> str:
        value = self._text(item, "id", path)
        if not _ID.fullmatch(value):
            self.wrong(
                (*path, "id"),
                f"id“{value[:60]}”无效。",
                f"The id {value[:60]!r} is not valid.",
                ("用小写字母、数字和下划线，如 leading_group。", "Use a-z, 0-9 and _, such as leading_group."),
            )
        return value

    def _one_of(self, item: Mapping[str, Any], name: str, allowed: tuple[str, ...], path: Path) -> str:
        value = item.get(name)
        if value not in allowed:
            self.wrong(
                (*path, name),
                f"{name} 为“{str(value)[:60]}”，应为 {'、'.join(allowed)} 之一。",
                f"`{name}` is {str(value)[:60]!r}; it is one of {', '.join(allowed)}.",
            )
            return allowed[0]
        return str(value)

    def _unique(self, items: list[Any], name: str) -> None:
        seen: set[str] = set()
        for number, item in enumerate(items):
            if item.id in seen:
                self.wrong((name, number, "id"), f"id“{item.id}”已有。", f"The id {item.id!r} is there already.")
            seen.add(item.id)

    def _parents(self, groups: list[Group]) -> None:
        """Say which group is under one that is not there, or under itself."""
        by_id = {group.id: group for group in groups}
        for number, group in enumerate(groups):
            seen, upper = {group.id}, group.parent
            while upper in by_id and upper not in seen:
                seen.add(upper)
                upper = by_id[upper].parent
            if not upper:
                continue
            zh = "在自己之下" if upper in seen else f"的上级“{group.parent[:60]}”不存在"
            en = "is under itself" if upper in seen else f"is under {group.parent[:60]!r}, which is not there"
            self.wrong(("groups", number, "parent"), f"组“{group.id}”{zh}。", f"The group {group.id!r} {en}.")


def _is_readable(value: str) -> bool:
    return all(sign.isprintable() for sign in value)
