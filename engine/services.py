"""What a service of the application gets and may answer. The services themselves are the application's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import EngineError
from engine.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """One call of a service. `key` is the same for every attempt of this call: use it to tell a repeat.

    A service works inside `work`: what it writes there happens exactly once. Anything outside goes through the outbox.
    """

    work: UnitOfWork
    type: str
    headers: Mapping[str, str]
    variables: Mapping[str, Any]
    instance_id: int
    business_key: str | None
    element_id: str
    key: str


#: A service: its answer's members become variables; None changes nothing.
Service = Callable[[ServiceRequest], Mapping[str, Any] | None]
Services = Mapping[str, Service]


class BpmnError(EngineError):
    """Raised by a service to say that the plan itself must deal with it: caught by an error event with this code."""

    code = "bpmn-error"

    def __init__(self, error_code: str, zh: str, en: str = "") -> None:
        super().__init__(zh, en or zh, error_code=error_code)
        self.error_code = error_code
