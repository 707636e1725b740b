"""A file's name as it is kept: what a browser sent, made safe for every system that may save it later. Chinese stays."""

from __future__ import annotations

import re
import unicodedata

#: Windows takes 255 characters for a path's part, ext4 takes 255 bytes: a Chinese character has three.
_MOST_BYTES = 180
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.I)
#: What stands for a name of which nothing is left.
_NAMELESS = "附件"


def safe_name(given: str, extensions: tuple[str, ...] = ()) -> str:
    """Return the name to keep for a file that was sent as `given`.

    It has no path, no control or invisible character (the one that turns the writing direction hides an extension),
    and ends in one of `extensions`, the first where it had none of them: what is opened is what it was found to be.
    """
    text = unicodedata.normalize("NFC", given.encode("utf-8", "replace").decode("utf-8"))
    text = re.split(r"[/\\]", text)[-1]
    text = "".join(" " if character.isspace() else character for character in text)
    text = "".join(character for character in text if unicodedata.category(character)[0] != "C")
    text = re.sub(r" {2,}", " ", _FORBIDDEN.sub("_", text)).strip(" .")
    if _RESERVED.match(text):
        text = f"_{text}"
    if not text:
        text = _NAMELESS
    stem, dot, suffix = text.rpartition(".")
    if not extensions:
        return _cut(text, _MOST_BYTES)
    if stem and f"{dot}{suffix.lower()}" in extensions:
        return _cut(stem, _MOST_BYTES) + f".{suffix.lower()}"
    return _cut(text, _MOST_BYTES) + extensions[0]


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore").rstrip(" .") or _NAMELESS
