"""The house's main menu: which page families there are, who is offered them. A page still checks by itself."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, url_for
from flask_babel.speaklater import LazyString

from webapp.auth import may
from webapp.i18n import lazy_gettext


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu. `name` is what a page's `nav_active` block says; `permission` "" is for all signed in."""

    name: str
    endpoint: str
    label: LazyString
    permission: str = ""


#: In the order shown. An entry whose page is not built in is left out.
ENTRIES = (
    Entry("inbox", "inbox.index", lazy_gettext("我的任务")),
    Entry("register", "register.new", lazy_gettext("登记投诉"), "register"),
    Entry("complaints", "register.index", lazy_gettext("投诉件")),
    Entry("monitor", "monitor.index", lazy_gettext("流程监控"), "monitor|operate"),
    Entry("plans", "plans.index", lazy_gettext("预案"), "deploy|monitor"),
    Entry("organisation", "organisation.index", lazy_gettext("组织机构")),
    Entry("admin", "admin.index", lazy_gettext("管理"), "people|calendar|operate|clock"),
)


def init(app: Flask) -> None:
    """Give the templates `navigation()` and `has_page(endpoint)`."""
    app.add_template_global(navigation)
    app.add_template_global(has_page)


def has_page(endpoint: str) -> bool:
    """Return whether this page is built in."""
    return endpoint in current_app.view_functions


def navigation() -> list[dict[str, str]]:
    """Return the entries that whoever acts is offered: name, label and address."""
    return [
        {"name": entry.name, "label": str(entry.label), "url": url_for(entry.endpoint)}
        for entry in ENTRIES
        if has_page(entry.endpoint) and may(entry.permission)
    ]
