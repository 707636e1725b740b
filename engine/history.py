"""What happened: append-only, hash-chained, one row for each unit of work that changed a case.

A row's digest is SHA-256 over the digest before it, the case, the number, the moment, the actor and the entries as
stored. Changing, removing or reordering any row breaks the chain from there on; `verify` finds the place.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import zstandard
from sqlalchemy import func, select

from engine.tables import AuditEvent, History, ProcessInstance
from engine.work import UnitOfWork

#: Entries longer than this are refused by zstd when read back: a guard against a forged row.
_MAX_BYTES = 64 * 1024 * 1024
#: Names the audit chain among PostgreSQL's advisory locks.
_AUDIT_LOCK = 7_220_001


class _Zstd(threading.local):
    """One pair of contexts a thread: shared by two at once, they write rows that nobody can read again."""

    def __init__(self) -> None:
        self.pack = zstandard.ZstdCompressor(level=3)
        self.unpack = zstandard.ZstdDecompressor()


_zstd = _Zstd()


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to a case. `data` holds what changed, may be empty."""

    number: int
    at: datetime
    actor: str
    what: str
    element: str
    data: dict[str, Any]


def record(work: UnitOfWork, instance: ProcessInstance, entries: Sequence[dict[str, Any]]) -> None:
    """Append `entries` ({"what", "element"?, "data"?} each) to the history of `instance` as one row.

    Flushes nothing; the caller's unit of work writes the row. Without entries nothing is written.
    """
    if not entries:
        return
    packed = pack(entries)
    number = instance.history_length + 1
    digest = _digest(instance.history_digest, instance.id, number, work.now, work.actor.id, packed)
    work.session.add(
        History(instance_id=instance.id, number=number, at=work.now, actor=work.actor.id, entries=packed, digest=digest)
    )
    instance.history_length = number
    instance.history_digest = digest


def read(work: UnitOfWork, instance_id: int) -> list[Entry]:
    """Return everything that happened to the case, oldest first. Who may see the case is the caller's matter."""
    rows = work.session.scalars(select(History).where(History.instance_id == instance_id).order_by(History.number))
    return [
        Entry(row.number, row.at, row.actor, item["what"], item.get("element", ""), item.get("data") or {})
        for row in rows
        for item in unpack(row.entries)
    ]


def pack(entries: Sequence[dict[str, Any]]) -> bytes:
    """Return the entries of one row as they are stored."""
    return _zstd.pack.compress(orjson.dumps(list(entries), default=str))


def unpack(entries: bytes) -> list[dict[str, Any]]:
    """Return the entries of one stored row."""
    items: list[dict[str, Any]] = orjson.loads(_zstd.unpack.decompress(entries, max_output_size=_MAX_BYTES))
    return items


def broken_at(work: UnitOfWork, instance: ProcessInstance) -> int | None:
    """Return the number of the first row that does not fit the chain, or None when the history is whole."""
    digest, number = b"", 0
    for row in work.session.scalars(select(History).where(History.instance_id == instance.id).order_by(History.number)):
        expected = _digest(digest, instance.id, number + 1, row.at, row.actor, row.entries)
        if row.number != number + 1 or row.digest != expected:
            return number + 1
        digest, number = row.digest, row.number
    if number != instance.history_length or digest != instance.history_digest:
        return number + 1
    return None


def audit(work: UnitOfWork, what: str, detail: dict[str, Any]) -> None:
    """Append what somebody did to the house and not to a case. `detail` must be JSON-able."""
    if work.session.get_bind().dialect.name == "postgresql":  # one at a time, or the chain would fork
        work.session.execute(select(func.pg_advisory_xact_lock(_AUDIT_LOCK)))
    last = work.session.scalar(select(AuditEvent.digest).order_by(AuditEvent.id.desc()).limit(1)) or b""
    digest = _audit_digest(last, work.now, work.actor.id, what, detail)
    work.session.add(AuditEvent(at=work.now, actor=work.actor.id, what=what, detail=detail, digest=digest))
    work.session.flush()


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Something somebody did to the house."""

    id: int
    at: datetime
    actor: str
    what: str
    detail: dict[str, Any]


def audit_trail(work: UnitOfWork, *, before: int | None = None, limit: int = 50) -> list[AuditEntry]:
    """Return the newest audit events (with ids under `before`), newest first. Needs "monitor"."""
    work.require("monitor")
    query = select(AuditEvent).order_by(AuditEvent.id.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEvent.id < before)
    return [AuditEntry(row.id, row.at, row.actor, row.what, row.detail) for row in work.session.scalars(query)]


def audit_broken_at(work: UnitOfWork) -> int | None:
    """Return the id of the first audit event that does not fit the chain, or None."""
    digest = b""
    for row in work.session.scalars(select(AuditEvent).order_by(AuditEvent.id)):
        if row.digest != _audit_digest(digest, row.at, row.actor, row.what, row.detail):
            return row.id
        digest = row.digest
    return None


def _digest(before: bytes, instance_id: int, number: int, at: datetime, actor: str, packed: bytes) -> bytes:
    head = f"{instance_id}\n{number}\n{at.timestamp():.6f}\n{actor}\n".encode()
    return hashlib.sha256(before + head + packed).digest()


def _audit_digest(before: bytes, at: datetime, actor: str, what: str, detail: dict[str, Any]) -> bytes:
    head = f"{at.timestamp():.6f}\n{actor}\n{what}\n".encode()
    return hashlib.sha256(before + head + orjson.dumps(detail, option=orjson.OPT_SORT_KEYS)).digest()
