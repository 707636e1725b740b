"""Pages of whoever keeps the house: people, roles, calendar, the demo's clock, the audit log. Read, one verb, answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from engine import calendar_years, demo_clock, history
from engine.errors import EngineError, InvalidAnswers, NotFound
from engine.work import UnitOfWork
from webapp import people, roster, superiors
from webapp.admin import logbook, notice
from webapp.auth import requires
from webapp.db import database, perform, unit_of_work
from webapp.errors import redraws, status_of
from webapp.i18n import gettext, is_english, language, moment
from webapp.plan_names import named

bp = Blueprint("admin", __name__, url_prefix="/admin")

#: Steps that the demo's clock offers, in minutes.
STEPS = (60, 240, 1440, 2880, 7200, 10080)
AUDIT_PAGE = 50
#: People that the page lists; who looks for others searches.
_MOST_PEOPLE = 200


@bp.get("/")
@requires("people|calendar|operate|clock|monitor")
def index() -> str:
    """Show what there is to keep."""
    with unit_of_work(read_only=True) as work:
        return render_template(
            "admin/index.html", warning=calendar_years.warning(work), is_demo=demo_clock.offset(work) is not None
        )


# --- people ---------------------------------------------------------------------------------------------------


@bp.get("/people")
@requires("people")
def people_list() -> str:
    """List the people with their roles."""
    return _people_page()


def _fits(info: people.PersonInfo, text: str) -> bool:
    """Return whether a person's login, name or a role, in either language, holds what is searched for."""
    words = (info.id, info.name, *info.roles, *map(named, info.roles))
    return any(text in word.casefold() for word in words)


def _people_page(faults: dict[str, str] | None = None, rows: Sequence[tuple[int, str]] = ()) -> str:
    """Draw the page; `rows` are the faults of a table that was to be taken in, by line."""
    text = request.args.get("text", "").strip()[:100]
    with unit_of_work(read_only=True) as work:
        everybody = people.everybody(work)
        found = [info for info in everybody if _fits(info, text.casefold())]
        return render_template(
            "admin/people.html",
            total=len(everybody),
            found=len(found),
            shown=found[:_MOST_PEOPLE],
            text=text,
            names={info.id: info.name for info in everybody},
            roles=people.roles(work),
            permissions=people.PERMISSIONS,
            faults=faults or {},
            rows=rows,
            shortest=people.SHORTEST_PASSWORD,
        )


@bp.post("/people")
@requires("people")
@redraws(_people_page)
def create_person() -> Any:
    """Add a person."""
    form = request.form
    info = perform(
        lambda work: people.create_person(
            work, form.get("id", ""), form.get("name", ""), form.getlist("roles"), form.get("password") or None
        )
    )
    flash(gettext("已添加 %(name)s。", name=info.name))
    return redirect(url_for("admin.person", person_id=info.id), 303)


@bp.get("/people.csv")
@requires("people")
def people_csv() -> Response:
    """Send everybody as a table that can be changed and taken in again."""
    with unit_of_work(read_only=True) as work:
        content = roster.write(people.everybody(work))
    response = Response(content, mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=people.csv"
    return response


@bp.post("/people.csv")
@requires("people")
def import_people() -> Any:
    """Take in people with their roles and superiors from a table; all of it or nothing."""
    upload = request.files.get("file")
    content = b""
    if upload is not None:
        content = upload.stream.read(roster.MAX_BYTES + 1)
        upload.close()  # a large one lies in a temporary file
    makes_roles = request.form.get("makes_roles") == "yes"
    try:
        done = perform(lambda work: roster.take_in(work, roster.read(content), makes_roles=makes_roles))
    except roster.BadRoster as error:
        return _people_page(rows=error.rows(is_english())), status_of(error)
    flash(gettext("名单已导入：新增 %(added)s 人，更新 %(changed)s 人。", added=done.added, changed=done.changed))
    return redirect(url_for("admin.people_list"), 303)


@bp.get("/people/<person_id>")
@requires("people")
def person(person_id: str) -> str:
    """Show a person."""
    return _person_page(person_id)


def _person_page(person_id: str, faults: dict[str, str] | None = None) -> str:
    with unit_of_work(read_only=True) as work:
        return render_template(
            "admin/person.html",
            person=people.find(work, person_id),
            everybody=people.everybody(work),
            roles=people.roles(work),
            permissions=people.PERMISSIONS,
            faults=faults or {},
            shortest=people.SHORTEST_PASSWORD,
        )


@bp.post("/people/<person_id>")
@requires("people")
@redraws(_person_page)
def change_person(person_id: str) -> Any:
    """Change a person's name, roles and superior."""

    def verb(work: UnitOfWork) -> None:
        known = people.find(work, person_id)
        if request.form.get("name", "").strip() != known.name:
            people.rename(work, person_id, request.form.get("name", ""))
        if sorted(request.form.getlist("roles")) != sorted(known.roles):
            people.set_roles(work, person_id, request.form.getlist("roles"))
        if "superior" in request.form:
            superiors.set_superior(work, person_id, request.form["superior"].strip()[:100] or None)

    perform(verb)
    return _told(person_id, gettext("已保存。"))


@bp.post("/people/<person_id>/password")
@requires("people")
@redraws(_person_page)
def set_password(person_id: str) -> Any:
    """Give a person a new password."""
    perform(lambda work: people.set_password(work, person_id, request.form.get("password", "")))
    return _told(person_id, gettext("密码已重设，此人在各处的登录已退出。"))


@bp.post("/people/<person_id>/active")
@requires("people")
def set_person_active(person_id: str) -> Any:
    """Let a person sign in, or no longer."""
    is_active = request.form.get("is_active") == "yes"
    perform(lambda work: people.set_active(work, person_id, is_active))
    return _told(person_id, gettext("已启用。") if is_active else gettext("已停用，此人的登录已退出。"))


def _told(person_id: str, message: str) -> Any:
    flash(message)
    return redirect(url_for("admin.person", person_id=person_id), 303)


@bp.post("/roles")
@requires("people")
@redraws(_people_page)
def save_role() -> Any:
    """Add a role, or set what it may do."""
    name = request.form.get("name", "")
    perform(lambda work: people.save_role(work, name, request.form.getlist("permissions")))
    flash(gettext("岗位“%(name)s”已保存。", name=name.strip()))
    return redirect(url_for("admin.people_list") + "#roles", 303)


@bp.post("/roles/remove")
@requires("people")
def remove_role() -> Any:
    """Remove a role that nobody has."""
    perform(lambda work: people.remove_role(work, request.form.get("name", "")))
    flash(gettext("岗位已删除。"))
    return redirect(url_for("admin.people_list") + "#roles", 303)


# --- calendar -------------------------------------------------------------------------------------------------


@bp.get("/calendar")
@requires("calendar|operate|monitor")
def calendar() -> str:
    """Show the years of the working calendar, and the days of one."""
    return _calendar_page()


def _calendar_page(faults: dict[str, str] | None = None) -> str:
    with unit_of_work(read_only=True) as work:
        years = calendar_years.years(work)
        wanted = request.args.get("year", type=int) or work.now.year
        known = next((info for info in years if info.year == wanted), None)
        return render_template(
            "admin/calendar.html",
            years=years,
            chosen=known,
            days=calendar_years.days_of(work, wanted) if known else [],
            warning=calendar_years.warning(work),
            faults=faults or {},
            names=people.names(work, [info.imported_by for info in years]),
            this_year=work.now.year,
        )


@bp.post("/calendar")
@requires("calendar")
def import_year() -> Any:
    """Take in the notice of a year from a file."""
    try:
        upload = request.files.get("file")
        if upload is None or not upload.filename:
            raise notice.BadNotice("请选择文件。", "Choose a file.")
        days = notice.read(upload.stream.read(notice.MAX_BYTES + 1))
        year = request.form.get("year", type=int) or 0
        source = request.form.get("source", "")[:200]

        def take_in(work: UnitOfWork) -> tuple[int, list[tuple[str, str]]]:
            doubts = calendar_years.doubts(work, year, days)
            return calendar_years.import_year(work, year, days, source), doubts

        moved, doubts = perform(take_in)
    except EngineError as error:
        if error.code not in (notice.BadNotice.code, "calendar-days-wrong"):
            raise
        return _calendar_page({"file": error.message(language())}), status_of(error)
    flash(gettext("%(year)s 年已导入；%(count)s 个投诉件的时限已重新计算。", year=year, count=moved))
    for zh, en in doubts:
        flash(en if is_english() else zh, "warning")
    return redirect(url_for("admin.calendar", year=year), 303)


# --- the demo's clock -----------------------------------------------------------------------------------------


@bp.get("/clock")
@requires("clock")
def clock() -> str:
    """Show the demo's clock."""
    return _clock_page()


def _clock_page(faults: dict[str, str] | None = None) -> str:
    with unit_of_work(read_only=True) as work:
        ahead = demo_clock.offset(work)
    if ahead is None:
        raise NotFound("只有演示数据可以拨动时钟。", "Only a demo's clock can be moved.")
    return render_template("admin/clock.html", ahead=ahead, steps=STEPS, faults=faults or {})


@bp.post("/clock")
@requires("clock")
@redraws(_clock_page)
def advance_clock() -> Any:
    """Let time pass, in the demo."""
    step = _step()
    perform(lambda work: demo_clock.advance(work, step))
    demo_clock.follow(database())
    flash(gettext("时钟已拨到 %(moment)s，到期的时限会在几秒内触发。", moment=moment(database().clock.now())))
    return redirect(url_for("admin.clock"), 303)


def _step() -> timedelta:
    minutes = request.form.get("minutes", type=int)
    if minutes is None:
        hours = request.form.get("hours", type=float)
        minutes = round(hours * 60) if hours is not None and 0 < hours <= 366 * 24 else None
    if minutes is None or not 0 < minutes <= 366 * 1440:
        raise InvalidAnswers(
            {"hours": ("请填写 0.1 到 8784 之间的小时数。", "Give a number of hours from 0.1 to 8784.")}
        )
    return timedelta(minutes=minutes)


# --- the audit log --------------------------------------------------------------------------------------------


@bp.get("/log")
@requires("monitor")
def log() -> str:
    """Show what people did to the house, newest first."""
    before = request.args.get("before", type=int)
    if before is not None and not 0 < before < 2**31:
        raise NotFound("页码无效，请从第一页重新打开。", "The page cursor is invalid; start again from the first page.")
    with unit_of_work(read_only=True) as work:
        events = history.audit_trail(work, before=before, limit=AUDIT_PAGE + 1)
        shown = [
            (event.id, event.at, event.actor, logbook.act(event.what), logbook.detail(event.detail))
            for event in events[:AUDIT_PAGE]
        ]
        names = people.names(work, [actor for _, _, actor, _, _ in shown])
    more = shown[-1][0] if len(events) > AUDIT_PAGE else None
    return render_template("admin/log.html", events=shown, names=names, more=more, is_first=before is None)
