"""String functions, and the regular expressions of XPath on top of `regex` with a time bound."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

import regex  # type: ignore[import-untyped]  # ships no types

from engine.feel.builtins.registry import Fault, builtin
from engine.feel.runtime import Run
from engine.feel.values import truncated

#: A pattern that has not answered by then never will: the result is null.
PATTERN_SECONDS = 0.03
MAX_PATTERN = 1_000
MAX_REPEAT = 1_000
_BOUNDS = re.compile(r"\{(\d{1,6})(?:,(\d{0,6}))?\}", re.A)
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


@lru_cache(maxsize=512)
def _pattern(text: str, flags: str) -> regex.Pattern[str]:
    """Return the compiled XPath pattern. Raises Fault when it is none."""
    if len(text) > MAX_PATTERN:
        raise Fault("正则表达式过长。", "the pattern is too long.")
    options = regex.VERSION1
    for flag in flags:
        if flag == "q":
            continue
        if flag not in "smix":
            raise Fault(f"没有正则标志“{flag}”。", f"there is no flag {flag!r}.")
        options |= {"s": regex.DOTALL, "m": regex.MULTILINE, "i": regex.IGNORECASE, "x": 0}[flag]
    try:
        return regex.compile(
            regex.escape(text) if "q" in flags else _translate(text, "m" in flags, "x" in flags), options
        )
    except (regex.error, ValueError, OverflowError, RecursionError, IndexError, KeyError, TypeError) as fault:
        raise Fault("正则表达式有误。", f"the pattern is not valid ({fault}).") from None


_NAME_START = r"\p{L}_:"
_NAME_CHAR = r"\p{L}\p{Nd}\p{Mn}\p{Mc}._:\-"


def _translate(text: str, multiline: bool, free: bool) -> str:
    """Return XPath's pattern in the words of `regex`. Raises ValueError for what XPath does not know."""
    text = _without_space(text) if free else text
    out: list[str] = []
    depth = position = 0
    while position < len(text):
        sign = text[position]
        if sign == "\\":
            if position + 1 == len(text):
                raise ValueError("ends with a backslash")
            taken = _escape(text, position, depth > 0)
            out.append(taken[0])
            position = taken[1]
            continue
        if sign == "[":
            if depth and out[-1] == "-":
                out[-1] = "--"  # subtraction of a class
            out.append("[")
            depth += 1
            if position + 1 < len(text) and text[position + 1] == "]":
                raise ValueError("empty class")
        elif sign == "]":
            if not depth:
                raise ValueError("unopened class")
            depth -= 1
            out.append("]")
        elif depth:
            out.append("\\" + sign if sign in "&|~" else sign)
        elif sign == "(" and text.startswith("(?", position) and not text.startswith("(?:", position):
            raise ValueError("unknown group")
        elif sign == "{":
            bounds = _BOUNDS.match(text, position)
            if not bounds or max(int(bounds[1]), int(bounds[2] or 0)) > MAX_REPEAT:
                raise ValueError("unreadable or large quantifier")
            out.append(sign)
        elif sign in "*+?}" and text[position + 1 : position + 2] == "+":
            raise ValueError("possessive quantifier")
        elif sign == "$" and not multiline:
            out.append(r"\Z")
        elif sign == "^" and not multiline:
            out.append(r"\A")
        else:
            out.append(sign)
        position += 1
    return "".join(out)


def _without_space(text: str) -> str:
    """Return a pattern written with the flag x: white space counts only inside a class."""
    kept: list[str] = []
    depth = 0
    for sign in text:
        escaped = kept[-1:] == ["\\"] and kept[-2:-1] != ["\\"]
        depth += 0 if escaped else (sign == "[") - (sign == "]" and depth > 0)
        if depth or not sign.isspace():
            kept.append(sign)
    return "".join(kept)


def _escape(text: str, position: int, in_class: bool) -> tuple[str, int]:
    """Return the translated escape at `position` and where it ends."""
    sign = text[position + 1]
    end = position + 2
    if sign in "iIcC":
        chars = _NAME_START if sign in "iI" else _NAME_CHAR
        if in_class:
            return (chars if sign in "ic" else f"[^{chars}]"), end
        return f"[{'^' if sign in 'IC' else ''}{chars}]", end
    if sign in "pP":
        close = text.find("}", position)
        if text[end : end + 1] != "{" or close < 0:
            raise ValueError("unreadable category")
        name = text[end + 1 : close]
        if name.startswith("Is"):
            name = "In" + name[2:]
        return f"\\{sign}{{{name}}}", close + 1
    if sign in "nrtdDsSwW":
        return f"\\{sign}", end
    if sign.isdigit() and not in_class and sign != "0":
        return f"\\{sign}", end
    if sign in r"\|.?*+(){}$-[]^/" + "&~#@!%':;,<>=\"`_ ":
        return "\\" + sign, end
    raise ValueError(f"unknown escape \\{sign}")


def _within_time(run: Run, work: Callable[[], T], size: int) -> T:
    """Return the result of a pattern, or raise Fault when it takes too long."""
    run.spend(1 + (size >> 6))
    try:
        return work()
    except TimeoutError:
        run.spend(15_000)  # a pattern that hangs twice ends the evaluation
        raise Fault("正则表达式运算过久。", "the pattern takes too long.") from None


@builtin("matches(input: string, pattern: string, flags: string?) -> boolean")
def _matches(run: Run, text: str, pattern: str, flags: str | None = None) -> bool:
    compiled = _pattern(pattern, flags or "")
    return _within_time(run, lambda: compiled.search(text, timeout=PATTERN_SECONDS) is not None, len(text))


@builtin("replace(input: string, pattern: string, replacement: string, flags: string?) -> string")
def _replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    compiled = _pattern(pattern, flags or "")
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
    compiled = _pattern(delimiter, "")
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
    compiled = _pattern(pattern, flags or "")

    def found() -> list[str]:
        out = []
        for match in compiled.finditer(text, timeout=PATTERN_SECONDS):
            run.spend()
            out.append(match[0])
        return out

    return _within_time(run, found, len(text))
