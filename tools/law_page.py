"""Writes the document of unlawful words for lawyers, from `engine/checks/lawfulness.toml`. It judges nothing.

`python -m tools.documents` calls it; `tests/checks/test_lawfulness.py` asks whether the page is as written.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from engine.checks.catalogue import entries

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "lawfulness.md"
_MARKS = {"T": "已读原文 / text read", "R": "据转述 / reported", "U": "未核实 / not verified"}
_SEVERITIES = {"error": "错误 error", "warning": "警告 warning", "hint": "提示 hint", "off": "关闭 off"}
_HEAD = """# 违法步骤的用语 / Words that point to unlawful steps

`banjie check` 在名称、说明、注释、表单和决策表里查找这些用语，给出条文和应改用的合法步骤。本页由 `engine/checks/lawfulness.toml` 生成；
法务人员改那个文件，不用改程序。被否定的（不得罚款）、说明已改的（模板的“拖延时间”改为……）不算。

These words are looked for in names, documentation, annotations, forms and decision tables; a finding cites the article and the
lawful steps. This page is written from `engine/checks/lawfulness.toml`, which a lawyer changes without a developer. What a
sentence negates or tells to be changed is no finding. `…` is up to 10 characters of the same clause, `……` up to 25 of the
same sentence (40 and 100 in English).
"""


def page() -> str:
    """Return the whole page."""
    parts = [_HEAD]
    for code, topic in tomllib.loads((ROOT / "engine" / "checks" / "lawfulness.toml").read_text("utf-8"))[
        "topic"
    ].items():
        entry = entries()[code]
        words = [*(f"- `{text}`" for text in topic["words"])]
        parts.append(
            "\n".join(
                [
                    f"## {entry.zh.title} / {entry.en.title}",
                    "",
                    f"[{code}](checks/{code}.md) · {_SEVERITIES[topic['severity']]} · {_MARKS[topic['mark']]}, {topic['read']}",
                    "",
                    f"{topic['rule_zh']}  ",
                    topic["rule_en"],
                    "",
                    f"**改为 / in its place**: {' → '.join(topic['instead_zh'])}  ",
                    " → ".join(topic["instead_en"]),
                    "",
                    "用语 / words:",
                    "",
                    *words,
                    "",
                    *_listed("不算 / not these", topic["without"]),
                    *_listed("同句出现则合法 / lawful when the sentence says", topic["unless"]),
                ]
            )
        )
    return "\n".join(parts).rstrip() + "\n"


def write() -> None:
    """Write the page anew."""
    PAGE.write_text(page(), "utf-8")


def _listed(words: str, items: list[str]) -> list[str]:
    return [f"{words}: {'、'.join(items)}", ""] if items else []
