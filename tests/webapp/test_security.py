"""The doors of the whole application: every page says who may open it, every answer is guarded, every error is told."""

from __future__ import annotations

import re

import pytest
from flask import Blueprint
from sqlalchemy.exc import OperationalError

from tests.webapp.conftest import House, Visitor, text_of
from webapp.auth import door_of
from webapp.people import PERMISSIONS

#: Every page that somebody may open who has not signed in.
PUBLIC = {"static", "auth.icon", "auth.sign_in", "auth.sign_in_with_password", "auth.sign_out", "auth.choose_language"}


@pytest.fixture
def database_kind() -> str:
    """Doors do not differ by database."""
    return "sqlite"


def test_every_page_says_who_may_open_it(house: House):
    views = house.app.view_functions
    rules = {rule.endpoint for rule in house.app.url_map.iter_rules()}

    forgotten = {endpoint for endpoint in rules if door_of(views[endpoint]) is None}
    open_to_all = {endpoint for endpoint in rules if door_of(views[endpoint]) == "public"}
    asked = {
        choice
        for endpoint in rules - open_to_all
        for one in door_of(views[endpoint]) or ()
        for choice in one.split("|")
    }

    assert forgotten == set()
    assert open_to_all == PUBLIC
    assert asked <= set(PERMISSIONS)


def test_nobody_gets_into_any_page_without_signing_in(house: House):
    visitor = house.visitor()
    token = visitor.token()
    for rule in house.app.url_map.iter_rules():
        if rule.endpoint in PUBLIC:
            continue
        path = re.sub(r"<(?:int:)?[^>]+>", "1", rule.rule)
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            data = None if method == "GET" else {"csrf_token": token}
            page = visitor.client.open(path, method=method, data=data)
            assert page.status_code in (303, 404), (rule, method, page.status_code)
            api = visitor.client.open(path, method=method, data=data, headers={"Accept": "application/json"})
            assert api.status_code in (401, 404), (rule, method, api.status_code)


def test_a_page_whose_author_forgot_the_door_is_closed(house: House):
    room = Blueprint("forgetful", __name__)
    room.get("/forgotten")(lambda: "secret")
    house.app._got_first_request = False
    house.app.register_blueprint(room)

    answer = house.visitor("admin").get("/forgotten")

    assert answer.status_code == 403
    assert "secret" not in answer.text


def test_every_form_needs_its_token(house: House):
    mei = house.visitor("mei")
    for rule in house.app.url_map.iter_rules():
        if "POST" in (rule.methods or set()) and mei.client:
            path = re.sub(r"<(?:int:)?[^>]+>", "1", rule.rule)
            answer = mei.client.post(path, data={"csrf_token": "made up"})
            assert answer.status_code in (400, 403, 404), (rule, answer.status_code)
    assert mei.get("/").status_code == 200


def test_a_missing_token_is_explained(house: House):
    answer = house.visitor("mei").client.post("/sign-out", data={})

    assert answer.status_code == 400
    assert "页面放置太久" in text_of(answer)


@pytest.mark.parametrize("path", ["/sign-in", "/", "/nowhere", "/static/css/base.css"])
def test_every_answer_carries_the_guarding_headers(house: House, path: str):
    headers = house.visitor("mei").get(path).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


def test_personal_pages_are_not_kept_and_hashed_files_are(house: House):
    mei = house.visitor("mei")
    style = re.search(r'href="(/static/css/tokens\.css\?v=[^"]+)"', mei.get("/").text)
    assert style is not None

    assert mei.get("/").headers["Cache-Control"] == "no-store"
    assert "immutable" in mei.get(style[1]).headers["Cache-Control"]


def test_no_page_has_scripts_or_styles_inside_it(house: House):
    case = house.register()
    guo = house.visitor("guo")
    for path in ("/", "/?box=roles", f"/tasks/{house.task_id(case)}", "/complaints", f"/complaints/{case.case_number}",
                 f"/complaints/{case.case_number}/print", "/me/password", "/nowhere"):  # fmt: skip
        page = guo.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", page), path
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page), path


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/tasks/99999", 404),
        ("GET", "/tasks/99999999999999999999", 404),
        ("GET", "/tasks/-1", 404),
        ("DELETE", "/complaints", 405),
        ("GET", "/complaints/new", 403),
    ],
)
def test_errors_are_pages_for_people_and_json_for_programs(house: House, method: str, path: str, status: int):
    guo = house.visitor("guo")

    data = {"csrf_token": guo.token()} if method != "GET" else None
    page = guo.client.open(path, method=method, data=data)
    answer = guo.client.open(path, method=method, data=data, headers={"Accept": "application/json"})

    assert (page.status_code, answer.status_code) == (status, status)
    assert "<h1>" in page.text
    assert answer.json is not None
    assert set(answer.json["error"]) >= {"code", "message"}


def test_too_large_a_request_is_refused(house: House):
    mei = house.visitor("mei")

    answer = mei.post("/complaints/new", {"content": "x" * 3_000_000})

    assert answer.status_code == 413
    assert "提交的内容太大" in text_of(answer)


def test_wrong_answers_come_as_json_with_their_fields(house: House):
    task_id = house.task_id(house.register())
    guo = house.visitor("guo")

    answer = guo.post(f"/tasks/{task_id}/complete", {}, headers={"Accept": "application/json"})

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["error"]["faults"] == {"finding": "此项必填。"}


def test_the_unexpected_tells_a_number_and_no_secret(house: House, monkeypatch: pytest.MonkeyPatch):
    from engine import tasks

    def fail(*_: object, **__: object) -> None:
        raise OperationalError("SELECT secret FROM vault", {}, Exception("no such table"))

    mei = house.visitor("mei")
    monkeypatch.setattr(tasks, "inbox", fail)
    house.app.config["PROPAGATE_EXCEPTIONS"] = False

    answer = mei.get("/")

    assert answer.status_code == 500
    assert re.search(r"编号 [0-9a-f]{8}", text_of(answer))
    assert "vault" not in answer.text


def test_htmx_is_led_to_the_sign_in_page_as_a_whole(house: House):
    answer = house.visitor().client.get("/", headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/"


def test_the_language_switch_leads_nowhere_else(house: House):
    assert (
        Visitor(house.app).post("/language", {"language": "en", "next": "https://evil.example"}).location == "/sign-in"
    )


@pytest.mark.parametrize(
    ("path", "headers", "is_renewed"),
    [
        ("/", {}, True),
        ("/", {"Sec-Fetch-Mode": "navigate"}, True),
        ("/", {"HX-Request": "true"}, False),
        ("/", {"Sec-Fetch-Mode": "cors"}, False),
        ("/static/css/base.css", {}, False),
    ],
)
def test_only_what_a_person_opens_renews_the_session(house: House, path: str, headers: dict, is_renewed: bool):
    visitor = house.visitor("guo")
    visitor.client.get("/")  # takes what signing in left to be said

    answer = visitor.client.get(path, headers=headers)

    assert answer.status_code == 200
    assert ("banjie=" in answer.headers.get("Set-Cookie", "")) is is_renewed


def test_a_browser_finds_the_icon_where_it_looks_by_itself(house: House):
    visitor = house.visitor()

    answer = visitor.get("/favicon.ico")

    assert answer.status_code == 302
    assert visitor.get(answer.location).mimetype == "image/svg+xml"
