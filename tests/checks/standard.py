"""The diagrams of `standard.txt`, each of which breaks one rule of the BPMN 2.0 standard."""

from __future__ import annotations

from pathlib import Path

#: What they refer to, at the top of the file.
TOP = (
    '<bpmn:message id="m" name="m"/><bpmn:signal id="sg" name="sg"/><bpmn:error id="er" errorCode="E"/>'
    '<bpmn:escalation id="es" escalationCode="X"/>'
)
#: A diagram that breaks none, from which most of them are made.
SOUND = (
    '<bpmn:startEvent id="s"/><bpmn:task id="a"/><bpmn:endEvent id="e"/>'
    '<bpmn:sequenceFlow id="s_a" sourceRef="s" targetRef="a"/><bpmn:sequenceFlow id="a_e" sourceRef="a" targetRef="e"/>'
)


def broken() -> dict[str, str]:
    """Return the inside of a process by the rule that it breaks."""
    found: dict[str, str] = {}
    rule = ""
    for line in (Path(__file__).parent / "standard.txt").read_text("utf-8").splitlines():
        if line.startswith("# "):
            rule = line[2:]
            found[rule] = ""
        elif rule and not line.startswith("##"):
            found[rule] += line
    return found
