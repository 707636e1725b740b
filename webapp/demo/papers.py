"""Evidence for the demo, made by code: a small picture and a small document. Nothing real is shown in them."""

from __future__ import annotations

import io
import struct
import zlib

from engine import attachments, forms

_WIDTH, _HEIGHT = 480, 320
_MOST_BYTES = 1024 * 1024


def paper(view: forms.FieldView, number: int) -> attachments.Examined:
    """Return a file that the field takes: a picture where it may be one, else a document. Each number gives another."""
    wants_picture = not view.accept or "image" in view.accept or ".png" in view.accept
    content = picture(number) if wants_picture else document(f"{view.label} {number}")
    return attachments.examine(io.BytesIO(content), f"{view.label}{number}", _MOST_BYTES)


def picture(number: int) -> bytes:
    """Return a PNG: a wall, a floor, a door, in colours that the number chooses."""
    wall, floor, door = (90 + number * 37 % 120, 130, 140), (120, 110, 90 + number * 53 % 90), (70, 50, 40)
    rows = bytearray()
    for y in range(_HEIGHT):
        rows.append(0)
        for x in range(_WIDTH):
            is_door = 180 < x < 290 and 90 < y < 230
            rows += bytes(door if is_door else wall if y < 230 else floor)
    size = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    parts = (b"IHDR", size), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in parts)


def document(words: str) -> bytes:
    """Return a PDF of one page with these words, in a Chinese font that every reader has or replaces."""
    shown = words.encode("utf-16-be").hex()
    drawing = f"BT /F1 22 Tf 72 740 Td <{shown}> Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo"
        b" << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor 7 0 R >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0"
        b" /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    ]
    made, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    made += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(made)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
