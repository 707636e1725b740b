"""What goes wrong with an expression: bad syntax or a bound crossed. Faults of values are null, not errors."""

from __future__ import annotations

from engine.errors import EngineError


class FeelError(EngineError):
    """The expression is not FEEL, or is larger than we take. `column` counts from 1 in `text`.

    Remedy: the author corrects the expression at that column.
    """

    code = "feel-error"

    def __init__(self, zh: str, en: str, *, text: str = "", at: int = 0, code: str | None = None) -> None:
        line = text.count("\n", 0, at) + 1
        column = at - (text.rfind("\n", 0, at) + 1) + 1
        where_zh = f"第 {column} 列" if line == 1 else f"第 {line} 行第 {column} 列"
        where_en = f"column {column}" if line == 1 else f"line {line}, column {column}"
        super().__init__(
            f"表达式{where_zh}：{zh}", f"expression, {where_en}: {en}", code=code, text=text, column=at + 1
        )
        self.text = text
        self.column = at + 1
        self.line = line


class FeelLimit(FeelError):
    """Evaluation crossed a bound: too many steps, too deep, a list or text too long.

    Remedy: the author makes the expression do less, or the data is too large for it.
    """

    code = "feel-limit"
