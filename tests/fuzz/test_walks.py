"""Random walks through random nets: the machine, in memory and saved at every step, against a second interpreter."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bpmn.build import Play
from tests.bpmn.oracle import Marking, Net, Oracle, block_net, wild_net

MOST_TOKENS = 30


@pytest.mark.parametrize("make", [block_net, wild_net])
@given(seed=st.integers(0, 2**48))
def test_the_machine_goes_where_the_standard_says(make: Callable[[Random], Net], seed: int) -> None:
    random = Random(seed)
    for _ in range(2):
        walk(make(random), random)


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
        events = [event for event, (host, _) in net.events.items() if host == task]
        if events and random.random() < 0.5:
            oracle.send(events[0], pick)
            assert all(case.send(events[0], None, pick=pick) for case in cases)
        else:
            oracle.complete(task, pick)
            for case in cases:
                case.do(task, pick=pick)


def marking(case: Play) -> Marking:
    """Return where the tokens stand."""
    return tuple(sorted(case.machine.tokens().items()))
