"""The file against the BPMN 2.0 schema: order, number and place of elements, attributes and their values.

What others' namespaces hold is theirs. What matters to nothing here is a warning: order, the drawing, names that the
schema wants. It is one pass over the elements, whatever is wrong with them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.findings import Severity
from engine.interchange.names import ATTRIBUTES, BPMN, DRAWN, XSI
from engine.interchange.schema_tables import Attribute, Part, Shape, tables
from engine.interchange.source import Element, Source, is_name, line_of, local_name, namespace_of, text_of

_DRAWING = ("http://www.omg.org/spec/BPMN/20100524/DI", "http://www.omg.org/spec/DD/20100524/")
_MOST = 20  #: said of one kind in one file
_ADVICE = (
    "用建模工具打开并重新保存，或按 BPMN 2.0 规范改正。",
    "Open and save it with a modeler, or correct it as BPMN 2.0 says.",
)
_NAME = re.compile(r"(?:[^\W\d][\w.\-·]*:)?[^\W\d][\w.\-·]*")
_INTEGER = re.compile(r"[+-]?\d{1,18}")
_DOUBLE = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?INF|NaN")
#: Findings of other parts that say the same thing with more to go by.
_SAID = {
    "xsd-element": frozenset(
        {
            "unknown-element", "unsupported-element", "repeated-element", "unknown-extension", "foreign-extension",
            "mixed-dialects", "refused-extension", "timer-ambiguous",
        }
    ),
    "xsd-attribute": frozenset({"unknown-attribute"}),
    "xsd-value": frozenset(
        {
            "bad-value", "bad-id", "duplicate-id", "missing-id", "dangling-reference", "boundary-unattached",
            "default-not-outgoing",
        }
    ),
    "xsd-attribute-missing": frozenset(
        {"dangling-reference", "boundary-unattached", "missing-id", "message-flow-ends", "link-missing"}
    ),
    "xsd-incomplete": frozenset({"condition-event-missing", "unsupported-element"}),
}  # fmt: skip
#: What the schema demands and nothing here needs.
_NEEDLESS_ATTRIBUTES = frozenset(["name", "type"])
_UNUSED_ATTRIBUTES = frozenset(["targetNamespace", "correlationKeyRef"])
_NEEDLESS_CHILDREN = frozenset(["ioSpecification", "inputSet", "outputSet"])
#: References that name no element of a BPMN file, or that others look up: types, processes, variables.
_ELSEWHERE = frozenset(
    [
        "calledElement", "type", "evaluatesToTypeRef", "loopDataInputRef", "loopDataOutputRef", "implementationRef",
        "incoming", "outgoing", "bpmnElement", "choreographyRef", "calledChoreographyRef", "supportedInterfaceRef",
        "definitionalCollaborationRef", "definition", "source", "target",
    ]
)  # fmt: skip
#: The standard's text has them, its schema does not.
_TOLERATED = frozenset({("definitions", "documentation"), ("definitions", "extensionElements")})


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that the schema does not allow."""

    element: Element
    severity: Severity
    code: str
    zh: str
    en: str


def violations(root: Element) -> list[Violation]:
    """Return what the schema says of a file; nothing is changed."""
    return _Look(root).look()


def report(source: Source, found: list[Violation]) -> None:
    """Say what the schema does not allow, where no other part has said it better."""
    said = {(finding.line, finding.code) for finding in source.findings}
    counts: Counter[str] = Counter()
    for one in found:
        parent = one.element.getparent()
        lines = {line_of(one.element), line_of(parent) if parent is not None and one.code == "xsd-element" else 0}
        if any((line, code) in said for code in _SAID.get(one.code, ()) for line in lines):
            continue
        counts[one.code] += 1
        if counts[one.code] <= _MOST:
            source.say(one.severity, one.code, one.element, one.zh, one.en, _ADVICE)


class _Look:
    """One pass over a file."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.found: list[Violation] = []
        self.ids: set[str] = {value for one in root.iter(etree.Element) if (value := one.get("id")) is not None}
        self.own = root.get("targetNamespace")
        self.seen: set[str] = set()

    def look(self) -> list[Violation]:
        """Return everything that is wrong."""
        known = tables()
        work: list[tuple[Element, str]] = [(self.root, known.elements.get(str(self.root.tag), ""))]
        while work:
            element, kind = work.pop()
            shape = self._shape(element, kind)
            if shape is None:
                if kind in ("QName", "IDREF") and not self._leads_somewhere(
                    element, local_name(element), text_of(element)
                ):
                    self._note(element, "xsd-value", *_nothing(local_name(element), text_of(element)))
                continue
            self._attributes(element, shape)
            children = [(child, shape.parts.get(str(child.tag))) for child in element.iterchildren(etree.Element)]
            self._children(element, shape, children)
            work.extend((child, part.type) for child, part in reversed(children) if part is not None)
            if not shape.takes_text and element.text is not None and element.text.strip():
                local = local_name(element)
                self._note(
                    element, "xsd-text", f"{local} 里不能直接写文字。", f"no text may stand directly in {local}."
                )
        return self.found

    def _shape(self, element: Element, kind: str) -> Shape | None:
        shape = tables().shape(kind)
        said = element.get(f"{{{XSI}}}type")
        if said is not None and shape is not None:
            own = tables().shape(said.strip().rpartition(":")[2])
            if own is None or not set(shape.parts) <= set(own.parts):
                local = local_name(element)
                zh = f"{local} 的类型 xsi:type“{said[:60]}”不对。"
                self._note(element, "xsd-value", zh, f"the type of {local}, xsi:type {said[:60]!r}, is wrong.")
            else:
                shape = own
        if shape is not None and shape.is_abstract:
            zh = f"{local_name(element)} 是抽象的，须用具体的元素代替。"
            self._note(element, "xsd-element", zh, f"{local_name(element)} is abstract; use one of its kinds.")
        return shape

    # --- children
    def _children(self, element: Element, shape: Shape, children: list[tuple[Element, Part | None]]) -> None:
        counts: Counter[str] = Counter()
        branches: dict[int, Part] = {}
        rank, is_in_order = 0, True
        for child, part in children:
            if part is None:
                self._stranger(element, shape, child)
                continue
            counts[part.tag] += 1
            is_one_more = part.most is not None and counts[part.tag] == part.most + 1
            if is_one_more or (part.choice and branches.setdefault(part.choice, part).branch != part.branch):
                self._too_many(element, child)
            if part.rank < rank and is_in_order:
                is_in_order = False  # what comes after it is out of order by the same slip
                local, above = local_name(child), local_name(element)
                zh = f"{above} 里的 {local} 次序不对：它应在前面的兄弟元素之前。"
                en = f"{local} stands out of order in {above}: it belongs before the elements that stand before it now."
                self._note(child, "xsd-order", zh, en, Severity.WARNING)
            rank = max(rank, part.rank)
        for part in shape.required:
            if counts[part.tag] < part.least:
                local, wanted = local_name(element), part.tag.rpartition("}")[2]
                severity = Severity.WARNING if {local, wanted} & _NEEDLESS_CHILDREN else Severity.ERROR
                number = f" {part.least} 个" if part.least > 1 else ""
                many = f"{part.least} {wanted} elements" if part.least > 1 else f"its {wanted}"
                self._note(
                    element, "xsd-incomplete", f"{local} 缺少{number} {wanted}。", f"{local} lacks {many}.", severity
                )

    def _too_many(self, element: Element, child: Element) -> None:
        local, above = local_name(child), local_name(element)
        zh = f"{above} 里的 {local} 太多，或不能与前面的并存。"
        en = f"there are too many {local} in {above}, or it cannot stand beside the one before it."
        self._note(child, "xsd-element", zh, en)

    def _stranger(self, element: Element, shape: Shape, child: Element) -> None:
        namespace, local, above = namespace_of(child.tag), local_name(child), local_name(element)
        if shape.takes_any and namespace != namespace_of(element.tag):
            return
        if not namespace or namespace == BPMN or namespace.startswith(_DRAWING):
            zh = f"{above} 里不能有 {local[:60]}。"
            is_tolerated = (above, local) in _TOLERATED or _is_drawn(element)
            severity = Severity.WARNING if is_tolerated else Severity.ERROR
            en = f"{local[:60]} may not stand in {above}."
            self._note(child, "xsd-element", zh, en, severity, is_misplaced=True)
            return
        zh = f"其他厂商的元素 {local[:60]} 应放在 extensionElements 里，不能直接放在 {above} 里。"
        en = f"another vendor's element {local[:60]!r} belongs into extensionElements, not directly into {above}."
        self._note(child, "xsd-element", zh, en, Severity.WARNING)

    # --- attributes
    def _attributes(self, element: Element, shape: Shape) -> None:
        local = local_name(element)
        known = shape.attributes
        for name, value in _words(element):
            if name[0] == "{":
                continue
            attribute = known.get(name)
            if attribute is None:
                zh, en = (
                    f"BPMN 2.0 的 {local} 没有属性 {name[:60]}。",
                    f"in BPMN 2.0 {local} has no attribute {name[:60]!r}.",
                )
                is_used = name in ATTRIBUTES.get(local, ())
                self._note(element, "xsd-attribute", zh, en, Severity.WARNING if is_used else Severity.ERROR)
            elif (right := self._fault(element, name, attribute, value)) is not None:
                zh = f"{local} 的属性 {name} 的值“{value[:60]}”不对，应为{right[0]}。"
                en = f"attribute {name} of {local} has the value {value[:60]!r}; it must be {right[1]}."
                self._note(element, "xsd-value", zh, en)
        for name in shape.demanded:
            if element.get(name) is None:
                severity = Severity.WARNING if name in _NEEDLESS_ATTRIBUTES else Severity.ERROR
                if name in _UNUSED_ATTRIBUTES:
                    severity = Severity.HINT
                zh, en = f"{local} 缺少必需的属性 {name}。", f"{local} lacks its attribute {name!r}."
                self._note(element, "xsd-attribute-missing", zh, en, severity)

    def _leads_somewhere(self, element: Element, name: str, reference: str) -> bool:
        """Return whether a reference leads to an element of the file, or into a file of another namespace."""
        if name in _ELSEWHERE or (name == "structureRef" and local_name(element) == "itemDefinition"):
            return True
        prefix, _, local = reference.rpartition(":")
        if local in self.ids:
            return not prefix or prefix in element.nsmap
        return prefix in element.nsmap and element.nsmap[prefix] != self.own and bool(prefix)

    def _fault(self, element: Element, name: str, attribute: Attribute, raw: str) -> tuple[str, str] | None:
        """Return what the value should be, Chinese and English; None when it is right."""
        value, kind = raw.strip(), attribute.type
        if attribute.words:
            words = " / ".join(attribute.words)
            return None if raw in attribute.words else (f" {words} 之一", f"one of {words}")
        if kind == "ID":
            if not is_name(value) or value in self.seen:
                return "不重复的 id（字母或下划线开头）", "an id that is used once, starting with a letter or _"
            self.seen.add(value)
        elif kind == "IDREF" and value not in self.ids:
            return "文件里一个元素的 id", "the id of an element of the file"
        elif kind == "QName":
            if _NAME.fullmatch(value) is None:
                return "一个元素的 id（可带前缀）", "the id of an element, with or without a prefix"
            if not self._leads_somewhere(element, name, value):
                return "文件里一个元素的 id", "the id of an element of the file"
        elif kind == "boolean" and value not in ("true", "false", "1", "0"):
            return " true 或 false", "true or false"
        elif kind in ("integer", "int") and _INTEGER.fullmatch(value) is None:
            return "整数", "a whole number"
        elif kind == "double" and _DOUBLE.fullmatch(value) is None:
            return "数字", "a number"
        return None

    def _note(
        self,
        element: Element,
        code: str,
        zh: str,
        en: str,
        severity: Severity = Severity.ERROR,
        is_misplaced: bool = False,
    ) -> None:
        if namespace_of(element.tag).startswith(_DRAWING):
            code, severity = "xsd-drawing", Severity.WARNING
        elif severity is Severity.ERROR and not is_misplaced and _is_drawn(element):
            severity = Severity.WARNING
        self.found.append(Violation(element, severity, code, zh, en))


def _nothing(name: str, reference: str) -> tuple[str, str]:
    return (
        f"{name} 写着“{reference[:60]}”，文件里没有这个元素。",
        f"{name} says {reference[:60]!r}: the file has no such element.",
    )


def _words(element: Element) -> Iterable[tuple[str, str]]:
    items: Iterable[Any] = element.attrib.items()  # its type allows bytes, which never come
    return items


def _is_drawn(element: Element) -> bool:
    """Return whether the element belongs to what says nothing about the run."""
    here: Element | None = element
    for _ in range(3):
        if here is not None and here.tag == f"{{{BPMN}}}{local_name(here)}" and local_name(here) in DRAWN:
            return True
        here = here.getparent() if here is not None else None
    return False
