"""Who sits where in a plan's groups, what is kept ready, and changing both."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest

from engine import deployments, instances
from engine.errors import InvalidAnswers, NotAllowed, NotFound
from engine.organisation import read
from engine.work import SYSTEM
from tests.engine import plans
from tests.webapp.conftest import House, text_of
from webapp import people, resources

CONTENT: dict[str, Any] = {
    "plan": "noise",
    "source": "模板",
    "first_contact": "执法队",
    "groups": [
        {
            "id": "team",
            "name": "处置组",
            "name_en": "Noise group",
            "duties": [{"zh": "现场处置", "en": "Acts on site"}],
            "seats": [{"seat": "head", "title": "队长", "title_en": "Captain", "role": "执法队", "duty": "带队"}],
        },
        {
            "id": "desk",
            "parent": "team",
            "name": "窗口",
            "seats": [{"seat": "member", "title": "接线员", "role": "客服人员"}],
        },
    ],
    "resources": [
        {"id": "meter", "kind": "technology", "name": "声级计", "role": "执法队", "source": "本单位设定"},
        {"id": "van", "kind": "goods", "name": "执法车", "role": "执法队"},
    ],
}


@pytest.fixture
def organised(house: House) -> House:
    """Give the house with an organisation of its plan deployed."""
    with house.database.work(SYSTEM) as work:
        deployments.deploy(work, {"noise.organisation.json": json.dumps(CONTENT).encode()})
    return house


def fields(**changes: str) -> dict[str, str]:
    """Return the fields of the form that changes the organisation, as its page sends them."""
    return {
        "source": "模板",
        "first_contact": "执法队",
        "g.0.id": "team",
        "g.0.name": "处置组",
        "g.0.duties": "现场处置 | Acts on site",
        "g.0.s.0.seat": "head",
        "g.0.s.0.title": "队长",
        "g.0.s.0.role": "执法队",
        "g.0.s.1.seat": "member",
        "g.0.s.1.title": "",
        "g.1.id": "desk",
        "g.1.name": "窗口",
        "g.1.parent": "team",
        "g.1.s.0.seat": "member",
        "g.1.s.0.title": "接线员",
        "g.1.s.0.role": "客服人员",
        "g.2.id": "",
        "g.2.name": "",
        "r.0.id": "meter",
        "r.0.kind": "technology",
        "r.0.name": "声级计",
        "r.0.role": "执法队",
        **changes,
    }


def test_everybody_sees_who_sits_where(organised: House):
    page = text_of(organised.visitor("men").get("/organisation/noise"))

    assert "组长 队长 岗位：执法队 · 首问 刘志强 、 张建国" in page.replace("张建国 、 刘志强", "刘志强 、 张建国")
    assert "成员 接线员 岗位：客服人员 李晓梅 仅一人" in page
    assert "声级计 未检查" in page


def test_an_empty_seat_is_shown_loudly(organised: House):
    with organised.database.work(SYSTEM) as work:
        people.set_active(work, "mei", False)
    men = organised.visitor("men")

    page, index = text_of(men.get("/organisation/noise")), text_of(men.get("/organisation/"))

    assert "空缺岗位：客服人员" in page
    assert "空缺：此岗位没有在职人员" in page
    assert "有 1 个预案存在空缺岗位" in index


def test_a_plan_without_an_organisation_says_so(house: House):
    page = house.visitor("men").get("/organisation/noise")

    assert page.status_code == 200
    assert "还没有组织机构文件" in text_of(page)
    assert house.visitor("men").get("/organisation/noise/file").status_code == 404
    assert house.visitor("men").get("/organisation/nothing").status_code == 404


def test_saving_the_form_makes_a_new_version_of_the_plan(organised: House):
    admin = organised.visitor("admin")
    changed = {"g.0.name": "处置一组", "g.2.name": "后勤组", "g.2.s.0.seat": "head", "g.2.s.0.title": "后勤组长",
               "g.2.s.0.role": "客服人员", "r.1.kind": "money", "r.1.name": "经费", "r.1.role": "客服人员"}  # fmt: skip

    page = text_of(admin.follow(admin.post("/organisation/noise/edit", fields(**changed))))

    assert "预案成为第 3 版" in page
    assert "处置一组" in page
    found, findings = read("x.organisation.json", admin.get("/organisation/noise/file").data)
    assert findings == []
    assert found is not None
    assert [group.id for group in found.groups] == ["team", "desk", "group_1"]
    assert [item.id for item in found.resources] == ["meter", "item_1"]
    assert found.groups[0].duties[0].en == "Acts on site"


def test_what_is_ticked_is_removed_and_who_was_under_it_is_not_lost(organised: House):
    admin = organised.visitor("admin")

    admin.post("/organisation/noise/edit", fields(**{"g.0.remove": "yes", "r.0.remove": "yes"}))

    found, _ = read("x.organisation.json", admin.get("/organisation/noise/file").data)
    assert found is not None
    assert [(group.id, group.parent) for group in found.groups] == [("desk", "")]
    assert found.resources == ()


def test_a_lane_left_without_a_seat_is_warned_of(organised: House):
    admin = organised.visitor("admin")

    page = text_of(admin.follow(admin.post("/organisation/noise/edit", fields(**{"g.1.remove": "yes"}))))

    assert "泳道“客服人员”在组织机构中没有席位" in page


def test_a_wrong_form_is_shown_again_with_what_is_wrong_and_nothing_is_saved(organised: House):
    admin = organised.visitor("admin")
    before = admin.get("/organisation/noise/file").data

    answer = admin.post("/organisation/noise/edit", fields(**{"g.0.s.0.role": "", "g.0.name": "处置二组"}))

    assert answer.status_code == 422
    assert "没有保存，有 1 处需要更正 “队长”缺少 role（岗位）" in text_of(answer)
    assert "处置二组" in answer.text
    assert admin.get("/organisation/noise/file").data == before


def test_a_row_that_is_half_filled_is_told_and_not_dropped(organised: House):
    admin = organised.visitor("admin")
    before = admin.get("/organisation/noise/file").data

    answer = admin.post("/organisation/noise/edit", fields(**{"g.0.s.0.title": "", "r.0.name": ""}))

    assert answer.status_code == 422
    assert "“执法队”缺少 title（由谁担任）" in text_of(answer)
    assert "“执法队”缺少 name（名称）" in text_of(answer)
    assert admin.get("/organisation/noise/file").data == before


def test_of_two_who_change_it_at_once_the_second_is_told_and_keeps_what_was_filled_in(organised: House):
    admin = organised.visitor("admin")
    base = re.search(r'name="base" value="(\d+)"', admin.get("/organisation/noise/edit").text)
    assert base is not None
    admin.post("/organisation/noise/edit", fields(base=base[1], **{"g.0.name": "先存的组"}))

    answer = admin.post("/organisation/noise/edit", fields(base=base[1], **{"g.0.name": "后存的组"}))

    assert answer.status_code == 409
    assert "已有人部署了第 3 版" in text_of(answer)
    assert "后存的组" in answer.text
    assert "先存的组" in admin.get("/organisation/noise/file").text
    renewed = re.search(r'name="base" value="(\d+)"', answer.text)
    assert renewed is not None
    admin.post("/organisation/noise/edit", fields(base=renewed[1], **{"g.0.name": "后存的组"}))
    assert "后存的组" in admin.get("/organisation/noise/file").text


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\x00" * 10, b"[1]", b'{"plan": "nothing"}', b'{"plan": "noise", "login": "x"}', b"x" * 300_000],
)
def test_hostile_files_are_refused(organised: House, content: bytes):
    admin = organised.visitor("admin")

    answer = admin.post("/organisation/noise/file", {"file": (io.BytesIO(content), "../../etc/passwd.json")})

    assert answer.status_code == 422
    assert "没有保存" in text_of(answer)


def test_a_file_given_out_is_taken_in_again(organised: House):
    admin = organised.visitor("admin")
    content = admin.get("/organisation/noise/file").data

    same = text_of(admin.follow(admin.post("/organisation/noise/file", {"file": (io.BytesIO(content), "a.json")})))
    changed = content.replace(json.dumps("窗口").encode(), b'"Desk"')
    other = text_of(admin.follow(admin.post("/organisation/noise/file", {"file": (io.BytesIO(changed), "a.json")})))

    assert "没有产生新版本" in same
    assert "预案成为第 3 版" in other
    assert "Desk" in other


@pytest.mark.parametrize("path", ["edit", "file"])
def test_only_who_may_deploy_changes_an_organisation(organised: House, path: str):
    guo = organised.visitor("guo")

    assert guo.post(f"/organisation/noise/{path}", fields()).status_code == 403
    assert guo.get("/organisation/noise/edit").status_code == 403


def test_who_keeps_a_resource_records_what_they_found(organised: House):
    guo = organised.visitor("guo")

    guo.post("/organisation/noise/resources/meter", {"state": "ready", "note": "演练 TS-2026-000001"})
    lacking = guo.post("/organisation/noise/resources/van", {"state": "lacking", "note": "送修"})
    page = text_of(guo.follow(lacking))

    assert "声级计 齐备" in page
    assert "张建国 检查于 2026-09-21 09:00：演练 TS-2026-000001" in page
    assert "执法车 不齐" in page
    assert "1 项待检查或不齐" in text_of(guo.get("/organisation/"))


def test_what_is_lacking_is_said(organised: House):
    answer = organised.visitor("guo").post("/organisation/noise/resources/van", {"state": "lacking", "note": " "})

    assert answer.status_code == 422
    assert "请写明缺什么" in text_of(answer)


def test_nobody_else_records_it_and_no_other_item_is_there(organised: House):
    with organised.database.work(SYSTEM, read_only=True) as work:
        men, guo = people.find(work, "men").actor, people.find(work, "guo").actor

    with pytest.raises(NotAllowed), organised.database.work(men) as work:
        resources.check(work, "noise", "van", True, "")
    with pytest.raises(NotFound), organised.database.work(guo) as work:
        resources.check(work, "noise", "boat", True, "")
    with pytest.raises(InvalidAnswers), organised.database.work(guo) as work:
        resources.check(work, "noise", "van", False, "")


def test_the_page_speaks_english(organised: House):
    men = organised.visitor("men")
    men.post("/language", {"language": "en", "next": "/"})

    page = text_of(men.get("/organisation/noise"))

    assert "Noise group Acts on site" in page
    assert "Head Captain" in page


def test_deploying_warns_of_roles_that_hang_on_one_person_or_on_nobody(organised: House):
    with organised.database.work(SYSTEM) as work:
        people.set_active(work, "mei", False)
        people.set_active(work, "qiang", False)
        from webapp import staffing

        found = deployments.preview(
            work, {"noise.organisation.json": json.dumps(CONTENT).encode()}, staffing.known(work)
        )
        plan = {name: data for name, data in deployments.export(work, "noise").items() if name.endswith(".bpmn")}
        told = deployments.preview(work, plan, staffing.known(work))

    assert found.changes == []
    assert {"role-empty", "role-single"} <= {finding.code for finding in told.findings}


DRILL = plans.diagram(
    "practice",
    plans.start(),
    plans.user_task(
        "plan_drill",
        name="制定演练方案",
        form="practice_plan",
        extra='<zeebe:properties><zeebe:property name="checks-resources" value="plan checked"/></zeebe:properties>',
    ),
    plans.end(),
    plans.flow("begin", "plan_drill"),
    plans.flow("plan_drill", "done"),
    lanes={"执法队": "begin plan_drill done"},
)
DRILL_FORM = {
    "id": "practice_plan",
    "components": [
        {"type": "textfield", "key": "plan", "label": "预案"},
        {
            "type": "checklist",
            "key": "checked",
            "label": "保障检查",
            "values": [{"label": "物资", "value": "goods"}, {"label": "技术", "value": "technology"}],
        },
    ],
}


@pytest.mark.parametrize(("named", "told"), [("noise", "保障检查已记入"), ("没有的预案", "没有名为“没有的预案”的预案")])
def test_what_a_drill_looked_at_is_in_the_checklist_of_its_plan(organised: House, named: str, told: str):
    with organised.database.work(SYSTEM) as work:
        deployments.deploy(work, {"practice.bpmn": DRILL, "practice_plan.form": json.dumps(DRILL_FORM).encode()})
        instances.start(work, "practice", {}, business_key="YL-1")
    guo = organised.visitor("guo")
    task = re.search(r"/tasks/(\d+)", guo.get("/?box=roles").text)
    assert task is not None

    answer = guo.post(f"/tasks/{task[1]}/complete", {"plan": named, "checked": "technology"})

    assert told in text_of(guo.follow(answer))
    page = text_of(guo.get("/organisation/noise"))
    assert ("声级计 齐备" in page and "practice预案 YL-1" in page) == (named == "noise")
    assert "执法车 未检查" in page
