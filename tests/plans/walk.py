"""Walks a plan of `processes/` in memory: fills forms, lets time pass, notes what happened and which edges were taken.

Every step goes through the form's own check and through saving and loading, as a real case does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from engine import forms
from engine.calendars import BEIJING, WorkCalendar, published_calendar
from engine.errors import InvalidAnswers
from engine.family import Family
from engine.spiff.case import Case
from engine.spiff.machine import Machine
from engine.spiff.world import Thrown, Wait, World

ROOT = Path(__file__).resolve().parents[2]
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=BEIJING)  # an ordinary week follows


@cache
def family() -> Family:
    """Return every plan, decision and form of the repository, read once."""
    files = {path.name: path.read_bytes() for folder in ("processes", "forms") for path in (ROOT / folder).iterdir()}
    found, findings = Family.read(files)
    assert [str(finding) for finding in findings] == []
    return found


@cache
def calendar() -> WorkCalendar:
    """Return the official calendar."""
    return published_calendar()


class Walk:
    """One case on its way. `taken`: how often it took each edge, (file, flow id)."""

    def __init__(self, process: str, at: datetime = MONDAY, begin: str | None = None, **variables: Any) -> None:
        self.now = at
        self.taken: Counter[tuple[str, str]] = Counter()
        self.happened: list[tuple[str, str]] = []
        self.thrown: list[Thrown] = []
        start = {
            "case_number": "TS-2026-000001",
            "received_at": at.isoformat(),
            "channel": "phone",
            "complainant_name": "张某",
            "complainant_contact": "13800000000",
            "subject": "测试事项",
            "content": "测试内容",
            "kind": process,
            "registered_by": "agent",
        }
        with self._recording():
            self.machine = Machine.start(
                family(), process, {**start, **variables}, self._world(), business_key="TS", start_element=begin
            )
            self.machine.run()
        self._keep()

    @property
    def is_ended(self) -> bool:
        """Whether the case is over."""
        return self.machine.is_ended

    @property
    def end(self) -> str | None:
        """The end event reached last."""
        return self.machine.end_element

    @property
    def variables(self) -> dict[str, Any]:
        """The case's variables."""
        return self.machine.variables()

    def open(self) -> list[str]:
        """Return the elements of the open user tasks."""
        return [wait.element for wait in self.waits("user")]

    def waits(self, kind: str) -> list[Wait]:
        """Return what the case waits for, of one kind."""
        found = self.machine.waits()
        assert [wait.incident for wait in found if wait.incident] == []
        return [wait for wait in found if wait.kind == kind]

    def task(self, element: str) -> Wait:
        """Return the open task at `element`."""
        found = [wait for wait in self.waits("user") if wait.element == element]
        assert found, f"{element} is not open: {self.open()}"
        return found[0]

    def due(self, element: str) -> datetime | None:
        """Return when the task at `element` is due, in Beijing."""
        moment = self.task(element).due_at
        return moment and moment.astimezone(BEIJING)

    def timer(self, element: str) -> datetime:
        """Return when the timer `element` fires, in Beijing."""
        found = [wait.due_at for wait in self.waits("timer") if wait.element == element]
        assert found, f"{element} is not armed"
        assert found[0] is not None
        return found[0].astimezone(BEIJING)

    def do(self, *elements: str, **answers: Any) -> Walk:
        """Complete the open tasks at `elements`, one after the other, the first of them with `answers`."""
        for element in elements:
            self.complete(self.task(element), answers)
            answers = {}
        return self

    def complete(self, wait: Wait, answers: Mapping[str, Any]) -> None:
        """Complete an open task; what its form demands and `answers` leave out is filled in."""
        context = self.machine.context(wait.token)
        filled = fill(family().forms[wait.form or ""], answers, context, self.now)
        with self._recording():
            self.machine.complete(wait.token, filled)
            self.machine.run()
        self._keep()

    def tell(self, element: str, **answers: Any) -> Walk:
        """Report something at the event `element`, as staff do on the page of the case."""
        found = [wait for wait in self.waits("message") if wait.element == element and wait.node.form is not None]
        assert found, f"{element} takes no report"
        self.report(found[0], answers)
        return self

    def report(self, wait: Wait, answers: Mapping[str, Any]) -> None:
        """Report something; what the form demands and `answers` leave out is filled in."""
        assert wait.node.form is not None
        context = self.machine.context(wait.token)
        filled = fill(family().forms[wait.node.form.id], answers, context, self.now)
        with self._recording():
            assert self.machine.receive(wait.token, filled)
            self.machine.run()
        self._keep()

    def pass_until(self, moment: datetime) -> Walk:
        """Let time pass, firing every timer that comes due on the way."""
        while due := self.next_timer(moment):
            self.fire(due)
        self.now = max(self.now, moment)
        self._keep()
        return self

    def pass_time(self, **length: float) -> Walk:
        """Let a `timedelta` pass."""
        return self.pass_until(self.now + timedelta(**length))

    def next_timer(self, until: datetime | None = None) -> Wait | None:
        """Return the timer that is due next, if any by `until`."""
        found = sorted(
            (wait for wait in self.waits("timer") if wait.due_at), key=lambda wait: (wait.due_at, wait.token)
        )
        return found[0] if found and (until is None or found[0].due_at <= until) else None

    def fire(self, wait: Wait) -> None:
        """Go to the moment of a timer and fire it."""
        assert wait.due_at is not None
        self.now = max(self.now, wait.due_at.astimezone(BEIJING))
        self._keep()
        with self._recording():
            self.machine.fire(wait.token, self.now)
            self.machine.run()
        self._keep()

    def did(self, element: str, what: str = "completed") -> int:
        """Return how often `what` happened at `element`."""
        return self.happened.count((what, element))

    def _world(self) -> World:
        return World(self.now, calendar)

    def _keep(self) -> None:
        """Save the case and load it again at the present moment."""
        self.happened += [(one.what, one.element) for one in self.machine.happenings]
        self.thrown += self.machine.thrown
        if not self.machine.is_ended:
            self.machine = Machine.load(self.machine.dump(), family(), self._world())

    @contextmanager
    def _recording(self) -> Iterator[None]:
        send = Case.send

        def recorded(case: Case, way: Any, parent: Any) -> None:
            self.taken[way.target.node.place.file, way.id] += 1
            send(case, way, parent)

        Case.send = recorded  # type: ignore[method-assign]  # put back below
        try:
            yield
        finally:
            Case.send = send  # type: ignore[method-assign]


def fill(form: forms.Form, given: Mapping[str, Any], context: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return answers that the form accepts: `given`, and something plausible wherever it demands more."""
    raw = dict(given)
    fields = {".".join(field.keys): field for field in form.walk() if field.is_input}
    assert set(given) <= set(fields), f"{form.id} has no field {set(given) - set(fields)}"
    for _ in range(6):
        try:
            return forms.check(form, raw, context, now=now, calendar=calendar)
        except InvalidAnswers as error:
            wrong = {path for path in error.faults if path not in raw}
            if not wrong:
                raise AssertionError(f"{form.id} refuses {raw}: {error.faults}") from error
            raw |= {path: _plausible(fields[path], now) for path in wrong}
    raise AssertionError(f"{form.id} accepts nothing")


def _plausible(field: forms.Field, now: datetime) -> Any:
    if field.options:
        value = field.options[0].value
        return [value] if field.kind in ("checklist", "taglist") else value
    if field.kind == "number":
        return field.rules["min"].constant if "min" in field.rules else 1
    if field.kind == "checkbox":
        return True
    if field.kind == "filepicker":
        return ["attachment"]
    if field.kind == "datetime":
        later = (now + timedelta(days=5)).astimezone(BEIJING)
        return later.date().isoformat() if field.subtype == "date" else later.replace(microsecond=0).isoformat()
    return "已填写"
