"""Text into tokens: names with spaces, strings, numbers, and which bracket is which. It knows no grammar beyond that.

FEEL cannot be split into words without knowing the names in scope: with a variable "a-b" the text `a-b` is one
name. And one bracket has many jobs: `[` opens a list, a filter or a range, and closes an open range. Both are
settled here, so that the grammar behind is plain LALR.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lark import Token
from lark.lexer import Lexer

from engine.feel.errors import FeelError

MAX_TEXT = 20_000
MAX_TOKENS = 2_000

KEYWORDS = {
    "and": "AND",
    "or": "OR",
    "in": "IN",
    "between": "BETWEEN",
    "if": "IF",
    "then": "THEN",
    "else": "ELSE",
    "for": "FOR",
    "return": "RETURN",
    "some": "SOME",
    "every": "EVERY",
    "satisfies": "SATISFIES",
    "function": "FUNCTION",
    "true": "TRUE",
    "false": "FALSE",
    "null": "NULL",
}
#: Names of built-ins and types that a word-by-word reading would tear apart at a keyword.
_OWN_NAMES = ("date and time", "years and months duration", "days and time duration")
#: Those that are only functions: before "(" they are one name, else words.
_CALLED_NAMES = frozenset({"business days between", "get or else"})

_FAR = "\u200c\u200d\u2070-\u218f\U00010000-\U000effff"  # signs of names that are no letters to Python
_PART = rf"[\w{_FAR}]"
_WORD = rf"(?:[^\W\d]|[{_FAR}]){_PART}*(?:'(?={_PART}){_PART}+)*"
_SKIP = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/|\ufeff)+", re.S)
_TOKEN = re.compile(
    rf"(?P<STRING>\"(?:[^\"\\]|\\.)*\")|(?P<AT>@\s*\"(?:[^\"\\]|\\.)*\")"
    rf"|(?P<NUMBER>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)|(?P<WORD>{_WORD})"
    r"|(?P<OP>\*\*|->|\.\.|<=|>=|!=|[-+*/=<>()\[\]{},:.?])",
    re.S,
)
_NAME = re.compile(_WORD)
_PART_OF_NAME = re.compile(r"\w+|[^\w\s]")
_OPENING = re.compile(r"\s*\(")
_KEY = re.compile(rf"((?:[^\W\d]|[{_FAR}])[\w{_FAR}\s.'+*/\-?]*?)\s*:(?!:)")
_OPERATORS = {
    "**": "POWER",
    "->": "ARROW",
    "..": "DOTS",
    "<=": "LE",
    ">=": "GE",
    "!=": "NE",
    "=": "EQ",
    "<": "LT",
    ">": "GT",
    "+": "PLUS",
    "-": "MINUS",
    "*": "STAR",
    "/": "SLASH",
    "{": "LBRACE",
    "}": "RBRACE",
    ",": "_COMMA",
    ":": "COLON",
    ".": "DOT",
    "?": "INPUT",
    ")": "RPAR",
    "]": "RSQB",
}
_OPERAND_END = frozenset(
    {"NAME", "NUMBER", "STRING", "AT", "INPUT", "TRUE", "FALSE", "NULL", "RPAR", "RSQB", "RBRACE", "RANGE_CLOSE"}
)
_OPERAND_START = frozenset({"NAME", "NUMBER", "STRING", "AT", "INPUT", "TRUE", "FALSE", "NULL"})
#: Full-width signs that a Chinese keyboard gives, and what FEEL writes.
_FULL_WIDTH = dict(zip("（），：“”＝＞＜。；！", '(),:""=><.;!', strict=True))


@dataclass(slots=True)
class Source:
    """What is parsed: the text, the known names that cannot be read word by word, and whether it is a cell."""

    text: str
    names: frozenset[str]
    is_test: bool = False


@dataclass(slots=True)
class _Bracket:
    """An open bracket: its token, whether `..` was seen directly in it, and an iteration that waits for its `..`."""

    token: Token
    is_range: bool = False
    iterating: int = 0
    after_function: bool = False


def special_names(names: Iterable[str]) -> frozenset[str]:
    """Return those of `names` that the lexer must know: with signs, digits or keywords inside."""
    return frozenset(name for name in names if not _is_plain(name))


def _is_plain(name: str) -> bool:
    words = name.split()
    return all(_NAME.fullmatch(word) and word not in KEYWORDS and word != "instance" for word in words)


class FeelLexer(Lexer):
    """The lexer that lark calls. Its input is a Source."""

    def __init__(self, _configuration: Any) -> None:
        pass

    def lex(self, data: Any) -> Iterator[Token]:  # type: ignore[override]  # a Source, not a lexer state
        """Yield the tokens of `data`, brackets told apart."""
        source: Source = data
        tokens = list(_words(source))
        if source.is_test:
            _mark_not(tokens)
        _settle_brackets(source.text, tokens)
        return iter(tokens)


def _words(source: Source) -> Iterator[Token]:
    """Yield raw tokens; context keys met on the way become known names for what follows."""
    text, position, count = source.text, 0, 0
    known = _by_first(source.names)
    previous = ""
    nesting: list[str] = []
    while True:
        skipped = _SKIP.match(text, position)
        if skipped:
            position = skipped.end()
        if position >= len(text):
            return
        count += 1
        if count > MAX_TOKENS:
            raise FeelError("表达式过长。", "the expression is too long.", text=text, at=position)
        if nesting and nesting[-1] == "{" and previous in ("LBRACE", "_COMMA"):
            key = _KEY.match(text, position)
            if key:
                name = " ".join(key[1].split())
                if not _is_plain(name):
                    known.setdefault(name[0], []).append(name)
                    known[name[0]].sort(key=len, reverse=True)
                yield Token("NAME", name, start_pos=position)
                position, previous = position + len(key[1]), "NAME"
                continue
        token, position = _next(text, position, known, previous)
        if token.type == "LBRACE" or token in ("(", "["):
            nesting.append(str(token))
        elif token in (")", "]", "}") and token.type != "STRING" and nesting:
            if token != "]" or nesting[-1] == "[":
                nesting.pop()
        previous = token.type
        yield token


def _by_first(names: Iterable[str]) -> dict[str, list[str]]:
    """Return known names by their first letter, longest first."""
    known: dict[str, list[str]] = {}
    for name in sorted((*names, *_OWN_NAMES, *_CALLED_NAMES), key=len, reverse=True):
        if name.strip():
            known.setdefault(name.strip()[0], []).append(" ".join(name.split()))
    return known


def _next(text: str, position: int, known: dict[str, list[str]], previous: str) -> tuple[Token, int]:
    """Return the token at `position` and where it ends."""
    for name in known.get(text[position], ()):
        end = _match_name(text, position, name)
        if end and (name not in _CALLED_NAMES or _OPENING.match(text, end)):
            return Token("NAME", name, start_pos=position), end
    found = _TOKEN.match(text, position)
    if not found:
        raise _unreadable(text, position)
    kind, value, end = found.lastgroup or "", found[0], found.end()
    if kind == "OP":
        return Token(_OPERATORS.get(value, value), value, start_pos=position), end
    if kind != "WORD":
        return Token(kind, value, start_pos=position), end
    if value == "instance":
        of = re.compile(r"instance\s+of\b").match(text, position)
        if of:
            return Token("INSTANCE_OF", "instance of", start_pos=position), of.end()
    if value == "external" and previous == "RPAR":
        return Token("EXTERNAL", value, start_pos=position), end
    if value in KEYWORDS and previous != "DOT":
        return Token(KEYWORDS[value], value, start_pos=position), end
    return _join_words(text, position, value, end)


def _join_words(text: str, position: int, first: str, end: int) -> tuple[Token, int]:
    """Return the name that starts with the word `first`: words side by side up to a keyword are one name."""
    words = [first]
    while True:
        gap = _SKIP.match(text, end)
        word = _NAME.match(text, gap.end()) if gap else None
        if not word or word[0] in KEYWORDS:
            break
        if word[0] == "instance" and re.compile(r"\s+of\b").match(text, word.end()):
            break
        words.append(word[0])
        end = word.end()
    return Token("NAME", " ".join(words), start_pos=position), end


@lru_cache(maxsize=4096)
def _parts(name: str) -> tuple[str, ...]:
    """Return the words and signs of a name: white space around signs does not count (DMN 10.3.1.4)."""
    return tuple(_PART_OF_NAME.findall(name))


def _match_name(text: str, position: int, name: str) -> int:
    """Return where `name` ends in `text` if it stands at `position`, else 0."""
    previous = ""
    for part in _parts(name):
        gap = _SKIP.match(text, position) if previous else None
        if gap:
            position = gap.end()
        elif previous[-1:].isalnum() and part[0].isalnum():
            return 0
        if not text.startswith(part, position):
            return 0
        position += len(part)
        previous = part
    continues = position < len(text) and name[-1].isalnum() and (text[position].isalnum() or text[position] == "_")
    return 0 if continues else position


def _unreadable(text: str, position: int) -> FeelError:
    sign = text[position]
    if sign in _FULL_WIDTH:
        right = _FULL_WIDTH[sign]
        return FeelError(
            f"全角符号“{sign}”请改为半角“{right}”。",
            f"write {right!r} instead of the full-width sign {sign!r}.",
            text=text,
            at=position,
        )
    if sign in "\"'":
        return FeelError(
            '文字没有结束，或用了单引号；文字请写在一对 " 之间。',
            'the text does not end, or uses single quotes; write it between two ".',
            text=text,
            at=position,
        )
    return FeelError(f"无法识别的符号“{sign}”。", f"unexpected sign {sign!r}.", text=text, at=position)


def _mark_not(tokens: list[Token]) -> None:
    """Mark `not(...)` around a whole cell: there it negates tests instead of calling the function."""
    if len(tokens) < 3 or tokens[0].type != "NAME" or tokens[0] != "not" or tokens[1] != "(":
        return
    depth = 0
    for index, token in enumerate(tokens[1:], 1):
        if token.type == "(":
            depth += 1
        elif token.type == "RPAR":
            depth -= 1
            if depth == 0:
                if index == len(tokens) - 1:
                    tokens[0].type = "NOT"
                return


def _settle_brackets(text: str, tokens: list[Token]) -> None:
    """Give each bracket the type of its job: list, filter, call, group or range."""
    top = _Bracket(Token("", ""))
    stack = [top]
    previous = ""
    for index, token in enumerate(tokens):
        ends_operand = previous in _OPERAND_END
        kind = token.type
        if kind == "(":
            token.type = "CALL" if ends_operand else "IN_LPAR" if previous == "IN" else "LPAR"
            stack.append(_Bracket(token, after_function=previous == "FUNCTION"))
        elif kind == "[":
            if ends_operand and stack[-1].is_range and _closes(tokens, index):
                token.type = "RANGE_CLOSE"
                stack.pop()
            else:
                token.type = "FILTER" if ends_operand else "LSQB"
                stack.append(_Bracket(token))
        elif kind == "LBRACE":
            stack.append(_Bracket(token))
        elif kind == "RSQB" and not ends_operand and stack[-1].token.type != "LSQB":
            stack.append(_Bracket(token))  # ]low..high
        elif kind in ("RPAR", "RSQB", "RBRACE"):
            if len(stack) == 1:
                raise FeelError(
                    f"多出的“{token}”。", f"{str(token)!r} closes nothing.", text=text, at=token.start_pos or 0
                )
            closed = stack.pop()
            if closed.is_range and kind != "RBRACE":
                token.type = "RANGE_CLOSE"
            elif closed.after_function:
                token.type = "PARAMS_END"
        elif kind == "DOTS":
            if stack[-1].iterating:
                token.type = "ITER_DOTS"
            elif stack[-1].token.type in ("LSQB", "LPAR", "IN_LPAR", "RSQB"):
                stack[-1].is_range = True
                stack[-1].token.type = "RANGE_OPEN"
        elif kind in ("FOR", "SOME", "EVERY"):
            stack[-1].iterating += 1
        elif kind in ("RETURN", "SATISFIES") and stack[-1].iterating:
            stack[-1].iterating -= 1
        previous = token.type


def _closes(tokens: list[Token], index: int) -> bool:
    """Return whether `[` after a range's end closes the range: nothing that could be a condition follows."""
    if index + 1 == len(tokens):
        return True
    following = tokens[index + 1].type
    return following not in _OPERAND_START and following not in ("MINUS", "(", "[", "LBRACE", "LT", "GT", "LE", "GE")
