"""What an activity does: who does it, which service or decision it asks, how often it repeats."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.diagram.values import Expression, Mapping, Place


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
