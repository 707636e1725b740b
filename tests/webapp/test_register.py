"""Registering complaints: numbers without gaps, the plan that the table picks, doubles, who finds what."""

from __future__ import annotations

import re
from datetime import datetime
from threading import Barrier, Thread

import pytest

from engine import instances
from engine.calendars import BEIJING
from engine.errors import Conflict, EngineError, InvalidAnswers
from engine.work import SYSTEM
from tests.webapp import noise
from tests.webapp.conftest import House, text_of
from webapp import complaint_words, complaints, people, staffing


def count(house: House) -> int:
    with house.database.work(SYSTEM, read_only=True) as work:
        return len(complaints.search(work, limit=100).items)


def test_a_complaint_gets_its_number_starts_its_plan_and_tells_it_everything(house: House):
    case = house.register()

    assert (case.case_number, case.plan, case.status) == ("TS-2026-000001", "noise", "running")
    assert case.steps == ("现场调查",)
    with house.database.work(SYSTEM, read_only=True) as work:
        known = instances.variables(work, case.instance_id)
    assert known["received_at"] == "2026-09-21T08:30:00+08:00"
    assert (known["case_number"], known["registered_by"], known["complainant_name"]) == (
        case.case_number,
        "李晓梅",
        "王芳",
    )


def test_what_every_case_knows_besides_the_form_is_told_to_the_checks(house: House):
    case = house.register()

    with house.database.work(SYSTEM, read_only=True) as work:
        known = set(instances.variables(work, case.instance_id))
        told = staffing.known(work).given

    assert {"case_number", "registered_by", "received_at"} <= told <= known


def test_numbers_have_no_gaps_even_when_registering_fails(house: House):
    house.register()
    for kind, error in (("lost", Conflict), ("no such kind", InvalidAnswers)):
        with pytest.raises(error):
            house.register(kind=kind)

    assert house.register().case_number == "TS-2026-000002"


def test_numbers_begin_anew_each_year_of_beijing(house: House):
    house.register()
    house.clock.set(datetime(2027, 1, 1, 0, 1, tzinfo=BEIJING))

    assert house.register().case_number == "TS-2027-000001"


def test_many_who_register_at_once_get_numbers_without_gap_or_double(house: House):
    with house.database.work(SYSTEM, read_only=True) as work:
        actor = people.find(work, "mei").actor
    gate, numbers = Barrier(4), []

    def register() -> None:
        gate.wait()
        for _ in range(3):
            with house.database.work(actor) as work:
                numbers.append(complaints.register(work, noise.ANSWERS).case_number)

    threads = [Thread(target=register) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(numbers) == [f"TS-2026-{number:06}" for number in range(1, 13)]


def test_a_page_sent_twice_registers_once(house: House):
    with house.database.work(SYSTEM, read_only=True) as work:
        actor = people.find(work, "mei").actor
    with house.database.work(actor) as work:
        first = complaints.register(work, noise.ANSWERS, once="page-1")

    with pytest.raises(Conflict) as raised, house.database.work(actor) as work:
        complaints.register(work, noise.ANSWERS, once="page-1")

    assert raised.value.details["case_number"] == first.case_number
    assert count(house) == 1
    assert house.register().case_number == "TS-2026-000002"


def test_a_plan_that_is_not_deployed_stores_nothing(house: House):
    with pytest.raises(EngineError) as raised:
        house.register(kind="lost")

    assert raised.value.code == "plan-not-deployed"
    assert count(house) == 0


def test_a_complaint_received_later_than_now_is_refused(house: House):
    with pytest.raises(InvalidAnswers) as raised:
        house.register(received_at="2026-09-21T09:30")

    assert list(raised.value.faults) == ["received_at"]


def test_a_complaint_is_seen_by_who_takes_part_and_by_who_watches(house: House):
    case = house.register()

    def sees(name: str) -> bool:
        with house.database.work(SYSTEM, read_only=True) as work:
            actor = people.find(work, name).actor
        with house.database.work(actor, read_only=True) as work:
            return [item.case_number for item in complaints.search(work).items] == [case.case_number]

    assert [sees(name) for name in ("mei", "guo", "admin", "men")] == [True, True, True, False]


def test_a_confidential_complaint_is_gone_from_every_list_and_search_of_others(house: House):
    case = house.register()
    with house.database.work(SYSTEM) as work:
        instances.restrict(work, case.instance_id, ["guo"])

    for name, sees in (("guo", True), ("mei", False), ("admin", False)):
        visitor = house.visitor(name)
        assert (visitor.get(f"/complaints/{case.case_number}").status_code == 200) is sees
        found = visitor.get(f"/complaints?q={case.case_number}").text
        assert (f'href="/complaints/{case.case_number}"' in found) is sees


def test_complaints_are_found_by_number_person_contact_and_words(house: House):
    house.register()

    with house.database.work(SYSTEM, read_only=True) as work:
        for words in (
            "TS-2026-000001",
            "ts-2026-000001",
            "000001",
            "王芳",
            "夜间施工",
            "十一点",
            "13812345678",
            "138-1234-5678",
        ):
            assert complaints.search(work, words=words).items, words
        for words in ("%", "_", "没有这个词", "' or 1=1 --", "TS-2026-00000"):
            assert not complaints.search(work, words=words).items, words


def test_the_same_matter_from_the_same_contact_is_noticed(house: House):
    first = house.register()
    with house.database.work(SYSTEM, read_only=True) as work:

        def numbers(**changes: str) -> list[str]:
            found = complaints.alike(work, {**noise.ANSWERS, **changes})
            return [item.case_number for item in found]

        assert numbers(complainant_contact="13812345678", complainant_name="王女士") == [first.case_number]
        assert numbers(complainant_contact="13900000000") == []
        other = {"subject": "退费", "content": "课程不满意要求办理手续", "complainant_name": "李"}
        assert numbers(**other) == []


@pytest.mark.parametrize(
    ("contact", "shown"),
    [("138 1234 5678", "138****5678"), ("zhang@example.com", "z***@example.com"), ("微信 wangfang", "微***"), ("", "")],
)
def test_contacts_are_masked(contact: str, shown: str):
    assert complaint_words.masked(contact) == shown


class TestPages:
    """The same through pages, on one kind of database."""

    @pytest.fixture
    def database_kind(self) -> str:
        return "sqlite"

    def fields(self, house: House, **changes: str) -> dict[str, str]:
        once = re.search(r'name="_once" value="([^"]+)"', house.visitor("mei").get("/complaints/new").text)
        assert once is not None
        return {**noise.ANSWERS, "_once": once[1], **changes}

    def test_a_complaint_is_registered_from_the_page(self, house: House):
        mei = house.visitor("mei")

        landed = mei.follow(mei.post("/complaints/new", self.fields(house)))

        assert "已登记，编号 TS-2026-000001，按“噪声扰民处置预案”办理" in text_of(landed)
        assert "138****5678" in text_of(landed)
        assert "138 1234 5678" not in landed.text

    def test_the_page_comes_with_the_present_moment_and_the_name(self, house: House):
        page = house.visitor("mei").get("/complaints/new").text

        assert 'type="datetime-local" value="2026-09-21T09:00"' in page
        assert 'value="李晓梅"' in page

    def test_faults_stand_at_their_fields(self, house: House):
        answer = house.visitor("mei").post(
            "/complaints/new", self.fields(house, subject="", kind="", received_at="2027-01-01T00:00")
        )

        assert answer.status_code == 422
        assert "有 2 处需要更正" in text_of(answer)
        assert "投诉事项： 此项必填" in text_of(answer) or "投诉事项：此项必填" in text_of(answer)
        assert count(house) == 0

    def test_a_likely_double_is_asked_about_first(self, house: House):
        house.register()
        mei = house.visitor("mei")

        asked = mei.post("/complaints/new", self.fields(house))
        assert asked.status_code == 200
        assert "可能已经登记过" in text_of(asked)
        assert count(house) == 1
        assert mei.post("/complaints/new", self.fields(house, _confirmed="1")).status_code == 303
        assert count(house) == 2

    def test_a_second_press_of_the_button_is_told_the_number(self, house: House):
        mei, fields = house.visitor("mei"), self.fields(house)
        mei.post("/complaints/new", fields)

        again = mei.post("/complaints/new", {**fields, "_confirmed": "1"})

        assert again.status_code == 409
        assert "编号 TS-2026-000001，没有重复登记" in text_of(again)
        assert 'href="/complaints/TS-2026-000001"' in again.text

    def test_who_may_not_register_is_refused(self, house: House):
        assert house.visitor("guo").get("/complaints/new").status_code == 403
        assert house.visitor("guo").post("/complaints/new", noise.ANSWERS).status_code == 403

    def test_a_house_without_the_form_says_what_to_deploy(self, house: House, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(complaints, "FORM", "another_form")

        answer = house.visitor("mei").get("/complaints/new")

        assert answer.status_code == 404
        assert "请预案管理员先部署" in text_of(answer)

    def test_the_print_has_facts_and_steps_and_no_full_contact(self, house: House):
        case = house.register()
        guo = house.visitor("guo")
        guo.post(f"/tasks/{house.task_id(case)}/complete", {"finding": "yes"})

        page = guo.get(f"/complaints/{case.case_number}/print")

        assert all(
            word in text_of(page) for word in (case.case_number, "现场调查", "张建国", "答复投诉人", "138****5678")
        )
        assert "138 1234 5678" not in page.text

    def test_an_unknown_number_is_not_found(self, house: House):
        assert house.visitor("mei").get("/complaints/TS-2026-999999").status_code == 404
        assert house.visitor("mei").get("/complaints?after=x").status_code == 404
        assert house.visitor("mei").get("/complaints?q=a&status=odd&kind=%27").status_code == 200

    def test_a_null_character_in_the_address_is_refused(self, house: House):
        assert house.visitor("mei").get("/complaints?q=%00a").status_code == 400

    def test_choices_speak_the_language_chosen(self, house: House):
        mei = house.visitor("mei")
        mei.post("/language", {"language": "en", "next": "/complaints/new"})

        page = mei.get("/complaints/new")

        assert '<html lang="en">' in page.text
        assert ">Noise</option>" in page.text
        assert "Register a complaint" in text_of(page)


def test_no_page_shows_more_than_the_ends_of_a_contact(house: House):
    case = house.register()
    visitor = house.visitor("mei")

    for path in (
        "/complaints",
        f"/complaints/{case.case_number}",
        f"/complaints/{case.case_number}/print",
        f"/cases/{case.instance_id}?steps=all",
    ):
        page = visitor.get(path).text
        assert "138****5678" in page, path
        assert "1234" not in page, path


def test_who_says_why_sees_a_contact_once_and_the_history_keeps_it(house: House):
    case = house.register()
    visitor = house.visitor("mei")

    answer = visitor.post(
        f"/complaints/{case.case_number}/contact", {"reason": "约定回访时间", "case": str(case.instance_id)}
    )

    assert answer.location == f"/cases/{case.instance_id}"
    page = text_of(visitor.follow(answer))
    assert "联系方式：138 1234 5678（已记入办理记录）" in page
    assert "查看联系方式 理由：约定回访时间" in page
    assert "1234" not in visitor.get(f"/cases/{case.instance_id}").text


def test_a_contact_is_not_shown_without_a_reason(house: House):
    case = house.register()

    answer = house.visitor("mei").post(f"/complaints/{case.case_number}/contact", {"reason": " "})

    assert answer.status_code == 422
    assert "请说明查看联系方式的理由。" in text_of(answer)


def test_who_may_not_see_a_complaint_is_not_shown_its_contact(house: House):
    case = house.register()

    answer = house.visitor("men").post(f"/complaints/{case.case_number}/contact", {"reason": "好奇"})

    assert answer.status_code == 404
    assert "1234" not in answer.text
