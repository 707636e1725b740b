"""Correlation properties and keys of plain BPMN: by what a message finds the case that waits for it."""

from __future__ import annotations

from engine.diagram import Expression
from engine.interchange.expressions import formal
from engine.interchange.names import BPMN
from engine.interchange.source import Element, Source, local_name, text_of


def take(source: Source) -> None:
    """Mark the correlation properties of the file as understood."""
    for item in source.children(source.root, "correlationProperty"):
        for retrieval in source.children(item, "correlationPropertyRetrievalExpression"):
            source.children(retrieval, "messagePath")
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
        path = retrieval.find(f"{{{BPMN}}}messagePath") if is_thrown else _bindings(source, element).get(item)
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
    process = next((parent for parent in element.iterancestors() if local_name(parent) == "process"), None)
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
