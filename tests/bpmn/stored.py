"""Plays a case in a database: its state in a row, its waits as rows beside it, compared after every step."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from engine import shadow
from engine.spiff.machine import Machine
from engine.spiff.world import Wait
from engine.tables import Deployment, Incident, Job, ProcessDefinition, ProcessInstance, Subscription, UserTask
from engine.work import SYSTEM, Database, UnitOfWork
from tests.bpmn.build import NOW, Play


def prepare(database: Database) -> int:
    """Make a definition that the cases belong to; return its id."""
    with database.work(SYSTEM) as work:
        deployment = Deployment(deployed_at=NOW, deployed_by="system")
        work.session.add(deployment)
        work.session.flush()
        made = work.session.execute(
            insert(ProcessDefinition)
            .values(key="p", version=1, name="p", digest="0", deployment_id=deployment.id, main_file="p.bpmn")
            .returning(ProcessDefinition.id)
        )
        return made.scalar_one()


class StoredPlay(Play):
    """A case that is loaded from its row and written back at every step."""

    def __init__(self, plan: Any, database: Database, definition_id: int, **options: Any) -> None:
        super().__init__(plan, **options)
        self.database = database
        self.definition_id = definition_id
        self.instance_id: int | None = None

    def _keep(self) -> None:
        happenings = list(self.machine.happenings)
        super()._keep()
        with self.database.work(SYSTEM, now=self.world.now) as work:
            before, instance = self._row(work)
            instance.state = self.machine.dump()
            tokens = {
                what: frozenset(one.token for one in happenings if one.what == what)
                for what in ("completed", "incident")
            }
            shadow.cast(work, instance, before, self.machine.waits(), tokens["completed"], tokens["incident"])
            work.session.flush()
            assert self._rows(work, instance.id) == sorted(
                (wait.kind, wait.token) for wait in self.machine.waits() if wait.kind not in ("ad_hoc", "condition")
            )
        with self.database.work(SYSTEM, read_only=True) as work:
            state = work.session.scalars(
                select(ProcessInstance.state).where(ProcessInstance.id == self.instance_id)
            ).one()
            self.machine = Machine.load(state, self.plan, self.world)

    def _row(self, work: UnitOfWork) -> tuple[list[Wait], ProcessInstance]:
        """Return what the case waited for before, and its row."""
        if self.instance_id is None:
            instance = ProcessInstance(
                definition_id=self.definition_id, status="running", started_at=NOW, started_by="system", state=b""
            )
            work.session.add(instance)
            work.session.flush()
            self.instance_id = instance.id
            return [], instance
        instance = work.session.get_one(ProcessInstance, self.instance_id)
        return Machine.load(instance.state, self.plan, self.world).waits(), instance

    @staticmethod
    def _rows(work: UnitOfWork, instance_id: int) -> list[tuple[str, int]]:
        """Return the kind and token of every row that stands for a wait."""
        session = work.session
        found = [
            *(
                ("user", token)
                for token in session.scalars(
                    select(UserTask.token).where(UserTask.instance_id == instance_id, UserTask.closed_at.is_(None))
                )
            ),
            *session.execute(select(Job.kind, Job.token).where(Job.instance_id == instance_id)).all(),
            *session.execute(
                select(Subscription.kind, Subscription.token).where(Subscription.instance_id == instance_id)
            ).all(),
            *(
                ("incident", token)
                for token in session.scalars(
                    select(Incident.token).where(Incident.instance_id == instance_id, Incident.resolved_at.is_(None))
                )
            ),
        ]
        return sorted((str(kind), int(token)) for kind, token in found)
