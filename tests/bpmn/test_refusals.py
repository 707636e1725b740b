"""What the machine cannot do is said at the element, in both languages, and never passed over."""

from __future__ import annotations

import pytest

from engine.diagram import DecisionReference, Kind
from engine.errors import Conflict
from tests.bpmn.build import (
    AT,
    CANCEL,
    NOW,
    Plan,
    boundary,
    catch,
    compensate,
    end,
    error,
    feel,
    inclusive,
    link,
    loop,
    message,
    node,
    parallel,
    process,
    receive,
    rule,
    script,
    service,
    signal,
    start,
    sub,
    throw,
    timer,
    user,
)


@pytest.mark.parametrize(
    "element",
    [
        node(Kind.SERVICE_TASK, "a"),
        node(Kind.SCRIPT_TASK, "a"),
        node(Kind.BUSINESS_RULE_TASK, "a"),
        node(Kind.CALL_ACTIVITY, "a"),
        user("a", loop=loop()),
        throw("a", link("nowhere")),
        end("a", CANCEL),
        catch("a", message("missing")),
        catch("a", message("'m", "missing")),
        catch("a", signal("null")),
        service("a", "null"),
        end("a", error("missing")),
    ],
    ids=lambda element: f"{element.kind}-{element.loop or (element.events or [''])[0]}"[:60],
)
def test_an_element_that_lacks_what_it_needs_is_an_incident(play, element):
    case = play(process(start(), element, flows="start -> a")).start()

    (wait,) = case.waits()

    assert (wait.kind, wait.element) == ("incident", "a")
    assert "a" in wait.incident.zh
    assert "a" in wait.incident.en


@pytest.mark.parametrize(
    ("unpack", "answer"),
    [
        ("single_entry", [{"a": 1}, {"a": 2}]),
        ("single_entry", {"a": 1, "b": 2}),
        ("single_result", [{"a": 1}, {"a": 2}]),
    ],
)
def test_a_decision_that_gives_more_than_asked_for_is_an_incident(play, unpack, answer):
    plan = Plan({"p": process(start(), rule("r", "'d", unpack=unpack), flows="start -> r")})
    plan.answers["d"] = lambda seen: answer

    assert [wait.kind for wait in play(plan).start().waits()] == ["incident"]


def test_answers_without_a_name_of_their_own_become_variables_when_they_are_contexts(play):
    decided = node(Kind.BUSINESS_RULE_TASK, "r", decision=DecisionReference(feel("'d"), None, AT))
    nodes = (start(), decided, script("s", "{y: x + 1}"), script("t", "5"), user("z"))
    plan = Plan({"p": process(*nodes, flows="start -> r -> s -> t -> z")})
    plan.answers["d"] = lambda seen: {"x": 1}

    assert play(plan).start().data == {"x": 1, "y": 2}


def test_names_of_messages_and_signals_may_be_worked_out(play):
    flows = "start -> m -> s -> z"
    case = play(
        process(start(), catch("m", message('"paid-" + id')), catch("s", signal("name")), user("z"), flows=flows)
    )
    case.start({"id": "7", "name": "done"})

    assert case.send("paid-7")
    assert case.signal("done")
    assert case.open() == ["z"]


def test_a_receive_task_without_a_message_waits_for_one_of_its_own_name(play):
    case = play(process(start(), receive("r", name="付款"), user("z"), flows="start -> r -> z")).start()

    assert case.send("付款")
    assert case.open() == ["z"]


def test_a_link_counts_where_an_inclusive_join_looks_for_tokens(play):
    flows = "start -> f; f -> a -> j; f -> b -> out; in -> j; j -> z"
    nodes = (
        start(),
        parallel("f"),
        user("a"),
        user("b"),
        throw("out", link("L")),
        catch("in", link("L")),
        inclusive("j"),
    )
    case = play(process(*nodes, user("z"), flows=flows)).start().do("a")

    assert case.open() == ["b"]
    assert case.do("b").open() == ["z"]


def test_compensation_with_nothing_to_undo_goes_on(play):
    inner = sub(
        "s",
        start("i"),
        user("a"),
        boundary("ca", "a", compensate()),
        user("undo"),
        end("e"),
        flows="i -> e",
        handlers="ca: undo",
    )
    case = play(process(start(), inner, throw("t", compensate()), user("z"), flows="start -> s -> t -> z")).start()

    assert case.open() == ["z"]


def test_only_deadlines_can_be_moved_and_only_services_completed_as_such(play):
    case = play(process(start(), user("a"), catch("m", message("'m")), flows="start -> a; start -> m")).start()

    with pytest.raises(Conflict):
        case.machine.move_deadline(case.token("m"), NOW)
    with pytest.raises(Conflict):
        case.machine.complete_service(case.token("a"), {})
    with pytest.raises(Conflict):
        case.machine.retry(case.token("a"))
    with pytest.raises(Conflict):
        case.machine.activate(case.token("a"), "b")
    with pytest.raises(Conflict):
        case.machine.complete(4711, {})
    case.machine.move_deadline(case.token("a"), NOW)
    assert case.run().waits("user")[0].due_at == NOW


def test_a_timer_may_be_given_as_a_value_of_the_language(play):
    for event, hours in (
        (timer('date("2026-03-03")', "date"), 15),
        (timer('duration("PT2H")', "cycle"), 2),
        (timer("'PT3H", "cycle"), 3),
    ):
        case = play(process(start(), catch("t", event), flows="start -> t")).start()
        assert (case.waits()[0].due_at - NOW).total_seconds() == hours * 3600
