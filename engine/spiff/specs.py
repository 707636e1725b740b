"""What a process and each subprocess look like to the machine. Made once a plan, shared by its cases, never changed by running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine import diagram

if TYPE_CHECKING:
    from engine.spiff.elements import Element
    from engine.spiff.events import EventStart
    from engine.spiff.subprocesses import ProcessRoot


class ScopeSpec(WorkflowSpec):
    """The inside of a process or subprocess: its elements by id, and where it begins."""

    task_specs: dict[str, Element]

    def __init__(self, scope: diagram.Scope, everything: dict[str, Element]) -> None:
        super().__init__(name=scope.id)  # type: ignore[no-untyped-call]  # ships no types
        self.scope = scope
        self.all = everything  #: the elements of the whole process by id, at any depth
        self.starts: list[Element] = []  #: what gets a token when the scope opens
        self.handlers: list[EventStart] = []  #: start events of its event subprocesses
        self.links: dict[str, Element] = {}  #: link catch events by name
        self._sources: dict[str, list[str]] | None = None

    @property
    def sources(self) -> dict[str, list[str]]:
        """From where a token can come to each element, in one move; made when an inclusive join first asks."""
        if self._sources is None:
            sources: dict[str, list[str]] = {name: [] for name in self.task_specs}
            for element in self.task_specs.values():
                for target in element.moves():
                    sources[target.name].append(element.name)
            self._sources = sources
        return self._sources


class ProcessSpec(ScopeSpec):
    """A whole process."""

    def __init__(self, process: diagram.Process) -> None:
        super().__init__(process.body, {})
        self.process = process
        self.root: ProcessRoot
