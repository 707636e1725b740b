"""The address of a script, style or bundle, with its content's hash in it so that a browser may keep it for good."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, request, url_for
from werkzeug.wrappers import Response

_DIST = "dist"


def init(app: Flask) -> None:
    """Give the templates `asset(name)`, `has_asset(name)` and `field_id(path)`."""
    app.add_template_global(asset)
    app.add_template_global(has_asset)
    app.add_template_global(field_id)
    app.after_request(_keep)


def asset(name: str) -> str:
    """Return the address of bundle `name` of `static/dist/manifest.json` ({name: file}), or of a file of `static/`.

    Raises FileNotFoundError for neither: a page must not ask for what is not there.
    """
    folder = Path(current_app.static_folder or "")
    bundle = _manifest(folder / _DIST / "manifest.json").get(name)
    if bundle is not None:
        return url_for("static", filename=f"{_DIST}/{bundle}")
    return url_for("static", filename=name, v=_hash(folder / name, (folder / name).stat().st_mtime_ns))


def has_asset(name: str) -> bool:
    """Return whether the bundle or file is there (bundles are made by the front-end build)."""
    folder = Path(current_app.static_folder or "")
    return name in _manifest(folder / _DIST / "manifest.json") or (folder / name).is_file()


def field_id(path: str) -> str:
    """Return the id that the field at `path` has on a page: `a[0].b` and a blank are no good in an address."""
    return "f-" + "".join(sign if sign.isalnum() or sign in "_-" else "-" for sign in path)


def _manifest(path: Path) -> dict[str, str]:
    return _read_manifest(path, path.stat().st_mtime_ns) if path.is_file() else {}


@lru_cache(maxsize=8)
def _read_manifest(path: Path, _changed_at: int) -> dict[str, str]:
    found: dict[str, str] = json.loads(path.read_text("utf-8"))
    return found


@lru_cache(maxsize=256)
def _hash(path: Path, _changed_at: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _keep(response: Response) -> Response:
    """Let browsers keep what has its hash in the address."""
    has_hash = "v" in request.args or f"/{_DIST}/" in request.path
    if request.endpoint == "static" and has_hash and response.status_code == 200:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
