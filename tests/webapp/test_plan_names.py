"""Names of plans, steps and roles on English pages, beside the Chinese ones that rows hold."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from engine import deployments, forms
from engine.work import SYSTEM
from tests.webapp import noise
from tests.webapp.conftest import House, text_of
from webapp import plan_names

ROOT = Path(__file__).parents[2]

_STEP = (
    b'<bpmn:userTask id="investigate" name="\xe7\x8e\xb0\xe5\x9c\xba\xe8\xb0\x83\xe6\x9f\xa5"><bpmn:extensionElements>'
)
_NAMED = (
    _STEP + b'<zeebe:properties><zeebe:property name="name-en" value="Investigate on the spot"/></zeebe:properties>'
)


def test_a_step_is_named_in_english_where_english_is_spoken(house: House) -> None:
    plan = noise.FILES["noise.bpmn"]
    assert plan.count(_STEP) == 1
    with house.database.work(SYSTEM) as work:
        deployments.deploy(work, {**noise.FILES, "noise.bpmn": plan.replace(_STEP, _NAMED)})
    case = house.register()
    guo = house.visitor("guo")
    pages = ["/?box=roles", f"/tasks/{house.task_id(case)}", f"/cases/{case.instance_id}"]
    chinese = [text_of(guo.get(page)) for page in pages]

    guo.post("/language", {"language": "en"})
    english = [text_of(guo.get(page)) for page in pages]

    drawn = guo.get(f"/cases/{case.instance_id}/diagram.bpmn").text
    guo.post("/language", {"language": "zh"})

    assert 'name="Investigate on the spot"' in drawn
    assert guo.get(f"/cases/{case.instance_id}/diagram.bpmn").data == plan.replace(_STEP, _NAMED)
    assert all("现场调查" in page for page in chinese)
    assert all("Investigate on the spot" in page and "现场调查" not in page for page in english)


def test_the_page_of_a_plan_names_steps_roles_and_its_picture_in_english(house: House) -> None:
    plan = noise.FILES["noise.bpmn"].replace(_STEP, _NAMED)
    with house.database.work(SYSTEM) as work:
        version = deployments.deploy(work, {**noise.FILES, "noise.bpmn": plan}).definitions[0]
    admin = house.visitor("admin")
    admin.post("/language", {"language": "en"})

    page = admin.get("/plans/noise")
    picture = admin.get(f"/plan-versions/{version.id}/diagrams/noise.bpmn")

    assert f"/plan-versions/{version.id}/diagrams/noise.bpmn" in page.text
    assert "Investigate on the spot" in text_of(page)
    assert "现场调查" not in text_of(page)
    assert 'name="Investigate on the spot"' in picture.text
    assert admin.get(f"/plan-versions/{version.id}/files/noise.bpmn").data == plan
    assert admin.get(f"/plan-versions/{version.id}/diagrams/noise_limit.form").status_code == 404


def test_the_house_itself_has_an_english_name(house: House) -> None:
    with house.database.work(SYSTEM) as work:
        deployments.deploy(work, noise.FILES)
    admin = house.visitor("admin")
    admin.post("/language", {"language": "en"})

    log = text_of(admin.get("/admin/log"))

    assert "System" in log
    assert "系统 " not in log


def test_findings_name_elements_in_english_where_english_is_spoken(house: House) -> None:
    broken = noise.FILES["noise.bpmn"].replace(_STEP, _NAMED).replace(b"noise_investigate", b"no_such_form")
    with house.database.work(SYSTEM) as work:
        deployments.deploy(work, {**noise.FILES, "noise.bpmn": noise.FILES["noise.bpmn"].replace(_STEP, _NAMED)})
    admin = house.visitor("admin")
    admin.post("/language", {"language": "en"})

    told = admin.client.post(
        "/modeler/check",
        json={"file": "noise.bpmn", "xml": broken.decode()},
        headers={"X-CSRFToken": admin.token()},
    ).json

    assert "Investigate on the spot" in {one["name"] for one in told["findings"]}
    single = next(one["message"] for one in told["findings"] if one["code"] == "role-single")
    assert "'Customer service'" in single


def test_called_plans_are_told_by_name_with_a_link_to_them(house: House) -> None:
    call = noise.FILES["noise.bpmn"].replace(
        b'<bpmn:endEvent id="closed"',
        b'<bpmn:callActivity id="visit" name="Visit"><bpmn:extensionElements><zeebe:calledElement processId="visit"/>'
        b'</bpmn:extensionElements></bpmn:callActivity><bpmn:endEvent id="closed"',
    )
    call = call.replace(b'sourceRef="answer" targetRef="closed"', b'sourceRef="answer" targetRef="visit"')
    call = call.replace(
        b"</bpmn:process>", b'<bpmn:sequenceFlow id="f5" sourceRef="visit" targetRef="closed"/></bpmn:process>'
    )
    visit = (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="v" targetNamespace="t">'
        '<bpmn:process id="visit" name="回访投诉人" isExecutable="true"><bpmn:startEvent id="s" name="开始"/>'
        '<bpmn:endEvent id="e" name="结束"/><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="e"/></bpmn:process>'
        "</bpmn:definitions>"
    )
    with house.database.work(SYSTEM) as work:
        deployments.deploy(work, {**noise.FILES, "noise.bpmn": call, "v.bpmn": visit.encode()})

    page = house.visitor("admin").get("/plans/noise")

    assert "回访投诉人 v.bpmn" in text_of(page)
    assert 'href="/plans/visit"' in page.text


def test_the_notes_of_the_plans_of_the_house_are_read_in_english() -> None:
    english = plan_names.of_the_house()
    notes = {
        text.text
        for path in sorted((ROOT / "processes").glob("*.bpmn"))
        for text in etree.parse(path).iter("{http://www.omg.org/spec/BPMN/20100524/MODEL}text")
    }

    assert notes
    assert {note for note in notes if note not in english} == set()


def test_a_note_is_drawn_in_english_where_english_is_spoken(house: House) -> None:
    note = "<bpmn:textAnnotation id='note'><bpmn:text>礼品是小纪念品，不含现金和有价证券，须登记。</bpmn:text></bpmn:textAnnotation>"
    plan = noise.FILES["noise.bpmn"].replace(b" </bpmn:process>", note.encode() + b"</bpmn:process>")
    with house.database.work(SYSTEM) as work:
        deployments.deploy(work, {**noise.FILES, "noise.bpmn": plan})
    address = f"/cases/{house.register().instance_id}/diagram.bpmn"
    mei = house.visitor("mei")
    chinese = mei.get(address).data

    mei.post("/language", {"language": "en"})

    assert chinese == plan
    assert "<bpmn:text>Gifts are small souvenirs" in mei.get(address).text


def test_a_form_names_a_step_in_the_language_of_its_page() -> None:
    form = forms.build({"id": "late", "components": [{"type": "text", "id": "t", "text": "超期：{{overdue_step}}"}]})

    (view,) = forms.draw(form, {"overdue_step": "现场调查"}, language="en", spoken={"现场调查": "Investigate"}.get)

    assert view.value == "超期：Investigate"
