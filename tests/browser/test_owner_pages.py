"""Pages of process owners and administrators in a browser: the diagram, findings on it, no JavaScript, small and dark."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from engine import deployments, instances
from engine.work import SYSTEM
from tests.browser.conftest import WCAG, People
from tests.support.site import Site
from webapp.demo import PASSWORD, plan_files

_VARIABLES = {
    "kind": "problem",
    "subject": "频繁更换任课老师",
    "complainant_name": "张女士",
    "received_at": "2026-09-21T08:30:00+08:00",
}


@pytest.fixture(params=["sqlite"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Give SQLite: what a page looks like does not depend on the database."""
    kind: str = request.param
    return kind


def _case(site: Site) -> int:
    with site.database.work(SYSTEM) as work:
        return instances.start(work, "problem", _VARIABLES, business_key="TS-2026-000001")


def _element(page: Page, element: str) -> Locator:
    return page.locator(f"[data-element-id={element}]").first


def _drawn(page: Page, path: str) -> None:
    page.goto(path)
    page.wait_for_selector("[data-diagram][data-ready=yes]")


def _broken_plan(folder: Path) -> Path:
    content = plan_files()["problem.bpmn"].decode()
    path = folder / "problem.bpmn"
    path.write_text(content.replace('=opinion_decision = "approve"', '=opinion_decision = = "approve"'), "utf-8")
    return path


def test_the_diagram_of_a_case_shows_the_token_the_way_and_the_deadline(people: People, site: Site) -> None:
    case = _case(site)
    page = people.page("admin")

    _drawn(page, f"/cases/{case}")

    assert "is-current" in (_element(page, "phone_complainant").get_attribute("class") or "")
    assert "is-done" in (_element(page, "complaint_received").get_attribute("class") or "")
    assert page.locator(".djs-connection.is-taken").count() == 1
    expect(page.get_by_role("img", name="正在此处：1 个")).to_be_visible()
    expect(page.locator(".mark-due").first).to_be_visible()


def test_the_diagram_follows_the_case_without_a_reload(people: People, site: Site) -> None:
    case = _case(site)
    page = people.page("admin")
    page.clock.install()
    _drawn(page, f"/cases/{case}")

    site.let_pass(timedelta(hours=5))
    page.clock.run_for(21_000)

    expect(page.get_by_text("此件有新进展")).to_be_visible()
    expect(page.get_by_role("img", name="正在此处：1 个")).to_have_count(2)


def test_the_logo_of_the_drawing_library_stays_visible_and_uncovered(people: People, site: Site) -> None:
    case = _case(site)

    for size in ("wide", "narrow"):
        page = people.page("admin", size=size)
        _drawn(page, f"/cases/{case}")
        logo = page.locator(".bjs-powered-by")
        expect(logo).to_be_visible()
        logo.scroll_into_view_if_needed()
        assert logo.evaluate(
            """logo => {
                const box = logo.getBoundingClientRect();
                const root = logo.closest('[data-diagram]').getBoundingClientRect();
                const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                return logo.contains(top) && root.right - box.right < 40 && root.bottom - box.bottom < 40;
            }"""
        )


def test_the_diagram_is_moved_and_zoomed_by_keyboard(people: People, site: Site) -> None:
    case = _case(site)
    page = people.page("admin")
    _drawn(page, f"/cases/{case}")
    view = page.locator("[data-diagram] svg > .viewport")
    before = view.get_attribute("transform")

    page.get_by_role("button", name="放大").focus()
    page.keyboard.press("Enter")
    enlarged = view.get_attribute("transform")
    page.locator("[data-diagram] svg").first.focus()
    page.keyboard.press("ArrowRight")
    moved = view.get_attribute("transform")

    assert len({before, enlarged, moved}) == 3


def test_a_wheel_over_the_diagram_scrolls_the_page(people: People, site: Site) -> None:
    case = _case(site)
    page = people.page("admin")
    _drawn(page, f"/cases/{case}")

    page.locator("[data-diagram]").hover()
    page.mouse.wheel(0, 400)

    expect(page.locator(".brand")).to_be_in_viewport()
    expect(page.locator("h1")).not_to_be_in_viewport()


def test_without_javascript_a_case_is_told_in_words(people: People, site: Site) -> None:
    case = _case(site)
    page = people.page("admin", scripts=False)

    page.goto(f"/cases/{case}")

    expect(page.locator(".diagram-frame")).to_be_hidden()
    expect(page.get_by_role("heading", name="待办任务")).to_be_visible()
    expect(page.locator(".case-tasks")).to_contain_text("电话沟通并登记")


def test_findings_are_marked_on_the_diagram_and_lead_there_and_back(people: People, site: Site, tmp_path: Path) -> None:
    window = people.window()
    page = window.page()
    page.goto("/sign-in?next=/deployments/new")
    page.fill("input[name=name]", "owner")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.set_input_files("input[type=file]", _broken_plan(tmp_path))
    page.get_by_role("button", name="检查并预览").click()
    page.wait_for_selector("[data-diagram][data-ready=yes]")
    assert [fault for fault in window.faults if "422" not in fault] == []  # the refusal itself is told to the console
    window.faults.clear()
    flow = "is_opinion_approved_to_negotiate"

    page.locator(f".finding[data-element={flow}]").get_by_role("button", name="在图上显示").click()

    assert "has-error" in (_element(page, flow).get_attribute("class") or "")
    assert "selected" in (_element(page, flow).get_attribute("class") or "")
    page.locator(".mark-finding").first.click()
    expect(page.locator(".finding.is-chosen").first).to_be_visible()


def test_a_plan_is_deployed_without_javascript(people: People, site: Site, tmp_path: Path) -> None:
    path = tmp_path / "problem.bpmn"
    path.write_bytes(plan_files()["problem.bpmn"].replace("约见投诉人".encode(), "约请投诉人".encode()))
    page = people.page("owner", scripts=False)

    page.goto("/deployments/new")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="检查并预览").click()
    page.get_by_role("button", name="部署", exact=True).click()

    expect(page.locator(".notices")).to_contain_text("问题型投诉处置预案 第 2 版")


@pytest.mark.parametrize(("size", "dark"), [("wide", False), ("wide", True), ("narrow", False)])
def test_the_pages_pass_the_accessibility_check_and_fit_the_window(
    people: People, site: Site, size: str, dark: bool
) -> None:
    case = _case(site)
    with site.database.work(SYSTEM) as work:
        version = next(info.definition_id for info in instances.find(work).items)
    files = plan_files()
    files["problem.bpmn"] = files["problem.bpmn"].replace("形成处理意见及补偿办法".encode(), "拟定处理意见".encode())
    with site.database.work(SYSTEM) as work:
        deployments.deploy(work, files)
    page = people.page("admin", size=size, dark=dark)
    paths = (
        f"/cases/{case}",
        "/monitor/",
        "/monitor/incidents",
        "/plans/",
        "/plans/problem",
        "/plans/problem/compare",
        "/plans/findings/gateway-without-default",
        "/organisation/problem",
        "/organisation/problem/edit",
        f"/plan-versions/{version}/decisions/problem_severity?v.is_injured=yes",
        "/deployments/new",
        "/admin/",
        "/admin/people",
        "/admin/people/kefu",
        "/admin/calendar",
        "/admin/clock",
        "/admin/log",
    )

    found = []
    for path in paths:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        told = Axe().run(page, options=WCAG).response["violations"]
        found += [f"{path} {fault['id']}: {fault['nodes'][0]['html'][:160]}" for fault in told]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{path} is wider than the window")

    assert found == []
