"""The list of people as a table: taken in as a whole or not at all, and given out so that it comes back."""

from __future__ import annotations

import io

import pytest

from engine.work import SYSTEM
from tests.webapp.conftest import House, text_of
from webapp import people, roster
from webapp.roster import BadRoster


def take_in(house: House, text: str, **options: bool) -> roster.Done:
    """Take a table in as the house."""
    with house.database.work(SYSTEM) as work:
        return roster.take_in(work, roster.read(text.encode()), **options)


def test_new_people_are_added_and_known_ones_changed(house: House):
    done = take_in(
        house,
        "登录名,姓名,岗位,直接上级\r\nxin,新人,执法队、客服人员,guo\r\nguo,张建国,执法队,\r\nqiang,刘志,执法队,xin\r\n",
    )

    with house.database.work(SYSTEM, read_only=True) as work:
        xin, qiang = people.find(work, "xin"), people.find(work, "qiang")
    assert (done.added, done.changed) == (1, 1)
    assert (xin.name, xin.roles, xin.superior) == ("新人", ["客服人员", "执法队"], "guo")
    assert (qiang.name, qiang.superior) == ("刘志", "xin")


def test_a_new_person_cannot_sign_in_before_they_have_a_password(house: House):
    take_in(house, "login,name\nxin,新人\n")

    with house.database.work(SYSTEM, read_only=True) as work:
        assert not people.has_password(work, "xin", "")


def test_columns_that_the_table_lacks_are_left_as_they_are(house: House):
    take_in(house, "login,name,roles,superior\nguo,张建国,执法队,qiang\n")
    take_in(house, "login,name\nguo,张建国\n")

    with house.database.work(SYSTEM, read_only=True) as work:
        guo = people.find(work, "guo")
    assert (guo.roles, guo.superior) == (["执法队"], "qiang")


def test_what_is_given_out_comes_back_unchanged(house: House):
    with house.database.work(SYSTEM) as work:
        people.create_person(work, "-minus", "=1+1", ["执法队"])
        before = people.everybody(work)
        content = roster.write(before)
        done = roster.take_in(work, roster.read(content))
        after = people.everybody(work)

    assert b"'=1+1" in content
    assert (done.added, done.changed) == (0, 0)
    assert after == before


def test_a_table_of_an_old_chinese_spreadsheet_is_read():
    (line,) = roster.read("登录名,姓名\nxin,新人\n".encode("gb18030"))

    assert line.name == "新人"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 0, "空的"),
        ("a,b\n1,2\n", 0, "第一行须为列名"),
        ("login,login,name\n", 0, "两列"),
        ('login,name\n"x,新人\n', 0, "引号"),
        ("login,name\nxin,新人\nxin,新人\n", 3, "第 2 行已有"),
        ("login,name\n,新人\n", 2, "没有登录名"),
        ("login,name\nxin,\n", 2, "请填写姓名"),
        ("login,name\na b,新人\n", 2, "登录名为"),
        ("login,name,roles\nxin,新人,船长\n", 0, "没有这些岗位：船长"),
        ("login,name,superior\nxin,新人,who\n", 2, "不是名单中或已有的登录名"),
        ("login,name,superior\nguo,张建国,qiang\nqiang,刘志强,guo\n", 0, "不能成环"),
    ],
)
def test_a_wrong_table_is_refused_with_its_line_and_changes_nothing(house: House, text: str, line: int, words: str):
    with house.database.work(SYSTEM, read_only=True) as work:
        before = people.everybody(work)

    with pytest.raises(BadRoster) as raised:
        take_in(house, text)

    with house.database.work(SYSTEM, read_only=True) as work:
        assert people.everybody(work) == before
    assert raised.value.faults[0][0] == line
    assert words in raised.value.faults[0][1]


@pytest.mark.parametrize(
    "content",
    [b"x" * (roster.MAX_BYTES + 1), b"login,name\n\x00,\x00\n", b"\xff\xfe\xff\xff", b"login,name\n" + b"a,b\n" * 5001],
)
def test_hostile_files_are_refused(content: bytes):
    with pytest.raises(BadRoster):
        roster.read(content)


def test_every_fault_of_a_table_is_told_at_once(house: House):
    text = "login,name,roles\nbad login,丙,船长\nxin,,执法队\nguo,,\n,丁,\n"

    with pytest.raises(BadRoster) as refused:
        take_in(house, text)

    told = [(line, zh[:5]) for line, zh, _ in refused.value.faults]
    assert told == [(2, "登录名为 "), (3, "请填写姓名"), (4, "请填写姓名"), (5, "没有登录名"), (0, "没有这些岗")]
    assert "船长（第 2 行）" in refused.value.faults[-1][1]


def test_missing_roles_are_made_when_asked_for_and_may_do_nothing_special(house: House):
    take_in(house, "login,name,roles\nxin,新人,船长\n", makes_roles=True)

    with house.database.work(SYSTEM, read_only=True) as work:
        assert people.find(work, "xin").permissions == frozenset()


def test_a_table_that_takes_the_last_keeper_away_is_refused(house: House):
    admin = house.visitor("admin")

    answer = admin.post(
        "/admin/people.csv", {"file": (io.BytesIO("login,name,roles\nadmin,王管理,门卫\n".encode()), "people.csv")}
    )

    assert answer.status_code == 409


def test_the_page_takes_a_table_in_and_tells_every_fault(house: House):
    admin = house.visitor("admin")
    wrong = "login,name,superior\n,甲,\nxin,新人,who\n".encode()
    right = "login,name,roles,superior\nxin,新人,执法队,guo\n".encode()

    refused = admin.post("/admin/people.csv", {"file": (io.BytesIO(wrong), "people.csv")})
    taken = admin.post("/admin/people.csv", {"file": (io.BytesIO(right), "people.csv")})

    assert refused.status_code == 422
    assert "名单没有导入，有 2 处需要更正" in text_of(refused)
    assert "第 3 行：" in text_of(refused)
    assert "新增 1 人" in text_of(admin.follow(taken))
    assert "xin,新人,执法队,guo" in admin.get("/admin/people.csv").data.decode("utf-8-sig")


def test_only_who_keeps_people_may_take_a_table_in_or_out(house: House):
    guo = house.visitor("guo")

    assert guo.get("/admin/people.csv").status_code == 403
    assert guo.post("/admin/people.csv", {"file": (io.BytesIO(b""), "people.csv")}).status_code == 403
