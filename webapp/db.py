"""The door to the database for a request: one unit of work, with whoever is signed in. It holds no query."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from flask import Flask, current_app, g

from engine.work import Actor, Database, UnitOfWork

Result = TypeVar("Result")
#: Whoever has not signed in: no role, no permission.
NOBODY = Actor("", "")
_KEY = "banjie_database"


def set_database(app: Flask, database: Database) -> None:
    """Let the application use `database`."""
    app.extensions[_KEY] = database


def database() -> Database:
    """Return the application's database."""
    found: Database = current_app.extensions[_KEY]
    return found


def actor() -> Actor:
    """Return who acts in this request; NOBODY when nobody has signed in."""
    found: Actor = getattr(g, "actor", NOBODY)
    return found


def now() -> datetime:
    """Return the present moment of the house's clock, for what a page shows."""
    return database().clock.now()


@contextmanager
def unit_of_work(*, read_only: bool = False) -> Iterator[UnitOfWork]:
    """Open the request's unit of work; committed at the end of the block, rolled back on any exception.

    `read_only` takes no write lock; nothing it does is kept.
    """
    with database().work(actor(), read_only=read_only) as work:
        yield work


def perform(verb: Callable[[UnitOfWork], Result]) -> Result:
    """Run `verb` in a unit of work of its own; a race lost to somebody else is tried once more, then Conflict."""
    return database().perform(actor(), verb)
