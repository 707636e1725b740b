"""Saving and loading: what the state holds, what it costs, how its element names hold against another plan."""

from __future__ import annotations

import copy

import pytest

from engine.errors import EngineError
from engine.spiff.machine import Machine
from engine.spiff.world import World
from tests.bpmn.build import (
    CALENDAR,
    NOW,
    Plan,
    Play,
    boundary,
    catch,
    end,
    exclusive,
    message,
    parallel,
    process,
    start,
    sub,
    timer,
    user,
)

WORLD = World(NOW, lambda: CALENDAR)


def test_a_case_that_was_not_run_yet_may_be_saved():
    plan = Plan({"p": process(start(), user("a"), flows="start -> a")})
    blob = Machine.start(plan, "p", {"x": 1}, WORLD).dump()

    machine = Machine.load(blob, plan, WORLD)
    machine.run()

    assert [wait.element for wait in machine.waits()] == ["a"]


def test_tokens_keep_their_numbers_and_no_number_comes_twice():
    plan = Plan({"p": process(start(), exclusive("m"), user("a"), flows="start -> m -> a -> m")})
    case = Play(plan, is_saved=True).start()
    seen = set()

    for _ in range(20):
        token = case.token("a")
        assert token not in seen
        seen.add(token)
        assert Machine.load(case.machine.dump(), plan, WORLD).waits()[0].token == token
        case.do("a")


def test_the_state_does_not_grow_with_history():
    nodes = (start(), exclusive("m"), user("a"), boundary("t", "a", timer("'R/PT1H", "cycle"), interrupting=False))
    case = Play(process(*nodes, user("r"), end(), flows="start -> m -> a -> m; t -> r -> end"), is_saved=True).start()
    case.pass_time(hours=1)  # a reminder of the first round that nobody answers
    small = len(case.machine.dump())

    for _ in range(300):
        case.do("a")

    assert len(case.machine.dump()) < small + 20
    assert case.open() == ["a", "r", "t"]


def test_an_ended_case_keeps_its_variables():
    plan = Plan({"p": process(start(), user("a"), end(), flows="start -> a -> end")})
    case = Play(plan).start().do("a", x=1)

    machine = Machine.load(case.machine.dump(), plan, WORLD)

    assert machine.is_ended
    assert (machine.variables(), machine.end_element, machine.waits()) == ({"x": 1}, "end", [])


def test_a_state_is_read_with_a_plan_that_still_has_its_elements():
    before = Plan({"p": process(start(), user("a"), end(), flows="start -> a -> end")})
    after = Plan({"p": process(start(), user("a"), user("b"), end(), flows="start -> a -> b -> end")})
    without = Plan({"p": process(start(), user("c"), end(), flows="start -> c -> end")})
    blob = Play(before).start().machine.dump()

    moved = Machine.load(blob, after, WORLD)
    moved.complete(moved.waits()[0].token, {})
    moved.run()
    assert [wait.element for wait in moved.waits()] == ["b"]
    with pytest.raises(EngineError, match="“a”"):
        Machine.load(blob, without, WORLD)


@pytest.mark.parametrize("blob", [b"", b"\x09abc", b"{}"])
def test_bytes_that_are_no_state_are_refused(blob):
    plan = Plan({"p": process(start(), user("a"), flows="start -> a")})

    with pytest.raises(EngineError, match="版本"):
        Machine.load(blob, plan, WORLD)


def test_specs_are_made_once_and_shared():
    plan = Plan({"p": process(start(), parallel("f"), user("a"), flows="start -> f -> a")})
    Play(plan).start()
    spec = plan.compiled["process", "p"]

    Play(plan, is_saved=True).start().do("a")

    assert plan.compiled["process", "p"] is spec


def test_the_tokens_of_a_case_are_counted_by_element():
    flows = "start -> f; f -> a -> j; f -> b -> j; f -> c -> j"
    nodes = (start(), parallel("f"), user("a"), user("b"), user("c"), parallel("j"))
    case = Play(process(*nodes, boundary("t", "c", timer("'PT1H")), flows=flows)).start().do("a").do("b")

    assert case.machine.tokens() == {"c": 1, "j": 2}


def test_a_state_is_refused_where_the_plan_changed_under_it():
    flows = "start -> f; f -> a -> j; f -> m -> j; f -> s -> j"
    nodes = (start(), parallel("f"), user("a"), catch("m", message("'m")), parallel("j"))

    def plan(*more, flows=flows):
        return Plan({"p": process(*copy.deepcopy(nodes), *more, flows=flows)})

    before = plan(sub("s", start("i"), user("u"), flows="i -> u"))
    case = Play(before).start().do("a")
    blob = case.machine.dump()
    changed = {
        "the way into the join": plan(sub("s", start("i"), user("u"), flows="i -> u")),
        "the task out of its subprocess": plan(
            sub("s", start("i"), user("v"), flows="i -> v"), user("u"), flows=flows + "; j -> u"
        ),
        "the task into another subprocess": plan(sub("s", sub("t", start("i"), user("u"), flows="i -> u"))),
        "the kind of the event": plan(sub("s", start("i"), user("u"), flows="i -> u")),
    }
    changed["the kind of the event"].processes["p"].body.nodes["m"].events = [timer("'PT1H")]
    for name in list(changed)[1:]:  # the same ways into the join as before
        body, old = changed[name].processes["p"].body, before.processes["p"].body
        for one, other in zip(body.nodes["j"].incoming, old.nodes["j"].incoming, strict=True):
            body.flows[other.id] = body.flows.pop(one.id)
            one.id = other.id

    for name, after in changed.items():
        with pytest.raises(EngineError, match=r"已移动|没有它") as refused:
            Machine.load(blob, after, WORLD)
        assert refused.value.code == "unknown-element", name
