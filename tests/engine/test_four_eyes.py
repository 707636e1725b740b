"""Nobody approves what they did themselves: a step with the property "approves"."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from engine import tasks
from engine.errors import NotAllowed
from engine.work import Actor
from tests.engine.conftest import ADMINISTRATOR, COLLEAGUE, DIRECTOR, OFFICER, House


@pytest.fixture
def approval(house: House) -> int:
    """Give the id of an approval of what the officer proposed."""
    house.start("four_eyes")
    (proposal,) = house.act(OFFICER, lambda work: tasks.inbox(work, box="roles").items)
    house.act(OFFICER, lambda work: tasks.complete(work, proposal.id, {}))
    (task,) = house.act(OFFICER, lambda work: tasks.inbox(work, box="roles").items)
    return task.id


@pytest.mark.parametrize("verb", ["claim", "complete", "draft", "reassign"])
def test_who_proposed_cannot_approve(house: House, approval: int, verb: str):
    acts = {
        "claim": (OFFICER, lambda work: tasks.claim(work, approval)),
        "complete": (OFFICER, lambda work: tasks.complete(work, approval, {})),
        "draft": (OFFICER, lambda work: tasks.save_draft(work, approval, {})),
        "reassign": (ADMINISTRATOR, lambda work: tasks.reassign(work, approval, OFFICER.id, "代办")),
    }

    with pytest.raises(NotAllowed) as raised:
        house.act(*acts[verb])

    assert raised.value.code == "own-work"
    assert "审批方案" in raised.value.zh


def test_the_page_of_the_approval_offers_it_to_somebody_else_only(house: House, approval: int):
    mine = house.act(OFFICER, lambda work: tasks.get(work, approval))
    theirs = house.act(COLLEAGUE, lambda work: tasks.get(work, approval))

    assert (mine.may_claim, mine.may_complete, mine.is_own_work) == (False, False, True)
    assert (theirs.may_claim, theirs.may_complete, theirs.is_own_work) == (True, True, False)


def test_a_colleague_approves(house: House, approval: int):
    house.act(COLLEAGUE, lambda work: tasks.complete(work, approval, {}))

    assert house.act(COLLEAGUE, lambda work: tasks.get(work, approval)).outcome == "completed"


def test_who_completes_the_proposal_is_not_led_on_to_its_approval(house: House):
    house.start("four_eyes")
    (proposal,) = house.act(OFFICER, lambda work: tasks.inbox(work, box="roles").items)

    done = house.act(OFFICER, lambda work: tasks.complete(work, proposal.id, {}))

    assert done.next_task_id is None


def test_an_approval_asks_the_database_no_more_than_any_other_task(house: House):
    def statements(actor: Actor, task_id: int) -> int:
        lines: list[str] = []

        def listen(*call: Any) -> None:
            lines.append(call[2])

        event.listen(house.database.pool, "before_cursor_execute", listen)
        house.act(actor, lambda work: tasks.complete(work, task_id, {}))
        event.remove(house.database.pool, "before_cursor_execute", listen)
        return len([line for line in lines if not line.startswith("BEGIN")])

    house.start("two_steps")
    (ordinary,) = house.act(OFFICER, lambda work: tasks.inbox(work, box="roles").items)
    house.act(OFFICER, lambda work: tasks.complete(work, ordinary.id, {}))
    (last,) = house.act(DIRECTOR, lambda work: tasks.inbox(work, box="roles").items)
    usual = statements(DIRECTOR, last.id)
    house.start("four_eyes")
    (proposal,) = house.act(OFFICER, lambda work: tasks.inbox(work, box="roles").items)
    house.act(OFFICER, lambda work: tasks.complete(work, proposal.id, {}))
    (task,) = house.act(COLLEAGUE, lambda work: tasks.inbox(work, box="roles").items)

    assert statements(COLLEAGUE, task.id) == usual <= 10
