"""The page on which people tell a case something outside its tasks."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest

from engine import deployments, instances, jobs
from engine.work import SYSTEM
from tests.engine import plans
from tests.engine.test_reports import FORM, TURNING
from tests.webapp.conftest import House, text_of
from webapp import people


@pytest.fixture
def case(house: House) -> int:
    """Start a case that may be told something, and return its id."""
    plan = TURNING.replace("专员".encode(), "客服人员".encode())
    with house.database.work(SYSTEM) as work:
        deployments.deploy(work, {"turning.bpmn": plan, "turning_turned.form": FORM})
    with house.database.work(SYSTEM, read_only=True) as work:
        actor = people.find(work, "mei").actor
    with house.database.work(actor) as work:
        return instances.start(work, "turning", {}, business_key="TS-1")


def test_the_page_of_the_case_leads_to_what_may_be_reported(house: House, case: int) -> None:
    page = house.visitor("mei").get(f"/cases/{case}")

    assert "随时登记" in text_of(page)
    assert f"/cases/{case}/reports/turned" in page.text


def test_a_report_comes_back_to_the_case_with_its_new_task(house: House, case: int) -> None:
    visitor = house.visitor("mei")
    assert "变化" in text_of(visitor.get(f"/cases/{case}/reports/turned"))

    answer = visitor.post(f"/cases/{case}/reports/turned", {"what_changed": "媒体来电"})

    assert answer.status_code == 303
    page = text_of(visitor.get(f"/cases/{case}"))
    assert "召集" in page
    assert "登记情况 ： 案情变化" in page


def test_an_incomplete_report_is_shown_again_with_what_is_missing(house: House, case: int) -> None:
    answer = house.visitor("mei").post(f"/cases/{case}/reports/turned", {"what_changed": ""})

    assert answer.status_code == 422
    assert "field-error" in answer.text or "请填写" in text_of(answer)


def test_somebody_without_a_part_in_the_case_gets_no_page(house: House, case: int) -> None:
    visitor = house.visitor("guo")

    assert visitor.get(f"/cases/{case}/reports/turned").status_code == 404
    assert visitor.post(f"/cases/{case}/reports/turned", {"what_changed": "媒体来电"}).status_code == 404
    assert visitor.post(f"/cases/{case}/reports/turned/look", {"what_changed": "媒体来电"}).status_code == 404


def test_a_report_takes_files_with_its_form_and_keeps_them_through_a_fault(house: House, case: int) -> None:
    visitor = house.visitor("mei")
    address = f"/cases/{case}/reports/turned"
    letter = (io.BytesIO(b"%PDF-1.7 x"), "来函.pdf")

    page = visitor.post(address, {"what_changed": "", "_once": "page-1", "proof": letter})
    (draft,) = re.findall(r'<input type="hidden" name="proof" value="(\w+)">', page.text)
    answer = visitor.post(address, {"what_changed": "媒体来电", "_once": "page-1", "proof": draft})

    assert page.status_code == 422
    assert "来函.pdf" in text_of(visitor.follow(answer))


def test_a_passed_deadline_says_which_step_it_watched(house: House) -> None:
    watched = plans.diagram(
        "watched",
        plans.start(),
        plans.user_task("handle", name="办理"),
        plans.timer_boundary("late", "handle", "PT24H"),
        plans.end(),
        plans.end("told"),
        plans.flow("begin", "handle"),
        plans.flow("handle", "done"),
        plans.flow("late", "told"),
        lanes={"客服人员": "begin handle done late told"},
    )
    with house.database.work(SYSTEM) as work:
        deployments.deploy(work, {"watched.bpmn": watched})
        instance = instances.start(work, "watched", {}, business_key="TS-2")
    house.clock.set(house.clock.now() + timedelta(days=2))
    jobs.run_due(house.database, {})

    page = text_of(house.visitor("mei").get(f"/cases/{instance}"))

    assert "时限已到 ： late 针对：办理" in page
