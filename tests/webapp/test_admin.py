"""Keeping the house: people, roles, calendar, the demo's clock, the audit log."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from werkzeug.test import TestResponse

from engine import calendar_years, demo_clock
from engine.work import SYSTEM
from tests.webapp.conftest import PASSWORD, House, text_of
from webapp import people

NOTICE = "日期,类型,名称\n2027-01-01,放假,元旦\n2027/2/6,holiday,春节\n2027-02-14,上班,调休\n".encode("gb18030")


def _import(
    house: House, content: bytes, year: int = 2027, source: str = "国办发明电〔2026〕7号", by: str = "admin"
) -> TestResponse:
    return house.visitor(by).post(
        "/admin/calendar",
        {"year": year, "source": source, "file": (BytesIO(content), "2027.csv")},
        content_type="multipart/form-data",
    )


def _person(house: House, login: str) -> people.PersonInfo:
    with house.database.work(SYSTEM, read_only=True) as work:
        return people.find(work, login)


def test_the_house_is_closed_to_whoever_may_keep_nothing(house: House) -> None:
    for path in ("/admin/", "/admin/people", "/admin/people/guo", "/admin/calendar", "/admin/clock", "/admin/log"):
        assert house.visitor("guo").get(path).status_code == 403


def test_a_person_is_added_with_roles_and_can_sign_in(house: House) -> None:
    answer = house.visitor("admin").post(
        "/admin/people", {"id": "lin", "name": "林峰", "password": PASSWORD, "roles": ["执法队", "门卫"]}
    )

    assert "已添加 林峰" in text_of(house.visitor("admin").follow(answer))
    assert _person(house, "lin").roles == ["执法队", "门卫"]
    assert house.visitor().sign_in("lin").status_code == 303


def test_wrong_fields_of_a_new_person_are_told_and_what_was_typed_stays(house: House) -> None:
    response = house.visitor("admin").post("/admin/people", {"id": "a b", "name": "林峰", "password": "short"})

    assert response.status_code == 422
    assert "有 2 处需要更正" in text_of(response)
    assert 'value="林峰"' in response.text


def test_roles_and_name_of_a_person_are_changed(house: House) -> None:
    house.visitor("admin").post("/admin/people/guo", {"name": "张建国（队长）", "roles": ["执法队", "客服人员"]})

    changed = _person(house, "guo")
    assert (changed.name, sorted(changed.roles)) == ("张建国（队长）", ["客服人员", "执法队"])


def test_nobody_can_take_the_last_keeper_of_people_away(house: House) -> None:
    visitor = house.visitor("admin")

    assert visitor.post("/admin/people/admin", {"name": "王管理", "roles": []}).status_code == 409
    assert visitor.post("/admin/people/admin/active", {"is_active": "no"}).status_code == 409
    assert visitor.post("/admin/roles", {"name": "系统管理员", "permissions": ["monitor"]}).status_code == 409


def test_a_new_password_and_disabling_end_a_persons_sessions(house: House) -> None:
    guo = house.visitor("guo")

    house.visitor("admin").post("/admin/people/guo/password", {"password": "another horse"})
    assert guo.get("/").status_code == 303
    guo.sign_in("guo", "another horse")
    house.visitor("admin").post("/admin/people/guo/active", {"is_active": "no"})
    assert guo.get("/").status_code == 303


def test_a_role_is_added_changed_and_removed(house: House) -> None:
    visitor = house.visitor("admin")

    visitor.post("/admin/roles", {"name": "法务人员", "permissions": ["monitor"]})
    assert "法务人员" in text_of(visitor.get("/admin/people"))
    visitor.post("/admin/roles/remove", {"name": "法务人员"})
    assert "法务人员" not in text_of(visitor.get("/admin/people"))
    assert visitor.post("/admin/roles/remove", {"name": "执法队"}).status_code == 409


def test_a_published_year_is_imported_from_a_file_as_offices_write_it(house: House) -> None:
    answer = _import(house, NOTICE)

    page = text_of(house.visitor("admin").follow(answer))
    assert "2027 年已导入" in page
    with house.database.work(SYSTEM, read_only=True) as work:
        calendar = work.calendar()
    assert not calendar.is_working_day(date(2027, 1, 1))
    assert calendar.is_working_day(date(2027, 2, 14))


def test_a_year_that_looks_cut_off_is_imported_with_a_warning(house: House) -> None:
    short = text_of(house.visitor("admin").follow(_import(house, b"2027-01-01,holiday\n2027-02-14,working\n")))
    days = "".join(f"2027-03-{day:02},holiday\n" for day in (1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 15))

    whole = text_of(house.visitor("admin").follow(_import(house, days.encode(), year=2027)))

    assert "2027 年只有 1 个放假的工作日" in short
    assert "个放假的工作日，往年" not in whole


def test_a_published_year_that_is_changed_says_that_old_deadlines_stay(house: House) -> None:
    first = text_of(house.visitor("admin").follow(_import(house, NOTICE)))
    same = text_of(house.visitor("admin").follow(_import(house, NOTICE)))
    other = text_of(house.visitor("admin").follow(_import(house, b"2027-01-01,holiday\n")))

    assert ["此前已导入" in page for page in (first, same, other)] == [False, False, True]


def test_a_year_is_imported_from_json(house: House) -> None:
    _import(house, b'{"holidays": ["2027-01-01"], "workdays": [{"date": "2027-02-14", "name": "x"}]}')

    assert "2027" in text_of(house.visitor("admin").get("/admin/calendar?year=2027"))
    with house.database.work(SYSTEM, read_only=True) as work:
        assert [entry.day for entry in calendar_years.days_of(work, 2027)] == [date(2027, 1, 1), date(2027, 2, 14)]


def test_every_wrong_line_of_a_calendar_file_is_named_and_nothing_is_stored(house: House) -> None:
    response = _import(house, "2027-01-01,放假\n2027-13-01,放假\n2027-02-14,也许\n".encode())

    page = text_of(response)
    assert response.status_code == 422
    assert "第 2 行：“2027-13-01”不是日期" in page
    assert "第 3 行：“也许”应为" in page
    with house.database.work(SYSTEM, read_only=True) as work:
        assert all(info.year != 2027 or info.is_provisional for info in calendar_years.years(work))


def test_calendar_files_that_cannot_be_right_are_refused(house: House) -> None:
    for content in (b"", b"[", b'{"holidays": 5}', b"[1, 2]", b"\xff\xfe\xff", b"2026-01-01,holiday,", b"[" * 100_000):
        assert _import(house, content).status_code == 422
    assert _import(house, NOTICE, source=" ").status_code == 422


def test_a_calendar_is_not_imported_without_the_permission(house: House) -> None:
    assert _import(house, NOTICE, by="mei").status_code == 403


def test_a_house_that_is_no_demo_has_no_clock_page(house: House) -> None:
    assert house.visitor("admin").get("/admin/clock").status_code == 404
    assert house.visitor("admin").post("/admin/clock", {"minutes": "60"}).status_code == 403


def test_the_demos_clock_moves_by_a_step_or_by_hours(house: House) -> None:
    with house.database.work(SYSTEM) as work:
        demo_clock.mark_as_demo(work)
    visitor = house.visitor("admin")

    visitor.post("/admin/clock", {"minutes": "1440"})
    visitor.post("/admin/clock", {"hours": "2.5"})

    with house.database.work(SYSTEM, read_only=True) as work:
        assert demo_clock.offset(work) == timedelta(days=1, hours=2.5)


def test_the_demos_clock_refuses_steps_that_make_no_sense(house: House) -> None:
    with house.database.work(SYSTEM) as work:
        demo_clock.mark_as_demo(work)

    for fields in ({}, {"hours": "-1"}, {"hours": "soon"}, {"hours": "nan"}, {"hours": "1e9"}, {"minutes": "0"}):
        assert house.visitor("admin").post("/admin/clock", fields).status_code == 422


def test_the_log_tells_who_did_what_to_the_house(house: House) -> None:
    house.visitor("admin").post("/admin/roles", {"name": "法务人员", "permissions": ["monitor"]})

    page = text_of(house.visitor("admin").get("/admin/log"))

    assert "王管理 保存岗位 岗位 法务人员 改为 查看全部投诉件" in page
    assert "部署预案" in page


def test_the_log_goes_on_with_older_entries(house: House) -> None:
    visitor = house.visitor("admin")
    for number in range(55):
        with house.database.work(SYSTEM) as work:
            people.rename(work, "guo", f"张建国{number}")

    page = visitor.get("/admin/log")

    assert 'rel="next"' in page.text
    assert "没有更早的操作" in text_of(visitor.get("/admin/log?before=1"))


ODD_ADDRESSES = (
    "/monitor/?status=%00&text=%00&plan=%00",
    "/monitor/?text=%25%5f%5c",
    "/monitor/?after=-1",
    "/monitor/?after=99999999999999999999",
    "/monitor/incidents?after=x",
    "/plans/%00",
    "/plans/noise?version=99999999999999999999",
    "/plan-versions/1/files/..%2f..%2fx",
    "/plan-versions/99999999999/files/x",
    "/plan-versions/1/decisions/%00",
    "/cases/99999999999",
    "/cases/1/state?known=99999999999999999999",
    "/admin/calendar?year=-5",
    "/admin/calendar?year=99999999999999999999",
    "/admin/log?before=-1",
    "/admin/log?before=99999999999999999999",
    "/admin/people/%00",
)


def test_odd_addresses_are_answered_and_never_fail(house: House) -> None:
    house.register()
    visitor = house.visitor("admin")

    failed = [path for path in ODD_ADDRESSES if visitor.get(path).status_code >= 500]

    assert failed == []


def test_odd_fields_are_answered_and_never_fail(house: House) -> None:
    case = house.register().instance_id
    visitor = house.visitor("admin")
    odd = (
        (f"/monitor/cases/{case}/deadline", {"token": "9" * 40, "due_at": "9999-12-31T23:59", "reason": "x"}),
        (f"/monitor/cases/{case}/deadline", {"token": "1", "due_at": "0001-01-01T00:00", "reason": "x"}),
        (f"/monitor/cases/{case}/suspend", {"reason": "\x00"}),
        ("/monitor/tasks/1/reassign", {"person": "\x00", "reason": "x"}),
        ("/monitor/incidents/1/retry", {"variable": "\x00", "value": "["}),
        ("/plans/noise/active", {"is_active": "no", "reason": "\x00"}),
        ("/deployments/", {"parcel": "é.x", "note": "\x00"}),
        ("/admin/people", {"id": "\x00", "name": "\x00", "password": "\x00" * 12}),
        ("/admin/roles", {"name": "\x00", "permissions": ["\x00"]}),
        ("/admin/roles/remove", {"name": "\x00"}),
        ("/admin/people/guo", {"name": "a\x00b", "roles": ["\x00"]}),
        ("/admin/clock", {"hours": "inf", "minutes": "9" * 30}),
    )

    failed = [path for path, fields in odd if visitor.post(path, fields).status_code >= 500]

    assert failed == []
    assert _import(house, b"2027-01-01,holiday,\x00", source="\x00").status_code < 500


def test_people_are_found_by_name_login_and_role(house: House):
    admin = house.visitor("admin")

    def found(text: str) -> list[str]:
        page = admin.get("/admin/people", query_string={"text": text}).text
        rows = page.partition('id="people-title"')[2].partition("</section>")[0]
        return re.findall(r"<code>([a-z]+)</code>", rows)

    assert found("GUO") == ["guo"]
    assert found("建国") == ["guo"]
    assert found("执法") == ["guo", "qiang"]
    assert "没有符合的人员" in text_of(admin.get("/admin/people", query_string={"text": "无此人"}))
    assert len(found("")) == 5


def test_a_long_list_of_people_is_cut_and_says_so(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("webapp.admin.views._MOST_PEOPLE", 2)

    page = text_of(house.visitor("admin").get("/admin/people"))

    assert "符合的有 5 人，只列出前 2 人" in page
