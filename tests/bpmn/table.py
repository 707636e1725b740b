"""`python -m tests.bpmn.table`: writes docs/elements.md, the table of BPMN elements, from what the tests of this folder play.

An element is in the table when a test plays a diagram in which it does its work: entered, caught or thrown. `--check`
writes nothing and ends with code 1 when the document is not what it would write.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine import diagram as d
from engine.diagram import Kind, Node
from tests.bpmn import build

DOCUMENT = Path(__file__).parents[2] / "docs" / "elements.md"
HEAD = """# Elements of BPMN that run

Written by `python -m tests.bpmn.table` from the tests in `tests/bpmn/`, and checked by one of them: an element stands here
when that many tests play a diagram in which it does its work, each in memory, saved and loaded at every step, and on both
databases. The test named is one of them. What is not here is refused when a plan is deployed, by file, line and element.

## Where the standard leaves a choice

- **Order**: one token at a time, the outermost first, among equals the oldest; inclusive and complex joins when nothing else
  can move. The same case with the same answers always takes the same steps.
- **Variables** belong to scopes. Reading falls through to the outer scope, writing goes to the owner of the name, a new name
  becomes a variable of the process. A called process sees only what is handed to it. Members of a multi-instance do not see
  each other; what a member writes and nobody owns goes outward when it is done. Results stand in the order of the items, null
  where a completion condition ended a member early.
- **Answers** of a task are written before its way out is chosen; when that fails, they are kept and the step is an incident.
- **Conditions** must be true or false: anything else is an incident, not a no. No way out and no default is an incident too.
- **Conditional events** fire when the condition becomes true, also when it is true from the start.
- **Cycles** that were missed fire once. A due moment is fixed when the timer is armed; months are those of Beijing.
- **Messages** go to one waiting token, the oldest that fits; signals to all who listen, in the case and outside.
- **An error** goes outward to the nearest catcher, one that names it before one that takes all, an event subprocess before the
  boundary around it, also out of a called process. An error end event that nobody catches ends the case; an error of a service
  that nobody catches is an incident. An escalation that nobody catches changes nothing.
- **Compensation** undoes what has completed, the last first, one after the other, with the variables it had; nothing twice.
- **An ad-hoc subprocess** begins with everything in it that nothing leads to, and may be told to begin them again.
- **A complex gateway** goes on once a round, when its rule (over `activationCount`) holds, and takes the rest in silence.
- **A join** whose tokens can never come any more, in a case that waits for nothing else, is an incident.

## What is tested

| element | where or how | tests | for instance |
|---|---|---|---|
"""
_EVENTS: dict[type, str] = {
    d.Message: "message",
    d.Signal: "signal",
    d.Error: "error",
    d.Escalation: "escalation",
    d.Conditional: "conditional",
    d.Link: "link",
    d.Compensation: "compensation",
    d.Terminate: "terminate",
    d.Cancel: "cancel",
}
_NAMES = {
    Kind.TASK: "task",
    Kind.USER_TASK: "user task",
    Kind.MANUAL_TASK: "manual task",
    Kind.SERVICE_TASK: "service task",
    Kind.SEND_TASK: "send task",
    Kind.RECEIVE_TASK: "receive task",
    Kind.BUSINESS_RULE_TASK: "business rule task",
    Kind.SCRIPT_TASK: "script task (FEEL)",
    Kind.CALL_ACTIVITY: "call activity",
    Kind.SUBPROCESS: "subprocess",
    Kind.EVENT_SUBPROCESS: "event subprocess",
    Kind.TRANSACTION: "transaction",
    Kind.AD_HOC: "ad-hoc subprocess",
    Kind.EXCLUSIVE: "exclusive gateway",
    Kind.PARALLEL: "parallel gateway",
    Kind.INCLUSIVE: "inclusive gateway",
    Kind.EVENT_BASED: "event-based gateway",
    Kind.COMPLEX: "complex gateway",
}


class Recorder:
    """Notes which test plays which element. A plugin of pytest."""

    def __init__(self) -> None:
        self.test = ""
        self.failed = False
        self.shown: dict[tuple[str, str], set[str]] = defaultdict(set)

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Remember the test."""
        name = item.name.partition("[")[0].removeprefix("test_").replace("_", " ")
        self.test = f"{item.path.stem.removeprefix('test_')}: {name}"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A failing test shows nothing."""
        self.failed = self.failed or report.failed

    def note(self, play: build.Play) -> None:
        """Note what happened in a case."""
        words = ("entered", "completed", "caught", "thrown")
        worked = {one.element for one in play.happenings if one.what in words}
        worked -= {
            one.element
            for one in play.happenings
            if one.what == "incident" and (one.data or {})["code"] != "uncaught-error"
        }
        for process in play.plan.processes.values():
            for scope, node in process.body.walk():
                handlers = {one.target for one in scope.associations if one.source == node.id}
                begins = node.instantiating and any(flow.target in worked for flow in node.outgoing)
                if node.id in worked or handlers & worked or begins:
                    for feature in features(process.body, scope, node):
                        self.shown[feature].add(self.test)


def features(whole: d.Scope, scope: d.Scope, node: Node) -> Iterator[tuple[str, str]]:
    """Yield what a node shows: an element, and where it stands or how it is used."""
    if node.kind in d.EVENTS:
        position = _position(whole, scope, node)
        if len(node.events) > 1:
            yield ("parallel multiple event" if node.parallel_multiple else "multiple event"), position
        for event in node.events:
            yield _event(event), position
        if not node.events:
            yield "none event", position
        return
    name = _NAMES[node.kind]
    if node.kind in d.GATEWAYS:
        ways = " and ".join(["joins"] * (len(node.incoming) > 1) + ["splits"] * (len(node.outgoing) > 1))
        yield name, "begins an instance" if node.instantiating else ways or "passes"
        return
    if isinstance(node.loop, d.StandardLoop):
        yield name, "loop, asks first" if node.loop.test_before else "loop"
    elif node.loop is not None:
        yield name, f"multi-instance, {'sequential' if node.loop.sequential else 'parallel'}"
    else:
        yield name, node.ordering if node.kind is Kind.AD_HOC else "plain"
    for is_used, use in (
        (node.start_quantity > 1, "startQuantity"),
        (node.completion_quantity > 1, "completionQuantity"),
        (node.is_for_compensation, "compensation handler"),
        (node.inputs or node.outputs, "mappings in and out"),
        (any(flow.condition for flow in node.outgoing), "conditional flows out"),
        (node.default, "default flow out"),
    ):
        if is_used:
            yield "any activity", use


def _event(event: d.EventDefinition) -> str:
    if isinstance(event, d.Timer):
        return f"timer event ({'working days' if event.working_days else event.form})"
    return f"{_EVENTS[type(event)]} event"


def _position(whole: d.Scope, scope: d.Scope, node: Node) -> str:
    how = "interrupting" if node.interrupting else "non-interrupting"
    if node.kind is Kind.BOUNDARY:
        return f"boundary, {how}"
    if node.kind is Kind.START:
        owner = next((one for _, one in whole.walk() if one.body is scope), None)
        if owner is not None and owner.kind is Kind.EVENT_SUBPROCESS:
            return f"event subprocess start, {how}"
        return "start"
    return {Kind.CATCH: "intermediate catch", Kind.THROW: "intermediate throw", Kind.END: "end"}[node.kind]


def document(shown: dict[tuple[str, str], set[str]]) -> str:
    """Return the document."""
    rows = [
        f"| {element} | {how} | {len(tests)} | {min(tests, key=lambda test: (len(test), test))} |"
        for (element, how), tests in sorted(shown.items())
    ]
    return HEAD + "\n".join(rows) + "\n"


def main(arguments: list[str]) -> int:
    """Run the tests in memory and write or check the document."""
    recorder = Recorder()
    keep = build.Play._keep

    def kept(play: build.Play) -> None:
        keep(play)
        recorder.note(play)

    build.Play._keep = kept  # type: ignore[method-assign]
    folder = str(Path(__file__).parent)
    options: list[Any] = ["-q", "-n0", "-k", "memory and not table", "-p", "no:cacheprovider", "--no-header", folder]
    code = pytest.main(options, plugins=[recorder])
    if code != 0 or recorder.failed:
        return 2
    text = document(recorder.shown)
    if "--check" in arguments:
        return int(not DOCUMENT.exists() or DOCUMENT.read_text("utf-8") != text)
    DOCUMENT.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
