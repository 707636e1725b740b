"""Regular expressions of XPath (flags s m i x q), translated for `regex`: what XPath lacks or what blows up is refused."""

from __future__ import annotations

import re
from functools import lru_cache

import regex  # type: ignore[import-untyped]  # ships no types

from engine.feel.builtins.registry import Fault

MAX_PATTERN = 1_000
#: What a pattern may become when its counted repeats are written out: beyond, compiling it fills the memory.
MAX_SIZE = 5_000

_FLAGS = {"s": regex.DOTALL, "m": regex.MULTILINE, "i": regex.IGNORECASE, "x": 0, "q": 0}
_BOUNDS = re.compile(r"\{(\d{1,6})(?:,(\d{0,6}))?\}", re.A)
_NAME_START = r"\p{L}_:"
_NAME_CHAR = r"\p{L}\p{Nd}\p{Mn}\p{Mc}._:\-"
#: What XML Schema means by \\s and \\w, as members of a class; w is everything but these.
_SPACE = r" \t\n\r"
_NO_WORD = r"\p{P}\p{Z}\p{C}"
_ESCAPABLE = frozenset(r"\|.?*+(){}$-[]^/&~#@!%':;,<>=" + '"`_ ')
#: Escapes for whole classes: the members, and whether it is everything else.
_CLASSES = {
    "i": (_NAME_START, False),
    "I": (_NAME_START, True),
    "c": (_NAME_CHAR, False),
    "C": (_NAME_CHAR, True),
    "s": (_SPACE, False),
    "S": (_SPACE, True),
    "w": (_NO_WORD, True),
    "W": (_NO_WORD, False),
}


@lru_cache(maxsize=512)
def pattern(text: str, flags: str) -> regex.Pattern[str]:
    """Return the compiled pattern. Raises Fault when it is none, or too large."""
    if len(text) > MAX_PATTERN:
        raise Fault("正则表达式过长。", "the pattern is too long.")
    options = regex.VERSION1
    for flag in flags:
        if flag not in _FLAGS:
            raise Fault(f"没有正则标志“{flag}”。", f"there is no flag {flag!r}.")
        options |= _FLAGS[flag]
    try:
        translated = regex.escape(text) if "q" in flags else _Translation(text, flags).done()
        return regex.compile(translated, options)
    except (regex.error, ValueError, OverflowError, RecursionError, IndexError, KeyError, TypeError) as fault:
        raise Fault("正则表达式有误。", f"the pattern is not valid ({fault}).") from None


class _Translation:
    """XPath's pattern in the words of `regex`. Raises ValueError for what XPath does not know."""

    def __init__(self, text: str, flags: str) -> None:
        self.text = _without_space(text) if "x" in flags else text
        self.multiline = "m" in flags
        self.dot = "." if "s" in flags else r"[^\n\r]"
        self.out: list[str] = []
        self.position = 0
        self.classes = 0  # how many [ are open
        self.sizes = [0]  # of each open group, repeats written out
        self.open: list[int] = []  # numbers of the open groups, 0 for one that captures nothing
        self.captures = 0
        self.last = 0  # size of what a quantifier would repeat

    def done(self) -> str:
        """Return the whole translation."""
        while self.position < len(self.text):
            sign = self.text[self.position]
            if sign == "\\":
                self.escape()
            elif sign == "[":
                self.open_class()
            elif self.classes:
                self.inside_class(sign)
            elif sign == "{":
                self.repeat()
            else:
                self.plain(sign)
        return "".join(self.out)

    def put(self, translated: str, taken: int = 1) -> None:
        """Add to the translation and go on."""
        self.out.append(translated)
        self.position += taken

    def atom(self, size: int) -> None:
        """Count something that a quantifier may repeat."""
        self.last = size
        self.sizes[-1] += size
        if self.sizes[-1] > MAX_SIZE:
            raise ValueError("the repeats make it too large")

    def plain(self, sign: str) -> None:
        """Take a sign outside a class."""
        following = self.text[self.position + 1 : self.position + 2]
        if sign == "(":
            if following == "?" and self.text[self.position + 2 : self.position + 3] != ":":
                raise ValueError("unknown group")
            self.sizes.append(0)
            self.captures += following != "?"
            self.open.append(self.captures if following != "?" else 0)
        elif sign == ")":
            if len(self.sizes) == 1:
                raise ValueError("unopened group")
            self.open.pop()
            self.atom(self.sizes.pop() + 1)
        elif sign in "]}":
            raise ValueError(f"{sign} closes nothing")
        elif sign in "*+?":
            if following == "+":
                raise ValueError("possessive quantifier")
        else:
            self.atom(1)
        anchors = {} if self.multiline else {"$": r"\Z", "^": r"\A"}
        self.put(self.dot if sign == "." else anchors.get(sign, sign))

    def repeat(self) -> None:
        """Take a counted quantifier."""
        bounds = _BOUNDS.match(self.text, self.position)
        if not bounds or self.text[bounds.end() : bounds.end() + 1] == "+":
            raise ValueError("unreadable quantifier")
        times = max(int(bounds[1]), int(bounds[2] or 0))
        self.atom(self.last * max(times - 1, 0))
        self.put(bounds[0], len(bounds[0]))

    def open_class(self) -> None:
        """Take [: a class, or inside one after - a class to subtract."""
        if self.classes:
            if self.out[-1] != "-":
                raise ValueError("a class inside a class")
            self.out[-1] = "--"
        self.classes += 1
        if self.text[self.position + 1 : self.position + 2] == "]":
            raise ValueError("empty class")
        self.put("[")

    def inside_class(self, sign: str) -> None:
        """Take a sign inside a class; what `regex` would read as a set operator is escaped."""
        if sign == "]":
            self.classes -= 1
            self.atom(1)
        self.put("\\" + sign if sign in "&|~" else sign)

    def escape(self) -> None:
        """Take an escape."""
        text, sign = self.text, self.text[self.position + 1 : self.position + 2]
        self.atom(1)
        if sign and sign in _CLASSES:
            signs, is_negative = _CLASSES[sign]
            self.no_range()
            whole = f"[{'^' if is_negative else ''}{signs}]"
            self.put(signs if self.classes and not is_negative else whole, 2)
        elif sign and sign in "123456789" and not self.classes:
            self.reference()
        elif sign and sign in "pP":
            close = text.find("}", self.position)
            if text[self.position + 2 : self.position + 3] != "{" or close < 0:
                raise ValueError("unreadable category")
            name = text[self.position + 3 : close]
            block = f"In{name[2:]}" if name.startswith("Is") else name
            self.put(f"\\{sign}{{{block}}}", close + 1 - self.position)
        elif sign and (sign in "nrtdD" or sign in _ESCAPABLE):
            if sign in "dD":
                self.no_range()
            self.put(f"\\{sign}", 2)
        else:
            raise ValueError(f"unknown escape \\{sign}")

    def no_range(self) -> None:
        """Refuse a range that ends in a whole class, such as [a-\\d]."""
        if (
            self.classes
            and self.out[-1] == "-"
            and not (self.out[-2] == "[" or (self.out[-2] == "^" and self.out[-3] == "["))
        ):
            raise ValueError("a range needs a sign at its end")

    def reference(self) -> None:
        """Take a reference to a group that is closed: as many digits as there are groups for."""
        end = self.position + 2
        while self.text[end : end + 1].isdecimal() and int(self.text[self.position + 1 : end + 1]) <= self.captures:
            end += 1
        number = int(self.text[self.position + 1 : end])
        if number > self.captures or number in self.open:
            raise ValueError(f"no group {number}")
        self.put(f"(?:\\{number})", end - self.position)


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
