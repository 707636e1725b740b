"""Decision tables: which rules hit, and what the hit policy makes of them. It reads no XML."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.decisions.boxed import Boxed, Scope
from engine.decisions.faults import Evaluation
from engine.feel import Expression, UnaryTests, to_json
from engine.feel import types as t
from engine.feel.builtins import BUILTINS
from engine.feel.literals import write
from engine.feel.values import equal, kind

SINGLE_HIT = frozenset({"UNIQUE", "ANY", "PRIORITY", "FIRST"})
POLICIES = SINGLE_HIT | {"RULE ORDER", "OUTPUT ORDER", "COLLECT"}


@dataclass(slots=True)
class Input:
    """A column of conditions. `expression` None: it does not compile (there is a finding)."""

    id: str
    label: str
    line: int
    expression: Expression | None
    text: str
    type: t.Type | None = None
    allowed: UnaryTests | None = None


@dataclass(slots=True)
class Output:
    """A column of results. `values`: the allowed results in order of priority."""

    id: str
    name: str
    label: str
    line: int
    type: t.Type | None = None
    allowed: UnaryTests | None = None
    values: list[Any] = field(default_factory=list)
    default: Expression | None = None


@dataclass(slots=True)
class Rule:
    """A row. A test of None accepts everything; `results` holds None for an empty cell."""

    number: int
    id: str
    line: int
    tests: list[UnaryTests | None]
    results: list[Expression | None]
    annotations: list[str] = field(default_factory=list)
    is_broken: bool = False  #: a cell does not compile: the rule never hits
    conditions: list[tuple[int, Callable[..., bool | None]]] = field(default_factory=list)


@dataclass(slots=True)
class Table(Boxed):
    """A decision table. `policy` is one of POLICIES; `aggregation` SUM, MIN, MAX, COUNT or "" with COLLECT."""

    policy: str
    aggregation: str
    inputs: list[Input]
    outputs: list[Output]
    rules: list[Rule]
    id: str = ""

    def prepare(self) -> None:
        """Lay out what each rule asks, so that finding the hits is one short loop."""
        for rule in self.rules:
            rule.conditions = [(n, tests.matches) for n, tests in enumerate(rule.tests) if tests is not None]

    def compute(self, scope: Scope, run: Evaluation) -> Any:
        values: list[Any] = []
        for column in self.inputs:
            value = column.expression.evaluate(scope, run=run) if column.expression is not None else None
            if column.type is not None and value is not None:
                made = column.type.coerce(value)
                value = None if made is t.FAILED else made
            if column.allowed is not None and value is not None:
                if column.allowed.matches(value, scope, run=run) is False:
                    self._trace(values, [], scope, run)
                    return run.fault(
                        "decision-input-value",
                        f"输入“{column.label}”的值 {write(value, inside=True)[:60]} 不在允许的值之内。",
                        f"input {column.label!r}: {write(value, inside=True)[:60]} is not an allowed value.",
                        column.line,
                        cell=self.inputs.index(column) + 1,
                    )
            values.append(value)
        first_only = self.policy == "FIRST" and run.trace is None
        hits: list[Rule] = []
        for rule in self.rules:
            for column_number, matches in rule.conditions:
                if matches(values[column_number], scope, run=run) is not True:
                    break
            else:
                if not rule.is_broken:
                    hits.append(rule)
                    if first_only:
                        break
        if run.trace is not None:
            self._trace(values, hits, scope, run)
        run.spend(len(self.rules))
        return self._decide(hits, scope, run)

    # --- hit policies
    def _decide(self, hits: list[Rule], scope: Scope, run: Evaluation) -> Any:
        if not hits:
            return self._no_hit(scope, run)
        policy = self.policy
        if policy == "UNIQUE" and len(hits) > 1:
            numbers = tuple(rule.number for rule in hits)
            return run.fault(
                "decision-not-unique",
                f"命中策略为 UNIQUE，却有规则 {_listed(numbers)} 同时命中。",
                f"hit policy UNIQUE, but rules {_listed(numbers)} hit together.",
                self.line,
                numbers,
            )
        if policy in ("UNIQUE", "FIRST"):
            return self._result(hits[0], scope, run)
        results = [self._result(rule, scope, run) for rule in hits]
        if policy == "ANY":
            return self._any(hits, results, run)
        if policy in ("PRIORITY", "OUTPUT ORDER"):
            results.sort(key=functools.partial(self._rank, run=run))
            return results[0] if policy == "PRIORITY" else results
        return self._aggregated(results, run) if policy == "COLLECT" and self.aggregation else results

    def _no_hit(self, scope: Scope, run: Evaluation) -> Any:
        if any(output.default is not None for output in self.outputs):
            made = {
                output.name: output.default.evaluate(scope, run=run) if output.default is not None else None
                for output in self.outputs
            }
            result = made if len(self.outputs) > 1 else next(iter(made.values()))
            return result if self.policy in SINGLE_HIT or self.aggregation else _as_list(result)
        if self.policy not in SINGLE_HIT and not self.aggregation:
            return []
        if self.aggregation == "COUNT":
            return Decimal(0)
        if self.aggregation:
            return None
        return run.fault(
            "decision-no-hit", "没有规则命中，也没有默认值。", "no rule hits, and there is no default.", self.line
        )

    def _any(self, hits: list[Rule], results: list[Any], run: Evaluation) -> Any:
        for rule, result in zip(hits[1:], results[1:], strict=True):
            if equal(result, results[0], run.spend) is not True:
                numbers = (hits[0].number, rule.number)
                return run.fault(
                    "decision-any-differs",
                    f"命中策略为 ANY，规则 {_listed(numbers)} 的结果却不同。",
                    f"hit policy ANY, but rules {_listed(numbers)} give different results.",
                    self.line,
                    numbers,
                )
        return results[0]

    def _rank(self, result: Any, run: Evaluation) -> tuple[int, ...]:
        """Return the place of `result` in the order of the output values: first column first."""
        members = [result.get(output.name) for output in self.outputs] if len(self.outputs) > 1 else [result]
        return tuple(
            next((n for n, v in enumerate(output.values) if equal(v, member, run.spend) is True), len(output.values))
            for output, member in zip(self.outputs, members, strict=True)
        )

    def _aggregated(self, results: list[Any], run: Evaluation) -> Any:
        if self.aggregation == "COUNT":
            return Decimal(len(results))
        if len(self.outputs) > 1:
            return run.fault(
                "decision-aggregation",
                f"多个输出列不能做 {self.aggregation}。",
                f"{self.aggregation} needs a table with one output.",
                self.line,
            )
        return BUILTINS[self.aggregation.lower()].call([results], run)

    def _result(self, rule: Rule, scope: Scope, run: Evaluation) -> Any:
        """Return what a rule gives: the value of its one output, or a context."""
        made: dict[str, Any] = {}
        for number, (output, expression) in enumerate(zip(self.outputs, rule.results, strict=True), 1):
            value = expression.evaluate(scope, run=run) if expression is not None else None
            if output.type is not None:
                fit = output.type.coerce(value)
                if fit is t.FAILED:
                    value = run.fault(
                        "decision-type",
                        f"规则 {rule.number} 的输出“{output.label}”应为 {output.type}，实为 {kind(value)}。",
                        f"rule {rule.number}, output {output.label!r}: {kind(value)} instead of {output.type}.",
                        rule.line,
                        (rule.number,),
                        number,
                    )
                else:
                    value = fit
            if output.allowed is not None and value is not None and not self._is_allowed(output, value, scope, run):
                run.fault(
                    "decision-output-value",
                    f"规则 {rule.number} 的输出“{output.label}”的值 {write(value, inside=True)[:60]} 不在允许的值之内。",
                    f"rule {rule.number}, output {output.label!r}: "
                    f"{write(value, inside=True)[:60]} is not an allowed value.",
                    rule.line,
                    (rule.number,),
                    number,
                )
            made[output.name] = value
        return made if len(self.outputs) > 1 else next(iter(made.values()), None)

    def _is_allowed(self, output: Output, value: Any, scope: Scope, run: Evaluation) -> bool:
        assert output.allowed is not None
        members = value if isinstance(value, list) else [value]
        return all(output.allowed.matches(member, scope, run=run) is not False for member in members)

    # --- trace
    def _trace(self, values: list[Any], hits: list[Rule], scope: Scope, run: Evaluation) -> None:
        """Keep which cells passed and which rules hit, for the page and the audit trail."""
        if run.trace is None:
            return
        whole = len(values) == len(self.inputs)
        rules = []
        for rule in self.rules:
            cells = [
                True if tests is None else tests.matches(value, scope, run=run)
                for tests, value in zip(rule.tests, values, strict=False)
            ]
            hit = any(rule is other for other in hits)
            results = [e.evaluate(scope, run=run) if e is not None else None for e in rule.results] if hit else []
            rules.append(
                {
                    "number": rule.number,
                    "id": rule.id,
                    "line": rule.line,
                    "hit": hit,
                    "cells": cells if whole else [],
                    "outputs": [to_json(value) for value in results],
                    "annotations": rule.annotations,
                }
            )
        run.trace.append(
            {
                "decision": run.owner,
                "policy": self.policy,
                "aggregation": self.aggregation,
                "inputs": [
                    {"label": column.label, "text": column.text, "value": to_json(value)}
                    for column, value in zip(self.inputs, values, strict=False)
                ],
                "outputs": [output.label for output in self.outputs],
                "rules": rules,
                "hits": [rule.number for rule in hits],
            }
        )


def _listed(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
