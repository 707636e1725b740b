"""Correlation properties and keys of plain BPMN: by what a message finds the case that waits for it."""

from __future__ import annotations

from engine.diagram import Expression
from engine.interchange.expressions import formal
from engine.interchange.names import BPMN
from engine.interchange.source import Element, Source, local_name, text_of

_PATHS = ("messagePath", "formalExpression")  # the second is what some tools write


def take(source: Source) -> None:
    """Mark the correlation properties of the file as understood."""
    for item in source.children(source.root, "correlationProperty"):
        for retrieval in source.children(item, "correlationPropertyRetrievalExpression"):
            source.children(retrieval, *_PATHS)
            source.resolve(retrieval, retrieval.get("messageRef") or "", "message")


def take_keys(source: Source, holder: Element) -> None:
    """Mark the correlation keys of a collaboration as understood."""
    for key in source.children(holder, "correlationKey"):
        for reference in source.children(key, "correlationPropertyRef"):
            source.resolve(reference, text_of(reference), "correlationProperty")


def take_subscriptions(source: Source, process: Element) -> None:
    """Mark the correlation subscriptions of a process as understood."""
    for subscription in source.children(process, "correlationSubscription"):
        reference = subscription.get("correlationKeyRef")
        if reference:
            source.resolve(subscription, reference, "correlationKey")
        for binding in source.children(subscription, "correlationPropertyBinding"):
            source.children(binding, "dataPath")
            source.resolve(binding, binding.get("correlationPropertyRef") or "", "correlationProperty")


def key_of(source: Source, element: Element, message: Element, is_thrown: bool) -> Expression | None:
    """Return the key of `message` in the scope of `element`; None correlates by business key."""
    paths: list[Element] = []
    for item, retrieval in _retrievals(source).get(message, ()):
        path = _path(retrieval) if is_thrown else _awaited(source, element, item)
        if path is not None:
            paths.append(path)
    if len(paths) > 1:
        source.refuse(
            "correlation-composite",
            element,
            "由多个属性组成的关联键不受支持。",
            "a correlation key of several properties is not supported.",
            ("只用一个关联属性。", "Use one correlation property."),
        )
        return None
    return formal(source, paths[0]) if paths else None


def _path(retrieval: Element) -> Element | None:
    return next((child for child in retrieval if child.tag in {f"{{{BPMN}}}{local}" for local in _PATHS}), None)


def _awaited(source: Source, element: Element, item: Element) -> Element | None:
    """Return what gives the key in the process that waits: its own binding, or what it sends in this conversation."""
    bound = _bindings(source, element).get(item)
    if bound is not None:
        return bound
    process = _process(element)
    for message in _sent(source, process) if process is not None else ():
        for other, retrieval in _retrievals(source).get(message, ()):
            if other is item:
                return _path(retrieval)
    return None


def _process(element: Element) -> Element | None:
    return next((parent for parent in element.iterancestors() if local_name(parent) == "process"), None)


def _sent(source: Source, process: Element) -> list[Element]:
    """Return the messages that a process sends, each once."""
    tables: dict[Element, list[Element]] = source.memo.setdefault("sent", {})
    if process not in tables:
        found: dict[Element, None] = {}
        for element in process.iter(f"{{{BPMN}}}messageEventDefinition", f"{{{BPMN}}}sendTask"):
            parent = element.getparent()
            owner = local_name(parent) if parent is not None else ""
            if local_name(element) == "sendTask" or owner in ("intermediateThrowEvent", "endEvent"):
                message = source.find(element.get("messageRef"))
                if message is not None:
                    found[message] = None
        tables[process] = list(found)
    return tables[process]


def _retrievals(source: Source) -> dict[Element, list[tuple[Element, Element]]]:
    """Return the correlation properties of each message, with what takes them out of it."""
    table: dict[Element, list[tuple[Element, Element]]] | None = source.memo.get("retrievals")
    if table is None:
        table = source.memo["retrievals"] = {}
        for item in source.root.iterchildren(f"{{{BPMN}}}correlationProperty"):
            for retrieval in item.iterchildren(f"{{{BPMN}}}correlationPropertyRetrievalExpression"):
                message = source.find(retrieval.get("messageRef"))
                if message is not None:
                    table.setdefault(message, []).append((item, retrieval))
    return table


def _bindings(source: Source, element: Element) -> dict[Element, Element]:
    """Return the data paths that the process around `element` binds to correlation properties."""
    process = _process(element)
    if process is None:
        return {}
    tables: dict[Element, dict[Element, Element]] = source.memo.setdefault("bindings", {})
    table = tables.get(process)
    if table is None:
        table = tables[process] = {}
        for binding in process.iterfind(f"{{{BPMN}}}correlationSubscription/{{{BPMN}}}correlationPropertyBinding"):
            item = source.find(binding.get("correlationPropertyRef"))
            path = binding.find(f"{{{BPMN}}}dataPath")
            if item is not None and path is not None:
                table[item] = path
    return table
