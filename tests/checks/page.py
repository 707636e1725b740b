"""The page of all findings for process owners, made from the corpus. Run `python -m tests.checks.page` to renew it."""

from __future__ import annotations

from pathlib import Path

from tests.checks.corpus import CODES, findings_of

PAGE = Path(__file__).parents[2] / "docs" / "checks" / "codes.md"
_WORDS = {"error": "错误 error", "warning": "警告 warning", "hint": "提示 hint"}
_HEAD = """# 检查结果一览 / All findings

`banjie check`、部署页和建模页给出的每条检查结果都有一个固定的代码。错误不能部署；警告可以部署，但请看一看；提示只是建议。
每个代码的例子（有问题的和改好的）在 `tests/checks/<代码>/`。本页由这些例子生成。

Every finding has a stable code. An error is not deployed; a warning may be; a hint is advice. Each code has an
example with the fault and one without in `tests/checks/<code>/`, and this page is made from them.
"""


def page() -> str:
    """Return the page as Markdown."""
    parts = [_HEAD]
    for code in CODES:
        found = next(finding for finding in findings_of(code, "bad") if finding.code == code)
        advice = [text for text in (found.advice_zh, found.advice_en) if text]
        parts.append(
            "\n".join(
                [
                    f"## {code}",
                    "",
                    f"**{_WORDS[found.severity]}** · {found.zh}  ",
                    f"{found.en}",
                    *(["", f"怎么办 / What to do: {' / '.join(advice)}"] if advice else []),
                    "",
                ]
            )
        )
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
