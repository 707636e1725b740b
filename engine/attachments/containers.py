"""Looks into files that hold files: which office document is it, and does it carry macros? It opens no part of them."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from typing import IO

_BLOCK = 1024 * 1024
_OVERLAP = 128
#: A document has some hundred parts; a longer list of them is an attack on memory.
_LONGEST_LIST = 2 * 1024 * 1024
_OPEN_XML = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_IN_OPEN_DOCUMENT = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}
#: Parts that hold what runs.
_MACROS = ("vbaproject.bin", "vbadata.xml")
_MACRO_FOLDERS = ("xl/macrosheets/", "basic/", "scripts/", "word/activex/", "xl/activex/", "ppt/activex/")


def in_zip(stream: IO[bytes]) -> str:
    """Return which document a ZIP file is (docx, odt, ofd …), "" for any other, for one with macros or a broken one."""
    if not _has_short_list(stream):
        return ""
    try:
        with zipfile.ZipFile(stream) as archive:
            names = [name.lower() for name in archive.namelist()]
            if any(name.endswith(_MACROS) or name.startswith(_MACRO_FOLDERS) for name in names):
                return ""
            if "[content_types].xml" in names:
                types = _beginning(archive, "[Content_Types].xml", 256 * 1024)
                if types is None or b"macroEnabled" in types:
                    return ""
                return next((kind for part, kind in _OPEN_XML.items() if part in names), "")
            if "ofd.xml" in names:
                return "ofd"
            media_type = (_beginning(archive, "mimetype", 100) or b"").decode("ascii", "replace").strip()
            return _IN_OPEN_DOCUMENT.get(media_type.removeprefix(_OPEN_DOCUMENT), "")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, KeyError, ValueError, EOFError, OSError):
        return ""  # broken, under a password, or packed in a way nobody's office writes


def in_compound(stream: IO[bytes]) -> str:
    """Return which document an OLE compound file is (doc, xls, ppt), "" for any other or one with macros."""
    found = ""
    names = {_wide("WordDocument"): "doc", _wide("Workbook"): "xls", _wide("PowerPoint Document"): "ppt"}
    refused = (_wide("_VBA_PROJECT"), _wide("EncryptedPackage"), _wide("__properties_version1.0"))
    for block in _blocks(stream):
        if any(name in block for name in refused):
            return ""
        found = found or next((kind for name, kind in names.items() if name in block), "")
    return found


def _has_short_list(stream: IO[bytes]) -> bool:
    """Return whether the list of a ZIP file's parts is of a size that may be read."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - 66_000))
    tail = stream.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) < place + 22:
        return False
    length: int = struct.unpack_from("<I", tail, place + 12)[0]
    return length <= _LONGEST_LIST


def _beginning(archive: zipfile.ZipFile, name: str, length: int) -> bytes | None:
    """Return the beginning of a part, or None when it is longer than such a part can be."""
    with archive.open(name) as part:
        content = part.read(length + 1)
    return content if len(content) <= length else None


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """Give the file piece by piece, each with the end of the one before."""
    stream.seek(0)
    before = b""
    while block := stream.read(_BLOCK):
        yield before + block
        before = block[-_OVERLAP:]


def _wide(text: str) -> bytes:
    return text.encode("utf-16-le")
