"""What the engine's tests share: people, and plans that are deployed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import pytest

from engine import deployments, instances
from engine.calendars import BEIJING
from engine.work import SYSTEM, Actor, Database, FixedClock, UnitOfWork
from tests.conftest import person
from tests.engine import plans

Result = TypeVar("Result")

OFFICER = person("wang", "专员", permissions=("register",))
COLLEAGUE = person("zhao", "专员")
DIRECTOR = person("li", "主任")
OUTSIDER = person("sun", "门卫")
ADMINISTRATOR = person("admin", permissions=("monitor", "operate", "deploy", "calendar", "register"))

FILES = {
    "two_steps.bpmn": plans.TWO_STEPS,
    "watched.bpmn": plans.WATCHED,
    "served.bpmn": plans.SERVED,
    "due.bpmn": plans.DUE,
    "secret.bpmn": plans.SECRET,
    "secret_name_people.form": plans.SECRET_FORM,
    "asking.bpmn": plans.ASKING,
    "asking_report.form": plans.ASKING_FORM,
    "four_eyes.bpmn": plans.FOUR_EYES,
    "accusing.bpmn": plans.ACCUSING,
    "accusing_question.form": plans.ACCUSING_FORM,
    "given.bpmn": plans.GIVEN,
}


class House:
    """A database with the plans deployed, and short ways to act in it."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.database = database
        self.clock = clock
        self.act(ADMINISTRATOR, lambda work: deployments.deploy(work, FILES))

    def act(self, actor: Actor, verb: Callable[[UnitOfWork], Result]) -> Result:
        """Run `verb` in a unit of work of `actor`."""
        with self.database.work(actor) as work:
            return verb(work)

    def start(self, key: str, actor: Actor = OFFICER, **variables: Any) -> int:
        """Start a case and return its id."""
        return self.act(actor, lambda work: instances.start(work, key, variables, business_key=f"TS-{key}"))


@pytest.fixture
def house(database: Database, clock: FixedClock) -> House:
    """Give a house with the small plans, on each kind of database."""
    return House(database, clock)


def beijing(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """Return a moment in Beijing."""
    return datetime(year, month, day, hour, minute, tzinfo=BEIJING)


__all__ = ["SYSTEM", "House"]
