"""Clocks (时限) that run on a case: reading them, pausing, resuming and extending one as its rule allows.

Each act has a reason and is recorded. When clocks start and stop by themselves is `clock_shadow`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from engine import clock_shadow, deployments, instances
from engine.diagram import Timer
from engine.errors import Conflict, EngineError, NotAllowed, NotFound
from engine.rules import PAUSES, Pause, Rule, in_force, received_day
from engine.spiff.machine import Machine
from engine.spiff.world import Wait
from engine.tables import CaseClock, Job, ProcessInstance
from engine.visibility import visible_instances
from engine.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ClockInfo:
    """A clock as pages show it. `rule` None: the plan has it no more.

    `left`: whole days or working days left, as the rule counts, negative when overdue; None for hours and for what is
    over. `share`: how much of the time is used, 0 to 1. `may_extend`, `may_pause`, `may_resume`: by whoever looks, now.
    """

    id: int
    rule: Rule | None
    name: str
    kind: str
    party: str
    started_at: datetime
    due_at: datetime
    is_provisional: bool
    extensions: int
    extended: int
    pauses: list[Pause]
    paused_at: datetime | None
    pause_reason: str | None
    stopped_at: datetime | None
    outcome: str | None
    left: int | None
    share: float
    is_overdue: bool
    may_pause: bool = False
    may_resume: bool = False
    may_extend: bool = False
    pause_reasons: tuple[str, ...] = ()

    @property
    def is_statutory(self) -> bool:
        """Return whether the limit is the law's."""
        return self.kind == "statutory"

    @property
    def may_still_extend(self) -> int:
        """Return by how much the rule still allows to extend."""
        extension = self.rule.extension if self.rule is not None else None
        return 0 if extension is None or self.extensions >= extension.times else extension.number


def of_instance(work: UnitOfWork, instance_id: int) -> list[ClockInfo]:
    """Return the clocks of a case: the law's before the house's, those that run first, the nearest first.

    Raises NotFound when the actor may not see the case.
    """
    info = instances.get(work, instance_id)
    family = deployments.open_family(work, info.definition_id)
    rows = work.session.scalars(select(CaseClock).where(CaseClock.instance_id == instance_id)).all()
    found = [_info(work, row, clock_shadow.rule_of(family, row)) for row in rows]
    return sorted(found, key=lambda one: (not one.is_statutory, one.stopped_at is not None, one.due_at, one.id))


def switched_off(work: UnitOfWork, instance_id: int) -> list[Rule]:
    """Return the rules of the case's plan that would bind it, had anybody verified them. Raises NotFound as above."""
    info = instances.get(work, instance_id)
    family = deployments.open_family(work, info.definition_id)
    day = received_day(None, info.started_at)
    versions = [in_force(rules, day) for rules in family.rules.values()]
    return [rule for rule in versions if rule is not None and not rule.is_on and info.key in rule.spans]


def nearest(work: UnitOfWork, instance_ids: Iterable[int]) -> dict[int, datetime]:
    """Return case -> when its nearest statutory clock is due, for a list of cases that the actor was shown already."""
    wanted = set(instance_ids)
    if not wanted:
        return {}
    rows = work.session.execute(
        select(CaseClock.instance_id, func.min(CaseClock.due_at))
        .where(
            CaseClock.instance_id.in_(wanted),
            CaseClock.stopped_at.is_(None),
            CaseClock.paused_at.is_(None),
            CaseClock.kind == "statutory",
        )
        .group_by(CaseClock.instance_id)
    ).all()
    return dict(rows)


def resting(work: UnitOfWork, instance_ids: Iterable[int]) -> dict[tuple[int, datetime], str]:
    """Return what rests in the cases because a clock stands still: (case, due moment) -> why it stands still.

    A task or deadline due at that moment is due when its clock is: it moves along as soon as the clock runs again.
    """
    paused = (CaseClock.instance_id.in_(sorted(set(instance_ids))), CaseClock.stopped_at.is_(None))
    columns = select(CaseClock.instance_id, CaseClock.due_at, CaseClock.pause_reason)
    rows = work.session.execute(columns.where(*paused, CaseClock.paused_at.isnot(None))).all()
    return {(instance_id, due_at): why or "" for instance_id, due_at, why in rows}


def resting_timers(work: UnitOfWork, instance_id: int) -> frozenset[int]:
    """Return the tokens of the case's timers that are held while a clock stands still."""
    held = (Job.instance_id == instance_id, Job.kind == "timer", Job.status == "held", Job.token.isnot(None))
    return frozenset(token for token in work.session.scalars(select(Job.token).where(*held)) if token is not None)


def pausers(rule: Rule | None) -> tuple[str, ...]:
    """Return the roles that may let a rule's clock stand still and run again, beside whoever may "operate"."""
    named = (rule.paused_by, *extenders(rule)) if rule is not None else ()
    return tuple(dict.fromkeys(role for role in named if role))


def extenders(rule: Rule | None) -> tuple[str, ...]:
    """Return the roles that may extend a rule's clock, beside whoever may "operate"."""
    approver = rule.extension.approver if rule is not None and rule.extension is not None else ""
    return (approver,) if approver else ()


def pause(work: UnitOfWork, instance_id: int, clock_id: int, why: str, reason: str) -> None:
    """Let a clock stand still until `resume`. `why` is one of those that its rule allows.

    The plan's timers that asked the clock's rule stand still with it: nobody is supervised over a limit that rests.
    Needs "operate", or a role that the rule names: who may pause it, or its approver. Raises Conflict for a clock that
    does not run.
    """
    instance, clock, rule = _acted_on(work, instance_id, clock_id, reason, pausers)
    if clock.paused_at is not None:
        raise Conflict("此时限已经中止计时。", "This clock is paused already.", code="clock-paused")
    _in_time(work, clock)
    if why not in _reasons(rule):
        allowed = "、".join(PAUSES[one][0] for one in _reasons(rule)) or "无"
        raise EngineError(
            f"“{clock.name}”不能以此事由中止计时；规则允许的事由：{allowed}。",
            f"{rule.name_en or clock.name} may not be paused for this; its rule allows: "
            f"{', '.join(PAUSES[one][1] for one in _reasons(rule)) or 'nothing'}.",
            code="pause-not-allowed",
        )
    clock.paused_at, clock.pause_reason = work.now, why
    _note(work, instance, "clock_paused", clock, {"why": why, "reason": reason.strip()})
    clock_shadow.hold(work, instance_id, _asking(work, instance, clock, clock.due_at))


def resume(work: UnitOfWork, instance_id: int, clock_id: int, reason: str) -> None:
    """Let a paused clock run again: it is due as much later as it stood still. Needs what `pause` needs."""
    instance, clock, rule = _acted_on(work, instance_id, clock_id, reason, pausers)
    if clock.paused_at is None:
        raise Conflict("此时限没有中止计时。", "This clock is not paused.", code="clock-not-paused")
    was = clock.due_at
    clock_shadow.end_pause(work, clock)
    clock_shadow.release(work, instance)
    clock_shadow.count(work, clock, rule)
    _note(work, instance, "clock_resumed", clock, {"reason": reason.strip(), **_moved(was, clock)})
    _carry(work, instance, clock, was)


def extend(
    work: UnitOfWork, instance_id: int, clock_id: int, number: int, reason: str, *, is_told: bool = False
) -> None:
    """Extend a clock by `number` in the unit of its rule's extension, as often and as far as the rule allows.

    `is_told`: the complainant was told the reason, where the rule wants that. Needs "operate", or the role that the
    rule names as approver.
    """
    instance, clock, rule = _acted_on(work, instance_id, clock_id, reason, extenders)
    extension = rule.extension
    if extension is None or clock.extensions >= extension.times:
        raise Conflict(
            f"“{clock.name}”不能再延期。" if extension else f"“{clock.name}”不允许延期。",
            f"{rule.name_en or clock.name} may not be extended{' again' if extension else ''}.",
            code="extension-not-allowed",
        )
    _in_time(work, clock)
    if not 1 <= number <= extension.number:
        raise EngineError(
            f"“{clock.name}”每次最多延长 {extension.number}，至少 1。",
            f"{rule.name_en or clock.name} is extended by 1 to {extension.number}.",
            code="extension-too-long",
        )
    if extension.tells_reason and not is_told:
        raise EngineError(
            "延期须先将理由告知投诉人，并在此确认。",
            "The complainant must be told the reason first; confirm it here.",
            code="reason-not-told",
        )
    was = clock.due_at
    clock.extensions += 1
    clock.extended += number
    clock_shadow.count(work, clock, rule)
    data = {"number": number, "unit": extension.unit, "reason": reason.strip(), "told": is_told, **_moved(was, clock)}
    _note(work, instance, "clock_extended", clock, data)
    _carry(work, instance, clock, was)


# --- private --------------------------------------------------------------------------------------------------


def _acted_on(
    work: UnitOfWork, instance_id: int, clock_id: int, reason: str, roles: Callable[[Rule | None], tuple[str, ...]]
) -> tuple[ProcessInstance, CaseClock, Rule]:
    """Find the case and its clock, locked, and check that the actor may act on it now."""
    seen = select(ProcessInstance.id).where(ProcessInstance.id == instance_id, visible_instances(work))
    if work.session.scalar(seen) is None:
        raise NotFound("没有这个投诉件。", "There is no such case.")
    instance = instances.locked(work, instance_id)
    clock = work.session.get(CaseClock, clock_id, populate_existing=True)
    if clock is None or clock.instance_id != instance_id:
        raise NotFound("没有这个时限。", "There is no such clock.")
    rule = clock_shadow.rule_of(deployments.open_family(work, instance.definition_id), clock)
    if not _may_act(work, roles(rule)):
        raise NotAllowed("您没有进行此操作的权限。", "You are not allowed to do this.")
    if not reason.strip():
        raise EngineError("请说明理由。", "Give a reason.", code="reason-missing")
    if clock.stopped_at is not None:
        raise Conflict("此时限已经结束。", "This clock is over.", code="clock-over")
    if rule is None:
        raise Conflict("预案中已没有这条时限规则。", "The plan has this rule no more.", code="rule-gone")
    return instance, clock, rule


def _carry(work: UnitOfWork, instance: ProcessInstance, clock: CaseClock, was: datetime) -> None:
    """Move the deadlines of the plan that asked the clock's rule along with it: supervision waits for the new end."""
    later = clock.due_at - was
    asking = _asking(work, instance, clock, was) if later else []

    def change(machine: Machine) -> None:
        for wait in machine.waits():
            if wait.token in asking and wait.due_at is not None:
                machine.move_deadline(wait.token, wait.due_at + later)

    if asking:
        instances.move(work, instance, change, may_be_suspended=True)


def _asking(work: UnitOfWork, instance: ProcessInstance, clock: CaseClock, was: datetime) -> list[int]:
    """Return the tokens whose deadline the clock's rule set, as it was: those that end with it, and reminders before."""
    waits = instances.waits(work, instance.id)
    return [
        wait.token
        for wait in waits
        if wait.due_at is not None and (wait.due_at == was or _counts_back(wait, clock.rule_id, was))
    ]


def _counts_back(wait: Wait, rule_id: str, was: datetime) -> bool:
    """Return whether a timer says "so long before the limit of the rule"; with `min` another limit may be what counts."""
    timer = wait.node.event(Timer)
    text = timer.value.text if isinstance(timer, Timer) and not timer.value.is_literal else ""
    is_before = wait.due_at is not None and wait.due_at < was
    return is_before and f'limit due("{rule_id}"' in text and "min(" not in text and "max(" not in text


def _may_act(work: UnitOfWork, roles: tuple[str, ...]) -> bool:
    return work.actor.may("operate") or not work.actor.groups.isdisjoint(roles)


def _in_time(work: UnitOfWork, clock: CaseClock) -> None:
    if clock.paused_at is None and work.now > clock.due_at:
        raise Conflict(
            f"“{clock.name}”已经超期，不能再中止计时或延期。",
            "This clock is overdue: it cannot be paused or extended any more.",
            code="clock-overdue",
        )


def _reasons(rule: Rule | None) -> tuple[str, ...]:
    """Return what a clock may be paused for: what its rule allows; the house's own may stand still for anything."""
    if rule is None:
        return ()
    return tuple(one for one in PAUSES if one in rule.pauses or not rule.is_statutory)


def _moved(was: datetime, clock: CaseClock) -> dict[str, Any]:
    return {"from": was.isoformat(), "to": clock.due_at.isoformat()}


def _note(work: UnitOfWork, instance: ProcessInstance, what: str, clock: CaseClock, data: Mapping[str, Any]) -> None:
    work.session.flush()
    instances.note(work, instance, what, {"clock": clock.name, "rule": clock.rule_id, **data})


def _info(work: UnitOfWork, row: CaseClock, rule: Rule | None) -> ClockInfo:
    at = row.stopped_at or row.paused_at or work.now
    whole = (row.due_at - row.started_at).total_seconds()
    is_open = row.stopped_at is None
    is_overdue = row.outcome == "late" or (is_open and at > row.due_at)
    may_move = is_open and not is_overdue and rule is not None
    may_pause = is_open and _may_act(work, pausers(rule))
    may_extend = may_move and _may_act(work, extenders(rule))
    reasons = _reasons(rule) if may_move else ()
    extension = rule.extension if rule is not None else None
    return ClockInfo(
        id=row.id,
        rule=rule,
        name=row.name,
        kind=row.kind,
        party=row.party,
        started_at=row.started_at,
        due_at=row.due_at,
        is_provisional=row.is_provisional,
        extensions=row.extensions,
        extended=row.extended,
        pauses=clock_shadow.pauses_of(row),
        paused_at=row.paused_at,
        pause_reason=row.pause_reason,
        stopped_at=row.stopped_at,
        outcome=row.outcome,
        left=_left(work, rule, row, at) if is_open else None,
        share=min(1.0, max(0.0, (at - row.started_at).total_seconds() / whole)) if whole > 0 else 1.0,
        is_overdue=is_overdue,
        may_pause=may_pause and bool(reasons) and row.paused_at is None,
        may_resume=may_pause and rule is not None and row.paused_at is not None,
        may_extend=may_extend and extension is not None and row.extensions < extension.times,
        pause_reasons=reasons,
    )


def _left(work: UnitOfWork, rule: Rule | None, row: CaseClock, at: datetime) -> int | None:
    """Return the days left as the rule counts them; None for a limit that ends at a second."""
    if rule is None or rule.is_exact:
        return None
    calendar = clock_shadow.covering(work)
    first, last = at.astimezone(calendar.zone).date(), row.due_at.astimezone(calendar.zone).date()
    return calendar.working_days_between(first, last) if rule.unit == "working days" else (last - first).days
