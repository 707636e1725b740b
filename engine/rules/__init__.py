"""Rules of time (时限规则): limits as data with a source, read from the rule packs beside the plans. It runs no case.

rules, findings = read("petition.rules.json", data)
rules[0].due(received_at, calendar)
"""

from __future__ import annotations

from engine.rules.reading import SUFFIX, read
from engine.rules.rule import (
    PAUSES,
    SECONDS,
    UNITS,
    UNKNOWN,
    Extension,
    Pause,
    Rule,
    Span,
    in_force,
    length_en,
    length_zh,
    nearest,
    newest,
    received_day,
)

__all__ = [
    "PAUSES",
    "SECONDS",
    "SUFFIX",
    "UNITS",
    "UNKNOWN",
    "Extension",
    "Pause",
    "Rule",
    "Span",
    "in_force",
    "length_en",
    "length_zh",
    "nearest",
    "newest",
    "read",
    "received_day",
]
