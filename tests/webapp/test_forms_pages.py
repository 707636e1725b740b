"""Staff pages in a browser: with and without JavaScript, by keyboard, small and dark, and readable for everybody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.browser import WatchedContext, chromium
from tests.support.site import Site, serve
from tests.webapp.conftest import PASSWORD, House
from webapp.demo.papers import picture

_WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
Open = Callable[..., Page]


@pytest.fixture
def database_kind() -> str:
    """What a page looks like does not depend on the database."""
    return "sqlite"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def site(house: House, tmp_path: Path) -> Iterator[Site]:
    """Give the house, serving."""
    with serve(house.database, tmp_path) as site:
        yield site


@pytest.fixture
def window(browser: Browser, site: Site) -> Iterator[Open]:
    """Give what opens a window for somebody; errors of scripts and of the server fail the test."""
    windows: list[WatchedContext] = []

    def open_for(login: str, *, width: int = 1280, dark: bool = False, scripts: bool = True) -> Page:
        watched = WatchedContext(browser, site.url, width=width, height=850, dark=dark, scripts=scripts)
        windows.append(watched)
        page = watched.page()
        page.goto("/sign-in")
        page.fill("[name=name]", login)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "/sign-in" not in url)  # a page left while it loads tells of what it missed
        return page

    yield open_for
    # A page that is refused on purpose (404, 409, 422) is told in the console by the browser itself.
    faults = [
        fault for watched in windows for fault in watched.faults if not re.search(r"status of 4(01|04|09|15|22)", fault)
    ]
    for watched in windows:
        watched.close()
    assert faults == []


def _look_well(page: Page, where: str) -> None:
    found = Axe().run(page, options=_WCAG)
    assert found.violations_count == 0, f"{where}: {found.generate_report()}"
    width, shown = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width <= shown, f"{where} is wider than the window"


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_every_staff_page_is_readable_for_everybody(house: House, window: Open, width: int, dark: bool):
    first, second = (
        house.register(),
        house.register(received_at="2026-09-01T08:30", subject="一" * 80, content="长" * 900),
    )
    page = window("guo", width=width, dark=dark)
    task = f"/tasks/{house.task_id(first)}"
    for path in ("/", "/?box=roles", task, "/complaints", f"/complaints/{second.case_number}",
                 f"/complaints/{first.case_number}/print", "/me/password", "/nowhere"):  # fmt: skip
        page.goto(path)
        _look_well(page, path)
    page.goto(task)
    page.get_by_role("button", name="完成", exact=True).click()
    _look_well(page, "a task with faults")
    clerk = window("mei", width=width, dark=dark)
    clerk.goto("/complaints/new")
    clerk.get_by_role("button", name="登记", exact=True).click()
    _look_well(clerk, "registering with faults")
    page.get_by_text("张建国").click()
    page.get_by_role("button", name="退出登录").click()
    _look_well(page, "signing in")


def test_a_field_appears_when_it_applies_and_is_not_sent_when_it_does_not(house: House, window: Open):
    page = window("guo")
    page.goto(f"/tasks/{house.task_id(house.register())}")
    reason = page.get_by_label("不属实的理由")
    expect(reason).to_be_hidden()

    page.get_by_label("不属实", exact=True).check()
    expect(reason).to_be_visible()
    reason.fill("现场没有施工")
    page.get_by_label("属实", exact=True).check()
    expect(reason).to_be_hidden()
    page.get_by_role("button", name="完成", exact=True).click()

    expect(page.get_by_role("status")).to_contain_text("任务已办结")


def test_what_is_written_is_kept_without_pressing_anything_and_still_completes(house: House, window: Open):
    task_id = house.task_id(house.register())
    page = window("guo")
    page.goto(f"/tasks/{task_id}")
    page.get_by_role("button", name="签收").click()

    page.get_by_label("不属实", exact=True).check()
    reason = page.get_by_label("不属实的理由")
    reason.fill("现场没有施工")
    reason.press("Tab")
    expect(page.get_by_text("草稿已自动保存")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(page.get_by_label("不属实的理由")).to_have_value("现场没有施工")
    page.get_by_label("不属实的理由").fill("现场确实没有施工")
    page.get_by_role("button", name="完成", exact=True).click()

    expect(page.get_by_role("status")).to_contain_text("任务已办结")


def test_without_javascript_every_field_is_there_and_the_work_gets_done(house: House, window: Open):
    page = window("guo", scripts=False)
    page.goto("/?box=roles")
    house.register()
    page.goto("/?box=roles")
    page.get_by_role("button", name=re.compile("签收")).click()
    expect(page.get_by_label("不属实的理由")).to_be_visible()
    expect(page.get_by_text("仅在适用时填写")).to_be_visible()

    page.get_by_role("button", name="添加一行").click()
    page.get_by_label("分贝").fill("71")
    page.get_by_label("不属实", exact=True).check()
    page.get_by_role("button", name="完成", exact=True).click()
    expect(page.locator(".error-summary")).to_contain_text("不属实的理由：此项必填")
    page.get_by_label("不属实的理由").fill("现场没有施工")
    expect(page.get_by_label("分贝")).to_have_value("71")
    page.get_by_role("button", name="完成", exact=True).click()

    expect(page.get_by_role("status")).to_contain_text("任务已办结")


def test_a_fault_is_reached_by_keyboard_alone(house: House, window: Open):
    page = window("guo")
    page.goto(f"/tasks/{house.task_id(house.register())}")
    page.get_by_role("button", name="完成", exact=True).focus()
    page.keyboard.press("Enter")

    expect(page.locator(".error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("属实", exact=True)).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_label("属实", exact=True)).to_be_checked()


def test_the_first_stop_of_the_keyboard_leads_past_the_menu(house: House, window: Open):
    page = window("guo")
    page.goto("/complaints")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()

    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_the_menus_open_and_close_by_keyboard_on_a_small_screen(window: Open):
    page = window("mei", width=390)
    menu = page.locator("summary", has_text="菜单")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="登记投诉").first).to_be_visible()

    page.keyboard.press("Escape")

    expect(menu).to_be_focused()
    expect(page.locator(".menu-main nav")).to_be_hidden()


def test_a_deadline_counts_down_while_the_page_is_open(house: House, window: Open):
    page = window("guo")
    page.clock.install()
    page.goto(f"/tasks/{house.task_id(house.register())}")
    words = page.locator(".task-due .due-words")
    expect(words).to_have_text("还剩 1 天 23 小时")

    page.clock.fast_forward("01:00:00")
    expect(words).to_have_text("还剩 1 天 22 小时")
    for _ in range(3):
        page.clock.fast_forward("16:00:00")
    expect(words).to_have_text("已超期 1 小时 30 分")
    expect(page.locator(".task-due .due")).to_have_class(re.compile("due-over"))


def test_pressing_the_button_twice_sends_the_form_once(house: House, window: Open):
    page = window("guo")
    page.goto(f"/tasks/{house.task_id(house.register())}")
    page.get_by_label("属实", exact=True).check()
    sent: list[str] = []

    def count(route: Route) -> None:
        sent.append(route.request.url)
        route.continue_()

    page.route("**/complete", count)
    page.get_by_role("button", name="完成", exact=True).dblclick()

    expect(page.get_by_role("status")).to_contain_text("任务已办结")
    assert len(sent) == 1


def test_english_is_spoken_on_every_staff_page_once_chosen(house: House, window: Open):
    page = window("guo")
    task = house.task_id(house.register())
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Tasks")).to_be_visible()

    page.goto(f"/tasks/{task}")

    expect(page.get_by_role("group", name="Finding")).to_be_visible()
    expect(page.get_by_role("button", name="Complete")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"


def test_an_open_inbox_shows_a_new_task_by_itself(house: House, window: Open):
    page = window("guo")
    page.clock.install()
    page.goto("/?box=roles")
    expect(page.get_by_text("本岗位没有待签收的任务")).to_be_visible()
    house.register()

    page.clock.run_for(21_000)

    expect(page.locator("#tasks tbody tr")).to_have_count(1)


def test_an_open_inbox_leads_to_the_sign_in_page_when_the_session_has_ended(house: House, window: Open):
    house.register()
    page = window("guo")
    page.clock.install()
    page.goto("/?box=roles")
    page.context.clear_cookies()

    page.clock.run_for(21_000)

    page.wait_for_url(lambda url: "/sign-in" in url)


PHOTO = {"name": "现场.png", "mimeType": "image/png", "buffer": picture(1)}


def test_a_chosen_file_is_sent_at_once_and_survives_leaving_the_page(house: House, window: Open):
    page = window("guo")
    page.goto(f"/tasks/{house.task_id(house.register())}")

    page.get_by_label("现场照片").set_input_files(PHOTO)
    expect(page.locator("[data-progress]")).to_have_text("已添加 现场.png")
    page.reload()

    expect(page.get_by_role("link", name="现场.png")).to_be_visible()
    page.get_by_label("属实", exact=True).check()
    page.get_by_role("button", name="完成", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("任务已办结")


@pytest.mark.parametrize("dark", [False, True])
def test_a_form_that_is_busy_stays_readable(house: House, window: Open, dark: bool):
    page = window("guo", dark=dark)
    page.emulate_media(reduced_motion="reduce")  # no colour on its way to another
    page.goto(f"/tasks/{house.task_id(house.register())}")

    page.evaluate("for (const form of document.querySelectorAll('[data-once]')) form.setAttribute('aria-busy', 'true')")

    _look_well(page, "a task that is being sent")


def test_a_refused_file_is_told_at_its_field_and_the_others_are_there(house: House, window: Open):
    page = window("guo")
    page.goto(f"/tasks/{house.task_id(house.register())}")
    page.get_by_label("属实", exact=True).check()

    page.get_by_label("现场照片").set_input_files(
        [PHOTO, {"name": "程序.png", "mimeType": "image/png", "buffer": b"MZ" + b"\0" * 99}]
    )

    expect(page.locator("[data-progress] .field-error")).to_contain_text("“程序.png”的内容不是可以添加的类型")
    expect(page.locator("[data-file]")).to_have_count(1)
    expect(page.get_by_label("属实", exact=True)).to_be_checked()
    _look_well(page, "a task with a file and a refused one")


def test_a_file_is_added_and_taken_away_by_keyboard_alone(house: House, window: Open):
    page = window("guo")
    page.goto(f"/tasks/{house.task_id(house.register())}")
    with page.expect_file_chooser() as chooser:
        page.get_by_label("现场照片").focus()
        expect(page.get_by_label("现场照片")).to_be_focused()  # by now the browser knows that a chooser is awaited
        page.keyboard.press("Enter")
    chooser.value.set_files(PHOTO)
    remove = page.get_by_role("button", name="移除 现场.png")
    expect(remove).to_be_visible()

    page.keyboard.press("Shift+Tab")
    expect(remove).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("[data-file]")).to_have_count(0)
    expect(page.locator("[data-progress]")).to_have_text("已移除 现场.png")
    expect(page.get_by_label("现场照片")).to_be_focused()


def test_a_file_is_dropped_onto_its_field(house: House, window: Open):
    page = window("guo")
    page.goto(f"/tasks/{house.task_id(house.register())}")
    carried = page.evaluate_handle(
        """bytes => {
            const carried = new DataTransfer();
            carried.items.add(new File([new Uint8Array(bytes)], "拖来.png", {type: "image/png"}));
            return carried;
        }""",
        list(picture(1)),
    )

    page.locator("[data-files]").dispatch_event("drop", {"dataTransfer": carried})

    expect(page.locator("[data-file]")).to_contain_text("拖来.png")


def test_a_form_waits_for_the_file_that_is_still_on_its_way(house: House, window: Open):
    page = window("guo")
    page.goto(f"/tasks/{house.task_id(house.register())}")
    page.get_by_label("属实", exact=True).check()
    held: list[Route] = []
    page.route("**/attachments?*", lambda route: held.append(route))

    page.get_by_label("现场照片").set_input_files(PHOTO)
    expect(page.locator("progress")).to_be_visible()
    page.get_by_role("button", name="完成", exact=True).click()
    expect(page.locator("[data-progress]")).to_contain_text("文件还在上传，请稍候再提交。")
    held[0].continue_()
    expect(page.locator("[data-file]")).to_have_count(1)
    page.get_by_role("button", name="完成", exact=True).click()

    expect(page.get_by_role("status")).to_contain_text("任务已办结")


def test_without_javascript_a_file_goes_along_with_the_draft_and_can_be_taken_away(house: House, window: Open):
    page = window("guo", scripts=False)
    page.goto(f"/tasks/{house.task_id(house.register())}")
    page.get_by_label("不属实", exact=True).check()

    page.get_by_label("现场照片").set_input_files(PHOTO)
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_role("link", name="现场.png")).to_be_visible()
    page.get_by_role("button", name="移除 现场.png").click()

    expect(page.locator("[data-file]")).to_have_count(0)
    expect(page.get_by_label("不属实", exact=True)).to_be_checked()
