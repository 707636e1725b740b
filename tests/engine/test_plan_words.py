"""English names: what an author wrote and what the organisation says, learnt when a plan is deployed."""

from __future__ import annotations

import json

from engine import deployments, plan_words
from engine.work import Database, FixedClock
from tests.engine import plans
from tests.engine.conftest import ADMINISTRATOR, House

NAMED = '<zeebe:properties><zeebe:property name="name-en" value="{}"/></zeebe:properties>'


def files(english: str = "Investigate") -> dict[str, bytes]:
    """Return a plan with a step named by its author, and a role named by the organisation."""
    plan = plans.diagram(
        "named",
        plans.start(),
        plans.user_task("look", name="调查", extra=NAMED.format(english)),
        plans.end(),
        plans.flow("begin", "look"),
        plans.flow("look", "done"),
        lanes={"专员": "begin look done"},
    )
    seat = {"seat": "head", "title": "专员", "title_en": "Officer", "role": "专员"}
    group = {"id": "g", "name": "工作组", "name_en": "Group", "duties": [], "seats": [seat]}
    organisation = {"plan": "named", "source": "模板", "groups": [group], "resources": []}
    return {
        "named.bpmn": plan,
        "named.organisation.json": json.dumps(organisation).encode(),
    }


def test_a_deployed_plan_teaches_its_english_names(database: Database, clock: FixedClock) -> None:
    house = House(database, clock)

    house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, files()))

    words = house.act(ADMINISTRATOR, plan_words.english)
    assert {zh: words[zh] for zh in ("调查", "工作组", "专员")} == {
        "调查": "Investigate",
        "工作组": "Group",
        "专员": "Officer",
    }


def test_the_plan_deployed_last_has_the_last_word(database: Database, clock: FixedClock) -> None:
    house = House(database, clock)
    house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, files()))

    house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, files("Look into it")))

    assert house.act(ADMINISTRATOR, plan_words.english)["调查"] == "Look into it"
