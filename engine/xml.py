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
_DECLARED = re.compile(r"""<\?xml\s[^>]*?\bencoding\s*=\s*["']([^"']*)["']""")
#: How a file begins that is in Unicode, and the names that its declaration may give to that.
_BEGINNINGS = (
    (b"\xef\xbb\xbf", "utf-8-sig", ("utf8",)),
    (b"\xff\xfe", "utf-16", ("utf16", "utf16le", "ucs2", "iso10646ucs2", "unicode")),
    (b"\xfe\xff", "utf-16", ("utf16", "utf16be", "ucs2", "iso10646ucs2", "unicode")),
    (b"<\0", "utf-16-le", ("utf16", "utf16le", "ucs2", "iso10646ucs2", "unicode")),
    (b"\0<", "utf-16-be", ("utf16", "utf16be", "ucs2", "iso10646ucs2", "unicode")),
)
_PIECE = 65_536
#: Where libxml2 says the place of a fault a second time.
_PLACE = re.compile(r"(?:, line \d+, column \d+)?(?: \([^()]*, line \d+\))?$")
_MISMATCH = re.compile(r"Opening and ending tag mismatch: (\S+) line (\d+) and (\S+)")
#: Faults that people's files have, by the number that libxml2 gives them.
_FAULTS: dict[int, tuple[str, str]] = {
    etree.ErrorTypes.ERR_DOCUMENT_EMPTY: ("文件不是以 < 开头的 XML", "the file does not begin with <, as XML does"),
    etree.ErrorTypes.ERR_DOCUMENT_END: ("最后一个标签之后还有内容", "there is more after the last tag"),
    etree.ErrorTypes.ERR_TAG_NOT_FINISHED: ("文件不完整，后面被截断了", "the file breaks off before its end"),
    etree.ErrorTypes.ERR_GT_REQUIRED: ("标签没有写完，缺少 >", "a tag is not finished: > is missing"),
    etree.ErrorTypes.ERR_LT_IN_ATTRIBUTE: ("属性值里有 <，应写成 &lt;", "< in an attribute; write &lt;"),
    etree.ErrorTypes.ERR_NAME_REQUIRED: ("有单独的 & 或 <，应写成 &amp; 或 &lt;", "a bare & or <; write &amp; or &lt;"),
    etree.ErrorTypes.ERR_ENTITYREF_SEMICOL_MISSING: ("& 应写成 &amp;", "& must be written &amp;"),
    etree.ErrorTypes.ERR_UNDECLARED_ENTITY: ("有未定义的 &…; 实体", "an entity &…; that is not defined"),
    etree.ErrorTypes.ERR_ATTRIBUTE_REDEFINED: ("一个标签里同一属性写了两次", "a tag has one attribute twice"),
    etree.ErrorTypes.ERR_ATTRIBUTE_NOT_STARTED: ("属性值没有加引号", "the value of an attribute has no quotes"),
    etree.ErrorTypes.ERR_ATTRIBUTE_WITHOUT_VALUE: ("属性没有值", "an attribute without a value"),
    etree.ErrorTypes.ERR_INVALID_CHAR: ("有不允许的字符", "a character that XML does not allow"),
    etree.ErrorTypes.ERR_INVALID_ENCODING: (
        "文字编码与声明的不符（多半是 GBK，请另存为 UTF-8）",
        "the encoding is not the declared one; save the file as UTF-8",
    ),
    etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING: ("声明的文字编码不认识", "the declared encoding is not known"),
    etree.ErrorTypes.ERR_UNKNOWN_ENCODING: ("声明的文字编码不认识", "the declared encoding is not known"),
    etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE: (
        "用了没有声明的命名空间前缀",
        "a namespace prefix that is not declared",
    ),
}
_INCLUSION = "{http://www.w3.org/2001/XInclude}"


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
    _check_encoding(data, name)
    try:
        _guard(data, limits, name)
        return etree.fromstring(data, _parser(remove_comments=True, remove_pis=True))
    except (etree.XMLSyntaxError, ValueError, LookupError) as fault:
        line, column = getattr(fault, "position", (0, 0))
        why = _why(fault)
        where = (f"第 {line} 行第 {column} 列", f" at line {line}, column {column}") if line else ("文件", "")
        raise XmlRefused(
            f"{where[0]}不是合法的 XML：{why[0]}。",
            f"not well-formed XML{where[1]}: {why[1]}.",
            name=name,
            line=line or 0,
            column=column or 0,
        ) from None


def _why(fault: Exception) -> tuple[str, str]:
    """Return what is wrong with the XML, in words of people; the reader's own words where it has others."""
    said = _PLACE.sub("", str(getattr(fault, "msg", None) or fault)).strip().rstrip(".")
    tags = _MISMATCH.fullmatch(said)
    if tags is not None:
        opened, line, closed = tags.groups()
        return (
            f"第 {line} 行打开的 <{opened}> 被 </{closed}> 关闭",
            f"<{opened}>, opened in line {line}, is closed by </{closed}>",
        )
    if said == "no element found":
        return "里面没有任何元素", "there is no element in it"
    code = getattr(fault, "code", None)
    return _FAULTS.get(code if isinstance(code, int) else 0, (said, said))


def _check_encoding(data: bytes, name: str) -> None:
    """Refuse a file that says it is in another encoding than it is, or in one made for mail: programs would read it differently."""
    beginning = next((one for one in _BEGINNINGS if data.startswith(one[0])), (b"", "latin-1", ()))
    found = _DECLARED.match(data[:400].decode(beginning[1], "ignore"))
    if found is None:
        return
    declared = re.sub(r"[\s_-]", "", found[1].lower())
    if declared in ("utf7", "unicode11utf7", "imap4utf7") or (beginning[2] and declared not in beginning[2]):
        raise XmlRefused(
            f"文件声明的编码“{found[1][:40]}”与实际不符，或不予接收。请另存为 UTF-8。",
            f"the file declares the encoding {found[1][:40]!r}, which it is not in or which is not taken; save it as UTF-8.",
            name=name,
            line=1,
            column=1,
        )


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

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Count one element in."""
        limits = self.limits
        if tag.startswith(_INCLUSION):
            raise self._refused(
                "文件要引入别的文件（XInclude），不予接收。", "the file wants to include another (XInclude); remove it."
            )
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
