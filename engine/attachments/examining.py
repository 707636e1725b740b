"""Looks at a file before it is taken: its size, its kind, its digest, the name to keep. It touches no database.

This comes before the unit of work, so that a large file does not hold the database's lock while it is read.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import IO

from engine.attachments.kinds import Kind, detect
from engine.attachments.names import safe_name
from engine.errors import FileError, FileRefused, FileTooLarge

_BLOCK = 256 * 1024
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that may be attached. `stream` can seek and holds its bytes."""

    name: str
    kind: Kind
    size: int
    digest: str
    stream: IO[bytes]


def examine(stream: IO[bytes], name: str, most_bytes: int) -> Examined:
    """Return the file in `stream` (which can seek), looked at. `name` is what it was sent as.

    Raises FileTooLarge beyond `most_bytes`, FileRefused for a kind that may not be attached, FileError for an empty one.
    """
    shown = safe_name(name)
    stream.seek(0)
    size, digest = 0, hashlib.sha256()
    while block := stream.read(_BLOCK):
        size += len(block)
        if size > most_bytes:
            raise too_large(shown, most_bytes)
        digest.update(block)
    if size == 0:
        raise FileError(f"“{shown}”是空文件。", f"{shown} is empty.", code="file-empty")
    kind = detect(stream)
    if kind is None:
        raise FileRefused(
            f"“{shown}”的内容不是可以添加的类型。请改用图片、PDF、OFD、Office 或 WPS 文档（不含宏和密码）、"
            "文本、录音或录像；压缩包请解压后逐个添加。",
            f"{shown} is no kind of file that may be attached. Use a picture, PDF, OFD, office document (without macros or "
            "a password), text, sound or video; unpack an archive first.",
        )
    return Examined(safe_name(name, kind.extensions), kind, size, digest.hexdigest(), stream)


def too_large(name: str, most_bytes: int) -> FileTooLarge:
    """Return what is said of a file that is too large."""
    most = most_bytes // MEGABYTE
    return FileTooLarge(
        f"“{name}”超过每个文件 {most} MB 的上限，请压缩或拆分后再添加。",
        f"{name} is larger than the {most} MB that a file may have; make it smaller or split it.",
    )
