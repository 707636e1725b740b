"""Errors and escalations: who catches them, what stops, what goes on."""

from __future__ import annotations

import pytest

from tests.bpmn.build import (
    Plan,
    boundary,
    call,
    end,
    error,
    escalation,
    event_sub,
    parallel,
    process,
    service,
    start,
    sub,
    throw,
    user,
)


def failing(*handlers, code="'E1", **parts):
    """A subprocess with a live task beside the end event that throws."""
    nodes = (start("i"), parallel("f"), user("a"), user("b"), end("boom", error(code)), *handlers)
    return sub("s", *nodes, flows="i -> f; f -> a -> boom; f -> b", **parts)


def test_an_error_goes_to_the_boundary_that_names_it_before_the_one_that_takes_all(play):
    nodes = (
        start(),
        failing(),
        boundary("any", "s", error()),
        boundary("e1", "s", error("'E1", code_variable="code")),
        user("x"),
        user("y"),
    )
    case = play(process(*nodes, flows="start -> s; any -> x; e1 -> y")).start().do("a")

    assert case.open() == ["y"]
    assert case.data == {"code": "E1"}
    assert case.walked("cancelled") == ["b", "s"]
    assert case.trace[case.trace.index("entered boom") :][:4] == [
        "entered boom",
        "thrown boom",
        "completed boom",
        "cancelled b",
    ]


def test_an_error_of_another_name_goes_further_out(play):
    outer = sub("o", start("k"), failing(), boundary("no", "s", error("'E2")), user("x"), flows="k -> s; no -> x")
    case = play(process(start(), outer, boundary("any", "o", error()), user("y"), flows="start -> o; any -> y")).start()

    assert case.do("a").open() == ["y"]


def test_an_event_subprocess_catches_before_the_boundary_around_it(play):
    handler = event_sub("h", start("caught", error("'E1")), user("x"), flows="caught -> x")
    nodes = (start(), failing(handler), boundary("any", "s", error()), user("y"), user("z"))
    case = play(process(*nodes, flows="start -> s -> z; any -> y")).start().do("a")

    assert case.open() == ["x"]
    case.do("x")
    assert case.open() == ["z"]


def test_an_error_thrown_by_its_handler_goes_outward(play):
    handler = event_sub("h", start("caught", error()), end("again", error("'E1")), flows="caught -> again")
    case = play(
        process(start(), failing(handler), boundary("any", "s", error()), user("y"), flows="start -> s; any -> y")
    )

    assert case.start().do("a").open() == ["y"]


def test_an_error_leaves_a_called_process_which_stops(play):
    called = process(start("cs"), user("a"), end("boom", error("'E1")), flows="cs -> a -> boom", name="q")
    caller = process(
        start(), call("c", "'q"), boundary("any", "c", error("'E1")), user("y"), flows="start -> c; any -> y"
    )
    case = play(Plan({"p": caller, "q": called})).start().do("a")

    assert case.open() == ["y"]
    assert case.walked("cancelled") == ["q", "c"]


def test_an_error_that_nobody_catches_ends_the_case_and_says_so(play):
    case = play(process(start(), failing(), flows="start -> s")).start().do("a")

    assert case.machine.is_ended
    assert case.machine.failure == "E1"
    assert [one.data.get("code") for one in case.happenings if one.what == "incident"] == ["uncaught-error"]
    assert case.trace[-1] == "ended p"
    assert case.walked("cancelled") == ["b", "s"]


def test_a_services_error_is_caught_at_its_boundary_with_its_message(play):
    nodes = (
        start(),
        service("w"),
        boundary("e", "w", error("'E1", code_variable="code", message_variable="why")),
        user("y"),
        user("z"),
    )
    case = play(process(*nodes, flows="start -> w -> z; e -> y")).start()

    assert case.machine.fail_service(case.token("w"), "E1", "no answer")

    assert case.run().open() == ["y"]
    assert case.data == {"code": "E1", "why": "no answer"}


def test_a_services_error_that_nobody_catches_is_an_incident_and_the_service_can_try_again(play):
    case = play(process(start(), service("w"), user("z"), flows="start -> w -> z")).start()
    token = case.token("w")

    assert not case.machine.fail_service(token, "E1", "no answer")
    case.machine.raise_incident(token, "service-failed", "说明", "why")

    (wait,) = case.run().waits()
    assert (wait.kind, wait.incident.code, wait.token) == ("incident", "service-failed", token)
    case.machine.retry(token)
    assert [wait.kind for wait in case.run().waits()] == ["service"]
    assert case.do("w").open() == ["z"]


def test_a_services_error_inside_a_subprocess_goes_outward(play):
    inner = sub("s", start("i"), service("w"), flows="i -> w")
    case = play(
        process(start(), inner, boundary("e", "s", error("'E1")), user("y"), flows="start -> s; e -> y")
    ).start()

    assert case.machine.fail_service(case.token("w"), "E1", "")
    assert case.run().open() == ["y"]


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalation_is_caught_at_the_boundary(play, interrupting):
    inner = sub("s", start("i"), throw("t", escalation("'late")), user("a"), flows="i -> t -> a")
    at = boundary("e", "s", escalation("'late", code_variable="code"), interrupting=interrupting)
    case = play(process(start(), inner, at, user("y"), flows="start -> s; e -> y")).start()

    assert case.open() == (["y"] if interrupting else ["a", "y"])
    assert case.data == {"code": "late"}


def test_an_escalation_that_nobody_catches_changes_nothing(play):
    case = play(process(start(), throw("t", escalation("'late")), user("a"), flows="start -> t -> a")).start()

    assert case.open() == ["a"]


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalating_end_event_is_caught_by_an_event_subprocess(play, interrupting):
    handler = event_sub("h", start("c", escalation(), interrupting=interrupting), user("x"), flows="c -> x")
    inner = sub(
        "s",
        start("i"),
        parallel("f"),
        user("b"),
        end("t", escalation("'late")),
        handler,
        flows="i -> f; f -> b; f -> t",
    )
    case = play(process(start(), inner, user("z"), flows="start -> s -> z")).start()

    assert case.open() == (["x"] if interrupting else ["b", "x"])
    assert case.walked().count("t") == 1


def test_an_escalation_leaves_a_called_process_which_goes_on(play):
    called = process(start("cs"), throw("t", escalation("'late")), user("a"), flows="cs -> t -> a", name="q")
    at = boundary("e", "c", escalation("'late"), interrupting=False)
    caller = process(start(), call("c", "'q"), at, user("y"), flows="start -> c; e -> y")

    assert play(Plan({"p": caller, "q": called})).start().open() == ["a", "y"]
