"""Deadlines that tell nobody, and escalations that go round."""

from __future__ import annotations

import pytest

from engine.checks import deadlines
from tests.checks.soundness.build import diagram, draw


def said(words: str, inside: dict[str, str] | None = None) -> list[tuple[str, str]]:
    process = draw(words, inside)
    return [(one.code, one.element) for one in deadlines.check(process, diagram(process), [], None)]


@pytest.mark.parametrize("how", ["beside", "on"])
@pytest.mark.parametrize(
    "behind, is_told",
    [
        ("user", True),
        ("service", True),
        ("throw message", True),
        ("throw escalation", True),
        ("script", False),
        ("task", False),
    ],
)
def test_a_deadline_must_lead_to_somebody(how, behind, is_told):
    words = f"start: s\nuser: a\n{behind}: b\nend: e f\n{how} a: timer late\ns -> a -> e\nlate -> b -> f"

    assert said(words) == ([] if is_told else [("deadline-untold", "late")])


def test_a_deadline_may_tell_by_how_it_ends():
    assert said("start: s\nuser: a\nend: e\nend escalation: f\nbeside a: timer late\ns -> a -> e\nlate -> f") == []


def test_a_deadline_of_the_whole_case_must_tell_somebody():
    words = "start: s\nuser: a\nend: e\nevent-sub: z\ns -> a -> e"

    assert said(words, {"z": "start timer: t\nend: o\nt -> o"}) == [("deadline-untold", "t")]
    assert said(words, {"z": "start timer: t\nuser: u\nend: o\nt -> u -> o"}) == []


def test_overdue_steps_that_hand_the_case_round_are_said():
    words = """
        start: s
        user: officer head
        end: e
        on officer: timer late_1
        on head: timer late_2
        s -> officer -> e
        late_1 -> head -> e
        late_2 -> officer
    """

    assert said(words) == [("escalation-endless", "officer")]
    assert said(words.replace("late_2 -> officer", "late_2 -> last -> e\nuser: last")) == []
