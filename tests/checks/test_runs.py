"""What the check accepts, the machine starts: no good diagram of the corpus fails at its first steps."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.calendars import published_calendar
from engine.family import Family
from engine.spiff.machine import Machine
from engine.spiff.world import World
from tests.checks.corpus import CODES, FOLDER, file_of

DATA = {"x": 1, "n": 5, "amount": 3, "units": [1, 2], "reply": "r", "answer": "yes", "k0": "7"}
#: Ends with an error that nobody catches, which is what its author drew.
ENDS_BADLY = "thrown-without-code"


DIAGRAMS = [code for code in CODES if file_of(code, "good").suffix == ".bpmn"]


@pytest.mark.parametrize("code", [code for code in DIAGRAMS if code != ENDS_BADLY])
def test_a_good_diagram_starts_without_an_incident(code):
    files = {"good.bpmn": (FOLDER / code / "good.bpmn").read_bytes()}
    files |= {path.name: path.read_bytes() for path in (FOLDER / code).glob("*.[fd][om]*")}
    family, _ = Family.read(files)
    world = World(datetime(2026, 3, 2, 1, 0, tzinfo=UTC), published_calendar)

    machine = Machine.start(family, "p", DATA, world)
    machine.run()

    assert [happening for happening in machine.happenings if happening.what == "incident"] == []
