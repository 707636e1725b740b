"""A Chromium of the system, and a page that tells when something went wrong in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

#: No sandbox, as tests run as root too; nothing that looks for the outside.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser; it ends with the block. Raises when there is none: browser tests are never passed over."""
    path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if path is None:
        raise RuntimeError("no Chromium found: run make setup, which installs it or says how")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        yield browser
        browser.close()


class WatchedContext:
    """A browser window with a watch on it: errors of scripts, of the console and of requests are kept."""

    def __init__(self, browser: Browser, base_url: str, *, width: int, height: int, dark: bool, scripts: bool) -> None:
        self.faults: list[str] = []
        self.context: BrowserContext = browser.new_context(
            base_url=base_url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
        )
        self.context.set_default_timeout(30_000)
        self._base_url = base_url

    def page(self) -> Page:
        """Open a new page in the window."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on(
            "console",
            lambda message: self.faults.append(f"console: {message.text}") if message.type == "error" else None,
        )
        page.on("response", lambda response: self._look(response.status, response.url))
        page.on("request", lambda request: self._look(0, request.url))
        return page

    def _look(self, status: int, url: str) -> None:
        if status >= 500:
            self.faults.append(f"{status} {url}")
        if not url.startswith((self._base_url, "data:", "blob:", "about:")):
            self.faults.append(f"asked the outside: {url}")

    def close(self) -> None:
        """Close the window."""
        self.context.close()
