"""Soundness: plays a plan's tokens before it runs, to show that every case can come to a proper end. Blind to data.

    findings = soundness.check(process, diagram, called=family.processes)

Each finding's `run` is a shortest run that shows it, element by element. Inner scopes are proved by themselves and are
one step to the outer one; blocks are folded together (`shrink`), only what is tangled is explored (`explore`).
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.checks.soundness.analysis import Analysis
from engine.checks.soundness.scopes import Outcome
from engine.checks.soundness.words import Words
from engine.diagram import Diagram, Process
from engine.findings import Finding

__all__ = ["CODES", "check"]

CODES = (
    "sound-deadlock",
    "sound-unsynchronised",
    "sound-unbounded",
    "sound-dead",
    "sound-no-end",
    "sound-livelock",
    "sound-terminate",
    "sound-not-proved",
)


def check(
    process: Process,
    diagram: Diagram,
    *,
    called: Mapping[str, Process],
    outcomes: dict[str, Outcome | None] | None = None,
) -> list[Finding]:
    """Return what is not sound in `process`. `called`: the processes that it may call, by id; others are one step.

    `outcomes`: of called processes looked at before, for whoever checks many that call the same; it is added to.
    The diagram must be whole: every flow ends at nodes of its scope, no id occurs twice (`checks.structure` sees to it).
    """
    words = Words(process, diagram.file)
    Analysis(process, called, words, {} if outcomes is None else outcomes).run()
    return sorted(words.findings, key=lambda finding: (finding.line, finding.code, finding.element))
