"""The one door through which authors' XML comes in: hardened against hostile files. It knows no BPMN and no DMN."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.errors import EngineError


class XmlRefused(EngineError):
    """The file is not XML that we take. `line` and `column` count from 1; 0 means the whole file.

    Remedy: the author exports the file anew from a modeler, without DOCTYPE.
    """

    code = "xml-refused"

    def __init__(self, zh: str, en: str, *, name: str, line: int = 0, column: int = 0) -> None:
        super().__init__(f"{name}：{zh}", f"{name}: {en}", name=name, line=line, column=column)
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be. Every limit is far above what a person draws."""

    size_bytes: int = 10_000_000
    depth: int = 200
    elements: int = 50_000
    tag_bytes: int = 500_000
    attributes: int = 100  #: of one element
    value_length: int = 100_000  #: of one attribute
    text_length: int = 1_000_000  #: of one element's text


DEFAULT_LIMITS = Limits()
_PIECE = 65_536


def parse(data: bytes, name: str, limits: Limits = DEFAULT_LIMITS) -> etree._Element:
    """Return the root element of `data`; comments and processing instructions are left out of the tree.

    `name` is the file's name for messages. Raises XmlRefused.
    """
    if len(data) > limits.size_bytes:
        megabytes = limits.size_bytes // 1_000_000
        raise XmlRefused(
            f"文件超过 {megabytes} MB，请拆分后再上传。",
            f"the file is larger than {megabytes} MB; split it and upload again.",
            name=name,
        )
    try:
        _guard(data, limits, name)
        return etree.fromstring(data, _parser(remove_comments=True, remove_pis=True))
    except (etree.XMLSyntaxError, ValueError, LookupError) as fault:
        line, column = getattr(fault, "position", (0, 0))
        raise XmlRefused(
            f"第 {line} 行第 {column} 列不是合法的 XML（{fault}）。请用建模工具重新导出。",
            f"not well-formed XML at line {line}, column {column} ({fault}). Export the file again from a modeler.",
            name=name,
            line=line or 0,
            column=column or 0,
        ) from None


def _guard(data: bytes, limits: Limits, name: str) -> None:
    """Walk over `data` piece by piece, keeping nothing; stop at the first thing beyond the limits."""
    if re.search(rb"<[^!?<>][^<>]{%d}" % limits.tag_bytes, data):
        raise XmlRefused(
            f"一个元素的标签超过 {limits.tag_bytes} 字节。",
            f"a tag is longer than {limits.tag_bytes} bytes.",
            name=name,
        )
    parser = _parser(target=_Guard(limits, name))
    for start in range(0, len(data), _PIECE):
        parser.feed(data[start : start + _PIECE])
    parser.close()


def line_of(node: etree._Element) -> int:
    """Return the line of `node` in its file, 0 when it is not known."""
    line: Any = node.sourceline
    return int(line or 0)


def _parser(**options: Any) -> etree.XMLParser:
    """Return a parser that loads nothing, expands nothing and keeps libxml2's own limits on."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, **options
    )


class _Guard:
    """A parser target that builds no tree and stops at the first thing beyond the limits."""

    def __init__(self, limits: Limits, name: str) -> None:
        self.limits = limits
        self.name = name
        self.depth = 0
        self.elements = 0
        self.text = 0

    def doctype(self, *_: object) -> None:
        """Refuse any DOCTYPE: it is the way to entities and to other files."""
        raise self._refused("文件含有 DOCTYPE 或实体声明，不予接收。", "the file has a DOCTYPE; remove it.")

    def start(self, _tag: str, attributes: dict[str, str]) -> None:
        """Count one element in."""
        limits = self.limits
        self.depth += 1
        self.elements += 1
        self.text = 0
        if self.depth > limits.depth:
            raise self._refused(f"元素嵌套超过 {limits.depth} 层。", f"elements nest deeper than {limits.depth}.")
        if self.elements > limits.elements:
            raise self._refused(f"元素超过 {limits.elements} 个。", f"more than {limits.elements} elements.")
        if len(attributes) > limits.attributes:
            raise self._refused(
                f"一个元素的属性超过 {limits.attributes} 个。",
                f"an element has more than {limits.attributes} attributes.",
            )
        if any(len(value) > limits.value_length for value in attributes.values()):
            raise self._refused(
                f"一个属性值超过 {limits.value_length} 字。", f"an attribute is longer than {limits.value_length}."
            )

    def end(self, _tag: str) -> None:
        """Count one element out."""
        self.depth -= 1
        self.text = 0

    def data(self, text: str) -> None:
        """Count text."""
        self.text += len(text)
        if self.text > self.limits.text_length:
            raise self._refused(
                f"一段文字超过 {self.limits.text_length} 字。", f"a text is longer than {self.limits.text_length}."
            )

    def close(self) -> None:
        """End the count; there is nothing to hand back."""

    def _refused(self, zh: str, en: str) -> XmlRefused:
        return XmlRefused(zh, en, name=self.name)
