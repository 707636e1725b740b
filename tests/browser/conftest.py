"""What browser tests share: a demo house that serves, a watched browser, and signing in.

def test_something(site: Site, people: People): page = people.page("kefu")
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from engine.work import Clock, Database, open_database
from tests.support import postgres
from tests.support.browser import WatchedContext, chromium
from tests.support.site import Site, serve
from webapp import demo
from webapp.commands.schema import bring_up_to_date
from webapp.demo.cast import PASSWORD

#: What Axe looks for.
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
SIZES = {"wide": (1280, 800), "narrow": (390, 844)}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give the browser, started once for each worker process."""
    with chromium() as browser:
        yield browser


def fill(url: str) -> None:
    """Make the schema and fill the demo, without its sample complaints."""
    pool = open_database(url)
    database = Database(pool, Clock())
    bring_up_to_date(database)
    demo.fill(database, samples=())
    pool.dispose()


@pytest.fixture
def demo_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a database with the demo's people and plans and no complaint yet; each test runs on both kinds."""
    if database_kind == "sqlite":
        folder: Path = request.getfixturevalue("sqlite_folder")
        template = folder / "demo.db"
        if not template.exists():
            fill(f"sqlite:///{template}")
        copy = tmp_path / "demo.db"
        shutil.copyfile(template, copy)
        yield f"sqlite:///{copy}"
        return
    databases: postgres.Databases = request.getfixturevalue("postgres_databases")
    url = databases.create(databases.template("demo", fill))
    yield url
    databases.drop(url)


@pytest.fixture
def site(demo_url: str, tmp_path: Path) -> Iterator[Site]:
    """Give a demo house that serves. Its clock moves only by `site.let_pass`, or by the demo's own page."""
    pool = open_database(demo_url)
    with serve(Database(pool, Clock()), tmp_path) as site:
        yield site
    pool.dispose()


class People:
    """Opens windows for people of the demo. A test fails when anything went wrong in one of them."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._windows: list[WatchedContext] = []

    def window(self, *, size: str = "wide", dark: bool = False, scripts: bool = True) -> WatchedContext:
        """Open an empty window, "wide" or "narrow", light or dark, with or without JavaScript."""
        width, height = SIZES[size]
        window = WatchedContext(self._browser, self._url, width=width, height=height, dark=dark, scripts=scripts)
        self._windows.append(window)
        return window

    def page(
        self,
        login: str,
        *,
        size: str = "wide",
        dark: bool = False,
        scripts: bool = True,
        window: WatchedContext | None = None,
    ) -> Page:
        """Sign somebody in, in a window of their own unless one is given, and return the page they land on."""
        page = (window or self.window(size=size, dark=dark, scripts=scripts)).page()
        page.goto("/sign-in")
        page.fill("input[name=name]", login)
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    def close(self) -> list[str]:
        """Close every window and return what went wrong in them."""
        faults = [fault for window in self._windows for fault in window.faults]
        for window in self._windows:
            window.close()
        return faults


@pytest.fixture
def people(browser: Browser, site: Site) -> Iterator[People]:
    """Give windows for people; anything that went wrong in one fails the test."""
    windows = People(browser, site.url)
    yield windows
    assert windows.close() == []


@pytest.fixture
def photograph(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Give what keeps a picture of a page, when `--pictures FOLDER` is said; else nothing is kept."""
    folder = request.config.getoption("--pictures")

    def take(page: Page, name: str) -> None:
        if folder:
            path = Path(folder) / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=path, full_page=True)

    return take
