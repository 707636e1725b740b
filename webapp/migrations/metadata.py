"""Every table of the product, for the migrations and for a new test database. It defines no table itself."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any, Literal

from sqlalchemy import MetaData, TypeDecorator

import webapp
from engine import attachments, plan_words
from engine.tables import Base

#: Files of the web application that add tables of their own to `Base`.
_WITH_TABLES = ("people", "complaints", "drafts", "resources")
#: Rooms of the engine that add theirs, named so that the import is seen to be wanted.
_ROOMS = (attachments, plan_words)


def all_tables() -> MetaData:
    """Return the metadata with the tables of the engine and of the web application."""
    present = {module.name for module in pkgutil.iter_modules(webapp.__path__)}
    for name in _WITH_TABLES:
        if name in present:
            importlib.import_module(f"webapp.{name}")
    return Base.metadata


def is_ours(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Return whether Alembic should compare it: procrastinate's tables are kept by procrastinate's own schema."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def written_as(kind: str, thing: Any, _autogenerate: Any) -> str | Literal[False]:
    """Return how a type of ours is written into a step: as what the database knows, so that a step imports nothing."""
    if kind == "type" and isinstance(thing, TypeDecorator):
        return f"sa.{thing.impl!r}"
    return False
