"""What the tests of pages share: a house with people and a small plan, and visitors who click through it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine import deployments
from engine.work import SYSTEM, Database, FixedClock
from tests.webapp import noise
from webapp import complaints, people
from webapp.app import create_app
from webapp.settings import Settings

SECRET = "a key for tests only, of more than 32 characters"
PASSWORD = "correct horse"

ROLES = {"客服人员": ["register"], "执法队": [], "门卫": [], "系统管理员": list(people.PERMISSIONS)}
PEOPLE = {
    "mei": ("李晓梅", ["客服人员"]),
    "guo": ("张建国", ["执法队"]),
    "qiang": ("刘志强", ["执法队"]),
    "men": ("孙门卫", ["门卫"]),
    "admin": ("王管理", ["系统管理员"]),
}


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords cheaply: what a hash costs is not what these tests are about."""
    monkeypatch.setattr(people, "hasher", PasswordHasher(time_cost=1, memory_cost=16, parallelism=1))


class Visitor:
    """Somebody at a browser without JavaScript: reads a page, fills in its form, presses a button."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(path, **{"buffered": True, **options})

    def post(self, path: str, fields: Mapping[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send a form, with the token of the visitor's own pages; redirects are not followed."""
        return self.client.post(path, data={"csrf_token": self.token(), **(fields or {})}, **options)

    def token(self) -> str:
        """Return the CSRF token of the visitor's session."""
        page = self.get("/sign-in").text or ""
        found = re.search(r'name="csrf_token" value="([^"]+)"', page) or re.search(
            r'name="csrf_token" value="([^"]+)"', self.get("/me/password").text
        )
        assert found is not None
        return found[1]

    def sign_in(self, name: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        """Sign in."""
        return self.post("/sign-in", {"name": name, "password": password, **fields})

    def follow(self, response: TestResponse) -> TestResponse:
        """Open the page that an answer leads to."""
        assert response.status_code == 303, text_of(response)
        assert response.location is not None
        return self.get(response.location)


@dataclass
class House:
    """The application with people and a plan, on a clock that stands still."""

    app: Flask
    database: Database
    clock: FixedClock
    visitors: dict[str, Visitor] = field(default_factory=dict)

    def visitor(self, name: str | None = None) -> Visitor:
        """Return a visitor, signed in as `name` when one is given; the same one each time for a name."""
        if name is None:
            return Visitor(self.app)
        if name not in self.visitors:
            self.visitors[name] = Visitor(self.app)
            assert self.visitors[name].sign_in(name).status_code == 303
        return self.visitors[name]

    def register(self, by: str = "mei", **changes: str) -> complaints.ComplaintInfo:
        """Register a complaint by a verb and return it."""
        with self.database.work(SYSTEM, read_only=True) as work:
            actor = people.find(work, by).actor
        with self.database.work(actor) as work:
            return complaints.register(work, {**noise.ANSWERS, **changes})

    def task_id(self, case: complaints.ComplaintInfo) -> int:
        """Return the id of the case's only open task."""
        from engine import tasks

        with self.database.work(SYSTEM, read_only=True) as work:
            (task,) = [task for task in tasks.of_instance(work, case.instance_id) if task.closed_at is None]
        return task.id


def settings(**changes: Any) -> Settings:
    """Return settings for tests: nothing but the sign-in limits is out of the ordinary."""
    generous = {"sign_in_per_address": "10000 per minute", "sign_in_per_name": "10000 per minute"}
    return Settings(**{"secret_key": SECRET, "is_cookie_secure": False, **generous, **changes})


@pytest.fixture
def house(database: Database, clock: FixedClock) -> House:
    """Give a house with people and the small plan, on each kind of database."""
    with database.work(SYSTEM) as work:
        for role, permissions in ROLES.items():
            people.save_role(work, role, permissions)
        for login, (name, roles) in PEOPLE.items():
            people.create_person(work, login, name, roles, PASSWORD)
        deployments.deploy(work, noise.FILES)
    return House(create_app(settings(), database), database, clock)


def text_of(response: TestResponse) -> str:
    """Return what a reader sees of a page: its text, blanks collapsed."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", "", response.text, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body))).strip()
