"""Plans in the browser: versions and files, upload with preview, deploying, trying a decision."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from werkzeug.test import TestResponse

from engine import deployments
from engine.checks.catalogue import entries
from engine.work import SYSTEM
from tests.webapp import noise
from tests.webapp.conftest import House, text_of
from webapp.plans import parcel

CHANGED = noise.FILES["noise.bpmn"].replace("现场调查".encode(), "现场核查".encode())
BROKEN = noise.FILES["noise.bpmn"].replace(b'targetRef="answer"', b'targetRef="nowhere"')


def _upload(house: House, files: dict[str, bytes], note: str = "", by: str = "admin") -> TestResponse:
    offered = [(BytesIO(content), name) for name, content in files.items()]
    return house.visitor(by).post(
        "/deployments/new", {"files": offered, "note": note}, content_type="multipart/form-data"
    )


def _parcel(page: TestResponse) -> str:
    found = re.search(r'name="parcel" value="([^"]*)"', page.text)
    assert found is not None
    return found[1]


def _versions(house: House) -> list[int]:
    with house.database.work(SYSTEM, read_only=True) as work:
        return [info.version for info in deployments.versions(work, "noise")]


def test_the_list_shows_every_plan_with_its_newest_version(house: House) -> None:
    page = text_of(house.visitor("admin").get("/plans/"))

    assert "噪声扰民处置预案 noise" in page
    assert "第 1 版" in page


def test_a_plan_shows_its_steps_roles_decisions_and_files(house: House) -> None:
    page = text_of(house.visitor("admin").get("/plans/noise"))

    assert "现场调查 执法队" in page
    assert "适用预案" in page
    assert "noise_investigate.form" in page


def test_a_file_comes_back_byte_for_byte(house: House) -> None:
    with house.database.work(SYSTEM, read_only=True) as work:
        info = deployments.latest(work, "noise")

    response = house.visitor("admin").get(f"/plan-versions/{info.id}/files/noise.bpmn")

    assert response.data == noise.FILES["noise.bpmn"]
    assert response.headers["Content-Disposition"].startswith("attachment")


def test_a_file_or_version_that_is_not_there_is_not_found(house: House) -> None:
    visitor = house.visitor("admin")

    for path in (
        "/plans/nowhere",
        "/plans/noise?version=9",
        "/plan-versions/1/files/other.bpmn",
        "/plan-versions/99/files/noise.bpmn",
    ):
        assert visitor.get(path).status_code == 404


def test_whoever_only_handles_tasks_sees_no_plan(house: House) -> None:
    for path in ("/plans/", "/plans/noise", "/deployments/new", "/plan-versions/1/files/noise.bpmn"):
        assert house.visitor("mei").get(path).status_code == 403


def test_a_preview_says_which_plan_gets_a_new_version_and_stores_nothing(house: House) -> None:
    page = _upload(house, {"noise.bpmn": CHANGED})

    assert page.status_code == 200
    assert "会产生新版本： 噪声扰民处置预案" in text_of(page)
    assert "与已部署的相比： 改动 用户任务" in text_of(page)
    assert _versions(house) == [1]


def test_confirming_deploys_the_files_of_the_preview_with_the_note(house: House) -> None:
    parcel = _parcel(_upload(house, {"noise.bpmn": CHANGED}))

    answer = house.visitor("admin").post("/deployments/", {"parcel": parcel, "note": "改名"})

    assert "噪声扰民处置预案 第 2 版" in text_of(house.visitor("admin").follow(answer))
    assert _versions(house) == [2, 1]
    with house.database.work(SYSTEM, read_only=True) as work:
        info = deployments.latest(work, "noise")
        assert (info.note, info.deployed_by) == ("改名", "admin")
        assert deployments.files(work, info.id)["noise.bpmn"] == CHANGED


def test_every_error_is_shown_with_file_line_and_advice_and_nothing_can_be_deployed(house: House) -> None:
    page = _upload(house, {"noise.bpmn": BROKEN})

    assert page.status_code == 422
    assert re.search(r"noise\.bpmn:\d+", text_of(page))
    assert "没有保存任何内容" in text_of(page)
    assert 'name="parcel"' not in page.text
    assert _versions(house) == [1]


def test_a_lane_that_names_no_role_of_the_house_is_a_finding(house: House) -> None:
    page = _upload(house, {"noise.bpmn": CHANGED.replace("执法队".encode(), "巡逻队".encode())})

    assert "巡逻队" in text_of(page)
    assert "role-unknown" in text_of(page)


def test_findings_name_their_element_for_the_diagram(house: House) -> None:
    page = _upload(house, {"noise.bpmn": CHANGED.replace("执法队".encode(), "巡逻队".encode())})

    assert 'data-element="investigate"' in page.text
    assert "data-diagram-source" in page.text


def test_a_diagram_of_any_encoding_is_shown_and_cannot_break_out_of_the_page(house: House) -> None:
    hostile = CHANGED.replace("现场核查".encode(), b"&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;")
    raw = CHANGED.replace(b"</bpmn:definitions>", b"</textarea><script>alert(1)</script></bpmn:definitions>")

    for content in (hostile, raw, CHANGED.decode().replace("UTF-8", "UTF-16").encode("utf-16")):
        assert "<script>alert" not in _upload(house, {"noise.bpmn": content}).text


def test_files_of_no_known_kind_or_that_are_no_xml_are_findings(house: House) -> None:
    for files in ({"plan.exe": b"MZ"}, {"noise.bpmn": b"not xml"}, {"noise.bpmn": b""}, {"form.form": b"{"}):
        page = _upload(house, files)
        assert page.status_code == 422
        assert 'data-severity="error"' in page.text


def test_uploads_that_are_too_large_too_many_or_of_one_name_are_refused(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = {f"{number}.form": b"{}" for number in range(101)}

    assert "100" in text_of(_upload(house, many))
    with monkeypatch.context() as small:
        small.setattr(parcel, "MAX_FILE_BYTES", 1000)
        assert "2 MB" in text_of(_upload(house, {"noise.bpmn": b"x" * 1001}))
    with monkeypatch.context() as small:
        small.setattr(parcel, "MAX_TOTAL_BYTES", 1000)
        assert "8 MB" in text_of(_upload(house, {"a.form": b"x" * 600, "b.form": b"x" * 600}))
    twice = house.visitor("admin").post(
        "/deployments/new",
        {"files": [(BytesIO(b"{}"), "a.form"), (BytesIO(b"{}"), "x/a.form")]},
        content_type="multipart/form-data",
    )
    assert twice.status_code == 422
    assert "a.form" in text_of(twice)
    assert _upload(house, {}).status_code == 422


def test_a_forged_parcel_is_refused(house: House) -> None:
    parcel = _parcel(_upload(house, {"noise.bpmn": CHANGED}))

    for forged in ("", "x", parcel[:-3] + "abc", "A" + parcel):
        assert house.visitor("admin").post("/deployments/", {"parcel": forged}).status_code == 422
    assert _versions(house) == [1]


def test_the_same_files_again_make_no_version(house: House) -> None:
    page = _upload(house, {"noise.bpmn": noise.FILES["noise.bpmn"]})

    assert "不会产生新版本" in text_of(page)
    house.visitor("admin").post("/deployments/", {"parcel": _parcel(page)})
    assert _versions(house) == [1]


def test_an_older_version_can_be_looked_at(house: House) -> None:
    with house.database.work(SYSTEM) as work:
        deployments.deploy(work, {"noise.bpmn": CHANGED})

    page = text_of(house.visitor("admin").get("/plans/noise?version=1"))

    assert "看最新版本（第 2 版）" in page
    assert "现场调查" in page


def test_a_plan_is_disabled_with_a_reason_and_enabled_again(house: House) -> None:
    visitor = house.visitor("admin")

    assert visitor.post("/plans/noise/active", {"is_active": "no"}).status_code == 422
    visitor.post("/plans/noise/active", {"is_active": "no", "reason": "修订中"})
    disabled = text_of(visitor.get("/plans/noise"))
    visitor.post("/plans/noise/active", {"is_active": "yes", "reason": "修订完成"})

    assert "已停用" in disabled
    assert "已停用" not in text_of(visitor.get("/plans/"))


def test_a_decision_is_tried_and_tells_which_rules_hit(house: House) -> None:
    page = text_of(house.visitor("admin").get("/plan-versions/1/decisions/complaint_plan?v.kind=noise"))

    assert '结果 "noise"' in page
    assert "1 命中" in page
    assert "2 命中" not in page


def test_a_decision_asks_with_the_labels_and_choices_of_the_forms(house: House) -> None:
    page = house.visitor("admin").get("/plan-versions/1/decisions/complaint_plan").text

    assert "投诉类型" in page
    assert '<option value="lost">遗失</option>' in page


def test_a_decision_tried_with_odd_values_tells_why_and_never_fails(house: House) -> None:
    visitor = house.visitor("admin")

    for value in ("", "1e999", "NaN", '"', "[" * 500, "未知", "0x"):
        response = visitor.get("/plan-versions/1/decisions/complaint_plan", query_string={"v.kind": value})
        assert response.status_code == 200
    assert visitor.get("/plan-versions/1/decisions/nothing").status_code == 404


def test_every_check_is_listed_by_subject_and_leads_to_its_page(house: House) -> None:
    page = house.visitor("admin").get("/plans/findings/")

    assert "死锁：有一步永远等不到" in page.text
    links = re.findall(r'href="(/plans/findings/[a-z0-9-]+)"', page.text)
    assert len(links) == len(set(links)) == len(entries())
    assert house.visitor("admin").get(links[-1]).status_code == 200


def test_the_list_of_checks_is_for_those_who_deploy_or_monitor(house: House) -> None:
    assert house.visitor("guo").get("/plans/findings/").status_code == 403


def test_two_versions_are_compared_in_words(house: House) -> None:
    renamed = noise.FILES["noise.bpmn"].replace("现场调查".encode(), "到场调查".encode())
    renamed = renamed.replace(b"working days after(received_at, 2)", b"working days after(received_at, 3)")
    with house.database.work(SYSTEM) as work:
        deployments.deploy(work, {**noise.FILES, "noise.bpmn": renamed}, "调查放宽到 3 个工作日")
    admin = house.visitor("admin")

    plan, page = admin.get("/plans/noise"), text_of(admin.get("/plans/noise/compare"))

    assert 'href="/plans/noise/compare?to=2&amp;from=1"' in plan.text
    assert "改动 用户任务 到场调查" in page
    assert "名称 现场调查 → 到场调查" in page
    assert "期限 =working days after(received_at, 2) → =working days after(received_at, 3)" in page
    assert "共 1 处改动" in page


def test_versions_that_are_not_there_are_not_compared(house: House) -> None:
    admin = house.visitor("admin")

    assert admin.get("/plans/noise/compare").status_code == 404
    assert admin.get("/plans/noise/compare?from=7&to=1").status_code == 404
    assert "选的是同一个版本" in text_of(admin.get("/plans/noise/compare?from=1&to=1"))
    assert house.visitor("mei").get("/plans/noise/compare?from=1&to=1").status_code == 403


def test_a_version_that_is_only_drawn_otherwise_says_so(house: House) -> None:
    with house.database.work(SYSTEM) as work:
        deployments.deploy(work, {**noise.FILES, "noise.bpmn": noise.FILES["noise.bpmn"] + b"<!-- moved -->"})

    assert "只改了画法" in text_of(house.visitor("admin").get("/plans/noise/compare"))
