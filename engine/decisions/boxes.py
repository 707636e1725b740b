"""Boxed expressions read from XML, each compiled with the names in scope. What a fault is called is the reader's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from lxml import etree

from engine.decisions import boxed as b
from engine.decisions.tables import POLICIES, SINGLE_HIT, Input, Output, Rule, Table
from engine.errors import InvalidPlan
from engine.feel import Expression, FeelError, UnaryTests, compile, compile_unary
from engine.feel import nodes as n
from engine.feel import types as t
from engine.feel.asking import asked_limits
from engine.findings import Finding, Severity
from engine.xml import line_of

if TYPE_CHECKING:
    from engine.decisions.reader import _Reader

C = TypeVar("C", Expression, UnaryTests)
#: Expressions and cells of one file: compiling them takes a few seconds at the most.
MAX_EXPRESSIONS = 10_000
_POLICIES = {
    "U": "UNIQUE",
    "A": "ANY",
    "P": "PRIORITY",
    "F": "FIRST",
    "R": "RULE ORDER",
    "O": "OUTPUT ORDER",
    "C": "COLLECT",
}


def local(node: etree._Element) -> str:
    """Return the tag without its namespace."""
    return etree.QName(node).localname


def children(node: etree._Element | None, *names: str) -> list[etree._Element]:
    """Return the children in the node's own namespace, of these names (all when none is given)."""
    if node is None:
        return []
    namespace = etree.QName(node).namespace
    return [
        child for child in node if etree.QName(child).namespace == namespace and (not names or local(child) in names)
    ]


def first(node: etree._Element | None, *names: str) -> etree._Element | None:
    """Return the first such child, or None."""
    return next(iter(children(node, *names)), None)


def text_in(node: etree._Element | None, name: str) -> str | None:
    """Return the text of the child called `name`, or None when there is none."""
    child = first(node, name)
    return "".join(map(str, child.itertext())).strip() if child is not None else None


def with_id(node: etree._Element) -> etree._Element:
    """Return `node` or the nearest element around it that has an id."""
    while node.get("id") is None:
        parent = node.getparent()
        if parent is None:
            break
        node = parent
    return node


class Boxes:
    """Reads the boxed expressions of one element. `names`: what its expressions may name."""

    def __init__(self, reader: _Reader, names: frozenset[str], *, is_closed: bool = False) -> None:
        self.reader = reader
        self.names = names
        self.is_closed = is_closed  #: no other name can have a value

    def among(self, names: Iterable[str], *, is_open: bool = False) -> Boxes:
        """Return a reader for expressions that see `names` as well, and any name when `is_open`."""
        return Boxes(self.reader, self.names | frozenset(names), is_closed=self.is_closed and not is_open)

    # --- FEEL
    def compiled(self, make: Callable[..., C], text: str, node: etree._Element, place: str) -> C | None:
        """Return `text` compiled, or None with a finding. `place` says where in a table it stands."""
        self.reader.expressions += 1
        if self.reader.expressions > MAX_EXPRESSIONS:
            raise InvalidPlan(
                [
                    Finding(
                        self.reader.model.file,
                        line_of(node),
                        Severity.ERROR,
                        "decision-too-large",
                        "",
                        f"决策文件的表达式超过 {MAX_EXPRESSIONS} 个，请拆分。",
                        f"the file has more than {MAX_EXPRESSIONS} expressions; split it.",
                    )
                ]
            )
        try:
            made = make(text, self.names, self.reader.model.types or None)
        except FeelError as fault:
            owner = with_id(node)
            source = first(node, "text")
            self.reader.model.findings.append(
                Finding(
                    self.reader.model.file,
                    line_of(source if source is not None else node),
                    Severity.ERROR,
                    "decision-expression",
                    owner.get("id") or "",
                    f"{place}{fault.zh}（{text[:60]}）",
                    f"{place}{fault.en} ({text[:60]})",
                    "请改正表达式。",
                    "Correct the expression.",
                )
            )
            return None
        if next(asked_limits(made.tree), None) is not None:
            self.reader.find(
                node,
                Severity.ERROR,
                "limit-out-of-place",
                f"{place}“{text[:60]}”：决策不知道投诉件的时限规则，limit due 在这里总是空值。",
                f"{place}{text[:60]!r}: a decision does not know the rules of its case; limit due is always null here.",
                advice_zh="在决策任务的输入映射里算好，再作为决策的输入。",
                advice_en="Work it out in an input mapping of the task, and give it to the decision as an input.",
            )
        for name in sorted(made.names - self.names) if self.is_closed else ():
            self.reader.find(
                node,
                Severity.WARNING,
                "decision-unknown-name",
                f"{place}没有“{name}”：未声明为所需的输入、决策或函数，值总是空。",
                f"{place}there is no {name!r}: no required input, decision or function; it is always null.",
                advice_zh="请改正名称，或在需求图中连上所需的输入。",
                advice_en="Correct the name, or draw the requirement.",
            )
        return made

    def expression(self, node: etree._Element | None, place: str = "") -> Expression | None:
        """Return the expression in `node`'s text, None when it is empty or faulty."""
        text = text_in(node, "text")
        if node is None or not text or text == "-":
            return None
        language = node.get("expressionLanguage") or ""
        if language and "feel" not in language.lower():
            self.reader.find(
                node,
                Severity.ERROR,
                "decision-language",
                f"{place}只支持 FEEL，不支持 {language}。",
                f"{place}only FEEL is understood, not {language}.",
            )
            return None
        return self.compiled(compile, text, node, place)

    def tests(self, node: etree._Element | None, place: str = "") -> UnaryTests | None:
        """Return the unary tests in `node`'s text, None when they accept everything (or are faulty)."""
        text = text_in(node, "text")
        if node is None or not text or text == "-":
            return None
        return self.compiled(compile_unary, text, node, place)

    # --- boxes
    def under(self, node: etree._Element | None) -> b.Boxed | None:
        """Return the one boxed expression among the children of `node`, or None."""
        for child in children(node):
            if local(child) in _KINDS:
                return self.boxed(child)
        return None

    def required(self, node: etree._Element | None, owner: etree._Element) -> b.Boxed:
        """Return the boxed expression under `node`, or a null where it is missing."""
        found = self.under(node)
        return found if found is not None else b.Nothing(line_of(owner), None)

    def boxed(self, node: etree._Element) -> b.Boxed:
        """Return the boxed expression of `node`."""
        read: Callable[[Boxes, etree._Element], b.Boxed] = _KINDS[local(node)]
        return read(self, node)

    def type_of(self, node: etree._Element) -> t.Type | None:
        return self.reader.type_named(node.get("typeRef"), node)

    def literal(self, node: etree._Element) -> b.Boxed:
        line = line_of(node)
        expression = self.expression(node)
        if expression is None:
            return b.Nothing(line, None)
        return b.Literal(line, self.type_of(node), expression)

    def context(self, node: etree._Element) -> b.Boxed:
        entries: list[tuple[str | None, b.Boxed]] = []
        inner = self
        for entry in children(node, "contextEntry"):
            variable = first(entry, "variable")
            name = " ".join((variable.get("name") or "").split()) if variable is not None else None
            own = inner.among([name]) if name and first(entry, "functionDefinition") is not None else inner
            box = own.required(entry, entry)
            if variable is not None and box.type is None:
                box.type = inner.type_of(variable)
            entries.append((name, box))
            inner = inner.among([name]) if name else inner
        return b.Context(line_of(node), self.type_of(node), entries)

    def invocation(self, node: etree._Element) -> b.Boxed:
        bindings = [
            ((parameter.get("name") or "") if parameter is not None else "", self.required(binding, binding))
            for binding in children(node, "binding")
            for parameter in [first(binding, "parameter")]
        ]
        return b.Invocation(line_of(node), self.type_of(node), self.required(node, node), bindings)

    def list_(self, node: etree._Element) -> b.Boxed:
        items = [self.boxed(child) for child in children(node) if local(child) in _KINDS]
        return b.List(line_of(node), self.type_of(node), items)

    def relation(self, node: etree._Element) -> b.Boxed:
        columns = [column.get("name") or "" for column in children(node, "column")]
        types = [self.type_of(column) for column in children(node, "column")]
        rows = [[self.boxed(cell) for cell in children(row) if local(cell) in _KINDS] for row in children(node, "row")]
        for row in rows:
            for cell, type_ in zip(row, types, strict=False):
                cell.type = cell.type or type_
        return b.Relation(line_of(node), self.type_of(node), columns, rows)

    def function(self, node: etree._Element, name: str = "function") -> b.Boxed:
        parameters = [
            (" ".join((p.get("name") or "").split()), self.type_of(p)) for p in children(node, "formalParameter")
        ]
        kind = (node.get("kind") or "FEEL").upper()
        body = self.among(p for p, _ in parameters).required(node, node) if kind in ("FEEL", "F") else None
        if body is None:
            zh, en = (
                "外部函数（Java、PMML）不会运行，结果为空。",
                "external functions (Java, PMML) are not run: they give null.",
            )
            self.reader.find(node, Severity.WARNING, "decision-external", zh, en)
        return b.FunctionDefinition(line_of(node), self.type_of(node), parameters, body, name)

    def conditional(self, node: etree._Element) -> b.Boxed:
        parts = [self.required(first(node, part), node) for part in ("if", "then", "else")]
        return b.Conditional(line_of(node), self.type_of(node), *parts)

    def filter(self, node: etree._Element) -> b.Boxed:
        source = self.required(first(node, "in"), node)
        match = self.among(["item"], is_open=True).required(first(node, "match"), node)
        return b.Filter(line_of(node), self.type_of(node), source, match)

    def iterator(self, node: etree._Element) -> b.Boxed:
        variable = node.get("iteratorVariable") or ""
        source = self.iterated(first(node, "in"), node)
        body = first(node, "return", "satisfies")
        return b.Iterator(
            line_of(node),
            self.type_of(node),
            local(node),
            variable,
            source,
            self.among([variable, "partial"]).required(body, node),
        )

    def iterated(self, node: etree._Element | None, owner: etree._Element) -> b.Boxed:
        """Return what is iterated; a text such as `1..5` without brackets counts, up or down."""
        inner = first(node, "literalExpression")
        text = text_in(inner, "text") or ""
        if inner is not None and ".." in text and not text.startswith(("[", "(", "]")):
            made = self.compiled(compile, f"for item in {text} return item", inner, "")
            if made is not None and isinstance(made.tree, n.For) and made.tree.iterations[0].end is not None:
                return b.Literal(line_of(inner), None, made)
        return self.required(node, owner)

    # --- tables
    def table(self, node: etree._Element) -> b.Boxed:
        inputs = [self.input(column, number) for number, column in enumerate(children(node, "input"), 1)]
        outputs = [self.output(column, number) for number, column in enumerate(children(node, "output"), 1)]
        written = (node.get("hitPolicy") or "UNIQUE").strip()
        policy = _POLICIES.get(written, written)
        if policy not in POLICIES:
            self.reader.find(
                node,
                Severity.ERROR,
                "decision-hit-policy",
                f"不认识的命中策略“{written}”。",
                f"unknown hit policy {written!r}.",
                advice_zh="请在 UNIQUE、ANY、PRIORITY、FIRST、RULE ORDER、OUTPUT ORDER、COLLECT 中选择。",
                advice_en="Choose UNIQUE, ANY, PRIORITY, FIRST, RULE ORDER, OUTPUT ORDER or COLLECT.",
            )
            return b.Nothing(line_of(node), None)
        rules = [
            self.rule(row, number, len(inputs), len(outputs)) for number, row in enumerate(children(node, "rule"), 1)
        ]
        if len(outputs) == 1:
            self._inherit(outputs[0], node)
        aggregation = (node.get("aggregation") or "").strip().upper()
        if aggregation and policy != "COLLECT":
            self.reader.find(
                node,
                Severity.WARNING,
                "decision-hit-policy",
                f"汇总方式“{aggregation}”只对 COLLECT 有用，命中策略 {policy} 不理会它。",
                f"the aggregation {aggregation!r} is for COLLECT only; {policy} does not look at it.",
                advice_zh="改为 COLLECT，或删去汇总方式。",
                advice_en="Choose COLLECT, or take the aggregation away.",
            )
        made = Table(
            line_of(node),
            self.type_of(node) if policy in SINGLE_HIT else None,
            policy,
            aggregation if policy == "COLLECT" else "",
            inputs,
            outputs,
            rules,
            node.get("id") or "",
        )
        made.prepare()
        return made

    def _inherit(self, output: Output, node: etree._Element) -> None:
        """Give the one output the name that the table has for it."""
        output.label = output.label or node.get("outputLabel") or ""

    def input(self, node: etree._Element, number: int) -> Input:
        inner = first(node, "inputExpression")
        text = text_in(inner, "text") or ""
        label = node.get("label") or text or str(number)
        type_ = self.type_of(inner) if inner is not None else None
        allowed = self.tests(first(node, "inputValues"), f"输入列 {number}：")
        expression = self.expression(inner, f"输入列 {number}：")
        return Input(node.get("id") or "", label, line_of(node), expression, text, type_, allowed)

    def output(self, node: etree._Element, number: int) -> Output:
        name = node.get("name") or ""
        place = f"输出列 {number}："
        allowed = self.tests(first(node, "outputValues"), place)
        return Output(
            node.get("id") or "",
            name or (f"output {number}" if number > 1 else ""),
            node.get("label") or name or str(number),
            line_of(node),
            self.type_of(node),
            allowed,
            _listed(allowed),
            self.expression(first(node, "defaultOutputEntry"), place),
        )

    def rule(self, node: etree._Element, number: int, inputs: int, outputs: int) -> Rule:
        before = len(self.reader.model.findings)
        tests = [
            self.tests(cell, f"规则 {number} 条件 {column}：")
            for column, cell in enumerate(children(node, "inputEntry"), 1)
        ]
        is_broken = len(self.reader.model.findings) > before
        results = [
            self.expression(cell, f"规则 {number} 输出 {column}：")
            for column, cell in enumerate(children(node, "outputEntry"), 1)
        ]
        if len(tests) != inputs or len(results) != outputs:
            zh, en = f"规则 {number} 的单元格数与列数不符。", f"rule {number} does not have one cell for each column."
            self.reader.find(node, Severity.ERROR, "decision-rule-cells", zh, en)
            tests = (tests + [None] * inputs)[:inputs]
            results = (results + [None] * outputs)[:outputs]
        notes = [text_in(entry, "text") or "" for entry in children(node, "annotationEntry")]
        described = text_in(node, "description")
        annotations = [*notes, *([described] if described else [])]
        return Rule(number, node.get("id") or "", line_of(node), tests, results, annotations, is_broken)


def _listed(tests: UnaryTests | None) -> list[object]:
    """Return the values that a list of output values names, in its order."""
    if tests is None or not isinstance(tests.tree, n.Tests):
        return []
    return [test.value for test in tests.tree.tests if isinstance(test, n.Literal)]


_KINDS: dict[str, Callable[[Boxes, etree._Element], b.Boxed]] = {
    "literalExpression": Boxes.literal,
    "decisionTable": Boxes.table,
    "context": Boxes.context,
    "invocation": Boxes.invocation,
    "list": Boxes.list_,
    "relation": Boxes.relation,
    "functionDefinition": Boxes.function,
    "conditional": Boxes.conditional,
    "filter": Boxes.filter,
    "for": Boxes.iterator,
    "some": Boxes.iterator,
    "every": Boxes.iterator,
}
