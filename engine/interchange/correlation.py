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
    for item in source.root.findall(f"{{{BPMN}}}correlationProperty"):
        for retrieval in item.findall(f"{{{BPMN}}}correlationPropertyRetrievalExpression"):
            if source.find(retrieval.get("messageRef")) is not message:
                continue
            path = retrieval.find(f"{{{BPMN}}}messagePath") if is_thrown else _binding(source, element, item)
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


def _binding(source: Source, element: Element, item: Element) -> Element | None:
    """Return the data path that the process around `element` binds to a correlation property."""
    process = next((parent for parent in element.iterancestors() if local_name(parent) == "process"), None)
    if process is None:
        return None
    for binding in process.iterfind(f"{{{BPMN}}}correlationSubscription/{{{BPMN}}}correlationPropertyBinding"):
        if source.find(binding.get("correlationPropertyRef")) is item:
            return binding.find(f"{{{BPMN}}}dataPath")
    return None
