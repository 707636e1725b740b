"""Files that come with a request, as parts of a page's form or one as its whole body, and files that go out again.

It stores none: the verb that does is handed in. What a request may bring at most is `security`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, current_app, request
from werkzeug.wsgi import FileWrapper

from engine import attachments, forms
from engine.attachments import AttachmentInfo, Examined
from engine.errors import FileError, InvalidAnswers
from engine.work import UnitOfWork
from webapp.db import actor, database, perform
from webapp.i18n import gettext
from webapp.security import BoundedFile

#: Stores a file for the field at a path, in the unit of work that it is given.
Add = Callable[[UnitOfWork, str, Examined], AttachmentInfo]

#: A picture that is shown and not saved: nothing in it may run, load or leave its own page.
_SHOWN_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox allow-same-origin"
_MOST_PER_FIELD = 50


def init(app: Flask) -> None:
    """Give the templates `|filesize` and `most_file_bytes`."""
    app.add_template_filter(size, "filesize")
    app.add_template_global(words, "file_words")
    app.context_processor(lambda: {"most_file_bytes": _most_bytes()})


def words(view: forms.FieldView) -> dict[str, str]:
    """Return what a script says at a field for files; it puts a file's name for %n."""
    return {
        "sending": gettext("正在上传 %n"),
        "sent": gettext("已添加 %n"),
        "removed": gettext("已移除 %n"),
        "remove": gettext("移除"),
        "add": gettext("添加文件"),
        "drop": gettext("也可以把文件拖到这里，或粘贴截图。"),
        "large": gettext("“%n”超过每个文件 {size} 的上限，请压缩或拆分后再添加。").format(size=size(_most_bytes())),
        "many": gettext("最多 {count} 个附件，请先移除不需要的。").format(count=view.most_files),
        "failed": gettext("“%n”没有传上去，请检查网络后再试。"),
        "busy": gettext("文件还在上传，请稍候再提交。"),
        "photo": gettext("拍照"),
    }


def with_files(raw: Mapping[str, Any], add: Add) -> dict[str, Any]:
    """Return what a page answers with the ids of the files that came with it; each is stored by itself.

    Raises InvalidAnswers for those that were refused; the others are drafts by then, and nothing else is lost.
    """
    answers = dict(raw)
    faults: dict[str, tuple[str, str]] = {}
    for path, file in request.files.items(multi=True):
        if not file.filename:
            continue  # a file field that was left empty
        try:
            examined = attachments.examine(file.stream, file.filename, _most_bytes())
            stored = perform(lambda work, path=path, examined=examined: add(work, path, examined))  # type: ignore[misc]
        except FileError as error:
            faults[path] = (error.zh, error.en)
            continue
        held = answers.get(path)
        ids = held if isinstance(held, list) else [held] if held else []
        answers[path] = [*ids, *([] if stored.id in ids else [stored.id])][: forms.MOST_CHOSEN]
    if faults:
        raise InvalidAnswers(faults)
    return answers


def body(add: Add) -> dict[str, Any]:
    """Store the file that is the request's whole body (`field` and `name` are in its address); return it for a script.

    Raises FileError as the verb does; a body that says it is too large is refused before it is read.
    """
    path, name = request.args.get("field", ""), request.args.get("name", "")
    most = _most_bytes()
    if (request.content_length or 0) > most:
        raise attachments.too_large(attachments.safe_name(name), most)
    with BoundedFile(most) as held:
        while block := request.stream.read(256 * 1024):
            held.write(block)
        examined = attachments.examine(held, name, most)
        info = perform(lambda work: add(work, path, examined))
    return {"id": info.id, "name": info.name, "size": size(info.size), "media_type": info.media_type}


def with_drafts(views: list[forms.FieldView], drafts: list[AttachmentInfo]) -> list[forms.FieldView]:
    """Let each file picker show the drafts that were uploaded for it, also those that no saved answer names."""
    for view in _pickers(views):
        if not view.is_readonly:
            view.files.extend(one.id for one in drafts if one.field == view.path and one.id not in view.files)
    return views


def has_files(views: list[forms.FieldView]) -> bool:
    """Return whether the form asks for files."""
    return any(not view.is_readonly for view in _pickers(views))


def dropped() -> str | None:
    """Return the attachment that the pressed button takes away; None when it was another button."""
    verb, _, attachment_id = request.form.get("_action", "").partition(":")
    return attachment_id if verb == "detach" and attachment_id.isalnum() and len(attachment_id) <= 20 else None


def page() -> str:
    """Return the mark of the page that the request comes from, "" when it has none."""
    return (request.form.get("_once") or request.args.get("page", ""))[:60]


def size(count: int) -> str:
    """Return a number of bytes as people say it."""
    if count < 1024:
        return f"{count} B"
    if count < 1024 * 1024:
        return f"{count / 1024:.0f} KB"
    return f"{count / 1024 / 1024:.1f}".removesuffix(".0") + " MB"


def send(info: AttachmentInfo, *, is_shown: bool = False) -> Response:
    """Send an attachment piece by piece. Whoever asks for it was found to be allowed to.

    It is saved and not opened, whatever it is, except a picture that is asked for to be shown.
    """
    pieces = FileWrapper(_Stored(info), attachments.CHUNK)  # type: ignore[arg-type]  # it reads, seeks and tells
    response = Response(pieces, mimetype=info.media_type, direct_passthrough=True)
    response.content_length = info.size
    shown = is_shown and info.is_shown
    response.headers["Content-Disposition"] = _disposition("inline" if shown else "attachment", info.name)
    response.headers["Content-Security-Policy"] = _SHOWN_POLICY if shown else "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    response.set_etag(info.digest)
    response.make_conditional(request, accept_ranges=True, complete_length=info.size)
    return response


def is_copy(answer: Response) -> bool:
    """Return whether the answer gives a file from its beginning: not the rest of one, its headers only, or nothing new."""
    asked = request.range
    begins = asked is None or not asked.ranges or asked.ranges[0][0] == 0
    return request.method == "GET" and answer.status_code in (200, 206) and begins


class _Stored(io.RawIOBase):
    """An attachment's bytes as a file: each piece is read when it is wanted, in a short unit of work of its own."""

    def __init__(self, info: AttachmentInfo) -> None:
        self._info = info
        self._actor, self._database = actor(), database()
        self._place = 0
        self._held: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._info.size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def read(self, length: int = -1) -> bytes:
        """Return up to `length` bytes from the present place, b"" at the end."""
        number, offset = divmod(self._place, attachments.CHUNK)
        if number != self._held[0]:
            with self._database.work(self._actor, read_only=True) as work:
                self._held = number, attachments.piece(work, self._info.id, number)
        found = self._held[1][offset : None if length < 0 else offset + length]
        self._place += len(found)
        return found


def _disposition(how: str, name: str) -> str:
    """Return the header that names a file: in ASCII for old clients, whole for all others (RFC 6266)."""
    plain = name.encode("ascii", "ignore").decode().replace('"', "").replace("\\", "").strip(" .")
    return f"{how}; filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(name, safe='')}"


def _pickers(views: list[forms.FieldView]) -> Iterator[forms.FieldView]:
    for view in views:
        if view.kind == "filepicker":
            yield view
        yield from _pickers(view.children)


def _most_bytes() -> int:
    most: int = current_app.config["BANJIE"].bounds.file_bytes
    return most
