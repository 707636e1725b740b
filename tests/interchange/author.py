"""Short ways to write authors' files in tests."""

from __future__ import annotations

from engine.diagram import Diagram, Node, Process
from engine.findings import Finding, Severity
from engine.interchange import read

_ROOT = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:modeler="http://camunda.org/schema/modeler/1.0" xmlns:tns="urn:t" '
)
_DIALECTS = {
    "camunda7": 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" modeler:executionPlatform="Camunda Platform" ',
    "camunda8": 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" modeler:executionPlatform="Camunda Cloud" ',
    "plain": "",
}


def written(body: str, dialect: str = "plain", top: str = "", process: str = 'isExecutable="true"') -> bytes:
    """Return a file with one process `p` that holds `body`; `top` stands before the process."""
    return (
        f'{_ROOT}{_DIALECTS[dialect]} id="d" targetNamespace="urn:t">{top}'
        f'<bpmn:process id="p" {process}>{body}</bpmn:process></bpmn:definitions>'
    ).encode()


def process_of(data: bytes) -> tuple[Process, list[Finding]]:
    """Read a file and return its process `p` with the findings."""
    diagram, findings = read("a.bpmn", data)
    assert isinstance(diagram, Diagram)
    return diagram.processes["p"], findings


def node_of(data: bytes, element: str = "a") -> Node:
    """Read a file that must have no errors, and return one of its nodes."""
    process, findings = process_of(data)
    assert [str(finding) for finding in findings if finding.severity is Severity.ERROR] == []
    node = process.node(element)
    assert node is not None
    return node


def codes(findings: list[Finding]) -> list[str]:
    """Return the codes of findings that are not hints."""
    return [finding.code for finding in findings if finding.severity is not Severity.HINT]


def extended(extensions: str, element: str = "userTask", attributes: str = "") -> str:
    """Return an element `a` with extensions."""
    return (
        f'<bpmn:{element} id="a" name="办理" {attributes}>'
        f"<bpmn:extensionElements>{extensions}</bpmn:extensionElements></bpmn:{element}>"
    )
