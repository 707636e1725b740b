"""Attachments (附件): files given as evidence. What may be one, how its bytes are kept, who may see it.

Forms answer with ids; documents never go into variables. Knows no page and no request.
"""

from __future__ import annotations

from engine.attachments.examining import Examined, examine, too_large
from engine.attachments.kinds import KINDS, Kind
from engine.attachments.names import safe_name
from engine.attachments.reading import CHUNK, AttachmentInfo, find, names, of_instance, of_page, piece
from engine.attachments.storing import PURGE, Place, add, discard, keep, kept_for, purge, record_download, remove

__all__ = [
    "CHUNK",
    "KINDS",
    "PURGE",
    "AttachmentInfo",
    "Examined",
    "Kind",
    "Place",
    "add",
    "discard",
    "examine",
    "find",
    "keep",
    "kept_for",
    "names",
    "of_instance",
    "of_page",
    "piece",
    "purge",
    "record_download",
    "remove",
    "safe_name",
    "too_large",
]
