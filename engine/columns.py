"""What stored shapes are made of: their Base, instants that know their zone, short lists of names. No shape itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

#: Stands for "no deadline" in sort columns, so that one index serves every page of an inbox.
NO_DEADLINE = datetime(9999, 1, 1, tzinfo=UTC)


class Moment(TypeDecorator[datetime]):
    """An instant: stored in UTC, given back aware. A naive value is a programming error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return `value` in UTC. Raises ValueError when it is naive."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return the stored instant, aware and in UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Names(TypeDecorator[list[str]]):
    """A short list of names as one text, "|客服人员|行政部|", so that both databases can look for one of them."""

    impl = String(500)
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str | None:
        """Return the stored text. Raises ValueError when a name holds the separator."""
        if not value:
            return None
        if any("|" in name for name in value):
            raise ValueError(f"a name must not hold '|': {value!r}")
        return f"|{'|'.join(value)}|"

    def process_result_value(self, value: Any, dialect: Dialect) -> list[str]:
        """Return the names, in the order stored."""
        return value.strip("|").split("|") if value else []


class Base(DeclarativeBase):
    """The one metadata of engine and web application."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Moment, dict[str, Any]: JSON}
