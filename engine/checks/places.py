"""Where exactly a finding stands: line and column of its element's start tag, and the element's name. It judges nothing."""

from __future__ import annotations

import bisect
import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from html import unescape

from engine.findings import Finding

#: Files above this are not searched again: their findings keep the line that reading gave.
_MOST_BYTES = 10_000_000
#: Elements of one id that are told apart by their line.
_MOST_OF_AN_ID = 20
#: Codes of whole files, most of them not read: nothing in them has a place but what the door said.
_NOT_READ = frozenset({"xml-refused", "xml-empty", "xml-root", "file-kind", "findings-shortened"})
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding=["']([A-Za-z0-9._-]{1,40})["']""")
_TAG = re.compile(r"""<([A-Za-z_][^\s/>"'<]*+)((?:[^>"'<]++|"[^"]*+"|'[^']*+')*+)>""")
#: What is no tag, and where it ends.
_SKIPPED = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"))
_ID = re.compile(r"""\sid\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_NAME = re.compile(r"""\sname\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class _Tag:
    """A start tag: where it begins and ends in the text, its element's id and name."""

    start: int
    end: int
    id: str
    name: str


class _Text:
    """One file's text with its lines and start tags."""

    def __init__(self, data: bytes) -> None:
        self.text = decode(data)
        self.lines = [0, *(found.end() for found in re.finditer("\n", self.text))]
        self.tags: list[_Tag] = []
        self.by_id: dict[str, list[_Tag]] = {}
        self.names: dict[str, str] = {}  #: by id, of the first element that has a name
        for tag in _tags(self.text):
            self.tags.append(tag)
            if tag.id:
                same = self.by_id.setdefault(tag.id, [])
                if len(same) < _MOST_OF_AN_ID:
                    same.append(tag)
                if tag.name:
                    self.names.setdefault(tag.id, tag.name)
        self.starts = [tag.start for tag in self.tags]

    def line(self, at: int) -> int:
        """Return the line of an offset, from 1."""
        return bisect.bisect_right(self.lines, at)

    def column(self, at: int) -> int:
        """Return the column of an offset, in characters from 1."""
        return at - self.lines[self.line(at) - 1] + 1

    def line_of_key(self, key: str) -> int:
        """Return the line where a form's component says its key (or path or id), 0 where it is not found."""
        last = re.escape(json.dumps(key.rpartition(".")[2] or key, ensure_ascii=False))
        whole = re.escape(json.dumps(key, ensure_ascii=False))
        found = re.search(rf'"(?:key|path|id)"\s*:\s*(?:{whole}|{last})', self.text) if key else None
        return self.line(found.start()) if found else 0

    def tag(self, finding: Finding) -> _Tag | None:
        """Return the start tag that a finding is about: its element's own on that line, else the one that ends there."""
        own = self.by_id.get(finding.element, [])
        if finding.line <= 0:
            return own[0] if len(own) == 1 else None
        for tag in own:
            if self.line(tag.start) <= finding.line <= self.line(tag.end - 1):
                return tag
        if finding.line > len(self.lines):
            return None
        first = self.lines[finding.line - 1]
        last = self.lines[finding.line] if finding.line < len(self.lines) else len(self.text) + 1
        number = bisect.bisect_left(self.starts, last) - 1 if self.tags else -1
        here: _Tag | None = None
        while number >= 0 and self.tags[number].end > first:
            here = self.tags[number]
            number -= 1
        return here


def placed(findings: Iterable[Finding], files: Mapping[str, bytes]) -> list[Finding]:
    """Return the findings with the line and column of their start tag and the element's name, where those can be told."""
    texts: dict[str, _Text] = {}
    made: list[Finding] = []
    for finding in findings:
        data = files.get(finding.file)
        if finding.code in _NOT_READ:
            made.append(replace(finding, line=finding.line or 1, column=finding.column or 1))
            continue
        if data is None or len(data) > _MOST_BYTES or (finding.column and finding.name):
            made.append(finding)
            continue
        if finding.file not in texts:
            texts[finding.file] = _Text(data)
        made.append(_placed(finding, texts[finding.file]))
    return made


def decode(data: bytes) -> str:
    """Return the text of an author's file in the encoding it names; what cannot be read is replaced, never refused."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    if not encoding:
        declared = _ENCODING.match(data[:400])
        encoding = declared[1].decode("ascii") if declared else "utf-8"
    try:
        return data.decode(encoding, errors="replace")
    except LookupError:
        return data.decode("utf-8", errors="replace")


def _tags(text: str) -> Iterator[_Tag]:
    """Yield the start tags of a text in one walk over it, however broken it is."""
    at = text.find("<") if text.lstrip("\ufeff \t\r\n").startswith("<") else -1
    while at >= 0:
        skipped = next((end for start, end in _SKIPPED if text.startswith(start, at)), None)
        if skipped is not None:
            end = text.find(skipped, at)
            if end < 0:
                return
            at = text.find("<", end)
            continue
        found = _TAG.match(text, at)
        if found is not None:
            yield _Tag(at, found.end(), _attribute(_ID, found[2]), _attribute(_NAME, found[2]))
        at = text.find("<", at + 1 if found is None else found.end())


def _placed(finding: Finding, text: _Text) -> Finding:
    name = finding.name or text.names.get(finding.element, "")
    if finding.column:
        return replace(finding, name=name)
    if finding.line <= 0 and finding.element not in text.by_id:
        finding = replace(finding, line=text.line_of_key(finding.element))
    if finding.line <= 0 and finding.element not in text.by_id:
        return replace(finding, line=1, column=1, name=name)  # it is about the whole file
    tag = text.tag(finding)
    if tag is not None:
        return replace(finding, line=text.line(tag.start), column=text.column(tag.start), name=name)
    if not 0 < finding.line <= len(text.lines):
        return replace(finding, name=name)
    first = text.lines[finding.line - 1]
    line = text.text[first:].split("\n", 1)[0]
    return replace(finding, column=len(line) - len(line.lstrip()) + 1, name=name)


def _attribute(pattern: re.Pattern[str], attributes: str) -> str:
    found = pattern.search(attributes)
    return unescape(found[1] if found[1] is not None else found[2]) if found else ""
