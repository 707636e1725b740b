"""What happens when a step fails: the work before it is kept, the token waits, a retry does not do anything twice."""

from __future__ import annotations

import pytest

from engine.diagram import Assignment
from engine.errors import Conflict, EngineError
from tests.bpmn.build import (
    Limits,
    Plan,
    boundary,
    catch,
    conditional,
    each,
    end,
    exclusive,
    feel,
    maps,
    message,
    parallel,
    process,
    rule,
    script,
    service,
    start,
    sub,
    timer,
    user,
)


def test_a_failing_step_after_a_finished_task_keeps_the_persons_work(play):
    flows = "start -> a -> g; g -> b if level > 1; g -> c if level <= 1"
    case = play(process(start(), user("a"), exclusive("g"), user("b"), user("c"), flows=flows)).start()
    case.do("a", note="all my work")

    assert [(wait.kind, wait.element) for wait in case.waits()] == [("incident", "g")]
    assert case.data == {"note": "all my work"}
    case.machine.set_variables({"level": 5})
    case.machine.retry(case.token("g"))
    assert case.run().open() == ["b"]
    assert case.walked("incident", "resolved") == ["g", "g"]


def test_a_failing_output_mapping_keeps_the_answers_for_the_retry(play):
    inner = user("a", outputs=maps(list="for i in 1..most return i + answer"))
    case = play(process(start(), inner, user("z"), flows="start -> a -> z")).start({"most": 10_000_000})
    case.do("a", answer=3)

    assert [(wait.kind, wait.element) for wait in case.waits()] == [("incident", "a")]
    case.machine.set_variables({"most": 2})
    case.machine.retry(case.token("a"))

    assert case.run().open() == ["z"]
    assert case.data == {"most": 2, "list": [4, 5]}


def test_a_failing_way_out_of_a_task_does_not_write_its_results_twice(play):
    flows = "start -> a; a -> b if level > 1; a -> c if level <= 1"
    nodes = (start(), script("a", "n + 1", "n"), user("b"), user("c"))
    case = play(process(*nodes, flows=flows)).start({"n": 0})

    case.machine.retry(case.token("a"))
    case.run()
    assert case.data == {"n": 1}
    case.machine.set_variables({"level": 2})
    case.machine.retry(case.token("a"))

    assert case.run().open() == ["b"]
    assert case.data == {"n": 1, "level": 2}
    assert case.happenings[-3].data == {"variables": {"n": 1}}


def test_a_boundary_timer_that_cannot_be_armed_holds_the_task_back_and_is_armed_once_after_the_retry(play):
    nodes = (start(), user("a"), boundary("t1", "a", timer("'PT1H")), boundary("t2", "a", timer("length")), end())
    case = play(process(*nodes, flows="start -> a -> end")).start()

    assert [(wait.kind, wait.element) for wait in case.waits()] == [("incident", "a")]
    case.machine.set_variables({"length": "PT2H"})
    case.machine.retry(case.token("a"))
    case.run()

    assert case.open() == ["a", "t1", "t2"]
    assert case.walked("entered").count("a") == 1


def test_a_task_whose_due_moment_cannot_be_read_is_an_incident(play):
    case = play(process(start(), user("a", assignment=Assignment(due=feel("due_at"))), flows="start -> a"))
    case.start({"due_at": "soon"})

    assert [wait.kind for wait in case.waits()] == ["incident"]
    case.machine.set_variables({"due_at": "2026-05-01"})
    case.machine.retry(case.token("a"))
    assert [wait.kind for wait in case.run().waits()] == ["user"]


def test_a_failing_decision_is_an_incident(play):
    plan = Plan({"p": process(start(), rule("r", "'d"), user("z"), flows="start -> r -> z")})

    def fail(seen):
        raise EngineError("表没有匹配的行。", "No row matches.")

    plan.answers["d"] = fail
    case = play(plan).start()
    (wait,) = case.waits()
    assert "表没有匹配的行" in wait.incident.zh

    plan.answers["d"] = lambda seen: 7
    case.machine.retry(wait.token)
    assert case.run().data == {"answer": 7}


def test_a_failing_branch_does_not_stop_the_others(play):
    flows = "start -> f; f -> a -> j; f -> b -> j; j -> z"
    nodes = (start(), parallel("f"), user("a", loop=each("people")), user("b"), parallel("j"), user("z"))
    case = play(process(*nodes, flows=flows)).start()

    assert sorted(wait.kind for wait in case.waits()) == ["incident", "user"]
    case.do("b")
    case.machine.set_variables({"people": [1]})
    case.machine.retry(case.token("a"))
    assert case.run().do("a").open() == ["z"]


def test_a_failing_completion_condition_is_an_incident_of_its_member(play):
    case = play(
        process(start(), user("a", loop=each("[1, 2]", completion="enough")), user("z"), flows="start -> a -> z")
    )
    case.start().do("a", 0)

    assert [wait.kind for wait in case.waits()] == ["incident", "user"]
    case.machine.set_variables({"enough": True})
    case.machine.retry(case.waits("incident")[0].token)
    assert case.run().open() == ["z"]


def test_a_condition_that_fails_later_is_an_incident_of_its_event(play):
    case = play(process(start(), catch("c", conditional("x > 1")), user("z"), flows="start -> c -> z")).start({"x": 0})
    case.set(x="text")

    assert [(wait.kind, wait.element) for wait in case.waits()] == [("incident", "c")]
    case.set(x=5)
    case.machine.retry(case.token("c"))

    assert case.run().open() == ["z"]


def test_an_incident_goes_away_with_its_scope(play):
    inner = sub("s", start("i"), script("a", "1", None), catch("m", timer("'never")), flows="i -> a -> m")
    nodes = (start(), inner, boundary("stop", "s", message("'stop")), user("z"))
    case = play(process(*nodes, flows="start -> s; stop -> z")).start()
    assert case.open() == ["m", "stop"]

    case.send("stop")

    assert case.open() == ["z"]


def test_a_service_without_attempts_left_is_held_back_until_it_is_retried(play):
    case = play(process(start(), service("s"), user("z"), flows="start -> s -> z")).start()
    token = case.token("s")
    case.machine.raise_incident(token, "service-failed", "三次都失败。", "It failed three times.")

    with pytest.raises(Conflict):
        case.machine.complete_service(token, {})
    case.machine.retry(token)

    assert case.run().do("s").open() == ["z"]
    with pytest.raises(Conflict):
        case.machine.retry(token)


def test_joins_whose_tokens_can_never_come_say_so(play):
    flows = "start -> x; x -> a if true; x -> b else; a -> j; b -> j; j -> z"
    nodes = (start(), exclusive("x"), user("a"), user("b"), parallel("j"), user("z"))
    case = play(process(*nodes, flows=flows)).start().do("a")

    assert [(wait.element, wait.incident.code) for wait in case.waits()] == [("j", "stuck")]
    case.machine.retry(case.token("j"))
    assert [wait.incident.code for wait in case.run().waits()] == ["stuck"]


def test_more_tokens_than_allowed_are_an_incident(play):
    flows = "start -> m -> f; f -> m; f -> a"
    case = play(
        process(start(), exclusive("m"), parallel("f"), user("a"), flows=flows), limits=Limits(tokens=50)
    ).start()

    assert {wait.incident.code for wait in case.waits("incident")} == {"limit-reached"}
    assert len(case.waits()) < 60


def test_after_an_unforeseen_failure_the_machine_refuses_to_go_on(play):
    plan = Plan({"p": process(start(), user("a"), rule("r", "'d"), user("z"), flows="start -> a -> r -> z")})
    case = play(plan).start()
    case.machine.complete(case.token("a"), {})

    with pytest.raises(KeyError):
        case.machine.run()
    with pytest.raises(RuntimeError, match="load it again"):
        case.machine.dump()
