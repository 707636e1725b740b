"""What an event waits for or throws. The node that carries it is in `nodes`."""

from __future__ import annotations

from dataclasses import dataclass

from engine.diagram.values import Expression, Mapping, Place


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
