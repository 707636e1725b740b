"""Boxed expressions of DMN except tables: literal, context, invocation, list, relation, function and DMN 1.4's four."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.decisions.faults import Evaluation
from engine.decisions.item_types import Named
from engine.feel import Expression, iteration, structures
from engine.feel import types as t
from engine.feel.values import Function, kind

Scope = Mapping[str, Any]


@dataclass(slots=True)
class Boxed:
    """Anything that has a value. `type` None: any value will do. `line` is its place in the file."""

    line: int
    type: t.Type | None

    def value(self, scope: Scope, run: Evaluation) -> Any:
        """Return the value in `scope`, made to fit the type; null with a fault when it does not."""
        result = self.compute(scope, run)
        return result if self.type is None else fitted(result, self.type, self.line, run)

    def compute(self, scope: Scope, run: Evaluation) -> Any:
        """Return the value before its type is looked at."""
        raise NotImplementedError


def fitted(value: Any, type_: t.Type, line: int, run: Evaluation) -> Any:
    """Return `value` made to fit `type_`; null with a fault when it does not."""
    made = type_.coerce(value)
    if made is not t.FAILED:
        return made
    what = kind(value)
    return run.fault(
        "decision-type", f"结果应为 {type_}，实为 {what}。", f"the result must be {type_}, not {what}.", line
    )


@dataclass(slots=True)
class Nothing(Boxed):
    """An expression that is missing or does not compile (there is a finding): null."""

    def compute(self, scope: Scope, run: Evaluation) -> Any:
        return run.null("表达式缺失或有误。", "the expression is missing or faulty.")


@dataclass(slots=True)
class Literal(Boxed):
    """FEEL text."""

    expression: Expression

    def compute(self, scope: Scope, run: Evaluation) -> Any:
        return self.expression.evaluate(scope, run=run)


@dataclass(slots=True)
class Context(Boxed):
    """Named entries, each seeing those before it; an entry without a name is the result."""

    entries: list[tuple[str | None, Boxed]]

    def compute(self, scope: Scope, run: Evaluation) -> Any:
        inner = dict(scope)
        made: dict[str, Any] = {}
        for name, boxed in self.entries:
            value = boxed.value(inner, run)
            if name is None:
                return value
            if isinstance(value, BoxedFunction):
                value.scope = inner  # it may call itself by its name
            made[name] = inner[name] = value
        return made


@dataclass(slots=True)
class Invocation(Boxed):
    """A call of a function with named bindings."""

    function: Boxed
    bindings: list[tuple[str, Boxed]]

    def compute(self, scope: Scope, run: Evaluation) -> Any:
        function = self.function.value(scope, run)
        arguments = [boxed.value(scope, run) for _, boxed in self.bindings]
        return structures.call(function, arguments, tuple(name for name, _ in self.bindings), run)


@dataclass(slots=True)
class List(Boxed):
    """A list of expressions."""

    items: list[Boxed]

    def compute(self, scope: Scope, run: Evaluation) -> Any:
        return [item.value(scope, run) for item in self.items]


@dataclass(slots=True)
class Relation(Boxed):
    """Rows of cells under named columns: a list of contexts."""

    columns: list[str]
    rows: list[list[Boxed]]

    def compute(self, scope: Scope, run: Evaluation) -> Any:
        return [
            {name: cell.value(scope, run) for name, cell in zip(self.columns, row, strict=False)} for row in self.rows
        ]


@dataclass(slots=True)
class Conditional(Boxed):
    """`if`, `then`, `else`, each boxed."""

    test: Boxed
    yes: Boxed
    no: Boxed

    def compute(self, scope: Scope, run: Evaluation) -> Any:
        return (self.yes if self.test.value(scope, run) is True else self.no).value(scope, run)


@dataclass(slots=True)
class Filter(Boxed):
    """A boxed filter: `in`[`match`]."""

    source: Boxed
    match: Boxed

    def compute(self, scope: Scope, run: Evaluation) -> Any:
        def condition(item: Any) -> Any:
            members = item if isinstance(item, dict) else {}
            return self.match.value({**scope, "item": item, **members}, run)

        return structures.filtered(self.source.value(scope, run), condition, run)


@dataclass(slots=True)
class Iterator(Boxed):
    """Boxed `for`, `some` or `every` over one variable."""

    kind: str
    variable: str
    source: Boxed
    body: Boxed

    def compute(self, scope: Scope, run: Evaluation) -> Any:
        source = self.source.value(scope, run)
        if self.kind == "for":

            def produce(item: Any, partial: Any) -> Any:
                return self.body.value({**scope, self.variable: item, "partial": partial}, run)

            return iteration.for_each(run, [lambda: source], produce, True)

        def satisfies(item: Any) -> Any:
            return self.body.value({**scope, self.variable: item}, run)

        return iteration.quantified(run, self.kind, [lambda: source], satisfies)


@dataclass(slots=True)
class FunctionDefinition(Boxed):
    """A boxed function: a closure over its scope. `body` None: an external function, which is not run."""

    parameters: list[tuple[str, t.Type | None]]
    body: Boxed | None
    name: str = "function"

    def value(self, scope: Scope, run: Evaluation) -> Any:
        """Return the function. A type that is no type of functions is that of its result, as DMN 1.1 had it."""
        target = self.type
        while isinstance(target, Named):
            target = target.target
        if target is None or isinstance(target, (t.FunctionOf, t.AnyType)):
            return Boxed.value(self, scope, run)
        return BoxedFunction(self, scope, target)

    def compute(self, scope: Scope, run: Evaluation) -> Any:
        return BoxedFunction(self, scope)


class BoxedFunction(Function):
    """The function that a boxed definition gives; also business knowledge models are these."""

    __slots__ = ("definition", "scope")

    def __init__(self, definition: FunctionDefinition, scope: Scope, result_type: t.Type | None = None) -> None:
        names = tuple(name for name, _ in definition.parameters)
        types = tuple(type_ for _, type_ in definition.parameters)
        body_type = definition.body.type if definition.body is not None else None
        super().__init__(definition.name, names, types, result_type or body_type)
        self.definition = definition
        self.scope = scope

    def call(self, arguments: list[Any], run: Any) -> Any:
        """Return the body's value, arguments and result made to fit."""
        definition = self.definition
        if definition.body is None:
            return structures.external(run)
        if len(arguments) != len(definition.parameters):
            return run.null(
                f"{self.name} 需要 {len(definition.parameters)} 个参数，给了 {len(arguments)} 个。",
                f"{self.name} takes {len(definition.parameters)} arguments, not {len(arguments)}.",
            )
        inner = dict(self.scope)
        for (name, type_), value in zip(definition.parameters, arguments, strict=True):
            made = value if type_ is None else type_.coerce(value)
            if made is t.FAILED:
                return run.fault(
                    "decision-parameter",
                    f"{self.name} 的参数“{name}”应为 {type_}，实为 {kind(value)}。",
                    f"parameter {name!r} of {self.name} must be {type_}, not {kind(value)}.",
                    definition.line,
                )
            inner[name] = made
        run.enter()
        try:
            result = definition.body.value(inner, run)
        finally:
            run.calls -= 1
        return result if self.result_type is None else fitted(result, self.result_type, definition.line, run)
