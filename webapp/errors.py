"""The only place that knows status codes: which one each error of the engine gets, and the page or JSON it becomes."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, jsonify, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine.errors import (
    CalendarNotCovered,
    Conflict,
    EngineError,
    FileRefused,
    FileTooLarge,
    InvalidAnswers,
    InvalidPlan,
    NotAllowed,
    NotFound,
    StepFailed,
)
from webapp import people
from webapp.db import unit_of_work
from webapp.i18n import gettext, is_english, language

Answer = TypeVar("Answer")


class NotSignedIn(EngineError):
    """Nobody is signed in, or the session has ended."""

    code = "not-signed-in"

    def __init__(self) -> None:
        super().__init__("请先登录。", "Sign in first.")


#: The first class that fits decides.
STATUS: tuple[tuple[type[EngineError], int], ...] = (
    (NotSignedIn, 401),
    (NotAllowed, 403),
    (NotFound, 404),
    (Conflict, 409),
    (InvalidAnswers, 422),
    (FileTooLarge, 413),
    (FileRefused, 415),
    (InvalidPlan, 422),
    (CalendarNotCovered, 422),
    (StepFailed, 500),
    (EngineError, 422),
)


def status_of(error: EngineError) -> int:
    """Return the status code of an error of the engine."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


def init(app: Flask) -> None:
    """Let `app` answer every error with a page, or with JSON where that is asked for."""
    app.register_error_handler(EngineError, _engine_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def wants_json() -> bool:
    """Return whether the client asked for JSON rather than a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json"


def local_path(target: str | None) -> str | None:
    """Return `target` when it is a path of this house, else None: nobody is sent elsewhere after signing in."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or not target.isprintable():
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc and "\\" not in target else None


def redraws(page: Callable[..., str]) -> Callable[[Callable[..., Answer]], Callable[..., Answer | tuple[str, int]]]:
    """Let a view that got wrong answers show its form again: `page(**view arguments, faults=…)` draws it.

    The faults are given in the request's language, by path. JSON clients get the error as it is.
    """

    def mark(view: Callable[..., Answer]) -> Callable[..., Answer | tuple[str, int]]:
        @wraps(view)
        def answer(*args: Any, **kwargs: Any) -> Answer | tuple[str, int]:
            try:
                return view(*args, **kwargs)
            except InvalidAnswers as error:
                if wants_json():
                    raise
                return page(*args, **kwargs, faults=in_language(error.faults)), status_of(error)

        return answer

    return mark


def in_language(faults: dict[str, tuple[str, str]]) -> dict[str, str]:
    """Return the faults of a form in the request's language."""
    return {path: en if is_english() else zh for path, (zh, en) in faults.items()}


def _engine_error(error: EngineError) -> Any:
    status = status_of(error)
    if isinstance(error, NotSignedIn) and not wants_json():
        return _to_sign_in()
    if status >= 500:
        current_app.logger.error("step failed: %s", error.en)
    details: dict[str, Any] = {
        key: value for key, value in error.details.items() if isinstance(value, str | int | bool | None)
    }
    if isinstance(error, InvalidAnswers):
        details["faults"] = in_language(error.faults)
    if isinstance(error, InvalidPlan):
        details["findings"] = [finding.as_json() for finding in error.findings]
    return _answer(status, error.code, _naming(error), details)


def _naming(error: EngineError) -> str:
    """Return the error's message with the name of the person in place of the login name (`by`) that the engine knows."""
    message, login = error.message(language()), error.details.get("by")
    if not isinstance(login, str) or not login:
        return message
    with unit_of_work(read_only=True) as work:
        return message.replace(login, people.names(work, [login])[login], 1)


def _csrf_error(error: CSRFError) -> Any:
    message = gettext("页面放置太久或已在别处重新登录，提交未被接受。请返回、刷新页面后再提交。")
    return _answer(400, "csrf", message, {})


def _http_error(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400:
        return error
    messages = {
        400: gettext("请求有误，请返回后重试。"),
        404: gettext("没有这个页面，可能地址有误，或者您无权查看。"),
        405: gettext("此地址不接受这种请求。"),
        413: gettext("提交的内容太大，没有保存。请用浏览器的“返回”回到表单，减少或减小文件后再试。"),
        415: gettext("不支持这种内容类型。"),
        429: gettext("尝试次数过多，请稍后再试。"),
    }
    response = _answer(status, f"http-{status}", messages.get(status, gettext("请求无法处理。")), {})
    for name in ("Retry-After", "Allow"):
        for key, value in error.get_headers() if status in (405, 429) else ():
            if key == name:
                response.headers[key] = value
    return response


def _unexpected(error: Exception) -> Any:
    reference = secrets.token_hex(4)
    current_app.logger.error("unexpected error %s on %s %s", reference, request.method, request.path, exc_info=error)
    message = gettext(
        "系统出现意外错误，您的操作没有生效。如再次发生，请把编号 %(reference)s 告诉管理员。", reference=reference
    )
    return _answer(500, "unexpected", message, {"reference": reference})


def _answer(status: int, code: str, message: str, details: dict[str, Any]) -> Response:
    response: Response
    if wants_json():
        response = jsonify(error={"code": code, "message": message, **details})
    else:
        page = render_template("errors/error.html", status=status, code=code, message=message, details=details)
        response = current_app.make_response(page)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def _to_sign_in() -> Any:
    wanted = (
        request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else urlsplit(request.referrer or "").path
    )
    target = url_for("auth.sign_in", next=local_path(wanted) or None)
    if request.headers.get("HX-Request"):  # htmx would put the sign-in page into the middle of this one
        return "", 401, {"HX-Redirect": target}
    return redirect(target, 303)
