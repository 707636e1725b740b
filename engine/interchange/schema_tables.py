"""The BPMN 2.0 schema as tables: which children, in which order and number, and which attributes an element has.

They are made from the schema's own files, which come with SpiffWorkflow, an exact dependency. The files are data here:
none of its code is loaded. It looks at no author's file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

from lxml import etree

_FOLDER = "SpiffWorkflow/bpmn/parser/schema"
_XSD = "{http://www.w3.org/2001/XMLSchema}"
_Element = etree._Element


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of child: its rank among its siblings, how often it stands there (`most` None: as often as wanted).

    Of the parts of one `choice` only those of one `branch` may be there. `type` is what the child itself is made of.
    """

    tag: str
    rank: int
    least: int
    most: int | None
    type: str
    choice: int = 0
    branch: int = 0


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute: a simple type's name, or the words allowed."""

    type: str
    is_required: bool
    words: tuple[str, ...] = ()


@dataclass(slots=True)
class Shape:
    """What an element of one type is made of. `takes_any`: others' elements may stand in it."""

    name: str
    is_abstract: bool = False
    takes_any: bool = False
    takes_text: bool = False
    parts: dict[str, Part] = field(default_factory=dict)  #: by the tag of the child, substitutes included
    required: list[Part] = field(default_factory=list)
    attributes: dict[str, Attribute] = field(default_factory=dict)
    demanded: list[str] = field(default_factory=list)  #: attributes that must be there


class Tables:
    """All types by name, and the type of each element that may stand by itself."""

    def __init__(self, folder: Path) -> None:
        self.elements: dict[str, str] = {}
        self._types: dict[str, _Element] = {}
        self._words: dict[str, tuple[str, ...]] = {}
        self._substitutes: dict[str, list[str]] = {}
        self._shapes: dict[str, Shape] = {}
        self._choices = 0
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
        for path in sorted(folder.glob("*.xsd")):
            self._read(etree.parse(str(path), parser).getroot())
        if "tDefinitions" not in self._types:
            raise FileNotFoundError(f"the BPMN 2.0 schema is not in {folder}: SpiffWorkflow is not installed whole")

    def shape(self, name: str) -> Shape | None:
        """Return the type of this name; None for a simple one."""
        if name not in self._shapes and name in self._types:
            self._shapes[name] = self._made(name)
        return self._shapes.get(name)

    # --- private ----------------------------------------------------------------------------------------------

    def _read(self, root: _Element) -> None:
        space = f"{{{root.get('targetNamespace')}}}"
        for one in root.iterchildren(f"{_XSD}complexType"):
            self._types[one.get("name") or ""] = one
        for one in root.iterchildren(f"{_XSD}simpleType"):
            words = tuple(word.get("value") or "" for word in one.iter(f"{_XSD}enumeration"))
            self._words[one.get("name") or ""] = () if one.find(f"{_XSD}union") is not None else words
        for one in root.iterchildren(f"{_XSD}element"):
            tag = space + (one.get("name") or "")
            self.elements[tag] = _local(one.get("type"))
            prefix, _, head = (one.get("substitutionGroup") or "").rpartition(":")
            if head:
                above = f"{{{one.nsmap[prefix]}}}" if prefix else space
                self._substitutes.setdefault(above + head, []).append(tag)

    def _made(self, name: str) -> Shape:
        definition = self._types[name]
        made = Shape(name, definition.get("abstract") == "true")
        extension = definition.find(f"{_XSD}complexContent/{_XSD}extension")
        body = definition if extension is None else extension
        if extension is not None:
            base = self.shape(_local(extension.get("base")))
            if base is not None:
                made.parts |= base.parts
                made.required += base.required
                made.attributes |= base.attributes
                made.takes_any, made.takes_text = base.takes_any, base.takes_text
        made.takes_text = made.takes_text or definition.get("mixed") == "true"
        for group in body:
            if group.tag in (f"{_XSD}sequence", f"{_XSD}choice"):
                self._group(made, group, 0, 0)
            elif group.tag == f"{_XSD}attribute":
                kind = _local(group.get("type"))
                words = self._words.get(kind, ())
                made.attributes[group.get("name") or ""] = Attribute(kind, group.get("use") == "required", words)
        made.demanded = [name for name, attribute in made.attributes.items() if attribute.is_required]
        return made

    def _group(self, made: Shape, group: _Element, choice: int, branch: int) -> None:
        if group.tag == f"{_XSD}choice":
            self._choices += 1
            choice = self._choices
        for number, one in enumerate(group):
            inner = number if group.tag == f"{_XSD}choice" else branch
            if one.tag == f"{_XSD}element":
                self._part(made, one, choice, inner)
            elif one.tag == f"{_XSD}any":
                made.takes_any = True
            elif one.tag in (f"{_XSD}sequence", f"{_XSD}choice"):
                self._group(made, one, choice, inner)

    def _part(self, made: Shape, one: _Element, choice: int, branch: int) -> None:
        prefix, _, local = (one.get("ref") or one.get("name") or "").rpartition(":")
        space = one.nsmap.get(prefix) if prefix else one.getroottree().getroot().get("targetNamespace")
        head = f"{{{space}}}{local}"
        most = one.get("maxOccurs", "1")
        rank = 1 + max((part.rank for part in made.parts.values()), default=0)
        if choice:
            rank = next(
                (part.rank for part in made.parts.values() if part.choice == choice and part.branch != branch), rank
            )
        for tag in self._standing_for(head):
            kind = _local(one.get("type")) or self.elements.get(tag, "")
            made.parts[tag] = Part(
                head,
                rank,
                int(one.get("minOccurs", "1")),
                None if most == "unbounded" else int(most),
                kind,
                choice,
                branch,
            )
        if made.parts[head].least and not choice:
            made.required.append(made.parts[head])

    def _standing_for(self, tag: str) -> list[str]:
        return [tag, *(one for other in self._substitutes.get(tag, ()) for one in self._standing_for(other))]


@cache
def tables() -> Tables:
    """Return the tables, read once."""
    return Tables(Path(str(distribution("spiffworkflow").locate_file(_FOLDER))))


def _local(name: str | None) -> str:
    return (name or "").rpartition(":")[2]
