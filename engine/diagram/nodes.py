"""Nodes, flows, scopes, processes and the diagram itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from engine.diagram.activities import (
    Assignment,
    Call,
    DecisionReference,
    FormReference,
    MultiInstance,
    Script,
    Service,
    StandardLoop,
)
from engine.diagram.events import EventDefinition
from engine.diagram.values import Expression, Mapping, Place


class Kind(StrEnum):
    """What a node is. The value is the BPMN element's local name, or our refinement of it."""

    TASK = "task"
    USER_TASK = "userTask"
    MANUAL_TASK = "manualTask"
    SERVICE_TASK = "serviceTask"
    SEND_TASK = "sendTask"
    RECEIVE_TASK = "receiveTask"
    BUSINESS_RULE_TASK = "businessRuleTask"
    SCRIPT_TASK = "scriptTask"
    CALL_ACTIVITY = "callActivity"
    SUBPROCESS = "subProcess"
    EVENT_SUBPROCESS = "eventSubProcess"
    TRANSACTION = "transaction"
    AD_HOC = "adHocSubProcess"
    EXCLUSIVE = "exclusiveGateway"
    PARALLEL = "parallelGateway"
    INCLUSIVE = "inclusiveGateway"
    EVENT_BASED = "eventBasedGateway"
    COMPLEX = "complexGateway"
    START = "startEvent"
    CATCH = "intermediateCatchEvent"
    THROW = "intermediateThrowEvent"
    BOUNDARY = "boundaryEvent"
    END = "endEvent"


TASKS = frozenset(
    {
        Kind.TASK,
        Kind.USER_TASK,
        Kind.MANUAL_TASK,
        Kind.SERVICE_TASK,
        Kind.SEND_TASK,
        Kind.RECEIVE_TASK,
        Kind.BUSINESS_RULE_TASK,
        Kind.SCRIPT_TASK,
    }
)
SUBPROCESSES = frozenset({Kind.SUBPROCESS, Kind.EVENT_SUBPROCESS, Kind.TRANSACTION, Kind.AD_HOC})
ACTIVITIES = TASKS | SUBPROCESSES | {Kind.CALL_ACTIVITY}
GATEWAYS = frozenset({Kind.EXCLUSIVE, Kind.PARALLEL, Kind.INCLUSIVE, Kind.EVENT_BASED, Kind.COMPLEX})
EVENTS = frozenset({Kind.START, Kind.CATCH, Kind.THROW, Kind.BOUNDARY, Kind.END})
#: A user task with this property approves the steps that it names: who did one of them cannot do it.
APPROVES = "approves"


@dataclass(slots=True)
class Flow:
    """A sequence flow. `condition` None: always."""

    id: str
    name: str
    source: str
    target: str
    place: Place
    condition: Expression | None = None


@dataclass(slots=True)
class Node:
    """A flow node. Only the parts that its kind has are filled; `body` is the inside of a subprocess."""

    id: str
    kind: Kind
    name: str
    place: Place
    documentation: str = ""
    lane: str | None = None  #: name of the innermost lane; inherited from the subprocess where none is named
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    default: str | None = None  #: id of the default flow
    # events
    events: list[EventDefinition] = field(default_factory=list)
    parallel_multiple: bool = False
    attached_to: str | None = None
    interrupting: bool = True
    # gateways
    instantiating: bool = False
    activation: Expression | None = None
    direction: str = ""
    # activities
    form: FormReference | None = None
    assignment: Assignment | None = None
    service: Service | None = None
    decision: DecisionReference | None = None
    script: Script | None = None
    call: Call | None = None
    loop: StandardLoop | MultiInstance | None = None
    is_for_compensation: bool = False
    start_quantity: int = 1
    completion_quantity: int = 1
    ordering: str = "parallel"  #: ad-hoc: parallel or sequential
    completion: Expression | None = None  #: ad-hoc completion condition
    cancel_remaining: bool = True
    body: Scope | None = None
    # data
    inputs: list[Mapping] = field(default_factory=list)  #: make a local scope before the node runs
    outputs: list[Mapping] = field(default_factory=list)  #: write outward when it is done
    properties: dict[str, str] = field(default_factory=dict)  #: author's extension properties

    @property
    def roles(self) -> list[str]:
        """Return the groups that may do the task: candidate groups, else the lane (architecture, decision 6)."""
        if self.assignment and (self.assignment.groups or self.assignment.users or self.assignment.groups_expression):
            return self.assignment.groups
        return [self.lane] if self.lane else []

    @property
    def approves(self) -> list[str]:
        """Return the ids of the steps whose result this one approves: the property "approves", parted by blanks or commas."""
        return self.properties.get(APPROVES, "").replace(",", " ").replace("，", " ").split()

    def event(self, kind: type[EventDefinition]) -> EventDefinition | None:
        """Return the first event definition of type `kind`, or None when the node has none."""
        return next((event for event in self.events if isinstance(event, kind)), None)


@dataclass(slots=True)
class Lane:
    """A lane: a role. `children` are the lanes inside it."""

    id: str
    name: str
    place: Place
    nodes: list[str] = field(default_factory=list)
    children: list[Lane] = field(default_factory=list)


@dataclass(slots=True)
class Association:
    """From a compensation boundary event to its handler (or from anything to a text annotation)."""

    id: str
    source: str
    target: str


@dataclass(slots=True)
class Variable:
    """A data object or property: a variable of its scope. `initial` may be None."""

    id: str
    name: str
    place: Place
    is_collection: bool = False
    initial: Expression | None = None


@dataclass(slots=True)
class Scope:
    """The inside of a process or subprocess."""

    id: str
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    associations: list[Association] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    annotations: dict[str, str] = field(default_factory=dict)

    def walk(self) -> Iterator[tuple[Scope, Node]]:
        """Yield every node inside, with the scope it stands in, at every depth (iteratively: nesting is the author's)."""
        stack = [self]
        while stack:
            scope = stack.pop()
            for node in scope.nodes.values():
                yield scope, node
                if node.body is not None:
                    stack.append(node.body)


@dataclass(slots=True)
class Process:
    """An executable process (or one only drawn, when `is_executable` is false)."""

    id: str
    name: str
    place: Place
    is_executable: bool
    body: Scope
    documentation: str = ""
    lanes: list[Lane] = field(default_factory=list)
    version_tag: str = ""
    participant: str = ""  #: name of the pool that shows it
    properties: dict[str, str] = field(default_factory=dict)

    def node(self, element_id: str) -> Node | None:
        """Return the node with this id at any depth, or None when there is none."""
        return next((node for _, node in self.body.walk() if node.id == element_id), None)


@dataclass(slots=True)
class Participant:
    """A pool; `process` is None for a black box."""

    id: str
    name: str
    process: str | None
    place: Place


@dataclass(slots=True)
class MessageFlow:
    """Drawn between pools; it moves no token."""

    id: str
    name: str
    source: str
    target: str
    place: Place


@dataclass(slots=True)
class Diagram:
    """One file. `dialect` is "camunda7", "camunda8" or "plain"."""

    file: str
    dialect: str
    processes: dict[str, Process] = field(default_factory=dict)
    participants: list[Participant] = field(default_factory=list)
    message_flows: list[MessageFlow] = field(default_factory=list)
    target_namespace: str = ""
    forms: dict[str, bytes] = field(default_factory=dict)  #: forms written inside the file, by id (form JSON)
