"""Files on their way from the upload to the confirmation. They travel in the page, signed: nothing is stored before."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping

import orjson
import zstandard
from flask import current_app
from itsdangerous import BadSignature, Signer
from werkzeug.datastructures import FileStorage

from engine.errors import EngineError

MAX_FILES = 100
MAX_FILE_BYTES = 2 * 1024 * 1024
MAX_TOTAL_BYTES = 8 * 1024 * 1024
#: What a field of a form may hold, less what the other fields need.
_MAX_PACKED = 1_900_000


class BadUpload(EngineError):
    """The files cannot be taken in as they were sent."""

    code = "bad-upload"


def receive(uploads: Iterable[FileStorage]) -> dict[str, bytes]:
    """Return the uploaded files by name, unchanged. Raises BadUpload: none, too many, too large, two of one name."""
    offered = list(uploads)
    try:
        return _read(offered)
    finally:
        for upload in offered:  # a large one lies in a temporary file
            upload.close()


def pack(files: Mapping[str, bytes]) -> str:
    """Return the files as one signed text for a hidden field. Raises BadUpload when it would be too long."""
    content = orjson.dumps([[name, base64.b64encode(data).decode()] for name, data in files.items()])
    packed = base64.urlsafe_b64encode(zstandard.compress(content, 10))
    if len(packed) > _MAX_PACKED:
        raise BadUpload(
            "文件太大，不能在网页上部署。请分几次上传，或由管理员用 banjie deploy 部署。",
            "The files are too large for the page; upload them in parts or use banjie deploy.",
        )
    return _signer().sign(packed).decode()


def unpack(text: str) -> dict[str, bytes]:
    """Return the files of a text that `pack` made. Raises BadUpload for any other."""
    try:
        packed = _signer().unsign(text)
    except BadSignature:
        raise BadUpload(
            "预览已失效，请重新上传文件。", "The preview is no longer valid; upload the files again."
        ) from None
    content = orjson.loads(zstandard.decompress(base64.urlsafe_b64decode(packed)))
    return {name: base64.b64decode(data) for name, data in content}


def _read(uploads: list[FileStorage]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    total = 0
    for upload in uploads:
        name = _name(upload.filename or "")
        if not name:
            continue
        if name in files:
            raise BadUpload(
                f"有两个文件都叫“{name}”，请改名后再选。", f"Two files are called {name}; rename one of them."
            )
        if len(files) == MAX_FILES:
            raise BadUpload(
                f"一次最多上传 {MAX_FILES} 个文件。请只选改动过的，或由管理员用 banjie deploy 部署整个文件夹。",
                f"Upload at most {MAX_FILES} files at once: choose those that changed, or let an administrator deploy the "
                "whole folder with banjie deploy.",
            )
        content = upload.stream.read(MAX_FILE_BYTES + 1)
        total += len(content)
        if len(content) > MAX_FILE_BYTES:
            raise BadUpload(f"文件“{name}”超过 2 MB，未上传。", f"The file {name} is larger than 2 MB.")
        if total > MAX_TOTAL_BYTES:
            raise BadUpload("所选文件合计超过 8 MB，请分几次部署。", "The files are larger than 8 MB together.")
        files[name] = content
    if not files:
        raise BadUpload("请选择要部署的文件。", "Choose the files to deploy.")
    return files


def _signer() -> Signer:
    return Signer(str(current_app.secret_key), salt="banjie-plan-parcel")


def _name(filename: str) -> str:
    """Return the last part of what the browser calls the file. Raises BadUpload for a name that no file should have."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1].strip()
    if len(name) > 150 or not name.isprintable() or name.startswith("."):
        shown = "".join(character for character in name[:40] if character.isprintable())
        raise BadUpload(f"文件名“{shown}”不能用，请改名。", f"The file name {shown} cannot be used; rename the file.")
    return name
