"""Deploying: versions by content, families, errors that leave nothing behind."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from engine import checks, deployments, instances
from engine.errors import EngineError, InvalidPlan, NotAllowed
from engine.tables import Deployment, FileContent, ProcessDefinition
from tests.engine import plans
from tests.engine.conftest import ADMINISTRATOR, FILES, OFFICER, House


def test_the_same_content_is_the_same_version(house: House) -> None:
    again = house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, FILES))

    assert again.deployment_id is None
    assert {info.version for info in again.definitions} == {1}


def test_a_changed_diagram_is_a_new_version_of_its_plan_only(house: House) -> None:
    changed = plans.TWO_STEPS.replace("调查核实".encode(), "现场调查".encode())

    made = house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, {"two_steps.bpmn": changed}))

    assert [(info.key, info.version, info.is_new) for info in made.definitions] == [("two_steps", 2, True)]


def test_a_changed_form_is_a_new_version_of_the_plans_that_use_it(house: House) -> None:
    changed = plans.ASKING_FORM.replace("调查结论".encode(), "结论".encode())

    made = house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, {"asking_report.form": changed}))

    assert [(info.key, info.version) for info in made.definitions] == [("asking", 2)]


def test_a_running_case_stays_on_its_version(house: House) -> None:
    instance_id = house.start("two_steps")
    changed = plans.TWO_STEPS.replace("调查核实".encode(), "现场调查".encode())
    house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, {"two_steps.bpmn": changed}))

    assert house.act(ADMINISTRATOR, lambda work: instances.get(work, instance_id)).plan_version == 1


def test_the_files_come_back_as_their_author_saved_them(house: House) -> None:
    info = house.act(ADMINISTRATOR, lambda work: deployments.latest(work, "asking"))

    assert house.act(ADMINISTRATOR, lambda work: deployments.files(work, info.id)) == {
        "asking.bpmn": plans.ASKING,
        "asking_report.form": plans.ASKING_FORM,
    }


def test_exporting_and_deploying_again_changes_nothing(house: House) -> None:
    folder = house.act(ADMINISTRATOR, deployments.export)

    assert folder == FILES
    assert house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, folder)).deployment_id is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.bpmn", b"<bpmn:definitions"),
        ("bomb.bpmn", b'<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>'),
        ("missing_form.bpmn", plans.ASKING.replace(b"asking_report", b"no_such_form")),
        ("broken.form", b'{"id": '),
    ],
)
def test_a_file_with_an_error_is_named_and_nothing_is_stored(house: House, name: str, content: bytes) -> None:
    def count(table: type) -> int:
        return house.act(ADMINISTRATOR, lambda work: work.session.scalar(select(func.count()).select_from(table)) or 0)

    before = [count(table) for table in (Deployment, ProcessDefinition, FileContent)]

    with pytest.raises(InvalidPlan) as raised:
        house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, {name: content}))

    assert raised.value.findings[0].file == name
    assert [count(table) for table in (Deployment, ProcessDefinition, FileContent)] == before


def test_a_file_that_no_plan_uses_is_named_in_a_warning(house: House) -> None:
    lonely = plans.ASKING_FORM.replace(b"asking_report", b"lonely")

    deployed = house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, {"lonely.form": lonely}))

    assert [(finding.code, finding.file) for finding in deployed.findings] == [("file-unused", "lonely.form")]


def test_what_was_wrong_before_with_another_plan_does_not_stop_a_deployment(house: House) -> None:
    known = checks.Known(roles={"专员"})  # the role 主任 of other plans has been removed meanwhile
    changed = plans.DUE.replace("答复".encode(), "书面答复".encode())

    deployed = house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, {"due.bpmn": changed}, known=known))

    assert [(info.key, info.version) for info in deployed.definitions] == [("due", 2)]


def test_breaking_another_plan_is_an_error_though_its_file_is_not_among_those_deployed(house: House) -> None:
    renamed = plans.ASKING_FORM.replace(b'"asking_report"', b'"asking_answer"')
    changed = plans.DUE

    with pytest.raises(InvalidPlan) as raised:
        house.act(
            ADMINISTRATOR,
            lambda work: deployments.deploy(work, {"asking_report.form": renamed, "due.bpmn": changed}),
        )

    assert "asking.bpmn" in {finding.file for finding in raised.value.findings}


def test_a_preview_stores_nothing_and_says_what_would_change(house: House) -> None:
    changed = plans.TWO_STEPS.replace("调查核实".encode(), "现场调查".encode())

    preview = house.act(ADMINISTRATOR, lambda work: deployments.preview(work, {"two_steps.bpmn": changed}))

    assert preview.changes == [("two_steps", "two_steps预案")]
    assert house.act(ADMINISTRATOR, lambda work: deployments.latest(work, "two_steps")).version == 1


def test_deploying_needs_its_permission(house: House) -> None:
    with pytest.raises(NotAllowed):
        house.act(OFFICER, lambda work: deployments.deploy(work, FILES))


def test_deploying_nothing_is_refused(house: House) -> None:
    with pytest.raises(EngineError) as raised:
        house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, {}))

    assert raised.value.code == "no-files"
