"""Comparisons that cannot hold: a value that no option has, a number with a text; options that no rule of a table takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.checks.data.domains import ANYTHING, Domain, Domains, kind_of, of_field
from engine.checks.data.misfits import Look, Misfit, comparisons, misfit_of, misfits, no_member, unfit, written
from engine.checks.data.reads import Use
from engine.checks.data.writes import Calls, expressions_in, form_of, mapped_into
from engine.checks.kinds import in_words
from engine.checks.subject import Subject
from engine.decisions.model import Decision, Model
from engine.decisions.tables import SINGLE_HIT, Table
from engine.family import Family
from engine.feel import from_json
from engine.feel import nodes as n
from engine.findings import Finding, Severity
from engine.forms import Field, Form


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
        for misfit in (*misfits(use.tree, look), *unfit(use, look), *no_member(use, domains)):
            if (use.at.id, misfit.zh) not in told:
                told.add((use.at.id, misfit.zh))
                subject.say(Severity.WARNING, misfit.code, use.at, misfit.zh, misfit.en, misfit.advice, use.place)
        if use.kind == "condition":
            for part in use.tree.walk():
                asked.decided.update((name, value) for name, value, has_value in comparisons(part) if has_value)
    _fields(subject)
    _members_shown(subject, domains)
    shown = subject.shared.setdefault("forms", {})
    for _, node in subject.walk():
        if node.decision is not None and node.decision.id.is_literal:
            model = subject.family.decisions.get(node.decision.id.text)
            if model is not None:
                asked.users.setdefault((model.file, node.decision.id.text), []).append(domains)
        form = form_of(node, subject.family)
        if form is not None:
            shown.setdefault(form.id, []).append(domains)


def _members_shown(subject: Subject, domains: Domains) -> None:
    """Say which members of a decision's answer a form wants to show that it does not have."""
    for _, node in subject.walk():
        form = form_of(node, subject.family)
        told: set[str] = set()
        for expression in expressions_in(form) if form is not None else ():
            use = Use("form", node, node, expression.names, local=frozenset(mapped_into(node)), tree=expression.tree)
            for misfit in no_member(use, domains):
                if misfit.zh not in told:
                    told.add(misfit.zh)
                    subject.warn(misfit.code, node, misfit.zh, misfit.en, misfit.advice)


def _fields(subject: Subject) -> None:
    """Warn of a variable that two forms of the process ask for as values of different kinds."""
    first: dict[str, tuple[frozenset[str], str]] = {}
    for _, node in subject.walk():
        form = form_of(node, subject.family)
        for item in form.walk() if form is not None else ():
            kinds = of_field(item).kinds if len(item.keys) == 1 and item.readonly.constant is not True else None
            if not kinds or form is None:
                continue
            name = item.keys[0]
            known, where = first.setdefault(name, (kinds, form.id))
            if not known & kinds:
                zh, en = in_words(known), in_words(kinds)
                subject.warn(
                    "field-kinds",
                    node,
                    f"表单“{form.id[:60]}”把“{name}”问成{en[0]}，表单“{where[:60]}”却问成{zh[0]}：总有一处的比较不成立。",
                    f"form {form.id[:60]!r} asks for {name!r} as {en[1]}, form {where[:60]!r} as {zh[1]}: what compares it fails for one.",
                    ("两处用同一种字段，或换一个字段名。", "Use one kind of field in both, or another key."),
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
        return ANYTHING if name.partition(".")[0] in local else domains.of(name)

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
            for misfit in misfits(
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
        for misfit in misfits(tree, lambda name: _joined(users, name)):
            yield _finding(model.file, column.line, misfit, decision.id, decision.name)
        domain = users[0].of_tree(tree)
        for user in users[1:]:
            domain = domain.joined(user.of_tree(tree))
        if domain.kinds is None:
            continue
        label = column.label
        for rule in table.rules:
            test = rule.tests[number]
            for value in written(test.tree) if test is not None else ():
                found = misfit_of(label, domain, value, has_value=True)
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
