"""Makes diagrams for tests in a few words, and plays them in memory or saved and loaded at every step. It asserts nothing."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from engine import diagram as d
from engine.calendars import WorkCalendar
from engine.diagram import Expression, Kind, Node, Place, Process
from engine.spiff.machine import Machine
from engine.spiff.world import Limits, Wait, World

AT = Place("test.bpmn", 1)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, 9 o'clock in Beijing
_numbers = itertools.count()


@dataclass
class Plan:
    """The parts of a family that the machine needs. `answers` are the decisions."""

    processes: dict[str, Process]
    answers: dict[str, Callable[[Mapping[str, Any]], Any]] = field(default_factory=dict)
    compiled: dict[Any, Any] = field(default_factory=dict)

    def decide(self, decision_id: str, context: Mapping[str, Any], calendar: Any = None, now: Any = None) -> Any:
        """Return the answer of a decision."""
        return self.answers[decision_id](context)


def feel(text: str | None) -> Expression | None:
    """Return an expression; a text that begins with ' is literal."""
    if text is None:
        return None
    return Expression(text[1:], True, AT) if text.startswith("'") else Expression(text, False, AT)


def literal(text: str) -> Expression:
    """Return a literal."""
    return Expression(text, True, AT)


def maps(**targets: str) -> list[d.Mapping]:
    """Return mappings: target="FEEL"; a double underscore stands for a dot."""
    return [d.Mapping(target.replace("__", "."), feel(source)) for target, source in targets.items()]


def node(kind: Kind, element: str, **parts: Any) -> Node:
    """Return a node."""
    return Node(element, kind, parts.pop("name", ""), AT, **parts)


def _of(kind: Kind) -> Callable[..., Node]:
    return lambda element, **parts: node(kind, element, **parts)


user, manual, task, receive = (_of(kind) for kind in (Kind.USER_TASK, Kind.MANUAL_TASK, Kind.TASK, Kind.RECEIVE_TASK))
exclusive, parallel, inclusive, event_gateway, complex_gateway = (
    _of(kind) for kind in (Kind.EXCLUSIVE, Kind.PARALLEL, Kind.INCLUSIVE, Kind.EVENT_BASED, Kind.COMPLEX)
)


def start(element: str = "start", *events: Any, **parts: Any) -> Node:
    """Return a start event."""
    return node(Kind.START, element, events=list(events), **parts)


def catch(element: str, *events: Any, **parts: Any) -> Node:
    """Return an intermediate catch event."""
    return node(Kind.CATCH, element, events=list(events), **parts)


def throw(element: str, *events: Any, **parts: Any) -> Node:
    """Return an intermediate throw event."""
    return node(Kind.THROW, element, events=list(events), **parts)


def end(element: str = "end", *events: Any, **parts: Any) -> Node:
    """Return an end event."""
    return node(Kind.END, element, events=list(events), **parts)


def boundary(element: str, on: str, *events: Any, **parts: Any) -> Node:
    """Return a boundary event."""
    return node(Kind.BOUNDARY, element, attached_to=on, events=list(events), **parts)


def script(element: str, expression: str, result: str | None = None, **parts: Any) -> Node:
    """Return a script task that writes `result`."""
    return node(Kind.SCRIPT_TASK, element, script=d.Script(feel(expression), result, AT), **parts)


def service(element: str, kind_of: str = "'work", result: str | None = None, **parts: Any) -> Node:
    """Return a service task."""
    work = d.Service(feel(kind_of), 3, {"to": "all"}, AT, result)
    return node(parts.pop("kind", Kind.SERVICE_TASK), element, service=work, **parts)


def rule(element: str, decision: str, result: str | None = "answer", **parts: Any) -> Node:
    """Return a business rule task."""
    unpack = parts.pop("unpack", "none")
    return node(
        Kind.BUSINESS_RULE_TASK, element, decision=d.DecisionReference(feel(decision), result, AT, unpack), **parts
    )


def call(element: str, process: str, **parts: Any) -> Node:
    """Return a call activity; `inputs` and `outputs` are the call's."""
    made = d.Call(
        feel(process),
        AT,
        parts.pop("all_in", False),
        parts.pop("all_out", False),
        parts.pop("inputs", []),
        parts.pop("outputs", []),
    )
    return node(Kind.CALL_ACTIVITY, element, call=made, **parts)


def sub(element: str, *nodes: Node, flows: str = "", kind: Kind = Kind.SUBPROCESS, **parts: Any) -> Node:
    """Return a subprocess."""
    return node(kind, element, body=scope(element, *nodes, flows=flows, **_body(parts)), **parts)


def event_sub(element: str, *nodes: Node, flows: str = "", **parts: Any) -> Node:
    """Return an event subprocess."""
    return sub(element, *nodes, flows=flows, kind=Kind.EVENT_SUBPROCESS, **parts)


def transaction(element: str, *nodes: Node, flows: str = "", **parts: Any) -> Node:
    """Return a transaction."""
    return sub(element, *nodes, flows=flows, kind=Kind.TRANSACTION, **parts)


def ad_hoc(element: str, *nodes: Node, flows: str = "", **parts: Any) -> Node:
    """Return an ad-hoc subprocess."""
    return sub(element, *nodes, flows=flows, kind=Kind.AD_HOC, **parts)


def timer(value: str, form: str = "duration", working_days: bool = False) -> d.Timer:
    """Return a timer event."""
    return d.Timer(form, feel(value), AT, working_days)


def message(name: str, key: str | None = None, **parts: Any) -> d.Message:
    """Return a message event."""
    return d.Message(feel(name), AT, feel(key), **parts)


def signal(name: str) -> d.Signal:
    """Return a signal event."""
    return d.Signal(feel(name), AT)


def error(code: str | None = None, **parts: Any) -> d.Error:
    """Return an error event."""
    return d.Error(feel(code), AT, **parts)


def escalation(code: str | None = None, **parts: Any) -> d.Escalation:
    """Return an escalation event."""
    return d.Escalation(feel(code), AT, **parts)


def conditional(condition: str) -> d.Conditional:
    """Return a conditional event."""
    return d.Conditional(feel(condition), AT)


def compensate(activity: str | None = None, wait: bool = True) -> d.Compensation:
    """Return a compensation event."""
    return d.Compensation(activity, AT, wait)


def link(name: str) -> d.Link:
    """Return a link event."""
    return d.Link(name, AT)


TERMINATE, CANCEL = d.Terminate(AT), d.Cancel(AT)


def loop(condition: str | None = None, **parts: Any) -> d.StandardLoop:
    """Return a standard loop."""
    return d.StandardLoop(feel(condition), AT, **parts)


def each(collection: str | None = None, item: str | None = "item", **parts: Any) -> d.MultiInstance:
    """Return a multi-instance."""
    sequential = parts.pop("sequential", False)
    texts = {name: feel(parts.pop(name, None)) for name in ("cardinality", "result_item", "completion")}
    return d.MultiInstance(AT, sequential, collection=feel(collection), item=item, **texts, **parts)


def _body(parts: dict[str, Any]) -> dict[str, Any]:
    return {name: parts.pop(name) for name in ("variables", "handlers") if name in parts}


def scope(
    element: str, *nodes: Node, flows: str = "", variables: tuple[d.Variable, ...] = (), handlers: str = ""
) -> d.Scope:
    """Return the inside of a process. `flows`: "a -> b -> c; g -> x if FEEL; g -> y else". `handlers`: "boundary: task"."""
    made = d.Scope(element, {one.id: one for one in nodes}, variables=list(variables))
    for part in filter(None, (part.strip() for part in flows.replace("\n", ";").split(";"))):
        part, _, condition = part.partition(" if ")
        is_default = part.endswith(" else")
        names = [name.strip() for name in part.removesuffix(" else").split("->")]
        for source, target in itertools.pairwise(names):
            flow = d.Flow(f"{source}_{target}_{next(_numbers)}", "", source, target, AT, feel(condition or None))
            made.flows[flow.id] = flow
            made.nodes[source].outgoing.append(flow)
            made.nodes[target].incoming.append(flow)
            if is_default:
                made.nodes[source].default = flow.id
    for pair in filter(None, handlers.split(";")):
        source, target = (name.strip() for name in pair.split(":"))
        made.associations.append(d.Association(f"{source}_{target}", source, target))
        made.nodes[target].is_for_compensation = True
    return made


def process(*nodes: Node, flows: str = "", name: str = "p", **parts: Any) -> Process:
    """Return a process."""
    return Process(name, name, AT, True, scope(name, *nodes, flows=flows, **parts))


def variable(name: str, initial: str | None = None, **parts: Any) -> d.Variable:
    """Return a data object."""
    return d.Variable(name, name, AT, initial=feel(initial), **parts)


CALENDAR = WorkCalendar(years=frozenset({2026}))


class Play:
    """One case and its clock. `is_saved`: it is saved and loaded again at every move."""

    def __init__(self, plan: Plan | Process, is_saved: bool = False, limits: Limits | None = None) -> None:
        self.plan = Plan({plan.id: plan}) if isinstance(plan, Process) else plan
        self.is_saved = is_saved
        self.world = World(NOW, lambda: CALENDAR, limits or Limits())
        self.trace: list[str] = []
        self.happenings: list[Any] = []
        self.thrown: list[Any] = []
        self.machine: Machine

    def start(self, values: Mapping[str, Any] | None = None, **options: Any) -> Play:
        """Start the first process and run."""
        process_id = options.pop("process_id", next(iter(self.plan.processes)))
        self.machine = Machine.start(self.plan, process_id, values or {}, self.world, **options)
        return self.run()

    def run(self) -> Play:
        """Step until nothing can move; keep the trace."""
        self._keep()
        self.machine.run()
        self._keep()
        return self

    def _keep(self) -> None:
        self.happenings += self.machine.happenings
        self.trace += [f"{one.what} {one.element}" for one in self.machine.happenings]
        self.thrown += self.machine.thrown
        self.machine.happenings.clear()
        self.machine.thrown.clear()
        if self.is_saved and not self.machine.is_ended:
            self.machine = Machine.load(self.machine.dump(), self.plan, self.world)

    def waits(self, kind: str | None = None) -> list[Wait]:
        """Return the waits of a kind."""
        return [wait for wait in self.machine.waits() if kind is None or wait.kind == kind]

    def open(self) -> list[str]:
        """Return the elements of all waits that somebody outside can end, sorted."""
        return sorted(wait.element for wait in self.waits() if wait.kind != "condition")

    def token(self, element: str, index: int = 0) -> int:
        """Return the token of a wait at `element`."""
        return [wait for wait in self.waits() if wait.element == element][index].token

    def do(self, element: str, index: int = 0, **answers: Any) -> Play:
        """Complete a user task or service and run."""
        wait = [wait for wait in self.waits() if wait.element == element][index]
        if wait.kind == "service":
            self.machine.complete_service(wait.token, answers)
        else:
            self.machine.complete(wait.token, answers)
        return self.run()

    def send(self, name: str, key: str | None = None, **payload: Any) -> bool:
        """Correlate a message and run."""
        found = self.machine.correlate(name, key, payload)
        self.run()
        return found

    def signal(self, name: str, **payload: Any) -> bool:
        """Broadcast a signal and run."""
        heard = self.machine.signal(name, payload)
        self.run()
        return heard

    def set(self, **values: Any) -> Play:
        """Write variables and run."""
        self.machine.set_variables(values)
        return self.run()

    def pass_time(self, **length: float) -> Play:
        """Move the clock; fire each due timer at its moment."""
        until = self.world.now + timedelta(**length)
        while due := [wait for wait in self.waits("timer") if wait.due_at <= until]:
            first = min(due, key=lambda wait: (wait.due_at, wait.token))
            self.world.now = max(self.world.now, first.due_at)
            self.machine.fire(first.token, self.world.now)
            self.run()
        self.world.now = until
        return self

    def walked(self, *whats: str) -> list[str]:
        """Return the elements of the happenings of these kinds (completed, when none is named), in order."""
        kinds = whats or ("completed",)
        return [one.element for one in self.happenings if one.what in kinds]

    @property
    def data(self) -> dict[str, Any]:
        """The process's variables."""
        return self.machine.variables()

    def last(self, name: str) -> Any:
        """Return the value that was written last under this name, as the happenings tell it."""
        found = [
            one.data["variables"][name] for one in self.happenings if name in ((one.data or {}).get("variables") or {})
        ]
        return found[-1] if found else None
