"""Processes that call themselves, directly or through others: perhaps again, or without end on every way."""

from __future__ import annotations

from collections.abc import Mapping

from engine.checks.subject import Subject
from engine.diagram import Kind, Node, Process, Scope

_CHOOSES = (Kind.EXCLUSIVE, Kind.INCLUSIVE, Kind.COMPLEX, Kind.EVENT_BASED)


def check(subject: Subject) -> None:
    """Say which call activities of the process lead back to it, and whether anything ends that."""
    ends: frozenset[str] | None = subject.shared.get("processes that end")
    if ends is None:
        ends = subject.shared["processes that end"] = _that_end(subject.family.processes)
    process = subject.process
    for _, node in subject.walk():
        called = _called(node)
        if not called or process.id not in _reached(called, subject.family.processes):
            continue
        if process.id in ends:
            subject.warn(
                "call-recursive",
                node,
                f"流程会再次调用自己：“{called[:60]}”又回到这里。",
                f"the process calls itself again: {called[:60]!r} leads back here.",
                ("确认要这样；否则改正被调用的流程。", "Make sure this is meant, or correct the called process."),
            )
        else:
            subject.error(
                "call-endless",
                node,
                f"流程会不停地调用自己：“{called[:60]}”又回到这里，没有一条路能不经过这次调用而结束。",
                f"the process calls itself without end: {called[:60]!r} leads back here, and no way ends without that call.",
                ("在调用前加一个能结束的分支。", "Add a branch before the call that can end."),
            )


def _that_end(processes: Mapping[str, Process]) -> frozenset[str]:
    """Return the processes that can come to an end, calls included: the least set that holds."""
    found = {key for key, one in processes.items() if not any(key in _reached(to, processes) for to in _calls(one))}
    while True:
        more = {key for key, one in processes.items() if key not in found and _ends(one.body, found, processes)}
        if not more:
            return frozenset(found)
        found |= more


def _ends(scope: Scope, found: set[str], processes: Mapping[str, Process]) -> bool:
    """Return whether a run that begins in `scope` can end, if only the processes of `found` do."""
    boundaries: dict[str, list[Node]] = {}
    for node in scope.nodes.values():
        if node.attached_to:
            boundaries.setdefault(node.attached_to, []).append(node)
    good: set[str] = set()
    grows = True
    while grows:
        grows = False
        for node in scope.nodes.values():
            if node.id not in good and _goes_on(node, good, boundaries, found, processes):
                good.add(node.id)
                grows = True
    begins = [node for node in scope.nodes.values() if not node.incoming and not node.attached_to and _is_in_flow(node)]
    return not begins or any(node.id in good for node in begins)


def _goes_on(
    node: Node,
    good: set[str],
    boundaries: Mapping[str, list[Node]],
    found: set[str],
    processes: Mapping[str, Process],
) -> bool:
    if any(one.id in good for one in boundaries.get(node.id, ())):
        return True
    called = _called(node)
    if called in processes and called not in found and node.loop is None:
        return False
    if node.body is not None and not _ends(node.body, found, processes):
        return False
    if not node.outgoing:
        return True
    ways = [flow.target in good for flow in node.outgoing]
    chooses = node.kind in _CHOOSES or any(flow.condition is not None for flow in node.outgoing)
    return any(ways) if chooses else all(ways)


def _is_in_flow(node: Node) -> bool:
    return node.kind is not Kind.EVENT_SUBPROCESS and not node.is_for_compensation


def _called(node: Node) -> str:
    """Return the id of the process that a node calls, "" if none or not known beforehand."""
    return node.call.process.text if node.call is not None and node.call.process.is_literal else ""


def _reached(begin: str, processes: Mapping[str, Process]) -> set[str]:
    seen: set[str] = set()
    work = [begin]
    while work:
        key = work.pop()
        if key in seen or key not in processes:
            continue
        seen.add(key)
        work += _calls(processes[key])
    return seen


def _calls(process: Process) -> list[str]:
    return [called for _, node in process.body.walk() if (called := _called(node))]
