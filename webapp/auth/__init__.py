"""Who is at the door, and what may they open: the guard of every page. The sign-in page itself is `auth/views.py`.

Default deny: a view says `@requires(...)` or `@public`, or nobody gets in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from flask_login import LoginManager, current_user

from engine.errors import NotAllowed
from engine.work import Actor
from webapp import people
from webapp.db import NOBODY, actor, database
from webapp.errors import NotSignedIn

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "_banjie_door"
_PUBLIC = "public"


class SignedIn:
    """The person of a request, as Flask-Login wants to know them."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, info: people.PersonInfo) -> None:
        self.info = info

    def get_id(self) -> str:
        """Return what the session keeps: the stamp, so that a new password ends every session, and the login name."""
        return f"{self.info.stamp}:{self.info.id}"


def requires(*permissions: str) -> Callable[[View], View]:
    """Let in who is signed in and has every one of `permissions`; with "a|b", who has either of the two."""

    def mark(view: View) -> View:
        setattr(view, _MARK, permissions)
        return view

    return mark


def public(view: View) -> View:
    """Let everybody in."""
    setattr(view, _MARK, _PUBLIC)
    return view


def door_of(view: Callable[..., Any]) -> tuple[str, ...] | str | None:
    """Return what a view asks for: permissions, "public", or None when its author forgot to say."""
    found: tuple[str, ...] | str | None = getattr(view, _MARK, None)
    return found


def may(permission: str) -> bool:
    """Return whether whoever acts has the permission; "" asks only that they are signed in, "a|b" for either."""
    who = actor()
    if who is NOBODY:
        return False
    return not permission or any(who.may(choice) for choice in permission.split("|"))


def init(app: Flask) -> None:
    """Put the guard before every view of `app`."""
    manager = LoginManager(app)
    manager.session_protection = None  # type: ignore[assignment]  # an address may change on the way to work; the stamp ends stolen sessions
    manager.user_loader(_load)
    app.before_request(_guard)
    app.add_template_global(may)
    app.context_processor(lambda: {"me": actor()})
    setattr(app.view_functions["static"], _MARK, _PUBLIC)


def _load(session_id: str) -> SignedIn | None:
    stamp, _, person_id = session_id.partition(":")
    with database().work(NOBODY, read_only=True) as work:
        info = people.load(work.session, person_id)
    if info is None or not info.is_active or not people.is_same_stamp(info.stamp, stamp):
        return None
    return SignedIn(info)


def _guard() -> None:
    if request.endpoint == "static":
        return
    g.actor = _signed_in()
    if request.endpoint is None:  # no such page: 404 follows
        return
    door = door_of(current_app.view_functions[request.endpoint])
    if door == _PUBLIC:
        return
    if door is None:
        raise NotAllowed("此页面未开放。", "This page is not open to anybody.", code="door-missing")
    if g.actor is NOBODY:
        raise NotSignedIn
    for permission in door:
        if not may(permission):
            raise NotAllowed("您没有进行此操作的权限。", "You are not allowed to do this.", permission=permission)


def _signed_in() -> Actor:
    found = current_user._get_current_object()
    return found.info.actor if isinstance(found, SignedIn) else NOBODY
