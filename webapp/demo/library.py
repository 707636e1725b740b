"""The library of sample complaints (`complaints.json`), read: sixty of them, of every kind. Nobody and nothing real is meant.

Each says how far it has come: `stands_at` names the tasks that are open then, or the end event. The demo shows some of
them; a test plays all.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from webapp.demo.samples import Sample, Step

_FILE = Path(__file__).with_name("complaints.json")


def entries() -> list[dict[str, Any]]:
    """Return every entry of the library as it stands in the file."""
    found: list[dict[str, Any]] = json.loads(_FILE.read_text("utf-8"))
    return found


def shown() -> tuple[Sample, ...]:
    """Return those that the demo shows."""
    return tuple(sample_of(entry) for entry in entries() if entry["in_demo"])


def sample_of(entry: dict[str, Any]) -> Sample:
    """Return an entry as the demo plays it: time that passes between two steps belongs to the later one."""
    steps, waited = [], 0.0
    for step in entry["steps"]:
        if "wait_hours" in step:
            waited += step["wait_hours"]
            continue
        element = step.get("complete") or step["report"]
        later = entry["hours_a_step"] + waited
        steps.append(Step(element, later, dict(step.get("answers", {})), "report" in step))
        waited = 0.0
    return Sample(entry["days_ago"], entry["hour"], entry["registered_by"], dict(entry["complaint"]), tuple(steps))
