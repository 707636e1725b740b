"""Who works here: people, their roles and what a role may do. Signing in and pages are `auth` and `admin`.

A role is what a lane of a diagram names; its permissions are what the house lets its people do besides their tasks.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Boolean, ForeignKey, String, bindparam, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import history
from engine.errors import Conflict, InvalidAnswers, NotFound
from engine.tables import Base, Names
from engine.work import Actor, UnitOfWork
from webapp.i18n import is_english

#: Every permission of the house, and what it lets one do.
PERMISSIONS: dict[str, tuple[str, str]] = {
    "register": ("登记投诉", "Register complaints"),
    "monitor": ("查看全部投诉件（保密件除外）", "See every case that is not confidential"),
    "operate": (
        "中止、恢复、取消、改派、调整时限、重试故障",
        "Suspend, resume, cancel, reassign, move deadlines, retry",
    ),
    "deploy": ("部署预案", "Deploy plans"),
    "calendar": ("维护工作日历", "Keep the working calendar"),
    "people": ("管理人员和岗位", "Keep people and roles"),
    "clock": ("拨动演示时钟", "Move the demo's clock"),
}
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
_LOGIN_NAME = re.compile(r"[\w.@-]{1,60}")
_ROLE_NAME = re.compile(r"[^|\x00-\x1f]{1,60}")

#: Makes and checks password hashes (argon2id, about 64 MiB each; so signing in is rate-limited).
hasher = PasswordHasher()


class Person(Base):
    """Somebody who signs in. `id` is the login name, and the actor's id in every history."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str | None] = mapped_column(String(200))  #: None: cannot sign in with a password
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    stamp: Mapped[str] = mapped_column(String(32))  #: of every open session; a new one ends them all
    created_at: Mapped[datetime] = mapped_column()
    superior: Mapped[str | None] = mapped_column(String(100), index=True)  #: whom they report to; None: to nobody


class Role(Base):
    """A role (岗位): the name of a lane, and the house's permissions for its people."""

    __tablename__ = "role"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    permissions: Mapped[list[str]] = mapped_column(Names, nullable=True)


class PersonRole(Base):
    """A person has a role."""

    __tablename__ = "person_role"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[str] = mapped_column(ForeignKey("role.name"), primary_key=True, index=True)


@dataclass(frozen=True, slots=True)
class PersonInfo:
    """A person as pages show them. `permissions` are those of all their roles together."""

    id: str
    name: str
    is_active: bool
    stamp: str = field(repr=False)
    roles: list[str] = field(default_factory=list)
    permissions: frozenset[str] = frozenset()
    superior: str | None = None  #: whom they report to (see `superiors`)

    @property
    def actor(self) -> Actor:
        """Who acts when this person does."""
        return Actor(self.id, self.name, frozenset(self.roles), self.permissions)


@dataclass(frozen=True, slots=True)
class RoleInfo:
    """A role, with the ids of its people."""

    name: str
    permissions: list[str]
    people: list[str]


# --- reading --------------------------------------------------------------------------------------------------


def load(session: Session, person_id: str) -> PersonInfo | None:
    """Return the person with roles and permissions in one query; None when there is none. For the door only."""
    return next(iter(_infos(session, person_id)), None)


def find(work: UnitOfWork, person_id: str) -> PersonInfo:
    """Return one person. Raises NotFound."""
    found = load(work.session, person_id)
    if found is None:
        raise NotFound("没有这个人员。", "There is no such person.")
    return found


def everybody(work: UnitOfWork) -> list[PersonInfo]:
    """Return every person by login name, with roles. Needs "people" or "operate" (to reassign)."""
    if not work.actor.may("operate"):
        work.require("people")
    return _infos(work.session)


def roles(work: UnitOfWork) -> list[RoleInfo]:
    """Return every role by name. Needs "people"."""
    work.require("people")
    holders: dict[str, list[str]] = {}
    for person_id, role in work.session.execute(
        select(PersonRole.person_id, PersonRole.role).order_by(PersonRole.person_id)
    ):
        holders.setdefault(role, []).append(person_id)
    rows = work.session.scalars(select(Role).order_by(Role.name))
    return [RoleInfo(row.name, row.permissions, holders.get(row.name, [])) for row in rows]


def role_names(work: UnitOfWork) -> frozenset[str]:
    """Return the names of every role: what a plan's lanes are checked against."""
    return frozenset(work.session.scalars(select(Role.name)))


def names(work: UnitOfWork, ids: Iterable[str | None]) -> dict[str, str]:
    """Return id -> name of these people, for lists. An id nobody has stands for itself."""
    wanted = {person_id for person_id in ids if person_id}
    if not wanted:
        return {}
    found = work.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted))).all()
    return (
        {person_id: person_id for person_id in wanted}
        | {row.id: row.name for row in found}
        | ({"system": "System" if is_english() else "系统"} if "system" in wanted else {})
    )


# --- changing -------------------------------------------------------------------------------------------------


def faults_of(person_id: str, name: str) -> dict[str, tuple[str, str]]:
    """Return what is wrong with the login name ("id") and the name of somebody new, each zh and en."""
    faults: dict[str, tuple[str, str]] = {}
    if not _LOGIN_NAME.fullmatch(person_id) or person_id == "system":
        faults["id"] = (
            "登录名为 1 至 60 个字母、数字、汉字或 . _ - @，不能用 system。",
            "A login name has 1 to 60 letters, digits or . _ - @, and is not “system”.",
        )
    if not 1 <= len(name.strip()) <= 60:
        faults["name"] = ("请填写姓名，最多 60 个字。", "Give a name of at most 60 characters.")
    return faults


def create_person(
    work: UnitOfWork, person_id: str, name: str, roles: Iterable[str] = (), password: str | None = None
) -> PersonInfo:
    """Add a person. Needs "people". Raises InvalidAnswers for bad fields, Conflict when the login name is taken."""
    work.require("people")
    person_id, name = person_id.strip().lower(), name.strip()
    faults = faults_of(person_id, name)
    if password is not None and (fault := _password_fault(person_id, password)):
        faults["password"] = fault
    if faults:
        raise InvalidAnswers(faults)
    if work.session.get(Person, person_id) is not None:
        raise Conflict(f"登录名“{person_id}”已被使用。", f"The login name {person_id} is taken.", code="name-taken")
    hashed = hasher.hash(password) if password is not None else None
    work.session.add(
        Person(id=person_id, name=name, password_hash=hashed, is_active=True, stamp=_stamp(), created_at=work.now)
    )
    work.session.flush()
    chosen = _give(work, person_id, roles)
    history.audit(work, "person-created", {"person": person_id, "name": name, "roles": chosen})
    return find(work, person_id)


def rename(work: UnitOfWork, person_id: str, name: str) -> None:
    """Give the person another display name. Needs "people"."""
    work.require("people")
    if not 1 <= len(name.strip()) <= 60:
        raise InvalidAnswers({"name": ("请填写姓名，最多 60 个字。", "Give a name of at most 60 characters.")})
    person = _row(work, person_id)
    was, person.name = person.name, name.strip()
    history.audit(work, "person-renamed", {"person": person_id, "from": was, "to": person.name})


def set_password(work: UnitOfWork, person_id: str, password: str) -> None:
    """Give the person a new password; every session of theirs ends. Needs "people", or to be that person."""
    if work.actor.id != person_id:
        work.require("people")
    if fault := _password_fault(person_id, password):
        raise InvalidAnswers({"password": fault})
    person = _row(work, person_id)
    person.password_hash = hasher.hash(password)
    person.stamp = _stamp()
    history.audit(work, "password-set", {"person": person_id})


def set_roles(work: UnitOfWork, person_id: str, roles: Iterable[str]) -> None:
    """Give the person exactly these roles. Needs "people". Raises Conflict when nobody would be left to keep people."""
    work.require("people")
    was = sorted(find(work, person_id).roles)
    with _keeping(work):
        work.session.execute(delete(PersonRole).where(PersonRole.person_id == person_id))
        now = _give(work, person_id, roles)
    history.audit(work, "roles-set", {"person": person_id, "from": was, "to": now})


def set_active(work: UnitOfWork, person_id: str, is_active: bool) -> None:
    """Let the person sign in, or no longer; their open sessions end at once. Needs "people". Raises as `set_roles`."""
    work.require("people")
    person = _row(work, person_id)
    with _keeping(work):
        person.is_active, person.stamp = is_active, _stamp()
    history.audit(work, "person-enabled" if is_active else "person-disabled", {"person": person_id})


def save_role(work: UnitOfWork, name: str, permissions: Iterable[str]) -> None:
    """Add the role, or set what it may do. Needs "people". Raises InvalidAnswers, and Conflict as `set_roles`."""
    work.require("people")
    name, wanted = name.strip(), sorted(set(permissions))
    faults: dict[str, tuple[str, str]] = {}
    if not _ROLE_NAME.fullmatch(name):
        faults["name"] = ("岗位名为 1 至 60 个字，不含“|”。", "A role's name has 1 to 60 characters and no “|”.")
    if unknown := [permission for permission in wanted if permission not in PERMISSIONS]:
        faults["permissions"] = (f"没有这些权限：{'、'.join(unknown)}。", f"No such permission: {', '.join(unknown)}.")
    if faults:
        raise InvalidAnswers(faults)
    role = work.session.get(Role, name)
    was = role.permissions if role else None
    with _keeping(work):
        if role is None:
            work.session.add(Role(name=name, permissions=wanted))
        else:
            role.permissions = wanted
    history.audit(work, "role-saved", {"role": name, "from": was, "to": wanted})


def remove_role(work: UnitOfWork, name: str) -> None:
    """Remove a role nobody has. Needs "people". Raises NotFound, and Conflict while somebody has it."""
    work.require("people")
    role = work.session.get(Role, name)
    if role is None:
        raise NotFound("没有这个岗位。", "There is no such role.")
    if work.session.scalar(select(PersonRole.person_id).where(PersonRole.role == name).limit(1)) is not None:
        raise Conflict("仍有人员在此岗位，不能删除。", "Somebody still has this role.", code="role-in-use")
    work.session.delete(role)
    history.audit(work, "role-removed", {"role": name})


# --- passwords ------------------------------------------------------------------------------------------------


def has_password(work: UnitOfWork, person_id: str, password: str) -> bool:
    """Return whether the password is the person's. As slow for an unknown or disabled person as for a known one."""
    row = work.session.execute(
        select(Person.password_hash, Person.is_active).where(Person.id == person_id[:100])
    ).one_or_none()
    stored = row.password_hash if row is not None and row.is_active else None
    try:
        hasher.verify(stored or _decoy(), password[:LONGEST_PASSWORD])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return stored is not None


def _decoy() -> str:
    """Return a hash that no password has, made once with the present costs."""
    found = _decoys.get(id(hasher))
    if found is None:
        found = _decoys[id(hasher)] = hasher.hash(secrets.token_hex(16))
    return found


_decoys: dict[int, str] = {}


def _password_fault(person_id: str, password: str) -> tuple[str, str] | None:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return (
            f"密码为 {SHORTEST_PASSWORD} 至 {LONGEST_PASSWORD} 个字符。",
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.",
        )
    if len(set(password)) < 4 or (len(person_id) > 3 and person_id in password.lower()):
        return ("密码太容易猜到，请换一个。", "This password is too easy to guess; choose another.")
    return None


# --- private --------------------------------------------------------------------------------------------------


#: Built once: every request asks it.
_EVERYBODY = (
    select(Person.id, Person.name, Person.is_active, Person.stamp, Person.superior, PersonRole.role, Role.permissions)
    .outerjoin(PersonRole, PersonRole.person_id == Person.id)
    .outerjoin(Role, Role.name == PersonRole.role)
    .order_by(Person.id, PersonRole.role)
)
_ONE = _EVERYBODY.where(Person.id == bindparam("person_id"))


def _infos(session: Session, person_id: str | None = None) -> list[PersonInfo]:
    rows = session.execute(_EVERYBODY) if person_id is None else session.execute(_ONE, {"person_id": person_id})
    people: dict[str, PersonInfo] = {}
    for row in rows:
        known = people.get(row.id) or PersonInfo(row.id, row.name, row.is_active, row.stamp, superior=row.superior)
        if row.role is not None:
            granted = known.permissions.union(row.permissions or ())
            known = replace(known, roles=[*known.roles, row.role], permissions=granted)
        people[row.id] = known
    return list(people.values())


def _row(work: UnitOfWork, person_id: str) -> Person:
    person = work.session.get(Person, person_id)
    if person is None:
        raise NotFound("没有这个人员。", "There is no such person.")
    return person


def _give(work: UnitOfWork, person_id: str, roles: Iterable[str]) -> list[str]:
    chosen = sorted(set(roles))
    known = role_names(work)
    if unknown := [role for role in chosen if role not in known]:
        raise InvalidAnswers(
            {"roles": (f"没有这些岗位：{'、'.join(unknown)}。", f"No such role: {', '.join(unknown)}.")}
        )
    if chosen:
        work.session.execute(insert(PersonRole), [{"person_id": person_id, "role": role} for role in chosen])
    work.session.flush()
    return chosen


@contextmanager
def _keeping(work: UnitOfWork) -> Iterator[None]:
    """Raise Conflict when the change takes the permission to keep people from the last who has it: a lock-out."""
    had = _has_keeper(work)
    yield
    if had and not _has_keeper(work):
        raise Conflict(
            "至少要保留一名能管理人员的在职人员。",
            "Somebody active must keep the permission to manage people.",
            code="last-keeper",
        )


def _has_keeper(work: UnitOfWork) -> bool:
    work.session.flush()
    return any(person.is_active and "people" in person.permissions for person in _infos(work.session))


def _stamp() -> str:
    return secrets.token_hex(12)


def is_same_stamp(stored: str, given: str) -> bool:
    """Return whether a session's stamp is still the person's, compared in constant time."""
    return secrets.compare_digest(stored, given)
