"""The modeler in a browser: drawing, findings while drawing, keeping what is drawn, deploying, keys, and who cannot see."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from engine import deployments
from engine.family import Family
from engine.work import SYSTEM
from tests.browser.conftest import WCAG, People
from tests.support.site import Site
from tests.support.sketch import DONE_TWICE
from webapp.demo import plan_files

_ALL_WELL = "可以部署"


@pytest.fixture(params=["sqlite"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Give SQLite: what a page looks like does not depend on the database."""
    kind: str = request.param
    return kind


def _open(page: Page, plan: str = "suggestion") -> None:
    page.goto("/modeler/")
    page.locator(f"form[action='/modeler/plans/{plan}'] button").click()
    _ready(page)


def _begin(page: Page) -> None:
    """Begin a new plan: small enough to see all of it."""
    page.goto("/modeler/")
    page.get_by_label("预案名称").fill("遗失物品预案")
    page.get_by_label("编号").fill("lost_item")
    page.get_by_label("客服人员", exact=True).check()
    page.get_by_role("button", name="新建并开始画").click()
    _ready(page)


def _ready(page: Page) -> None:
    page.wait_for_selector("[data-modeler][data-ready=yes]")
    expect(page.locator("[data-reason]")).not_to_be_empty()


def _element(page: Page, element: str) -> Locator:
    return page.locator(f".djs-element[data-element-id={element}]").first


def _choose(page: Page, element: str) -> None:
    page.locator(f".djs-element[data-element-id={element}] .djs-hit").first.click(force=True)


def _put(page: Page, block: str, x: float, y: float) -> None:
    """Put a block from the palette down at a place of the canvas (shares of its width and height)."""
    box = page.locator("[data-canvas]").bounding_box()
    assert box is not None
    page.locator(f".djs-palette [data-action='{block}']").click()
    at = box["x"] + box["width"] * x, box["y"] + box["height"] * y
    page.mouse.move(at[0] - 20, at[1] - 5)
    page.mouse.move(*at)
    page.mouse.click(*at)


def _rename(page: Page, element: str, name: str) -> None:
    _choose(page, element)
    if not page.locator("#bio-properties-panel-name").is_visible():
        page.locator(".bio-properties-panel-group-header-title", has_text="常规").click()
    page.locator("#bio-properties-panel-name").fill(name)


def _version(site: Site, plan: str) -> int:
    with site.database.work(SYSTEM, read_only=True) as work:
        return deployments.latest(work, plan).version


def _named(site: Site, plan: str, text: str) -> bool:
    with site.database.work(SYSTEM, read_only=True) as work:
        info = deployments.latest(work, plan)
        return text.encode() in deployments.files(work, info.id)[info.main_file]


def test_a_plan_is_changed_checked_while_drawn_and_deployed(people: People, site: Site) -> None:
    page = people.page("admin")
    _open(page)
    expect(page.locator("[data-reason]")).to_have_text("与已部署的相同")

    _rename(page, "pass_on", "转交当事部门")
    expect(page.locator("[data-reason]")).to_have_text(_ALL_WELL)
    page.get_by_role("button", name="部署…").click()
    expect(page.get_by_role("dialog")).to_contain_text("建议型投诉处置预案 (suggestion)")
    page.locator("#deploy-note").fill("名称更准确")
    page.get_by_role("button", name="部署", exact=True).click()
    page.wait_for_url("**/plans/suggestion")

    expect(page.get_by_text("已部署：建议型投诉处置预案 第 2 版")).to_be_visible()
    expect(page.get_by_text("名称更准确")).to_be_visible()
    assert _named(site, "suggestion", "转交当事部门")


def test_a_fault_is_told_at_its_element_and_gone_when_it_is_mended(people: People, site: Site) -> None:
    page = people.page("admin")
    _begin(page)

    _put(page, "block.task", 0.6, 0.5)
    expect(page.locator("[data-count=error]")).not_to_have_text("0")
    expect(page.locator(".modeler-findings")).to_contain_text("没有路径能走到这里")
    expect(page.locator(".mark-finding.is-error")).to_be_visible()
    expect(page.get_by_role("button", name="部署…")).to_be_disabled()
    expect(page.locator("[data-reason]")).to_contain_text("改正后才能部署")
    page.get_by_role("button", name="撤销").click()

    expect(page.locator("[data-count=error]")).to_have_text("0")
    expect(page.locator(".mark-finding")).to_have_count(0)
    expect(page.get_by_role("button", name="部署…")).to_be_enabled()


def test_a_finding_leads_to_its_element_and_a_filter_hides_it(people: People, site: Site) -> None:
    page = people.page("admin")
    _begin(page)
    _put(page, "block.task", 0.6, 0.5)
    finding = page.locator(".modeler-findings .finding").filter(has_text="没有路径能走到这里")
    expect(finding).to_be_visible()
    _choose(page, "handle")

    finding.locator("[data-choose]").click()
    chosen = page.locator(".djs-element.selected .djs-label")
    expect(chosen.first).to_contain_text("新任务")
    page.locator("[data-filter=error]").click()

    expect(finding).to_have_count(0)
    expect(page.locator(".mark-finding")).to_have_count(0)


def test_a_deadline_with_supervision_is_one_step_and_one_undo(people: People, site: Site) -> None:
    page = people.page("admin")
    _begin(page)

    _choose(page, "handle")
    page.locator(".djs-context-pad [data-action='block.deadline24']").click()
    expect(page.get_by_text("督办：办理投诉").first).to_be_visible()
    expect(page.locator("[data-count=error]")).to_have_text("0")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-state]")).to_contain_text("已保存")
    saved = page.evaluate("fetch(document.querySelector('[data-modeler]').dataset.fileUrl).then((one) => one.text())")
    page.get_by_role("button", name="撤销").click()

    assert "PT24H" in saved
    assert 'cancelActivity="false"' in saved
    assert "taskSchedule" in saved
    expect(page.get_by_text("督办：办理投诉")).to_have_count(0)
    expect(page.get_by_role("button", name="撤销")).to_be_disabled()


def test_an_approval_comes_with_its_way_back(people: People, site: Site) -> None:
    page = people.page("admin")
    _begin(page)

    _put(page, "block.approval", 0.7, 0.5)

    for text in ("审批", "是否批准？", "退回"):
        expect(page.locator(".djs-element .djs-label").filter(has_text=text).first).to_be_visible()
    expect(page.locator("[data-reason]")).to_contain_text("改正后才能部署")


def test_a_form_is_chosen_from_those_that_are_deployed(people: People, site: Site) -> None:
    page = people.page("admin")
    _open(page)
    page.get_by_role("heading", name="用到的表单、决策和流程").click()

    _choose(page, "pass_on")
    expect(page.locator("[data-references] a")).to_contain_text("suggestion_pass_on")
    page.get_by_label("改用").select_option("suggestion_consider")

    expect(page.locator("[data-references] a")).to_contain_text("suggestion_consider")


def test_a_counter_example_is_played_in_the_modeler(people: People, site: Site, tmp_path: Path) -> None:
    page = people.page("admin")
    page.on("dialog", lambda dialog: dialog.accept())
    _begin(page)
    file = tmp_path / "twice.bpmn"
    file.write_bytes(DONE_TWICE)
    page.set_input_files("[data-open]", file)

    finding = page.locator(".finding").filter(has_text="sound-unsynchronised")
    finding.get_by_role("button", name="逐步演示").click()
    page.get_by_role("slider", name="步骤").press("End")
    expect(page.locator(".player")).to_contain_text("第 7 步，共 7 步：答复客户 这里会做不止一次")
    expect(page.locator(".run-token.is-end text")).to_have_text("×2")
    page.get_by_role("button", name="关闭演示").click()

    expect(page.locator(".run-token")).to_have_count(0)


def test_mending_what_is_done_twice_ends_the_play(people: People, site: Site, tmp_path: Path) -> None:
    page = people.page("admin")
    page.on("dialog", lambda dialog: dialog.accept())
    _begin(page)
    file = tmp_path / "twice.bpmn"
    file.write_bytes(DONE_TWICE)
    page.set_input_files("[data-open]", file)
    finding = page.locator(".finding").filter(has_text="sound-unsynchronised")
    finding.get_by_role("button", name="逐步演示").click()
    page.get_by_role("button", name="暂停").click()

    _choose(page, "merge")
    page.locator(".djs-context-pad [data-action='replace']").click()
    page.locator(".djs-popup").get_by_text("并行网关").click()

    expect(finding).to_have_count(0)
    expect(page.locator(".player")).to_be_hidden()


def test_what_could_not_be_saved_is_there_again_after_a_crash(people: People, site: Site) -> None:
    window = people.window()
    page = people.page("admin", window=window)
    _begin(page)
    window.context.set_offline(True)
    _rename(page, "handle", "找回物品")
    expect(page.locator("[data-notice]")).to_contain_text("没有连上服务器")
    address = page.url

    page.close()  # nobody asks: as when the browser is killed
    window.context.set_offline(False)
    again = window.page()
    again.goto(address)
    _ready(again)

    expect(_element(again, "handle")).to_contain_text("找回物品")
    expect(again.locator("[data-state]")).to_contain_text("已保存")
    window.faults.clear()  # the connection that was cut


def test_an_ended_session_keeps_the_drawing_and_goes_on_after_signing_in(people: People, site: Site) -> None:
    window = people.window()
    page = people.page("admin", window=window)
    _begin(page)
    window.context.clear_cookies()
    _rename(page, "handle", "找回物品")
    expect(page.locator("[data-notice]")).to_contain_text("登录已结束")

    other = people.page("admin", window=window)
    other.close()
    page.bring_to_front()
    page.keyboard.press("Control+s")

    expect(page.locator("[data-state]")).to_contain_text("已保存")
    window.faults.clear()  # 401 and 400 are told to the console


def test_two_windows_do_not_write_over_each_other(people: People, site: Site) -> None:
    window = people.window()
    first = people.page("admin", window=window)
    _begin(first)
    second = window.page()
    second.goto(first.url)
    _ready(second)
    _rename(first, "handle", "第一个窗口")
    first.keyboard.press("Control+s")
    expect(first.locator("[data-state]")).to_contain_text("已保存")

    _rename(second, "handle", "第二个窗口")
    second.keyboard.press("Control+s")
    expect(second.locator("[data-notice]")).to_contain_text("已在别的窗口保存过")
    second.get_by_role("button", name="载入较新的一份").click()
    second.wait_for_load_state()
    _ready(second)

    expect(_element(second, "handle")).to_contain_text("第一个窗口")
    window.faults.clear()  # 409 is told to the console


def test_a_version_deployed_meanwhile_is_shown_before_it_is_replaced(people: People, site: Site) -> None:
    window = people.window()
    page = people.page("admin", window=window)
    _open(page)
    with site.database.work(SYSTEM) as work:
        content = plan_files()["suggestion.bpmn"].replace("建议型投诉处置预案".encode(), "建议处置预案".encode(), 1)
        deployments.deploy(work, {"suggestion.bpmn": content})
    _rename(page, "pass_on", "转交当事部门")
    expect(page.locator("[data-reason]")).to_have_text(_ALL_WELL)

    page.get_by_role("button", name="部署…").click()
    page.get_by_role("button", name="部署", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="已有人部署了第 2 版")).to_be_visible()
    page.get_by_role("button", name="仍要部署").click()
    page.wait_for_url("**/plans/suggestion")

    assert _version(site, "suggestion") == 3
    window.faults.clear()  # 409 is told to the console


def test_files_are_taken_home_and_opened(people: People, site: Site, tmp_path: Path) -> None:
    page = people.page("admin")
    page.on("dialog", lambda dialog: dialog.accept())
    _begin(page)

    files: dict[str, str] = {}
    for button in ("下载 .bpmn", "导出图片 .svg"):
        page.locator(".modeler-menu > summary").click()
        with page.expect_download() as download:
            page.get_by_role("button", name=button).click()
        files[download.value.suggested_filename] = Path(download.value.path()).read_text("utf-8")
    changed = tmp_path / "changed.bpmn"
    changed.write_text(files["lost_item.bpmn"].replace("办理投诉", "找回物品"), "utf-8")
    page.set_input_files("[data-open]", changed)

    assert "<svg" in files["lost_item.svg"]
    expect(_element(page, "handle")).to_contain_text("找回物品")
    expect(page.locator("[data-notice]")).to_contain_text("已打开文件“changed.bpmn”")
    expect(page.locator("[data-state]")).to_contain_text("已保存")


def test_a_file_of_camunda_7_is_drawn_with_its_own_properties(people: People, site: Site, tmp_path: Path) -> None:
    page = people.page("admin")
    page.on("dialog", lambda dialog: dialog.accept())
    _begin(page)
    camunda = DONE_TWICE.decode().replace(
        "xmlns:zeebe=", 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe='
    )
    camunda = camunda.replace("<bpmn:userTask ", '<bpmn:userTask camunda:candidateGroups="客服人员" ')
    file = tmp_path / "seven.bpmn"
    file.write_text(camunda, "utf-8")

    with page.expect_navigation():
        page.set_input_files("[data-open]", file)
    _ready(page)
    _choose(page, "search")
    page.locator(".bio-properties-panel-group-header-title", has_text="办理人").click()

    expect(page.locator("#bio-properties-panel-candidateGroups")).to_have_value("客服人员")


def test_a_file_that_cannot_be_drawn_is_told_and_not_lost(people: People, site: Site, tmp_path: Path) -> None:
    page = people.page("admin")
    page.on("dialog", lambda dialog: dialog.accept())
    _begin(page)
    broken = tmp_path / "broken.bpmn"
    broken.write_text("<definitions", "utf-8")

    page.set_input_files("[data-open]", broken)

    expect(page.locator(".modeler-findings")).to_contain_text("不是合法的 XML")
    expect(page.get_by_role("button", name="部署…")).to_be_disabled()


def test_a_file_opened_by_mistake_is_put_away_and_the_drawing_is_back(
    people: People, site: Site, tmp_path: Path
) -> None:
    page = people.page("admin")
    page.on("dialog", lambda dialog: dialog.accept())
    _begin(page)
    _rename(page, "handle", "找回物品")
    expect(_element(page, "handle")).to_contain_text("找回物品")
    picture = tmp_path / "notice.pdf"
    picture.write_bytes(b"%PDF-1.4")
    page.set_input_files("[data-open]", picture)
    expect(page.locator(".modeler-findings")).to_contain_text("不是合法的 XML")
    expect(page.locator("[data-state]")).to_contain_text("已保存")

    page.get_by_role("button", name="改回原来的").click()

    expect(_element(page, "handle")).to_contain_text("找回物品")
    expect(page.locator("[data-reason]")).to_contain_text(_ALL_WELL)
    expect(page.locator("[data-notice]")).to_be_hidden()


@pytest.mark.parametrize("plan", ["unit_complaint", "consumer_complaint", "petition", "reception"])
def test_drawing_changes_nothing_that_was_not_drawn(people: People, site: Site, plan: str) -> None:
    page = people.page("admin")
    _open(page, plan)
    page.locator(".djs-element[data-element-id] .djs-hit-stroke").first.wait_for(state="attached")
    start = page.locator(".djs-shape[data-element-id] circle").first
    start.click(force=True)
    page.locator("[data-canvas] svg").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="撤销")).to_be_enabled()

    page.locator(".modeler-menu > summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载 .bpmn").click()

    name = f"{plan}.bpmn"
    after, _ = Family.read({name: Path(download.value.path()).read_bytes()})
    before, _ = Family.read({name: plan_files()[name]})
    assert _meaning(after.processes) == _meaning(before.processes)
    page.get_by_role("button", name="撤销").click()


def _meaning(thing: Any) -> Any:
    """Return what a diagram says, without where and in which order it says so."""
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        names = [field.name for field in dataclasses.fields(thing) if field.name not in ("place", "line", "column")]
        return type(thing).__name__, {name: _meaning(getattr(thing, name)) for name in names}
    if isinstance(thing, dict):
        return {key: _meaning(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return sorted((_meaning(value) for value in thing), key=repr)
    return str(thing)


def test_keys_move_undo_and_delete(people: People, site: Site) -> None:
    page = people.page("admin")
    _begin(page)
    _choose(page, "complaint_received")

    page.keyboard.press("Delete")
    expect(_element(page, "complaint_received")).to_have_count(0)
    expect(page.locator("[data-count=error]")).not_to_have_text("0")
    page.keyboard.press("Control+z")

    expect(_element(page, "complaint_received")).to_be_visible()
    expect(page.locator("[data-count=error]")).to_have_text("0")


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_the_logo_of_the_drawing_tool_stays_visible_and_uncovered(people: People, site: Site, size: str) -> None:
    page = people.page("admin", size=size)
    _open(page)

    logo = page.locator(".bjs-powered-by")
    expect(logo).to_be_visible()
    logo.scroll_into_view_if_needed()
    assert logo.evaluate(
        """logo => {
            const box = logo.getBoundingClientRect();
            const root = logo.closest('[data-canvas]').getBoundingClientRect();
            const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return logo.contains(top) && root.right - box.right < 40 && root.bottom - box.bottom < 40;
        }"""
    )


def test_everything_the_tool_says_is_in_chinese(people: People, site: Site) -> None:
    page = people.page("admin")
    _open(page)
    tips: set[str] = set()

    for element in (
        "suggestion_received",
        "pass_on",
        "rate_severity",
        "visit_complainant",
        "is_report_accepted",
        "pass_on_overdue",
    ):
        _choose(page, element)
        pad = page.locator(".djs-context-pad [data-action='replace']")
        pad.click()
        page.keyboard.press("Escape")
        for group in page.locator(".bio-properties-panel-group-header-title").all():
            group.click()
        tips |= set(page.evaluate("[...document.querySelectorAll('[data-properties] [title]')].map(one => one.title)"))

    assert page.evaluate("document.querySelector('[data-modeler]').untranslated") == []
    assert [tip for tip in tips if not re.search(r"[\u4e00-\u9fff]", tip)] == []


@pytest.mark.parametrize(("size", "dark"), [("wide", False), ("narrow", True)])
def test_the_modeler_is_accessible_and_fits(people: People, site: Site, tmp_path: Path, size: str, dark: bool) -> None:
    page = people.page("admin", size=size, dark=dark)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/modeler/")
    told = Axe().run(page, options=WCAG).response["violations"]
    _begin(page)
    file = tmp_path / "twice.bpmn"
    file.write_bytes(DONE_TWICE)
    page.set_input_files("[data-open]", file)
    page.get_by_role("button", name="逐步演示").click()

    told += Axe().run(page, options=WCAG).response["violations"]

    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in told] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_javascript_the_page_says_what_to_do_instead(people: People, site: Site) -> None:
    page = people.page("admin", scripts=False)

    page.goto("/modeler/")
    page.locator("form[action='/modeler/plans/suggestion'] button").click()

    expect(page.get_by_text("在线建模需要 JavaScript")).to_be_visible()
