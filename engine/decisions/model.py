"""A model: decisions, inputs, functions and services of one file, and the order in which they are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from engine.calendars import WorkCalendar
from engine.decisions.boxed import Boxed, BoxedFunction, FunctionDefinition, fitted
from engine.decisions.faults import DecisionFault, Evaluation
from engine.decisions.item_types import result_of
from engine.decisions.requirements import order
from engine.decisions.tables import Table
from engine.errors import NotFound
from engine.feel import types as t
from engine.feel.runtime import too_deep
from engine.feel.values import Function
from engine.findings import Finding


@dataclass(eq=False)
class Element:
    """A node of the requirement graph. `requires`: what it needs, each with the name of the import it comes through."""

    id: str
    name: str
    line: int
    type: t.Type | None
    type_name: str = ""
    requires: list[tuple[Element, str]] = field(default_factory=list)
    is_function = False

    @cached_property
    def order(self) -> list[Element]:
        """Return everything that must be known, in order, this element last."""
        return order([self])


@dataclass(eq=False)
class InputData(Element):
    """Something that comes from outside."""


@dataclass(eq=False)
class Decision(Element):
    """A decision. `logic` None: it has none (there is a finding)."""

    logic: Boxed | None = None
    question: str = ""


@dataclass(eq=False)
class Knowledge(Element):
    """A business knowledge model: a function."""

    definition: FunctionDefinition | None = None
    is_function = True


@dataclass(eq=False)
class Service(Element):
    """A decision service: a function of its inputs to its output decisions."""

    inputs: list[Element] = field(default_factory=list)
    outputs: list[Decision] = field(default_factory=list)
    is_function = True

    @cached_property
    def order(self) -> list[Element]:
        """Return what must be made to know the outputs, in order, beyond what comes in."""
        return order(self.outputs, self.inputs)


@dataclass(frozen=True, slots=True)
class DecisionInfo:
    """What others may know of a decision. `inputs`: name -> type of the input data it needs, directly or not."""

    id: str
    name: str
    line: int
    inputs: dict[str, str]
    outputs: list[str]
    type: str
    policy: str = ""
    requires: tuple[str, ...] = ()


class Model:
    """One DMN file, ready to decide. Never changed by deciding; may be shared between threads."""

    def __init__(self, file: str, name: str, namespace: str) -> None:
        self.file = file
        self.name = name
        self.namespace = namespace
        self.findings: list[Finding] = []
        self.elements: dict[str, Element] = {}
        self.types: dict[str, t.Type] = {}
        self.imports: dict[tuple[str, str], Model] = {}  #: by name (several may have none) and namespace
        self.member_names: set[str] = set()
        self._infos: dict[str, DecisionInfo] | None = None

    # --- asking
    @property
    def decisions(self) -> dict[str, DecisionInfo]:
        """Return what is known of each decision, by id."""
        if self._infos is None:
            decisions = [e for e in self.elements.values() if isinstance(e, Decision)]
            needed = _inputs(decisions)
            self._infos = {decision.id: _info(decision, needed[decision]) for decision in decisions}
        return self._infos

    def find(self, name_or_id: str, *, function: bool = False) -> Element:
        """Return the element with this id, or else this name: a decision, or a `function` if both have it.

        Raises NotFound.
        """
        found = self.elements.get(name_or_id)
        if found is not None:
            return found
        named = [element for element in self.elements.values() if element.name == name_or_id]
        if named:
            named.sort(key=lambda element: (isinstance(element, InputData), element.is_function != function))
            return named[0]
        for model in self.imports.values():
            for element in model.elements.values():
                if name_or_id in (element.id, element.name):
                    return element
        raise NotFound(f"决策文件中没有“{name_or_id}”。", f"there is no {name_or_id!r} in the decision file.")

    # --- deciding
    def evaluate(
        self,
        decision: str,
        inputs: Mapping[str, Any],
        *,
        calendar: WorkCalendar | None = None,
        now: datetime | None = None,
        strict: bool = False,
    ) -> Any:
        """Return the value of a decision (by id or name; of a function, for `inputs` as its arguments).

        Faults give None, or raise DecisionFault when `strict`.

        Raises NotFound, and FeelLimit when a bound is crossed.
        """
        element = self.find(decision)
        if element.is_function:
            return self.invoke(decision, inputs, calendar=calendar, now=now, strict=strict)
        run = Evaluation(calendar, now)
        value = self._made(element, inputs, run)
        if strict and run.faults:
            raise DecisionFault(run.faults)
        return value

    def invoke(
        self,
        function: str,
        arguments: Mapping[str, Any] | Iterable[Any],
        *,
        calendar: WorkCalendar | None = None,
        now: datetime | None = None,
        strict: bool = False,
    ) -> Any:
        """Return what a decision service or a business knowledge model gives for named or positional `arguments`."""
        run = Evaluation(calendar, now)
        element = self.find(function, function=True)
        callee = _function(element)
        if callee is None:
            raise NotFound(f"“{function}”不能被调用。", f"{function!r} cannot be invoked.")
        run.owner = element.name
        try:
            if isinstance(arguments, Mapping):
                value = callee.call([arguments.get(name) for name in callee.parameters], run)
            else:
                value = callee.call(list(arguments), run)
        except RecursionError:
            raise too_deep() from None
        if strict and run.faults:
            raise DecisionFault(run.faults)
        return value

    def explain(
        self,
        decision: str,
        inputs: Mapping[str, Any],
        *,
        calendar: WorkCalendar | None = None,
        now: datetime | None = None,
    ) -> Explanation:
        """Return the value of a decision with every table on the way: cells, hits, faults, reasons for null."""
        run = Evaluation(calendar, now, notes=[], trace=[])
        values: dict[str, Any] = {}
        value = self._made(self.find(decision), inputs, run, values)
        return Explanation(value, values, run.trace or [], run.faults, run.notes or [])

    @cached_property
    def declared(self) -> frozenset[str]:
        """Return the names of the input data: a decision sees them only where it requires them."""
        return frozenset(e.name for e in self.elements.values() if isinstance(e, InputData))

    def _outside(self, element: Element) -> list[str]:
        """Return the import names on the way to an element of another model; empty for one of our own."""
        for (name, _), model in self.imports.items():
            if element in model.elements.values():
                return [name]
            path = model._outside(element)
            if path:
                return [name, *path]
        return []

    def _given(self, element: Element, inputs: Mapping[str, Any]) -> Any:
        """Return what was given for an input: under its name, or under the import it comes through."""
        if element.name in inputs or element.id in self.elements:
            return inputs.get(element.name)
        path = self._outside(element)
        dotted = ".".join([*path, element.name])
        held: Any = inputs
        for name in path:
            held = held.get(name) if isinstance(held, Mapping) else None
        return inputs[dotted] if dotted in inputs else held.get(element.name) if isinstance(held, Mapping) else None

    def _made(
        self, element: Element, inputs: Mapping[str, Any], run: Evaluation, values: dict[str, Any] | None = None
    ) -> Any:
        known: dict[Element, Any] = {}
        run.loose = {name: value for name, value in inputs.items() if name not in self.declared}
        try:
            for needed in element.order:
                given = self._given(needed, inputs) if isinstance(needed, InputData) else None
                known[needed] = value = _value(needed, known, given, run)
                if values is not None and isinstance(needed, Decision):
                    values[needed.name] = value
        except RecursionError:
            raise too_deep() from None
        return known[element]


@dataclass(slots=True)
class Explanation:
    """How a decision came about. `decisions`: the value of each by name; `tables`: JSON-able traces, in order."""

    value: Any
    decisions: dict[str, Any]
    tables: list[dict[str, Any]]
    faults: list[Any]
    notes: list[str]


def _value(element: Element, known: dict[Element, Any], given: Any, run: Evaluation) -> Any:
    """Return the value of one element; everything it needs is in `known`. `given`: what came in for an input."""
    if isinstance(element, InputData):
        return _input(element, given, run)
    if isinstance(element, Decision):
        if element.logic is None:
            return run.null(f"决策“{element.name}”没有内容。", f"decision {element.name!r} has no logic.")
        scope = dict(run.loose)
        bind(scope, element, known)
        run.owner = element.name
        value = element.logic.value(scope, run)
        return value if element.type is None else fitted(value, element.type, element.line, run)
    return _function(element)


def _input(element: InputData, value: Any, run: Evaluation) -> Any:
    if value is None or element.type is None:
        return value
    run.owner = element.name
    made = element.type.coerce(value)
    if made is t.FAILED:
        return run.fault(
            "decision-input",
            f"输入“{element.name}”应为 {element.type}。",
            f"input {element.name!r} must be {element.type}.",
            element.line,
        )
    return made


def bind(scope: dict[str, Any], element: Element, known: Mapping[Element, Any]) -> None:
    """Put what `element` requires into `scope`: by name, or under the name of its import."""
    for needed, through in element.requires:
        if needed not in known:
            continue
        if through:
            held = scope.get(through)
            scope[through] = {**(held if isinstance(held, dict) else {}), needed.name: known[needed]}
        else:
            scope[needed.name] = known[needed]


def _function(element: Element) -> Function | None:
    """Return the function of a knowledge model or a service, None for anything else."""
    if isinstance(element, Knowledge):
        return KnowledgeFunction(element)
    return ServiceFunction(element) if isinstance(element, Service) else None


class KnowledgeFunction(Function):
    """A business knowledge model as a function; what it requires is bound when it is called."""

    __slots__ = ("element",)

    def __init__(self, element: Knowledge) -> None:
        definition = element.definition
        parameters = definition.parameters if definition is not None else []
        super().__init__(
            element.name,
            tuple(name for name, _ in parameters),
            tuple(type_ for _, type_ in parameters),
            result_of(element.type) or (definition.body.type if definition and definition.body else None),
        )
        self.element = element

    def call(self, arguments: list[Any], run: Any) -> Any:
        """Return the result."""
        definition = self.element.definition
        if definition is None:
            return run.null(f"“{self.name}”没有内容。", f"{self.name!r} has no logic.")
        scope: dict[str, Any] = {self.name: self}
        bind(scope, self.element, {needed: _function(needed) for needed, _ in self.element.requires})
        return BoxedFunction(definition, scope, self.result_type).call(arguments, run)


class ServiceFunction(Function):
    """A decision service as a function of its inputs."""

    __slots__ = ("element",)

    def __init__(self, element: Service) -> None:
        super().__init__(
            element.name,
            tuple(needed.name for needed in element.inputs),
            tuple(needed.type for needed in element.inputs),
            result_of(element.type),
        )
        self.element = element

    def call(self, arguments: list[Any], run: Any) -> Any:
        """Return the value of the one output decision, or a context of them."""
        service = self.element
        if len(arguments) != len(service.inputs):
            return run.null(
                f"{self.name} 需要 {len(service.inputs)} 个参数。",
                f"{self.name} takes {len(service.inputs)} arguments.",
            )
        known: dict[Element, Any] = {}
        for needed, value in zip(service.inputs, arguments, strict=True):
            made = value if needed.type is None else needed.type.coerce(value)
            if made is t.FAILED:
                return run.fault(
                    "decision-parameter",
                    f"{self.name} 的参数“{needed.name}”应为 {needed.type}。",
                    f"parameter {needed.name!r} of {self.name} must be {needed.type}.",
                    service.line,
                )
            known[needed] = made
        owner, loose, run.loose = run.owner, run.loose, {}
        run.enter()
        try:
            for element in service.order:
                known[element] = _value(element, known, None, run)
        finally:
            run.calls -= 1
            run.owner, run.loose = owner, loose
        outputs = service.outputs
        result = known[outputs[0]] if len(outputs) == 1 else {output.name: known[output] for output in outputs}
        return result if self.result_type is None else fitted(result, self.result_type, service.line, run)


def _inputs(decisions: list[Decision]) -> dict[Element, dict[str, str]]:
    """Return the input data that each decision needs, directly or through others."""
    inputs: dict[Element, dict[str, str]] = {}
    for element in order(decisions):
        inputs[element] = {element.name: element.type_name} if isinstance(element, InputData) else {}
        if isinstance(element, Decision):
            for needed, _ in element.requires:
                inputs[element].update(inputs.get(needed, {}))
    return inputs


def _info(decision: Decision, inputs: dict[str, str]) -> DecisionInfo:
    logic = decision.logic
    outputs = [output.name for output in logic.outputs] if isinstance(logic, Table) else []
    return DecisionInfo(
        decision.id,
        decision.name,
        decision.line,
        inputs,
        outputs,
        decision.type_name,
        logic.policy if isinstance(logic, Table) else "",
        tuple(needed.id for needed, _ in decision.requires if isinstance(needed, Decision)),
    )
