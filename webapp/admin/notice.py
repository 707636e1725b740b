"""Reads a year's holiday notice from a CSV or JSON file, line by line, with clear faults. It stores nothing.

CSV: date,kind,name, kind being holiday/放假 or working/上班; a heading line is optional. JSON: a list of
{"date": "2027-01-01", "kind": "holiday", "name": "元旦"}, or {"holidays": [...], "workdays": [...]} of dates.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from engine.calendar_years import DayEntry
from engine.errors import EngineError
from engine.json_words import fault_of

MAX_BYTES = 200_000
_MAX_FAULTS = 8
#: As spreadsheets and offices write a day: 2027-01-01, 2027/1/1, 2027年1月1日.
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_KINDS = {
    **dict.fromkeys(("holiday", "off", "休", "休息", "放假", "假", "节假日"), False),
    **dict.fromkeys(("workday", "working", "work", "班", "上班", "调休上班", "补班", "调休"), True),
}


class BadNotice(EngineError):
    """The file is no notice of a year. It says which lines are wrong; `line` is the first, 0 the file as a whole."""

    code = "calendar-file-wrong"

    def __init__(self, zh: str, en: str, line: int = 0) -> None:
        super().__init__(zh, en)
        self.line = line


def read(content: bytes) -> list[DayEntry]:
    """Return the days of a file. Raises BadNotice, naming every line that is wrong."""
    if len(content) > MAX_BYTES:
        raise BadNotice("文件太大，一年的节假日不会超过 200 KB。", "The file is too large for one year's holidays.")
    text = _text(content).strip()
    if not text:
        raise BadNotice("文件是空的。", "The file is empty.")
    entries: list[DayEntry] = []
    faults: list[tuple[str, str]] = []
    first = 0
    for place, item in _json(text) if text[0] in "[{" else _csv(text):
        found = _entry(place, *item)
        if isinstance(found, DayEntry):
            entries.append(found)
        else:
            first = first or int(place)
            faults.append(found)
    if faults:
        more = len(faults) - _MAX_FAULTS
        shown = faults[:_MAX_FAULTS] + ([(f"还有 {more} 处。", f"And {more} more.")] if more > 0 else [])
        raise BadNotice("".join(zh for zh, _ in shown), " ".join(en for _, en in shown), first)
    if not entries:
        raise BadNotice("文件里没有日期。", "There is no date in the file.")
    return entries


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadNotice("文件编码无法识别，请另存为 UTF-8。", "The file's encoding is not known; save it as UTF-8.")


def _csv(text: str) -> Iterator[tuple[str, tuple[Any, Any, Any]]]:
    for number, row in enumerate(csv.reader(io.StringIO(text)), start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith("#"):
            continue
        if number == 1 and cells[0].lower() in ("date", "day", "日期"):
            continue
        day, kind, name = (*cells, "", "")[:3]
        yield str(number), (day, kind, name)


def _json(text: str) -> Iterator[tuple[str, tuple[Any, Any, Any]]]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadNotice(f"不是有效的 JSON：{fault_of(error)[0]}。", f"Not valid JSON: {fault_of(error)[1]}.") from None
    if isinstance(value, dict):
        value = [*_of_kind(value.get("holidays"), "holiday"), *_of_kind(value.get("workdays"), "workday")]
    if not isinstance(value, list):
        raise BadNotice("JSON 应为列表。", "The JSON must be a list.")
    for number, item in enumerate(value, start=1):
        held = item if isinstance(item, dict) else {}
        yield str(number), (held.get("date", ""), held.get("kind", ""), held.get("name", ""))


def _day(text: str) -> date | None:
    parts = _DAY.fullmatch(text.strip())
    try:
        return date(*map(int, parts.groups())) if parts is not None else None
    except ValueError:
        return None


def _of_kind(days: Any, kind: str) -> list[Any]:
    held = days if isinstance(days, list) else []
    return [{"kind": kind, **day} if isinstance(day, dict) else {"kind": kind, "date": day} for day in held]


def _entry(place: str, day: Any, kind: Any, name: Any) -> DayEntry | tuple[str, str]:
    shown = str(day)[:20]
    found = _day(str(day))
    if found is None:
        return (
            f"第 {place} 行：“{shown}”不是日期，应写作 2027-01-01。",
            f"Line {place}: {shown!r} is no date such as 2027-01-01.",
        )
    is_working = _KINDS.get(str(kind).strip().lower())
    if is_working is None:
        said = str(kind)[:20]
        return (
            f"第 {place} 行：“{said}”应为“放假”或“上班”。",
            f"Line {place}: {said!r} must be holiday or working.",
        )
    return DayEntry(found, is_working, str(name)[:60])
