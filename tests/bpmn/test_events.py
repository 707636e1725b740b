"""Messages, signals, conditions, links, multiple events, throwing and the ends of a scope."""

from __future__ import annotations

import pytest

from engine.diagram import Kind
from engine.errors import EngineError
from tests.bpmn.build import (
    TERMINATE,
    boundary,
    catch,
    conditional,
    end,
    event_sub,
    exclusive,
    link,
    maps,
    message,
    parallel,
    process,
    script,
    service,
    signal,
    start,
    sub,
    throw,
    timer,
    user,
)


def test_a_message_reaches_the_one_that_waits_with_its_key(play):
    flows = "start -> f; f -> m1 -> a; f -> m2 -> b"
    nodes = (start(), parallel("f"), catch("m1", message("'paid", "one")), catch("m2", message("'paid", "two")))
    case = play(process(*nodes, user("a"), user("b"), flows=flows)).start({"one": "1", "two": 2})

    assert {(wait.message, wait.key) for wait in case.waits("message")} == {("paid", "1"), ("paid", "2")}
    assert not case.send("paid", "3")
    assert not case.send("sent", "1")
    assert case.send("paid", "2", amount=5)

    assert case.open() == ["b", "m1"]
    assert case.data["amount"] == 5


def test_a_message_without_a_key_of_its_own_is_found_by_the_business_key(play):
    case = play(process(start(), catch("m", message("'paid")), user("a"), flows="start -> m -> a"))
    case.start(business_key="TS-1")

    assert not case.send("paid", "TS-2")
    assert case.send("paid", "TS-1")


def test_a_message_goes_to_one_waiting_token_only(play):
    flows = "start -> f; f -> m1 -> a; f -> m2 -> b"
    nodes = (start(), parallel("f"), catch("m1", message("'x")), catch("m2", message("'x")), user("a"), user("b"))
    case = play(process(*nodes, flows=flows)).start()

    assert case.send("x")

    assert case.open() == ["a", "m2"]


def test_the_payload_of_a_message_may_be_one_variable_and_may_be_mapped(play):
    nodes = (
        start(),
        catch("m", message("'x", result="body")),
        catch("n", message("'y"), outputs=maps(total="a + b", box__deep="a")),
        end(),
    )
    case = play(process(*nodes, flows="start -> m -> n -> end")).start()
    case.send("x", None, a=1)
    case.send("y", None, a=1, b=2)

    assert case.data == {"body": {"a": 1}, "total": 3, "box": {"deep": 1}}


def test_a_message_start_takes_its_payload(play):
    nodes = (start(), start("m", message("'new", result="body")), user("a"))
    case = play(process(*nodes, flows="start -> a; m -> a")).start(start_element="m", payload={"x": 1})

    assert case.data == {"body": {"x": 1}}
    assert case.trace[:4] == ["entered p", "caught m", "completed m", "entered a"]


def test_a_process_with_several_plain_starts_must_be_told_which(play):
    model = process(start("s1"), start("s2"), user("a"), flows="s1 -> a; s2 -> a")

    with pytest.raises(EngineError, match="s1、s2"):
        play(model).start()
    assert play(model).start(start_element="s2").open() == ["a"]
    with pytest.raises(EngineError, match="不能从"):
        play(model).start(start_element="a")


def test_a_process_without_start_events_begins_everywhere_where_nothing_leads(play):
    case = play(process(user("a"), user("b"), user("c"), flows="a -> c")).start()

    assert case.open() == ["a", "b"]


def test_thrown_messages_leave_the_case_in_order(play):
    nodes = (start(), throw("t", message("'one")), end("e", message("name", "id", payload=maps(x="y + 1"))))
    case = play(process(*nodes, flows="start -> t -> e")).start({"name": "two", "id": "7", "y": 1}, business_key="K")

    assert [(one.kind, one.name, one.key, one.payload) for one in case.thrown] == [
        ("message", "one", "K", {"name": "two", "id": "7", "y": 1}),
        ("message", "two", "7", {"x": 2}),
    ]


def test_a_message_event_with_a_service_waits_for_it(play):
    throwing = service("t", kind=Kind.THROW, events=[message("'x")])
    case = play(process(start(), throwing, end(), flows="start -> t -> end")).start()

    assert [wait.kind for wait in case.waits()] == ["service"]
    assert case.do("t").machine.is_ended
    assert case.thrown == []


def test_a_signal_is_heard_by_all_who_listen_in_the_case_and_leaves_it(play):
    flows = "start -> f; f -> c1 -> a; f -> s; f -> u -> t -> b"
    handler = event_sub("h", start("hs", signal("'alarm"), interrupting=False), user("d"), flows="hs -> d")
    inner = sub("s", start("i"), user("c"), handler, flows="i -> c")
    nodes = (start(), parallel("f"), catch("c1", signal("'alarm")), inner, user("u"), throw("t", signal("'alarm")))
    case = play(process(*nodes, user("a"), user("b"), flows=flows)).start()

    case.do("u")

    assert case.open() == ["a", "b", "c", "d", "hs"]
    assert [(one.kind, one.name) for one in case.thrown] == [("signal", "alarm")]


@pytest.mark.parametrize("thrower", [throw, end])
def test_a_signal_may_stop_the_scope_that_throws_it(play, thrower):
    inner = sub("s", start("i"), user("a"), thrower("t", signal("'stop")), flows="i -> a -> t")
    nodes = (start(), inner, boundary("b", "s", signal("'stop")), user("y"), user("z"))
    case = play(process(*nodes, flows="start -> s -> z; b -> y")).start().do("a")

    assert case.open() == ["y"]


def test_a_signal_from_outside_brings_its_payload(play):
    case = play(process(start(), catch("c", signal("'alarm")), user("a"), flows="start -> c -> a")).start()

    assert not case.signal("other")
    assert case.signal("alarm", x=1)
    assert case.data == {"x": 1}


def test_a_condition_that_holds_already_passes_at_once_and_one_that_does_not_waits_for_a_change(play):
    case = play(process(start(), catch("c", conditional("x > 1")), user("a"), flows="start -> c -> a"))
    assert case.start({"x": 2}).open() == ["a"]

    case = play(process(start(), catch("c", conditional("x > 1")), user("a"), flows="start -> c -> a")).start({"x": 0})
    assert case.open() == []
    assert [(wait.kind, wait.element) for wait in case.waits()] == [("condition", "c")]
    case.set(x=1)
    assert case.open() == []
    case.set(x=2)

    assert case.open() == ["a"]


def test_a_conditional_boundary_fires_each_time_the_condition_becomes_true(play):
    nodes = (start(), user("a"), boundary("c", "a", conditional("x > 1"), interrupting=False), user("b"), end())
    case = play(process(*nodes, flows="start -> a -> end; c -> b")).start({"x": 0})

    for value in (2, 3, 0, 5):
        case.set(x=value)

    assert case.open() == ["a", "b", "b"]


def test_a_condition_sees_a_change_that_lasted_for_one_step_only(play):
    nodes = (start(), user("u"), script("s1", "1", "x"), script("s2", "0", "x"), end())
    handler = event_sub("h", start("c", conditional("x = 1"), interrupting=False), user("b"), flows="c -> b")
    case = play(process(*nodes, handler, flows="start -> u -> s1 -> s2 -> end")).start({"x": 0}).do("u")

    assert case.open() == ["b"]


def test_a_link_jumps_within_its_scope(play):
    nodes = (start(), throw("out", link("L")), catch("in", link("L")), user("a"))
    case = play(process(*nodes, flows="start -> out; in -> a")).start()

    assert case.open() == ["a"]
    assert case.walked() == ["start", "out", "in"]


def test_one_of_several_events_is_enough_for_a_multiple_catch(play):
    several = catch("c", message("'m"), timer("'PT1H"), signal("'s"))
    model = process(start(), several, user("a"), flows="start -> c -> a")

    case = play(model).start()
    assert sorted(wait.kind for wait in case.waits()) == ["message", "signal", "timer"]
    assert len({wait.token for wait in case.waits()}) == 3
    assert case.send("m", None, x=1)
    assert (case.open(), case.data) == (["a"], {"x": 1})
    assert play(model).start().pass_time(hours=2).open() == ["a"]


def test_a_parallel_multiple_catch_wants_every_event_once(play):
    several = catch("c", message("'m"), signal("'s"), parallel_multiple=True)
    case = play(process(start(), several, user("a"), flows="start -> c -> a")).start()

    assert case.signal("s", y=2)
    assert not case.signal("s")
    assert case.open() == ["c"]
    assert case.send("m", None, x=1)

    assert case.open() == ["a"]
    assert case.data == {"x": 1, "y": 2}


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_parallel_multiple_boundary_wants_every_event(play, interrupting):
    at = boundary("c", "a", message("'m"), signal("'s"), parallel_multiple=True, interrupting=interrupting)
    case = play(process(start(), user("a"), at, user("b"), end(), flows="start -> a -> end; c -> b")).start()

    assert case.send("m", None, x=1)
    assert case.open() == ["a", "c"]
    assert case.signal("s", y=2)

    assert case.open() == (["b"] if interrupting else ["a", "b", "c", "c"])
    assert case.data == {"x": 1, "y": 2}


def test_a_multiple_end_throws_all_its_events(play):
    case = play(process(start(), end("e", message("'m"), signal("'s")), flows="start -> e")).start()

    assert [one.name for one in case.thrown] == ["m", "s"]


def test_terminate_ends_the_process_with_all_that_runs_in_it(play):
    flows = "start -> f; f -> a; f -> b -> end"
    case = (
        play(process(start(), parallel("f"), user("a"), user("b"), end("end", TERMINATE), flows=flows)).start().do("b")
    )

    assert case.machine.is_ended
    assert case.machine.end_element == "end"
    assert case.trace[-4:] == ["entered end", "cancelled a", "completed end", "ended p"]


def test_terminate_in_a_subprocess_ends_just_that(play):
    inner = sub(
        "s", start("i"), parallel("f"), user("a"), user("b"), end("x", TERMINATE), flows="i -> f; f -> a; f -> b -> x"
    )
    case = play(process(start(), inner, user("c"), flows="start -> s -> c")).start().do("b")

    assert case.open() == ["c"]


def test_interrupting_boundary_events_of_every_kind_take_the_activity_away(play):
    for event, happen in (
        (message("'m"), lambda case: case.send("m")),
        (signal("'s"), lambda case: case.signal("s")),
        (conditional("x = 1"), lambda case: case.set(x=1)),
        (timer("'PT1H"), lambda case: case.pass_time(hours=2)),
    ):
        nodes = (start(), user("a"), boundary("e", "a", event), user("b"), end())
        case = play(process(*nodes, flows="start -> a -> end; e -> b")).start({"x": 0})
        happen(case)

        assert case.open() == ["b"]
        assert case.walked("cancelled") == ["a"]


def test_non_interrupting_boundary_events_leave_it_and_listen_on(play):
    for event, happen in (
        (message("'m"), lambda case: case.send("m")),
        (signal("'s"), lambda case: case.signal("s")),
    ):
        nodes = (start(), user("a"), boundary("e", "a", event, interrupting=False), user("b"), end())
        case = play(process(*nodes, flows="start -> a -> end; e -> b")).start({"x": 0})
        happen(case)
        happen(case)

        assert case.open() == ["a", "b", "b", "e"]
        case.do("b").do("a").do("b")
        assert case.machine.is_ended


def test_a_completed_activity_is_not_interrupted_any_more(play):
    nodes = (start(), user("a"), boundary("m", "a", message("'m")), user("b"), user("c"))
    case = play(process(*nodes, flows="start -> a -> c; m -> b")).start()
    case.machine.complete(case.token("a"), {})

    assert not case.send("m")

    assert case.open() == ["c"]


def test_gateways_may_stand_behind_events(play):
    flows = "start -> x; x -> a if (n > 1); x -> b else"
    case = play(process(start(), exclusive("x"), user("a"), user("b"), flows=flows)).start({"n": 2})

    assert case.open() == ["a"]


def test_the_only_start_event_takes_the_payload_when_none_is_named(play):
    model = process(start("m", message("'new")), user("a"), flows="m -> a")
    case = play(model).start({"y": 1}, payload={"x": 1})

    assert case.data == {"x": 1, "y": 1}
    assert case.walked("caught") == ["m"]


def test_a_start_that_wants_several_events_is_refused_by_name(play):
    both = start("m", message("'a"), signal("'b"), parallel_multiple=True)

    with pytest.raises(EngineError, match="m"):
        play(process(both, user("a"), flows="m -> a")).start(start_element="m")


def test_references_that_lead_nowhere_are_refused_by_name(play):
    model = process(start(), user("a"), boundary("b", "gone", message("'m")), flows="start -> a")

    with pytest.raises(EngineError, match="gone"):
        play(model).start()


def test_an_event_subprocess_without_a_start_and_double_ids_are_refused_by_name(play):
    with pytest.raises(EngineError, match="“h”"):
        play(process(start(), event_sub("h", user("x")), flows="")).start()
    with pytest.raises(EngineError, match="“a”"):
        play(process(start(), user("a"), sub("s", user("a")), flows="start -> a -> s")).start()


def test_what_is_done_and_cannot_leave_is_not_interrupted(play):
    inner = sub("s", start("i"), user("u"), flows="i -> u")
    nodes = (start(), inner, boundary("m", "s", message("'m")), user("a"), user("b"))
    case = play(process(*nodes, flows="start -> s; s -> a if level > 1; m -> b")).start().do("u")

    assert case.open() == ["s"]
    assert not case.send("m")
    case.machine.set_variables({"level": 2})
    case.machine.retry(case.token("s"))
    assert case.run().open() == ["a"]
