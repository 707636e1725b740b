"""Writes the documents of the checks: a page a code, their index, examples for the web; from catalogue and corpus. It judges nothing.

`python -m tools.documents` calls it; `tests/checks/test_pages.py` asks whether the pages are as written.
"""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from pathlib import Path

from engine.checks.catalogue import EXAMPLES, Entry, entries, topics
from engine.findings import Finding
from tests.checks.corpus import CODES, file_of, findings_of

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "checks"
INDEX = "README.md"
#: Lines of an example that are shown: the changed ones with a few around them.
_AROUND, _MOST = 3, 60
_SEVERITIES = {"error": "错误 error", "warning": "警告 warning", "hint": "提示 hint"}
_LANGUAGES = {".bpmn": "xml", ".dmn": "xml", ".form": "json", ".txt": "text"}
_HEAD = """# 检查结果一览 / All findings

`banjie check`、部署页和建模页给出的每条检查结果都有一个固定的代码，一个代码一页：什么意思、为什么要紧、错的和改好的例子、怎么办。
错误不能部署；警告可以部署，但请看一看；提示只是建议。例子在 `tests/checks/<代码>/`，本页和各页由 `python -m tools.documents` 生成。

Every finding has a stable code, and every code a page: what it means, why it matters, an example with the fault and one
without, what to do. An error is not deployed; a warning may be; a hint is advice. The examples are in
`tests/checks/<code>/`; these pages are written by `python -m tools.documents`.
"""


def pages() -> dict[str, str]:
    """Return every page by its file's name, the index too."""
    found = {code: _finding(code) for code in entries() if code in CODES}
    made = {f"{code}.md": _page(entry, found.get(code)) for code, entry in entries().items()}
    made[INDEX] = _index(found)
    return made


def write() -> None:
    """Write every page anew, and remove those of codes that are no more."""
    made = pages()
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, "utf-8")
    EXAMPLES.write_text(examples(), "utf-8")


def examples() -> str:
    """Return the examples that the web pages of the codes show, as JSON."""
    made = {}
    for code in (code for code in entries() if code in CODES):
        finding = _finding(code)
        shown = _shown(code, finding)
        if shown["bad"]:
            made[code] = {
                "severity": str(finding.severity),
                "zh": finding.zh,
                "en": finding.en,
                "bad": "\n".join(shown["bad"]),
                "good": "\n".join(shown["good"]),
            }
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def _finding(code: str) -> Finding:
    return next(finding for finding in findings_of(code, "bad") if finding.code == code)


def _index(found: dict[str, Finding]) -> str:
    parts = [_HEAD]
    for topic in topics():
        rows = [
            f"| [{code}]({code}.md) | {_SEVERITIES[found[code].severity] if code in found else ''} "
            f"| {entries()[code].zh.title}<br>{entries()[code].en.title} |"
            for code in topic.codes
        ]
        parts.append("\n".join([f"## {topic.zh} / {topic.en}", "", "| | | |", "|---|---|---|", *rows, ""]))
    return "\n".join(parts)


def _page(entry: Entry, finding: Finding | None) -> str:
    lines = [f"# {entry.code}", "", f"**{entry.zh.title}** / {entry.en.title}", ""]
    if finding is not None:
        lines += [f"{_SEVERITIES[finding.severity]}：{finding.zh}  ", f"{finding.en}", ""]
    lines += ["## 为什么要紧 / Why it matters", "", f"{entry.zh.why}  ", entry.en.why, ""]
    lines += ["## 怎么办 / What to do", "", f"{entry.zh.fix}  ", entry.en.fix, ""]
    if finding is not None and (finding.advice_zh, finding.advice_en) != (entry.zh.fix, entry.en.fix):
        lines += [f"这个例子里 / in this example: {finding.advice_zh} / {finding.advice_en}", ""]
    if finding is not None:
        lines += _examples(entry.code, finding)
    lines.append(f"[全部代码 / all codes]({INDEX})")
    return "\n".join(lines) + "\n"


def _examples(code: str, finding: Finding) -> list[str]:
    paths = _paths(code)
    shown = _shown(code, finding)
    if not shown["bad"] and not shown["good"]:
        return []
    made = ["## 例子 / Example", ""]
    extra = sorted(path.name for path in (paths["bad"].parent / "only_bad").glob("*"))
    for which, words in (("bad", "有问题的 / with the fault"), ("good", "改好的 / without it")):
        if not shown[which]:
            continue
        also = f"，还有 / together with `{'`, `'.join(extra)}`" if which == "bad" and extra else ""
        made += [f"{words}（`tests/checks/{code}/{paths[which].name}`{also}）：", ""]
        made += [f"```{_LANGUAGES.get(paths[which].suffix, 'text')}", *shown[which], "```", ""]
    return made


def _paths(code: str) -> dict[str, Path]:
    return {which: file_of(code, which) for which in ("bad", "good")}


def _shown(code: str, finding: Finding) -> dict[str, list[str]]:
    """Return the lines of the two files of a code that are worth showing."""
    paths = _paths(code)
    texts = {which: path.read_text("utf-8", errors="replace").splitlines() for which, path in paths.items()}
    return _windows(texts["bad"], texts["good"], finding.line if finding.file == paths["bad"].name else 0)


def _windows(bad: list[str], good: list[str], line: int) -> dict[str, list[str]]:
    """Return what differs between the two, with a few lines around; of a bad file that does not, the finding's line."""
    marked: dict[str, set[int]] = {"bad": set(), "good": set()}
    for kind, one, two, three, four in SequenceMatcher(None, bad, good, autojunk=False).get_opcodes():
        if kind != "equal":
            marked["bad"].update(range(one, max(two, one + 1)))
            marked["good"].update(range(three, max(four, three + 1)))
    if line:
        marked["bad"].add(line - 1)
    return {which: _around(lines, marked[which]) for which, lines in (("bad", bad), ("good", good))}


def _around(lines: list[str], marked: set[int]) -> list[str]:
    wanted = sorted({near for at in marked for near in range(at - _AROUND, at + _AROUND + 1) if 0 <= near < len(lines)})
    shown: list[str] = []
    before = -1
    for at in wanted[:_MOST]:
        if at != before + 1:
            shown.append("…")
        shown.append(lines[at][:200])
        before = at
    if wanted and before < len(lines) - 1:
        shown.append("…")
    return shown
