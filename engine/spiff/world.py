"""What a case sees of the world, and what the world sees of a case: plain values. Nothing here moves a token."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from engine.calendars import WorkCalendar
from engine.diagram import Node, Process
from engine.errors import EngineError
from engine.rules import Rule
from engine.spiff.provisional import CoveringCalendar


class Plan(Protocol):
    """What the machine needs of a plan's family of files (`engine.family.Family` is one)."""

    @property
    def processes(self) -> Mapping[str, Process]:
        """The processes by id."""

    @property
    def rules(self) -> Mapping[str, Sequence[Rule]]:
        """The rules of time by id, each with its versions."""

    @property
    def compiled(self) -> dict[Any, Any]:
        """A place where specs are kept; shared between cases."""

    def decide(
        self,
        decision_id: str,
        context: Mapping[str, Any],
        calendar: WorkCalendar | None = None,
        now: datetime | None = None,
    ) -> Any:
        """Return the answer of a decision."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one case may cost, so that an endless plan becomes an incident and never a hang."""

    steps: int = 500_000  #: automatic steps of one `run`
    members: int = 10_000  #: members of one multi-instance
    depth: int = 100  #: processes that call each other
    tokens: int = 20_000  #: tokens alive at one time


@dataclass(slots=True)
class Happening:
    """One thing that happened. `scope`: the token whose map the step saw; `data`: what it is about, or None.
    `process`: id of the process the element stands in (a called one, maybe).

    `what`: entered, began (a loop or multi-instance; its members are entered), ready, completed, finished, cancelled,
    armed, moved, caught, thrown, ended, incident, resolved, changed.
    """

    at: datetime
    element: str
    what: str
    token: int
    scope: int
    data: dict[str, Any] | None = None
    process: str = ""


@dataclass(slots=True)
class World:
    """The moment, the calendar and the limits of one visit to a case.

    `record`: takes happenings in batches where they would pile up (very long automatic runs); None keeps all.
    """

    now: datetime
    calendar: Callable[[], WorkCalendar]
    limits: Limits = field(default_factory=Limits)
    record: Callable[[list[Happening]], None] | None = None
    covering: CoveringCalendar = field(init=False)  #: the calendar that expressions and timers count with

    def __post_init__(self) -> None:
        self.covering = CoveringCalendar(self.calendar)


@dataclass(slots=True)
class Thrown:
    """A message or signal that leaves the case. A signal was already heard by those who listen inside the case."""

    kind: str
    name: str
    key: str | None
    payload: dict[str, Any]
    element: str


@dataclass(slots=True)
class ServiceCall:
    """What a service task asks of the application."""

    type: str
    headers: dict[str, str]
    variables: dict[str, Any]
    retries: int


@dataclass(slots=True)
class Incident:
    """Why a token does not go on."""

    code: str
    zh: str
    en: str


@dataclass(slots=True)
class Wait:
    """Something the case waits for now. `token` is unique in the case, stable over saving, and never used again.

    `kind`: user, service, timer, message, signal, condition, ad_hoc, incident. A condition is asked by the machine
    itself whenever a variable changes. An ad-hoc subprocess lists what `activate` may begin
    in `choices`, while it is open; it may end without. `message` is the name of a message or signal, `key` its
    correlation key (None: any). `due_at` is when a timer fires or a task is due.
    """

    token: int
    kind: str
    element: str
    name: str
    scope: int
    node: Node
    due_at: datetime | None = None
    follow_up_at: datetime | None = None
    is_provisional: bool = False
    message: str = ""
    key: str | None = None
    groups: list[str] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    assignee: str | None = None
    form: str | None = None
    priority: int | None = None
    service: ServiceCall | None = None
    incident: Incident | None = None
    choices: list[str] = field(default_factory=list)
    process: str = ""  #: id of the process the element stands in (a called one, maybe)


class LimitReached(EngineError):
    """The case would cost more than the setting allows.

    Remedy: the plan loops or multiplies without end; correct it, or raise the limit.
    """

    code = "limit-reached"


class UnknownElement(EngineError):
    """The plan has no such process or element, or cannot start there.

    Remedy: name one that the plan has.
    """

    code = "unknown-element"
