"""Completing a task as the house does it: besides the engine's part, what the answers mean for people and checklists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import instances, recusals, tasks
from engine.work import UnitOfWork
from webapp import resources
from webapp.recusals import name_respondents


@dataclass(frozen=True, slots=True)
class Done:
    """What completing led to. `kept_out`: how many people the answers keep out of the case.

    `checked_plan` is the plan whose checklist was kept, `unknown_plan` what was named and is no plan with a checklist.
    """

    instance_id: int
    next_task_id: int | None
    kept_out: int = 0
    checked_plan: str = ""
    unknown_plan: str = ""


def complete(work: UnitOfWork, task_id: int, raw: Mapping[str, Any], version: int | None = None) -> Done:
    """Complete a task; keep out of its case whom the answers name, note in a checklist what was looked at.

    The first is a task with the property "recuses", the second one with "checks-resources". Raises as `tasks.complete`.
    """
    done = tasks.complete(work, task_id, raw, version)
    next_task_id, kept_out = done.next_task_id, 0
    if done.named:
        outcome = name_respondents(work, done.instance_id, done.named, recusals.NAMED)
        kept_out = len(outcome.kept_out)
        if work.actor.id in outcome.kept_out:
            next_task_id = None
    checked = unknown = ""
    if done.looked_at is not None:
        plan, kinds = done.looked_at
        case = instances.get(work, done.instance_id)
        checked = resources.looked_at(work, plan, kinds, f"{case.plan} {case.business_key or case.id}")
        unknown = "" if checked else plan
    return Done(done.instance_id, next_task_id, kept_out, checked, unknown)
