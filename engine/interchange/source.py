"""One BPMN file while it is being read: its elements, what was found, and what has been taken so far.

Whatever nobody takes is reported by `engine.interchange.leftovers`: so nothing is ignored in silence.
It gives elements no meaning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from lxml import etree

from engine.diagram import Place
from engine.findings import Finding, Severity
from engine.interchange.names import BPMN, CAMUNDA7, CAMUNDA8, NODES, PLATFORM

Element = etree._Element
#: Findings of one code kept of one file; far more than are shown.
_MOST_SAID = 1_000
_TRUE, _FALSE = ("true", "1"), ("false", "0")


class Source:
    """An author's file: `dialect` is "camunda7", "camunda8" or "plain"; `vendors` are the namespaces that it speaks."""

    def __init__(self, file: str, root: Element) -> None:
        self.file = file
        self.root = root
        self.findings: list[Finding] = []
        self.said: Counter[str] = Counter()  #: how often each code was said
        self.elements = list(root.iter(etree.Element))  # kept: lxml's identities last as long as somebody holds them
        self.dialect = _dialect(root, self.elements)
        self.vendors = {"camunda7": CAMUNDA7, "camunda8": frozenset({CAMUNDA8})}.get(self.dialect, frozenset())
        self.by_id: dict[str, Element] = {}
        self.drawn: set[Element] = set()  #: processes that are only drawn
        self.has_run = True  #: whether any process runs
        self.forms: dict[str, bytes] = {}  #: forms written inside the file, by id
        self.memo: dict[str, Any] = {}  #: tables that one part makes for itself, once a file
        self.told: set[tuple[object, str]] = set()  #: what need not be said twice
        self._taken: set[Element] = {root}
        self._taken_attributes: set[tuple[Element, str]] = set()
        self._index()

    # --- what is said -----------------------------------------------------------------------------------------

    def place(self, element: Element) -> Place:
        """Return where `element` stands."""
        return Place(self.file, line_of(element))

    def say(
        self,
        severity: Severity,
        code: str,
        element: Element,
        zh: str,
        en: str,
        advice: tuple[str, str] = ("", ""),
    ) -> None:
        """Note a finding at `element`; `advice` says what to do, Chinese and English."""
        self.said[code] += 1
        if self.said[code] > _MOST_SAID:
            return
        owner = named(element)
        self.findings.append(
            Finding(
                file=self.file,
                line=line_of(element),
                severity=severity,
                code=code,
                element=owner.get("id", "") if owner is not None else "",
                name=owner.get("name", "") if owner is not None else "",
                zh=zh,
                en=en,
                advice_zh=advice[0],
                advice_en=advice[1],
            )
        )

    def invalid(self, code: str, element: Element, zh: str, en: str, advice: tuple[str, str] = ("", "")) -> None:
        """Note what is wrong in any BPMN file, run or only drawn."""
        self.say(Severity.ERROR, code, element, zh, en, advice)

    def refuse(self, code: str, element: Element, zh: str, en: str, advice: tuple[str, str] = ("", "")) -> None:
        """Note what cannot be run: an error, or a warning in a process that is only drawn."""
        self.say(Severity.ERROR if self.is_run(element) else Severity.WARNING, code, element, zh, en, advice)

    def hint(self, code: str, element: Element, zh: str, en: str, advice: tuple[str, str] = ("", "")) -> None:
        """Note a translation or something kept that changes nothing."""
        self.say(Severity.HINT, code, element, zh, en, advice)

    def is_run(self, element: Element) -> bool:
        """Return whether `element` belongs to something that runs, not to a process only drawn."""
        if not self.drawn:
            return True
        around = (element, *element.iterancestors())
        process = next((one for one in around if one.tag == f"{{{BPMN}}}process"), None)
        if process is not None:
            return process not in self.drawn
        return self.has_run  # what the processes share

    # --- what is there ----------------------------------------------------------------------------------------

    def take(self, element: Element) -> Element:
        """Mark `element` as understood and return it."""
        self._taken.add(element)
        return element

    def take_all(self, element: Element) -> None:
        """Mark `element` and everything in it as understood."""
        self._taken.update(element.iter(etree.Element))

    def is_taken(self, element: Element, attribute: str | None = None) -> bool:
        """Return whether somebody understood `element`, or its vendor's `attribute`."""
        return element in self._taken if attribute is None else (element, attribute) in self._taken_attributes

    def children(self, element: Element, *locals_: str) -> list[Element]:
        """Return the BPMN children with one of these names, in order, marked as understood."""
        wanted = {f"{{{BPMN}}}{local}" for local in locals_}
        return [self.take(child) for child in element if child.tag in wanted]

    def child(self, element: Element, local: str) -> Element | None:
        """Return the one BPMN child of this name, or None. A second one is a finding."""
        found = self.children(element, local)
        if len(found) > 1:
            self.invalid(
                "repeated-element",
                found[1],
                f"{local} 只能出现一次。",
                f"{local} may stand here only once.",
                ("删去多余的一个。", "Delete the surplus one."),
            )
        return found[0] if found else None

    def boolean(self, element: Element, attribute: str, default: bool) -> bool:
        """Return a yes/no attribute; anything else than true or false is a finding."""
        value = element.get(attribute)
        if value is None:
            return default
        word = value.strip()
        if word not in _TRUE and word not in _FALSE:
            self._bad_value(element, attribute, value, "true / false")
            return default
        return word in _TRUE

    def integer(self, element: Element, attribute: str, default: int, minimum: int) -> int:
        """Return a whole number attribute of at least `minimum`; anything else is a finding."""
        value = element.get(attribute)
        if value is None:
            return default
        word = value.strip()
        if not (word.isascii() and word.isdigit() and len(word) <= 9 and int(word) >= minimum):
            self._bad_value(element, attribute, value, f"≥ {minimum}")
            return default
        return int(word)

    def choice(self, element: Element, attribute: str, default: str, allowed: tuple[str, ...]) -> str:
        """Return an attribute that is one of a few words; anything else is a finding."""
        value = element.get(attribute)
        if value is None:
            return default
        if value not in allowed:
            self._bad_value(element, attribute, value, " / ".join(allowed))
            return default
        return value

    def find(self, reference: str | None) -> Element | None:
        """Return the element that a (qualified) reference names, or None."""
        if not reference:
            return None
        reference = reference.strip()
        found = self.by_id.get(reference)
        return found if found is not None else self.by_id.get(reference.rpartition(":")[2])

    def resolve(self, element: Element, reference: str, *locals_: str) -> Element | None:
        """Return the referenced element of one of these kinds; None, with a finding, when there is none."""
        target = self.find(reference)
        if target is None or (locals_ and local_name(target) not in locals_):
            kinds = " / ".join(locals_) or "id"
            self.invalid(
                "dangling-reference",
                element,
                f"引用了“{reference.strip()}”，但文件里没有这个 {kinds}。",
                f"refers to {reference.strip()!r}, but the file has no such {kinds}.",
                ("改正引用，或补上被引用的元素。", "Correct the reference or add the element."),
            )
            return None
        return target

    # --- vendors' extensions ----------------------------------------------------------------------------------

    def extension(self, element: Element, local: str) -> list[Element]:
        """Return the vendor's extension elements of this name in `element`, marked as understood."""
        holder = element.find(f"{{{BPMN}}}extensionElements")
        if holder is None:
            return []
        return self.inner(holder, local)

    def one_extension(self, element: Element, local: str) -> Element | None:
        """Return the vendor's extension element of this name, or None. A second one is a finding."""
        found = self.extension(element, local)
        if len(found) > 1:
            self.invalid("repeated-element", found[1], f"{local} 只能出现一次。", f"{local} may stand here only once.")
        return found[0] if found else None

    def inner(self, element: Element, local: str) -> list[Element]:
        """Return the children of a vendor's element by name, marked as understood."""
        return [self.take(child) for child in element if local_name(child) == local and self.is_vendor(child.tag)]

    def vendor(self, element: Element, local: str) -> str | None:
        """Return the vendor's attribute of this name, marked as understood; None when it is not there."""
        for namespace in self.vendors:
            key = f"{{{namespace}}}{local}"
            value = element.get(key)
            if value is not None:
                self._taken_attributes.add((element, key))
                return value
        return None

    def is_vendor(self, tag: object) -> bool:
        """Return whether a tag or attribute belongs to the vendor whose dialect this file speaks."""
        return namespace_of(tag) in self.vendors

    # --- private ----------------------------------------------------------------------------------------------

    def _bad_value(self, element: Element, attribute: str, value: str, allowed: str) -> None:
        self.invalid(
            "bad-value",
            element,
            f"属性 {attribute} 的值“{value[:60]}”不对，应为 {allowed}。",
            f"attribute {attribute} has the value {value[:60]!r}; it must be {allowed}.",
        )

    def _index(self) -> None:
        for element in self.elements:
            identifier = element.get("id")
            if identifier is None or namespace_of(element.tag) != BPMN:
                continue
            if identifier in self.by_id:
                first = self.by_id[identifier].sourceline
                self.invalid(
                    "duplicate-id",
                    element,
                    f"id“{identifier}”重复，第 {first} 行已经用过。",
                    f"id {identifier!r} is used twice; first on line {first}.",
                    ("给其中一个换一个 id。", "Give one of them another id."),
                )
            elif not is_name(identifier):
                self.invalid(
                    "bad-id",
                    element,
                    f"id“{identifier[:60]}”不合法：须以字母或下划线开头，不含空格和冒号。",
                    f"id {identifier[:60]!r} is not allowed: it starts with a letter or _, without blanks or colons.",
                )
                self.by_id[identifier] = element
            else:
                self.by_id[identifier] = element


def line_of(element: Element) -> int:
    """Return the line `element` starts on; 0 when it is not known."""
    line: int | None = getattr(element, "sourceline", None)  # its type is missing in lxml's stubs
    return line or 0


def local_name(element: Element) -> str:
    """Return the name of `element` without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace_of(tag: object) -> str:
    """Return the namespace of a tag or attribute name, "" for none."""
    text = str(tag)
    return text[1:].partition("}")[0] if text.startswith("{") else ""


def text_of(element: Element | None) -> str:
    """Return the text of `element`, comments left out, without blanks around it; "" when there is none."""
    return "".join(map(str, element.itertext())).strip() if element is not None else ""


def named(element: Element) -> Element | None:
    """Return the nearest element, itself included, that people know by an id, or None."""
    own: Iterator[Element] = iter((element,))
    for candidates in (own, element.iterancestors()):
        for candidate in candidates:
            if candidate.get("id") and namespace_of(candidate.tag) == BPMN and local_name(candidate) in _SHOWN:
                return candidate
    return element if element.get("id") else None


def is_name(text: str) -> bool:
    """Return whether `text` may be an XML id (an NCName)."""
    return bool(text) and (text[0].isalpha() or text[0] == "_") and all(c.isalnum() or c in "_-.·" for c in text)


def _dialect(root: Element, elements: list[Element]) -> str:
    platform = root.get(PLATFORM, "")
    if platform == "Camunda Cloud":
        return "camunda8"
    if platform == "Camunda Platform":
        return "camunda7"
    spoken: set[str] = set()
    for element in elements:
        spoken.add(namespace_of(element.tag))
        spoken.update(namespace_of(key) for key in element.attrib)
    if CAMUNDA8 in spoken:
        return "camunda8"
    return "camunda7" if spoken & CAMUNDA7 else "plain"


_SHOWN = frozenset(NODES) | frozenset(
    [
        "process",
        "participant",
        "collaboration",
        "lane",
        "sequenceFlow",
        "messageFlow",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "message",
        "signal",
        "error",
        "escalation",
        "association",
        "textAnnotation",
        "group",
        "definitions",
    ]
)
