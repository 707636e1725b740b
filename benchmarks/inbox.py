"""The inbox page costs what it shows, not what is open: 100,000 open tasks against 1,000."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

from flask.testing import FlaskClient

from benchmarks import houses
from benchmarks.report import Row, ratio
from engine.work import Database
from webapp.app import create_app
from webapp.settings import Settings

FEW, MANY = 1_000, 100_000
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
SETTINGS = Settings(secret_key="only for measuring, at least 32 characters", is_demo=True, is_cookie_secure=False)


def measure() -> Iterator[Row]:
    """Yield the ratio of the two pages on each kind of database."""
    for kind in ("sqlite", "postgresql"):
        with ExitStack() as stack:
            few, many = (stack.enter_context(houses.house(kind)) for _ in range(2))
            houses.park(few, FEW)
            houses.park(many, MANY)
            small, large = signed_in(few), signed_in(many)
            value, slow, fast = ratio(partial(page, large), partial(page, small), 21)
        yield Row(
            f"inbox page, {MANY:,} open tasks / {FEW:,}, {kind}",
            value,
            1.5,
            detail=f"{slow * 1000:.1f} ms / {fast * 1000:.1f} ms",
        )


def signed_in(database: Database) -> FlaskClient:
    """Return a browser in which the officer is signed in."""
    client = create_app(SETTINGS, database).test_client()
    token = token_of(client.get("/sign-in").text)
    fields = {"name": houses.OFFICER, "password": houses.PASSWORD, "csrf_token": token}
    answer = client.post("/sign-in", data=fields)
    assert answer.status_code == 303, answer.text
    return client


def token_of(html: str) -> str:
    """Return the page's CSRF token."""
    found = _TOKEN.search(html)
    assert found is not None
    return found[1]


def page(client: FlaskClient) -> None:
    """Open the inbox and see that it is full."""
    answer = client.get("/?box=roles")
    assert answer.status_code == 200
    assert "TS-2030-000001" in answer.text
