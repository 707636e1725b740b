"""Every table of the product, for the migrations and for a new test database. It defines no table itself."""

from __future__ import annotations

import importlib
import pkgutil

from sqlalchemy import MetaData

import webapp
from engine.tables import Base

#: Files of the web application that add tables of their own to `Base`.
_WITH_TABLES = ("people", "complaints")


def all_tables() -> MetaData:
    """Return the metadata with the tables of the engine and of the web application."""
    present = {module.name for module in pkgutil.iter_modules(webapp.__path__)}
    for name in _WITH_TABLES:
        if name in present:
            importlib.import_module(f"webapp.{name}")
    return Base.metadata
