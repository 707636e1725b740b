"""String functions; those with regular expressions have a time bound. The patterns are made in `patterns`."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

import regex  # type: ignore[import-untyped]  # ships no types

from engine.feel.builtins.patterns import pattern as pattern_of
from engine.feel.builtins.registry import Fault, builtin
from engine.feel.runtime import MAX_STEPS, Run
from engine.feel.values import truncated

#: A pattern that has not answered by then never will: the result is null.
PATTERN_SECONDS = 0.03
T = TypeVar("T")


@builtin("substring(string: string, start position: number, length: number?) -> string")
def _substring(run: Run, string: str, start: Decimal, length: Decimal | None = None) -> str:
    first, count = truncated(start), None
    if first is None or first == 0 or abs(first) > len(string):
        raise Fault("起始位置不在文字内。", "the start position lies outside the text.")
    begin = first - 1 if first > 0 else len(string) + first
    if length is not None:
        count = truncated(length)
        if count is None or count < 1:
            raise Fault("长度应为 1 或以上。", "the length must be 1 or more.")
    return run.made(string[begin:] if count is None else string[begin : begin + count])


@builtin("string length(string: string) -> number")
def _string_length(_run: Run, string: str) -> Decimal:
    return Decimal(len(string))


@builtin("upper case(string: string) -> string")
def _upper(run: Run, string: str) -> str:
    return run.made(string.upper())


@builtin("lower case(string: string) -> string")
def _lower(run: Run, string: str) -> str:
    return run.made(string.lower())


@builtin("substring before(string: string, match: string) -> string")
def _before(run: Run, string: str, match: str) -> str:
    found = string.find(match)
    return run.made(string[:found]) if found > 0 else ""


@builtin("substring after(string: string, match: string) -> string")
def _after(run: Run, string: str, match: str) -> str:
    found = string.find(match)
    return run.made(string[found + len(match) :]) if found >= 0 else ""


@builtin("contains(string: string, match: string) -> boolean")
def _contains(_run: Run, string: str, match: str) -> bool:
    return match in string


@builtin("starts with(string: string, match: string) -> boolean")
def _starts(_run: Run, string: str, match: str) -> bool:
    return string.startswith(match)


@builtin("ends with(string: string, match: string) -> boolean")
def _ends(_run: Run, string: str, match: str) -> bool:
    return string.endswith(match)


@builtin("trim(string: string) -> string")
def _trim(run: Run, string: str) -> str:
    return run.made(string.strip())


@builtin("string join(list: list, delimiter: string?) -> string")
def _join(run: Run, parts: list[Any], delimiter: str | None = None) -> str:
    kept = [part for part in parts if part is not None]
    if any(not isinstance(part, str) for part in kept):
        raise Fault("只能连接文字。", "only texts can be joined.")
    run.spend(len(kept) + (sum(map(len, kept)) + len(delimiter or "") * len(kept) >> 6))
    return run.made((delimiter or "").join(kept))


# --- regular expressions --------------------------------------------------------------------------------------


def _within_time(run: Run, work: Callable[[], T], size: int) -> T:
    """Return the result of a pattern, or raise Fault when it takes too long."""
    run.spend(1 + (size >> 6))
    try:
        return work()
    except TimeoutError:
        run.spend(MAX_STEPS // 2)  # a second pattern that hangs ends the evaluation
        raise Fault("正则表达式运算过久。", "the pattern takes too long.") from None


@builtin("matches(input: string, pattern: string, flags: string?) -> boolean")
def _matches(run: Run, text: str, pattern: str, flags: str | None = None) -> bool:
    compiled = pattern_of(pattern, flags or "")
    return _within_time(run, lambda: compiled.search(text, timeout=PATTERN_SECONDS) is not None, len(text))


@builtin("replace(input: string, pattern: string, replacement: string, flags: string?) -> string")
def _replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    compiled = pattern_of(pattern, flags or "")
    if compiled.search("") is not None:
        raise Fault("正则表达式可匹配空文字，不能用于替换。", "a pattern that matches the empty text cannot replace.")
    template = [replacement] if "q" in (flags or "") else _template(replacement, compiled.groups)
    size = 0

    def put(found: regex.Match[str]) -> str:
        nonlocal size
        text = "".join(part if isinstance(part, str) else (found[part] or "") for part in template)
        size += len(text)
        if size > 1_000_000:
            raise Fault("替换结果过长。", "the replacement makes the text too long.")
        return text

    return run.made(_within_time(run, lambda: compiled.sub(put, text, timeout=PATTERN_SECONDS), len(text)))


def _template(replacement: str, groups: int) -> list[str | int]:
    """Return the parts of a replacement: texts, and numbers of groups ($1). Raises Fault for a stray $ or \\."""
    parts: list[str | int] = []
    position = 0
    while position < len(replacement):
        sign, following = replacement[position], replacement[position + 1 : position + 2]
        if sign == "\\":
            if following not in ("\\", "$"):
                raise Fault("替换文字中的 \\ 只能写作 \\\\ 或 \\$。", "in a replacement write \\\\ or \\$.")
            parts.append(following)
            position += 2
        elif sign == "$":
            digits = ""
            while replacement[position + 1 + len(digits) : position + 2 + len(digits)].isdecimal() and (
                not digits or int(digits + replacement[position + 1 + len(digits)]) <= groups
            ):
                digits += replacement[position + 1 + len(digits)]
            if not digits:
                raise Fault("替换文字中的 $ 后应有组号。", "a $ in a replacement needs the number of a group.")
            parts.append(int(digits) if int(digits) <= groups else "")
            position += 1 + len(digits)
        else:
            parts.append(sign)
            position += 1
    return parts


@builtin("split(string: string, delimiter: string) -> list")
def _split(run: Run, string: str, delimiter: str) -> list[str]:
    compiled = pattern_of(delimiter, "")
    if compiled.search("") is not None:
        raise Fault("分隔符可匹配空文字。", "the delimiter matches the empty text.")

    def parts() -> list[str]:
        out, last = [], 0
        for found in compiled.finditer(string, timeout=PATTERN_SECONDS):
            run.spend()
            out.append(string[last : found.start()])
            last = found.end()
        return [*out, string[last:]]

    return _within_time(run, parts, len(string))


@builtin("extract(input: string, pattern: string, flags: string?) -> list")
def _extract(run: Run, text: str, pattern: str, flags: str | None = None) -> list[str]:
    """Every match of the pattern, as Camunda 8 has it."""
    compiled = pattern_of(pattern, flags or "")

    def found() -> list[str]:
        out = []
        for match in compiled.finditer(text, timeout=PATTERN_SECONDS):
            run.spend()
            out.append(match[0])
        return out

    return _within_time(run, found, len(text))
