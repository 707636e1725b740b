"""Nobody approves what they did themselves: a step with the property "approves"."""

from __future__ import annotations

import pytest

from engine import tasks
from engine.errors import NotAllowed
from tests.engine.conftest import ADMINISTRATOR, COLLEAGUE, OFFICER, House


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
