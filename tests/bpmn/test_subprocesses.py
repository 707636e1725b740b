"""Subprocesses: embedded, by event, transactions with compensation, ad-hoc, called processes."""

from __future__ import annotations

import pytest

from engine.errors import Conflict
from tests.bpmn.build import (
    CANCEL,
    Limits,
    Plan,
    ad_hoc,
    boundary,
    call,
    compensate,
    conditional,
    each,
    end,
    event_sub,
    feel,
    maps,
    message,
    parallel,
    process,
    script,
    signal,
    start,
    sub,
    throw,
    timer,
    transaction,
    user,
    variable,
)


def test_a_subprocess_is_done_when_nothing_is_left_inside(play):
    inner = sub("s", start("i"), parallel("f"), user("a"), user("b"), flows="i -> f; f -> a; f -> b")
    case = play(process(start(), inner, user("c"), flows="start -> s -> c")).start()

    assert case.do("b").open() == ["a"]
    assert case.do("a").open() == ["c"]
    assert case.trace[-6:] == ["ready b", "completed b", "completed a", "completed s", "entered c", "ready c"]


def test_an_empty_subprocess_is_done_at_once(play):
    assert play(process(start(), sub("s"), user("c"), flows="start -> s -> c")).start().open() == ["c"]


def test_an_interrupting_event_subprocess_replaces_what_runs_in_its_scope_only(play):
    handler = event_sub("h", start("c", message("'stop")), user("x"), end("he"), flows="c -> x -> he")
    inner = sub("s", start("i"), user("a"), handler, flows="i -> a")
    nodes = (start(), parallel("f"), inner, user("b"), user("z"))
    case = play(process(*nodes, flows="start -> f; f -> s -> z; f -> b")).start()

    assert case.send("stop", None, why="x")
    assert case.open() == ["b", "x"]
    assert not case.send("stop")
    assert case.do("x").open() == ["b", "z"]
    assert case.data == {"why": "x"}


def test_an_event_subprocess_of_the_process_ends_it_when_done(play):
    handler = event_sub("h", start("c", timer("'P1D")), user("x"), end("he"), flows="c -> x -> he")
    case = play(process(start(), user("a"), handler, flows="start -> a")).start().pass_time(days=2)

    assert case.open() == ["x"]
    assert case.do("x").machine.is_ended
    assert case.machine.end_element == "he"


def test_nested_event_subprocesses_catch_in_their_own_scope(play):
    innermost = event_sub("h2", start("c2", message("'two"), interrupting=False), user("y"), flows="c2 -> y")
    handler = event_sub("h1", start("c1", message("'one"), interrupting=False), user("x"), innermost, flows="c1 -> x")
    case = play(process(start(), user("a"), handler, flows="start -> a")).start()

    assert not case.send("two")
    assert case.send("one")
    assert case.send("one")
    assert case.open() == ["a", "c1", "c2", "c2", "x", "x"]
    assert case.send("two")

    assert case.open() == ["a", "c1", "c2", "c2", "x", "x", "y"]


def test_a_non_interrupting_event_subprocess_keeps_its_scope_open(play):
    handler = event_sub("h", start("c", signal("'more"), interrupting=False), user("x"), flows="c -> x")
    case = play(process(start(), user("a"), handler, end(), flows="start -> a -> end")).start()

    case.signal("more")
    case.do("a")
    assert not case.machine.is_ended
    case.do("x")

    assert case.machine.is_ended


def test_a_conditional_event_subprocess_of_a_subprocess_sees_its_data(play):
    handler = event_sub("h", start("c", conditional("count >= 2")), user("x"), flows="c -> x")
    inner = sub(
        "s", start("i"), user("a"), user("b"), handler, flows="i -> a -> b", variables=(variable("count", "0"),)
    )
    case = play(process(start(), inner, flows="start -> s")).start()

    case.do("a", count=2)

    assert case.open() == ["x"]


def undoing(*more, flows="", **parts):
    """Two activities with handlers, then whatever follows."""
    nodes = (
        user("a"),
        boundary("ca", "a", compensate()),
        user("undo_a"),
        user("b"),
        boundary("cb", "b", compensate()),
        user("undo_b"),
        *more,
    )
    return {"nodes": nodes, "flows": f"a -> b; {flows}", "handlers": "ca: undo_a; cb: undo_b", **parts}


def test_compensation_undoes_what_was_completed_in_reverse_order_and_then_goes_on(play):
    parts = undoing(throw("t", compensate()), user("z"), flows="start -> a; b -> t -> z")
    case = play(process(start(), *parts["nodes"], flows=parts["flows"], handlers=parts["handlers"])).start()
    case.do("a").do("b")

    assert case.open() == ["undo_b"]
    case.do("undo_b")
    assert case.open() == ["undo_a"]
    case.do("undo_a")

    assert case.open() == ["z"]


def test_compensation_of_one_activity_undoes_just_that(play):
    parts = undoing(throw("t", compensate("a")), user("z"), flows="start -> a; b -> t -> z")
    case = play(process(start(), *parts["nodes"], flows=parts["flows"], handlers=parts["handlers"])).start()
    case.do("a").do("b")

    assert case.open() == ["undo_a"]
    assert case.do("undo_a").open() == ["z"]


def test_what_was_not_completed_is_not_undone_and_nothing_is_undone_twice(play):
    nodes = (
        start(),
        user("a"),
        boundary("ca", "a", compensate()),
        user("undo_a"),
        throw("t1", compensate()),
        throw("t2", compensate()),
        user("z"),
    )
    case = (
        play(process(*nodes, flows="start -> a -> t1 -> t2 -> z", handlers="ca: undo_a")).start().do("a").do("undo_a")
    )

    assert case.open() == ["z"]


def test_compensation_that_is_not_waited_for_runs_beside(play):
    nodes = (
        start(),
        user("a"),
        boundary("ca", "a", compensate()),
        user("undo_a"),
        throw("t", compensate(wait=False)),
        user("z"),
    )
    case = play(process(*nodes, flows="start -> a -> t -> z", handlers="ca: undo_a")).start().do("a")

    assert case.open() == ["undo_a", "z"]
    case.do("z").do("undo_a")
    assert case.machine.is_ended


def test_a_completed_subprocess_is_compensated_from_inside_with_the_data_it_had(play):
    inner = sub(
        "s",
        start("i"),
        user("a"),
        boundary("ca", "a", compensate()),
        script("undo_a", "note", "undone"),
        flows="i -> a",
        handlers="ca: undo_a",
        variables=(variable("note", '"first"'),),
    )
    case = play(
        process(start(), inner, user("b"), throw("t", compensate()), user("z"), flows="start -> s -> b -> t -> z")
    )
    case.start().do("a", note="written").do("b")

    assert case.open() == ["z"]
    assert case.data == {"undone": "written"}


def test_the_compensation_event_subprocess_of_a_completed_subprocess_undoes_it(play):
    handler = event_sub(
        "h", start("c", compensate()), user("undo"), throw("ti", compensate("a")), flows="c -> undo -> ti"
    )
    inner = sub(
        "s",
        start("i"),
        user("a"),
        boundary("ca", "a", compensate()),
        user("undo_a"),
        handler,
        flows="i -> a",
        handlers="ca: undo_a",
    )
    case = (
        play(process(start(), inner, throw("t", compensate("s")), user("z"), flows="start -> s -> t -> z"))
        .start()
        .do("a")
    )

    assert case.open() == ["undo"]
    assert case.do("undo").open() == ["undo_a"]
    assert case.do("undo_a").open() == ["z"]


def test_every_member_of_a_multi_instance_is_undone_with_its_item(play):
    nodes = (
        start(),
        user("a", loop=each("[1, 2, 3]")),
        boundary("ca", "a", compensate()),
        script("undo_a", "append(undone, item)", "undone"),
        throw("t", compensate()),
        user("z"),
    )
    case = play(process(*nodes, flows="start -> a -> t -> z", handlers="ca: undo_a")).start({"undone": []})
    case.do("a", 1).do("a", 1).do("a")

    assert case.open() == ["z"]
    assert case.data["undone"] == [1, 3, 2]


def test_an_error_handler_may_compensate_its_scope(play):
    from tests.bpmn.build import error

    handler = event_sub("h", start("c", error()), throw("t", compensate()), user("x"), flows="c -> t -> x")
    inner = sub(
        "s",
        start("i"),
        user("a"),
        boundary("ca", "a", compensate()),
        user("undo_a"),
        end("boom", error("'E")),
        handler,
        flows="i -> a -> boom",
        handlers="ca: undo_a",
    )
    case = play(process(start(), inner, flows="start -> s")).start().do("a")

    assert case.open() == ["undo_a"]
    assert case.do("undo_a").open() == ["x"]


def test_a_cancelled_transaction_is_undone_and_left_by_its_cancel_event(play):
    parts = undoing(
        parallel("f"), user("c"), user("d"), end("no", CANCEL), flows="i -> a; b -> f; f -> c -> no; f -> d"
    )
    inner = transaction("s", start("i"), *parts["nodes"], flows=parts["flows"], handlers=parts["handlers"])
    nodes = (start(), inner, boundary("cancelled", "s", CANCEL), user("y"), user("z"))
    case = play(process(*nodes, flows="start -> s -> z; cancelled -> y")).start().do("a").do("b").do("c")

    assert case.open() == ["undo_b"]
    assert case.walked("cancelled") == ["d"]
    case.do("undo_b").do("undo_a")

    assert case.open() == ["y"]


def test_a_transaction_that_is_not_cancelled_goes_on(play):
    inner = transaction("s", start("i"), user("a"), flows="i -> a")
    nodes = (start(), inner, boundary("cancelled", "s", CANCEL), user("y"), user("z"))

    assert play(process(*nodes, flows="start -> s -> z; cancelled -> y")).start().do("a").open() == ["z"]


def test_ad_hoc_activities_begin_side_by_side_and_may_be_begun_again(play):
    inner = ad_hoc("s", user("a"), user("b"), user("c"), flows="b -> c")
    case = play(process(start(), inner, user("z"), flows="start -> s -> z")).start()

    assert case.open() == ["a", "b", "s"]
    case.do("a").do("b")
    assert case.open() == ["c", "s"]
    token = case.token("s")
    assert case.waits("ad_hoc")[0].choices == ["a", "b"]
    case.machine.activate(token, "a")
    case.run()
    assert case.open() == ["a", "c", "s"]
    with pytest.raises(Conflict):
        case.machine.activate(token, "c")

    assert case.do("a").do("c").open() == ["z"]


def test_sequential_ad_hoc_activities_come_one_after_the_other(play):
    case = play(
        process(start(), ad_hoc("s", user("a"), user("b"), ordering="sequential"), user("z"), flows="start -> s -> z")
    )
    case.start()

    assert case.open() == ["a", "s"]
    assert case.do("a").open() == ["b", "s"]
    assert case.do("b").open() == ["z"]


@pytest.mark.parametrize(("cancel", "left"), [(True, ["z"]), (False, ["b"])])
def test_an_ad_hoc_subprocess_is_done_when_its_condition_holds(play, cancel, left):
    inner = ad_hoc("s", user("a"), user("b"), completion=feel("enough = true"), cancel_remaining=cancel)
    case = (
        play(process(start(), inner, user("z"), flows="start -> s -> z")).start({"enough": False}).do("a", enough=True)
    )

    assert case.open() == left


def test_an_ad_hoc_subprocess_whose_condition_does_not_hold_waits_for_more(play):
    inner = ad_hoc("s", user("a"), completion=feel("enough"))
    case = play(process(start(), inner, user("z"), flows="start -> s -> z")).start({"enough": False}).do("a")

    assert case.open() == ["s"]
    case.machine.activate(case.token("s"), "a")
    assert case.run().open() == ["a", "s"]
    assert case.do("a", enough=True).open() == ["z"]


CALLED = process(start("cs"), user("a"), end("ce"), flows="cs -> a -> ce", name="q")


def calling(**parts):
    return Plan({"p": process(start(), call("c", "'q", **parts), user("z"), flows="start -> c -> z"), "q": CALLED})


def test_a_called_process_has_variables_of_its_own(play):
    case = play(calling(inputs=maps(y="x + 1"), outputs=maps(result="answer * 2"))).start({"x": 1})
    token = case.token("a")

    assert case.machine.context(token) == {"y": 2}
    case.do("a", answer=5, x=99)

    assert case.open() == ["z"]
    assert case.data == {"x": 1, "result": 10}


def test_all_variables_go_in_and_come_back_when_the_author_says_so(play):
    case = play(calling(all_in=True, all_out=True)).start({"x": 1})

    assert case.machine.context(case.token("a")) == {"x": 1}
    assert case.do("a", x=2, y=3).data == {"x": 2, "y": 3}


def test_local_inputs_go_in_and_output_mappings_read_what_came_back(play):
    node_maps = {"outputs": maps(total="answer + x")}
    plan = calling(inputs=maps(y="7"))
    plan.processes["p"].body.nodes["c"].outputs = node_maps["outputs"]
    plan.processes["p"].body.nodes["c"].inputs = maps(local="x * 10")
    case = play(plan).start({"x": 1})

    assert case.machine.context(case.token("a")) == {"y": 7, "local": 10}
    assert case.do("a", answer=5).data == {"x": 1, "total": 6}


def test_a_process_that_is_not_there_is_an_incident(play):
    case = play(process(start(), call("c", "'nowhere"), flows="start -> c")).start()

    assert [(wait.kind, wait.element) for wait in case.waits()] == [("incident", "c")]


def test_processes_that_call_each_other_without_end_become_an_incident(play):
    endless = process(start(), call("c", "'p"), flows="start -> c")
    case = play(endless, limits=Limits(depth=20)).start()

    assert [(wait.kind, wait.incident.code) for wait in case.waits()] == [("incident", "limit-reached")]


def test_stopping_a_case_stops_all_of_it(play):
    case = play(calling(all_in=True)).start({"x": 1})
    case.machine.cancel()

    assert case.machine.is_ended
    assert case.waits() == []
    assert case.machine.variables() == {"x": 1}
    with pytest.raises(Conflict):
        case.machine.cancel()
