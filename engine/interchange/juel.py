"""Camunda 7's `${a == b && !c}` as FEEL. Comparisons, logic, arithmetic, paths and a few methods of texts and lists are
translated; other calls are refused.

An absent value counts as false under `!`, as it does there. Nothing is evaluated here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from engine.errors import EngineError

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
    |(?P<name>[^\W\d][\w$]*)
    |(?P<op>==|!=|<=|>=|&&|\|\||[<>!+\-*/%?:()\[\].,])
    )""",
    re.VERBOSE,
)
_WORDS = {
    "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "and": "&&", "or": "||", "not": "!",
    "div": "/", "mod": "%",
}  # fmt: skip
_BINARY = {
    "||": (1, "or"), "&&": (2, "and"), "==": (3, "="), "!=": (3, "!="), "<": (4, "<"), ">": (4, ">"),
    "<=": (4, "<="), ">=": (4, ">="), "+": (5, "+"), "-": (5, "-"), "*": (6, "*"), "/": (6, "/"), "%": (6, "%"),
}  # fmt: skip
#: Objects of that engine which cases here do not have.
_OBJECTS = frozenset({"execution", "task", "externalTask", "caseExecution", "connector", "authenticatedUserId"})
_RESERVED = frozenset(
    [
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "function",
        "external",
        "between",
        "instance",
        "of",
    ]
)
_COUNTERS = {
    "loopCounter": "(loopCounter - 1)",  # theirs counts from 0
    "nrOfInstances": "numberOfInstances",
    "nrOfActiveInstances": "numberOfActiveInstances",
    "nrOfCompletedInstances": "numberOfCompletedInstances",
}
_CONSTANTS = {"true": "true", "false": "false", "null": "null", "True": "true", "False": "false", "None": "null"}
_HOLDERS = frozenset({"execution", "task"})
_EMPTY = '(({0} = null or {0} = "" or {0} = [] or {0} = {{}}) = true)'
#: Methods of texts and lists, without and with an argument.
_ASKED = {
    "isEmpty": _EMPTY,
    "size": "count({0})",
    "length": "string length({0})",
    "toLowerCase": "lower case({0})",
    "toUpperCase": "upper case({0})",
}
_COMPARED = {
    "equals": "({0} = ({1}))",
    "equalsIgnoreCase": "(lower case({0}) = lower case({1}))",
    "startsWith": "starts with({0}, {1})",
    "endsWith": "ends with({0}, {1})",
    "contains": "(if {0} instance of string then contains({0}, {1}) else list contains({0}, {1}))",
}
_DEEPEST = 60
_LONGEST = 10_000
_PART = re.compile(r"[$#]\{")


class JuelRefused(EngineError):
    """The expression says something that FEEL cannot. `column` counts from 1 in the author's text."""

    code = "juel-unsupported"

    def __init__(self, zh: str, en: str, at: int) -> None:
        super().__init__(f"第 {at + 1} 列：{zh}", f"column {at + 1}: {en}", column=at + 1)
        self.column = at + 1


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  #: number, string, name, op or end
    text: str
    at: int


def has_juel(text: str) -> bool:
    """Return whether `text` holds a `${...}` or `#{...}`."""
    return _PART.search(text) is not None


def translate(text: str) -> str:
    """Return FEEL for a text with `${...}` in it: one expression, or a text put together. Raises JuelRefused."""
    if len(text) > _LONGEST:
        raise JuelRefused("表达式太长。", "the expression is too long.", 0)
    parts = _split(text)
    if len(parts) == 1 and parts[0][0]:
        return bare(parts[0][1], parts[0][2])
    made = []
    for is_expression, part, at in parts:
        if not is_expression:
            made.append(json.dumps(part, ensure_ascii=False))
            continue
        inner = bare(part, at)
        made.append(f'(if ({inner}) = null then "" else string({inner}))')
    return " + ".join(made)


def bare(text: str, offset: int = 0) -> str:
    """Return FEEL for what stands between the braces; `offset` is its column in the author's text."""
    if len(text) > _LONGEST:
        raise JuelRefused("表达式太长。", "the expression is too long.", offset)
    return _Parser(_tokens(text, offset), _COUNTERS).read()


def symbols(text: str) -> str:
    """Return FEEL for an expression written with `==`, `&&` and the like in no tool's own language: counters are ours."""
    if len(text) > _LONGEST:
        raise JuelRefused("表达式太长。", "the expression is too long.", 0)
    return _Parser(_tokens(text, 0), {}).read()


def _split(text: str) -> list[tuple[bool, str, int]]:
    """Return the parts of a text: whether each is an expression, its inside, and where that starts."""
    parts: list[tuple[bool, str, int]] = []
    position = 0
    while position < len(text):
        found = _PART.search(text, position)
        if found is None:
            parts.append((False, text[position:], position))
            break
        if found.start() > position:
            parts.append((False, text[position : found.start()], position))
        end = _closing(text, found.end())
        parts.append((True, text[found.end() : end], found.end()))
        position = end + 1
    return parts


def _closing(text: str, position: int) -> int:
    quote = ""
    while position < len(text):
        letter = text[position]
        if quote:
            if letter == "\\":
                position += 1
            elif letter == quote:
                quote = ""
        elif letter in "\"'":
            quote = letter
        elif letter == "}":
            return position
        position += 1
    raise JuelRefused("缺少右花括号 }。", "the closing brace } is missing.", len(text) - 1)


def _tokens(text: str, offset: int) -> list[_Token]:
    tokens: list[_Token] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        found = _TOKEN.match(text, position)
        if found is None or found.lastgroup is None:
            raise JuelRefused(
                f"看不懂“{text[position:end].strip()[:20]}”。",
                f"cannot read {text[position:end].strip()[:20]!r}.",
                offset + position + len(text[position:]) - len(text[position:].lstrip()),
            )
        kind, word = found.lastgroup, found[found.lastgroup]
        at = offset + found.start(found.lastgroup)
        after_dot = bool(tokens) and tokens[-1].text == "."
        if kind == "name" and word in _WORDS and not after_dot:
            kind, word = "op", _WORDS[word]
        tokens.append(_Token(kind, word, at))
        position = found.end()
    return [*tokens, _Token("end", "", offset + end)]


class _Parser:
    """Reads tokens by precedence. Each result is FEEL text with the strength of its outermost operator."""

    def __init__(self, tokens: list[_Token], counters: dict[str, str]) -> None:
        self.tokens = tokens
        self.counters = counters
        self.position = 0
        self.depth = 0

    @property
    def now(self) -> _Token:
        return self.tokens[self.position]

    def read(self) -> str:
        text, _ = self.choice()
        if self.now.kind != "end":
            raise self.unexpected()
        return text

    def unexpected(self) -> JuelRefused:
        token = self.now
        if token.kind == "end":
            return JuelRefused("表达式不完整。", "the expression is not complete.", token.at)
        return JuelRefused(f"此处不应出现“{token.text[:20]}”。", f"{token.text[:20]!r} does not fit here.", token.at)

    def accept(self, operator: str) -> bool:
        if self.now.kind == "op" and self.now.text == operator:
            self.position += 1
            return True
        return False

    def expect(self, operator: str) -> None:
        if not self.accept(operator):
            raise self.unexpected()

    def choice(self) -> tuple[str, int]:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise JuelRefused("表达式嵌套太深。", "the expression nests too deep.", self.now.at)
        condition = self.binary(1)
        if self.accept("?"):
            yes, _ = self.choice()
            self.expect(":")
            no, _ = self.choice()
            condition = (f"if {condition[0]} then {yes} else {no}", 0)
        self.depth -= 1
        return condition

    def binary(self, weakest: int) -> tuple[str, int]:
        left, strength = self.unary()
        while self.now.kind == "op" and self.now.text in _BINARY and _BINARY[self.now.text][0] >= weakest:
            own, feel = _BINARY[self.now.text]
            self.position += 1
            right, right_strength = self.binary(own + 1)
            left = left if strength >= own and (own not in (3, 4) or strength > own) else f"({left})"
            right = right if right_strength > own else f"({right})"
            left, strength = (f"modulo({left}, {right})", 9) if feel == "%" else (f"{left} {feel} {right}", own)
        return left, strength

    def unary(self) -> tuple[str, int]:
        token = self.now
        if (token.kind == "op" and token.text in "!-") or (token.kind == "name" and token.text == "empty"):
            self.position += 1
            self.depth += 1
            if self.depth > _DEEPEST:
                raise JuelRefused("表达式嵌套太深。", "the expression nests too deep.", token.at)
            inner, strength = self.unary()
            self.depth -= 1
            inner = inner if strength > 6 else f"({inner})"
            if token.text == "!":
                return f"{inner} != true", 3
            if token.text == "-":
                return f"-{inner}", 7
            return _EMPTY.format(inner), 9
        return self.postfix(), 9

    def postfix(self) -> str:
        token = self.now
        self.position += 1
        if token.kind == "number":
            return token.text
        if token.kind == "string":
            return json.dumps(_unquoted(token.text), ensure_ascii=False)
        if token.kind == "op" and token.text == "(":
            inner, _ = self.choice()
            self.expect(")")
            made = f"({inner})"
        elif token.kind == "name":
            made = self.variable(token) if self.asks_variable(token) else self.name(token)
        else:
            self.position -= 1
            raise self.unexpected()
        while True:
            if self.accept("."):
                member = self.now
                if member.kind != "name" or "$" in member.text:
                    raise self.unexpected()
                self.position += 1
                made = self.method(made, member, token) if self.accept("(") else f"{made}.{member.text}"
            elif self.accept("["):
                made = f"{made}{self.index()}"
                self.expect("]")
            elif self.now.kind == "op" and self.now.text == "(":
                raise _no_call(token)
            else:
                return made

    def asks_variable(self, token: _Token) -> bool:
        """Return whether `execution.getVariable(` begins at `token`."""
        words = [one.text for one in self.tokens[self.position : self.position + 3]]
        return token.text in _HOLDERS and words == [".", "getVariable", "("]

    def variable(self, token: _Token) -> str:
        """Read `.getVariable('name')`, which Camunda's own object answers with that variable."""
        self.position += 3
        named = self.now
        name = _unquoted(named.text) if named.kind == "string" else ""
        if not re.fullmatch(r"[^\W\d]\w*", name):
            raise _no_call(token)
        self.position += 1
        self.expect(")")
        return self.name(_Token("name", name, named.at))

    def method(self, of: str, member: _Token, at: _Token) -> str:
        """Read what stands between the parentheses of a method of a text or list; the opening one has been read."""
        if member.text in _ASKED and self.accept(")"):
            return _ASKED[member.text].format(of)
        if member.text not in _COMPARED:
            raise _no_call(at)
        argument, _ = self.choice()
        self.expect(")")
        return _COMPARED[member.text].format(of, argument)

    def index(self) -> str:
        token = self.now
        if token.kind == "number" and token.text.isdigit():
            self.position += 1
            return f"[{int(token.text) + 1}]"  # theirs counts from 0
        if token.kind == "string" and re.fullmatch(r"[^\W\d]\w*", _unquoted(token.text)):
            self.position += 1
            return f".{_unquoted(token.text)}"
        raise JuelRefused(
            "方括号里只能是序号或成员名。", "only a position or a member's name may stand here.", token.at
        )

    def name(self, token: _Token) -> str:
        word = token.text
        if word in _CONSTANTS:
            return _CONSTANTS[word]
        if word in _OBJECTS and not (self.now.kind == "op" and self.now.text == "("):
            raise JuelRefused(
                f"这里没有 Camunda 7 的对象“{word}”。", f"there is no object {word!r} of Camunda 7 here.", token.at
            )
        if word in _RESERVED or "$" in word:
            raise JuelRefused(f"变量名“{word}”在 FEEL 中不可用。", f"{word!r} cannot be a variable in FEEL.", token.at)
        return self.counters.get(word, word)


def _no_call(token: _Token) -> JuelRefused:
    return JuelRefused(
        "不支持函数或方法调用；请改写为比较，或改用服务任务。",
        "function and method calls are not supported; write a comparison, or use a service task.",
        token.at,
    )


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
