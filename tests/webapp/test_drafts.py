"""Drafts of plans: one's own, saved by revision, deployed at once or not at all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import deployments
from engine.checks import Known
from engine.errors import EngineError, InvalidPlan, NotAllowed, NotFound
from engine.work import SYSTEM, Actor, UnitOfWork
from tests.webapp import noise
from tests.webapp.conftest import House
from webapp import drafts

PLAN = noise.FILES["noise.bpmn"]
CHANGED = PLAN.replace("现场调查".encode(), "现场核查".encode())
BROKEN = PLAN.replace(b'targetRef="answer"', b'targetRef="nowhere"')
OWNER = Actor("admin", "王管理", permissions=frozenset({"deploy"}))
OTHER = Actor("mei", "李晓梅", permissions=frozenset({"deploy"}))


@pytest.fixture
def work(house: House) -> Iterator[UnitOfWork]:
    with house.database.work(OWNER) as work:
        yield work


def _begin(work: UnitOfWork, content: bytes = PLAN) -> drafts.DraftInfo:
    return drafts.begin(work, "noise.bpmn", "噪声", content, deployments.latest(work, "noise").id)


def _as(work: UnitOfWork, actor: Actor) -> UnitOfWork:
    return UnitOfWork(work.session, work.now, actor, work.calendar)


def test_a_draft_is_saved_and_comes_back_byte_for_byte(work: UnitOfWork):
    draft = _begin(work)

    saved = drafts.save(work, draft.id, CHANGED, draft.revision, "噪声新案")

    assert drafts.content(work, draft.id) == CHANGED
    assert (saved.revision, saved.title) == (2, "噪声新案")
    assert drafts.mine(work) == [saved]


def test_saving_the_same_again_is_no_new_revision(work: UnitOfWork):
    draft = _begin(work)

    assert drafts.save(work, draft.id, PLAN, draft.revision).revision == 1


def test_the_later_of_two_windows_is_told_and_writes_nothing_over(work: UnitOfWork):
    draft = _begin(work)
    drafts.save(work, draft.id, CHANGED, draft.revision)

    with pytest.raises(drafts.DraftConflict) as told:
        drafts.save(work, draft.id, BROKEN, draft.revision)

    assert told.value.details["revision"] == 2
    assert drafts.content(work, draft.id) == CHANGED


def test_beginning_again_goes_on_with_the_draft_that_is_there(work: UnitOfWork):
    first = _begin(work)
    drafts.save(work, first.id, CHANGED, first.revision)

    again = _begin(work)

    assert again.id == first.id
    assert drafts.content(work, again.id) == CHANGED


def test_a_draft_is_hidden_from_everybody_else(work: UnitOfWork):
    draft = _begin(work)
    other = _as(work, OTHER)

    assert drafts.mine(other) == []
    for verb in (drafts.find, drafts.content, drafts.discard, drafts.newest):
        with pytest.raises(NotFound):
            verb(other, draft.id)
    with pytest.raises(NotFound):
        drafts.save(other, draft.id, CHANGED, draft.revision)


def test_without_the_permission_to_deploy_there_are_no_drafts(work: UnitOfWork):
    with pytest.raises(NotAllowed):
        _begin(_as(work, Actor("guo")))


@pytest.mark.parametrize("name", ["../noise.bpmn", "noise.dmn", "a b.bpmn", "", "n" * 200 + ".bpmn"])
def test_a_draft_needs_the_name_of_a_diagram(work: UnitOfWork, name: str):
    with pytest.raises(EngineError) as told:
        drafts.begin(work, name, "", PLAN)

    assert told.value.code == "draft-name"


def test_nothing_empty_and_nothing_large_is_kept(work: UnitOfWork, monkeypatch: pytest.MonkeyPatch):
    draft = _begin(work)
    monkeypatch.setattr(drafts, "MAX_BYTES", len(PLAN))

    for content, code in ((b"  ", "draft-empty"), (PLAN + b" ", "draft-large")):
        with pytest.raises(EngineError) as told:
            drafts.save(work, draft.id, content, draft.revision)
        assert told.value.code == code

    assert drafts.content(work, draft.id) == PLAN


def test_one_person_keeps_a_bounded_number_of_drafts(work: UnitOfWork, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(drafts, "MAX_DRAFTS", 1)
    _begin(work)

    with pytest.raises(EngineError) as told:
        drafts.begin(work, "other.bpmn", "", PLAN)

    assert told.value.code == "drafts-too-many"


def test_a_deployed_draft_is_the_next_version_and_no_draft_any_more(work: UnitOfWork):
    draft = _begin(work, CHANGED)

    drafts.deploy(work, draft.id, "核查更准确", Known())

    newest = deployments.latest(work, "noise")
    assert (newest.version, newest.note, newest.deployed_by) == (2, "核查更准确", "admin")
    assert deployments.files(work, newest.id)["noise.bpmn"] == CHANGED
    assert drafts.mine(work) == []


def test_a_draft_with_errors_is_not_deployed_and_stays(house: House):
    with house.database.work(OWNER) as work:
        draft = _begin(work, BROKEN)

    with pytest.raises(InvalidPlan), house.database.work(OWNER) as work:
        drafts.deploy(work, draft.id, "", Known())

    with house.database.work(OWNER) as work:
        assert deployments.latest(work, "noise").version == 1
        assert drafts.content(work, draft.id) == BROKEN


def test_a_version_deployed_in_between_is_not_replaced_unseen(work: UnitOfWork):
    draft = _begin(work, CHANGED)
    deployments.deploy(_as(work, SYSTEM), {"noise.bpmn": PLAN.replace("答复".encode(), "回复".encode())})

    with pytest.raises(drafts.DraftOutdated) as told:
        drafts.deploy(work, draft.id, "", Known())
    drafts.deploy(work, draft.id, "", Known(), replaces=told.value.details["newest"])

    assert deployments.latest(work, "noise").version == 3
