"""Size: long chains, many branches, deep nesting and many rounds run in linear time, flat memory and without recursion."""

from __future__ import annotations

import sys
import tracemalloc

import pytest

from engine.spiff.machine import Machine
from engine.spiff.world import World
from tests.bpmn.build import (
    CALENDAR,
    NOW,
    Limits,
    Plan,
    Play,
    boundary,
    call,
    each,
    end,
    exclusive,
    inclusive,
    parallel,
    process,
    script,
    start,
    sub,
    task,
    timer,
    user,
)


@pytest.fixture(autouse=True)
def _shallow():
    """Little room for recursion."""
    old = sys.getrecursionlimit()
    sys.setrecursionlimit(250)
    yield
    sys.setrecursionlimit(old)


def test_a_chain_of_five_thousand_tasks():
    names = [f"t{n}" for n in range(5_000)]
    case = Play(
        process(start(), *map(task, names), user("z"), flows=f"start -> {' -> '.join(names)} -> z"), True
    ).start()

    assert case.open() == ["z"]
    assert case.walked()[1:] == names


@pytest.mark.parametrize("gateway", [parallel, inclusive])
def test_a_thousand_branches(gateway):
    names = [f"t{n}" for n in range(1_000)]
    flows = ";".join(f"f -> {name} -> j" for name in names)
    nodes = (start(), parallel("f"), *map(user, names), gateway("j"), user("z"))
    case = Play(process(*nodes, flows=f"start -> f; {flows}; j -> z")).start()

    for wait in case.waits():
        case.machine.complete(wait.token, {})
    case.run()

    assert case.open() == ["z"]


def test_a_thousand_members():
    case = Play(
        process(
            start(),
            user("a", loop=each("items", results="r", result_item="item * 2")),
            user("z"),
            flows="start -> a -> z",
        ),
        True,
    )
    case.start({"items": list(range(1_000))})

    for wait in case.waits():
        case.machine.complete(wait.token, {})
    case.run()

    assert case.data["r"] == [2 * n for n in range(1_000)]


def test_fifty_subprocesses_in_each_other():
    inner = user("a")
    for depth in range(50):
        inner = sub(f"s{depth}", start(f"i{depth}"), inner, flows=f"i{depth} -> {inner.id}")
    case = Play(process(start(), inner, user("z"), flows="start -> s49 -> z"), True).start().do("a", x=1)

    assert case.open() == ["z"]
    assert case.data == {"x": 1}


def test_fifty_processes_that_call_each_other():
    processes = {"p": process(start(), call("c", "'q0", all_in=True, all_out=True), end(), flows="start -> c -> end")}
    for n in range(50):
        last = call(f"c{n}", f"'q{n + 1}", all_in=True, all_out=True) if n < 49 else user("a")
        processes[f"q{n}"] = process(start(), last, flows=f"start -> {last.id}", name=f"q{n}")
    case = Play(Plan(processes), True).start({"x": 0}).do("a", x=1)

    assert case.machine.is_ended
    assert case.data == {"x": 1}


def test_five_thousand_rounds_with_an_open_reminder_stay_alive_and_as_small_as_the_first():
    nodes = (
        start(),
        exclusive("m"),
        user("a"),
        boundary("t", "a", timer("'PT1H"), interrupting=False),
        user("r"),
        end(),
    )
    case = Play(process(*nodes, flows="start -> m -> a -> m; t -> r -> end"), is_saved=True).start()
    case.pass_time(hours=2)
    case.do("a")
    first = len(case.machine.dump())

    for _ in range(5_000):
        case.do("a")
        case.trace.clear()
        case.happenings.clear()

    assert case.open() == ["a", "r", "t"]
    assert len(case.machine._case.tasks) == 4
    assert len(case.machine.dump()) < first + 20


def test_many_automatic_rounds_take_flat_memory():
    flows = "start -> m -> s -> x; x -> m if n < limit; x -> z else"
    plan = Plan(
        {"p": process(start(), exclusive("m"), script("s", "n + 1", "n"), exclusive("x"), user("z"), flows=flows)}
    )
    batches = []

    def most(rounds: int) -> int:
        world = World(NOW, lambda: CALENDAR, Limits(), record=lambda batch: batches.append(len(batch)))
        tracemalloc.start()
        machine = Machine.start(plan, "p", {"n": 0, "limit": rounds}, world)
        machine.run()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert machine.variables() == {"n": rounds, "limit": rounds}
        return peak

    most(10)

    assert most(4_000) < most(1_000) * 1.5 + 50_000
    assert sum(batches) > 20_000
