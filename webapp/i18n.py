"""Chinese first, English by choice: which language a request speaks, and its messages. Holds no message itself.

A message's id is its Chinese text. The English ones stand in `translations/en/*.po` (one file a page family) and are
read when first needed: there is no compile step.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, request, session
from flask_babel import Babel, Domain, get_domain, get_locale, lazy_gettext

from engine.calendars import BEIJING

__all__ = ["LANGUAGES", "gettext", "init", "is_english", "language", "lazy_gettext", "moment", "remaining"]

LANGUAGES = {"zh": "中文", "en": "English"}
_FOLDER = Path(__file__).parent / "translations"


class _Messages(Domain):
    """Looks messages up in the catalogues, instead of in compiled files."""

    def get_translations(self) -> NullTranslations:
        return _english() if is_english() else _CHINESE


_CHINESE = NullTranslations()


def init(app: Flask, default: str) -> None:
    """Let the application's pages speak the request's language, `default` where none was chosen."""
    babel = Babel()
    babel.domain_instance = _Messages()
    app.config["BANJIE_LANGUAGE"] = default

    def choose() -> str:
        chosen = session.get("language")
        if chosen not in LANGUAGES:
            chosen = default
        return "en" if chosen == "en" else "zh_Hans_CN"

    babel.init_app(app, default_locale="zh_Hans_CN", default_timezone="Asia/Shanghai", locale_selector=choose)
    app.add_template_filter(moment)
    app.add_template_filter(remaining)
    app.add_template_global(language)


def is_english() -> bool:
    """Return whether the request speaks English."""
    locale = get_locale()
    return locale is not None and locale.language == "en"


def gettext(message: str, **variables: object) -> str:
    """Return the message in the request's language, `%(name)s` filled in from `variables`."""
    return str(get_domain().gettext(message, **variables))


def language() -> str:
    """Return the request's language: "zh" or "en"."""
    return "en" if is_english() else "zh"


def moment(value: datetime | str | None, *, with_year: bool = True) -> str:
    """Return an instant as people write it, in Beijing time: 2026-09-21 09:00. Nothing for None."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            return value
    else:
        read = value
    if read.tzinfo is None:
        return read.strftime("%Y-%m-%d %H:%M")
    return read.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M" if with_year else "%m-%d %H:%M")


def remaining(due_at: datetime, now: datetime) -> str:
    """Return how long it is until `due_at`, or how long it is past, in words: 还剩 3 小时 20 分, 已超期 2 天."""
    span = _span(abs(due_at - now))
    if due_at < now:
        return gettext("已超期 %(span)s", span=span)
    return gettext("还剩 %(span)s", span=span)


def chosen_in_request() -> str:
    """Return the language that the form of the language switch asks for, Chinese for anything unknown."""
    asked = request.form.get("language", "")
    return asked if asked in LANGUAGES else "zh"


def catalogue() -> Catalog:
    """Return every English message, of all files together."""
    whole = Catalog(locale="en")
    for path in sorted((_FOLDER / "en").glob("*.po")):
        for message in read_po(BytesIO(path.read_bytes()), locale="en"):
            if message.id:
                whole[message.id] = message
    return whole


@cache
def _english() -> NullTranslations:
    compiled = BytesIO()
    write_mo(compiled, catalogue())
    compiled.seek(0)
    return Translations(compiled)


def _span(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return (
            gettext("%(days)s 天 %(hours)s 小时", days=days, hours=hours)
            if hours
            else gettext("%(days)s 天", days=days)
        )
    if hours:
        return gettext("%(hours)s 小时 %(minutes)s 分", hours=hours, minutes=minutes % 60)
    return gettext("%(minutes)s 分钟", minutes=minutes) if minutes else gettext("不到 1 分钟")
