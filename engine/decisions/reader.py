"""A DMN file (1.1 to 1.6) into a model: elements, types, requirements. Boxed expressions are read in `boxes`."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from engine.decisions.boxed import FunctionDefinition
from engine.decisions.boxes import Boxes, children, first, local, text_in, with_id
from engine.decisions.item_types import Constrained, Named
from engine.decisions.model import Decision, Element, InputData, Knowledge, Model, Service
from engine.decisions.requirements import circles
from engine.errors import InvalidPlan
from engine.feel import FeelError, compile_unary
from engine.feel import types as t
from engine.feel.lexer import special_names
from engine.findings import Finding, Severity
from engine.xml import XmlRefused, line_of, parse

#: Every published edition of the standard, by the namespace of its model.
NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20151101/dmn11.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
        "https://www.omg.org/spec/DMN/20240513/MODEL/",
    }
)
#: Files that one model may open by its imports, each as often as it is imported.
MAX_FILES = 100


def load(xml: bytes, imports: Mapping[str, bytes | Model] | None = None, *, name: str = "decision.dmn") -> Model:
    """Return the model in `xml`; what is wrong with parts of it stands in `model.findings`.

    `imports`: other models, by namespace, location or import name. `name`: the file's name for findings.
    Raises XmlRefused for bad XML and InvalidPlan when the file is no DMN.
    """
    return _load(xml, imports or {}, name, frozenset(), [])


def _load(
    xml: bytes, imports: Mapping[str, bytes | Model], name: str, above: frozenset[str], opened: list[str]
) -> Model:
    """Return the model in `xml`. `above`: the namespaces of the files that import it; `opened`: every file so far."""
    root = parse(xml, name)
    opened.append(name)
    if len(opened) > MAX_FILES:
        zh, en = f"导入的决策文件超过 {MAX_FILES} 个。", f"the imports open more than {MAX_FILES} files."
        raise InvalidPlan([Finding(name, line_of(root), Severity.ERROR, "decision-imports-too-many", "", zh, en)])
    namespace = etree.QName(root).namespace or ""
    if local(root) != "definitions" or namespace not in NAMESPACES:
        raise InvalidPlan(
            [
                Finding(
                    name,
                    line_of(root),
                    Severity.ERROR,
                    "decision-not-dmn",
                    "",
                    "不是 DMN 决策文件（根元素应为 definitions）。",
                    "not a DMN file (the root must be definitions of a DMN namespace).",
                    "请用 DMN 建模工具重新导出。",
                    "Export it from a DMN modeler.",
                )
            ]
        )
    return _Reader(root, namespace, imports, name, above, opened).read()


class _Reader:
    """Reads one file."""

    def __init__(
        self,
        root: etree._Element,
        dmn: str,
        imports: Mapping[str, bytes | Model],
        file: str,
        above: frozenset[str],
        opened: list[str],
    ) -> None:
        self.root = root
        self.dmn = dmn
        self.given = imports
        self.expressions = 0
        self.model = Model(file, root.get("name") or "", root.get("namespace") or "")
        self.opened = opened
        self.chain = above | {self.model.namespace}

    def read(self) -> Model:
        """Return the model: imports, types, elements, requirements, then what each is made of."""
        self.imports()
        self.types()
        nodes = self.elements()
        self.requirements()
        self.logic(nodes)
        return self.model

    def find(self, node: etree._Element, severity: Severity, code: str, zh: str, en: str, **advice: str) -> None:
        """Record a finding at `node`."""
        owner = with_id(node)
        self.model.findings.append(
            Finding(
                self.model.file,
                line_of(node),
                severity,
                code,
                owner.get("id") or "",
                zh,
                en,
                advice.get("advice_zh", ""),
                advice.get("advice_en", ""),
                name=owner.get("name") or "",
            )
        )

    def imports(self) -> None:
        """Open every imported model that was given."""
        for node in children(self.root, "import"):
            name, namespace = node.get("name") or "", node.get("namespace") or ""
            kind = node.get("importType") or ""
            location = node.get("locationURI") or ""
            if kind and kind not in NAMESPACES:
                self.find(
                    node,
                    Severity.WARNING,
                    "decision-import-type",
                    f"不读取 {kind} 类型的导入。",
                    f"imports of type {kind} are not read.",
                )
                continue
            if namespace and namespace in self.chain:
                zh, en = "决策文件互相导入，成环。", "the files import each other in a circle."
                self.find(node, Severity.ERROR, "decision-import-cycle", zh, en)
                continue
            key = next((k for k in (namespace, location, location.rpartition("/")[2], name) if k in self.given), None)
            key = key if key is not None else self.given_with(namespace)
            if key is None:
                self.find(
                    node,
                    Severity.ERROR,
                    "decision-import-missing",
                    f"缺少被导入的决策文件（{name or namespace}）。",
                    f"the imported file is missing ({name or namespace}).",
                    advice_zh="请把被导入的文件一并提交。",
                    advice_en="Hand in the imported file together with this one.",
                )
                continue
            given = self.given[key]
            model = (
                given
                if isinstance(given, Model)
                else _load(given, self.given, location or key, self.chain, self.opened)
            )
            self.model.imports[name, namespace] = model
            self.model.member_names |= model.member_names
            prefix = f"{name}." if name else ""
            for type_name, type_ in model.types.items():
                self.model.types[prefix + type_name] = type_

    def given_with(self, namespace: str) -> str | None:
        """Return the key of the given file whose own namespace this is, or None."""
        for key, given in self.given.items():
            try:
                own = given.namespace if isinstance(given, Model) else parse(given, key).get("namespace")
            except XmlRefused:
                continue  # another file's fault, told where that file is read
            if namespace and own == namespace:
                return key
        return None

    # --- types
    def types(self) -> None:
        """Make a type of every item definition."""
        nodes = children(self.root, "itemDefinition")
        names = [node.get("name") or "" for node in nodes]
        if self._alias_cycle(nodes):
            return
        for node, name in zip(nodes, names, strict=True):
            if name in self.model.types:
                self.find(
                    node, Severity.ERROR, "decision-type-twice", f"类型“{name}”定义了两次。", f"type {name!r} twice."
                )
            self.model.types[name] = t.AnyType()  # known by name, before its definition is read
        for node, name in zip(nodes, names, strict=True):
            self.model.types[name] = self.definition(node, names)

    def _alias_cycle(self, nodes: list[etree._Element]) -> bool:
        """Return whether item definitions name each other in a circle, and say where."""
        target = {node.get("name"): text_in(node, "typeRef") for node in nodes}
        for node in nodes:
            seen: set[str | None] = set()
            current: str | None = node.get("name")
            while current in target and current not in seen:
                seen.add(current)
                current = target[current]
            if current in seen:
                zh, en = f"类型“{current}”的定义循环。", f"type {current!r} is defined by itself."
                self.find(node, Severity.ERROR, "decision-type-cycle", zh, en)
                return True
        return False

    def definition(self, node: etree._Element, names: list[str]) -> t.Type:
        """Return the type that an itemDefinition or itemComponent describes."""
        components = children(node, "itemComponent")
        function = first(node, "functionItem")
        if components:
            fields = {}
            for component in components:
                member = component.get("name") or ""
                fields[member] = self.definition(component, names)
                self.model.member_names |= special_names([member])
            made: t.Type = t.ContextOf(fields)
        elif function is not None:
            parameters = tuple(
                self.type_named(p.get("typeRef"), p) or t.AnyType() for p in children(function, "parameters")
            )
            made = t.FunctionOf(parameters, self.type_named(function.get("outputTypeRef"), function) or t.AnyType())
        else:
            made = self.type_named(text_in(node, "typeRef"), node, lazy=names) or t.AnyType()
        made = self.constrained(made, node, "allowedValues")
        if node.get("isCollection") == "true":
            made = t.ListOf(made)
        return self.constrained(made, node, "typeConstraint")

    def constrained(self, base: t.Type, node: etree._Element, part: str) -> t.Type:
        """Return `base` with the tests of `part`, if the definition has it."""
        text = text_in(first(node, part), "text")
        if not text:
            return base
        try:
            return Constrained(base, compile_unary(text))
        except FeelError as fault:
            self.find(node, Severity.ERROR, "decision-expression", fault.zh, fault.en)
            return base

    def type_named(self, ref: str | None, node: etree._Element, lazy: list[str] | None = None) -> t.Type | None:
        """Return the type called `ref`, None when nothing is called for. `lazy`: definitions still being read."""
        if not ref or not ref.strip():
            return None
        ref = ref.strip()
        for name in (ref, ref.rpartition(":")[2], ref.rpartition("}")[2]):
            if lazy is not None and name in lazy:
                return Named(name, self.model.types)
            if name in self.model.types:
                return self.model.types[name]
            found = t.simple(name)
            if found is not None:
                return None if isinstance(found, t.AnyType) and lazy is None else found
        self.find(
            node,
            Severity.WARNING,
            "decision-type-unknown",
            f"没有类型“{ref}”，不检查类型。",
            f"there is no type {ref!r}; it is not checked.",
        )
        return None

    # --- elements
    def elements(self) -> dict[Element, etree._Element]:
        """Make every node of the graph, empty."""
        kinds: dict[str, type[Element]] = {
            "decision": Decision,
            "inputData": InputData,
            "businessKnowledgeModel": Knowledge,
            "decisionService": Service,
        }
        nodes: dict[Element, etree._Element] = {}
        for node in children(self.root):
            kind = kinds.get(local(node))
            if kind is None:
                continue
            variable = first(node, "variable")
            name = " ".join((node.get("name") or node.get("id") or "").split())
            own_ref = variable.get("typeRef") if variable is not None else None
            ref = own_ref or text_in(variable, "typeRef") or ""
            element = kind(
                node.get("id") or name, name, line_of(node), self.type_named(ref, node), ref.rpartition(":")[2]
            )
            if element.id in self.model.elements:
                self.find(
                    node, Severity.ERROR, "decision-id-twice", f"标识“{element.id}”重复。", f"id {element.id!r} twice."
                )
                continue
            self.model.elements[element.id] = element
            nodes[element] = node
        return nodes

    def resolve(self, href: str, node: etree._Element) -> tuple[Element, str] | None:
        """Return the element that `href` means and the name of its import."""
        namespace, _, key = href.rpartition("#")
        if not namespace or namespace == self.model.namespace:
            found = self.model.elements.get(key)
            if found is not None:
                return found, ""
        for (name, _), model in self.model.imports.items():
            if namespace in ("", model.namespace) and key in model.elements:
                return model.elements[key], name
        self.find(
            node,
            Severity.ERROR,
            "decision-reference",
            f"引用的“{href}”不存在。",
            f"{href!r} refers to nothing.",
            advice_zh="请在建模工具中重新连线。",
            advice_en="Draw the requirement again.",
        )
        return None

    def requirements(self) -> None:
        """Connect the elements; those in a circle are cut off."""
        for node in children(self.root):
            element = self.model.elements.get(node.get("id") or node.get("name") or "")
            if element is None:
                continue
            if isinstance(element, Service):
                self.service(element, node)
                continue
            for requirement in node:
                if local(requirement) in ("informationRequirement", "knowledgeRequirement"):
                    for target in requirement:
                        found = self.resolve(target.get("href") or "", target)
                        if found is not None:
                            element.requires.append(found)
        for element in circles(self.model.elements.values()):
            zh, en = f"“{element.name}”的需求成环。", f"the requirements of {element.name!r} form a circle."
            owner = next(n for n in children(self.root) if (n.get("id") or n.get("name")) == element.id)
            self.find(owner, Severity.ERROR, "decision-cycle", zh, en)
            element.requires = []

    def service(self, element: Service, node: etree._Element) -> None:
        """Connect a decision service to its parts."""
        for part in node:
            role = local(part)
            if role not in ("outputDecision", "inputDecision", "inputData"):
                continue
            found = self.resolve(part.get("href") or "", part)
            if found is None:
                continue
            target = found[0]
            if role == "outputDecision" and isinstance(target, Decision):
                element.outputs.append(target)
            elif role == "inputData":
                element.inputs.insert(sum(isinstance(e, InputData) for e in element.inputs), target)
            elif role == "inputDecision":
                element.inputs.append(target)

    # --- what they are made of
    def logic(self, nodes: Mapping[Element, etree._Element]) -> None:
        """Read the boxed expression of every decision and knowledge model."""
        for element, node in nodes.items():
            scope = self.scope_names(element)
            is_closed = isinstance(element, Knowledge) or bool(element.requires)
            boxes = Boxes(self, scope, is_closed=is_closed)
            if isinstance(element, Decision):
                element.question = text_in(node, "question") or ""
                element.logic = boxes.under(node)
                if element.logic is None:
                    zh, en = f"决策“{element.name}”没有决策表或表达式。", f"decision {element.name!r} has no logic."
                    self.find(node, Severity.WARNING, "decision-empty", zh, en)
            elif isinstance(element, Knowledge):
                inner = first(node, "encapsulatedLogic")
                if inner is not None:
                    definition = boxes.function(inner, element.name)
                    element.definition = definition if isinstance(definition, FunctionDefinition) else None

    def scope_names(self, element: Element) -> frozenset[str]:
        """Return the names that the logic of `element` may use."""
        names = {needed.name for needed, _ in element.requires} | {
            through for _, through in element.requires if through
        }
        names |= {element.name} if isinstance(element, Knowledge) else set()
        imported = {e.name for model in self.model.imports.values() for e in model.elements.values()}
        return frozenset(names | special_names(imported) | self.model.member_names)
