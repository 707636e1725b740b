"""Jobs: timers that fire by themselves, services that are called, failures that become incidents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import incidents, instances, jobs, tasks
from engine.errors import Conflict
from engine.services import ServiceRequest
from engine.tables import Job, Setting
from tests.conftest import NOW
from tests.engine.conftest import ADMINISTRATOR, DIRECTOR, OFFICER, House


def names(house: House, actor: object) -> list[str]:
    """Return the names of the tasks that are offered to the actor."""
    return [task.name for task in house.act(actor, lambda work: tasks.inbox(work, box="roles").items)]  # type: ignore[arg-type]


def test_a_deadline_fires_when_it_is_due_and_not_before(house: House) -> None:
    house.start("watched")
    house.clock.set(NOW + timedelta(hours=23, minutes=59))
    assert jobs.run_due(house.database, {}) == 0

    house.clock.set(NOW + timedelta(hours=24))
    jobs.run_due(house.database, {})

    assert names(house, DIRECTOR) == ["督办"]
    assert names(house, OFFICER) == ["调查核实"]


def test_a_deadline_that_was_met_never_fires(house: House) -> None:
    house.start("watched")
    task = house.act(OFFICER, lambda work: tasks.inbox(work, box="roles").items[0])
    house.act(OFFICER, lambda work: tasks.complete(work, task.id, {}))

    house.clock.set(NOW + timedelta(days=3))

    assert jobs.run_due(house.database, {}) == 0
    assert house.act(ADMINISTRATOR, lambda work: work.session.scalars(select(Job)).all()) == []


def test_a_job_handed_out_twice_takes_effect_once(house: House) -> None:
    house.start("watched")
    house.clock.set(NOW + timedelta(hours=24))
    job_id = house.act(ADMINISTRATOR, lambda work: jobs.due(work)[0])

    effects = [jobs.perform(house.database, job_id, {}) for _ in range(2)]

    assert effects == [True, False]
    assert names(house, DIRECTOR) == ["督办"]


def test_a_claimed_job_is_not_claimed_again_until_its_worker_went_silent(house: House) -> None:
    house.start("watched")
    house.clock.set(NOW + timedelta(hours=24))
    first = house.act(ADMINISTRATOR, jobs.claim)

    assert len(first) == 1
    assert house.act(ADMINISTRATOR, jobs.claim) == []

    house.clock.set(NOW + timedelta(hours=24, minutes=5))
    house.act(ADMINISTRATOR, jobs.rescue)
    assert house.act(ADMINISTRATOR, jobs.claim) == first


def test_the_next_due_moment_is_known_without_looking_at_cases(house: House) -> None:
    house.start("watched")

    assert house.act(ADMINISTRATOR, jobs.next_due) == NOW + timedelta(hours=24)


def test_a_suspended_case_fires_its_deadline_only_after_it_is_resumed(house: House) -> None:
    instance_id = house.start("watched")
    house.act(ADMINISTRATOR, lambda work: instances.suspend(work, instance_id, "等待鉴定"))
    house.clock.set(NOW + timedelta(hours=30))
    assert jobs.run_due(house.database, {}) == 0

    house.act(ADMINISTRATOR, lambda work: instances.resume(work, instance_id, "鉴定已出"))
    jobs.run_due(house.database, {})

    assert names(house, DIRECTOR) == ["督办"]


def test_a_moved_deadline_fires_at_its_new_moment(house: House) -> None:
    instance_id = house.start("watched")
    (wait,) = [
        w for w in house.act(ADMINISTRATOR, lambda work: instances.waits(work, instance_id)) if w.kind == "timer"
    ]
    later = NOW + timedelta(hours=48)
    house.act(ADMINISTRATOR, lambda work: instances.move_deadline(work, instance_id, wait.token, later, "节日顺延"))

    house.clock.set(NOW + timedelta(hours=25))
    assert jobs.run_due(house.database, {}) == 0
    house.clock.set(later)
    jobs.run_due(house.database, {})

    assert names(house, DIRECTOR) == ["督办"]


def test_a_deadline_moved_while_its_case_is_suspended_waits_for_the_case(house: House) -> None:
    instance_id = house.start("watched")
    waits = house.act(ADMINISTRATOR, lambda work: instances.waits(work, instance_id))
    token = next(wait.token for wait in waits if wait.kind == "timer")
    house.act(ADMINISTRATOR, lambda work: instances.suspend(work, instance_id, "等待鉴定"))
    later = NOW + timedelta(hours=30)
    house.act(ADMINISTRATOR, lambda work: instances.move_deadline(work, instance_id, token, later, "节日顺延"))

    house.clock.set(later)
    before = jobs.run_due(house.database, {})
    house.act(ADMINISTRATOR, lambda work: instances.resume(work, instance_id, "鉴定已出"))
    jobs.run_due(house.database, {})

    assert before == 0
    assert names(house, DIRECTOR) == ["督办"]


def test_a_service_is_called_with_the_variables_and_its_answer_becomes_variables(house: House) -> None:
    asked: list[Mapping[str, Any]] = []

    def notify(request: ServiceRequest) -> dict[str, Any]:
        asked.append(request.variables)
        return {"receipt": "R-1"}

    instance_id = house.start("served", subject="噪声")
    jobs.run_due(house.database, {"notify": notify})

    assert [item["subject"] for item in asked] == ["噪声"]
    assert house.act(OFFICER, lambda work: instances.variables(work, instance_id))["receipt"] == "R-1"
    assert names(house, OFFICER) == ["核对"]


def test_what_a_failing_service_wrote_is_rolled_back(house: House) -> None:
    def notify(request: ServiceRequest) -> None:
        request.work.session.add(Setting(key="half", value={}))
        request.work.session.flush()
        raise RuntimeError("mail server is down")

    house.start("served")
    jobs.run_due(house.database, {"notify": notify})

    assert house.act(ADMINISTRATOR, lambda work: work.session.get(Setting, "half")) is None
    assert house.act(ADMINISTRATOR, lambda work: work.session.scalars(select(Job)).one()).attempts == 1


def test_a_service_that_keeps_failing_becomes_an_incident_and_a_retry_goes_on(house: House) -> None:
    def broken(request: ServiceRequest) -> None:
        raise RuntimeError("mail server is down")

    instance_id = house.start("served")
    for hours in range(4):
        house.clock.set(NOW + timedelta(hours=2 * hours))
        jobs.run_due(house.database, {"notify": broken})
    (incident,) = house.act(ADMINISTRATOR, lambda work: incidents.open_incidents(work).items)
    assert (incident.element_id, incident.instance_id) == ("notify", instance_id)
    assert "mail server is down" in incident.zh

    house.act(ADMINISTRATOR, lambda work: incidents.retry(work, incident.id))
    jobs.run_due(house.database, {"notify": lambda request: None})

    assert names(house, OFFICER) == ["核对"]
    assert house.act(ADMINISTRATOR, lambda work: incidents.open_incidents(work).items) == []


def test_an_unknown_service_says_so_in_its_incident(house: House) -> None:
    house.start("served")
    for hours in range(4):
        house.clock.set(NOW + timedelta(hours=2 * hours))
        jobs.run_due(house.database, {})

    (incident,) = house.act(ADMINISTRATOR, lambda work: incidents.open_incidents(work).items)

    assert incident.code == "service-unknown"
    assert "notify" in incident.zh


def test_an_incident_is_retried_once(house: House) -> None:
    house.start("served")
    for hours in range(4):
        house.clock.set(NOW + timedelta(hours=2 * hours))
        jobs.run_due(house.database, {})
    (incident,) = house.act(ADMINISTRATOR, lambda work: incidents.open_incidents(work).items)
    house.act(ADMINISTRATOR, lambda work: incidents.retry(work, incident.id))

    with pytest.raises(Conflict, match="admin"):
        house.act(ADMINISTRATOR, lambda work: incidents.retry(work, incident.id))
