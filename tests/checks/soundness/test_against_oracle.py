"""On random nets the fast analysis says neither more nor less than the slow player of tokens."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import diagram as d
from engine.checks import soundness
from engine.checks.soundness import explore
from engine.diagram import Flow, Kind, Node, Process, Scope
from tests.checks.soundness.build import at, diagram, text
from tests.checks.soundness.oracle import TooMany, judge, replay

_KINDS = [Kind.USER_TASK, Kind.USER_TASK, Kind.EXCLUSIVE, Kind.PARALLEL, Kind.INCLUSIVE, Kind.END]


def tangle(random: Random, size: int) -> Process:
    """Return a random net: nodes of any kind, flows mostly forward, each node with a way in."""
    made = Scope("p")
    kinds = [Kind.START, *(random.choice(_KINDS) for _ in range(size)), Kind.END]
    names = [f"n{index}" for index in range(len(kinds))]
    for name, kind in zip(names, kinds, strict=True):
        made.nodes[name] = Node(name, kind, "", at(1))
        if kind is Kind.END and random.random() < 0.3:  # a person comes before it: nothing is stopped as it begins
            made.nodes[name].kind = Kind.USER_TASK
            made.nodes[f"{name}_t"] = Node(f"{name}_t", Kind.END, "", at(1), events=[d.Terminate(at(1))])
            _connect(made, name, f"{name}_t")
    for index, name in enumerate(names[1:], 1):
        stopping = {flow.source for flow in made.flows.values() if flow.target.endswith("_t")}
        sources = [one for one in names[:index] if made.nodes[one].kind is not Kind.END and one not in stopping]
        _connect(made, random.choice(sources), name)
    for name in names[:-1]:
        node = made.nodes[name]
        if node.kind is Kind.END:
            continue
        if node.outgoing and node.outgoing[0].target == f"{name}_t":
            continue
        wanted = random.choice((1, 1, 2)) if node.kind in d.GATEWAYS else 1
        while len(node.outgoing) < wanted:
            _connect(made, name, random.choice(names[1:]))
    for node in made.nodes.values():
        if node.kind in (Kind.EXCLUSIVE, Kind.INCLUSIVE) and len(node.outgoing) > 1:
            for flow in node.outgoing:
                flow.condition = text("c", is_literal=False)
    return Process("p", "p", at(1), True, made)


def _connect(made: Scope, source: str, target: str) -> None:
    flow = Flow(f"f{len(made.flows)}", "", source, target, at(1))
    made.flows[flow.id] = flow
    made.nodes[source].outgoing.append(flow)
    made.nodes[target].incoming.append(flow)


def blocks(random: Random, size: int, wrong: float = 0.15) -> Process:
    """Return a net of proper blocks in which now and then one gateway is of the wrong kind."""
    made = Scope("p")

    def node(kind: Kind) -> str:
        name = f"n{len(made.nodes)}"
        made.nodes[name] = Node(name, kind, "", at(1))
        return name

    def piece(depth: int) -> tuple[str, str]:
        what = random.random()
        if depth == 0 or what < 0.3:
            name = node(Kind.USER_TASK)
            return name, name
        if what < 0.5:
            first, second = piece(depth - 1), piece(depth - 1)
            _connect(made, first[1], second[0])
            return first[0], second[1]
        if what < 0.62:
            merge, split = node(Kind.EXCLUSIVE), node(Kind.EXCLUSIVE)
            inside = piece(depth - 1)
            _connect(made, merge, inside[0])
            _connect(made, inside[1], split)
            _connect(made, split, merge)
            return merge, split
        kind = random.choice((Kind.EXCLUSIVE, Kind.PARALLEL, Kind.INCLUSIVE))
        other = kind if random.random() >= wrong else random.choice((Kind.EXCLUSIVE, Kind.PARALLEL, Kind.INCLUSIVE))
        split, merge = node(kind), node(other)
        for _ in range(random.choice((2, 2, 3))):
            inside = piece(depth - 1)
            _connect(made, split, inside[0])
            _connect(made, inside[1], merge)
        return split, merge

    start, end = node(Kind.START), node(Kind.END)
    first = piece(size)
    _connect(made, start, first[0])
    _connect(made, first[1], end)
    for one in made.nodes.values():
        if one.kind in (Kind.EXCLUSIVE, Kind.INCLUSIVE) and len(one.outgoing) > 1:
            for flow in one.outgoing:
                flow.condition = text("c", is_literal=False)
    return Process("p", "p", at(1), True, made)


def drawn(process: Process) -> str:
    return "\n".join(
        f"{node.id} {node.kind} {'T' if node.events else ''} -> {[flow.target for flow in node.outgoing]}"
        for node in process.body.nodes.values()
    )


def compare(process: Process) -> None:
    try:
        verdict = judge(process)
    except TooMany:
        return
    found = soundness.check(process, diagram(process), called={})
    elements = {code: {one.element for one in found if one.code == code} for code in soundness.CODES}
    where = drawn(process) + "\n" + "\n".join(map(str, found))

    assert not elements["sound-not-proved"], where
    if any(one.code == "sound-livelock" and one.severity == "error" for one in found):
        return  # the engine itself stops there: what else would happen beside a loop that spins is not comparable
    has_inclusive = any(node.kind is Kind.INCLUSIVE for node in process.body.nodes.values())
    if has_inclusive and elements["sound-livelock"]:
        return  # which of two gateways that hurry for ever goes first decides what an inclusive join sees
    is_wild = bool(elements["sound-unsynchronised"] or elements["sound-unbounded"])
    assert is_wild == verdict.is_wild, where
    for one in found:
        if has_inclusive:
            continue  # folded joins are told in an order in which they could not have been asked
        if one.code == "sound-deadlock":
            assert any(one.element in _stuck_in(process, state) for state in replay(process, one.run[:-1])), where
        elif one.code in ("sound-unsynchronised", "sound-unbounded", "sound-no-end"):
            assert replay(process, one.run[:-1] if one.code != "sound-no-end" else one.run), where
        elif one.code == "sound-terminate":
            assert () in replay(process, one.run), where
    if is_wild:
        return  # neither player goes on from there
    assert elements["sound-deadlock"] == verdict.stuck, where
    assert elements["sound-terminate"] == verdict.killing, where
    assert bool(elements["sound-no-end"]) == verdict.has_trap, where
    dead = process.body.nodes.keys() - verdict.visited
    said = elements["sound-dead"]
    assert said <= dead, where
    if not (
        has_inclusive and any(node.events for node in process.body.nodes.values())
    ):  # a join that is folded is visited
        assert bool(dead - _behind(process, verdict.stuck | said)) is False, where


def _stuck_in(process: Process, state: tuple[str, ...]) -> set[str]:
    return {process.body.flows[name].target for name in state if name in process.body.flows}


def _behind(process: Process, names: set[str]) -> set[str]:
    found, queue = set(names), list(names)
    while queue:
        for flow in process.body.nodes[queue.pop()].outgoing:
            if flow.target not in found:
                found.add(flow.target)
                queue.append(flow.target)
    return found


@settings(max_examples=300, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(2, 9))
def test_on_tangled_nets_both_players_agree(random, size):
    compare(tangle(random, size))


@settings(max_examples=200, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 3))
def test_on_nets_of_blocks_both_players_agree(random, size):
    compare(blocks(random, size))


@pytest.mark.parametrize("seed", range(5))
def test_playing_one_order_only_finds_the_same_deadlocks(seed, monkeypatch):
    random = Random(seed)
    for _ in range(40):
        process = tangle(random, 7)
        if any(node.kind is Kind.INCLUSIVE or node.events for node in process.body.nodes.values()):
            continue
        full = soundness.check(process, diagram(process), called={})
        monkeypatch.setattr(explore, "explore", _reduced)
        monkeypatch.setattr("engine.checks.soundness.analysis.explore", _reduced)
        reduced = soundness.check(process, diagram(process), called={})
        monkeypatch.undo()

        wild = {"sound-unsynchronised", "sound-unbounded"}
        if not wild & {one.code for one in full}:
            assert {one.element for one in full if one.code == "sound-deadlock"} == {
                one.element for one in reduced if one.code == "sound-deadlock"
            }, drawn(process)
            assert not wild & {one.code for one in reduced}, drawn(process)
        else:
            assert wild & {one.code for one in reduced}, drawn(process)


def _reduced(net, most=explore.MOST_STATES):
    return explore._Game(net, most, is_reduced=True).play()
