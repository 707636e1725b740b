"""English names: what an author wrote, what the form and the organisation say, learnt when a plan is deployed."""

from __future__ import annotations

import json

from engine import deployments, plan_words
from engine.work import Database, FixedClock
from tests.engine import plans
from tests.engine.conftest import ADMINISTRATOR, House

NAMED = '<zeebe:properties><zeebe:property name="name-en" value="{}"/></zeebe:properties>'


def files(english: str = "Investigate") -> dict[str, bytes]:
    """Return a plan with one step named by its author, one by its form, and a role named by the organisation."""
    plan = plans.diagram(
        "named",
        plans.start(),
        plans.user_task("look", name="调查", extra=NAMED.format(english)),
        plans.user_task("answer", name="答复", form="named_answer"),
        plans.end(),
        plans.flow("begin", "look"),
        plans.flow("look", "answer"),
        plans.flow("answer", "done"),
        lanes={"专员": "begin look answer done"},
    )
    form = {
        "id": "named_answer",
        "properties": {"title": "答复", "title_en": "Answer"},
        "components": [{"type": "textfield", "key": "words", "label": "内容"}],
    }
    seat = {"seat": "head", "title": "组长", "title_en": "Head", "role": "专员"}
    group = {"id": "g", "name": "工作组", "name_en": "Group", "duties": [], "seats": [seat]}
    organisation = {"plan": "named", "source": "模板", "groups": [group], "resources": []}
    return {
        "named.bpmn": plan,
        "named_answer.form": json.dumps(form).encode(),
        "named.organisation.json": json.dumps(organisation).encode(),
    }


def test_a_deployed_plan_teaches_its_english_names(database: Database, clock: FixedClock) -> None:
    house = House(database, clock)

    house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, files()))

    words = house.act(ADMINISTRATOR, plan_words.english)
    assert {zh: words[zh] for zh in ("调查", "答复", "工作组", "组长", "专员")} == {
        "调查": "Investigate",
        "答复": "Answer",
        "工作组": "Group",
        "组长": "Head",
        "专员": "Head",
    }


def test_the_plan_deployed_last_has_the_last_word(database: Database, clock: FixedClock) -> None:
    house = House(database, clock)
    house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, files()))

    house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, files("Look into it")))

    assert house.act(ADMINISTRATOR, plan_words.english)["调查"] == "Look into it"
