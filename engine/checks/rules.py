"""Rules of time against the plans they name: do the plans and elements exist, do expressions ask for rules there are.

Whether the plans keep the limits is `deadlines`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine import feel
from engine.checks.subject import Advice, Subject, expressions_of
from engine.diagram import Expression, Flow, Node
from engine.errors import EngineError
from engine.family import Family
from engine.feel import nodes as n
from engine.feel.asking import asked_limits
from engine.findings import Finding, Severity
from engine.rules import Rule


def check_packs(family: Family) -> list[Finding]:
    """Return what is wrong with the rules of `family` as far as its plans show it."""
    packs = _Packs()
    for versions in family.rules.values():
        for rule in versions:
            _spans(packs, family, rule)
            if not rule.is_on:
                packs.say(
                    Severity.HINT,
                    "rule-unverified",
                    rule,
                    f"规则“{rule.name}”（{rule.article}）尚未核实原文，没有启用。",
                    f"Rule {rule.name_en or rule.name!r} ({rule.article_en or rule.article}) is not verified; it is off.",
                    (
                        "核对条文后，把 verified 改为 text（读过原文）或 reported（见他人转述）。",
                        "Read the article, then set `verified` to text (read) or reported (told by others).",
                    ),
                )
    return packs.findings


def check(subject: Subject) -> None:
    """Say which expressions of a process ask for a rule that is not there for it."""
    for _, node in subject.walk():
        for _, expression in expressions_of(node):
            for function, rule_id in _asked(expression):
                _ask(subject, node, function, rule_id)
    for scope, _ in subject.scopes():
        for flow in scope.flows.values():
            for function, rule_id in _asked(flow.condition) if flow.condition is not None else ():
                _ask(subject, flow, function, rule_id)


class _Packs:
    """Findings at the rules of packs."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def say(self, severity: Severity, code: str, rule: Rule, zh: str, en: str, advice: Advice) -> None:
        """Note a finding at a rule."""
        found = Finding(rule.file, rule.line, severity, code, rule.id, zh, en, advice[0], advice[1], name=rule.name)
        self.findings.append(found)


def _spans(packs: _Packs, family: Family, rule: Rule) -> None:
    for plan, span in rule.spans.items():
        process = family.processes.get(plan)
        if process is None:
            packs.say(
                Severity.WARNING,
                "rule-plan-unknown",
                rule,
                f"规则“{rule.name}”所指的预案“{plan}”不在这些文件里。",
                f"Rule {rule.id!r} names the plan {plan!r}, which is not among these files.",
                ("改正 plans 里的流程 id，或一并提交该流程图。", "Correct the process id, or hand in its diagram too."),
            )
            continue
        for element in span.elements:
            if process.node(element) is None:
                packs.say(
                    Severity.ERROR,
                    "rule-element-unknown",
                    rule,
                    f"规则“{rule.name}”所指的元素“{element}”不在预案“{process.name or plan}”里，时限无从计起。",
                    f"Rule {rule.id!r} names the element {element!r}, which the plan {plan!r} does not have.",
                    (
                        "写流程图中元素的 id，不是它的名称。",
                        "Write the id of the element in the diagram, not its name.",
                    ),
                )


def _asked(expression: Expression) -> Iterator[tuple[str, str | None]]:
    """Yield (function, id of the rule) for every call that asks for a limit; None: an id not known beforehand."""
    if expression.is_literal or "limit due" not in expression.text:
        return
    try:
        tree = feel.compile(expression.text).tree
    except EngineError:
        return  # `expressions` says so
    for call in asked_limits(tree):
        first = call.arguments[0] if call.arguments else None
        is_text = isinstance(first, n.Literal) and isinstance(first.value, str)
        name = call.function.name if isinstance(call.function, n.Name) else ""
        yield name, first.value if is_text and isinstance(first, n.Literal) else None


def _ask(subject: Subject, node: Node | Flow, function: str, rule_id: str | None) -> None:
    versions = [] if rule_id is None else subject.family.rules.get(rule_id, [])
    mine = [rule for rule in versions if subject.process.id in rule.spans and rule.is_on]
    if not mine:
        if rule_id is None:
            zh, en = "规则的 id 须直接写明", "the id of the rule must be written out"
        elif not versions:
            zh, en = f"没有规则“{rule_id}”", f"there is no rule {rule_id!r}"
        elif not any(rule.is_on for rule in versions):
            zh, en = f"规则“{rule_id}”尚未核实，没有启用", f"rule {rule_id!r} is not verified and therefore off"
        else:
            zh, en = f"规则“{rule_id}”的 plans 里没有本预案", f"rule {rule_id!r} does not name this plan"
        subject.error(
            "rule-unknown",
            node,
            f"“{function}”问不到时限：{zh}。",
            f"{function!r} finds no limit: {en}.",
            (
                "在规则文件（.rules.json）里写明这条规则和本预案，一并提交。",
                "Write the rule, with this plan, into a rule pack (.rules.json) and hand that in too.",
            ),
        )
    elif function == "extended limit due" and any(rule.extension is None for rule in mine):
        subject.error(
            "rule-unknown",
            node,
            f"“{function}”问不到时限：规则“{rule_id}”不允许延期。",
            f"{function!r} finds no limit: rule {rule_id!r} allows no extension.",
            ("给规则写上 extension，或改用 limit due。", "Give the rule an `extension`, or use `limit due`."),
        )
