"""What differs between two versions of a plan."""

from __future__ import annotations

import json

import pytest

from engine.comparing import compare
from engine.family import Family
from tests.checks.test_data import END, GATE, field, flows, form, process, start, user
from tests.decisions.build import decision, definitions, literal

START = form("start", field("amount", "number"))
WORK = form("work", field("finding"), field("note", required=False))
PLAN = process(start(), user("work"), GATE, END, flows("s>work", "work>g", "g>t:amount = 1", "g>e", "t>e"))
FILES = {"p.bpmn": PLAN, "start.form": START, "work.form": WORK}


def differences(**changed: bytes) -> list[tuple[str, str, str, list[str]]]:
    """Return (kind, what, id, members) of what differs when files are changed; `p` is the diagram."""
    names = {"p": "p.bpmn", "work": "work.form"}
    after = {**FILES, **{names[key]: data for key, data in changed.items()}}
    found = compare(Family.read(FILES)[0], Family.read(after)[0], "p")
    return [(one.kind, one.what, one.id, [part.what for part in one.parts]) for one in found]


def test_the_same_plan_does_not_differ():
    assert differences() == []


def test_where_lines_and_blanks_stand_is_no_difference():
    assert differences(p=PLAN.replace(b"<userTask", b"\n\n  <userTask")) == []


@pytest.mark.parametrize(
    ("old", "new", "member"),
    [
        ('name="work"', 'name="办理"', "name"),
        ('candidateGroups="g"', 'candidateGroups="h"', "role"),
        ('formId="work"', 'formId="start"', "form"),
    ],
)
def test_what_of_a_step_differs_is_named(old: str, new: str, member: str):
    (change, *_) = differences(p=PLAN.replace(old.encode(), new.encode()))

    assert change[:3] == ("changed", "element", "work")
    assert member in change[3]


def test_a_condition_is_told_before_and_after():
    family = Family.read({**FILES, "p.bpmn": PLAN.replace(b"amount = 1", b"amount = 2")})[0]

    (change,) = compare(Family.read(FILES)[0], family, "p")

    assert (change.what, change.id, change.name) == ("flow", "g_t", "g → t")
    assert [(part.what, part.before, part.after) for part in change.parts] == [
        ("condition", "=amount = 1", "=amount = 2")
    ]


def test_a_timer_is_told_as_its_author_wrote_it():
    late = (
        '<boundaryEvent id="late" name="late" attachedToRef="work" cancelActivity="false"><timerEventDefinition>'
        "<timeDuration>PT24H</timeDuration></timerEventDefinition></boundaryEvent>"
    )
    plans = [
        process(start(), user("work"), late.replace("PT24H", time), END, flows("s>work", "work>e", "late>e"))
        for time in ("PT24H", "PT20H")
    ]
    before, after = (Family.read({**FILES, "p.bpmn": plan})[0] for plan in plans)

    (change,) = compare(before, after, "p")

    assert [(part.what, part.before, part.after) for part in change.parts] == [("timer", "PT24H", "PT20H")]


def test_steps_come_and_go_without_their_flows_being_told_again():
    more = process(start(), user("work"), GATE, user("more", "work"), END,
                   flows("s>work", "work>g", "g>more:amount = 1", "g>e", "more>e"))  # fmt: skip

    told = differences(p=more.replace(b'<task id="t" name="t"/>', b""))

    assert [one[:3] for one in told] == [("removed", "element", "t"), ("added", "element", "more")]


def test_fields_of_a_form_come_go_and_change():
    told = differences(work=form("work", field("finding", required=False), field("reason")))

    assert told == [("changed", "form", "work", ["field.finding", "field.note", "field.reason"])]


def test_a_decision_is_told_by_its_name():
    plan = PLAN.replace(
        b'<task id="t" name="t"/>',
        b'<businessRuleTask id="t" name="t"><extensionElements>'
        b'<zeebe:calledDecision decisionId="due" resultVariable="d"/></extensionElements></businessRuleTask>',
    )
    tables = [definitions(decision("due", literal(text))) for text in ("1", "2")]
    before, after = (Family.read({**FILES, "p.bpmn": plan, "due.dmn": table})[0] for table in tables)

    assert [(one.kind, one.what, one.id) for one in compare(before, after, "p")] == [("changed", "decision", "due")]


def test_a_plan_that_is_in_one_of_them_only_is_not_compared():
    empty = Family.read({"a.form": json.dumps({"id": "a", "components": []}).encode()})[0]

    assert compare(empty, Family.read(FILES)[0], "p") == []
