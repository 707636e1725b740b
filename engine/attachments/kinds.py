"""What kind of file it is, by its content: the table of kinds that may be attached. A file's name decides nothing.

Refused, as no signature here fits them: programs, scripts, web pages, SVG and other XML, archives (nobody sees what
is in them before opening), office files with macros, files under a password. A list of what is allowed needs no list
of what is not.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from engine.attachments import containers

_HEAD = 4096
_BLOCK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its media type, and the extensions a name of it may have (the first where it has none)."""

    media_type: str
    extensions: tuple[str, ...]
    is_shown: bool = False  #: a browser may show it in its own page: it can hold nothing that runs


JPEG = Kind("image/jpeg", (".jpg", ".jpeg", ".jfif"), True)
PNG = Kind("image/png", (".png",), True)
GIF = Kind("image/gif", (".gif",), True)
WEBP = Kind("image/webp", (".webp",), True)
BMP = Kind("image/bmp", (".bmp",))
TIFF = Kind("image/tiff", (".tif", ".tiff"))
HEIC = Kind("image/heic", (".heic", ".heif"))
AVIF = Kind("image/avif", (".avif",))
PDF = Kind("application/pdf", (".pdf",))
OFD = Kind("application/ofd", (".ofd",))
RTF = Kind("application/rtf", (".rtf",))
TEXT = Kind("text/plain", (".txt", ".csv", ".log", ".md"))
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
DOCX = Kind(_OPEN_XML + "wordprocessingml.document", (".docx",))
XLSX = Kind(_OPEN_XML + "spreadsheetml.sheet", (".xlsx",))
PPTX = Kind(_OPEN_XML + "presentationml.presentation", (".pptx",))
ODT = Kind("application/vnd.oasis.opendocument.text", (".odt",))
ODS = Kind("application/vnd.oasis.opendocument.spreadsheet", (".ods",))
ODP = Kind("application/vnd.oasis.opendocument.presentation", (".odp",))
DOC = Kind("application/msword", (".doc", ".wps"))
XLS = Kind("application/vnd.ms-excel", (".xls", ".et"))
PPT = Kind("application/vnd.ms-powerpoint", (".ppt", ".dps"))
MP3 = Kind("audio/mpeg", (".mp3",))
WAV = Kind("audio/wav", (".wav",))
M4A = Kind("audio/mp4", (".m4a",))
AAC = Kind("audio/aac", (".aac",))
AMR = Kind("audio/amr", (".amr",))
OGG = Kind("audio/ogg", (".ogg", ".oga", ".opus"))
FLAC = Kind("audio/flac", (".flac",))
MP4 = Kind("video/mp4", (".mp4", ".m4v"))
MOV = Kind("video/quicktime", (".mov",))
THREE_GP = Kind("video/3gpp", (".3gp",))
AVI = Kind("video/x-msvideo", (".avi",))
WEBM = Kind("video/webm", (".webm",))
MKV = Kind("video/x-matroska", (".mkv",))
MPEG = Kind("video/mpeg", (".mpg", ".mpeg"))
WMV = Kind("video/x-ms-asf", (".wmv", ".wma", ".asf"))

KINDS = (
    *(JPEG, PNG, GIF, WEBP, BMP, TIFF, HEIC, AVIF),
    *(PDF, OFD, RTF, TEXT, DOCX, XLSX, PPTX, ODT, ODS, ODP, DOC, XLS, PPT),
    *(MP3, WAV, M4A, AAC, AMR, OGG, FLAC),
    *(MP4, MOV, THREE_GP, AVI, WEBM, MKV, MPEG, WMV),
)
_BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS}

#: The first bytes that say it all.
_BEGINNINGS: tuple[tuple[bytes, Kind], ...] = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"%PDF-", PDF),
    (b"{\\rtf", RTF),
    (b"ID3", MP3),
    (b"fLaC", FLAC),
    (b"OggS", OGG),
    (b"#!AMR", AMR),
    (b"\x00\x00\x01\xba", MPEG),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", WMV),
)
_IN_RIFF = {b"WEBP": WEBP, b"WAVE": WAV, b"AVI ": AVI}
#: The brand of an ISO media file (bytes 8 to 12) where it is not an ordinary MP4.
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"), HEIC),
    **dict.fromkeys((b"avif", b"avis"), AVIF),
    **dict.fromkeys((b"M4A ", b"M4B "), M4A),
    b"qt  ": MOV,
}
_IN_CONTAINER = {
    "docx": DOCX, "xlsx": XLSX, "pptx": PPTX, "odt": ODT, "ods": ODS, "odp": ODP, "ofd": OFD, "doc": DOC, "xls": XLS, "ppt": PPT,
}  # fmt: skip
_MARKUP = re.compile(r"\s*(<[a-z!?/%]|#!)", re.I)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def detect(stream: IO[bytes]) -> Kind | None:
    """Return the kind of the file that `stream` (which can seek) holds, or None when it is none that may be attached."""
    stream.seek(0)
    head = stream.read(_HEAD)
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head[:4] == b"RIFF":
        return _IN_RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12]) or (THREE_GP if head[8:11] in (b"3gp", b"3g2") else MP4)
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return WEBM if b"webm" in head[:64] else MKV if b"matroska" in head[:64] else None
    if head[:2] == b"BM" and head[14:15] in b"\x0c\x28\x34\x38\x6c\x7c" and len(head) > 26:
        return BMP
    if len(head) > 4 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:
        return AAC
    if len(head) > 4 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] >> 4 != 15:
        return MP3
    if head.startswith(b"PK\x03\x04"):
        return _IN_CONTAINER.get(containers.in_zip(stream))
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _IN_CONTAINER.get(containers.in_compound(stream))
    return TEXT if _is_text(stream, head) else None


def accepts(accept: str, kind: Kind) -> bool:
    """Return whether a field takes the kind. `accept`: extensions and media types parted by commas; "" takes every kind."""
    tokens = [token.strip() for token in accept.split(",") if token.strip()]
    return not tokens or any(_fits(token, kind) for token in tokens)


def kind_of(media_type: str) -> Kind:
    """Return the kind of a media type that `detect` found before."""
    return _BY_MEDIA_TYPE[media_type]


def _fits(token: str, kind: Kind) -> bool:
    if token.startswith("."):
        return token in kind.extensions
    family, _, rest = token.partition("/")
    return kind.media_type.startswith(f"{family}/") if rest == "*" else kind.media_type == token


def _is_text(stream: IO[bytes], head: bytes) -> bool:
    """Return whether it is text that people read: in UTF-8, GB 18030 or UTF-16, no control characters, no markup."""
    if not head.strip():
        return False
    names = ["utf-16"] if head[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    return any(_reads_as(stream, codecs.getincrementaldecoder(name)()) for name in names)


def _reads_as(stream: IO[bytes], decoder: codecs.IncrementalDecoder) -> bool:
    stream.seek(0)
    read: Callable[[], bytes] = lambda: stream.read(_BLOCK)  # noqa: E731 - two-armed iter wants a callable
    is_first = True
    try:
        for block in iter(read, b""):
            text = decoder.decode(block)
            if _CONTROLS.search(text) or (is_first and _MARKUP.match(text)):
                return False
            is_first = False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
