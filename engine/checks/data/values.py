"""Comparisons that cannot hold: a value that no option has, a number with a text; options that no rule of a table takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.checks.data.domains import ANYTHING, Domain, Domains, kind_of, of_field
from engine.checks.data.reads import Use
from engine.checks.data.writes import Calls, form_of
from engine.checks.kinds import kinds_of
from engine.checks.subject import Subject
from engine.decisions.model import Decision, Model
from engine.decisions.tables import SINGLE_HIT, Table
from engine.family import Family
from engine.feel import from_json
from engine.feel import nodes as n
from engine.feel.literals import write
from engine.findings import Finding, Severity
from engine.forms import Field, Form

_KINDS = {
    "string": ("文字", "text"),
    "number": ("数字", "a number"),
    "boolean": ("是/否（true、false）", "true or false"),
    "list": ("列表（多选）", "a list (several may be chosen)"),
}
Look = Callable[[str], Domain]


@dataclass(frozen=True, slots=True)
class Misfit:
    """A comparison that cannot hold. `code` is type-conflict or value-never-given."""

    code: str
    name: str
    zh: str
    en: str
    advice: tuple[str, str]


@dataclass(slots=True)
class Asked:
    """Who asks the decisions of a family: the domains of each process that does, by (file, decision)."""

    users: dict[tuple[str, str], list[Domains]] = field(default_factory=dict)
    decided: set[tuple[str, Any]] = field(default_factory=set)  #: (variable, value) that a gateway asks for


def check(subject: Subject, uses: list[Use], calls: Calls) -> None:
    """Say it of the process's own expressions and of its forms; note which decisions it asks."""
    domains = Domains(subject.process, subject.family, calls)
    told: set[tuple[str, str]] = set()
    asked = subject.shared.setdefault("asked", Asked())
    for use in uses:
        if use.tree is None:
            continue
        look = _outside(domains, use.local)
        for misfit in (*_misfits(use.tree, look), *_unfit(use, look)):
            if (use.at.id, misfit.zh) not in told:
                told.add((use.at.id, misfit.zh))
                subject.say(Severity.WARNING, misfit.code, use.at, misfit.zh, misfit.en, misfit.advice, use.place)
        if use.kind == "condition":
            for part in use.tree.walk():
                asked.decided.update((name, value) for name, value, has_value in _comparisons(part) if has_value)
    shown = subject.shared.setdefault("forms", {})
    for _, node in subject.walk():
        if node.decision is not None and node.decision.id.is_literal:
            model = subject.family.decisions.get(node.decision.id.text)
            if model is not None:
                asked.users.setdefault((model.file, node.decision.id.text), []).append(domains)
        form = form_of(node, subject.family)
        if form is not None:
            shown.setdefault(form.id, []).append(domains)


def _unfit(use: Use, look: Look) -> Iterator[Misfit]:
    """Yield the variables that are not what their place needs: true or false, a list, a number."""
    wanted = ""
    loop = use.node.loop
    if use.kind == "collection":
        wanted = "list" if getattr(loop, "collection", None) is not None else "number"
    elif use.kind in ("condition", "waited"):
        wanted = "boolean"
    assert use.tree is not None
    places = [use.tree] if wanted else []
    needs = {id(one): wanted for one in places}
    for node in use.tree.walk():
        if isinstance(node, n.Logic):
            places += [node.left, node.right]
            needs |= {id(one): "boolean" for one in (node.left, node.right)}
    for one in places:
        kinds = look(one.name).kinds if isinstance(one, n.Name) else None
        if isinstance(one, n.Name) and kinds and needs[id(one)] not in kinds:
            need = _KINDS[needs[id(one)]]
            yield Misfit(
                "type-conflict",
                one.name,
                f"“{one.name}”是{_list(kinds, 0)}，这里要的是{need[0]}。",
                f"{one.name!r} is {_list(kinds, 1)}; wanted here is {need[1]}.",
                (
                    '写成比较，例如 = "yes"，或改用别的变量。',
                    'Write a comparison such as = "yes", or use another variable.',
                ),
            )


def check_shared(family: Family, shared: dict[str, Any]) -> list[Finding]:
    """Return what is to be said of forms and decisions, seen by every process that uses them."""
    findings: list[Finding] = []
    for identity, users in shared.get("forms", {}).items():
        findings += _in_form(family, family.forms[identity], users)
    asked: Asked = shared.get("asked", Asked())
    told: set[tuple[str, str, str]] = set()
    for (file, decision_id), users in asked.users.items():
        element = family.models[file].find(decision_id) if file in family.models else None
        if not isinstance(element, Decision):
            continue
        for decision in (item for item in element.order if isinstance(item, Decision)):
            if isinstance(decision.logic, Table):
                for finding in _in_table(family, family.models[file], decision, decision.logic, asked, users):
                    key = (finding.file, finding.element, finding.zh)
                    if key not in told:
                        told.add(key)
                        findings.append(finding)
    return findings


def _outside(domains: Domains, local: frozenset[str]) -> Look:
    def look(name: str) -> Domain:
        return ANYTHING if name in local else domains.of(name)

    return look


def _joined(users: list[Domains], name: str) -> Domain:
    made = users[0].of(name)
    for user in users[1:]:
        made = made.joined(user.of(name))
    return made


# --- forms and tables -------------------------------------------------------------------------------------------


def _in_form(family: Family, form: Form, users: list[Domains]) -> Iterator[Finding]:
    own = {item.keys[0]: of_field(item) if len(item.keys) == 1 else ANYTHING for item in form.walk() if item.keys}
    file = family.origins.get(("form", form.id), form.id)
    for item in form.walk():
        key = item.key or item.id
        for prop in (item.hide, item.readonly, item.disabled, *item.rules.values()):
            if prop is None or prop.expression is None:
                continue
            for misfit in _misfits(
                prop.expression.tree, lambda name: own[name] if name in own else _joined(users, name)
            ):
                yield _finding(file, 0, misfit, key, _label(item))


def _in_table(
    family: Family, model: Model, decision: Decision, table: Table, asked: Asked, users: list[Domains]
) -> Iterator[Finding]:
    for number, column in enumerate(table.inputs):
        if column.expression is None:
            continue
        tree = column.expression.tree
        for misfit in _misfits(tree, lambda name: _joined(users, name)):
            yield _finding(model.file, column.line, misfit, decision.id, decision.name)
        domain = users[0].of_tree(tree)
        for user in users[1:]:
            domain = domain.joined(user.of_tree(tree))
        if domain.kinds is None:
            continue
        label = column.label
        for rule in table.rules:
            test = rule.tests[number]
            for value in _written(test.tree) if test is not None else ():
                found = _misfit(label, domain, value, has_value=True)
                if found is not None:
                    code = "decision-value-never-given" if found.code == "value-never-given" else found.code
                    yield _finding(
                        model.file,
                        rule.line,
                        Misfit(
                            code,
                            label,
                            f"规则 {rule.number}：{found.zh}",
                            f"rule {rule.number}: {found.en}",
                            found.advice,
                        ),
                        rule.id or decision.id,
                        decision.name,
                    )
        if isinstance(tree, n.Name) and table.policy in SINGLE_HIT and all(o.default is None for o in table.outputs):
            yield from _without_rule(family, decision, table, number, tree.name, users, asked.decided)


def _without_rule(
    family: Family,
    decision: Decision,
    table: Table,
    number: int,
    name: str,
    users: list[Domains],
    decided: set[tuple[str, Any]],
) -> Iterator[Finding]:
    """Yield the options of forms that no rule of the table takes: whoever chooses one stops the case."""
    for form_id, item in {
        (form, id(item)): (form, item) for user in users for form, item in user.fields.get(name, [])
    }.values():
        for option in item.options:
            tests = [rule.tests[number] for rule in table.rules if not rule.is_broken]
            value = from_json(option.value)
            if not kind_of(value) or (name, value) in decided or not tests:
                continue
            allowed = table.inputs[number].allowed
            is_allowed = allowed is None or allowed.matches(value, {}) is not False
            if is_allowed and any(test is None or test.matches(value, {}) is not False for test in tests):
                continue
            yield Finding(
                file=family.origins.get(("form", form_id), form_id),
                line=0,
                severity=Severity.WARNING,
                code="option-without-rule",
                element=item.key,
                name=_label(item),
                zh=f"选项“{option.zh}”（{option.text}）在决策表“{decision.name}”里没有规则，选了它就没有结果，流程会停住。",
                en=f"no rule of the table {decision.name!r} takes the option {option.text!r}: whoever chooses it stops the case.",
                advice_zh="在决策表里补一条规则，或删去这个选项。",
                advice_en="Add a rule to the table, or remove the option.",
            )


def _finding(file: str, line: int, misfit: Misfit, element: str, name: str) -> Finding:
    return Finding(file, line, Severity.WARNING, misfit.code, element, misfit.zh, misfit.en, *misfit.advice, name=name)


def _label(item: Field) -> str:
    return item.label.zh if len(item.label.zh) <= 60 else item.key


# --- expressions ------------------------------------------------------------------------------------------------


def _misfits(tree: n.Node, look: Look) -> Iterator[Misfit]:
    for node in tree.walk():
        for name, value, has_value in _comparisons(node):
            misfit = _misfit(name, look(name), value, has_value=has_value)
            if misfit is not None:
                yield misfit
        if isinstance(node, n.Comparison):
            yield from _compared(node, look)
        if isinstance(node, n.Call) and isinstance(node.function, n.Name) and node.function.name == "list contains":
            yield from _contained(node, look)


def _compared(node: n.Comparison, look: Look) -> Iterator[Misfit]:
    """Yield what is wrong with a comparison of two values that are not a variable and a written one; and with an order."""
    left, right = _side(node.left, look), _side(node.right, look)
    is_simple = any(
        isinstance(one, n.Name) and isinstance(other, n.Literal)
        for one, other in ((node.left, node.right), (node.right, node.left))
    )  # said value by value
    if not is_simple and left.kinds and right.kinds and not left.kinds & right.kinds:
        yield _conflict(
            _written_as(node.left), left.kinds, f"{_written_as(node.right)}（{_list(right.kinds, 0)}）",
            f"{_written_as(node.right)!r} ({_list(right.kinds, 1)})",
        )  # fmt: skip
    if node.op in ("=", "!="):
        return
    for side, one, other in ((left, node.left, node.right), (right, node.right, node.left)):
        is_choice = isinstance(one, n.Name) and side.kinds == frozenset({"string"}) and bool(side.values)
        if is_choice and not (isinstance(other, n.Literal) and kind_of(other.value) == "string"):
            continue
        if is_choice or (side.kinds and side.kinds <= {"boolean", "list"}):
            name = _written_as(one)
            yield Misfit(
                "value-without-order",
                name,
                f"“{name}”是{_list(side.kinds or frozenset(), 0)}，没有大小先后，不能用 {node.op} 比较。",
                f"{name!r} is {_list(side.kinds or frozenset(), 1)}: it has no order that {node.op} could ask for.",
                ("用 = 或 in (…) 比较。", "Compare with = or with in (...)."),
            )
            return


def _side(tree: n.Node, look: Look) -> Domain:
    if isinstance(tree, n.Name):
        return look(tree.name)
    if isinstance(tree, n.Literal):
        kind = kind_of(tree.value)
        return Domain(frozenset({kind}) if kind else None)
    given = kinds_of(tree)
    return Domain(given if given <= _KINDS.keys() else None)


def _written_as(tree: n.Node) -> str:
    """Return how a side of a comparison is called in a message."""
    if isinstance(tree, n.Name):
        return tree.name
    if isinstance(tree, n.Literal):
        return write(tree.value, inside=True)[:60]
    if isinstance(tree, n.Call) and isinstance(tree.function, n.Name):
        return f"{tree.function.name}(…)"
    return "…"


def _comparisons(node: n.Node) -> Iterator[tuple[str, Any, bool]]:
    """Yield (name, value compared with, whether it asks for that very value)."""
    if isinstance(node, n.Comparison):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(one, n.Name) and isinstance(other, n.Literal) and other.value is not None:
                yield one.name, other.value, node.op in ("=", "!=")
    elif isinstance(node, n.In) and isinstance(node.value, n.Name):
        for test in node.tests:
            yield from ((node.value.name, value, True) for value in _written(test))
    elif isinstance(node, n.Between) and isinstance(node.value, n.Name):
        for bound in (node.low, node.high):
            if isinstance(bound, n.Literal) and bound.value is not None:
                yield node.value.name, bound.value, False


def _written(tree: n.Node) -> Iterator[Any]:
    """Yield the values that tests ask for by name: a text, a number, true or false, alone or in a list."""
    parts = [tree]
    while parts:
        part = parts.pop()
        if isinstance(part, n.Literal) and part.value is not None:
            yield part.value
        elif isinstance(part, n.Tests):
            parts.extend(reversed(part.tests))
        elif isinstance(part, n.ListLiteral):
            parts.extend(reversed(part.items))


def _misfit(name: str, domain: Domain, value: Any, *, has_value: bool) -> Misfit | None:
    kind = kind_of(value)
    if domain.kinds is None or not domain.kinds or not kind:
        return None
    shown = write(value, inside=True)[:60]
    if kind not in domain.kinds:
        return _conflict(name, domain.kinds, f"{_KINDS[kind][0]} {shown}", f"{_KINDS[kind][1]}, {shown}")
    if has_value and kind != "boolean" and domain.values is not None and value not in domain.values:
        known = "、".join(sorted(write(item, inside=True) for item in domain.values if kind_of(item))[:12])
        return Misfit(
            "value-never-given",
            name,
            f"“{name}”永远不会是 {shown}：没有选项或规则给出这个值（有 {known}）。",
            f"{name!r} is never {shown}: no option or rule gives that value (there are {known.replace('、', ', ')}).",
            ("改成已有的值，或在表单、决策表里补上它。", "Use one of these values, or add it to the form or table."),
        )
    return None


def _conflict(name: str, kinds: frozenset[str], other_zh: str, other_en: str) -> Misfit:
    is_list = kinds == {"list"}
    return Misfit(
        "type-conflict",
        name,
        f"“{name}”是{_list(kinds, 0)}，却与{other_zh}比较，永远不成立。",
        f"{name!r} is {_list(kinds, 1)}, but is compared with {other_en}: that never holds.",
        ("用 list contains(…, …) 判断是否选了它。", "Ask with list contains(..., ...) whether it was chosen.")
        if is_list
        else (
            "改成同类的值，或先用 number()、string() 转换。",
            "Compare values of one kind, or convert with number() or string().",
        ),
    )


def _contained(node: n.Call, look: Look) -> Iterator[Misfit]:
    if len(node.arguments) != 2:
        return
    held, wanted = node.arguments
    if not isinstance(held, n.Name) or not isinstance(wanted, n.Literal) or not kind_of(wanted.value):
        return
    domain = look(held.name)
    if domain.kinds == frozenset({"list"}) and domain.items and wanted.value not in domain.items:
        known = frozenset({kind_of(wanted.value)})
        misfit = _misfit(held.name, Domain(known, domain.items), wanted.value, has_value=True)
        if misfit is not None:
            yield misfit


def _list(kinds: frozenset[str], language: int) -> str:
    return (" / " if language else "或").join(_KINDS[kind][language] for kind in sorted(kinds))
