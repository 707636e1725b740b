"""Files become numbered versions of plans. A version holds its whole family: diagram, decisions, forms, called processes.

Nothing is stored when a file has an error. The same content is the same version. Opened families are cached by the
digest of their content and shared by all cases.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import delete, func, insert, select, update

from engine import checks, history, plan_words, proposals, start_timers
from engine.errors import EngineError, InvalidPlan, NotFound
from engine.family import Family
from engine.findings import Finding, has_errors
from engine.tables import DefinitionFile, Deployment, FileContent, ProcessDefinition, StartSubscription
from engine.work import UnitOfWork

#: Families kept open in one process.
CACHE_SIZE = 64
MAX_FILES = 500


@dataclass(frozen=True, slots=True)
class DefinitionInfo:
    """A version of a plan. `is_new`: made by the deployment that returned it."""

    id: int
    key: str
    version: int
    name: str
    digest: str
    main_file: str
    is_active: bool
    is_new: bool = False
    deployed_at: datetime | None = None
    deployed_by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What deploying these files would do. `changes` are (key, name) of the plans that would get a new version.

    `family`: the files together with what is deployed, as they were read.
    """

    findings: list[Finding]
    changes: list[tuple[str, str]]
    family: Family


@dataclass(frozen=True, slots=True)
class Deployed:
    """What a deployment did. `definitions` are the plans of the files, new versions and unchanged ones."""

    deployment_id: int | None
    definitions: list[DefinitionInfo]
    findings: list[Finding]


def preview(work: UnitOfWork, files: Mapping[str, bytes], known: checks.Known | None = None) -> Preview:
    """Return everything said about `files` as they would be deployed now. Stores nothing. Needs "deploy"."""
    work.require("deploy")
    house, findings = _read(work, files, known)
    if has_errors(findings):
        return Preview(findings, [], house)
    changes = [
        (key, house.processes[key].name or key) for key, digest in _changed(work, house).items() if digest is not None
    ]
    return Preview(findings, changes, house)


def deploy(work: UnitOfWork, files: Mapping[str, bytes], note: str = "", known: checks.Known | None = None) -> Deployed:
    """Deploy `files` (name -> bytes): each plan whose family changed gets a new version. Needs "deploy".

    Decisions, forms and called processes that `files` lack are taken from what is deployed. `known` names the roles
    and services of the house; None checks neither. Raises InvalidPlan with every error at once, and stores nothing.
    """
    work.require("deploy")
    house, findings = _read(work, files, known)
    if has_errors(findings):
        raise InvalidPlan([finding for finding in findings if finding.severity == "error"])
    plan_words.learn(work, house)
    changed = _changed(work, house)
    mine = [key for key in changed if _is_from(house, key, files)]
    if not any(changed.values()):
        return Deployed(None, [latest(work, key) for key in mine], findings)
    if work.session.get_bind().dialect.name == "postgresql":  # version numbers must not race
        work.session.execute(select(func.pg_advisory_xact_lock(7_220_002)))
    deployment = Deployment(deployed_at=work.now, deployed_by=work.actor.id, note=note.strip())
    work.session.add(deployment)
    work.session.flush()
    made = {key: _store(work, house, key, digest, deployment) for key, digest in changed.items() if digest is not None}
    history.audit(
        work,
        "deployed",
        {"deployment": deployment.id, "plans": {key: info.version for key, info in made.items()}, "note": note.strip()},
    )
    shown = [made.get(key) or latest(work, key) for key in changed if key in mine or key in made]
    return Deployed(deployment.id, shown, findings)


def latest(work: UnitOfWork, key: str) -> DefinitionInfo:
    """Return the newest version of plan `key`. Raises NotFound."""
    found = _infos(work, ProcessDefinition.key == key, limit=1)
    if not found:
        raise NotFound(f"没有部署预案“{key}”。", f"No plan {key} is deployed.")
    return found[0]


def definition(work: UnitOfWork, definition_id: int) -> DefinitionInfo:
    """Return one version. Raises NotFound."""
    found = _infos(work, ProcessDefinition.id == definition_id, limit=1)
    if not found:
        raise NotFound("没有这个预案版本。", "There is no such version of a plan.")
    return found[0]


def definitions(work: UnitOfWork) -> list[DefinitionInfo]:
    """Return the newest version of every plan, by name."""
    newest = select(func.max(ProcessDefinition.id)).group_by(ProcessDefinition.key)
    return sorted(_infos(work, ProcessDefinition.id.in_(newest)), key=lambda info: (info.name, info.key))


def versions(work: UnitOfWork, key: str) -> list[DefinitionInfo]:
    """Return every version of plan `key`, newest first. Raises NotFound when there is none."""
    found = _infos(work, ProcessDefinition.key == key)
    if not found:
        raise NotFound(f"没有部署预案“{key}”。", f"No plan {key} is deployed.")
    return found


def set_active(work: UnitOfWork, key: str, is_active: bool, reason: str) -> None:
    """Let plan `key` take new cases, or no longer. Running cases go on. Needs "deploy" and a reason."""
    work.require("deploy")
    if not reason.strip():
        raise EngineError("请说明理由。", "Give a reason.", code="reason-missing")
    info = latest(work, key)
    work.session.execute(update(ProcessDefinition).where(ProcessDefinition.id == info.id).values(is_active=is_active))
    history.audit(work, "plan-activated" if is_active else "plan-deactivated", {"plan": key, "reason": reason.strip()})


def files(work: UnitOfWork, definition_id: int) -> dict[str, bytes]:
    """Return the files of a version's family, each as its author saved it. Raises NotFound."""
    rows = work.session.execute(
        select(DefinitionFile.name, FileContent.content)
        .join(FileContent, FileContent.digest == DefinitionFile.digest)
        .where(DefinitionFile.definition_id == definition_id)
        .order_by(DefinitionFile.name)
    ).all()
    if not rows:
        raise NotFound("没有这个预案版本。", "There is no such version of a plan.")
    return dict(rows)


def export(work: UnitOfWork, key: str | None = None) -> dict[str, bytes]:
    """Return the newest files of plan `key`, or of every plan: the folder as `deploy` would take it back."""
    chosen = [latest(work, key)] if key else sorted(definitions(work), key=lambda info: info.id)
    return {name: content for info in chosen for name, content in files(work, info.id).items()}


def open_family(work: UnitOfWork, definition_id: int) -> Family:
    """Return the family of a version, ready to run; shared, and never changed by running. Raises NotFound."""
    row = work.session.get(ProcessDefinition, definition_id)
    if row is None:
        raise NotFound("没有这个预案版本。", "There is no such version of a plan.")
    family = _families.get(row.digest)
    if family is None:
        family, _ = Family.read(files(work, definition_id))
        family = _families.put(row.digest, family)
    return family


def deployed_family(work: UnitOfWork) -> Family:
    """Return the newest versions of all plans, read together; shared, and not to be changed."""
    return _deployed(work).family


# --- private --------------------------------------------------------------------------------------------------


class _FamilyCache:
    """The families opened last, by digest. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[str, Family] = OrderedDict()

    def get(self, digest: str) -> Family | None:
        with self._lock:
            family = self._kept.get(digest)
            if family is not None:
                self._kept.move_to_end(digest)
            return family

    def put(self, digest: str, family: Family) -> Family:
        with self._lock:
            kept = self._kept.setdefault(digest, family)
            while len(self._kept) > CACHE_SIZE:
                self._kept.popitem(last=False)
            return kept


_families = _FamilyCache()


def _read(work: UnitOfWork, files: Mapping[str, bytes], known: checks.Known | None) -> tuple[Family, list[Finding]]:
    """Read `files` together with what is deployed and not replaced by them; return the whole and its findings."""
    if not files:
        raise EngineError("没有选择文件。", "No file was chosen.", code="no-files")
    if len(files) > MAX_FILES:
        raise EngineError(f"一次最多部署 {MAX_FILES} 个文件。", f"Deploy at most {MAX_FILES} files at once.")
    known = replace(known or checks.Known(), calendar=work.calendar())
    return proposals.read(_deployed(work), files, known)


#: connection pool -> the newest versions when they were read (id, digest), and what was deployed then.
_read_before: WeakKeyDictionary[Any, tuple[frozenset[tuple[int, str]], proposals.Deployed]] = WeakKeyDictionary()


def _deployed(work: UnitOfWork) -> proposals.Deployed:
    """Return what is deployed. Versions never change, so it is read anew only after a deployment."""
    pool, newest = work.session.get_bind(), select(func.max(ProcessDefinition.id)).group_by(ProcessDefinition.key)
    versions = select(ProcessDefinition.id, ProcessDefinition.digest).where(ProcessDefinition.id.in_(newest))
    present = frozenset((row.id, row.digest) for row in work.session.execute(versions))
    kept = _read_before.get(pool)
    if kept is None or kept[0] != present:
        kept = _read_before[pool] = present, proposals.Deployed.of(export(work))
    return kept[1]


def _changed(work: UnitOfWork, house: Family) -> dict[str, str | None]:
    """Return the executable processes with their family's digest where it differs from the newest version's."""
    newest = {info.key: info.digest for info in definitions(work)}
    changed: dict[str, str | None] = {}
    for key, process in house.processes.items():
        if process.is_executable:
            digest = _digest(key, house.needs(key))
            changed[key] = digest if newest.get(key) != digest else None
    return changed


def _is_from(house: Family, key: str, files: Mapping[str, bytes]) -> bool:
    return house.origins.get(("process", key)) in files


def _digest(key: str, family_files: Mapping[str, bytes]) -> str:
    total = hashlib.sha256(key.encode())
    for name in sorted(family_files):
        total.update(f"\n{name}\n".encode() + hashlib.sha256(family_files[name]).digest())
    return total.hexdigest()


def _store(work: UnitOfWork, house: Family, key: str, digest: str, deployment: Deployment) -> DefinitionInfo:
    session = work.session
    before = session.scalar(select(func.max(ProcessDefinition.version)).where(ProcessDefinition.key == key)) or 0
    process = house.processes[key]
    row = ProcessDefinition(
        key=key,
        version=before + 1,
        name=(process.name or process.participant or key)[:200],
        digest=digest,
        deployment_id=deployment.id,
        main_file=house.origins["process", key],
        is_active=True,
    )
    session.add(row)
    session.flush()
    for name, content in house.needs(key).items():
        content_digest = hashlib.sha256(content).hexdigest()
        if session.get(FileContent, content_digest) is None:
            session.add(FileContent(digest=content_digest, content=content))
            session.flush()
        session.add(DefinitionFile(definition_id=row.id, name=name, digest=content_digest))
    session.flush()
    _subscribe(work, row, house)
    return DefinitionInfo(row.id, key, row.version, row.name, digest, row.main_file, True, is_new=True)


def _subscribe(work: UnitOfWork, row: ProcessDefinition, house: Family) -> None:
    """Let the start events of the newest version listen, and those of older versions no longer."""
    older = select(ProcessDefinition.id).where(ProcessDefinition.key == row.key)
    work.session.execute(delete(StartSubscription).where(StartSubscription.definition_id.in_(older)))
    listening = [
        {"definition_id": row.id, "element_id": node.id, "kind": kind, "name": name}
        for node, kind, name in start_timers.listening_starts(house.processes[row.key])
    ]
    if listening:
        work.session.execute(insert(StartSubscription), listening)
    start_timers.arm(work, row, house)


def _infos(work: UnitOfWork, *conditions: Any, limit: int | None = None) -> list[DefinitionInfo]:
    rows = work.session.execute(
        select(ProcessDefinition, Deployment)
        .join(Deployment, Deployment.id == ProcessDefinition.deployment_id)
        .where(*conditions)
        .order_by(ProcessDefinition.id.desc())
        .limit(limit)
    ).all()
    return [
        DefinitionInfo(
            row.id,
            row.key,
            row.version,
            row.name,
            row.digest,
            row.main_file,
            row.is_active,
            deployed_at=deployment.deployed_at,
            deployed_by=deployment.deployed_by,
            note=deployment.note,
        )
        for row, deployment in rows
    ]
