"""Start events that wait: which messages and signals a plan begins with, and when the calendar begins it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import delete

from engine import diagram
from engine.diagram import Kind, Node, Process
from engine.family import Family
from engine.spiff import timers
from engine.spiff.world import World
from engine.tables import Job, ProcessDefinition
from engine.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class _NoCase:
    """What a timer may ask before there is a case: the moment and the calendar."""

    world: World


def listening_starts(process: Process) -> Iterator[tuple[Node, str, str]]:
    """Yield each beginning of the process that waits for a message or a signal: (node, "message"|"signal", name)."""
    for node in _beginnings(process):
        for event in node.events:
            if isinstance(event, diagram.Message):
                yield node, "message", event.name.text
            elif isinstance(event, diagram.Signal):
                yield node, "signal", event.name.text


def _beginnings(process: Process) -> Iterator[Node]:
    """Yield what an event begins the process at: start events, and what stands in their place (instantiate)."""
    nodes = process.body.nodes
    for node in nodes.values():
        if node.kind is Kind.START or (node.instantiating and node.kind is Kind.RECEIVE_TASK):
            yield node
        elif node.instantiating:
            yield from (nodes[flow.target] for flow in node.outgoing)


def arm(work: UnitOfWork, definition: ProcessDefinition, house: Family) -> None:
    """Let the timer start events of the newest version run, and those of older versions no longer."""
    work.session.execute(delete(Job).where(Job.kind == "start", Job.topic == definition.key))
    for node in _beginnings(house.processes[definition.key]):
        for index, event in enumerate(node.events):
            if isinstance(event, diagram.Timer):
                due = timers.due(cast(Any, _NoCase(World(work.now, work.calendar))), event, {}, node.id)
                work.session.add(
                    Job(
                        kind="start",
                        element_id=node.id,
                        topic=definition.key,
                        due_at=due.at,
                        status="waiting",
                        max_attempts=1_000_000,
                        is_provisional=due.is_provisional,
                        payload={
                            "definition_id": definition.id,
                            "event": index,
                            "left": due.left,
                            "interval": due.interval,
                        },
                    )
                )
    work.session.flush()


def following(job: Job, now: datetime) -> tuple[datetime, int] | None:
    """Return when the start timer of `job` fires next and how often after that (-1: without end), or None."""
    payload = job.payload or {}
    if not payload.get("interval"):
        return None
    due = timers.again(job.due_at, now, payload["left"], payload["interval"])
    return None if due is None else (due.at, due.left)
