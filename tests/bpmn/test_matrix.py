"""Every event in every position it may stand in, every activity in every way it may repeat."""

from __future__ import annotations

import pytest

from engine.diagram import Kind
from tests.bpmn.build import (
    Plan,
    ad_hoc,
    boundary,
    call,
    catch,
    compensate,
    complex_gateway,
    conditional,
    each,
    end,
    error,
    escalation,
    event_gateway,
    event_sub,
    exclusive,
    inclusive,
    link,
    loop,
    manual,
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
    task,
    throw,
    timer,
    transaction,
    user,
)

EVENTS = {
    "message": ((message("'m"),), lambda case: case.send("m", None, got=1)),
    "signal": ((signal("'s"),), lambda case: case.signal("s", got=1)),
    "condition": ((conditional("x = 1"),), lambda case: case.set(x=1)),
    "duration": ((timer("'PT1H"),), lambda case: case.pass_time(minutes=61)),
    "date": ((timer("'2026-03-02T10:00:00+08:00", "date"),), lambda case: case.pass_time(minutes=61)),
    "cycle": ((timer("'R1/PT1H", "cycle"),), lambda case: case.pass_time(minutes=61)),
    "working days": ((timer("'P1D", working_days=True),), lambda case: case.pass_time(days=1)),
    "several": ((message("'m"), timer("'PT1H")), lambda case: case.send("m", None, got=1)),
}
event = pytest.mark.parametrize("name", EVENTS)


@event
def test_every_event_is_caught_on_the_way(play, name):
    events, happen = EVENTS[name]
    case = play(process(start(), catch("c", *events), user("z"), flows="start -> c -> z")).start({"x": 0})

    assert "z" not in case.open()
    happen(case)

    assert case.open() == ["z"]
    assert case.walked("caught", "completed")[-2:] == ["c", "c"]


@event
@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("inside", ["user", "sub", "call", "members"])
def test_every_event_is_caught_at_every_activity(play, name, interrupting, inside):
    events, happen = EVENTS[name]
    activity = {
        "user": lambda: user("a"),
        "sub": lambda: sub("a", start("i"), user("u"), flows="i -> u"),
        "call": lambda: call("a", "'q"),
        "members": lambda: user("a", loop=each("[1, 2]")),
    }[inside]()
    nodes = (start(), activity, boundary("c", "a", *events, interrupting=interrupting), user("y"), user("z"))
    called = process(start("k"), user("u"), flows="k -> u", name="q")
    plan = Plan({"p": process(*nodes, flows="start -> a -> z; c -> y"), "q": called})
    case = play(plan).start({"x": 0})
    task_name = "a" if inside in ("user", "members") else "u"

    happen(case)

    left = [task_name] * (2 if inside == "members" else 1)
    assert [name for name in case.open() if name != "c"] == (["y"] if interrupting else [*left, "y"])
    if not interrupting:
        for one in left:
            case.do(one)
        assert case.open() == ["y", "z"]


@event
@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("where", ["process", "sub", "called"])
def test_every_event_opens_an_event_subprocess_everywhere(play, name, interrupting, where):
    events, happen = EVENTS[name]
    handler = event_sub("h", start("c", *events, interrupting=interrupting), user("y"), flows="c -> y")
    if where == "process":
        plan = Plan({"p": process(start(), user("a"), handler, flows="start -> a")})
    elif where == "sub":
        inner = sub("s", start("i"), user("a"), handler, flows="i -> a")
        plan = Plan({"p": process(start(), inner, flows="start -> s")})
    else:
        called = process(start("k"), user("a"), handler, flows="k -> a", name="q")
        plan = Plan({"p": process(start(), call("s", "'q", all_in=True), flows="start -> s"), "q": called})
    case = play(plan).start({"x": 1 if where == "called" and name == "condition" else 0})

    if not (where == "called" and name == "condition"):  # a condition of a called process sees its own variables only
        happen(case)

    assert [name for name in case.open() if name != "c"] == (["y"] if interrupting else ["a", "y"])
    for wait in list(case.waits("user")):
        case.do(wait.element)
    assert case.machine.is_ended


@pytest.mark.parametrize("name", ["message", "signal", "condition", "duration", "date", "cycle", "several"])
def test_every_event_starts_a_process(play, name):
    case = play(process(start("c", *EVENTS[name][0]), user("a"), flows="c -> a")).start(
        start_element="c", payload={"got": 1}
    )

    assert (case.open(), case.data) == (["a"], {"got": 1})
    assert case.walked("caught") == ["c"]


@event
def test_every_event_stands_behind_an_event_gateway(play, name):
    events, happen = EVENTS[name]
    nodes = (start(), event_gateway("g"), catch("c", *events), catch("never", message("'never")), user("z"))
    case = play(process(*nodes, flows="start -> g; g -> c -> z; g -> never")).start({"x": 0})

    happen(case)

    assert case.open() == ["z"]


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_subprocess_may_want_every_one_of_its_events(play, interrupting):
    both = start("c", message("'m"), signal("'s"), parallel_multiple=True, interrupting=interrupting)
    handler = event_sub("h", both, user("y"), flows="c -> y")
    case = play(process(start(), user("a"), handler, flows="start -> a")).start()

    case.send("m", None, one=1)
    assert case.open() == ["a", "c"]
    case.signal("s", two=2)

    assert case.open() == (["y"] if interrupting else ["a", "c", "c", "y"])
    assert case.data == {"one": 1, "two": 2}


@pytest.mark.parametrize("at_the_end", [True, False])
def test_every_event_that_can_be_thrown_is_thrown(play, at_the_end):
    for thrown in (message("'m"), signal("'s"), escalation("'e"), compensate(), None):
        events = [thrown] if thrown is not None else []
        place = end("t", *events) if at_the_end else throw("t", *events)
        nodes = (start(), user("a"), boundary("b", "a", compensate()), user("undo"), place, end("z"))
        flows = "start -> a -> t" + ("" if at_the_end else " -> z")
        case = play(process(*nodes, flows=flows, handlers="b: undo")).start().do("a")
        if isinstance(thrown, type(compensate())):
            case.do("undo")

        assert case.machine.is_ended
        assert case.walked("thrown") == ["t"] * len(events)
        assert case.walked().count("t") == 1


def test_several_events_are_thrown_on_the_way(play):
    case = play(process(start(), throw("t", message("'m"), signal("'s")), user("z"), flows="start -> t -> z")).start()

    assert [one.name for one in case.thrown] == ["m", "s"]
    assert case.open() == ["z"]


def activities():
    """One activity of every kind, and what completes it: nothing, or the element that waits."""
    yield "task", lambda: task("a"), None
    yield "user", lambda: user("a"), "a"
    yield "manual", lambda: manual("a"), "a"
    yield "service", lambda: service("a"), "a"
    yield "send", lambda: node(Kind.SEND_TASK, "a", events=[message("'m")]), None
    yield "receive", lambda: receive("a", events=[message("'m")]), "message"
    yield "script", lambda: script("a", "n + 1", "n"), None
    yield "rule", lambda: rule("a", "'d"), None
    yield "sub", lambda: sub("a", start("i"), user("u"), flows="i -> u"), "u"
    yield "transaction", lambda: transaction("a", start("i"), user("u"), flows="i -> u"), "u"
    yield "ad_hoc", lambda: ad_hoc("a", user("u")), "u"
    yield "call", lambda: call("a", "'q"), "u"


REPEATS = {
    "once": (None, 1),
    "loop": (lambda: loop("loopCounter < 3"), 3),
    "loop first": (lambda: loop("loopCounter < 3", test_before=True), 3),
    "sequential": (lambda: each("[1, 2, 3]", sequential=True), 3),
    "parallel": (lambda: each("[1, 2, 3]"), 3),
    "number": (lambda: each(cardinality="'3"), 3),
}


@pytest.mark.parametrize("repeat", REPEATS)
@pytest.mark.parametrize(
    ("made", "waits_at"), [(made, waits) for _, made, waits in activities()], ids=[n for n, _, _ in activities()]
)
def test_every_activity_repeats_in_every_way(play, made, waits_at, repeat):
    rule_of, times = REPEATS[repeat]
    activity = made()
    activity.loop = rule_of() if rule_of else None
    called = process(start("k"), user("u"), flows="k -> u", name="q")
    plan = Plan({"p": process(start(), activity, user("z"), flows="start -> a -> z"), "q": called})
    plan.answers["d"] = lambda seen: 1
    case = play(plan).start({"n": 0})

    for _ in range(times if waits_at else 0):
        assert "z" not in case.open()
        if waits_at == "message":
            assert case.send("m")
        else:
            case.do(waits_at)

    assert case.open() == ["z"]
    assert case.walked().count("a") == times


@pytest.mark.parametrize("gateway", [exclusive, parallel, inclusive, complex_gateway])
def test_a_gateway_may_merge_and_part_at_once(play, gateway):
    flows = "start -> f; f -> a -> g; f -> b -> g; g -> c if x = 1; g -> d else"
    nodes = (start(), parallel("f"), user("a"), user("b"), gateway("g"), user("c"), user("d"))
    case = play(process(*nodes, flows=flows)).start({"x": 1}).do("a").do("b")

    assert (
        case.open() == {exclusive: ["c", "c"], parallel: ["c", "d"], inclusive: ["c"], complex_gateway: ["c"]}[gateway]
    )


def test_links_from_several_places_meet(play):
    flows = "start -> f; f -> out1; f -> out2; in -> a"
    nodes = (
        start(),
        parallel("f"),
        throw("out1", link("L")),
        throw("out2", link("L")),
        catch("in", link("L")),
        user("a"),
    )

    assert play(process(*nodes, flows=flows)).start().open() == ["a", "a"]


def test_an_error_handler_of_the_process_takes_over(play):
    handler = event_sub("h", start("c", error(code_variable="code")), user("y"), flows="c -> y")
    case = (
        play(process(start(), user("a"), end("boom", error("'E")), handler, flows="start -> a -> boom")).start().do("a")
    )

    assert (case.open(), case.data) == (["y"], {"code": "E"})
    assert case.do("y").machine.is_ended
    assert case.machine.failure is None
