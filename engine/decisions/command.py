"""What `banjie decide` does: a file, a decision and data in, JSON-able values out. It prints nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.calendars import WorkCalendar
from engine.decisions.model import Model
from engine.decisions.reader import load
from engine.errors import EngineError
from engine.feel import from_json, to_json
from engine.json_words import fault_of


def open_model(file: Path) -> Model:
    """Return the model in `file`; the other DMN files beside it are what it may import."""
    others = {path.name: path.read_bytes() for path in sorted(file.parent.glob("*.dmn")) if path != file}
    spaces: dict[str, bytes | Model] = {}
    for name, data in others.items():
        try:
            spaces.setdefault(load(data, name=name).namespace, data)
        except EngineError:
            continue  # a neighbour that is not needed may be as faulty as it likes
    return load(file.read_bytes(), {**others, **spaces}, name=file.name)


def decide(
    file: Path,
    decision: str,
    data: Mapping[str, Any] | str,
    *,
    calendar: WorkCalendar | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Return the decision's value and how it came about. `data`: variables, or the text of a JSON object.

    Raises NotFound, InvalidPlan, XmlRefused, FeelLimit, and EngineError when the text is no JSON object.
    """
    return explain(open_model(file), decision, _variables(data), calendar=calendar, now=now)


def explain(
    model: Model,
    decision: str,
    data: Mapping[str, Any],
    *,
    calendar: WorkCalendar | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Return the value of a decision as JSON-able data, with tables, faults and reasons: for the page that tries it."""
    explained = model.explain(decision, from_json(dict(data)), calendar=calendar, now=now)
    return {
        "decision": decision,
        "value": to_json(explained.value),
        "decisions": {name: to_json(value) for name, value in explained.decisions.items()},
        "tables": explained.tables,
        "faults": [fault.as_json() for fault in explained.faults],
        "notes": explained.notes,
        "findings": [finding.as_json() for finding in model.findings],
    }


def _variables(data: Mapping[str, Any] | str) -> Mapping[str, Any]:
    """Return the variables, read from JSON text if they are one."""
    if not isinstance(data, str):
        return data
    try:
        read = json.loads(data)
    except ValueError as fault:
        raise EngineError(
            f"数据不是合法的 JSON（{fault_of(fault)[0]}）。",
            f"the data are not JSON ({fault_of(fault)[1]}).",
            code="bad-data",
        ) from None
    if not isinstance(read, dict):
        raise EngineError(
            '数据应为 JSON 对象，如 {"x": 1}。', 'the data must be a JSON object such as {"x": 1}.', code="bad-data"
        )
    return read
