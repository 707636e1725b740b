"""Says of a table what no test run shows: gaps, overlaps, rules that never hit or never matter, each with an example."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.decisions.boxed import Boxed
from engine.decisions.domains import Column, column
from engine.decisions.model import Decision, Element, Knowledge, Model
from engine.decisions.tables import SINGLE_HIT, Rule, Table
from engine.feel import nodes as n
from engine.feel import to_json
from engine.feel.literals import write
from engine.findings import Finding, Severity

#: Steps of the search in one table; past it the table counts as too large to be searched through.
MAX_STEPS = 50_000
#: How many findings of one kind are shown for one table.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Case:
    """An example: a value for each column that matters (by its label), and the rules it is about."""

    example: dict[str, Any]
    rules: tuple[int, ...] = ()

    def words(self) -> str:
        """Return the example as text: `年龄 = 17, 风险 = "高"`."""
        return ", ".join(f"{label} = {write(value, inside=True)}" for label, value in self.example.items())

    def as_json(self) -> dict[str, Any]:
        """Return the case as JSON-able data."""
        values = {label: to_json(value) for label, value in self.example.items()}
        return {"example": values, "rules": list(self.rules)}


@dataclass(slots=True)
class Analysis:
    """What was found in one table. `is_complete` false: it was too large to be searched through."""

    gaps: list[Case] = field(default_factory=list)
    overlaps: list[Case] = field(default_factory=list)
    unreachable: list[Case] = field(default_factory=list)
    subsumed: list[Case] = field(default_factory=list)
    is_complete: bool = True


class _TooLarge(Exception):
    """The search passed MAX_STEPS."""


def analyse_table(table: Table) -> Analysis:
    """Return the gaps, overlaps, unreachable and subsumed rules of `table`. A null input is not considered."""
    search = _Search(table)
    found = Analysis()
    try:
        found.unreachable = search.unreachable()
        found.overlaps = search.overlaps()
        found.subsumed = search.subsumed()
        if table.policy in SINGLE_HIT and all(output.default is None for output in table.outputs):
            found.gaps = search.gaps()
    except _TooLarge:
        found.is_complete = False
    return found


class _Search:
    """Searches one table. A cell that samples cannot tell covers for gaps, and overlaps with nothing."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.rules = [rule for rule in table.rules if not rule.is_broken]
        self.columns: list[Column] = [
            column(source, [rule.tests[number] for rule in self.rules]) for number, source in enumerate(table.inputs)
        ]
        self.steps = 0

    def spend(self, steps: int = 1) -> None:
        """Count steps of the search."""
        self.steps += steps
        if self.steps > MAX_STEPS:
            raise _TooLarge

    def mask(self, number: int, rule: int, unknown: int) -> int:
        """Return the atoms of column `number` that `rule` takes; `unknown` where it cannot be told."""
        found = self.columns[number].masks[rule]
        return unknown if found is None else found

    def case(self, atoms: Sequence[int | None], rules: tuple[int, ...] = ()) -> Case:
        """Return the example that `atoms` describe, one a column; None where the column does not matter."""
        example = {
            c.label: c.samples[atom]
            for c, atom in zip(self.columns, atoms, strict=False)
            if atom is not None and c.samples != [None]
        }
        return Case(example, tuple(self.rules[rule].number for rule in rules))

    # --- gaps
    def gaps(self) -> list[Case]:
        """Return regions where no rule hits."""
        allowed = [c.everything for c in self.columns]
        found: list[Case] = []
        for atoms in self.uncovered(range(len(self.rules)), allowed, optimistic=True):
            found.append(self.case(atoms))
            if len(found) > SHOWN:
                break
        return found

    def uncovered(self, rules: Sequence[int], allowed: list[int], *, optimistic: bool) -> Iterator[list[int | None]]:
        """Yield regions inside `allowed` that none of `rules` covers, as one atom a column.

        Columns are cut one after the other; atoms between which the rules left do not differ are walked once.
        """
        last = len(self.columns)
        stack: list[tuple[list[int | None], tuple[int, ...]]] = [([], tuple(rules))]
        dead: set[tuple[int, tuple[int, ...]]] = set()  # covered completely: (column, rules)
        while stack:
            atoms, left = stack.pop()
            self.spend(1 + len(left) // 8)
            depth = len(atoms)
            if not left:
                yield [*atoms, *([None] * (last - depth))] if depth else [0] * last
                continue
            if depth == last or (depth, left) in dead:
                continue
            dead.add((depth, left))
            groups: dict[tuple[int, ...], int] = {}
            for atom in _bits(allowed[depth]):
                unknown = self.columns[depth].everything if optimistic else 0
                taken = tuple(rule for rule in left if self.mask(depth, rule, unknown) >> atom & 1)
                groups.setdefault(taken, atom)
                self.spend(1 + len(left) // 8)
            stack.extend(([*atoms, atom], taken) for taken, atom in reversed(groups.items()))

    # --- rules against rules
    def common(self, one: int, other: int) -> list[int] | None:
        """Return an atom a column that both rules take, None when there is none (or it cannot be told)."""
        atoms = []
        for number in range(len(self.columns)):
            both = self.mask(number, one, 0) & self.mask(number, other, 0)
            if not both:
                return None
            atoms.append(next(_bits(both)))
        return atoms

    def overlaps(self) -> list[Case]:
        """Return pairs of rules that hit together where the policy forbids it."""
        if self.table.policy not in ("UNIQUE", "ANY"):
            return []
        found: list[Case] = []
        for other in range(len(self.rules)):
            self.spend(1 + other // 8)
            for one in range(other):
                if self.table.policy == "ANY" and self.gives_same(one, other):
                    continue
                atoms = self.common(one, other)
                if atoms is not None:
                    found.append(self.case(atoms, (one, other)))
        return found

    def gives_same(self, one: int, other: int) -> bool:
        """Return whether two rules have the same results as written."""
        return _results(self.rules[one]) == _results(self.rules[other])

    def unreachable(self) -> list[Case]:
        """Return rules that never hit: by an impossible cell, or behind others in a FIRST table."""
        found = []
        for rule in range(len(self.rules)):
            boxes = [self.mask(number, rule, c.everything) for number, c in enumerate(self.columns)]
            if not all(boxes):
                found.append(self.case([], (rule,)))
            elif self.table.policy == "FIRST":
                earlier = [other for other in range(rule) if self.meets(other, rule)]
                if next(self.uncovered(earlier, boxes, optimistic=False), None) is None and earlier:
                    found.append(self.case([], (rule, *earlier)))
        return found

    def meets(self, one: int, other: int) -> bool:
        """Return whether two rules may hit together."""
        return all(
            self.mask(number, one, c.everything) & self.mask(number, other, c.everything)
            for number, c in enumerate(self.columns)
        )

    def subsumed(self) -> list[Case]:
        """Return rules that another rule with the same result makes needless."""
        policy = self.table.policy
        if policy not in ("ANY", "FIRST"):
            return []
        found = []
        for rule in range(len(self.rules)):
            self.spend(1 + len(self.rules) // 8)
            for other in range(len(self.rules)):
                if rule == other or not self.gives_same(rule, other) or not self.inside(rule, other):
                    continue
                if policy == "FIRST":  # an earlier one is unreachability; a later one must be next in line
                    between = range(rule + 1, other)
                    if other < rule or any(self.meets(rule, middle) for middle in between):
                        continue
                elif other > rule and self.inside(other, rule):
                    continue  # twins: the later one is named
                found.append(self.case([], (rule, other)))
                break
        return found

    def inside(self, rule: int, other: int) -> bool:
        """Return whether `other` hits wherever `rule` does."""
        return all(
            not self.mask(number, rule, c.everything) & ~self.mask(number, other, 0)
            for number, c in enumerate(self.columns)
        )


def _bits(mask: int) -> Iterator[int]:
    """Yield the positions of the ones in `mask`."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _results(rule: Rule) -> list[str]:
    return [result.text.strip() if result is not None else "" for result in rule.results]


# --- findings -------------------------------------------------------------------------------------------------


def tables(model: Model) -> Iterator[tuple[Element, Table]]:
    """Yield every table that is the logic of a decision or a knowledge model, with its owner."""
    for element in model.elements.values():
        logic: Boxed | None = None
        if isinstance(element, Decision):
            logic = element.logic
        elif isinstance(element, Knowledge) and element.definition is not None:
            logic = element.definition.body
        if isinstance(logic, Table):
            yield element, logic


def analyse(model: Model) -> list[Finding]:
    """Return what is to be said of every table of `model`."""
    return [finding for element, table in tables(model) for finding in _findings(model, element, table)]


def _findings(model: Model, owner: Element, table: Table) -> Iterator[Finding]:
    found = analyse_table(table)
    lines = {rule.number: rule.line for rule in table.rules}

    def finding(severity: Severity, code: str, line: int, zh: str, en: str, advice_zh: str, advice_en: str) -> Finding:
        return Finding(model.file, line, severity, code, owner.id, zh, en, advice_zh, advice_en, name=owner.name)

    for case in found.gaps[:SHOWN]:
        more_zh, more_en = (
            ("（还有更多）", " (and more)") if len(found.gaps) > SHOWN and case is found.gaps[SHOWN - 1] else ("", "")
        )
        where = case.words()
        yield finding(
            Severity.WARNING,
            "decision-gap",
            table.line,
            f"决策表“{owner.name}”有缺口：{where or '任何输入'} 时没有规则命中{more_zh}。",
            f"table {owner.name!r} has a gap: no rule hits for {where or 'any input'}{more_en}.",
            "请补一条规则，或给输出列设默认值。",
            "Add a rule, or give the outputs a default.",
        )
    for case in found.overlaps[:SHOWN]:
        first, second = case.rules
        yield finding(
            Severity.ERROR,
            "decision-overlap",
            lines[second],
            f"规则 {first} 与 {second} 重叠：{case.words() or '任何输入'} 时同时命中，命中策略 {table.policy} 不允许。",
            f"rules {first} and {second} overlap: both hit for {case.words() or 'any input'}, "
            f"which {table.policy} forbids.",
            "请改窄其中一条，或改用 FIRST 等命中策略。",
            "Narrow one of them, or choose another hit policy such as FIRST.",
        )
    for case in found.unreachable[:SHOWN]:
        rule, *earlier = case.rules
        behind = ", ".join(map(str, earlier))
        yield finding(
            Severity.WARNING,
            "decision-unreachable",
            lines[rule],
            f"规则 {rule} 永远不会命中"
            + (f"：被前面的规则 {behind} 遮住。" if earlier else "：没有允许的值符合其条件。"),
            f"rule {rule} never hits"
            + (f": rules {behind} before it take everything." if earlier else ": no value fits."),
            "请删除它，或把它移到前面。" if earlier else "请改正其条件。",
            "Remove it, or move it up." if earlier else "Correct its conditions.",
        )
    for case in found.subsumed[:SHOWN]:
        rule, other = case.rules
        yield finding(
            Severity.HINT,
            "decision-subsumed",
            lines[rule],
            f"规则 {rule} 多余：规则 {other} 包含它，结果相同。",
            f"rule {rule} is needless: rule {other} contains it and gives the same.",
            "可以删除它。",
            "It may be removed.",
        )
    yield from _not_allowed(table, finding)
    if not found.is_complete:
        yield finding(
            Severity.HINT,
            "decision-not-analysed",
            table.line,
            f"决策表“{owner.name}”太大，未检查缺口与重叠。",
            f"table {owner.name!r} is too large to be searched for gaps and overlaps.",
            "可拆成几张小表。",
            "Split it into smaller tables.",
        )


def _not_allowed(table: Table, finding: Callable[..., Finding]) -> Iterator[Finding]:
    """Yield the written results that their column does not allow."""
    for rule in table.rules:
        for output, result in zip(table.outputs, rule.results, strict=False):
            tree = result.tree if result is not None else None
            if not isinstance(tree, n.Literal) or tree.value is None or output.allowed is None:
                continue
            if output.allowed.matches(tree.value, {}) is False:
                written = write(tree.value, inside=True)[:60]
                yield finding(
                    Severity.ERROR,
                    "decision-output-value",
                    rule.line,
                    f"规则 {rule.number} 的结果 {written} 不在输出列“{output.label}”允许的值里，命中时流程会停住。",
                    f"rule {rule.number} gives {written}, which output {output.label!r} does not allow: the case stops there.",
                    "改正结果，或把它加进允许的值。",
                    "Correct the result, or add it to the allowed values.",
                )
