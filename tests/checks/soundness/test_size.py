"""Large plans stay cheap: what is counted is states looked at, not seconds."""

from __future__ import annotations

import itertools
from random import Random

from engine.checks import soundness
from engine.checks.soundness.analysis import Analysis
from engine.checks.soundness.explore import MOST_STATES
from engine.checks.soundness.words import Words
from engine.diagram import Process
from engine.findings import Severity
from tests.checks.soundness.build import diagram, draw
from tests.checks.soundness.test_against_oracle import blocks


def analysed(process: Process) -> Analysis:
    made = Analysis(process, {}, Words(process, "test.bpmn"))
    made.run()
    return made


def grid(branches: int, steps: int, join: str) -> str:
    """Return parallel branches of steps each."""
    lines = [f"start: s\nparallel: p\n{join}: q\nend: e\ns -> p\nq -> e"]
    for branch in range(branches):
        names = [f"t{branch}_{step}" for step in range(steps)]
        lines.append(f"user: {' '.join(names)}\np -> {' -> '.join(names)} -> q")
    return "\n".join(lines)


def test_two_hundred_steps_in_ten_parallel_branches_fold_to_nothing():
    made = analysed(draw(grid(10, 20, "parallel")))

    assert made.words.findings == []
    assert made.states <= 3


def test_nested_blocks_of_two_hundred_nodes_fold_to_nothing():
    random = Random(7)
    sizes = []
    for _ in range(40):
        process = blocks(random, 7, wrong=0)
        if 100 <= len(process.body.nodes) <= 400:
            made = analysed(process)
            assert made.words.findings == [] or {one.code for one in made.words.findings} == {"sound-livelock"}
            sizes.append(made.states)

    assert len(sizes) >= 5
    assert max(sizes) <= 3


def test_ten_branches_that_are_not_joined_are_found_out_all_the_same():
    found = analysed(draw(grid(10, 20, "exclusive").replace("q -> e", "user: last\nq -> last -> e"))).words.findings

    assert [(one.code, one.element) for one in found if one.severity is not Severity.HINT] == [
        ("sound-unsynchronised", "q")
    ]


def test_branches_that_need_each_other_are_proved_in_a_bounded_number_of_states():
    names = " ".join(f"f{branch} w{branch + 1}" for branch in range(5))
    text = f"{grid(6, 4, 'parallel')}\nparallel: {names}"
    for branch in range(5):  # the second step of each branch also waits for the first step of the one before
        text = text.replace(f"t{branch}_0 -> ", f"t{branch}_0 -> f{branch} -> ", 1)
        text += f"\nf{branch} -> w{branch + 1}"
    for branch in range(1, 6):
        text = text.replace(f" -> t{branch}_1 ->", f" -> w{branch} -> t{branch}_1 ->", 1)

    made = analysed(draw(text))

    assert not [one for one in made.words.findings if one.severity is not Severity.HINT]
    assert made.states <= 2 * MOST_STATES


def test_a_bound_that_is_hit_is_said():
    names = [f"b{index}" for index in range(14)]
    lines = ["start: s\nparallel: p\nend: e\nend terminate: t\ns -> p"]
    lines += [f"user: {name}\np -> {name} -> e" for name in names]
    lines.append("user: last\np -> last -> t")

    found = soundness.check(process := draw("\n".join(lines)), diagram(process), called={})

    assert "sound-not-proved" in [one.code for one in found]
    assert "sound-terminate" in [one.code for one in found]


def test_a_chain_of_two_thousand_steps_takes_a_handful_of_states():
    names = [f"t{index}" for index in range(2_000)]
    words = f"start: s\nuser: {' '.join(names)}\nend: e\n" + "\n".join(
        f"{one} -> {other}" for one, other in itertools.pairwise(["s", *names, "e"])
    )

    made = analysed(draw(words))

    assert made.words.findings == []
    assert made.states <= 3


def many_choices() -> str:
    """Return nine branches of which any combination may be taken, joined by what waits for those that were."""
    text = grid(9, 3, "inclusive").replace("parallel: p", "inclusive: p")
    for branch in range(9):
        text = text.replace(f"p -> t{branch}_0", f"p -> t{branch}_0 ?\nt{branch}_0")
    return text


def test_any_combination_of_many_branches_is_proved_where_the_join_takes_what_comes():
    assert analysed(draw(many_choices())).words.findings == []


def test_a_branch_of_many_that_goes_round_their_join_is_found_out():
    text = (
        many_choices()
        .replace(" -> t8_2 -> q", " -> t8_2 -> m")
        .replace("q -> e", "exclusive: m\nuser: last\nq -> m -> last -> e")
    )

    found = [one.code for one in analysed(draw(text)).words.findings]

    assert "sound-unsynchronised" in found
    assert "sound-not-proved" in found


def test_a_combination_that_was_left_out_is_said_where_the_branches_are_not_joined_as_one():
    text = many_choices().replace(" -> t8_2 -> q", " -> t8_2 -> e")

    assert [one.code for one in analysed(draw(text)).words.findings] == ["sound-not-proved"]


def interrupted(branches: int, target: str) -> str:
    """Return parallel branches of one step each, which a timer may interrupt to go another way to `target`."""
    lines = ["start: s\nparallel: p q\nuser: last\nend: e\ns -> p\nq -> last -> e"]
    for branch in range(branches):
        a, x, m = f"a{branch}", f"x{branch}", f"m{branch}"
        lines.append(f"user: {a} {x}\nexclusive: {m}\non {a}: timer t{branch}\np -> {a} -> {m} -> q\nt{branch} -> {x}")
        lines.append(f"{x} -> {target if target == 'q' else m}")
    return "\n".join(lines)


def test_twenty_branches_with_a_timer_on_each_fold_to_nothing():
    made = analysed(draw(interrupted(20, "m")))

    assert made.words.findings == []
    assert made.states <= 3


def test_a_standstill_behind_more_ways_than_can_be_played_is_found_by_playing_one_to_its_end():
    found = analysed(draw(interrupted(20, "q"))).words.findings

    assert ("sound-deadlock", "q") in [(one.code, one.element) for one in found]
