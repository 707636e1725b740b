"""Signing in and out: one answer for every failure, no fixed session, nobody sent elsewhere, no session that outlives its right."""

from __future__ import annotations

import pytest

from engine import history
from engine.work import SYSTEM, Database
from tests.webapp.conftest import PASSWORD, House, Visitor, settings, text_of
from webapp import people
from webapp.app import create_app


@pytest.fixture
def database_kind() -> str:
    """Pages do not differ by database: one kind is enough here."""
    return "sqlite"


def test_a_person_signs_in_works_and_signs_out(house: House):
    visitor = house.visitor()

    landed = visitor.follow(visitor.sign_in("mei"))
    assert "李晓梅" in text_of(landed)

    visitor.post("/sign-out")
    assert visitor.get("/").location == "/sign-in?next=/"


def test_the_login_name_does_not_mind_case_and_blanks(house: House):
    assert house.visitor().sign_in(" MEI ").status_code == 303


def test_unknown_name_wrong_password_and_disabled_person_get_the_same_answer(house: House):
    with house.database.work(SYSTEM) as work:
        people.set_active(work, "men", False)

    answers = [house.visitor().sign_in(name, password) for name, password in
               [("nobody", PASSWORD), ("mei", "wrong password"), ("men", PASSWORD), ("mei", "")]]  # fmt: skip

    assert {answer.status_code for answer in answers} == {422}
    assert len({text_of(answer) for answer in answers}) == 1
    assert "登录名或密码不正确" in text_of(answers[0])


def test_a_refused_sign_in_keeps_the_name_and_not_the_password(house: House):
    page = house.visitor().sign_in("mei", "secret-typo").text

    assert 'value="mei"' in page
    assert "secret-typo" not in page


def test_signing_in_begins_a_new_session(house: House):
    visitor = house.visitor()
    visitor.get("/sign-in")
    with visitor.client.session_transaction() as session:
        session["planted"] = "by somebody else"
        before = session.get("csrf_token")

    visitor.sign_in("mei")

    with visitor.client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != before


@pytest.mark.parametrize(
    ("target", "landing"),
    [
        ("/complaints?q=x", "/complaints?q=x"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/ok\r\nSet-Cookie: x=1", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_one_lands_in_this_house_only(house: House, target: str, landing: str):
    assert house.visitor().sign_in("mei", next=target).location == landing


def test_a_page_that_needs_signing_in_is_come_back_to(house: House):
    visitor = house.visitor()
    asked = visitor.get("/complaints?q=abc").location
    assert asked == "/sign-in?next=/complaints?q%3Dabc"

    page = visitor.get(asked).text

    assert 'name="next" value="/complaints?q=abc"' in page


def test_a_new_password_ends_every_other_session(house: House):
    here, there = house.visitor("mei"), house.visitor()
    there.sign_in("mei")

    changed = here.post(
        "/me/password", {"present": PASSWORD, "password": "much better one", "again": "much better one"}
    )

    assert changed.status_code == 303
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 303
    assert house.visitor().sign_in("mei", "much better one").status_code == 303


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"present": "wrong", "password": "much better one", "again": "much better one"}, "现在的密码不正确"),
        ({"present": PASSWORD, "password": "much better one", "again": "another one"}, "两次输入的新密码不一致"),
        ({"present": PASSWORD, "password": "short", "again": "short"}, "密码为 10 至 200 个字符"),
        ({"present": PASSWORD, "password": "aaaaaaaaaaaa", "again": "aaaaaaaaaaaa"}, "密码太容易猜到"),
    ],
)
def test_a_bad_new_password_is_refused_with_its_reason(house: House, fields: dict[str, str], fault: str):
    answer = house.visitor("mei").post("/me/password", fields)

    assert answer.status_code == 422
    assert fault in text_of(answer)
    assert house.visitor().sign_in("mei").status_code == 303


def test_a_disabled_person_is_out_at_once(house: House):
    visitor = house.visitor("men")
    with house.database.work(SYSTEM) as work:
        people.set_active(work, "men", False)

    assert visitor.get("/").status_code == 303


def test_a_role_taken_away_is_gone_with_the_next_request(house: House):
    visitor = house.visitor("mei")
    assert visitor.get("/complaints/new").status_code == 200
    with house.database.work(SYSTEM) as work:
        people.set_roles(work, "mei", [])

    assert visitor.get("/complaints/new").status_code == 403


def test_too_many_attempts_for_one_name_are_stopped(database: Database):
    app = create_app(settings(sign_in_per_name="3 per minute"), database)
    visitor = Visitor(app)
    answers = [visitor.sign_in("mei", "guess").status_code for _ in range(4)]

    assert answers == [422, 422, 422, 429]
    assert visitor.sign_in("guo", "guess").status_code == 422
    blocked = visitor.sign_in("mei", "guess")
    assert "尝试次数过多" in text_of(blocked)
    assert "Retry-After" in blocked.headers


def test_too_many_attempts_from_one_address_are_stopped(database: Database):
    visitor = Visitor(create_app(settings(sign_in_per_address="2 per minute"), database))

    assert [visitor.sign_in(f"p{n}", "guess").status_code for n in range(3)] == [422, 422, 429]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(database: Database):
    app = create_app(settings(is_cookie_secure=True), database)

    cookie = app.test_client().get("/sign-in", base_url="https://localhost").headers["Set-Cookie"]

    assert all(mark in cookie for mark in ("HttpOnly", "Secure", "SameSite=Lax"))


def test_signing_in_is_on_record(house: House):
    house.visitor("mei")

    with house.database.work(SYSTEM, read_only=True) as work:
        event = history.audit_trail(work)[0]
        assert (event.what, event.actor) == ("signed-in", "mei")
