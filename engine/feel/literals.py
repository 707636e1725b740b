"""Values written in an expression or stored as JSON: read and written. It evaluates nothing."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal, DecimalException
from typing import Any

from engine.feel import temporal
from engine.feel.values import MATH, Function, Range, YearsMonths, as_number, kind

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.S)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "'": "'"}
_PLAIN_KEY = re.compile(r"[^\W\d]\w*(?: \w+)*")


def number(text: str) -> Decimal:
    """Return the number written `text`. Raises ValueError beyond 34 digits' range."""
    try:
        return MATH.create_decimal(text)
    except DecimalException:
        raise ValueError(f"{text[:40]} 超出范围 / out of range") from None


def text_of(token: str) -> str:
    """Return the text between the quotes of `token`, escapes read. An unknown escape stands for itself."""
    inner = token[1:-1]
    if "\\" not in inner:
        return inner
    text = _ESCAPE.sub(_unescape, inner)
    if any("\ud800" <= sign <= "\udfff" for sign in text):  # two escapes for one sign beyond 16 bits
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _unescape(found: re.Match[str]) -> str:
    escape = found[1]
    if escape[0] in "uU" and len(escape) > 1:
        code = int(escape[1:], 16)
        return chr(code) if code <= 0x10FFFF else found[0]
    return _ESCAPED.get(escape, found[0])


def written_at(text: str) -> Any:
    """Return the temporal value of `@"text"`, or None when it is none."""
    for read in (temporal.read_date, temporal.read_time, temporal.read_duration):
        value = read(text)
        if value is not None:
            return value
    return temporal.read_date_time(text)


def write_number(value: Any) -> str:
    """Return a number without exponent and without needless zeros."""
    decimal = as_number(value)
    if decimal is None:
        return "null"
    text = f"{decimal:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def write(value: Any, *, inside: bool = False) -> str:
    """Return `value` as FEEL writes it; `inside` a list or context texts stand in quotes."""
    what = kind(value)
    if what == "string":
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if inside else str(value)
    if what == "number":
        return write_number(value)
    if what == "boolean":
        return "true" if value else "false"
    if what == "null":
        return "null"
    if what == "list":
        return "[" + ", ".join(write(item, inside=True) for item in value) + "]"
    if what == "context":
        return "{" + ", ".join(f"{_key(name)}: {write(item, inside=True)}" for name, item in value.items()) + "}"
    if what == "range":
        return _write_range(value)
    if what == "function":
        return f"function({', '.join(value.parameters)})"
    if isinstance(value, (date, time, timedelta, YearsMonths)):
        text = temporal.write(value)
        return f'@"{text}"' if inside and what != "unknown" else text
    return str(value)


def _key(name: str) -> str:
    return name if _PLAIN_KEY.fullmatch(str(name)) else write(str(name), inside=True)


def _write_range(span: Range) -> str:
    if span.start is None and span.end is not None:
        return f"({'<=' if span.end_included else '<'} {write(span.end, inside=True)})"
    if span.end is None and span.start is not None:
        return f"({'>=' if span.start_included else '>'} {write(span.start, inside=True)})"
    low, high = write(span.start, inside=True), write(span.end, inside=True)
    return f"{'[' if span.start_included else '('}{low}..{high}{']' if span.end_included else ')'}"


def to_json(value: Any) -> Any:
    """Return `value` as the engine stores it in a case: JSON's own types only.

    A whole number becomes an int. Another number becomes the nearest float, whose shortest text is what comes back:
    up to 15 digits are kept exactly, more are rounded. Dates, times and durations become ISO text (read them with
    date("...") and its like, or compare them after that), ranges their FEEL text, functions null.
    """
    what = kind(value)
    if what in ("string", "boolean", "null"):
        return value
    if what == "number":
        decimal = as_number(value)
        if decimal is None:
            return None
        if decimal == decimal.to_integral_value() and decimal.adjusted() < 34:
            return int(decimal)
        return float(decimal)
    if what == "list":
        return [to_json(item) for item in value]
    if what == "context":
        return {str(name): to_json(item) for name, item in value.items()}
    if isinstance(value, Function):
        return None
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.isoformat()
    return write(value)


def from_json(value: Any) -> Any:
    """Return stored JSON as FEEL values: numbers exact (Decimal), everything else as it is."""
    if isinstance(value, list):
        return [from_json(item) for item in value]
    if isinstance(value, dict):
        return {name: from_json(item) for name, item in value.items()}
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return as_number(value)
    return value
