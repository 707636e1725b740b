"""Loops and multi-instances: how many members, in which order, what becomes of their results and variables."""

from __future__ import annotations

import pytest

from tests.bpmn.build import (
    Limits,
    boundary,
    each,
    end,
    error,
    loop,
    maps,
    message,
    parallel,
    process,
    receive,
    script,
    service,
    start,
    sub,
    task,
    timer,
    user,
)


def around(inner, *more, flows="start -> a -> z"):
    return process(start(), inner, *more, user("z"), flows=flows)


def test_parallel_members_each_see_their_item_and_results_stand_in_the_items_order(play):
    vote = user("a", loop=each("people", "who", results="votes", result_item="{name: who, vote: vote}"))
    case = play(around(vote)).start({"people": ["li", "wang", "zhao"]})

    assert [case.machine.context(wait.token)["who"] for wait in case.waits()] == ["li", "wang", "zhao"]
    assert [case.machine.context(wait.token)["loopCounter"] for wait in case.waits()] == [1, 2, 3]
    case.do("a", 2, vote=3).do("a", 0, vote=1)
    assert case.open() == ["a"]
    case.do("a", vote=2)

    assert case.open() == ["z"]
    assert case.data["votes"] == [{"name": name, "vote": n} for n, name in enumerate(["li", "wang", "zhao"], 1)]
    assert "who" not in case.data
    assert "loopCounter" not in case.data


def test_members_do_not_see_each_others_answers(play):
    inner = sub("a", start("i"), user("u"), user("v"), script("w", "got", "result"), flows="i -> u -> v -> w")
    inner.loop = each("[1, 2]", "n", results="all", result_item="result")
    case = play(around(inner)).start()

    case.do("u", 0, got="first").do("u", 0, got="second")
    assert [case.machine.context(wait.token)["got"] for wait in case.waits()] == ["first", "second"]
    case.do("v", 1).do("v", 0)

    assert case.data["all"] == ["first", "second"]
    assert "result" not in case.data


def test_what_a_member_writes_and_nobody_owns_goes_outward_when_it_is_done(play):
    case = play(around(user("a", loop=each("[1, 2]", "n")))).start()

    case.do("a", 0, note="x")
    assert case.data["note"] == "x"
    case.do("a", note="y")

    assert case.data == {"note": "y"}


def test_what_the_process_owns_is_written_by_every_member(play):
    case = play(around(script("a", "total + n", "total", loop=each("[1, 2, 3]", "n")))).start({"total": 0})

    assert case.data == {"total": 6}


def test_sequential_members_come_one_after_the_other(play):
    vote = user("a", loop=each("people", "who", sequential=True, results="votes", result_item="vote"))
    case = play(around(vote)).start({"people": ["li", "wang"]})

    assert [case.machine.context(wait.token)["who"] for wait in case.waits()] == ["li"]
    case.do("a", vote=1)
    assert [case.machine.context(wait.token)["who"] for wait in case.waits()] == ["wang"]
    case.do("a", vote=2)

    assert case.data == {"people": ["li", "wang"], "votes": [1, 2]}


@pytest.mark.parametrize("sequential", [True, False])
def test_the_collection_is_the_one_there_was_at_the_beginning(play, sequential):
    vote = user("a", loop=each("people", "who", sequential=sequential))
    case = play(around(vote)).start({"people": ["li", "wang"]})

    case.do("a", people=["only"]).do("a")

    assert case.open() == ["z"]


@pytest.mark.parametrize("sequential", [True, False])
def test_a_completion_condition_ends_it_early_and_nothing_is_lost(play, sequential):
    rule = each(
        "people",
        "who",
        sequential=sequential,
        results="votes",
        result_item="vote",
        completion="numberOfCompletedInstances / numberOfInstances >= 0.5",
    )
    case = play(around(user("a", loop=rule))).start({"people": ["a", "b", "c", "d"]})

    case.do("a", vote=1).do("a", vote=2)

    assert case.open() == ["z"]
    assert case.data["votes"] == [1, 2, None, None]


def test_a_completion_condition_sees_the_answers_of_the_member(play):
    rule = each(cardinality="3", item=None, completion="vote = false or nrOfCompletedInstances = 3")
    case = play(around(user("a", loop=rule))).start()

    case.do("a", vote=True)
    assert case.open() == ["a", "a"]
    case.do("a", vote=False)

    assert case.open() == ["z"]
    assert case.data == {"vote": False}


@pytest.mark.parametrize("sequential", [True, False])
def test_no_items_no_members(play, sequential):
    rule = each("[]", "who", sequential=sequential, results="votes", result_item="vote")

    case = play(around(user("a", loop=rule))).start()

    assert case.open() == ["z"]
    assert case.data == {"votes": []}


@pytest.mark.parametrize(
    "bad", [each("missing"), each('"text"'), each(cardinality="-1"), each(cardinality="1.5"), each()]
)
def test_a_collection_that_is_none_is_an_incident(play, bad):
    case = play(around(user("a", loop=bad))).start()

    assert [(wait.kind, wait.element) for wait in case.waits()] == [("incident", "a")]


def test_more_members_than_allowed_are_refused(play):
    case = play(around(user("a", loop=each(cardinality="1000000000"))), limits=Limits(members=100)).start()

    assert [wait.incident.code for wait in case.waits()] == ["limit-reached"]


def test_a_boundary_event_belongs_to_the_whole(play):
    nodes = (user("a", loop=each("[1, 2]")), boundary("t", "a", timer("'PT1H")), user("late"))
    case = play(around(*nodes, flows="start -> a -> z; t -> late")).start()

    assert len(case.waits("timer")) == 1
    case.pass_time(hours=2)

    assert case.open() == ["late"]
    assert case.walked("cancelled") == ["a", "a"]


def test_an_error_in_one_member_stops_all(play):
    inner = sub("a", start("i"), user("u"), end("boom", error("'E")), flows="i -> u -> boom")
    inner.loop = each("[1, 2, 3]")
    case = (
        play(around(inner, boundary("e", "a", error()), user("y"), flows="start -> a -> z; e -> y")).start().do("u", 1)
    )

    assert case.open() == ["y"]


def test_mappings_belong_to_each_member(play):
    inner = service("a", result=None, inputs=maps(number="n * 10"), outputs=maps(result="answer + number"))
    inner.loop = each("[1, 2]", "n", results="all", result_item="result")
    case = play(around(inner)).start()

    assert [wait.service.variables["number"] for wait in case.waits()] == [10, 20]
    case.do("a", 1, answer=2).do("a", 0, answer=1)

    assert case.data == {"all": [11, 22]}


def test_members_of_members_keep_their_own_items(play):
    inner = sub(
        "a", start("i"), user("u", loop=each("row", "cell", results="line", result_item="cell * 2")), flows="i -> u"
    )
    inner.loop = each("rows", "row", results="all", result_item="line")
    case = play(around(inner)).start({"rows": [[1, 2], [3]]})

    case.do("u", 2).do("u", 1).do("u", 0)

    assert case.data["all"] == [[2, 4], [6]]


def test_events_and_gateways_of_a_member_work(play):
    inner = sub("a", start("i"), receive("r", events=[message("'m", "n")]), flows="i -> r")
    inner.loop = each("[1, 2]", "n")
    case = play(around(inner)).start()

    assert case.send("m", "2")
    assert [wait.key for wait in case.waits("message")] == ["1"]


def test_a_loop_asks_after_each_round(play):
    case = play(around(user("a", loop=loop("more")))).start({"more": True})

    case.do("a").do("a")
    assert case.open() == ["a"]
    case.do("a", more=False)

    assert case.open() == ["z"]
    assert case.walked() == ["start", "a", "a", "a"]


def test_a_loop_that_asks_first_may_not_run_at_all(play):
    assert play(around(user("a", loop=loop("more", test_before=True)))).start({"more": False}).open() == ["z"]


def test_a_loop_has_a_maximum_of_rounds(play):
    case = play(around(script("a", "n + 1", "n", loop=loop("true", maximum=4)))).start({"n": 0})
    assert (case.open(), case.data) == (["z"], {"n": 4})

    case = play(around(script("a", "n + loopCounter", "n", loop=loop(maximum=3)))).start({"n": 0})
    assert (case.open(), case.data) == (["z"], {"n": 6})


def test_a_looped_subprocess_runs_anew_each_round(play):
    inner = sub(
        "a",
        start("i"),
        parallel("f"),
        user("u"),
        user("v"),
        parallel("j"),
        task("t"),
        flows="i -> f; f -> u -> j; f -> v -> j; j -> t",
    )
    inner.loop = loop("n < 3")
    case = play(around(inner)).start({"n": 0})

    for n in (1, 2, 3):
        case.do("v").do("u", n=n)

    assert case.open() == ["z"]
    assert case.trace.count("entered j") == 3
