"""The list of people as a CSV table: login name, name, roles, superior. Taken in as a whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from engine.errors import EngineError, InvalidAnswers
from engine.work import UnitOfWork
from webapp import people, superiors
from webapp.people import PersonInfo

MAX_BYTES = 2_000_000
MAX_ROWS = 5_000
#: Each column by every name that it may have.
COLUMNS: dict[str, tuple[str, ...]] = {
    "login": ("login", "登录名", "用户名", "账号"),
    "name": ("name", "姓名"),
    "roles": ("roles", "role", "岗位", "角色"),
    "superior": ("superior", "直接上级", "上级"),
}
_NEEDED = ("login", "name")
_PARTED = str.maketrans({"，": "、", ",": "、", ";": "、", "；": "、", "\n": "、", "|": "、"})
#: A spreadsheet takes a cell that begins so for a formula; such a cell is written behind an apostrophe.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: A row's number where the fault is the table's as a whole.
_WHOLE = 0


class BadRoster(EngineError):
    """The table cannot be taken in. `faults` are (line, zh, en); line 0 is the table as a whole."""

    code = "roster-wrong"

    def __init__(self, faults: Sequence[tuple[int, str, str]]) -> None:
        line, zh, en = faults[0]
        super().__init__(
            f"名单没有导入：{f'第 {line} 行：' if line else ''}{zh}",
            f"The list of people was not taken in: {f'line {line}: ' if line else ''}{en}",
        )
        self.faults = list(faults)

    def rows(self, is_english: bool) -> list[tuple[int, str]]:
        """Return the faults by line in one language."""
        return [(line, en if is_english else zh) for line, zh, en in self.faults]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table. `roles` and `superior` None: the table has no such column, so that nothing is changed."""

    number: int
    login: str
    name: str
    roles: tuple[str, ...] | None = None
    superior: str | None = None  #: "" is nobody


@dataclass(slots=True)
class Done:
    """What taking the table in did."""

    added: int = 0
    changed: int = 0
    people: list[str] = field(default_factory=list)


def read(content: bytes) -> list[Line]:
    """Return the rows of a table. Raises BadRoster for anything that is none, or too large."""
    text = _text(content)
    try:
        table = [(reader.line_num, row) for reader in [csv.reader(io.StringIO(text), strict=True)] for row in reader]
    except csv.Error:
        raise _bad("不是有效的 CSV 表，请检查引号。", "This is no CSV table; look at its quotation marks.") from None
    filled = [(number, row) for number, row in table if any(cell.strip() for cell in row)]
    if not filled:
        raise _bad("文件是空的。", "The file is empty.")
    columns = _columns([cell.strip() for cell in filled[0][1]])
    if len(filled) - 1 > MAX_ROWS:
        raise _bad(f"一次最多导入 {MAX_ROWS} 人。", f"Take in at most {MAX_ROWS} people at once.")
    return [_line(number, row, columns) for number, row in filled[1:]]


def write(everybody: Iterable[PersonInfo]) -> bytes:
    """Return everybody as a table that spreadsheets open and `read` takes back."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["登录名", "姓名", "岗位", "直接上级"])
    for person in everybody:
        cells = [person.id, person.name, "、".join(person.roles), person.superior or ""]
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def take_in(work: UnitOfWork, lines: Sequence[Line], *, makes_roles: bool = False) -> Done:
    """Add who is new, and set name, roles and superior of who is known. Needs "people".

    Nobody is removed; nobody new can sign in before they have a password. Raises BadRoster with every fault at once.
    """
    work.require("people")
    known = {person.id: person for person in people.everybody(work)}
    faults = _faults(lines, known)
    wanted_roles = {role for line in lines for role in line.roles or ()}
    missing = sorted(wanted_roles - people.role_names(work))
    if missing and makes_roles:
        for role in missing:
            people.save_role(work, role, [])
    elif missing:
        at = {role: line.number for line in reversed(lines) for role in line.roles or ()}
        names = "、".join(f"{role}（第 {at[role]} 行）" for role in missing[:10])
        en = ", ".join(f"{role} (line {at[role]})" for role in missing[:10])
        zh = f"没有这些岗位：{names}。先添加岗位，或勾选“同时建立还没有的岗位”。"
        faults.append((_WHOLE, zh, f"No such roles: {en}. Add them first, or let the missing roles be made."))
    if faults:
        raise BadRoster(faults)
    done = Done()
    for line in lines:
        try:
            _save(work, line, known.get(line.login), done)
        except InvalidAnswers as error:
            raise BadRoster([(line.number, *fault) for fault in error.faults.values()]) from None
    try:
        superiors.set_superiors(
            work, {line.login: line.superior or None for line in lines if line.superior is not None}
        )
    except InvalidAnswers as error:
        raise BadRoster([(_WHOLE, *fault) for fault in error.faults.values()]) from None
    return done


# --- private --------------------------------------------------------------------------------------------------


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise _bad("文件超过 2 MB。", "The file is larger than 2 MB.")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise _bad(
        "读不出文字，请另存为 CSV（UTF-8）再试。", "The text cannot be read; save it as CSV (UTF-8) and try again."
    )


def _columns(head: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for column, words in COLUMNS.items():
        places = [place for place, cell in enumerate(head) if cell.casefold() in words]
        if len(places) > 1:
            raise _bad(f"有两列“{words[-1]}”。", f"There are two columns {words[0]}.")
        if places:
            found[column] = places[0]
    if any(column not in found for column in _NEEDED):
        raise _bad(
            "第一行须为列名：登录名,姓名,岗位,直接上级。",
            "The first line names the columns: login,name,roles,superior.",
        )
    return found


def _line(number: int, row: list[str], columns: dict[str, int]) -> Line:
    def cell(column: str) -> str:
        text = row[columns[column]].strip() if columns[column] < len(row) else ""
        return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text

    roles = superior = None
    if "roles" in columns:
        parts = [part.strip() for part in cell("roles").translate(_PARTED).split("、")]
        roles = tuple(dict.fromkeys(part for part in parts if part))
    if "superior" in columns:
        superior = cell("superior").lower()
    return Line(number, cell("login").lower(), cell("name"), roles, superior)


def _faults(lines: Sequence[Line], known: dict[str, PersonInfo]) -> list[tuple[int, str, str]]:
    faults: list[tuple[int, str, str]] = []
    first: dict[str, int] = {}
    logins = {line.login for line in lines} | set(known)
    for line in lines:
        if not line.login:
            faults.append((line.number, "没有登录名。", "The login name is missing."))
        elif line.login in first:
            zh = f"登录名“{line.login[:60]}”在第 {first[line.login]} 行已有。"
            faults.append(
                (line.number, zh, f"The login name {line.login[:60]} is in line {first[line.login]} already.")
            )
        first.setdefault(line.login, line.number)
        wrong = people.faults_of(line.login, line.name)
        is_new = bool(line.login) and line.login not in known
        faults += [(line.number, *fault) for part, fault in wrong.items() if part == "name" or is_new]
        if line.superior and line.superior not in logins:
            zh = f"直接上级“{line.superior[:60]}”不是名单中或已有的登录名。"
            faults.append(
                (line.number, zh, f"The superior {line.superior[:60]} is neither in the list nor here already.")
            )
    return faults


def _save(work: UnitOfWork, line: Line, before: PersonInfo | None, done: Done) -> None:
    if before is None:
        people.create_person(work, line.login, line.name, line.roles or ())
        done.added += 1
        return
    is_changed = False
    if line.name != before.name:
        people.rename(work, line.login, line.name)
        is_changed = True
    if line.roles is not None and sorted(line.roles) != sorted(before.roles):
        people.set_roles(work, line.login, line.roles)
        is_changed = True
    if line.superior is not None and (line.superior or None) != before.superior:
        is_changed = True
    done.changed += is_changed


def _bad(zh: str, en: str) -> BadRoster:
    return BadRoster([(_WHOLE, zh, en)])
