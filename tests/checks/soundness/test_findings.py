"""Each thing that soundness says, on a plan that has it and on the nearest one that has not."""

from __future__ import annotations

import pytest

from engine.checks import soundness
from engine.checks.soundness.scopes import Outcome
from engine.findings import Finding, Severity
from tests.checks.soundness.build import diagram, draw


def check(words: str, inside: dict[str, str] | None = None, *others) -> list[Finding]:
    process = draw(words, inside)
    return soundness.check(process, diagram(process), called={one.id: one for one in others})


def said(words: str, inside: dict[str, str] | None = None, *others) -> list[tuple[str, str]]:
    return [(one.code, one.element) for one in check(words, inside, *others)]


def test_a_choice_joined_in_parallel_stands_still():
    found = check(
        "start: s\nexclusive: x\nuser: a b\nparallel: j\nend: e\ns -> x -> a -> j ?\nx -> b else\nb -> j -> e"
    )

    assert [(one.code, one.element) for one in found] == [("sound-deadlock", "j")]
    assert found[0].severity is Severity.ERROR  # whatever the conditions say
    assert found[0].run in {("s", "x", "a", "j"), ("s", "x", "b", "j")}


def test_a_deadlock_that_conditions_could_exclude_is_a_warning():
    found = check("""
        start: s
        parallel: p j
        exclusive: x
        user: a b
        end: e f
        s -> p -> a -> x
        p -> b -> j
        x -> j ?
        x -> f else
        j -> e
    """)

    assert [(one.code, one.element, one.severity) for one in found] == [("sound-deadlock", "j", Severity.WARNING)]
    assert found[0].run == ("s", "p", "b", "a", "x", "f", "j") or found[0].run[-1] == "j"
    assert "检查不看数据" in found[0].zh
    assert "does not look at data" in found[0].en


@pytest.mark.parametrize(
    "split, join", [("parallel", "parallel"), ("exclusive", "exclusive"), ("inclusive", "inclusive")]
)
def test_a_split_and_its_like_join_are_sound(split, join):
    conditions = "" if split == "parallel" else " ?"

    assert (
        said(f"""
        start: s
        {split}: p
        {join}: q
        user: a b
        end: e
        s -> p
        p -> a{conditions}
        p -> b{" else" if conditions else ""}
        a -> q
        b -> q
        q -> e
    """)
        == []
    )


def test_parallel_branches_merged_by_an_exclusive_gateway_do_the_rest_twice():
    found = check("""
        start: s
        parallel: p
        user: a b c
        exclusive: x
        end: e
        s -> p -> a -> x -> c -> e
        p -> b -> x
    """)

    assert [(one.code, one.element) for one in found] == [("sound-unsynchronised", "x")]
    assert "“c”" in found[0].zh
    assert set(found[0].run) >= {"s", "p", "a", "b", "c"}


def test_parallel_branches_may_each_reach_the_same_end():
    assert said("start: s\nparallel: p\nuser: a b\nend: e\ns -> p -> a -> e\np -> b -> e") == []


def test_parallel_branches_that_meet_at_a_merge_before_the_end_are_told_of():
    words = "start: s\nparallel: p\nuser: a b\nexclusive: x\nend: e\ns -> p -> a -> x -> e\np -> b -> x"

    assert said(words) == [("sound-unsynchronised", "x")]


def test_a_loop_that_splits_adds_work_without_bound():
    words = "start: s\nexclusive: m\nuser: a b\nparallel: p\nend: e\ns -> m -> a -> p -> m\np -> b -> e"

    assert said(words) == [("sound-unbounded", "b")]


def test_a_step_without_a_way_in_never_happens():
    assert said("start: s\nuser: a b c\nend: e f\ns -> a -> e\nb -> c -> f") == [("sound-dead", "b")]


def test_an_exclusive_gateway_without_conditions_takes_its_first_flow_only():
    words = "start: s\nexclusive: x\nuser: a b\nend: e\ns -> x -> a -> e\nx -> b -> e"

    assert said(words) == [("sound-dead", "b")]


def test_what_comes_after_a_deadlock_is_not_said_again():
    words = (
        "start: s\nexclusive: x\nuser: a b c\nparallel: j\nend: e\ns -> x -> a -> j ?\nx -> b else\nb -> j -> c -> e"
    )

    assert said(words) == [("sound-deadlock", "j")]


def test_a_loop_without_a_way_out_never_ends():
    found = check("start: s\nexclusive: m\nuser: a b\ns -> m -> a -> b -> m")

    assert [(one.code, one.severity) for one in found] == [("sound-no-end", Severity.ERROR)]


def test_a_loop_with_a_way_out_ends():
    words = "start: s\nexclusive: m x\nuser: a\nend: e\ns -> m -> a -> x\nx -> m ?\nx -> e else"

    assert said(words) == []


def test_a_trap_behind_a_condition_is_a_warning():
    found = check("""
        start: s
        exclusive: x m
        user: a b
        end: e
        s -> x
        x -> e else
        x -> m ?
        m -> a -> b -> m
    """)

    assert [(one.code, one.severity) for one in found] == [("sound-no-end", Severity.WARNING)]


@pytest.mark.parametrize(
    "kind, severity", [("script", Severity.HINT), ("task", Severity.WARNING), ("user", None), ("catch timer", None)]
)
def test_a_loop_of_automatic_steps_is_told_by_what_it_does(kind, severity):
    found = check(f"start: s\nexclusive: m x\n{kind}: a\nend: e\ns -> m -> a -> x\nx -> m ?\nx -> e else")

    assert [(one.code, one.severity) for one in found] == ([("sound-livelock", severity)] if severity else [])


def test_an_automatic_loop_without_a_way_out_is_an_error():
    found = check("start: s\nexclusive: m\ntask: a\ns -> m -> a -> m")

    assert [(one.code, one.severity) for one in found] == [("sound-livelock", Severity.ERROR)]
    assert found[0].run[:3] == ("s", "m", "a")
    assert found[0].run[-3:] in {("a", "m", "a"), ("m", "a", "m")}


def test_a_terminate_end_that_stops_open_work_is_said():
    found = check("start: s\nparallel: p\nuser: a b\nend: e\nend terminate: t\ns -> p -> a -> e\np -> b -> t")

    assert [(one.code, one.element) for one in found] == [("sound-terminate", "t")]
    assert found[0].run == ("s", "p", "b", "t")
    assert "“a”" in found[0].zh


def test_a_terminate_end_reached_on_both_branches_stops_the_slower_one():
    words = "start: s\nparallel: p\nuser: a b\nexclusive: x\nend terminate: t\ns -> p -> a -> x -> t\np -> b -> x"

    assert said(words) == [("sound-terminate", "t")]


def test_a_terminate_end_with_nothing_else_open_is_fine():
    words = "start: s\nparallel: p q\nuser: a b\nend terminate: t\ns -> p -> a -> q -> t\np -> b -> q"

    assert said(words) == []


def test_a_reminder_that_ends_by_itself_is_fine_even_in_a_loop():
    assert (
        said("""
        start: s
        exclusive: m x
        user: a remind
        end: e f
        beside a: timer late
        s -> m -> a -> x
        x -> m ?
        x -> e else
        late -> remind -> f
    """)
        == []
    )


def test_a_reminder_that_runs_into_the_main_flow_does_it_twice():
    words = "start: s\nuser: a remind b\nend: e\nbeside a: timer late\ns -> a -> b -> e\nlate -> remind -> b"

    assert said(words) == [("sound-unsynchronised", "b")]


def test_a_side_branch_is_looked_at_for_itself():
    found = check("""
        start: s
        user: a b
        exclusive: x
        parallel: j
        end: e f
        beside a: timer late
        s -> a -> e
        late -> x
        x -> j ?
        x -> b else
        b -> j -> f
    """)

    assert [(one.code, one.element) for one in found] == [("sound-deadlock", "j")]
    assert found[0].run[:3] == ("s", "a", "late")


def test_a_boundary_event_that_interrupts_is_another_way_out():
    words = "start: s\nuser: a b\nend: e f\non a: timer late\ns -> a -> e\nlate -> b -> f"

    assert said(words) == []


def test_a_join_that_needs_both_the_work_and_its_interruption_stands_still():
    words = "start: s\nuser: a\nparallel: j\nend: e\non a: timer late\ns -> a -> j -> e\nlate -> j"

    assert said(words) == [("sound-deadlock", "j")]


def test_an_error_that_nothing_throws_never_comes():
    words = "start: s\nsub: a\nuser: b\nend: e f\non a: error=x failed\ns -> a -> e\nfailed -> b -> f"
    inner = "start: i\nuser: w\nend: o\ni -> w -> o"

    assert said(words, {"a": inner}) == [("sound-dead", "failed")]


@pytest.mark.parametrize("thrower", ["end error=x: o", "end error: o"])
def test_an_error_that_is_thrown_inside_comes_out(thrower):
    words = "start: s\nsub: a\nuser: b\nend: e f\non a: error=x failed\ns -> a -> e\nfailed -> b -> f"
    inner = f"start: i\nexclusive: x\nend: ok\n{thrower}\ni -> x\nx -> ok ?\nx -> o else"

    assert said(words, {"a": inner}) == []


def test_an_error_of_another_code_stays_inside():
    words = "start: s\nsub: a\nuser: b\nend: e f\non a: error=x failed\ns -> a -> e\nfailed -> b -> f"
    inner = "start: i\nexclusive: x\nend: ok\nend error=y: o\ni -> x\nx -> ok ?\nx -> o else"

    assert said(words, {"a": inner}) == [("sound-dead", "failed")]


def test_a_subprocess_that_always_fails_is_never_done():
    words = "start: s\nsub: a\nuser: b c\nend: e f\non a: error=x failed\ns -> a -> b -> e\nfailed -> c -> f"

    assert said(words, {"a": "start: i\nend error=x: o\ni -> o"}) == [("sound-dead", "b")]


def test_an_error_stops_what_else_runs_in_its_subprocess():
    words = "start: s\nsub: a\nuser: c\nend: e f\non a: error=x failed\ns -> a -> e\nfailed -> c -> f"
    inner = """
        start: i
        parallel: p j
        user: u v
        exclusive: x
        end: ok
        end error=x: o
        i -> p -> u -> x
        x -> j ?
        x -> o else
        p -> v -> j -> ok
    """

    assert said(words, {"a": inner}) == []


def test_a_fault_inside_a_subprocess_is_told_there_and_not_outside():
    words = "start: s\nsub: a\nuser: b\nend: e\ns -> a -> b -> e"
    inner = "start: i\nexclusive: x\nuser: u v\nparallel: j\nend: o\ni -> x -> u -> j ?\nx -> v else\nv -> j -> o"

    assert said(words, {"a": inner}) == [("sound-deadlock", "j")]


def test_an_endless_loop_inside_is_ended_by_a_boundary_event():
    words = "start: s\nsub: a\nuser: b\nend: e\non a: message done\ns -> a\ndone -> b -> e"

    assert said(words, {"a": "start: i\nexclusive: m\nuser: u\ni -> m -> u -> m"}) == []


def test_an_interrupting_event_subprocess_ends_a_scope_that_has_no_end():
    words = "start: s\nexclusive: m\nuser: u\nevent-sub: z\ns -> m -> u -> m"

    assert said(words, {"z": "start message: i\nuser: w\nend: o\ni -> w -> o"}) == []


def test_an_event_subprocess_for_an_error_that_nothing_throws_never_starts():
    words = "start: s\nuser: u\nend: e\nevent-sub: z\ns -> u -> e"

    assert said(words, {"z": "start error=x: i\nend: o\ni -> o"}) == [("sound-dead", "z")]


def test_an_escalation_that_does_not_interrupt_lets_the_subprocess_go_on():
    words = "start: s\nsub: a\nuser: b\nend: e f\nbeside a: escalation=x told\ns -> a -> e\ntold -> b -> f"

    assert said(words, {"a": "start: i\nthrow escalation=x: t\nuser: u\nend: o\ni -> t -> u -> o"}) == []


def test_an_escalation_that_interrupts_leaves_the_rest_undone():
    words = "start: s\nsub: a\nuser: b\nend: e f\non a: escalation=x told\ns -> a -> e\ntold -> b -> f"

    found = said(words, {"a": "start: i\nthrow escalation=x: t\nuser: u\nend: o\ni -> t -> u -> o"})

    assert sorted(found) == [("sound-dead", "e"), ("sound-dead", "u")]


def test_a_cancelled_transaction_leaves_by_its_cancel_event():
    words = "start: s\ntransaction: a\nuser: b\nend: e f\non a: cancel undone\ns -> a -> e\nundone -> b -> f"

    assert said(words, {"a": "start: i\nexclusive: x\nend: ok\nend cancel: o\ni -> x\nx -> ok ?\nx -> o else"}) == []


def test_a_call_throws_what_the_called_process_throws():
    words = "start: s\ncall: a\nuser: b\nend: e f\non a: error=x failed\ns -> a -> e\nfailed -> b -> f"
    process = draw(words)
    process.body.nodes["a"].call = called("q")
    good = draw("start: i\nexclusive: x\nend: ok\nend error=x: o\ni -> x\nx -> ok ?\nx -> o else", name="q")
    bad = draw("start: i\nuser: u\nend: ok\ni -> u -> ok", name="q")

    assert soundness.check(process, diagram(process), called={"q": good}) == []
    assert [one.code for one in soundness.check(process, diagram(process), called={"q": bad})] == ["sound-dead"]
    assert soundness.check(process, diagram(process), called={}) == []


def test_processes_that_call_each_other_are_analysed_once():
    one, two = (
        draw("start: s\ncall: a\nend: e\ns -> a -> e", name="one"),
        draw("start: s\ncall: a\nend: e\ns -> a -> e", name="two"),
    )
    one.body.nodes["a"].call, two.body.nodes["a"].call = called("two"), called("one")

    assert soundness.check(one, diagram(one), called={"one": one, "two": two}) == []


def called(name):
    from engine.diagram import Call
    from tests.checks.soundness.build import at, text

    return Call(text(name), at(1))


def test_events_behind_a_gateway_exclude_each_other():
    words = "start: s\nevents: g\ncatch timer: t\nreceive: r\n{}: j\nend: e\ns -> g -> t -> j\ng -> r -> j -> e"

    assert said(words.format("exclusive")) == []
    assert said(words.format("parallel")) == [("sound-deadlock", "j")]


def test_a_link_jumps_to_its_catch_event():
    words = "start: s\nuser: a b\nthrow link: t\ncatch link: c\nend: e\ns -> a -> t\nc -> b -> e"

    assert said(words) == []
    assert said(words.replace("throw link: t", "throw link=other: t")) == [("sound-dead", "c")]


def test_a_step_that_needs_two_tokens_but_gets_one_stands_still():
    process = draw("start: s\nuser: a\nend: e\ns -> a -> e")
    process.body.nodes["a"].start_quantity = 2

    found = soundness.check(process, diagram(process), called={})

    assert [(one.code, one.element) for one in found if one.code == "sound-deadlock"] == [("sound-deadlock", "a")]


@pytest.mark.parametrize("rule, codes", [("activationCount >= 2", []), ("activationCount >= 3", ["sound-deadlock"])])
def test_a_complex_gateway_goes_on_by_its_count(rule, codes):
    from tests.checks.soundness.build import text

    process = draw("start: s\nparallel: p\nuser: a b c\ncomplex: k\nend: e\ns -> p -> a -> k -> c -> e\np -> b -> k")
    process.body.nodes["k"].activation = text(rule, is_literal=False)

    assert [one.code for one in soundness.check(process, diagram(process), called={})] == codes


def test_each_start_event_begins_a_run_of_its_own():
    words = "start: s\nstart message: m\nuser: a b\n{}: x\nend: e\ns -> a -> x\nm -> b -> x -> e"

    assert said(words.format("exclusive")) == []
    assert said(words.format("parallel")) == [("sound-deadlock", "x")]


def test_a_compensation_that_nothing_throws_never_happens():
    from engine.diagram import Association

    words = "start: s\nuser: a undo\nend: e\nend compensation: f\nexclusive: x\non a: compensation c\ns -> a -> x\nx -> e ?\nx -> f else"
    good, bad = draw(words), draw(words.replace("end compensation: f", "end: f"))
    for one in (good, bad):
        one.body.associations.append(Association("l", "c", "undo"))
        one.body.nodes["undo"].is_for_compensation = True

    assert soundness.check(good, diagram(good), called={}) == []
    assert [(one.code, one.element) for one in soundness.check(bad, diagram(bad), called={})] == [
        ("sound-dead", "undo")
    ]


def test_every_finding_speaks_both_languages_and_says_what_to_do():
    found = check(
        "start: s\nexclusive: x\nuser: a b\nparallel: j\nend: e\ns -> x -> a -> j ?\nx -> b else\nb -> j -> e"
    )

    for one in found:
        assert one.zh
        assert one.en
        assert one.advice_zh
        assert one.advice_en
        assert one.line > 0
        assert one.file == "test.bpmn"


def test_what_a_called_process_comes_to_is_taken_from_who_looked_at_it_before():
    process = draw("start: s\ncall: a\nuser: b\nend: e f\non a: error=x failed\ns -> a -> e\nfailed -> b -> f")
    process.body.nodes["a"].call = called("q")
    throws = draw("start: s\nexclusive: g\nend: e\nend error=x: bad\ns -> g -> e ?\ng -> bad else", name="q")
    never = draw("start: s\nend: e\ns -> e", name="q")
    outcomes: dict[str, Outcome | None] = {}

    soundness.check(throws, diagram(throws), called={}, outcomes=outcomes)

    assert [one.code for one in soundness.check(process, diagram(process), called={"q": never})] == ["sound-dead"]
    assert soundness.check(process, diagram(process), called={"q": never}, outcomes=outcomes) == []
