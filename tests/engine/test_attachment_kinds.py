"""What may be attached: decided by content, whatever the name says; and the name that is kept."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from engine import attachments
from engine.attachments import kinds
from engine.errors import FileError, FileRefused, FileTooLarge

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
MOST = 1024 * 1024


def packed(**parts: bytes) -> bytes:
    """Return a ZIP file with the parts; "__" stands for "/", "_dot_" for "."."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return held.getvalue()


def office(main: str, *more: str, types: bytes = b"<Types/>") -> bytes:
    """Return an office document of these parts."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("[Content_Types].xml", types)
        for name in (main, *more):
            archive.writestr(name, b"<x/>")
    return held.getvalue()


def open_document(kind: str, *more: str) -> bytes:
    """Return an OpenDocument file."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        for name in more:
            archive.writestr(name, b"<x/>")
    return held.getvalue()


def compound(*names: str) -> bytes:
    """Return the head of an OLE file with these streams."""
    entries = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in names)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + entries


def examined(content: bytes, name: str = "文件", most: int = MOST) -> attachments.Examined:
    """Return the file as it would be taken."""
    return attachments.examine(io.BytesIO(content), name, most)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 30, "image/jpeg"),
        (b"GIF89a" + b"\0" * 30, "image/gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (b"BM" + b"\0" * 12 + b"\x28\0\0\0" + b"\0" * 20, "image/bmp"),
        (b"II*\0" + b"\0" * 20, "image/tiff"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 20, "image/heic"),
        (b"%PDF-1.7\n%\xe2\xe3", "application/pdf"),
        (b"{\\rtf1 x}", "application/rtf"),
        ("收据：二百元\n".encode(), "text/plain"),
        ("收据：二百元\n".encode("gb18030"), "text/plain"),
        ("收据".encode("utf-16"), "text/plain"),
        (b"name,amount\n1,2\n", "text/plain"),
        (office("word/document.xml"), kinds.DOCX.media_type),
        (office("xl/workbook.xml"), kinds.XLSX.media_type),
        (office("ppt/presentation.xml"), kinds.PPTX.media_type),
        (open_document("text"), "application/vnd.oasis.opendocument.text"),
        (packed(OFD_dot_xml=b"<ofd/>"), "application/ofd"),
        (compound("Root Entry", "WordDocument"), "application/msword"),
        (compound("Root Entry", "Workbook"), "application/vnd.ms-excel"),
        (b"ID3\x04\0" + b"\0" * 20, "audio/mpeg"),
        (b"\xff\xfb\x90\x44" + b"\0" * 20, "audio/mpeg"),
        (b"\xff\xf1\x50\x80" + b"\0" * 20, "audio/aac"),
        (b"#!AMR\n\x3c", "audio/amr"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "audio/wav"),
        (b"\0\0\0\x18ftypM4A " + b"\0" * 20, "audio/mp4"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 20, "video/mp4"),
        (b"\0\0\0\x14ftypqt  " + b"\0" * 20, "video/quicktime"),
        (b"\x1a\x45\xdf\xa3\0\0\0\x1f\x42\x82\x84webm", "video/webm"),
    ],
)
def test_a_file_is_what_its_content_says(content: bytes, media_type: str):
    assert examined(content, "whatever.exe").kind.media_type == media_type


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"MZ\x90\0" + b"\0" * 60, id="program of Windows"),
        pytest.param(b"\x7fELF" + b"\0" * 60, id="program of Linux"),
        pytest.param(b"\xca\xfe\xba\xbe" + b"\0" * 60, id="program of Java or macOS"),
        pytest.param(b"#!/bin/sh\necho\n", id="script"),
        pytest.param(b"  <!DOCTYPE html><script>alert(1)</script>", id="web page"),
        pytest.param("\ufeff<html>".encode(), id="web page after a byte order mark"),
        pytest.param(b"\xff\xfe" + "<html>".encode("utf-16-le"), id="web page in UTF-16"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"/>', id="SVG"),
        pytest.param(b"<?xml version='1.0'?><x/>", id="XML"),
        pytest.param(packed(a_dot_txt=b"x"), id="archive"),
        pytest.param(b"Rar!\x1a\x07\x01\0" + b"\0" * 20, id="archive of RAR"),
        pytest.param(b"7z\xbc\xaf\x27\x1c\0\x04", id="archive of 7-Zip"),
        pytest.param(office("word/document.xml", "word/vbaProject.bin"), id="document with macros"),
        pytest.param(office("xl/workbook.xml", "xl/macrosheets/sheet1.xml"), id="table with old macros"),
        pytest.param(office("word/document.xml", types=b"x.document.macroEnabled.main+xml"), id="macro type"),
        pytest.param(open_document("text", "Basic/Standard/Module1.xml"), id="OpenDocument with macros"),
        pytest.param(compound("WordDocument", "_VBA_PROJECT"), id="old document with macros"),
        pytest.param(compound("EncryptedPackage"), id="document under a password"),
        pytest.param(compound("Root Entry"), id="some other compound file"),
        pytest.param(b"PK\x03\x04" + b"\0" * 100, id="broken archive"),
        pytest.param(b"\x00\x01\x02\x03\x04", id="bytes"),
        pytest.param("看不见的\x00字符".encode(), id="text with NUL"),
        pytest.param(b"   \n", id="blanks"),
    ],
)
def test_what_could_run_or_cannot_be_seen_into_is_refused(content: bytes):
    with pytest.raises(FileRefused):
        examined(content, "照片.jpg")


def test_an_archive_that_lists_more_than_memory_holds_is_not_opened():
    listed = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 65535, 65535, 500_000_000, 0, 0)

    with pytest.raises(FileRefused):
        examined(b"PK\x03\x04" + b"\0" * 100 + listed)


def test_an_empty_file_is_refused_by_its_name():
    with pytest.raises(FileError, match=r"“收据\.pdf”是空文件"):
        examined(b"", "收据.pdf")


def test_a_file_beyond_the_limit_is_refused_with_the_limit():
    with pytest.raises(FileTooLarge, match="1 MB"):
        examined(PNG + b"\0" * MOST)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("收据.PNG", "收据.png"),
        ("../../etc/passwd", "passwd.png"),
        (r"C:\Users\x\现场照片.png", "现场照片.png"),
        ("账单\u202egnp.exe", "账单gnp.exe.png"),
        ("a\r\nSet-Cookie: x.png", "a Set-Cookie_ x.png"),
        ("run.bat", "run.bat.png"),
        ("", "附件.png"),
        ("...", "附件.png"),
        ("CON.png", "_CON.png"),
        ("零\u200b宽.png", "零宽.png"),
        ("x" * 500 + ".png", "x" * 180 + ".png"),
        ("照" * 300 + ".png", "照" * 60 + ".png"),
        ("\ud800.png", "_.png"),
    ],
)
def test_a_name_is_made_safe_and_ends_as_its_content_says(given: str, kept: str):
    assert examined(PNG, given).name == kept


@pytest.mark.parametrize(
    ("accept", "is_taken"),
    [("", True), ("image/*", True), (".png,.pdf", True), ("image/png", True), (".pdf", False), ("audio/*", False)],
)
def test_a_field_takes_what_its_author_says(accept: str, is_taken: bool):
    assert kinds.accepts(accept, kinds.PNG) is is_taken
