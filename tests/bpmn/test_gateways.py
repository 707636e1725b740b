"""Gateways: which ways they take, what they wait for, in loops and out of order."""

from __future__ import annotations

import pytest

from tests.bpmn.build import (
    Limits,
    catch,
    complex_gateway,
    end,
    event_gateway,
    exclusive,
    feel,
    inclusive,
    message,
    parallel,
    process,
    receive,
    script,
    signal,
    start,
    sub,
    task,
    timer,
    user,
)

CHOICE = (exclusive, inclusive)


@pytest.mark.parametrize(("x", "way"), [(1, "a"), (5, "b"), (9, "c")])
def test_an_exclusive_gateway_takes_the_first_way_that_holds_or_the_default(play, x, way):
    flows = "start -> g; g -> c else; g -> a if x < 3; g -> b if x < 7"
    case = play(process(start(), exclusive("g"), user("a"), user("b"), user("c"), flows=flows)).start({"x": x})

    assert case.open() == [way]


def test_an_exclusive_gateway_without_any_way_out_becomes_an_incident_that_can_be_retried(play):
    case = play(
        process(start(), exclusive("g"), user("a"), user("b"), flows="start -> g; g -> a if x = 1; g -> b if x = 2")
    )
    case.start({"x": 3})

    (wait,) = case.waits("incident")
    assert (wait.element, wait.incident.code) == ("g", "step-failed")
    case.machine.set_variables({"x": 2})
    case.machine.retry(wait.token)

    assert case.run().open() == ["b"]
    assert case.trace.count("entered g") == 1


def test_a_condition_that_is_neither_true_nor_false_is_no_silent_no(play):
    case = play(
        process(start(), exclusive("g"), user("a"), user("b"), flows="start -> g; g -> a if x; g -> b else")
    ).start()

    assert case.open() == ["g"]
    assert "null" in case.waits()[0].incident.zh or "None" in case.waits()[0].incident.zh


def test_every_token_passes_an_exclusive_merge_for_itself(play):
    flows = "start -> f -> a -> m -> c; f -> b -> m"
    case = play(process(start(), parallel("f"), user("a"), user("b"), exclusive("m"), user("c"), flows=flows)).start()

    case.do("b").do("a")

    assert case.open() == ["c", "c"]


def test_a_parallel_join_waits_for_all_and_in_any_order(play):
    flows = "start -> f; f -> a -> j; f -> b -> j; f -> c -> j; j -> d"
    nodes = (start(), parallel("f"), user("a"), user("b"), user("c"), parallel("j"), user("d"))
    case = play(process(*nodes, flows=flows)).start()

    case.do("c").do("a")
    assert case.open() == ["b"]
    case.do("b")

    assert case.open() == ["d"]
    assert case.trace.count("entered j") == 1


def test_two_tokens_on_one_way_do_not_fill_a_parallel_join(play):
    flows = "start -> f; f -> a -> m; f -> b -> m; m -> j; f -> c -> j; j -> d"
    nodes = (start(), parallel("f"), user("a"), user("b"), user("c"), exclusive("m"), parallel("j"), user("d"))
    case = play(process(*nodes, flows=flows)).start()

    case.do("a").do("b")
    assert case.open() == ["c"]
    case.do("c")

    assert case.open() == ["d"]
    assert case.do("d").waits("incident")[0].incident.code == "stuck"


def test_a_parallel_join_in_a_loop_joins_every_round_anew(play):
    flows = "start -> m -> f; f -> a -> j; f -> b -> j; j -> x; x -> m if again; x -> end else"
    nodes = (start(), exclusive("m"), parallel("f"), user("a"), user("b"), parallel("j"), exclusive("x"), end())
    case = play(process(*nodes, flows=flows)).start({"again": True})

    for turn in range(6):
        first, second = ("a", "b") if turn % 2 else ("b", "a")
        case.do(first)
        assert case.open() == [second]
        case.do(second, again=turn < 5)

    assert case.machine.is_ended
    assert case.trace.count("entered j") == 6


def test_a_fast_branch_may_be_a_round_ahead_and_no_token_is_lost(play):
    flows = "start -> f; f -> a -> j; f -> m -> b -> g; g -> m if more; g -> j else; j -> d"
    nodes = (start(), parallel("f"), user("a"), exclusive("m"), user("b"), inclusive("g"), parallel("j"), user("d"))
    case = play(process(*nodes, flows=flows)).start({"more": True})

    case.do("b").do("b").do("b", more=False).do("a")

    assert case.open() == ["d"]


@pytest.mark.parametrize(
    ("x", "taken"), [(0, ["c"]), (1, ["a"]), (2, ["a", "b"]), (3, ["a", "b"])], ids=["default", "one", "two", "all"]
)
def test_an_inclusive_gateway_takes_every_way_that_holds_and_joins_just_those(play, x, taken):
    flows = "start -> f; f -> a if x >= 1; f -> b if x >= 2; f -> c else; a -> j; b -> j; c -> j; j -> d"
    nodes = (start(), inclusive("f"), user("a"), user("b"), user("c"), inclusive("j"), user("d"))
    case = play(process(*nodes, flows=flows)).start({"x": x})

    assert case.open() == taken
    for name in taken:
        assert "d" not in case.open()
        case.do(name)

    assert case.open() == ["d"]


def test_an_inclusive_join_does_not_wait_for_a_token_that_cannot_come_any_more(play):
    flows = "start -> f; f -> a -> j; f -> b -> x; x -> j if come; x -> e else; j -> d"
    nodes = (start(), parallel("f"), user("a"), user("b"), exclusive("x"), inclusive("j"), user("d"), user("e"))
    case = play(process(*nodes, flows=flows)).start({"come": False})

    case.do("a")
    assert case.open() == ["b"]
    case.do("b")

    assert case.open() == ["d", "e"]


def test_an_inclusive_join_in_a_loop_waits_in_every_round(play):
    flows = "start -> m -> f; f -> a if true; f -> b if true; a -> j; b -> j; j -> x; x -> m if again; x -> end else"
    nodes = (start(), exclusive("m"), inclusive("f"), user("a"), user("b"), inclusive("j"), exclusive("x"), end())
    case = play(process(*nodes, flows=flows)).start({"again": True})

    for turn in range(5):
        first, second = ("a", "b") if turn % 2 else ("b", "a")
        case.do(first)
        assert case.open() == [second]
        case.do(second, again=turn < 4)

    assert case.machine.is_ended


def test_an_inclusive_join_waits_for_what_is_inside_a_subprocess_before_it(play):
    flows = "start -> f; f -> a -> j; f -> s -> j; j -> d"
    inner = sub("s", start("i"), user("b"), flows="i -> b")
    case = play(process(start(), parallel("f"), user("a"), inner, inclusive("j"), user("d"), flows=flows)).start()

    case.do("a")
    assert case.open() == ["b"]

    assert case.do("b").open() == ["d"]


def test_an_inclusive_join_with_nobody_else_about_passes_at_once(play):
    flows = "start -> x; x -> a if true; x -> b else; a -> j; b -> j; j -> d"
    case = play(process(start(), exclusive("x"), task("a"), task("b"), inclusive("j"), user("d"), flows=flows)).start()

    assert case.open() == ["d"]


def test_a_token_that_can_also_come_where_one_is_does_not_hold_an_inclusive_join(play):
    flows = "start -> f; f -> a -> j; f -> b -> x; x -> a if true; x -> j else; j -> d"
    nodes = (start(), parallel("f"), task("a"), user("b"), exclusive("x"), inclusive("j"), user("d"))
    case = play(process(*nodes, flows=flows)).start()

    assert case.open() == ["b", "d"]


def test_tasks_split_by_their_conditions_without_a_gateway(play):
    flows = "start -> a; a -> b if x > 1; a -> c if x > 2; a -> d else"
    nodes = (start(), user("a"), user("b"), user("c"), user("d"))

    assert play(process(*nodes, flows=flows)).start().do("a", x=3).open() == ["b", "c"]


def test_the_condition_on_the_only_way_out_counts(play):
    nodes = (start(), user("a"), user("b"))
    case = play(process(*nodes, flows="start -> a; a -> b if x > 1")).start().do("a", x=0)

    assert [wait.kind for wait in case.waits()] == ["incident"]
    assert case.data == {"x": 0}


def test_an_event_gateway_takes_the_event_that_comes_first(play):
    flows = "start -> g; g -> t1 -> a; g -> t2 -> b; g -> m -> c; g -> r -> d; g -> s -> e"
    nodes = (
        start(),
        event_gateway("g"),
        catch("t1", timer("'PT2H")),
        catch("t2", timer("'PT1H")),
        catch("m", message("'yes")),
        receive("r", events=[message("'letter")]),
        catch("s", signal("'all")),
        *(user(name) for name in "abcde"),
    )
    model = process(*nodes, flows=flows)

    assert play(model).start().pass_time(hours=3).open() == ["b"]
    by_message = play(model).start()
    assert by_message.send("yes", None, x=1)
    assert (by_message.open(), by_message.data) == (["c"], {"x": 1})
    by_letter = play(model).start()
    assert by_letter.send("letter", None, y=1)
    assert (by_letter.open(), by_letter.data) == (["d"], {"y": 1})
    by_signal = play(model).start()
    assert by_signal.signal("all")
    assert by_signal.open() == ["e"]
    assert by_signal.walked() == ["start", "g", "s"]


def test_the_two_timers_of_an_event_gateway_have_their_own_moments(play):
    flows = "start -> g; g -> t1 -> a; g -> t2 -> b"
    nodes = (
        start(),
        event_gateway("g"),
        catch("t1", timer("'PT2H")),
        catch("t2", timer("'PT1H")),
        user("a"),
        user("b"),
    )
    case = play(process(*nodes, flows=flows)).start()

    assert [wait.due_at.hour for wait in case.waits("timer")] == [3, 2]


def test_a_message_behind_an_instantiating_event_gateway_starts_the_case(play):
    flows = "g -> m1 -> a; g -> m2 -> b"
    nodes = (
        event_gateway("g", instantiating=True),
        catch("m1", message("'one")),
        catch("m2", message("'two")),
        user("a"),
        user("b"),
    )
    case = play(process(*nodes, flows=flows)).start(start_element="m2", payload={"x": 1})

    assert (case.open(), case.data) == (["b"], {"x": 1})


def test_a_complex_gateway_goes_on_as_soon_as_its_rule_holds_once_a_round(play):
    flows = "start -> m -> f; f -> a -> j; f -> b -> j; f -> c -> j; j -> d -> x; x -> m if again; x -> end else"
    nodes = (
        start(),
        exclusive("m"),
        parallel("f"),
        user("a"),
        user("b"),
        user("c"),
        complex_gateway("j"),
        user("d"),
        exclusive("x"),
        end(),
    )
    nodes[6].activation = feel("activationCount >= 2")
    case = play(process(*nodes, flows=flows)).start()

    case.do("a")
    assert case.open() == ["b", "c"]
    case.do("c")
    assert case.open() == ["b", "d"]
    case.do("b")
    assert case.open() == ["d"]
    case.do("d", again=True)
    case.do("b").do("c")
    assert case.open() == ["a", "d"]
    case.do("a").do("d", again=False)

    assert case.machine.is_ended


def test_an_automatic_loop_without_end_becomes_an_incident(play):
    flows = "start -> m -> s -> x; x -> m if true; x -> end else"
    nodes = (start(), exclusive("m"), script("s", "n + 1", "n"), exclusive("x"), end())
    case = play(process(*nodes, flows=flows), limits=Limits(steps=500)).start({"n": 0})

    (wait,) = case.waits()
    assert (wait.kind, wait.incident.code) == ("incident", "limit-reached")


def test_a_complex_gateway_whose_rule_fails_keeps_the_tokens_and_tries_again(play):
    join = complex_gateway("j", activation=feel("activationCount >= most"))
    flows = "start -> f; f -> a -> j; f -> b -> j; j -> d"
    case = (
        play(process(start(), parallel("f"), user("a"), user("b"), join, user("d"), flows=flows))
        .start()
        .do("a")
        .do("b")
    )

    assert [(wait.kind, wait.element) for wait in case.waits()] == [("incident", "j")]
    case.machine.set_variables({"most": 2})
    case.machine.retry(case.token("j"))

    assert case.run().open() == ["d"]
