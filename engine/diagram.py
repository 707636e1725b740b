"""What a diagram says, as objects: the one dialect that the checks read and the engine runs.

`engine.interchange` makes it from an author's file of any vendor; nothing here reads XML. Every node knows its
line in the author's file. Expressions are FEEL, whatever the author's tool wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the author's file. `line` counts from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Expression:
    """A value that the author wrote. `is_literal`: `text` is the value itself, else FEEL source (without "=")."""

    text: str
    is_literal: bool
    place: Place


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


# --- events ---------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Timer:
    """`form` is "date", "duration" or "cycle". `working_days`: the days of the duration are working days."""

    form: str
    value: Expression
    place: Place
    working_days: bool = False


@dataclass(slots=True)
class Message:
    """A message thrown or awaited. `correlation`: FEEL evaluated in the waiting scope; None correlates by business key.

    `payload` (throwing, plain BPMN): variables sent, all when None.
    `result` (catching): the variable that takes the payload; the payload's members become variables when None.
    """

    name: Expression
    place: Place
    correlation: Expression | None = None
    payload: list[Mapping] | None = None
    result: str | None = None


@dataclass(slots=True)
class Signal:
    """A signal thrown or awaited by name, to all who listen."""

    name: Expression
    place: Place


@dataclass(slots=True)
class Error:
    """`code` None catches every error. The variables take the caught code and message."""

    code: Expression | None
    place: Place
    code_variable: str | None = None
    message_variable: str | None = None


@dataclass(slots=True)
class Escalation:
    """`code` None catches every escalation."""

    code: Expression | None
    place: Place
    code_variable: str | None = None


@dataclass(slots=True)
class Conditional:
    """Fires when the condition becomes true."""

    condition: Expression
    place: Place


@dataclass(slots=True)
class Link:
    """A jump to the link catch event of the same name in the same scope."""

    name: str
    place: Place


@dataclass(slots=True)
class Compensation:
    """`activity` None compensates the whole scope (thrown), or marks a boundary event as a compensation handler."""

    activity: str | None
    place: Place
    wait: bool = True


@dataclass(slots=True)
class Terminate:
    """Ends its scope at once."""

    place: Place


@dataclass(slots=True)
class Cancel:
    """Cancels the transaction around it."""

    place: Place


EventDefinition = Timer | Message | Signal | Error | Escalation | Conditional | Link | Compensation | Terminate | Cancel


# --- what an activity does ------------------------------------------------------------------------------------


@dataclass(slots=True)
class Mapping:
    """`target` takes the value of `source`. A target may be a dotted path."""

    target: str
    source: Expression


@dataclass(slots=True)
class Assignment:
    """Who does a user task and by when. Empty `groups`: the node's lane is its role."""

    assignee: Expression | None = None
    groups: list[str] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    groups_expression: Expression | None = None  #: FEEL giving a list of groups, or a comma-separated text
    due: Expression | None = None
    follow_up: Expression | None = None
    priority: Expression | None = None


@dataclass(slots=True)
class FormReference:
    """The form of a user task or start event, by id (or by file name in a bundle: then the stem is the id)."""

    id: str
    place: Place


@dataclass(slots=True)
class Service:
    """Work done by the application's service `type`."""

    type: Expression
    retries: int
    headers: dict[str, str]
    place: Place
    result: str | None = None  #: variable that takes the whole answer; its members become variables when None


@dataclass(slots=True)
class DecisionReference:
    """The decision a business rule task asks. `result` takes the answer; `unpack` maps it as the author's tool does.

    `unpack`: "none" (as it is), "single_entry", "single_result", "collect_entries" or "result_list" (Camunda 7).
    """

    id: Expression
    result: str | None
    place: Place
    unpack: str = "none"


@dataclass(slots=True)
class Script:
    """A FEEL expression (no script language): its value goes to `result`."""

    expression: Expression
    result: str | None
    place: Place


@dataclass(slots=True)
class Call:
    """The called process. `all_in`/`all_out`: every variable goes in / comes back; else only the mappings."""

    process: Expression
    place: Place
    all_in: bool = False
    all_out: bool = False
    inputs: list[Mapping] = field(default_factory=list)
    outputs: list[Mapping] = field(default_factory=list)


@dataclass(slots=True)
class StandardLoop:
    """Repeats while `condition` holds; `test_before` asks first; at most `maximum` rounds."""

    condition: Expression | None
    place: Place
    test_before: bool = False
    maximum: int | None = None


@dataclass(slots=True)
class MultiInstance:
    """One member for each item of `collection`, or `cardinality` of them. `sequential`: one after the other.

    `results` gathers `result_item` (FEEL in the member's scope) in the order of the items, none lost.
    """

    place: Place
    sequential: bool
    cardinality: Expression | None = None
    collection: Expression | None = None
    item: str | None = None
    results: str | None = None
    result_item: Expression | None = None
    completion: Expression | None = None


# --- nodes and scopes -----------------------------------------------------------------------------------------


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
