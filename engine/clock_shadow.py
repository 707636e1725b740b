"""Clocks as the shadow of what happens to a case: rows that start, stop and lengthen in the same transaction.

Only `instances` and the calendar call this. A step that touches no rule costs nothing here: which elements rules name
is known from the plan's family. What people do to a clock is `clocks`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from engine import deployments, feel
from engine.diagram import Kind, Process
from engine.family import Family
from engine.rules import Pause, Rule, Span, in_force, nearest, received_day
from engine.spiff.provisional import CoveringCalendar
from engine.spiff.world import Happening
from engine.tables import CaseClock, Job, ProcessInstance
from engine.work import UnitOfWork

#: (process, what happened, element)
Mark = tuple[str, str, str]


@dataclass(slots=True)
class _Marks:
    """What starts, stops and extends the clocks of a plan. `first` are the rules that begin with the case."""

    first: list[tuple[str, Span]] = field(default_factory=list)
    starts: dict[Mark, list[tuple[str, Span]]] = field(default_factory=dict)
    stops: dict[Mark, set[str]] = field(default_factory=dict)
    extends: dict[Mark, set[str]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)  #: rules that end with the case

    @property
    def is_empty(self) -> bool:
        """Return whether the plan has no rule at all."""
        return not (self.first or self.starts)

    def names(self, mark: Mark) -> bool:
        """Return whether a rule names the mark."""
        return mark in self.starts or mark in self.stops or mark in self.extends


def keep(
    work: UnitOfWork,
    instance: ProcessInstance,
    family: Family,
    key: str,
    happenings: Sequence[Happening],
    variables: Mapping[str, Any],
    *,
    is_new: bool = False,
    is_over: bool = False,
    is_broken_off: bool = False,
) -> list[dict[str, Any]]:
    """Start, stop and extend the clocks of a case by what happened; return what the history must say of it.

    Rules that name a process which the plan calls count in the case too, from where it is called to where it ends.
    `is_over`: the case has ended; `is_broken_off`: not by its plan, so that what was not reached lapses.
    """
    marks = _marks(family, key)
    if marks.is_empty:
        return []
    touched = [mark for one in happenings if marks.names(mark := (one.process, one.what, one.element))]
    if not (touched or is_new or is_over):
        return []
    keeper = _Keeper(work, instance, family, variables, [] if is_new else running(work, instance.id))
    if is_new:
        for rule_id, span in marks.first:
            keeper.start(rule_id, span, since="received_at")
    for mark in touched:
        for rule_id in marks.extends.get(mark, ()):
            keeper.extend(rule_id, mark[2])
        for rule_id in marks.stops.get(mark, ()):
            keeper.stop({rule_id})
        for rule_id, span in marks.starts.get(mark, ()):
            keeper.start(rule_id, span)
    if is_over:
        keeper.end(marks.whole if not is_broken_off else set())
    work.session.add_all(keeper.made)
    return keeper.entries


def running(work: UnitOfWork, instance_id: int) -> list[CaseClock]:
    """Return the clocks of a case that are not over."""
    found = select(CaseClock).where(CaseClock.instance_id == instance_id, CaseClock.stopped_at.is_(None))
    return list(work.session.scalars(found.order_by(CaseClock.id)))


def rule_of(family: Family, clock: CaseClock) -> Rule | None:
    """Return the version of the rule that a clock counts by; None when the plan has it no more."""
    versions = family.rules.get(clock.rule_id, [])
    exact = [rule for rule in versions if rule.in_force_from == clock.in_force_from]
    return exact[0] if exact else nearest(versions, clock.in_force_from)


def count(work: UnitOfWork, clock: CaseClock, rule: Rule) -> None:
    """Count when the clock is due, with its extensions and the pauses that are over."""
    calendar = covering(work)
    clock.due_at = rule.due(clock.started_at, calendar, extended=clock.extended, pauses=pauses_of(clock))
    clock.is_provisional = calendar.was_provisional


def covering(work: UnitOfWork) -> CoveringCalendar:
    """Return the calendar that never blocks a case: what is not published is counted provisionally."""
    return CoveringCalendar(work.calendar)


def pauses_of(clock: CaseClock) -> list[Pause]:
    """Return the pauses of a clock that are over."""
    return [Pause(datetime.fromisoformat(begin), datetime.fromisoformat(end), why) for begin, end, why in clock.pauses]


def provisional(work: UnitOfWork) -> list[int]:
    """Return the cases with a clock counted over a year that was not published."""
    found = select(CaseClock.instance_id).where(CaseClock.is_provisional, CaseClock.stopped_at.is_(None)).distinct()
    return sorted(work.session.scalars(found))


def recount(work: UnitOfWork, instance: ProcessInstance) -> list[dict[str, Any]]:
    """Count the provisional clocks of a case again; return those that moved, as the history tells them."""
    family = deployments.open_family(work, instance.definition_id)
    moved: list[dict[str, Any]] = []
    for clock in running(work, instance.id):
        rule = rule_of(family, clock)
        if not clock.is_provisional or rule is None:
            continue
        was = clock.due_at
        count(work, clock, rule)
        if clock.due_at != was:
            moved.append({"clock": clock.name, "from": was.isoformat(), "to": clock.due_at.isoformat()})
    return moved


def hold(work: UnitOfWork, instance_id: int, tokens: Sequence[int]) -> None:
    """Let the timers of these tokens wait, until `release`."""
    held = (Job.instance_id == instance_id, Job.token.in_(tokens), Job.kind == "timer", Job.status == "waiting")
    work.session.execute(update(Job).where(*held).values(status="held"))


def release(work: UnitOfWork, instance: ProcessInstance) -> None:
    """Let the timers that were held for paused clocks run again, unless another clock stands still."""
    others = select(CaseClock.id).where(CaseClock.instance_id == instance.id, CaseClock.paused_at.isnot(None))
    work.session.flush()
    if work.session.scalar(others.limit(1)) is None:
        held = (Job.instance_id == instance.id, Job.status == "held")
        status = "suspended" if instance.status == "suspended" else "waiting"
        work.session.execute(update(Job).where(*held).values(status=status))


class _Keeper:
    """The clocks of one case while something happens to it."""

    def __init__(
        self,
        work: UnitOfWork,
        instance: ProcessInstance,
        family: Family,
        variables: Mapping[str, Any],
        clocks: list[CaseClock],
    ) -> None:
        self.work = work
        self.instance = instance
        self.family = family
        self.variables = variables
        self.clocks = clocks
        self.made: list[CaseClock] = []
        self.entries: list[dict[str, Any]] = []
        self.day = received_day(variables.get("received_at"), instance.started_at)

    def start(self, rule_id: str, span: Span, since: str = "") -> None:
        """Start the clock of a rule, unless it runs already (the law counts from the first) or does not apply.

        `since` names the variable that holds the instant counted from, where the rule names none.
        """
        rule = in_force(self.family.rules[rule_id], self.day)
        is_running = any(clock.rule_id == rule_id for clock in self.clocks)
        if rule is None or not rule.is_on or is_running or not self._applies(span):
            return
        started_at = self._moment(span.since or since)
        clock = CaseClock(
            instance_id=self.instance.id,
            rule_id=rule.id,
            in_force_from=rule.in_force_from,
            name=rule.name[:200],
            kind=rule.clock,
            party=rule.binds[:200],
            started_at=started_at,
            due_at=started_at,
            extensions=0,
            extended=0,
            pauses=[],
        )
        count(self.work, clock, rule)
        self.clocks.append(clock)
        self.made.append(clock)

    def stop(self, rule_ids: set[str], outcome: str = "") -> None:
        """Stop the clocks of rules: in time or late, unless another outcome is given."""
        for clock in [clock for clock in self.clocks if clock.rule_id in rule_ids]:
            self.clocks.remove(clock)
            if clock.paused_at is not None:
                self._resume(clock)
            clock.stopped_at = self.work.now
            clock.outcome = outcome or ("late" if self.work.now > clock.due_at else "met")

    def end(self, whole: set[str]) -> None:
        """Stop everything: the case is over. What it ended without lapses."""
        self.stop(whole)
        self.stop({clock.rule_id for clock in self.clocks}, "lapsed")

    def extend(self, rule_id: str, element: str) -> None:
        """Extend a running clock as far as its rule allows, because the plan's own step has decided so."""
        for clock in [clock for clock in self.clocks if clock.rule_id == rule_id]:
            rule = rule_of(self.family, clock)
            if rule is None or rule.extension is None or clock.extensions >= rule.extension.times:
                continue
            was = clock.due_at
            clock.extensions += 1
            clock.extended += rule.extension.number
            count(self.work, clock, rule)
            data = {"clock": clock.name, "from": was.isoformat(), "to": clock.due_at.isoformat()}
            self.entries.append({"what": "clock_extended", "element": element, "data": data})

    def _resume(self, clock: CaseClock) -> None:
        end_pause(self.work, clock)
        release(self.work, self.instance)
        rule = rule_of(self.family, clock)
        if rule is not None:
            count(self.work, clock, rule)

    def _applies(self, span: Span) -> bool:
        if not span.when:
            return True
        seen = {name: feel.from_json(value) for name, value in self.variables.items()}
        try:
            return feel.compile(span.when).evaluate(seen, calendar=covering(self.work), now=self.work.now) is True
        except feel.FeelLimit:
            return True  # what cannot be decided is counted: a limit shown in vain does less harm than one missed

    def _moment(self, variable: str) -> datetime:
        """Return the instant that a variable holds, as far as it has passed; else now."""
        value = self.variables.get(variable)
        if isinstance(value, str):
            try:
                moment = datetime.fromisoformat(value)
            except ValueError:
                return self.work.now
            if moment.tzinfo is not None and moment <= self.work.now:
                return moment
        return self.work.now


def end_pause(work: UnitOfWork, clock: CaseClock) -> None:
    """End the pause of a clock now; counting it anew is the caller's."""
    assert clock.paused_at is not None
    clock.pauses = [*clock.pauses, [clock.paused_at.isoformat(), work.now.isoformat(), clock.pause_reason or ""]]
    clock.paused_at = clock.pause_reason = None


def _marks(family: Family, key: str) -> _Marks:
    """Return the marks of a plan; made once for a family."""
    kept: _Marks | None = family.compiled.get(("clocks", key))
    if kept is None:
        kept = family.compiled["clocks", key] = _read(family, key)
    return kept


def _read(family: Family, key: str) -> _Marks:
    marks = _Marks()
    for process in family.processes.values():
        is_own = process.id == key
        for rule_id, versions in family.rules.items():
            spans = {rule.spans[process.id] for rule in versions if process.id in rule.spans and rule.is_on}
            for span in sorted(spans, key=repr):
                _add(marks, process, rule_id, span, is_own=is_own)
    return marks


def _add(marks: _Marks, process: Process, rule_id: str, span: Span, *, is_own: bool) -> None:
    """Add what a rule names in a process. One that is called begins and ends with its own events, not with the case."""
    nodes = process.body.nodes.values()
    if span.start:
        begins = [_mark(process, span.start, is_reached=span.is_reached)]
    elif is_own:
        begins = []
        marks.first.append((rule_id, span))
    else:
        begins = [_mark(process, node.id) for node in nodes if node.kind is Kind.START]
    for mark in begins:
        marks.starts.setdefault(mark, []).append((rule_id, span))
    ends = span.ends
    if not ends and is_own:
        marks.whole.add(rule_id)
    elif not ends:
        ends = tuple(node.id for node in nodes if node.kind is Kind.END)
    for element in ends:
        marks.stops.setdefault(_mark(process, element), set()).add(rule_id)
    if span.extended_by:
        marks.extends.setdefault(_mark(process, span.extended_by), set()).add(rule_id)


def _mark(process: Process, element: str, *, is_reached: bool = False) -> Mark:
    """Return what happens when an element is reached or done; of a repeated one, the whole of it."""
    node = process.node(element)
    is_repeated = node is not None and node.loop is not None
    if is_reached:
        return process.id, ("began" if is_repeated else "entered"), element
    return process.id, ("finished" if is_repeated else "completed"), element
