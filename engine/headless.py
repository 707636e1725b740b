"""The same verbs over an in-memory database and a virtual clock: for `banjie run`, tests, checks and what-if."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from engine import deployments, history, incidents, instances, jobs, messages
from engine.calendars import published_calendar
from engine.diagram import Kind
from engine.errors import Conflict, EngineError, NotFound
from engine.instance_queries import InstanceInfo
from engine.services import Service, ServiceRequest
from engine.spiff.machine import Machine
from engine.spiff.world import Wait
from engine.tables import Base, ProcessInstance
from engine.work import SYSTEM, Bounds, Database, FixedClock, UnitOfWork, open_database

#: A Monday morning in Beijing: where a run begins when nothing else is said.
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
#: Far more than a served house allows, as nobody else waits.
BOUNDS = Bounds(steps=1_000_000, members=100_000)
#: Jobs performed in one `advance` before it stops: a plan that never rests is reported, not run for ever.
MAX_JOBS = 1_000_000


class Headless:
    """One plan in memory. Time stands still until `advance`.

    `files` is what would be deployed together. `services` answer service tasks: a callable takes the variables and
    returns what they change. Raises InvalidPlan when the files have errors.
    """

    def __init__(
        self,
        files: Mapping[str, bytes],
        services: Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any] | None]] | None = None,
        now: datetime = START,
    ) -> None:
        self.clock = FixedClock(now)
        self.database = Database(open_database("sqlite://"), self.clock, published_calendar(), bounds=BOUNDS)
        self.services: dict[str, Service] = {name: _service(call) for name, call in (services or {}).items()}
        Base.metadata.create_all(self.database.pool)
        with self.database.work(SYSTEM) as work:
            self.deployed = deployments.deploy(work, dict(files), note="headless")
        self.instance_id: int | None = None

    @property
    def now(self) -> datetime:
        """The moment the virtual clock shows."""
        return self.clock.now()

    def start(self, process_id: str | None = None, data: Mapping[str, Any] | None = None, **options: Any) -> int:
        """Start a case of `process_id` (or of the only process) with `data`; return its id."""
        key = process_id or self._only_process()
        with self.database.work(SYSTEM) as work:
            self.instance_id = instances.start(work, key, data or {}, **options)
        self._settle()
        return self.instance_id

    def complete(self, element_id: str, data: Mapping[str, Any] | None = None) -> None:
        """Complete the user or manual task that waits at `element_id` (the oldest where several do)."""
        self._move(self._waiting(element_id, "user"), lambda machine, token: machine.complete(token, dict(data or {})))

    def activate(self, element_id: str) -> None:
        """Begin the activity `element_id` of the ad-hoc subprocess that offers it."""
        offering = [found for found in self._all_waits() if element_id in found[1].choices]
        if not offering:
            raise NotFound(f"“{element_id}”现在不能启动。", f"{element_id} cannot be started now.")
        self._move(offering[0], lambda machine, token: machine.activate(token, element_id))

    def answer(self, element_id: str, data: Mapping[str, Any] | None = None) -> None:
        """Complete the service call that waits at `element_id`."""
        wait = self._waiting(element_id, "service")
        self._move(wait, lambda machine, token: machine.complete_service(token, dict(data or {})))

    def fail(self, element_id: str, error_code: str, message: str = "") -> None:
        """Let the service call that waits at `element_id` end with a BPMN error."""
        self._move(
            self._waiting(element_id, "service"),
            lambda machine, token: (
                None
                if machine.fail_service(token, error_code, message)
                else machine.raise_incident(token, error_code, message or error_code, message or error_code)
            ),
        )

    def send(self, message: str, data: Mapping[str, Any] | None = None, key: str | None = None) -> list[int]:
        """Send a message; return the cases it reached or started. Raises NotFound when nobody waits for it."""
        with self.database.work(SYSTEM) as work:
            reached = messages.correlate(work, message, key, data or {})
        if self.instance_id is None and reached:
            self.instance_id = reached[0]
        self._settle()
        return reached

    def signal(self, name: str, data: Mapping[str, Any] | None = None) -> int:
        """Send a signal to all who listen; return how many did."""
        with self.database.work(SYSTEM) as work:
            reached = messages.broadcast(work, name, data or {})
        self._settle()
        return reached

    def retry(self, element_id: str, data: Mapping[str, Any] | None = None) -> None:
        """Retry the incident at `element_id`, after setting `data`."""
        with self.database.work(SYSTEM) as work:
            found = [item for item in incidents.open_incidents(work).items if item.element_id == element_id]
            if not found:
                raise NotFound(f"“{element_id}”没有故障。", f"There is no incident at {element_id}.")
            incidents.retry(work, found[0].id, data)
        self._settle()

    def advance(self, until: datetime | timedelta) -> None:
        """Let time pass up to a moment, or by a length; everything that comes due on the way happens in its order."""
        target = until if isinstance(until, datetime) else self.now + until
        performed = 0
        while (moment := self._next_due()) is not None and moment <= target:
            self.clock.set(max(moment, self.now))
            performed += self._settle()
            if performed > MAX_JOBS:
                raise EngineError(
                    f"流程在 {MAX_JOBS} 个作业后仍未停下。", f"The process did not come to rest within {MAX_JOBS} jobs."
                )
        self.clock.set(max(target, self.now))

    @property
    def trace(self) -> list[dict[str, Any]]:
        """Everything that happened, in order: {"at", "element", "what", "data"?} and "instance" where there are several."""
        with self.database.work(SYSTEM, read_only=True) as work:
            ids = list(work.session.scalars(select(ProcessInstance.id).order_by(ProcessInstance.id)))
            entries = [(entry, instance_id) for instance_id in ids for entry in history.read(work, instance_id)]
        entries.sort(key=lambda pair: pair[0].at)
        lines = []
        for entry, instance_id in entries:
            line: dict[str, Any] = {"at": entry.at.isoformat(), "element": entry.element, "what": entry.what}
            if entry.data:
                line["data"] = entry.data
            if len(ids) > 1:
                line["instance"] = instance_id
            lines.append(line)
        return lines

    @property
    def data(self) -> dict[str, Any]:
        """The variables of the case's outermost scope."""
        with self.database.work(SYSTEM, read_only=True) as work:
            return instances.variables(work, self._case())

    @property
    def state(self) -> InstanceInfo:
        """The case: its status, end and so on."""
        with self.database.work(SYSTEM, read_only=True) as work:
            return instances.get(work, self._case())

    @property
    def waits(self) -> list[Wait]:
        """Everything the case waits for."""
        with self.database.work(SYSTEM, read_only=True) as work:
            return instances.waits(work, self._case())

    @property
    def open_tasks(self) -> list[str]:
        """The elements of the open user tasks, in the order they became ready."""
        return [wait.element for wait in self.waits if wait.kind == "user"]

    def read(self, verb: Callable[[UnitOfWork], Any]) -> Any:
        """Run a reading verb over the run's database."""
        with self.database.work(SYSTEM, read_only=True) as work:
            return verb(work)

    # --- private ----------------------------------------------------------------------------------------------

    def _only_process(self) -> str:
        keys = [definition.key for definition in self.deployed.definitions]
        if len(keys) > 1:
            keys = self._first_processes() or keys
        if len(keys) != 1:
            raise EngineError(
                f"请指明流程：{'、'.join(keys) or '没有可执行的流程'}。",
                f"Name the process: {', '.join(keys) or 'none is executable'}.",
            )
        return keys[0]

    def _first_processes(self) -> list[str]:
        """Return the processes that a person may begin: no event has to, and no other one calls them."""
        with self.database.work(SYSTEM, read_only=True) as work:
            families = [deployments.open_family(work, one.id) for one in self.deployed.definitions]
            processes = [
                house.processes[one.key] for house, one in zip(families, self.deployed.definitions, strict=True)
            ]
        nodes = [node for process in processes for _, node in process.body.walk()]
        called = {node.call.process.text for node in nodes if node.call is not None}
        return [
            process.id
            for process in processes
            if process.id not in called
            and not any(node.instantiating for node in process.body.nodes.values())
            and (
                not (starts := [node for node in process.body.nodes.values() if node.kind is Kind.START])
                or any(not node.events for node in starts)
            )
        ]

    def _case(self) -> int:
        """Return the case that was started; the first that an event began, where nobody started one."""
        found = self.instance_id if self.instance_id is not None else next(iter(self._cases()), None)
        if found is None:
            raise Conflict("流程还没有开始。", "No case has been started.")
        return found

    def _cases(self) -> list[int]:
        with self.database.work(SYSTEM, read_only=True) as work:
            return list(work.session.scalars(select(ProcessInstance.id).order_by(ProcessInstance.id)))

    def _all_waits(self) -> list[tuple[int, Wait]]:
        """Return what all cases wait for, each with its case: the one that was started first."""
        first = self._case()
        with self.database.work(SYSTEM, read_only=True) as work:
            running = select(ProcessInstance.id).where(ProcessInstance.status == "running").order_by(ProcessInstance.id)
            ids = sorted(work.session.scalars(running), key=lambda number: number != first)
            return [(number, wait) for number in ids for wait in instances.waits(work, number)]

    def _waiting(self, element_id: str, kind: str) -> tuple[int, Wait]:
        for number, wait in self._all_waits():
            if wait.element == element_id and wait.kind == kind:
                return number, wait
        raise NotFound(f"“{element_id}”没有等待中的任务。", f"Nothing waits at {element_id}.")

    def _move(self, found: tuple[int, Wait], change: Callable[[Machine, int], None]) -> None:
        number, wait = found
        with self.database.work(SYSTEM) as work:
            instances.advance(work, number, lambda machine: change(machine, wait.token))
        self._settle()

    def _settle(self) -> int:
        """Perform what is due now; a service nobody registered stays waiting for `answer`."""
        performed = 0
        while True:
            with self.database.work(SYSTEM, read_only=True) as work:
                ids = jobs.due(work, 100, topics=self.services)
            if not ids or performed > MAX_JOBS:
                return performed
            for job_id in ids:
                jobs.perform(self.database, job_id, self.services)
                performed += 1

    def _next_due(self) -> datetime | None:
        with self.database.work(SYSTEM, read_only=True) as work:
            return jobs.next_due(work, topics=self.services)


def _service(call: Callable[[Mapping[str, Any]], Mapping[str, Any] | None]) -> Service:
    def serve(request: ServiceRequest) -> Mapping[str, Any] | None:
        return call(request.variables)

    return serve
