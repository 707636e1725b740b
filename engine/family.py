"""All files of one version of a plan, read: diagrams, decisions, forms, rules, and which needs which. It stores nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine import decisions, forms, interchange, organisation, rules
from engine.calendars import WorkCalendar
from engine.decisions import Model
from engine.diagram import Diagram, Node, Process
from engine.errors import InvalidPlan, NotFound
from engine.feel import from_json, to_json
from engine.findings import Finding, Severity
from engine.forms import Form
from engine.organisation import Organisation
from engine.rules import Rule
from engine.xml import XmlRefused

#: What a file is once read.
Readable = Diagram | Model | Form | Organisation | list[Rule]

DIAGRAMS = (".bpmn", ".bpmn20.xml", ".bpmn.xml")
DECISIONS = (".dmn", ".dmn.xml")
FORMS = (".form", ".form.json")
_DMN = b"/spec/DMN/"


@dataclass(slots=True)
class Family:
    """Files that run together. Shared between cases and never changed by running, but for `compiled`.

    `decisions` finds a model by the id or name of a decision in it, `forms` a form by its id, `rules` the versions of
    a rule by its id. `origins` names the file that gives ("process" | "decision" | "form" | "rule" | "organisation", id). `compiled`
    is where those who run it keep what they made of it.
    """

    files: dict[str, bytes]
    digest: str
    diagrams: dict[str, Diagram] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)
    models: dict[str, Model] = field(default_factory=dict)  #: by file
    decisions: dict[str, Model] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    rules: dict[str, list[Rule]] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)  #: by plan
    origins: dict[tuple[str, str], str] = field(default_factory=dict)
    read_as: dict[str, Readable] = field(default_factory=dict)  #: by file
    compiled: dict[Any, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, files: Mapping[str, bytes], *, like: Iterable[Family] = ()) -> tuple[Family, list[Finding]]:
        """Return the family of `files` (name -> bytes) and everything that reading found. Never raises for content.

        What one of `like` has read of the same name and content is taken over; what was said then is not said again.
        """
        total = hashlib.sha256()
        for name in sorted(files):
            total.update(f"{name}\n{hashlib.sha256(files[name]).hexdigest()}\n".encode())
        family = cls(dict(files), total.hexdigest())
        findings: list[Finding] = []
        for name, data in files.items():
            known = next(
                (other.read_as[name] for other in like if name in other.read_as and other.files[name] == data), None
            )
            findings += family._take(name, data) if known is None else family._take_over(name, known)
        findings += family._link_models()
        return family, findings

    def decide(
        self,
        decision_id: str,
        context: Mapping[str, Any],
        calendar: WorkCalendar | None = None,
        now: datetime | None = None,
    ) -> Any:
        """Return a decision's answer as JSON-able data, for plain JSON variables.

        Raises NotFound for an unknown decision, DecisionFault for what its tables cannot answer.
        """
        model = self.decisions.get(decision_id)
        if model is None:
            raise NotFound(f"没有决策“{decision_id}”。", f"There is no decision {decision_id}.")
        inputs = {name: from_json(value) for name, value in context.items()}
        return to_json(model.evaluate(decision_id, inputs, calendar=calendar, now=now, strict=True))

    def rules_of(self, process_id: str) -> list[Rule]:
        """Return every version of every rule that names a plan, those that are switched off too."""
        return [rule for versions in self.rules.values() for rule in versions if process_id in rule.spans]

    def needs(self, process_id: str) -> dict[str, bytes]:
        """Return the files that a process runs on: its diagram, the decisions, forms and processes it names, its rules.

        What is named by an expression cannot be known before it runs: then every file of that kind is needed.
        """
        names: set[str] = set()
        seen: set[str] = set()
        queue = [process_id]
        while queue:
            key = queue.pop()
            if key in seen or key not in self.processes:
                continue
            seen.add(key)
            names.add(self.origins["process", key])
            names |= {rule.file for rule in self.rules_of(key)}
            if key == process_id and ("organisation", key) in self.origins:  # called plans keep their own
                names.add(self.origins["organisation", key])
            for kind, wanted in _references(self.processes[key]):
                found = [wanted] if wanted is not None else [name for what, name in self.origins if what == kind]
                for identity in found:
                    if kind == "process":
                        queue.append(identity)
                    elif (kind, identity) in self.origins:
                        names.add(self.origins[kind, identity])
        for name in list(names):
            if name in self.models:
                names |= {model.file for model in _imported(self.models[name]) if model.file in self.files}
        return {name: self.files[name] for name in sorted(names)}

    def missing(self) -> set[tuple[str, str]]:
        """Return what processes name and no file holds: ("process" | "decision" | "form", id)."""
        named = {one for process in self.processes.values() for one in _references(process)}
        return {(kind, identity) for kind, identity in named if identity and (kind, identity) not in self.origins}

    # --- private ----------------------------------------------------------------------------------------------

    def _take(self, name: str, data: bytes) -> list[Finding]:
        low = name.lower()
        if low.endswith(DECISIONS) or (low.endswith(".xml") and not low.endswith(DIAGRAMS) and _DMN in data):
            return self._take_model(name, data)
        if low.endswith((*DIAGRAMS, ".xml")):
            return self._take_diagram(name, data)
        if low.endswith(rules.SUFFIX):
            return self._take_rules(name, data)
        if low.endswith(organisation.SUFFIX):
            return self._take_organisation(name, data)
        if low.endswith((*FORMS, ".json")):
            return self._take_form(name, data)
        return [
            _error(
                name,
                0,
                "file-kind",
                "不认识的文件类型。",
                "This kind of file is not known.",
                (
                    "预案由 .bpmn、.dmn、.form、.rules.json 和 .organisation.json 文件组成。",
                    "A plan is made of .bpmn, .dmn, .form, .rules.json and .organisation.json files.",
                ),
            )
        ]

    def _take_over(self, name: str, thing: Readable) -> list[Finding]:
        self.read_as[name] = thing
        if isinstance(thing, Diagram):
            return self._add_diagram(name, thing)
        if isinstance(thing, Model):
            self.models[name] = thing
            return []
        if isinstance(thing, Form):
            return self._add_form(name, thing)
        if isinstance(thing, Organisation):
            return self._add_organisation(name, thing)
        return self._add_rules(name, thing)

    def _take_form(self, name: str, data: bytes) -> list[Finding]:
        form, findings = forms.read(name, data)
        if form is None:
            return findings
        self.read_as.setdefault(name, form)  # a form inside a diagram is read with it
        return [*findings, *self._add_form(name, form)]

    def _add_form(self, name: str, form: Form) -> list[Finding]:
        self.forms.setdefault(form.id, form)
        return self._claim("form", form.id, name, 1)

    def _take_rules(self, name: str, data: bytes) -> list[Finding]:
        found, findings = rules.read(name, data)
        self.read_as[name] = found
        return [*findings, *self._add_rules(name, found)]

    def _add_rules(self, name: str, found: list[Rule]) -> list[Finding]:
        findings: list[Finding] = []
        for rule in found:
            twice = self._claim("rule", rule.id, name, rule.line)
            findings += twice
            if not twice:
                self.rules.setdefault(rule.id, []).append(rule)
        return findings

    def _take_organisation(self, name: str, data: bytes) -> list[Finding]:
        found, findings = organisation.read(name, data)
        if found is None:
            return findings
        self.read_as[name] = found
        return [*findings, *self._add_organisation(name, found)]

    def _add_organisation(self, name: str, found: Organisation) -> list[Finding]:
        self.organisations.setdefault(found.plan, found)
        return self._claim("organisation", found.plan, name, 1)

    def _take_diagram(self, name: str, data: bytes) -> list[Finding]:
        diagram, findings = interchange.read(name, data)
        if diagram is None:
            return findings
        self.read_as[name] = diagram
        return [*findings, *self._add_diagram(name, diagram)]

    def _add_diagram(self, name: str, diagram: Diagram) -> list[Finding]:
        findings: list[Finding] = []
        self.diagrams[name] = diagram
        for key, process in diagram.processes.items():
            findings = [*findings, *self._claim("process", key, name, process.place.line)]
            self.processes.setdefault(key, process)
        for embedded in diagram.forms.values():
            findings = [*findings, *self._take_form(name, embedded)]
        return findings

    def _take_model(self, name: str, data: bytes) -> list[Finding]:
        try:
            model = decisions.load(data, name=name)
        except InvalidPlan as error:
            return list(error.findings)
        except XmlRefused as error:
            zh, en = error.zh.removeprefix(f"{name}：").strip(), error.en.removeprefix(f"{name}: ").strip()
            return [_error(name, error.line, error.code, zh, en, ("", ""), error.column)]
        self.read_as[name] = self.models[name] = model
        return []

    def _link_models(self) -> list[Finding]:
        """Read models that import others again, with them; then let every decision be found."""
        findings: list[Finding] = []
        by_namespace = {model.namespace: model for model in self.models.values()}
        for name, model in list(self.models.items()):
            if b"import" in self.files[name]:
                others = {space: other for space, other in by_namespace.items() if other is not model}
                self.models[name] = decisions.load(self.files[name], others, name=name)
        for name, model in self.models.items():
            findings += model.findings
            for key, info in model.decisions.items():
                findings += self._claim("decision", key, name, info.line)
                self.decisions.setdefault(key, model)
        for model in self.models.values():
            for info in model.decisions.values():
                self.decisions.setdefault(info.name, model)
        return findings

    def _claim(self, kind: str, identity: str, file: str, line: int) -> list[Finding]:
        other = self.origins.setdefault((kind, identity), file)
        if other == file:
            return []
        words = {
            "process": ("流程", "process"),
            "decision": ("决策", "decision"),
            "form": ("表单", "form"),
            "rule": ("规则", "rule"),
            "organisation": ("组织机构", "organisation of"),
        }[kind]
        return [
            _error(
                file,
                line,
                f"{kind}-twice",
                f"{words[0]}“{identity}”在 {other} 中已有。",
                f"The {words[1]} {identity} is in {other} already.",
                (
                    "每个 id 只能在一个文件中出现；改名或删去其中一个。",
                    "An id belongs to one file; rename or remove one of them.",
                ),
                element=identity,
            )
        ]


def _references(process: Process) -> Iterator[tuple[str, str | None]]:
    for _, node in process.body.walk():
        yield from _of_node(node)


def _of_node(node: Node) -> Iterator[tuple[str, str | None]]:
    if node.form is not None:
        yield "form", node.form.id
    if node.decision is not None:
        yield "decision", node.decision.id.text if node.decision.id.is_literal else None
    if node.call is not None:
        yield "process", node.call.process.text if node.call.process.is_literal else None


def _imported(model: Model) -> Iterator[Model]:
    stack, seen = [model], {id(model)}
    while stack:
        for other in stack.pop().imports.values():
            if id(other) not in seen:
                seen.add(id(other))
                stack.append(other)
                yield other


def _error(
    file: str, line: int, code: str, zh: str, en: str, advice: tuple[str, str], column: int = 0, element: str = ""
) -> Finding:
    return Finding(file, line, Severity.ERROR, code, element, zh, en, advice[0], advice[1], column)
