"""Contacts and words of complaints: masked for lists, made comparable, compared; what every case knows. It stores nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

#: Variables that registering gives to every case besides the form's answers. Plans may read them.
GIVEN = frozenset({"case_number", "received_at", "registered_by"})


def masked(contact: str) -> str:
    """Return a contact of which only the ends are readable: 138****5678, z***@example.com, 王***."""
    contact = contact.strip()
    if "@" in contact:
        name, _, host = contact.partition("@")
        return f"{name[:1]}***@{host}"
    digits = sum(sign.isdigit() for sign in contact)
    if digits >= 7:
        return f"{contact[:3]}****{contact[-4:]}"
    return f"{contact[:1]}***" if contact else ""


def contact_key(contact: str) -> str:
    """Return a contact as it is compared: the digits of a telephone number, else the text without blanks and case."""
    digits = re.sub(r"\D", "", contact)
    if len(digits) >= 7:
        return digits.removeprefix("0086").removeprefix("86")[:100] if len(digits) > 11 else digits[:100]
    return re.sub(r"\s", "", contact).lower()[:100]


def pairs(words: str) -> set[str]:
    """Return the pairs of neighbouring letters: what Chinese texts have in common, without a dictionary."""
    letters = re.sub(r"[\W_]+", "", words.lower())
    return {letters[place : place + 2] for place in range(len(letters) - 1)}


def word(answers: Mapping[str, Any], name: str) -> str:
    """Return an answer without the blanks around it; "" when there is none or it is no text."""
    value = answers.get(name)
    return value.strip() if isinstance(value, str) else ""
