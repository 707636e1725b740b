"""A counter-example is played on the diagram of the preview: buttons, slider, keys, words, and without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import WCAG, People
from tests.support.site import Site
from tests.support.sketch import DONE_TWICE


@pytest.fixture(params=["sqlite"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Give SQLite: how a run is played does not depend on the database."""
    kind: str = request.param
    return kind


@pytest.fixture
def done_twice(tmp_path: Path) -> Path:
    """Give a plan whose parallel branches are merged and not joined."""
    path = tmp_path / "lost_item.bpmn"
    path.write_bytes(DONE_TWICE)
    return path


def _preview(page: Page, file: Path) -> None:
    page.goto("/deployments/new")
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="检查并预览").click()


def _play(page: Page, file: Path) -> None:
    _preview(page, file)
    page.wait_for_selector("[data-diagram][data-ready=yes]")
    page.locator("li[data-element=merge] [data-play]").click()


def test_a_run_is_played_to_its_end_and_says_why_it_is_a_fault(people: People, site: Site, done_twice: Path) -> None:
    page = people.page("admin")
    page.clock.install()

    _play(page, done_twice)
    expect(page.locator(".player")).to_contain_text("第 1 步，共 7 步：接到投诉")
    page.clock.run_for(60_000)

    expect(page.locator(".player")).to_contain_text("第 7 步，共 7 步：答复客户 这里会做不止一次")
    expect(page.locator(".run-token.is-end text")).to_have_text("×2")
    expect(page.locator("[data-element-id=answer].is-run-end")).to_have_count(1)


def test_a_run_is_stepped_by_keyboard_and_closed_where_it_was_opened(
    people: People, site: Site, done_twice: Path
) -> None:
    page = people.page("admin")
    _play(page, done_twice)

    page.keyboard.press("Space")  # the slider has the focus; it stops
    page.keyboard.press("End")
    expect(page.get_by_text("7 / 7")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("6 / 7")).to_be_visible()
    page.keyboard.press("Home")
    expect(page.get_by_role("button", name="上一步")).to_be_disabled()
    page.keyboard.press("Escape")

    expect(page.locator(".player")).to_be_hidden()
    expect(page.locator("li[data-element=merge] [data-play]")).to_be_focused()
    expect(page.locator(".djs-element.is-in-run")).to_have_count(0)


def test_parallel_branches_hold_a_token_each(people: People, site: Site, done_twice: Path) -> None:
    page = people.page("admin")
    _play(page, done_twice)

    page.get_by_role("slider", name="步骤").fill("3")

    expect(page.locator(".run-token")).to_have_count(2)


def test_who_wants_less_motion_sees_tokens_stand_and_not_walk(people: People, site: Site, done_twice: Path) -> None:
    page = people.page("admin")
    page.emulate_media(reduced_motion="reduce")
    _play(page, done_twice)
    page.get_by_role("button", name="暂停").click()

    moves = page.evaluate(
        """async () => {
            document.querySelector('[data-player-do=next]').click();
            const where = () => document.querySelector('.run-token').getAttribute('transform');
            const first = where();
            await new Promise((done) => setTimeout(done, 700));
            return [first, where()];
        }"""
    )

    assert moves[0] == moves[1]
    expect(page.locator("[data-element-id=split].is-run-now")).to_have_count(1)


def test_without_javascript_the_run_is_a_numbered_list_of_names(people: People, site: Site, done_twice: Path) -> None:
    page = people.page("admin", scripts=False)

    _preview(page, done_twice)
    page.get_by_text("怎样走到这里（7 步）").click()

    steps = page.locator("ol:visible > li")
    expect(steps).to_have_count(7)
    expect(steps.first).to_have_text("接到投诉")
    expect(steps.last).to_have_text("答复客户")
    expect(page.get_by_role("button", name="逐步演示")).to_have_count(0)


@pytest.mark.parametrize(("size", "dark"), [("wide", False), ("narrow", True)])
def test_the_player_is_accessible(people: People, site: Site, done_twice: Path, size: str, dark: bool) -> None:
    page = people.page("admin", size=size, dark=dark)

    _play(page, done_twice)
    page.keyboard.press("End")

    assert Axe().run(page, options=WCAG).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
