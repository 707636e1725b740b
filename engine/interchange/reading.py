"""A whole file: its pools, processes and shared definitions. What stands in a process is read in `scopes`."""

from __future__ import annotations

from engine import xml
from engine.diagram import Diagram, MessageFlow, Participant, Process, Scope
from engine.findings import Finding, Severity
from engine.interchange import camunda7, camunda8, correlation, drawing, global_tasks, leftovers, schema
from engine.interchange.names import BPMN, EVENT_DEFINITIONS, NODES
from engine.interchange.nodes import documentation
from engine.interchange.scopes import read_body
from engine.interchange.source import Element, Source, line_of, local_name, text_of

_DRAFT = "http://schema.omg.org/spec/BPMN/2.0"


def read(name: str, data: bytes) -> tuple[Diagram | None, list[Finding]]:
    """Return the diagram in `data` with everything to say about it; None when it is no BPMN file at all.

    Findings: hints say what was translated, errors what is wrong or cannot be run. Nothing is ignored in silence.
    """
    if not data.strip():
        return None, [
            _refused(
                name,
                "xml-empty",
                "文件是空的。",
                "the file is empty.",
                ("请重新导出并上传。", "Export and upload it again."),
            )
        ]
    try:
        root = xml.parse(data, name)
    except xml.XmlRefused as fault:
        zh, en = fault.zh.removeprefix(f"{name}：").strip(), fault.en.removeprefix(f"{name}: ").strip()
        return None, [
            _refused(
                name,
                fault.code,
                zh,
                en,
                ("用建模工具重新导出。", "Export it again from a modeler."),
                fault.line,
                fault.column,
            )
        ]
    if root.tag != f"{{{BPMN}}}definitions":
        return None, [_wrong_root(name, root)]
    violations = schema.violations(root)
    global_tasks.unfold(root)
    source = Source(name, root)
    diagram = _Reader(source).read()
    leftovers.report(source)
    drawing.check(source)
    schema.report(source, violations)
    source.findings.sort(key=lambda finding: (finding.line, finding.severity, finding.code))
    return diagram, source.findings


def _refused(
    name: str, code: str, zh: str, en: str, advice: tuple[str, str], line: int = 0, column: int = 0
) -> Finding:
    return Finding(name, line, Severity.ERROR, code, "", zh, en, advice[0], advice[1], column)


def _wrong_root(name: str, root: Element) -> Finding:
    tag = str(root.tag)[:120]
    if _DRAFT in tag:
        return _refused(
            name, "xml-root", "这是 BPMN 2.0 草案格式的文件。", "this is a file of a BPMN 2.0 draft.",
            ("请用现在的建模工具另存。", "Save it with a modeler of today."), line_of(root),
        )  # fmt: skip
    return _refused(
        name, "xml-root", f"这不是 BPMN 2.0 文件（根元素是 {tag}）。", f"this is no BPMN 2.0 file (its root is {tag}).",
        ("请上传 BPMN 2.0 的 .bpmn 文件。", "Upload a .bpmn file in BPMN 2.0."), line_of(root),
    )  # fmt: skip


class _Reader:
    """Reads the top level of one file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.diagram = Diagram(source.file, source.dialect)

    def read(self) -> Diagram:
        """Return the diagram."""
        source, root = self.source, self.source.root
        self.diagram.target_namespace = root.get("targetNamespace") or ""
        source.children(root, "documentation", "extensionElements")
        for shared in source.children(root, "message", "signal", "error", "escalation", "resource", *EVENT_DEFINITIONS):
            source.extension(shared, "subscription")
            if local_name(shared) == "resource":
                source.take_all(shared)
        correlation.take(source)
        processes = source.children(root, "process")
        executable = self._executable(processes)
        source.drawn.update(element for element in processes if not executable[element])
        source.has_run = any(executable.values()) or not processes
        for element in processes:
            self._process(element, executable[element])
        for element in source.children(root, "collaboration"):
            self._collaboration(element)
        self.diagram.forms.update(source.forms)
        if not any(executable.values()):
            source.say(
                Severity.WARNING,
                "nothing-executable",
                root,
                "文件里没有可执行的流程。" if processes else "文件里没有流程。",
                "the file has no executable process." if processes else "the file has no process.",
                (
                    "要运行它，请在流程属性中勾选“可执行”（isExecutable）。",
                    "To run it, mark a process as executable (isExecutable).",
                ),
            )
        return self.diagram

    def _executable(self, processes: list[Element]) -> dict[Element, bool]:
        """Return which processes run: those that say so, or, where none says anything else, those that say nothing."""
        said = {
            element: self.source.boolean(element, "isExecutable", False) if element.get("isExecutable") else None
            for element in processes
        }
        assume = True not in said.values()
        called = {
            (call.get("calledElement") or "").rpartition(":")[2]
            for element, answer in said.items()
            if answer
            for call in element.iter(f"{{{BPMN}}}callActivity")
        }
        for element, answer in said.items():
            if answer is None and not any(local_name(child) in NODES for child in element):
                said[element] = False  # a pool with nothing in it
            elif answer is None and (assume or element.get("id") in called):
                said[element] = True
                self.source.hint(
                    "executable-assumed",
                    element,
                    "没有注明是否可执行（isExecutable），按可执行处理。",
                    "it does not say whether it is executable (isExecutable); taken as executable.",
                    ('写上 isExecutable="true" 或 "false"。', 'Write isExecutable="true" or "false".'),
                )
        return {element: bool(answer) for element, answer in said.items()}

    def _process(self, element: Element, is_executable: bool) -> None:
        source = self.source
        identifier = (element.get("id") or "").strip()
        if not identifier:
            source.invalid("missing-id", element, "流程没有 id。", "the process has no id.")
            source.take_all(element)
            return
        process = Process(
            identifier, element.get("name") or "", source.place(element), is_executable, Scope(identifier),
            documentation(source, element),
        )  # fmt: skip
        source.choice(element, "processType", "None", ("None", "Public", "Private"))
        source.boolean(element, "isClosed", False)
        for part in source.children(
            element, "ioSpecification", "performer", "resourceRole", "potentialOwner", "humanPerformer"
        ):
            source.take_all(part)
        if source.dialect == "camunda8":
            camunda8.read_process(source, element, process, source.forms)
        elif source.dialect == "camunda7":
            camunda7.read_process(source, element, process)
        correlation.take_subscriptions(source, element)
        read_body(source, element, process)
        if identifier not in self.diagram.processes:
            self.diagram.processes[identifier] = process

    def _collaboration(self, element: Element) -> None:
        source = self.source
        correlation.take_keys(source, element)
        for child in source.children(element, "participant"):
            reference = (child.get("processRef") or "").strip()
            target = source.resolve(child, reference, "process") if reference else None
            key = target.get("id") if target is not None else None
            source.child(child, "documentation")
            self.diagram.participants.append(
                Participant(child.get("id") or "", child.get("name") or "", key, source.place(child))
            )
            if key in self.diagram.processes:
                self.diagram.processes[key].participant = child.get("name") or ""
        for child in source.children(element, "messageFlow"):
            ends = []
            for attribute in ("sourceRef", "targetRef"):
                found = source.resolve(child, child.get(attribute) or "")
                ends.append(found.get("id") or "" if found is not None else "")
            if child.get("messageRef"):
                source.resolve(child, child.get("messageRef") or "", "message")
            self.diagram.message_flows.append(
                MessageFlow(child.get("id") or "", child.get("name") or "", ends[0], ends[1], source.place(child))
            )
        for child in source.children(element, "association"):
            for attribute in ("sourceRef", "targetRef"):
                source.resolve(child, child.get(attribute) or "")
        for note in source.children(element, "textAnnotation"):
            text_of(note)
            source.take_all(note)
