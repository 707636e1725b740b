"""Texts of authors as expressions: which language each is in, and FEEL made of it. It compiles and evaluates nothing."""

from __future__ import annotations

import json
import re

from engine.diagram import Expression
from engine.interchange import juel
from engine.interchange.source import Element, Source, text_of

_FEEL = re.compile(r"feel|FEEL")
_JUEL_LANGUAGES = ("juel", "http://camunda.org/schema/1.0/bpmn", "http://java.sun.com/products/jsp/juel")
#: Written by default by nearly every tool, whatever the author's expressions are in.
_UNSAID = frozenset(
    {"", "http://www.w3.org/1999/XPath", "https://www.w3.org/1999/XPath", "http://www.w3.org/1999/xpath"}
)
_SYMBOLS = re.compile(r"==|&&|\|\||![^=]")
_STRINGS = re.compile(r'"(?:\\.|[^"\\])*"')
_CONSTANT = re.compile(r"\s*(?:true|false|-?\d+(?:\.\d+)?)\s*")
_TEXTS = re.compile(r'\s*\[\s*"[^"\\]*"(?:\s*,\s*"[^"\\]*")*\s*\]\s*')


def formal(source: Source, element: Element | None, code: str = "expression-missing") -> Expression | None:
    """Return the FEEL of an element whose text is always an expression (conditions and the like); None for no element.

    An empty one is a finding with `code`.
    """
    if element is None:
        return None
    text = text_of(element)
    if not text:
        source.refuse(
            code,
            element,
            "表达式是空的。",
            "the expression is empty.",
            ("写上表达式，或删去这个元素。", "Write the expression, or delete the element."),
        )
        return None
    language = element.get("language") or ""
    if language in _UNSAID and not _is_marked(text):
        language = source.root.get("expressionLanguage") or ""
    return _formal(source, element, text, language)


def value(source: Source, element: Element, text: str | None) -> Expression | None:
    """Return a text that is a value unless it is marked as an expression (`=...`, `${...}`); None for None or blank."""
    if text is None or not text.strip():
        return None
    text = text.strip()
    if text.startswith("="):
        return Expression(text[1:].strip(), False, source.place(element))
    if juel.has_juel(text):
        return _translated(source, element, text)
    return Expression(text, True, source.place(element))


def content(source: Source, element: Element, text: str | None) -> Expression:
    """Return a text that is always a value, an empty one included (sources of mappings)."""
    made = value(source, element, text)
    return made if made is not None else Expression(text or "", True, source.place(element))


def feel(source: Source, element: Element, text: str) -> Expression:
    """Return `text` as FEEL without looking at it."""
    return Expression(text, False, source.place(element))


def names(expression: Expression | None) -> list[str] | None:
    """Return the names in a comma-separated value or a plain list of texts; None when they are not known beforehand."""
    if expression is None:
        return []
    if expression.is_literal:
        return [part.strip() for part in expression.text.split(",") if part.strip()]
    if _TEXTS.fullmatch(expression.text):
        return [str(name) for name in json.loads(expression.text)]
    return None


def as_feel(expression: Expression) -> str:
    """Return FEEL source for any expression: a literal becomes a FEEL text."""
    return json.dumps(expression.text, ensure_ascii=False) if expression.is_literal else expression.text


def is_feel(language: str) -> bool:
    """Return whether a script format or language name means FEEL."""
    return _FEEL.search(language) is not None


def is_juel(language: str) -> bool:
    """Return whether a language name means Camunda 7's expressions."""
    return language.lower() in _JUEL_LANGUAGES


def _is_marked(text: str) -> bool:
    return (text.startswith("=") and not text.startswith("==")) or juel.has_juel(text)


def _formal(source: Source, element: Element, text: str, language: str) -> Expression | None:
    place = source.place(element)
    if text.startswith("=") and not text.startswith("=="):
        return Expression(text[1:].strip(), False, place)
    if language not in _UNSAID and not is_feel(language) and not is_juel(language):
        source.refuse(
            "language-unsupported",
            element,
            f"不支持表达式语言“{language[:80]}”。",
            f"the expression language {language[:80]!r} is not supported.",
            ("请用 FEEL 书写，例如 =amount > 1000。", "Write it in FEEL, for instance =amount > 1000."),
        )
        return None
    if juel.has_juel(text):
        return _translated(source, element, text)
    if is_feel(language) or source.dialect == "camunda8":
        return Expression(text, False, place)
    if source.dialect == "camunda7" and not _CONSTANT.fullmatch(text):
        source.refuse(
            "expression-literal",
            element,
            f"“{text[:60]}”不是表达式。",
            f"{text[:60]!r} is not an expression.",
            ("请写成 ${...}。", "Write it as ${...}."),
        )
        return None
    if _SYMBOLS.search(_STRINGS.sub("", text)):
        return _translated(source, element, text, is_bare=True)
    return Expression(text, False, place)


def _translated(source: Source, element: Element, text: str, is_bare: bool = False) -> Expression | None:
    try:
        made = juel.symbols(text) if is_bare else juel.translate(text)
    except juel.JuelRefused as fault:
        source.refuse(
            "juel-unsupported",
            element,
            f"表达式“{text[:80]}”无法转换为 FEEL。{fault.zh}",
            f"the expression {text[:80]!r} cannot be turned into FEEL: {fault.en}",
            ("改写为比较，或用 FEEL 书写（以 = 开头）。", "Rewrite it as a comparison, or in FEEL (starting with =)."),
        )
        return None
    source.hint(
        "translated",
        element,
        f"“{text[:80]}”按 FEEL“{made[:120]}”执行。",
        f"{text[:80]!r} runs as FEEL {made[:120]!r}.",
    )
    return Expression(made, False, source.place(element))
