"""People and roles: what may be done to them, by whom, and that the house cannot lock itself out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine import history
from engine.errors import Conflict, InvalidAnswers, NotAllowed, NotFound
from engine.work import SYSTEM, UnitOfWork
from tests.conftest import person
from webapp import people


@pytest.fixture
def keeper(work: UnitOfWork) -> people.PersonInfo:
    """Give the only person who may keep people."""
    people.save_role(work, "管理员", ["people"])
    people.save_role(work, "客服人员", ["register"])
    return people.create_person(work, "admin", "王管理", ["管理员"], "correct horse")


def test_a_person_has_the_permissions_of_all_their_roles(work: UnitOfWork, keeper: people.PersonInfo):
    made = people.create_person(work, "Mei", " 李晓梅 ", ["客服人员", "管理员"], "correct horse")

    assert (made.id, made.name, made.roles) == ("mei", "李晓梅", ["客服人员", "管理员"])
    assert made.actor.permissions == {"people", "register"}
    assert people.has_password(work, "mei", "correct horse")


@pytest.mark.parametrize(
    ("login", "name", "password", "field"),
    [
        ("", "x", None, "id"),
        ("a b", "x", None, "id"),
        ("system", "x", None, "id"),
        ("a|b", "x", None, "id"),
        ("x" * 61, "x", None, "id"),
        ("ok", " ", None, "name"),
        ("ok", "x" * 61, None, "name"),
        ("ok", "x", "short", "password"),
        ("wanghong", "x", "wanghong-2026", "password"),
    ],
)
def test_a_person_with_a_bad_field_is_not_made(
    work: UnitOfWork, login: str, name: str, password: str | None, field: str
):
    with pytest.raises(InvalidAnswers) as raised:
        people.create_person(work, login, name, (), password)

    assert list(raised.value.faults) == [field]


def test_a_login_name_is_given_once_and_a_role_must_exist(work: UnitOfWork, keeper: people.PersonInfo):
    with pytest.raises(Conflict):
        people.create_person(work, "admin", "Another")
    with pytest.raises(InvalidAnswers):
        people.set_roles(work, "admin", ["管理员", "没有的岗位"])


@pytest.mark.parametrize(
    "change",
    [
        lambda work: people.set_roles(work, "admin", ["客服人员"]),
        lambda work: people.set_active(work, "admin", False),
        lambda work: people.save_role(work, "管理员", ["register"]),
    ],
)
def test_the_last_who_keeps_people_cannot_be_taken_away(
    work: UnitOfWork, keeper: people.PersonInfo, change: Callable[[UnitOfWork], None]
):
    with pytest.raises(Conflict):
        change(work)


def test_only_who_keeps_people_may_change_them(work: UnitOfWork, keeper: people.PersonInfo):
    work.actor = person("mei", "客服人员", permissions=("register", "operate"))

    for verb in (
        lambda: people.create_person(work, "new", "New"),
        lambda: people.set_roles(work, "mei", ["管理员"]),
        lambda: people.set_active(work, "admin", False),
        lambda: people.set_password(work, "admin", "correct horse 2"),
        lambda: people.save_role(work, "客服人员", ["people"]),
        lambda: people.remove_role(work, "客服人员"),
        lambda: people.rename(work, "admin", "x"),
        lambda: people.roles(work),
    ):
        with pytest.raises(NotAllowed):
            verb()


def test_a_role_with_people_or_an_unknown_permission_is_refused(work: UnitOfWork, keeper: people.PersonInfo):
    with pytest.raises(Conflict):
        people.remove_role(work, "管理员")
    with pytest.raises(InvalidAnswers):
        people.save_role(work, "管理员", ["people", "fly"])
    with pytest.raises(InvalidAnswers):
        people.save_role(work, "a|b", [])
    people.remove_role(work, "客服人员")
    with pytest.raises(NotFound):
        people.remove_role(work, "客服人员")


def test_what_was_done_to_people_is_on_record(work: UnitOfWork, keeper: people.PersonInfo):
    people.set_roles(work, "admin", ["管理员", "客服人员"])
    people.set_password(work, "admin", "another horse")

    events = history.audit_trail(work)

    assert [event.what for event in events[:2]] == ["password-set", "roles-set"]
    assert events[1].detail == {"person": "admin", "from": ["管理员"], "to": ["客服人员", "管理员"]}
    assert "another horse" not in str([event.detail for event in events])
    assert history.audit_broken_at(work) is None


def test_names_are_told_for_lists(work: UnitOfWork, keeper: people.PersonInfo):
    assert people.names(work, ["admin", "gone", None, "system"]) == {
        "admin": "王管理",
        "gone": "gone",
        "system": "系统",
    }
    assert SYSTEM.id == "system"
