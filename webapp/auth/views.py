"""Sign in, sign out, choose the language, change one's own password."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_login import login_user, logout_user

from engine import history
from engine.errors import InvalidAnswers
from webapp import people
from webapp.assets import asset
from webapp.auth import SignedIn, may, public, requires
from webapp.db import actor, unit_of_work
from webapp.errors import local_path, redraws
from webapp.i18n import chosen_in_request, gettext
from webapp.security import limiter

bp = Blueprint("auth", __name__)


def _name() -> str:
    return request.form.get("name", "").strip().lower()[:100]


def _per_address() -> str:
    return str(current_app.config["SIGN_IN_PER_ADDRESS"])


def _per_name() -> str:
    return str(current_app.config["SIGN_IN_PER_NAME"])


def _sign_in_page(faults: dict[str, str] | None = None) -> str:
    target = local_path(request.values.get("next"))
    return render_template("auth/sign_in.html", next=target, name=_name(), faults=faults or {})


@bp.get("/sign-in")
@public
def sign_in() -> Any:
    """Show the sign-in page; whoever is in already goes on."""
    if may(""):
        return redirect(local_path(request.args.get("next")) or url_for("inbox.index"))
    return _sign_in_page()


@bp.post("/sign-in")
@public
@limiter.limit(_per_address)
@limiter.limit(_per_name, key_func=lambda: f"name:{_name()}")
@redraws(_sign_in_page)
def sign_in_with_password() -> Any:
    """Sign in. An unknown name, a wrong password and a disabled person get the same answer, as slowly."""
    name, password = _name(), request.form.get("password", "")
    with unit_of_work(read_only=True) as work:
        is_right = people.has_password(work, name, password)
        info = people.load(work.session, name)
    if not is_right or info is None:
        current_app.logger.warning("sign-in refused for %r from %s", name, request.remote_addr)
        raise InvalidAnswers({"name": ("登录名或密码不正确。", "The login name or the password is wrong.")})
    chosen = session.get("language")
    session.clear()  # nothing that was there before signing in lives on
    if chosen:
        session["language"] = chosen
    session.permanent = True
    login_user(SignedIn(info))
    with unit_of_work() as work:
        work.actor = info.actor
        history.audit(work, "signed-in", {"address": request.remote_addr or ""})
    return redirect(local_path(request.form.get("next")) or url_for("inbox.index"), 303)


@bp.post("/sign-out")
@public
def sign_out() -> Any:
    """Sign out and forget the session."""
    logout_user()
    chosen = session.get("language")
    session.clear()
    if chosen:
        session["language"] = chosen
    flash(gettext("您已退出登录。"))
    return redirect(url_for("auth.sign_in"), 303)


@bp.post("/language")
@public
def choose_language() -> Any:
    """Speak another language from now on."""
    session["language"] = chosen_in_request()
    return redirect(local_path(request.form.get("next")) or url_for("auth.sign_in"), 303)


def _password_page(faults: dict[str, str] | None = None) -> str:
    return render_template("auth/password.html", faults=faults or {}, shortest=people.SHORTEST_PASSWORD)


@bp.get("/me/password")
@requires()
def password() -> str:
    """Show the page where one changes one's own password."""
    return _password_page()


@bp.post("/me/password")
@requires()
@limiter.limit(_per_name, key_func=lambda: f"password:{actor().id}")
@redraws(_password_page)
def change_password() -> Any:
    """Change one's own password; every other session of theirs ends."""
    who = actor().id
    with unit_of_work(read_only=True) as work:
        is_right = people.has_password(work, who, request.form.get("present", ""))
    if not is_right:
        raise InvalidAnswers({"present": ("现在的密码不正确。", "The present password is wrong.")})
    if request.form.get("password") != request.form.get("again"):
        raise InvalidAnswers({"again": ("两次输入的新密码不一致。", "The two new passwords differ.")})
    with unit_of_work() as work:
        people.set_password(work, who, request.form.get("password", ""))
    with unit_of_work(read_only=True) as work:
        login_user(SignedIn(people.find(work, who)))
    flash(gettext("密码已更改，其他设备上的登录已全部退出。"))
    return redirect(url_for("inbox.index"), 303)


@bp.get("/favicon.ico")
@public
def icon() -> Any:
    """Lead to the icon: a browser asks for it by this name beside a picture or file, which cannot name another."""
    return redirect(asset("icon.svg"))
