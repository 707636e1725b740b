"""投诉登记: the table picks the plan for a kind of complaint."""

from __future__ import annotations

import pytest

from tests.plans.walk import Walk, family


@pytest.mark.parametrize(
    ("kind", "plan"),
    [
        ("suggestion", "suggestion"),
        ("problem", "problem"),
        ("disputed", "malicious"),
        ("unit", "unit_complaint"),
        ("inspection", "media_inspection"),
        ("first", "first_contact"),
        ("unheard_of", "unit_complaint"),
    ],
)
def test_the_kind_of_complaint_picks_the_plan(kind, plan):
    walk = Walk("reception", kind=kind)

    assert walk.is_ended
    assert walk.variables["plan"] == plan
    assert plan in family().processes
