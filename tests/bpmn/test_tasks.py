"""Tasks of every kind: what each does by itself and what it waits for."""

from __future__ import annotations

import pytest

from engine.diagram import Assignment, FormReference, Kind
from engine.errors import Conflict
from tests.bpmn.build import (
    AT,
    Plan,
    end,
    feel,
    manual,
    maps,
    message,
    node,
    process,
    receive,
    rule,
    script,
    service,
    start,
    task,
    user,
)


def test_a_user_task_waits_for_a_person_and_takes_the_answers(play):
    case = play(process(start(), user("a"), end(), flows="start -> a -> end")).start({"x": 1})

    assert case.open() == ["a"]
    case.do("a", answer="yes")

    assert case.trace == [
        "entered p",
        "entered start",
        "completed start",
        "entered a",
        "ready a",
        "completed a",
        "entered end",
        "completed end",
        "ended p",
    ]
    assert case.data == {"x": 1, "answer": "yes"}
    assert case.machine.is_ended
    assert case.machine.end_element == "end"


def test_a_user_task_says_who_may_do_it_and_by_when(play):
    who = Assignment(
        assignee=feel("boss"),
        groups=["office"],
        users=["li"],
        due=feel("'2026-03-05T17:00:00+08:00"),
        priority=feel("10 + 5"),
        groups_expression=feel('["a", "b"]'),
    )
    task_of = user("a", name="Check", assignment=who, form=FormReference("p_a", AT), lane="lane")
    case = play(process(start(), task_of, flows="start -> a")).start({"boss": "wang"})

    (wait,) = case.waits()

    assert (wait.kind, wait.name, wait.assignee, wait.groups, wait.users) == (
        "user",
        "Check",
        "wang",
        ["a", "b"],
        ["li"],
    )
    assert (wait.form, wait.priority, wait.due_at.isoformat()) == ("p_a", 15, "2026-03-05T09:00:00+00:00")


def test_the_lane_is_the_role_where_no_group_is_named(play):
    case = play(process(start(), user("a", lane="客服"), flows="start -> a")).start()

    assert case.waits()[0].groups == ["客服"]


def test_a_task_is_completed_once(play):
    case = play(process(start(), user("a"), user("b"), flows="start -> a -> b")).start()
    token = case.token("a")
    case.do("a")

    with pytest.raises(Conflict):
        case.machine.complete(token, {})

    assert case.open() == ["b"]


def test_a_completed_task_cannot_be_completed_again_before_the_case_runs_on(play):
    case = play(process(start(), user("a"), user("b"), flows="start -> a -> b")).start()
    token = case.token("a")
    case.machine.complete(token, {"x": 1})

    with pytest.raises(Conflict):
        case.machine.complete(token, {"x": 2})


def test_a_manual_task_waits_and_a_plain_task_does_not(play):
    case = play(process(start(), task("t"), manual("m"), end(), flows="start -> t -> m -> end")).start()

    assert case.open() == ["m"]
    assert case.do("m").machine.is_ended


def test_a_service_task_waits_for_its_service(play):
    case = play(process(start(), service("s"), end(), flows="start -> s -> end")).start({"x": 1})

    (wait,) = case.waits("service")
    assert (wait.service.type, wait.service.headers, wait.service.variables, wait.service.retries) == (
        "work",
        {"to": "all"},
        {"x": 1},
        3,
    )
    case.do("s", y=2)

    assert case.data == {"x": 1, "y": 2}


def test_the_type_of_a_service_may_be_an_expression_and_its_answer_one_variable(play):
    case = play(process(start(), service("s", "kind", result="r"), end(), flows="start -> s -> end")).start(
        {"kind": "k"}
    )

    assert case.waits()[0].service.type == "k"
    assert case.do("s", y=2).data == {"kind": "k", "r": {"y": 2}}


def test_a_script_task_writes_what_its_expression_gives(play):
    case = play(process(start(), script("s", "x * 2 + 0.5", "y"), end(), flows="start -> s -> end")).start({"x": 2})

    assert case.data == {"x": 2, "y": 4.5}


def test_a_rule_task_writes_the_decisions_answer(play):
    plan = Plan({"p": process(start(), rule("r", "'level"), end(), flows="start -> r -> end")})
    plan.answers["level"] = lambda seen: {"grade": "high" if seen["db"] > 60 else "low"}

    assert play(plan).start({"db": 70}).data == {"db": 70, "answer": {"grade": "high"}}


@pytest.mark.parametrize(
    ("unpack", "answer", "expected"),
    [
        ("none", [{"a": 1}], [{"a": 1}]),
        ("single_entry", [{"a": 1}], 1),
        ("single_result", [{"a": 1, "b": 2}], {"a": 1, "b": 2}),
        ("collect_entries", [{"a": 1}, {"a": 2}], [1, 2]),
        ("result_list", {"a": 1}, [{"a": 1}]),
        ("single_entry", [], None),
    ],
)
def test_a_decisions_answer_takes_the_shape_the_author_asks_for(play, unpack, answer, expected):
    plan = Plan({"p": process(start(), rule("r", "'d", unpack=unpack), end(), flows="start -> r -> end")})
    plan.answers["d"] = lambda seen: answer

    assert play(plan).start().data == {"answer": expected}


def test_a_receive_task_waits_for_its_message(play):
    case = play(process(start(), receive("r", events=[message("'paid", "id")]), end(), flows="start -> r -> end"))
    case.start({"id": "7"})

    assert not case.send("paid", "8", amount=1)
    assert case.send("paid", "7", amount=1)

    assert case.data == {"id": "7", "amount": 1}


def test_a_send_task_throws_its_message(play):
    sending = node(Kind.SEND_TASK, "s", events=[message("'news", "who", payload=maps(text="note"))])
    case = play(process(start(), sending, end(), flows="start -> s -> end")).start({"who": "li", "note": "hi", "x": 1})

    (sent,) = case.thrown
    assert (sent.kind, sent.name, sent.key, sent.payload) == ("message", "news", "li", {"text": "hi"})


def test_a_task_that_needs_three_tokens_waits_for_them_and_sends_two(play):
    waiting = task("w", start_quantity=3, completion_quantity=2)
    case = play(
        process(
            start(),
            user("a"),
            user("b"),
            user("c"),
            waiting,
            user("d"),
            flows="start -> a -> w -> d; start -> b -> w; start -> c -> w",
        )
    ).start()

    case.do("a").do("b")
    assert case.open() == ["c"]
    case.do("c")

    assert case.open() == ["d", "d"]
