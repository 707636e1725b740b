"""Whether the drawing and what runs agree: shapes of nothing, and steps that nobody can see. It draws nothing."""

from __future__ import annotations

from collections import Counter

from engine.findings import Severity
from engine.interchange.names import BPMN, NODES
from engine.interchange.source import Element, Source, local_name

_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_MOST = 20  #: said of one file


def check(source: Source) -> None:
    """Warn of shapes whose element is missing, and, where a diagram is drawn, of steps without a shape."""
    shown: set[Element] = set()
    dangling: list[Element] = []
    for shape in source.root.iter(f"{{{_DI}}}BPMNShape", f"{{{_DI}}}BPMNEdge"):
        target = source.find(shape.get("bpmnElement"))
        if target is None:
            dangling.append(shape)
        else:
            shown.add(target)
    for shape in dangling[:_MOST]:
        source.say(
            Severity.WARNING,
            "shape-of-nothing",
            shape,
            f"图形指向的元素“{(shape.get('bpmnElement') or '')[:60]}”不存在。",
            f"the shape's element {(shape.get('bpmnElement') or '')[:60]!r} does not exist.",
            ("用建模工具重新保存。", "Save the file again with a modeler."),
        )
    if not shown:
        return  # a file without a drawing: it may be made by a program
    tags = {f"{{{BPMN}}}{local}" for local in NODES}
    hidden = [element for element in source.elements if element.tag in tags and element not in shown]
    ways = Counter(
        (end, element.get(end, "").strip())
        for element in source.elements
        if element.tag == f"{{{BPMN}}}sequenceFlow"
        for end in ("sourceRef", "targetRef")
    )
    for element in hidden[:_MOST]:
        if source.is_run(element) and element.get("id"):
            source.say(
                Severity.HINT if _does_nothing(element, ways) else Severity.WARNING,
                "not-drawn",
                element,
                f"这个 {local_name(element)} 会执行，但图上没有画出来。",
                f"this {local_name(element)} runs, but it is not drawn.",
                ("在建模工具中补画，或删去它。", "Draw it in a modeler, or delete it."),
            )


def _does_nothing(element: Element, ways: Counter[tuple[str, str]]) -> bool:
    """Return whether a token only passes through: an event that throws nothing, a gateway that neither parts nor waits."""
    local, key = local_name(element), element.get("id", "")
    if local == "intermediateThrowEvent":
        return not any(local_name(child).endswith(("EventDefinition", "eventDefinitionRef")) for child in element)
    is_merge = local == "exclusiveGateway" or ways["targetRef", key] <= 1
    return local.endswith("Gateway") and ways["sourceRef", key] <= 1 and is_merge
