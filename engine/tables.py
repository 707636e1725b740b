"""Stored shapes (SQLAlchemy 2) and their Base. Shape only: no rule, no query.

Instants are stored in UTC and come back knowing it. The state of a case is one compressed blob; every other row of
the case is its shadow, written in the same transaction (architecture, decision 2).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Index, Integer, LargeBinary, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.columns import NO_DEADLINE, Base, Moment, Names

__all__ = [
    "NO_DEADLINE",
    "AuditEvent",
    "Base",
    "CalendarDay",
    "CalendarYear",
    "CaseClock",
    "DefinitionFile",
    "Deployment",
    "FileContent",
    "History",
    "Incident",
    "InstanceAccess",
    "InstanceRecusal",
    "Job",
    "Moment",
    "Names",
    "Outbox",
    "ProcessDefinition",
    "ProcessInstance",
    "Setting",
    "StartSubscription",
    "Subscription",
    "TaskOffer",
    "UserTask",
]


class FileContent(Base):
    """The bytes of a file as its author saved it, once each, named by their SHA-256."""

    __tablename__ = "file_content"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Deployment(Base):
    """Files taken in together (部署)."""

    __tablename__ = "deployment"

    id: Mapped[int] = mapped_column(primary_key=True)
    deployed_at: Mapped[datetime] = mapped_column()
    deployed_by: Mapped[str] = mapped_column(String(100))
    note: Mapped[str] = mapped_column(Text, default="")


class ProcessDefinition(Base):
    """One version of one plan's whole family (流程定义): its diagram, decisions, forms and called processes."""

    __tablename__ = "process_definition"
    __table_args__ = (Index("ix_process_definition_key_version", "key", "version", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(100))  #: id of the process in the diagram
    version: Mapped[int] = mapped_column(Integer)  #: 1, 2, 3 ... of this key
    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))  #: of the family's files; the same digest is the same version
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    main_file: Mapped[str] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)  #: may new cases start on it


class DefinitionFile(Base):
    """A file of a definition's family."""

    __tablename__ = "definition_file"

    definition_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    digest: Mapped[str] = mapped_column(ForeignKey("file_content.digest"))


class StartSubscription(Base):
    """A start event of the newest version of a plan that waits for a message, a signal or a moment."""

    __tablename__ = "start_subscription"
    __table_args__ = (Index("ix_start_subscription_kind_name", "kind", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"), index=True)
    element_id: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))  #: message, signal or timer
    name: Mapped[str] = mapped_column(String(200), default="")


class ProcessInstance(Base):
    """One running case of a definition (流程实例). `state` holds the tokens and variables; only `advance` changes it."""

    __tablename__ = "process_instance"
    __table_args__ = (
        Index("ix_process_instance_status_id", "status", "id"),
        Index("ix_process_instance_definition_status", "definition_id", "status", "id"),
        Index(
            "ix_process_instance_confidential",
            "id",
            sqlite_where=text("is_confidential = 1"),
            postgresql_where=text("is_confidential"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"))
    business_key: Mapped[str | None] = mapped_column(String(100), index=True)
    status: Mapped[str] = mapped_column(String(12))  #: running, suspended, ended or cancelled
    started_at: Mapped[datetime] = mapped_column()
    started_by: Mapped[str] = mapped_column(String(100))
    ended_at: Mapped[datetime | None] = mapped_column()
    end_element: Mapped[str | None] = mapped_column(String(100))
    is_drill: Mapped[bool] = mapped_column(Boolean, default=False)
    is_confidential: Mapped[bool] = mapped_column(Boolean, default=False)
    has_recusals: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())  #: see InstanceRecusal
    version: Mapped[int] = mapped_column(Integer, default=1)  #: optimistic lock: goes up with every change
    history_length: Mapped[int] = mapped_column(Integer, default=0)
    history_digest: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    state: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    __mapper_args__ = {"version_id_col": version}


class InstanceAccess(Base):
    """A person named to see a confidential case."""

    __tablename__ = "instance_access"

    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    person: Mapped[str] = mapped_column(String(100), primary_key=True)


class InstanceRecusal(Base):
    """A person kept out of a case (回避): complained of in it, or somebody who reports to such a person."""

    __tablename__ = "instance_recusal"
    __table_args__ = (
        Index("ix_instance_recusal_because_of", "because_of", "instance_id"),
        Index("ix_instance_recusal_person", "person", "instance_id"),
    )

    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    person: Mapped[str] = mapped_column(String(100), primary_key=True)
    #: The person named: themselves, or whom they report to. Who reports to two of them is kept out by each.
    because_of: Mapped[str] = mapped_column(String(100), primary_key=True)
    reason: Mapped[str] = mapped_column(String(500))
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column()


class UserTask(Base):
    """A step that waits for a person (用户任务). Its row outlives the step: closed, never deleted."""

    __tablename__ = "user_task"
    __table_args__ = (
        Index("ix_user_task_instance_id", "instance_id", "token"),
        Index(
            "ix_user_task_mine",
            "assignee",
            "sort_at",
            "id",
            sqlite_where=text("closed_at IS NULL AND assignee IS NOT NULL"),
            postgresql_where=text("closed_at IS NULL AND assignee IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    token: Mapped[int] = mapped_column(Integer)  #: the waiting token in the state
    element_id: Mapped[str] = mapped_column(String(100))  #: id in the diagram
    name: Mapped[str] = mapped_column(String(200))
    groups: Mapped[list[str]] = mapped_column(Names, nullable=True)  #: who may claim it, by role
    users: Mapped[list[str]] = mapped_column(Names, nullable=True)  #: who may claim it, by person
    assignee: Mapped[str | None] = mapped_column(String(100))  #: None: nobody claimed it
    form: Mapped[str | None] = mapped_column(String(100))  #: None: complete without answers
    created_at: Mapped[datetime] = mapped_column()
    due_at: Mapped[datetime | None] = mapped_column()  #: None: no deadline
    sort_at: Mapped[datetime] = mapped_column()  #: due_at, or NO_DEADLINE
    is_provisional: Mapped[bool] = mapped_column(Boolean, default=False)  #: due_at counted over an unpublished year
    priority: Mapped[int | None] = mapped_column(Integer)
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSON)  #: None: nothing saved
    is_suspended: Mapped[bool] = mapped_column(Boolean, default=False)
    closed_at: Mapped[datetime | None] = mapped_column()
    closed_by: Mapped[str | None] = mapped_column(String(100))
    outcome: Mapped[str | None] = mapped_column(String(12))  #: completed or cancelled
    version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": version}


class TaskOffer(Base):
    """An open, unclaimed task offered to one role or person: what the role's inbox reads. Gone when claimed or closed."""

    __tablename__ = "task_offer"

    to: Mapped[str] = mapped_column(String(110), primary_key=True)  #: "role:…" or "person:…"
    sort_at: Mapped[datetime] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("user_task.id"), primary_key=True, index=True)


class Job(Base):
    """What is due without a person (作业): a timer, a service call, a message to deliver. Gone when done."""

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "ix_job_due",
            "due_at",
            "id",
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
        Index(
            "ix_job_taken",
            "taken_until",
            sqlite_where=text("status = 'taken'"),
            postgresql_where=text("status = 'taken'"),
        ),
        Index("ix_job_instance_id_token", "instance_id", "token"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  #: timer, service, deliver, signal, start or purge
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))  #: None: it starts a case
    token: Mapped[int | None] = mapped_column(Integer)
    element_id: Mapped[str] = mapped_column(String(100))
    topic: Mapped[str | None] = mapped_column(String(100))  #: type of the service to call
    due_at: Mapped[datetime] = mapped_column()
    status: Mapped[str] = mapped_column(String(10))  #: waiting, taken, failed, suspended, or held while a clock rests
    taken_until: Mapped[datetime | None] = mapped_column()  #: after it a taken job may be taken again
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    max_attempts: Mapped[int] = mapped_column(Integer, default=3)
    is_provisional: Mapped[bool] = mapped_column(Boolean, default=False)  #: due_at counted over an unpublished year
    payload: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    last_error: Mapped[str | None] = mapped_column(Text)


class Subscription(Base):
    """A token that waits for a message or a signal."""

    __tablename__ = "subscription"
    __table_args__ = (
        Index("ix_subscription_kind_name_key", "kind", "name", "key"),
        Index("ix_subscription_instance_id_token", "instance_id", "token"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    token: Mapped[int] = mapped_column(Integer)
    element_id: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))  #: message or signal
    name: Mapped[str] = mapped_column(String(200))
    key: Mapped[str | None] = mapped_column(String(200))  #: None: correlates by business key


class Incident(Base):
    """A job or step that failed for good (流程故障), never a complaint. Resolved, never deleted."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_open", "resolved_at", "id"), Index("ix_incident_instance_id", "instance_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    token: Mapped[int] = mapped_column(Integer)
    element_id: Mapped[str] = mapped_column(String(100))
    raised_at: Mapped[datetime] = mapped_column()
    code: Mapped[str] = mapped_column(String(60))
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    resolved_at: Mapped[datetime | None] = mapped_column()
    resolved_by: Mapped[str | None] = mapped_column(String(100))


class CaseClock(Base):
    """A limit that runs on a case (时限): a rule's, from when it began. Stopped, never deleted."""

    __tablename__ = "case_clock"
    __table_args__ = (
        Index("ix_case_clock_instance_id", "instance_id", "stopped_at"),
        Index(
            "ix_case_clock_provisional",
            "instance_id",
            sqlite_where=text("is_provisional AND stopped_at IS NULL"),
            postgresql_where=text("is_provisional AND stopped_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    rule_id: Mapped[str] = mapped_column(String(100))
    in_force_from: Mapped[date] = mapped_column(Date)  #: names the version of the rule
    name: Mapped[str] = mapped_column(String(200))  #: the rule's, for lists
    kind: Mapped[str] = mapped_column(String(12))  #: statutory or internal
    party: Mapped[str] = mapped_column(String(200))  #: whose clock it is
    started_at: Mapped[datetime] = mapped_column()
    due_at: Mapped[datetime] = mapped_column()
    is_provisional: Mapped[bool] = mapped_column(Boolean, default=False)  #: due_at counted over an unpublished year
    extensions: Mapped[int] = mapped_column(Integer, default=0)  #: how often it was extended
    extended: Mapped[int] = mapped_column(
        Integer, default=0
    )  #: by how much in all, in the unit of the rule's extension
    pauses: Mapped[list[Any]] = mapped_column(JSON, default=list)  #: those that are over: [from, until, why] each
    paused_at: Mapped[datetime | None] = mapped_column()  #: None: it runs
    pause_reason: Mapped[str | None] = mapped_column(String(20))
    stopped_at: Mapped[datetime | None] = mapped_column()  #: None: it is not over
    outcome: Mapped[str | None] = mapped_column(String(10))  #: met, late or lapsed (the case ended without it)


class History(Base):
    """What one unit of work did to one case: append-only, each row's digest covers the row before it."""

    __tablename__ = "history"
    __table_args__ = {"sqlite_with_rowid": False}

    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)  #: 1, 2, 3 ... of the case
    at: Mapped[datetime] = mapped_column()
    actor: Mapped[str] = mapped_column(String(100))
    entries: Mapped[bytes] = mapped_column(LargeBinary)  #: compressed JSON list, see engine/history.py
    digest: Mapped[bytes] = mapped_column(LargeBinary)  #: SHA-256


class AuditEvent(Base):
    """What somebody did to the house and not to a case (deployed, imported a year, changed a role): hash-chained too."""

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column()
    actor: Mapped[str] = mapped_column(String(100))
    what: Mapped[str] = mapped_column(String(60))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class Outbox(Base):
    """Something to tell the outside, at least once, under a stable key."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_open", "sent_at", "due_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
    created_at: Mapped[datetime] = mapped_column()
    due_at: Mapped[datetime] = mapped_column()
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    sent_at: Mapped[datetime | None] = mapped_column()
    last_error: Mapped[str | None] = mapped_column(Text)


class CalendarYear(Base):
    """A year of the official calendar: published (its notice is imported) or provisional."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_provisional: Mapped[bool] = mapped_column(Boolean)
    source: Mapped[str] = mapped_column(String(200))
    imported_at: Mapped[datetime] = mapped_column()
    imported_by: Mapped[str] = mapped_column(String(100))


class CalendarDay(Base):
    """A day that differs from the Monday-Friday week: a holiday, or a make-up day that is worked."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    is_working: Mapped[bool] = mapped_column(Boolean)
    name: Mapped[str] = mapped_column(String(60), default="")


class Setting(Base):
    """A value the house remembers (such as the demo's clock offset)."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
