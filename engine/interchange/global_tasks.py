"""Global tasks that a call activity calls, as what they are short for: a process with that one task. It reads nothing else."""

from __future__ import annotations

from lxml import etree

from engine.interchange.names import BPMN
from engine.interchange.source import Element

_TASKS = {
    f"{{{BPMN}}}globalTask": "task",
    f"{{{BPMN}}}globalUserTask": "userTask",
    f"{{{BPMN}}}globalManualTask": "manualTask",
    f"{{{BPMN}}}globalScriptTask": "scriptTask",
    f"{{{BPMN}}}globalBusinessRuleTask": "businessRuleTask",
}
_KEPT = ("id", "name")


def unfold(root: Element) -> None:
    """Turn every called global task into a process of its id, in place. Its task is called `<id>_task`."""
    found = {element.get("id"): element for element in root if element.tag in _TASKS and element.get("id")}
    if not found:
        return
    called = {
        (call.get("calledElement") or "").strip().rpartition(":")[2] for call in root.iter(f"{{{BPMN}}}callActivity")
    }
    for identifier, element in found.items():
        if identifier in called:
            _unfold(element)


def _unfold(element: Element) -> None:
    task = etree.SubElement(element, f"{{{BPMN}}}{_TASKS[str(element.tag)]}")
    task.sourceline = element.sourceline
    task.set("id", f"{element.get('id')}_task")
    task.set("name", element.get("name") or "")
    for key, value in element.attrib.items():
        if key not in _KEPT:
            task.set("scriptFormat" if key == "scriptLanguage" else key, value)
            del element.attrib[key]
    for child in list(element):
        if child is not task:
            task.append(child)
    element.tag = f"{{{BPMN}}}process"
