"""Writes what the code says better: the rooms, the settings, the limits, the pages of the checks. `make format` calls it.

`python -m tools.documents` writes them; `tests/test_house.py` asks whether they are as written.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from engine import rules
from tools import check_pages, law_page
from webapp import settings

ROOT = Path(__file__).resolve().parent.parent


def rooms() -> str:
    """Return the table of rooms: every file and folder of the two packages, with the first line of what it says."""
    rows = [f"| `{name}` | {line} |" for package in ("engine", "webapp") for name, line in _first_lines(package)]
    return "\n".join(["| room | job |", "|---|---|", *rows])


def settings_table() -> str:
    """Return the table of settings: variable, default, meaning."""
    rows = [
        f"| `{name}` | {f'`{default}`' if default else ''} | {zh}<br>{en} |"
        for name, default, zh, en in settings.table()
    ]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows])


def limits_table() -> str:
    """Return the table of limits: every rule of the packs, the law's first."""
    found = [rule for path in sorted((ROOT / "processes").glob(f"*{rules.SUFFIX}")) for rule in _rules(path)]
    rows = [
        f"| `{rule.id}` | {rule.zh}{_extension(rule)} | {rule.name}（{'法定' if rule.is_statutory else '内部'}，{rule.binds}） "
        f"| {'、'.join(rule.spans)} | {rule.article} | {_MARKS[rule.verified]} |"
        for rule in sorted(found, key=lambda rule: (not rule.is_statutory, rule.file, rule.line))
    ]
    head = "| rule | limit | what, whose clock | plans | because of | read |"
    return "\n".join([head, "|---|---|---|---|---|---|", *rows])


def _rules(path: Path) -> list[rules.Rule]:
    return rules.read(path.name, path.read_bytes())[0]


def _extension(rule: rules.Rule) -> str:
    return f" + {rule.extension.zh}" if rule.extension is not None else ""


_MARKS = {"text": "text", "reported": "reported", "none": "no: **off**"}

#: Document, name of the part between two marks, and what stands there.
PARTS: list[tuple[Path, str, Callable[[], str]]] = [
    (ROOT / "docs" / "architecture.md", "rooms", rooms),
    (ROOT / "docs" / "administrators.md", "settings", settings_table),
    (ROOT / "docs" / "plans.md", "limits", limits_table),
]


def read(document: Path, part: str) -> str:
    """Return what stands in the part of the document now."""
    found = _pattern(part).search(document.read_text("utf-8"))
    if found is None:
        raise ValueError(f"{document} has no part {part}")
    return found[2].strip()


def write() -> None:
    """Write every part anew."""
    for document, part, made in PARTS:
        text = document.read_text("utf-8")
        found = _pattern(part).search(text)
        assert found is not None, f"{document} has no part {part}"
        document.write_text(f"{text[: found.start(2)]}{made()}\n{text[found.end(2) :]}", "utf-8")


def _pattern(part: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {part}\b[^>]*-->\n)(.*?)(<!-- /{part} -->)", re.DOTALL)


def _first_lines(package: str) -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / package).iterdir()):
        source = path / "__init__.py" if path.is_dir() else path
        if source.suffix != ".py" or not source.is_file() or path.name == "__init__.py":
            continue
        says = ast.get_docstring(ast.parse(source.read_text("utf-8"))) or ""
        yield f"{package}/{path.name}{'/' if path.is_dir() else ''}", says.split("\n")[0].replace("|", "\\|")


if __name__ == "__main__":
    write()
    check_pages.write()
    law_page.write()
