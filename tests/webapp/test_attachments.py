"""Attachments on pages: with a form and by a script, refused in time and with words, sent out to who may see the case."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from engine import attachments, history, instances
from engine.work import SYSTEM
from tests.webapp import noise
from tests.webapp.conftest import House, Visitor, settings, text_of
from webapp import people
from webapp.app import create_app
from webapp.complaints import ComplaintInfo

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PDF = b"%PDF-1.7\n" + b"\0" * 40
MEGABYTE = 1024 * 1024
JSON = {"Accept": "application/json"}


@pytest.fixture
def house(house: House) -> House:
    """Give the house with limits that a test can reach."""
    small = settings(most_file_megabytes=1, most_case_megabytes=3, most_case_files=5)
    house.app = create_app(small, house.database)
    house.database.bounds = small.bounds
    return house


@pytest.fixture
def case(house: House) -> ComplaintInfo:
    """Give a case whose task asks for photographs."""
    return house.register()


def part(content: bytes = PNG, name: str = "现场.png") -> tuple[io.BytesIO, str]:
    """Return a file as a part of a page's form."""
    return io.BytesIO(content), name


def send(visitor: Visitor, path: str, content: bytes = PNG, **query: str) -> TestResponse:
    """Send one file as a script does."""
    headers = {**JSON, "X-CSRFToken": visitor.token(), "Content-Type": "application/octet-stream"}
    return visitor.client.post(
        path, data=content, query_string={"field": "photos", "name": "现场.png", **query}, headers=headers
    )


def post_large(visitor: Visitor, path: str, fields: dict[str, Any]) -> TestResponse:
    """Send a form with files as a browser does; the test client itself would leave a temporary file open."""
    parts = {name: FileStorage(*value) if isinstance(value, tuple) else value for name, value in fields.items()}
    boundary, body = encode_multipart({"csrf_token": visitor.token(), **parts})
    return visitor.client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def held(house: House, case: ComplaintInfo, by: str = "guo") -> list[attachments.AttachmentInfo]:
    """Return what somebody sees of the case's attachments."""
    with house.database.work(SYSTEM, read_only=True) as work:
        actor = people.find(work, by).actor
    with house.database.work(actor, read_only=True) as work:
        return attachments.of_instance(work, case.instance_id)


def shown(page: TestResponse, field: str = "photos") -> list[str]:
    """Return the attachments that a page's form would send."""
    return re.findall(rf'<input type="hidden" name="{field}" value="(\w+)">', page.text)


def kept(house: House, case: ComplaintInfo) -> attachments.AttachmentInfo:
    """Complete the task with one photograph and return it."""
    guo = house.visitor("guo")
    answer = guo.post(f"/tasks/{house.task_id(case)}/complete", {"finding": "yes", "photos": part()})
    assert answer.status_code == 303
    return held(house, case)[0]


# --- with the form --------------------------------------------------------------------------------------------


def test_a_file_goes_along_with_the_form_that_completes_the_task(house: House, case: ComplaintInfo):
    guo = house.visitor("guo")

    answer = guo.post(
        f"/tasks/{house.task_id(case)}/complete", {"finding": "yes", "photos": [part(), part(PNG + b"2", "2.png")]}
    )

    assert answer.status_code == 303
    assert {(one.name, one.state) for one in held(house, case)} == {("现场.png", "kept"), ("2.png", "kept")}


def test_a_draft_keeps_its_files_and_shows_them_again(house: House, case: ComplaintInfo):
    guo, task = house.visitor("guo"), house.task_id(case)

    page = guo.follow(guo.post(f"/tasks/{task}/draft", {"finding": "yes", "photos": part()}))

    assert "现场.png" in text_of(page)
    assert guo.post(f"/tasks/{task}/complete", {"finding": "yes", "photos": shown(page)}).status_code == 303
    assert [one.state for one in held(house, case)] == ["kept"]


def test_files_survive_a_fault_elsewhere_in_the_form(house: House, case: ComplaintInfo):
    guo, task = house.visitor("guo"), house.task_id(case)

    page = guo.post(f"/tasks/{task}/complete", {"finding": "", "photos": part()})

    assert page.status_code == 422
    assert len(shown(page)) == 1


def test_a_refused_file_loses_nothing_else(house: House, case: ComplaintInfo):
    guo, task = house.visitor("guo"), house.task_id(case)
    fields = {
        "finding": "no",
        "reason": "现场无噪声",
        "photos": [part(), part(PDF, "报告.pdf"), part(b"MZ" + b"\0" * 99, "程序.png")],
    }

    page = guo.post(f"/tasks/{task}/complete", fields)

    assert page.status_code == 422
    assert "现场无噪声" in page.text
    assert "不是可以添加的类型" in text_of(page)
    assert len(shown(page)) == 1
    assert house.task_id(case) == task


def test_a_file_that_is_too_large_is_told_in_the_form_and_the_answers_are_still_there(
    house: House, case: ComplaintInfo
):
    guo, task = house.visitor("guo"), house.task_id(case)
    fields = {"photos": part(PNG + b"\0" * (2 * MEGABYTE), "大图.png"), "finding": "no", "reason": "另行说明"}

    page = post_large(guo, f"/tasks/{task}/complete", fields)

    assert page.status_code == 422
    assert "“大图.png”超过每个文件 1 MB 的上限" in text_of(page)
    assert "另行说明" in page.text
    assert held(house, case) == []


def test_a_form_that_is_larger_than_all_files_may_be_is_refused_before_it_is_read(house: House, case: ComplaintInfo):
    guo, task = house.visitor("guo"), house.task_id(case)

    class Endless(io.BytesIO):
        def read(self, *_size: Any) -> bytes:
            raise AssertionError("nobody may read this")

    answer = guo.client.post(
        f"/tasks/{task}/complete",
        input_stream=Endless(),
        environ_overrides={"CONTENT_LENGTH": str(900 * MEGABYTE)},
        content_type="multipart/form-data; boundary=x",
    )

    assert answer.status_code == 413
    assert "返回" in text_of(answer)


def test_other_pages_take_no_large_request(house: House):
    mei = house.visitor("mei")

    answer = post_large(mei, "/me/password", {"x": part(b"\0" * (17 * MEGABYTE), "x")})

    assert answer.status_code == 413


def test_without_a_script_a_button_takes_a_file_away_and_keeps_the_answers(house: House, case: ComplaintInfo):
    guo, task = house.visitor("guo"), house.task_id(case)
    page = guo.follow(guo.post(f"/tasks/{task}/draft", {"finding": "no", "photos": part()}))
    (photo,) = shown(page)

    after = guo.follow(
        guo.post(f"/tasks/{task}/draft", {"finding": "no", "photos": photo, "_action": f"detach:{photo}"})
    )

    assert shown(after) == []
    assert re.search(r'value="no"\s+checked', after.text)
    assert held(house, case) == []


def test_sending_the_form_twice_keeps_the_file_once(house: House, case: ComplaintInfo):
    guo, task = house.visitor("guo"), house.task_id(case)
    guo.post(f"/tasks/{task}/complete", {"finding": "yes", "photos": part()})

    again = guo.post(f"/tasks/{task}/complete", {"finding": "yes", "photos": part()})

    assert again.status_code == 409
    assert len(held(house, case)) == 1


# --- by a script ----------------------------------------------------------------------------------------------


def test_a_script_sends_one_file_and_gets_its_id(house: House, case: ComplaintInfo):
    guo, task = house.visitor("guo"), house.task_id(case)

    answer = send(guo, f"/tasks/{task}/attachments")

    assert answer.status_code == 201
    assert answer.json is not None
    assert {**answer.json, "id": ""} == {"id": "", "name": "现场.png", "size": "48 B", "media_type": "image/png"}
    assert shown(guo.get(f"/tasks/{task}")) == [answer.json["id"]]


@pytest.mark.parametrize(
    ("content", "query", "status", "code"),
    [
        (PNG + b"\0" * MEGABYTE, {}, 413, "file-too-large"),
        (b"MZ\0\0", {}, 415, "file-refused"),
        (b"<html></html>", {}, 415, "file-refused"),
        (PDF, {}, 415, "file-kind-unwanted"),
        (b"", {}, 422, "file-empty"),
        (PNG, {"field": "finding"}, 422, "no-file-field"),
        (PNG, {"field": "readings[0].decibels"}, 422, "no-file-field"),
        (PNG, {"field": "a\x00b"}, 400, "http-400"),
    ],
    ids=["too large", "program", "web page", "unwanted kind", "empty", "no field", "no file field", "NUL"],
)
def test_a_file_is_refused_with_its_status_and_words(
    house: House, case: ComplaintInfo, content: bytes, query: dict[str, str], status: int, code: str
):
    guo, task = house.visitor("guo"), house.task_id(case)

    answer = send(guo, f"/tasks/{task}/attachments", content, **query)

    assert (answer.status_code, answer.json and answer.json["error"]["code"]) == (status, code)
    assert held(house, case) == []


def test_a_file_that_says_it_is_too_large_is_not_read(house: House, case: ComplaintInfo):
    guo, task = house.visitor("guo"), house.task_id(case)

    class Endless(io.BytesIO):
        def read(self, *_size: Any) -> bytes:
            raise AssertionError("nobody may read this")

    answer = guo.client.post(
        f"/tasks/{task}/attachments?field=photos&name=x.png",
        input_stream=Endless(),
        environ_overrides={"CONTENT_LENGTH": str(2 * MEGABYTE)},
        content_type="application/octet-stream",
        headers={**JSON, "X-CSRFToken": guo.token()},
    )

    assert answer.status_code == 413


def test_a_case_holds_only_so_much(house: House, case: ComplaintInfo):
    guo, task = house.visitor("guo"), house.task_id(case)
    statuses = [
        send(guo, f"/tasks/{task}/attachments", PNG + bytes([number]) * 900_000).status_code for number in range(4)
    ]

    assert statuses == [201, 201, 201, 413]


def test_a_script_without_the_token_is_refused(house: House, case: ComplaintInfo):
    guo, task = house.visitor("guo"), house.task_id(case)

    answer = guo.client.post(f"/tasks/{task}/attachments?field=photos&name=x.png", data=PNG, headers=JSON)

    assert answer.status_code == 400


@pytest.mark.parametrize(("who", "status"), [("qiang", 409), ("mei", 403), ("men", 404)])
def test_somebody_else_adds_nothing_to_a_claimed_task(house: House, case: ComplaintInfo, who: str, status: int):
    task = house.task_id(case)
    house.visitor("guo").post(f"/tasks/{task}/claim")

    answer = send(house.visitor(who), f"/tasks/{task}/attachments")

    # Who registered the case sees its task, which is held by now: that is said before whose role it is.
    assert answer.status_code == (409 if who == "mei" else status)
    assert held(house, case) == []


def test_a_script_takes_a_draft_away_and_nobody_elses(house: House, case: ComplaintInfo):
    guo, task = house.visitor("guo"), house.task_id(case)
    photo = send(guo, f"/tasks/{task}/attachments").json["id"]  # type: ignore[index]

    house.visitor("qiang").post(f"/tasks/{task}/attachments/{photo}/discard")
    assert len(held(house, case)) == 1
    answer = guo.post(f"/tasks/{task}/attachments/{photo}/discard")

    assert answer.status_code == 204
    assert held(house, case) == []


def test_a_draft_of_another_task_cannot_be_completed_with(house: House, case: ComplaintInfo):
    guo, other = house.visitor("guo"), house.register(subject="另一件", content="别的事情")
    foreign = send(guo, f"/tasks/{house.task_id(other)}/attachments").json["id"]  # type: ignore[index]

    page = guo.post(f"/tasks/{house.task_id(case)}/complete", {"finding": "yes", "photos": foreign})

    assert page.status_code == 422
    assert "请重新上传" in text_of(page)


# --- registering ----------------------------------------------------------------------------------------------


def test_a_complaint_is_registered_with_files(house: House):
    mei = house.visitor("mei")

    answer = mei.post("/complaints/new", {**noise.ANSWERS, "_once": "page-1", "papers": [part(PDF, "来信.pdf")]})

    page = mei.follow(answer)
    assert "来信.pdf" in text_of(page)
    assert "登记时提交" in text_of(page)


def test_files_stay_while_the_registering_form_is_corrected(house: House):
    mei = house.visitor("mei")
    wrong = {**noise.ANSWERS, "subject": "", "_once": "page-1", "papers": part(PDF, "来信.pdf")}
    page = mei.post("/complaints/new", wrong)
    (letter,) = shown(page, "papers")

    answer = mei.post("/complaints/new", {**noise.ANSWERS, "_once": "page-1", "papers": letter})

    assert page.status_code == 422
    assert "来信.pdf" in text_of(mei.follow(answer))


def test_a_script_uploads_before_the_complaint_is_there(house: House):
    mei = house.visitor("mei")
    letter = send(mei, "/complaints/attachments", PDF, field="papers", name="来信.pdf", page="page-1").json["id"]  # type: ignore[index]

    answer = mei.post("/complaints/new", {**noise.ANSWERS, "_once": "page-1", "papers": letter})

    assert "来信.pdf" in text_of(mei.follow(answer))


def test_a_file_of_another_page_is_not_registered_with(house: House):
    mei = house.visitor("mei")
    letter = send(mei, "/complaints/attachments", PDF, field="papers", name="来信.pdf", page="page-1").json["id"]  # type: ignore[index]

    page = mei.post("/complaints/new", {**noise.ANSWERS, "_once": "page-2", "papers": letter})

    assert page.status_code == 422


def test_pages_that_are_never_sent_do_not_fill_the_house(house: House):
    mei = house.visitor("mei")

    statuses = [
        send(
            mei, "/complaints/attachments", PDF + bytes([number]) * 900_000, field="papers", page=f"page-{number}"
        ).status_code
        for number in range(4)
    ]

    assert statuses == [201, 201, 201, 413]


def test_only_who_registers_uploads_there(house: House):
    assert send(house.visitor("guo"), "/complaints/attachments", PDF, field="papers", page="page-1").status_code == 403


# --- going out ------------------------------------------------------------------------------------------------


def test_an_attachment_is_saved_and_not_opened(house: House, case: ComplaintInfo):
    photo = kept(house, case)

    answer = house.visitor("guo").get(f"/cases/{case.instance_id}/attachments/{photo.id}")

    assert answer.data == PNG
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert "filename*=UTF-8''%E7%8E%B0%E5%9C%BA.png" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["ETag"] == f'"{photo.digest}"'
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_picture_may_be_shown_and_nothing_else(house: House, case: ComplaintInfo):
    photo = kept(house, case)
    mei = house.visitor("mei")
    letter_case = mei.follow(
        mei.post(
            "/complaints/new",
            {
                **noise.ANSWERS,
                "subject": "乙",
                "content": "乙",
                "_confirmed": "1",
                "_once": "p",
                "papers": part(PDF, "信.pdf"),
            },
        )
    )
    (address,) = re.findall(r'href="(/cases/\d+/attachments/\w+)"', letter_case.text)

    picture = house.visitor("guo").get(f"/cases/{case.instance_id}/attachments/{photo.id}?show=1")
    letter = mei.get(f"{address}?show=1")

    assert picture.headers["Content-Disposition"].startswith("inline")
    assert picture.headers["Content-Security-Policy"].endswith("sandbox allow-same-origin")
    assert letter.headers["Content-Disposition"].startswith("attachment")


def test_a_part_of_a_file_and_an_unchanged_one_are_answered_as_asked(house: House, case: ComplaintInfo):
    guo, task = house.visitor("guo"), house.task_id(case)
    content = PNG + bytes(range(256)) * 2048
    post_large(guo, f"/tasks/{task}/complete", {"finding": "yes", "photos": part(content)})
    address = f"/cases/{case.instance_id}/attachments/{held(house, case)[0].id}"
    whole = guo.get(address)

    piece = guo.get(address, headers={"Range": "bytes=300000-300009"})
    unchanged = guo.get(address, headers={"If-None-Match": whole.headers["ETag"]})

    assert whole.data == content
    assert (piece.status_code, piece.data) == (206, content[300000:300010])
    assert (unchanged.status_code, unchanged.data) == (304, b"")


@pytest.mark.parametrize("who", ["men", None])
def test_nobody_gets_a_file_of_a_case_that_they_may_not_see(house: House, case: ComplaintInfo, who: str | None):
    photo = kept(house, case)

    answer = house.visitor(who).get(f"/cases/{case.instance_id}/attachments/{photo.id}")

    assert answer.status_code == (404 if who else 303)


def test_an_id_belongs_to_its_case(house: House, case: ComplaintInfo):
    photo, other = kept(house, case), house.register(subject="另一件", content="别的事情")
    mei = house.visitor("mei")

    assert mei.get(f"/cases/{other.instance_id}/attachments/{photo.id}").status_code == 404
    assert mei.get(f"/cases/{case.instance_id}/attachments/{'0' * 16}").status_code == 404


def test_taking_a_file_of_a_confidential_case_is_recorded_once(house: House, case: ComplaintInfo):
    photo = kept(house, case)
    with house.database.work(SYSTEM) as work:
        instances.restrict(work, case.instance_id, ["guo"])
    address = f"/cases/{case.instance_id}/attachments/{photo.id}"

    house.visitor("guo").get(address)
    house.visitor("guo").get(address, headers={"Range": "bytes=20-30"})
    house.visitor("guo").get(address, headers={"If-None-Match": f'"{photo.digest}"'})
    house.visitor("guo").client.head(address)

    assert house.visitor("admin").get(address).status_code == 404
    with house.database.work(SYSTEM, read_only=True) as work:
        entries = history.read(work, case.instance_id)
    assert [entry.actor for entry in entries if entry.what == "downloaded"] == ["guo"]


def test_the_case_lists_who_attached_what_and_an_administrator_takes_one_out(house: House, case: ComplaintInfo):
    photo = kept(house, case)
    admin = house.visitor("admin")
    page = admin.get(f"/cases/{case.instance_id}")
    assert photo.digest in page.text
    assert "现场调查 · 张建国" in text_of(page)

    answer = admin.post(f"/monitor/cases/{case.instance_id}/attachments/{photo.id}/remove", {"reason": "误传他人照片"})
    assert answer.status_code == 303, text_of(answer)

    after = admin.get(f"/cases/{case.instance_id}")
    assert "误传他人照片" in text_of(after)
    assert admin.get(f"/cases/{case.instance_id}/attachments/{photo.id}").status_code == 404


def test_the_print_of_a_complaint_names_its_files_with_their_digests(house: House, case: ComplaintInfo):
    photo = kept(house, case)

    page = house.visitor("mei").get(f"/complaints/{case.case_number}/print")

    assert photo.digest in text_of(page)


def test_a_hostile_name_changes_no_header(house: House, case: ComplaintInfo):
    guo, task = house.visitor("guo"), house.task_id(case)
    photo = send(guo, f"/tasks/{task}/attachments", name='a"\r\nSet-Cookie: x=1;/../\u202egnp.exe').json["id"]  # type: ignore[index]

    answer = guo.get(f"/cases/{case.instance_id}/attachments/{photo}")

    assert "Set-Cookie: x=1" not in str(answer.headers)
    assert "gnp.exe.png" in answer.headers["Content-Disposition"]
