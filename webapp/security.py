"""What every answer carries and every request must: headers, CSRF tokens, size and rate limits. Knows no person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from tempfile import SpooledTemporaryFile
from typing import IO, Any, TypeVar

from flask import Flask, Request, Response, current_app, g, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from webapp.settings import Settings

View = TypeVar("View", bound=Callable[..., Any])

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, strategy="fixed-window")

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_STYLE_MARK = "_banjie_inline_styles"
_FILES_MARK = "_banjie_takes_files"
#: Files as large as may be that one page may bring at a time.
_FILES_AT_ONCE = 4
_IN_MEMORY = 512 * 1024


class BoundedFile(SpooledTemporaryFile[bytes]):
    """What is received, in memory while it is small and on disk after. Beyond `most` one byte more is kept and the
    rest thrown away: enough to see that it is too large, while the other fields of its page still arrive.
    """

    def __init__(self, most: int) -> None:
        super().__init__(max_size=_IN_MEMORY)
        self._room = most + 1

    def write(self, content: Any) -> int:
        """Keep as much of `content` as there is room for; return its whole length, as if all had been kept."""
        if self._room > 0:
            self._room -= super().write(content[: self._room])
        return len(content)


class _Request(Request):
    """A request whose files never take more room than a file may have."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BoundedFile(current_app.config["BANJIE"].bounds.file_bytes)


class _Id(IntegerConverter):
    """A row's id in an address: what the database cannot hold is no page, not an error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max": 2**31 - 1, **kwargs})


class _Sessions(SecureCookieSessionInterface):
    """Sessions that end after hours of rest: only what a person does renews them, not a page that looks again by itself.

    An answer still under way when somebody signs out does not bring the old session back either.
    """

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Return whether the answer carries the cookie: it changed, or a person opened or sent something."""
        return session.modified or (session.permanent and _is_by_a_person())


def _is_by_a_person() -> bool:
    if request.method not in ("GET", "HEAD"):
        return True
    is_page = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"  # older browsers do not say
    return is_page and "HX-Request" not in request.headers and request.endpoint != "static"


def init(app: Flask, settings: Settings) -> None:
    """Secure `app` as `settings` say."""
    app.session_interface = _Sessions()
    app.url_map.converters["int"] = _Id
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.request_megabytes * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=2000,
        SESSION_COOKIE_NAME="banjie",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.is_cookie_secure,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        WTF_CSRF_SSL_STRICT=settings.is_cookie_secure,
        RATELIMIT_STORAGE_URI=settings.limits_url,
        RATELIMIT_HEADERS_ENABLED=True,
        SIGN_IN_PER_ADDRESS=settings.sign_in_per_address,
        SIGN_IN_PER_NAME=settings.sign_in_per_name,
    )
    app.request_class = _Request
    app.config["FILES_CONTENT_LENGTH"] = (
        min(settings.bounds.case_bytes, _FILES_AT_ONCE * settings.bounds.file_bytes) + app.config["MAX_CONTENT_LENGTH"]
    )
    app.before_request(_allow_files)
    app.before_request(_refuse_long_fields)  # before anything reads the form
    app.before_request(_refuse_null)
    csrf.init_app(app)
    limiter.init_app(app)
    app.after_request(_add_headers)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def allows_inline_styles(view: View) -> View:
    """Let a page with a diagram carry `style` attributes: the viewers of bpmn.io write them. Never scripts."""
    setattr(view, _STYLE_MARK, True)
    return view


def takes_files(view: View) -> View:
    """Let a request to the view be as large as files are; every other request is kept small."""
    setattr(view, _FILES_MARK, True)
    return view


def _allow_files() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, _FILES_MARK, False):
        request.max_content_length = current_app.config["FILES_CONTENT_LENGTH"]


def _refuse_long_fields() -> None:
    """Refuse a form without files that is larger than a form can be; werkzeug bounds only those with files."""
    limit = current_app.config["MAX_FORM_MEMORY_SIZE"]
    if request.mimetype == "application/x-www-form-urlencoded" and (request.content_length or 0) > limit:
        raise RequestEntityTooLarge


def _refuse_null() -> None:
    """Refuse an address or a field with the character NUL in it: no text has it, and PostgreSQL stores none."""
    texts = [request.path, *request.args.keys(), *(value for _, value in request.args.items(multi=True))]
    texts += [*request.form.keys(), *(value for _, value in request.form.items(multi=True))]
    if any("\x00" in text for text in texts):
        raise BadRequest


def _add_headers(response: Response) -> Response:
    policy = dict(_POLICY)
    if _has_inline_styles():
        policy["style-src-attr"] = "'unsafe-inline'"
    response.headers.setdefault(
        "Content-Security-Policy", "; ".join(f"{name} {value}" for name, value in policy.items())
    )
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint != "static":  # personal data: not in anybody's cache
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.update(["Cookie", "Accept"])
    return response


def _has_inline_styles() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, _STYLE_MARK, False) or getattr(g, "has_inline_styles", False)
