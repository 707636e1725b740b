"""The sixty sample complaints: each is registered, handled and played to where it says that it stands."""

from __future__ import annotations

import pytest

from engine import forms
from tests.plans.walk import MONDAY, Walk, calendar, family
from webapp.demo import library
from webapp.demo.cast import PEOPLE, PERMISSIONS

ENTRIES = library.entries()


def plan_of(entry) -> str:
    return family().decide("complaint_plan", {"kind": entry["complaint"]["kind"]}, calendar())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry['id']}-{entry['complaint']['kind']}")
def test_a_sample_is_played_to_where_it_stands(entry):
    given = {**entry["complaint"], "received_at": MONDAY.isoformat()}
    registered = forms.check(family().forms["complaint_register"], given, {}, now=MONDAY, calendar=calendar)
    walk = Walk(plan_of(entry), **registered)

    for step in entry["steps"]:
        if "wait_hours" in step:
            walk.pass_time(hours=step["wait_hours"])
            continue
        walk.pass_time(hours=entry["hours_a_step"])
        if "report" in step:
            walk.tell(step["report"], **step["answers"])
        else:
            walk.do(step["complete"], **step.get("answers", {}))

    assert (walk.end if walk.is_ended else sorted(walk.open())) == entry["stands_at"]


def test_there_are_sixty_of_every_kind_and_channel_and_no_two_alike():
    kind = next(field for field in family().forms["complaint_register"].walk() if field.keys == ("kind",))
    channel = next(field for field in family().forms["complaint_register"].walk() if field.keys == ("channel",))

    assert len({entry["complaint"]["content"] for entry in ENTRIES}) == 60
    assert {entry["complaint"]["kind"] for entry in ENTRIES} == {option.value for option in kind.options}
    assert {entry["complaint"]["channel"] for entry in ENTRIES} == {option.value for option in channel.options}
    assert len({entry["industry"] for entry in ENTRIES}) >= 30


def test_every_plan_for_complaints_is_exercised_and_whoever_registers_may():
    may = {login for login, _, roles in PEOPLE if any("register" in PERMISSIONS.get(role, []) for role in roles)}

    assert {plan_of(entry) for entry in ENTRIES} >= {
        *["unit_complaint", "daily_complaint", "consumer_complaint", "mass_complaint", "petition", "service_emergency"],
        *["department_complaint", "customer_emergency", "suggestion", "problem", "malicious", "media_inspection"],
        *["parent_complaint", "first_contact"],
    }
    assert {entry["registered_by"] for entry in ENTRIES} <= may
