"""What a diagram says, as objects: the one dialect that the checks read and the engine runs.

`engine.interchange` makes it from an author's file of any vendor; nothing here reads XML. Every node knows its
line in the author's file. Expressions are FEEL, whatever the author's tool wrote.
"""

from __future__ import annotations

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
from engine.diagram.events import (
    Cancel,
    Compensation,
    Conditional,
    Error,
    Escalation,
    EventDefinition,
    Link,
    Message,
    Signal,
    Terminate,
    Timer,
)
from engine.diagram.nodes import (
    ACTIVITIES,
    EVENTS,
    GATEWAYS,
    SUBPROCESSES,
    TASKS,
    Association,
    Diagram,
    Flow,
    Kind,
    Lane,
    MessageFlow,
    Node,
    Participant,
    Process,
    Scope,
    Variable,
)
from engine.diagram.values import Expression, Mapping, Place

__all__ = [
    "ACTIVITIES",
    "EVENTS",
    "GATEWAYS",
    "SUBPROCESSES",
    "TASKS",
    "Assignment",
    "Association",
    "Call",
    "Cancel",
    "Compensation",
    "Conditional",
    "DecisionReference",
    "Diagram",
    "Error",
    "Escalation",
    "EventDefinition",
    "Expression",
    "Flow",
    "FormReference",
    "Kind",
    "Lane",
    "Link",
    "Mapping",
    "Message",
    "MessageFlow",
    "MultiInstance",
    "Node",
    "Participant",
    "Place",
    "Process",
    "Scope",
    "Script",
    "Service",
    "Signal",
    "StandardLoop",
    "Terminate",
    "Timer",
    "Variable",
]
