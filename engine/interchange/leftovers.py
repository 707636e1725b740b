"""What nobody took while a file was read: reported, so that nothing is ignored in silence. It reads no meaning."""

from __future__ import annotations

import re

from engine.findings import Severity
from engine.interchange import camunda7, camunda8
from engine.interchange.names import ATTRIBUTES, BPMN, CAMUNDA7, CAMUNDA8, DRAWING, DRAWN, KNOWN
from engine.interchange.source import Element, Source, local_name, namespace_of

#: Words in the names of other vendors' extensions that say that something would run.
_ACTIVE = frozenset({"script", "listener", "class", "delegate", "connector", "handler", "expression", "groovy", "java"})
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_HOLDER = f"{{{BPMN}}}extensionElements"


def report(source: Source) -> None:
    """Walk the file once and say what was not understood."""
    work: list[Element] = [source.root]
    while work:
        element = work.pop()
        _attributes(source, element)
        for child in element:
            namespace, local = namespace_of(child.tag), local_name(child)
            if child.tag == _HOLDER:
                _extensions(source, child)
            elif source.is_taken(child):
                work.append(child)
            elif namespace == BPMN:
                _unknown(source, child, local)
            else:
                _extension(source, child)


def _attributes(source: Source, element: Element) -> None:
    allowed = ATTRIBUTES.get(local_name(element)) if namespace_of(element.tag) == BPMN else None
    if allowed is None:
        return
    for key in element.attrib:
        name = str(key)
        namespace = namespace_of(name)
        if not namespace:
            if name not in allowed:
                source.invalid(
                    "unknown-attribute",
                    element,
                    f"{local_name(element)} 没有属性“{name[:60]}”。",
                    f"{local_name(element)} has no attribute {name[:60]!r}.",
                    ("改正拼写，或删去它。", "Correct the spelling, or delete it."),
                )
        elif not source.is_taken(element, name):
            _vendor(source, element, namespace, name.rpartition("}")[2], f"@{name.rpartition('}')[2]}")


def _unknown(source: Source, element: Element, local: str) -> None:
    if local in DRAWN:
        return
    if local in KNOWN:
        source.refuse(
            "unsupported-element",
            element,
            f"此处的 {local} 不受支持。",
            f"{local} is not supported here.",
            ("删去它，或换一种画法。", "Delete it, or draw it in another way."),
        )
    else:
        source.invalid(
            "unknown-element",
            element,
            f"BPMN 2.0 没有元素“{local[:60]}”。",
            f"BPMN 2.0 has no element {local[:60]!r}.",
            ("改正拼写，或删去它。", "Correct the spelling, or delete it."),
        )


def _extensions(source: Source, holder: Element) -> None:
    work: list[Element] = list(holder)
    while work:
        child = work.pop()
        if source.is_taken(child):
            work.extend(inner for inner in child if namespace_of(inner.tag) != BPMN)
        else:
            _extension(source, child)


def _extension(source: Source, element: Element) -> None:
    _vendor(source, element, namespace_of(element.tag), local_name(element), local_name(element))


def _vendor(source: Source, element: Element, namespace: str, local: str, shown: str) -> None:
    """Say what an extension nobody took means for the run."""
    if namespace in DRAWING:
        return
    words = camunda8 if namespace == CAMUNDA8 else camunda7 if namespace in CAMUNDA7 else None
    if words is None:
        _foreign(source, element, namespace, local, shown)
    elif local in words.HARMLESS:
        return
    elif namespace not in source.vendors:
        source.refuse(
            "mixed-dialects",
            element,
            f"“{shown}”属于另一种方言，这个文件是 {source.dialect}。",
            f"{shown!r} belongs to another dialect; this file is {source.dialect}.",
            ("用一种建模工具重新填写。", "Fill it in again with one modeler."),
        )
    elif local in words.REFUSED and local.endswith("Listeners") and not len(element):
        return  # an empty holder that a modeler left behind
    elif local in words.REFUSED:
        zh, en = words.REFUSED[local]
        source.refuse(
            "refused-extension",
            element,
            f"不支持{zh}（{shown}）。",
            f"{en} ({shown}) is not supported.",
            ("请用服务任务、表达式或事件代替。", "Use a service task, an expression or an event in its place."),
        )
    else:
        source.refuse(
            "unknown-extension",
            element,
            f"此处的扩展“{shown[:60]}”不认识，无法执行。",
            f"the extension {shown[:60]!r} is not known here and cannot be run.",
            ("删去它，或换一种画法。", "Delete it, or draw it in another way."),
        )


def _foreign(source: Source, element: Element, namespace: str, local: str, shown: str) -> None:
    if any(word.lower() in _ACTIVE for word in _WORD.findall(local)):
        source.refuse(
            "foreign-extension",
            element,
            f"其他厂商的扩展“{shown[:60]}”（{namespace[:80]}）会影响执行，不受支持。",
            f"another vendor's extension {shown[:60]!r} ({namespace[:80]}) would change what runs; it is not supported.",
            ("请用标准的 BPMN 元素代替。", "Use standard BPMN in its place."),
        )
        return
    key = (namespace, "foreign")
    if key in source.told:
        return
    source.told.add(key)
    source.say(
        Severity.HINT,
        "foreign-kept",
        element,
        f"其他厂商的扩展（{namespace[:80]}）保留在文件中，不影响执行。",
        f"another vendor's extensions ({namespace[:80]}) are kept in the file and change nothing.",
    )
