"""What goes wrong while a decision is made, and one evaluation's record of it. Faults of the file are findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from engine.calendars import WorkCalendar
from engine.errors import EngineError
from engine.feel.runtime import Run


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: `decision` is the name of the table's owner, `rules` and `cell` count from 1; 0 or () means none."""

    code: str
    zh: str
    en: str
    decision: str
    line: int
    rules: tuple[int, ...] = ()
    cell: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the fault as JSON-able data."""
        return {**asdict(self), "rules": list(self.rules)}


class DecisionFault(EngineError):
    """A decision could not be made. `faults` says why, each with table, rule and cell.

    Remedy: the owner of the decision corrects the table, or the data that went in.
    """

    code = "decision-fault"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        first = self.faults[0]
        super().__init__(
            f"决策“{first.decision}”（第 {first.line} 行）：{first.zh}",
            f"decision {first.decision!r} (line {first.line}): {first.en}",
            faults=[fault.as_json() for fault in self.faults],
        )


class Evaluation(Run):
    """A run of FEEL that also keeps faults and, if asked, a trace of tables."""

    __slots__ = ("faults", "loose", "owner", "trace")

    def __init__(
        self,
        calendar: WorkCalendar | None = None,
        now: datetime | None = None,
        notes: list[str] | None = None,
        trace: list[dict[str, Any]] | None = None,
    ) -> None:
        super().__init__(calendar, now, notes)
        self.faults: list[Fault] = []
        self.trace = trace
        self.owner = ""
        self.loose: Mapping[str, Any] = {}  #: values given under names that the model does not declare

    def fault(self, code: str, zh: str, en: str, line: int, rules: tuple[int, ...] = (), cell: int = 0) -> Any:
        """Record a fault; the value is null."""
        if len(self.faults) < 100:
            self.faults.append(Fault(code, zh, en, self.owner, line, rules, cell))
        return self.null(zh, en)
