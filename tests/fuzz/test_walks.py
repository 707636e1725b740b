"""Random walks through random nets: the machine, in memory and saved at every step, against a second interpreter."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bpmn import build, wild
from tests.bpmn.build import Limits, Play
from tests.bpmn.oracle import Marking, Net, Oracle, block_net, wild_net

MOST_TOKENS = 30


@pytest.mark.parametrize("make", [block_net, wild_net])
@given(seed=st.integers(0, 2**48))
def test_the_machine_goes_where_the_standard_says(make: Callable[[Random], Net], seed: int) -> None:
    random = Random(seed)
    for _ in range(2):
        walk(make(random), random)


@given(seed=st.integers(0, 2**48))
def test_saving_and_loading_changes_nothing_and_nothing_fails_unforeseen(seed: int) -> None:
    random = Random(seed)
    plan = wild.Drawer(random).plan()
    limits = Limits(steps=2_000, tokens=200)
    cases = [Play(plan, is_saved, limits).start({"n": 0}) for is_saved in (False, True)]
    for _ in range(25):
        kept, saved = cases
        assert kept.trace == saved.trace
        assert kept.waits() == saved.waits()
        assert kept.data == saved.data
        assert kept.thrown == saved.thrown
        if kept.machine.is_ended:
            return
        happening = wild.happen(random, kept)
        for case in cases:
            wild.apply(case, happening)


def test_a_hundred_thousand_rounds_cost_what_they_cost_at_the_beginning() -> None:
    """In `make fuzz`; a fiftieth of it otherwise."""
    nodes = (build.start(), build.exclusive("m"), build.user("a"), build.boundary("t", "a", build.timer("'PT1H")))
    case = Play(
        build.process(*nodes, build.user("late"), flows="start -> m -> a -> m; t -> late"), is_saved=True
    ).start()
    sizes, seconds = [], []
    for _ in range(10):
        began = time.process_time()
        for _ in range(2 * settings().max_examples):
            case.do("a")
            case.trace.clear()
            case.happenings.clear()
        seconds.append(time.process_time() - began)
        sizes.append(len(case.machine.dump()))

    assert case.open() == ["a", "t"]
    assert max(sizes) < sizes[0] + 20
    assert min(seconds[5:]) < 2 * min(seconds[:5])


def walk(net: Net, random: Random) -> None:
    """Walk through the net until it ends, is stuck or has gone on long enough."""
    plan, oracle = net.process(), Oracle(net)
    cases = [Play(plan).start({"pick": 0}), Play(plan, is_saved=True).start({"pick": 0})]
    for _ in range(25):
        markings = [marking(case) for case in cases]
        assert markings[0] == markings[1]
        assert markings[0] in oracle.markings
        oracle.agree(markings[0])
        tasks = oracle.tasks()
        if not tasks or sum(tokens for _, tokens in markings[0]) > MOST_TOKENS:
            return
        task, pick = random.choice(tasks), random.randint(0, 3)
        events = [event for event, (host, _) in net.events.items() if host == task or net.within(host, task)]
        if events and random.random() < 0.5:
            event = random.choice(events)
            oracle.send(event, pick)
            assert all(case.send(event, None, pick=pick) for case in cases)
        else:
            oracle.complete(task, pick)
            for case in cases:
                case.do(task, pick=pick)


def marking(case: Play) -> Marking:
    """Return where the tokens stand."""
    return tuple(sorted(case.machine.tokens().items()))
