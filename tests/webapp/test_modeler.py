"""The modeler's pages and calls: drafts, checking while drawing, deploying; who may, and what bad input gets."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from engine import deployments
from engine.work import SYSTEM
from tests.webapp import noise
from tests.webapp.conftest import House, text_of
from webapp import drafts

PLAN = noise.FILES["noise.bpmn"].decode()
CHANGED = PLAN.replace("现场调查", "现场核查")
BROKEN = PLAN.replace('targetRef="answer"', 'targetRef="nowhere"')


def _post(house: House, path: str, content: Any, by: str = "admin") -> TestResponse:
    visitor = house.visitor(by)
    return visitor.client.post(
        path, json=content, headers={"X-CSRFToken": visitor.token(), "Accept": "application/json"}
    )


def _begin(house: House) -> int:
    response = house.visitor("admin").post("/modeler/plans/noise")
    assert response.status_code == 303
    return int(response.location.rsplit("/", 1)[1])


def _check(house: House, xml: str, file: str = "noise.bpmn") -> Any:
    response = _post(house, "/modeler/check", {"file": file, "xml": xml})
    assert response.status_code == 200, response.text
    return response.json


def test_changing_a_plan_begins_a_draft_with_its_newest_file(house: House):
    draft = _begin(house)

    page = house.visitor("admin").get(f"/modeler/drafts/{draft}")
    file = house.visitor("admin").get(f"/modeler/drafts/{draft}/file")

    assert "噪声扰民处置预案" in text_of(page)
    assert "改自第 1 版" in text_of(page)
    assert file.data == noise.FILES["noise.bpmn"]
    assert file.headers["X-Draft-Revision"] == "1"


def test_the_drawing_page_allows_style_attributes_and_no_scripts(house: House):
    policy = house.visitor("admin").get(f"/modeler/drafts/{_begin(house)}").headers["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe-eval" not in policy


def test_a_new_plan_begins_with_its_lanes_and_nothing_wrong(house: House):
    fields = {"name": "遗失物品预案", "key": "lost_item", "roles": ["客服人员", "执法队"]}

    response = house.visitor("admin").post("/modeler/new", fields)

    draft = int(response.location.rsplit("/", 1)[1])
    xml = house.visitor("admin").get(f"/modeler/drafts/{draft}/file").text
    told = _check(house, xml, "lost_item.bpmn")
    assert [one for one in told["findings"] if one["severity"] == "error"] == []
    assert told["changes"] == [{"key": "lost_item", "name": "遗失物品预案"}]
    assert xml.count("<bpmn:lane ") == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": ""}, "请填写预案名称"),
        ({"key": "Lost Item"}, "编号以小写字母开头"),
        ({"key": "noise"}, "已被另一个预案使用"),
        ({"roles": []}, "请选择 1 至 8 个岗位"),
        ({"roles": ["没有这个岗位"]}, "请选择 1 至 8 个岗位"),
    ],
)
def test_a_new_plan_needs_a_name_an_id_and_roles(house: House, change: dict[str, Any], told: str):
    fields = {"name": "遗失物品预案", "key": "lost_item", "roles": ["客服人员"], **change}

    response = house.visitor("admin").post("/modeler/new", fields)

    assert response.status_code == 422
    assert told in text_of(response)


def test_a_name_with_signs_of_xml_stays_a_name(house: House):
    fields = {"name": 'A<b> & "c"', "key": "signs", "roles": ["客服人员"]}

    response = house.visitor("admin").post("/modeler/new", fields)

    draft = int(response.location.rsplit("/", 1)[1])
    told = _check(house, house.visitor("admin").get(f"/modeler/drafts/{draft}/file").text, "signs.bpmn")
    assert told["changes"] == [{"key": "signs", "name": 'A<b> & "c"'}]


def test_checking_says_what_is_wrong_where_and_what_to_do(house: House):
    told = _check(house, BROKEN)

    (error,) = [one for one in told["findings"] if one["code"] == "dangling-reference"]
    assert (error["severity"], error["file"], error["element"]) == ("error", "noise.bpmn", "f3")
    assert error["message"]
    assert error["advice"]
    assert error["help"] == "/plans/findings/dangling-reference"
    assert told["is_refused"]
    assert told["count"]["error"] >= 1
    assert told["changes"] == []


def test_checking_speaks_the_language_of_the_reader(house: House):
    visitor = house.visitor("admin")
    visitor.post("/language", {"language": "en"})

    told = _check(house, BROKEN)

    assert any("nowhere" in one["message"] and one["message"].isascii() for one in told["findings"])


def test_checking_stores_nothing(house: House):
    _check(house, CHANGED)

    with house.database.work(SYSTEM, read_only=True) as work:
        assert deployments.latest(work, "noise").version == 1
    assert "没有草稿" in text_of(house.visitor("admin").get("/modeler/"))


def test_a_lane_of_no_role_is_told_while_drawing(house: House):
    told = _check(house, PLAN.replace('name="执法队"', 'name="巡逻队"'))

    assert any("巡逻队" in one["message"] for one in told["findings"])


@pytest.mark.parametrize("xml", ["", "<", "<a>", "nonsense", "\x00", "<!DOCTYPE a><a/>", "<a/>", "😀"])
def test_what_is_no_diagram_is_a_finding(house: House, xml: str):
    told = _check(house, xml)

    assert told["is_refused"]
    assert all(one["severity"] == "error" and one["message"] for one in told["findings"][:1])


def test_checking_tells_what_elements_refer_to_with_where_to_look(house: House):
    named = _check(house, PLAN)["references"]

    (form,) = named["investigate"]
    assert (form["kind"], form["id"]) == ("form", "noise_investigate")
    assert form["fields"]
    assert house.visitor("admin").get(form["url"]).status_code == 200
    (decision,) = named["pick"]
    assert house.visitor("admin").get(decision["url"]).status_code == 200


@pytest.mark.parametrize(
    "content", [None, [], "text", {}, {"file": "noise.bpmn"}, {"file": 1, "xml": "<a/>"}, {"file": "a", "xml": None}]
)
def test_a_question_that_is_none_is_a_bad_request(house: House, content: Any):
    response = _post(house, "/modeler/check", content)

    assert response.status_code == 400
    assert response.json["error"]["message"]


def test_too_large_a_diagram_is_refused_before_it_is_read(house: House):
    response = _post(house, "/modeler/check", {"file": "a.bpmn", "xml": "x" * (drafts.MAX_BYTES + 1)})

    assert (response.status_code, response.json["error"]["code"]) == (422, "draft-large")


def test_saving_counts_revisions_and_tells_a_conflict(house: House):
    draft = _begin(house)

    first = _post(house, f"/modeler/drafts/{draft}", {"xml": CHANGED, "revision": 1, "title": "噪\x00声"})
    second = _post(house, f"/modeler/drafts/{draft}", {"xml": BROKEN, "revision": 1})

    assert first.json["revision"] == 2
    assert (second.status_code, second.json["error"]["code"], second.json["error"]["revision"]) == (
        409,
        "draft-conflict",
        2,
    )


def test_deploying_makes_the_next_version_with_its_note(house: House):
    draft = _begin(house)
    _post(house, f"/modeler/drafts/{draft}", {"xml": CHANGED, "revision": 1})

    response = _post(house, f"/modeler/drafts/{draft}/deploy", {"revision": 2, "note": "更准确", "replaces": None})

    assert response.json == {"url": "/plans/noise"}
    assert "第 2 版" in text_of(house.visitor("admin").get("/plans/noise"))
    assert house.visitor("admin").get(f"/modeler/drafts/{draft}").status_code == 404


def test_deploying_with_errors_tells_all_of_them_and_keeps_the_draft(house: House):
    draft = _begin(house)
    _post(house, f"/modeler/drafts/{draft}", {"xml": BROKEN, "revision": 1})

    response = _post(house, f"/modeler/drafts/{draft}/deploy", {"revision": 2, "note": ""})

    assert response.status_code == 422
    assert response.json["error"]["findings"]
    assert house.visitor("admin").get(f"/modeler/drafts/{draft}").status_code == 200


def test_deploying_what_another_window_has_changed_is_a_conflict(house: House):
    draft = _begin(house)
    _post(house, f"/modeler/drafts/{draft}", {"xml": CHANGED, "revision": 1})

    response = _post(house, f"/modeler/drafts/{draft}/deploy", {"revision": 1, "note": ""})

    assert (response.status_code, response.json["error"]["code"]) == (409, "draft-conflict")


def test_who_may_not_deploy_gets_to_nothing_of_the_modeler(house: House):
    draft = _begin(house)

    for path in ("/modeler/", f"/modeler/drafts/{draft}", f"/modeler/drafts/{draft}/file"):
        assert house.visitor("mei").get(path).status_code == 403
    for path in ("/modeler/check", f"/modeler/drafts/{draft}", f"/modeler/drafts/{draft}/deploy"):
        assert _post(house, path, {"file": "a", "xml": "<a/>", "revision": 1}, by="mei").status_code == 403


def test_calls_without_the_token_of_the_session_are_refused(house: House):
    draft = _begin(house)
    client = house.visitor("admin").client

    for path in ("/modeler/check", f"/modeler/drafts/{draft}", f"/modeler/drafts/{draft}/deploy"):
        response = client.post(path, json={"file": "a", "xml": "<a/>"}, headers={"Accept": "application/json"})
        assert (response.status_code, response.json["error"]["code"]) == (400, "csrf")


def test_a_draft_is_deleted_by_its_owner(house: House):
    draft = _begin(house)

    response = house.visitor("admin").post(f"/modeler/drafts/{draft}/discard")

    assert "草稿已删除" in text_of(house.visitor("admin").follow(response))
    assert house.visitor("admin").get(f"/modeler/drafts/{draft}").status_code == 404


def test_every_code_has_a_page_that_says_what_it_means(house: House):
    page = text_of(house.visitor("admin").get("/plans/findings/sound-deadlock"))

    assert "死锁" in page
    assert "为什么要紧" in page
    assert "有问题的 " in page
    assert "改好的 " in page
    assert house.visitor("admin").get("/plans/findings/no-such-code").status_code == 404


@pytest.mark.parametrize("path", ["/", "/plans/", "/plans/noise", "/modeler/", "/deployments/new"])
def test_the_drawing_tool_is_loaded_on_its_own_page_only(house: House, path: str):
    page = house.visitor("admin").get(path, follow_redirects=True)

    assert page.status_code == 200
    assert not re.search(r"/static/dist/modeler|/static/css/modeler", page.text)


def test_a_plan_has_a_door_to_the_modeler_for_who_may_deploy(house: House):
    page = house.visitor("admin").get("/plans/noise")

    assert re.search(r'action="/modeler/plans/noise"', page.text)


def test_checking_tells_what_deploying_would_change(house: House):
    told = _check(house, noise.FILES["noise.bpmn"].decode().replace("现场调查", "到场调查"))

    assert told["differences"] == ["改动 用户任务 到场调查（名称）"]
    assert told["more"] == 0
    assert _check(house, noise.FILES["noise.bpmn"].decode())["differences"] == []


def test_a_draft_that_was_overtaken_leads_to_what_changed_meanwhile(house: House):
    draft = _begin(house)
    with house.database.work(SYSTEM) as work:
        deployments.deploy(work, {**noise.FILES, "noise.bpmn": CHANGED.encode()})

    page = house.visitor("admin").get(f"/modeler/drafts/{draft}")

    assert "已有人部署了第 2 版" in text_of(page)
    assert 'href="/plans/noise/compare?to=2&amp;from=1"' in page.text
