"""The demo: everybody can sign in, every task is in somebody's reach, the samples stand at different stages."""

from __future__ import annotations

from sqlalchemy import select

from engine import incidents
from engine.tables import ProcessInstance, UserTask
from engine.work import SYSTEM, Clock, Database
from webapp import demo, people
from webapp.demo.cast import PASSWORD
from webapp.demo.samples import SAMPLES


def test_the_demo_fills_an_empty_house_without_an_incident(database: Database):
    database.clock = Clock()

    demo.fill(database)

    assert demo.is_filled(database)
    with database.work(SYSTEM, read_only=True) as work:
        assert incidents.open_incidents(work).items == []
        assert len(work.session.scalars(select(ProcessInstance)).all()) >= len(SAMPLES)


def test_every_open_task_of_the_demo_is_in_somebodys_reach(database: Database):
    database.clock = Clock()
    demo.fill(database)

    with database.work(SYSTEM, read_only=True) as work:
        roles = {role for person in people.everybody(work) for role in person.roles}
        waiting = work.session.execute(
            select(UserTask.element_id, UserTask.groups).where(UserTask.closed_at.is_(None))
        ).all()

    assert [element for element, groups in waiting if not roles.intersection(groups)] == []
    assert len({element for element, _ in waiting}) >= 6


def test_somebody_has_each_role_that_the_plans_name(database: Database):
    demo.fill(database, samples=())

    with database.work(SYSTEM, read_only=True) as work:
        roles = people.roles(work)

    assert [role.name for role in roles if not role.people] == []
    assert {role.name for role in roles} >= {"客服人员", "行政部", "总经理"}


def test_everybody_of_the_demo_signs_in_with_the_printed_password(database: Database):
    demo.fill(database, samples=())

    with database.work(SYSTEM, read_only=True) as work:
        assert people.has_password(work, "kefu", PASSWORD)
        assert not people.has_password(work, "kefu", "banjie-dem0")
