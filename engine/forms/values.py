"""One answer of one field: what was sent becomes a value of the right type, or a fault that people understand."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import regex  # type: ignore[import-untyped]  # ships no types

from engine.calendars import BEIJING
from engine.forms.fields import LISTS, Field, Option, Scope, text_of

Fault = tuple[str, str]

#: Where the author sets no limit.
LONGEST_LINE = 2_000
LONGEST_TEXT = 20_000
MOST_CHOSEN = 500
_NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d{0,10})?|\.\d{1,10})")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+")
_PHONE = re.compile(r"\+?[\d\s()-]{5,30}")
_ATTACHMENT = re.compile(r"[\w.-]{1,64}")
_TYPE: Fault = ("内容类型不正确。", "This is not the right type of value.")
REQUIRED: Fault = ("此项必填。", "This must be answered.")


def convert(field: Field, raw: Any, scope: Scope) -> tuple[Any, Fault | None]:
    """Return the answer that `raw` (a page's text, or JSON) stands for and what is wrong with its type.

    None, and for lists [], stands for no answer.
    """
    if field.kind in LISTS:
        return _list(field, raw, scope)
    if isinstance(raw, str):
        if _INVISIBLE.search(raw):
            return None, ("含有看不见的控制字符，请删去后重填。", "It holds invisible control characters; remove them.")
        if not raw.strip() and field.kind != "checkbox":
            return None, None
    if raw is None:
        return (False if field.kind == "checkbox" else None), None
    if isinstance(raw, list | dict) and field.kind not in ("radio", "select"):
        return None, _TYPE
    if field.kind in ("textfield", "textarea"):
        return _text(field, raw)
    if field.kind == "number":
        return _number(field, raw)
    if field.kind == "checkbox":
        return _yes_no(raw)
    if field.kind == "datetime":
        return _moment(field, raw)
    chosen = _chosen(field.choices(scope), raw)
    return (None, _NO_OPTION) if chosen is None else (chosen.value, None)


def rule_fault(field: Field, value: Any, scope: Scope) -> Fault | None:
    """Return which rule of its author the answer breaks, or None."""
    is_empty = value is None or value == [] or value == "" or (field.kind == "checkbox" and value is False)
    if is_empty:
        if field.rule("required", scope) is not True:
            return None
        if field.kind == "checkbox":
            return ("请勾选确认。", "Tick this to confirm.")
        if field.kind == "filepicker":
            return ("请添加附件。", "Attach a file.")
        return REQUIRED
    if field.kind in ("textfield", "textarea"):
        return _text_fault(field, value, scope)
    if field.kind == "number":
        return _number_fault(field, value, scope)
    if field.kind == "datetime":
        return _moment_fault(field, value, scope)
    if field.kind == "filepicker":
        return _files_fault(field, value, scope)
    return None


# --- texts ----------------------------------------------------------------------------------------------------


def _text(field: Field, raw: Any) -> tuple[Any, Fault | None]:
    if not isinstance(raw, str):
        return None, _TYPE
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    text = text.strip() if field.kind == "textfield" else text.rstrip()
    if field.kind == "textfield" and "\n" in text:
        return None, ("只能填写一行。", "This takes one line only.")
    return text, None


def _text_fault(field: Field, text: str, scope: Scope) -> Fault | None:
    least, most = _whole(field.rule("minLength", scope)), _whole(field.rule("maxLength", scope))
    if most is None:
        most = LONGEST_LINE if field.kind == "textfield" else LONGEST_TEXT
    if len(text) > most:
        return f"最多 {most} 个字，现有 {len(text)} 个。", f"At most {most} characters; it has {len(text)}."
    if least is not None and len(text) < least:
        return f"至少 {least} 个字，现有 {len(text)} 个。", f"At least {least} characters; it has {len(text)}."
    kind = field.rule("validationType", scope)
    if kind == "email" and not _EMAIL.fullmatch(text):
        return "请填写正确的电子邮箱，如 name@example.com。", "Give an e-mail address such as name@example.com."
    if kind == "phone" and not _PHONE.fullmatch(text):
        return "请填写正确的电话号码。", "Give a telephone number."
    pattern = field.rule("pattern", scope)
    if pattern and not _fits(str(pattern), text):
        return "格式不符合要求。", "It does not have the wanted form."
    return None


def _fits(pattern: str, text: str) -> bool:
    """Return whether the author's pattern is found in `text`; one that takes too long counts as not."""
    try:
        return regex.search(pattern, text, timeout=0.2) is not None
    except (TimeoutError, regex.error):
        return False


# --- numbers, yes and no --------------------------------------------------------------------------------------


def _number(field: Field, raw: Any) -> tuple[Any, Fault | None]:
    if isinstance(raw, bool):
        return None, _TYPE
    if isinstance(raw, float) and not math.isfinite(raw):
        return None, _TYPE
    text = (
        unicodedata.normalize("NFKC", raw).strip().replace(",", "")
        if isinstance(raw, str)
        else f"{Decimal(str(raw)):f}"
    )
    if not _NUMBER.fullmatch(text):
        return None, ("请填写数字，如 12 或 3.5。", "Give a number such as 12 or 3.5.")
    number = Decimal(text)
    if field.settings.get("serializeToString"):
        return f"{number:f}", None
    return (int(number) if number == number.to_integral_value() else float(number)), None


def _number_fault(field: Field, value: Any, scope: Scope) -> Fault | None:
    number = Decimal(str(value))
    digits = field.settings.get("decimalDigits")
    exponent = number.normalize().as_tuple().exponent
    if isinstance(digits, int) and isinstance(exponent, int) and -exponent > digits:
        if digits == 0:
            return "请填写整数。", "Give a whole number."
        return f"最多 {digits} 位小数。", f"At most {digits} decimal places."
    least, most = _decimal(field.rule("min", scope)), _decimal(field.rule("max", scope))
    if least is not None and number < least:
        return f"不能小于 {text_of(_plain(least))}。", f"It must be {text_of(_plain(least))} or more."
    if most is not None and number > most:
        return f"不能大于 {text_of(_plain(most))}。", f"It must be {text_of(_plain(most))} or less."
    return None


def _plain(number: Decimal) -> Any:
    return int(number) if number == number.to_integral_value() else float(number)


def _decimal(value: Any) -> Decimal | None:
    try:
        return None if value is None or isinstance(value, bool) else Decimal(str(value))
    except ArithmeticError:
        return None


def _whole(value: Any) -> int | None:
    found = _decimal(value)
    return None if found is None or not found.is_finite() else int(found)


def _yes_no(raw: Any) -> tuple[Any, Fault | None]:
    if isinstance(raw, bool):
        return raw, None
    if raw in ("true", "on", "1"):
        return True, None
    if raw in ("false", "off", "0", ""):
        return False, None
    return None, _TYPE


# --- choices --------------------------------------------------------------------------------------------------

_NO_OPTION: Fault = ("请从列出的选项中选择。", "Choose one of the options listed.")


def _chosen(options: list[Option], raw: Any) -> Option | None:
    for option in options:
        if (type(option.value) is type(raw) and option.value == raw) or (isinstance(raw, str) and option.text == raw):
            return option
    return None


def _list(field: Field, raw: Any, scope: Scope) -> tuple[Any, Fault | None]:
    if raw is None or raw == "":
        return [], None
    if field.kind == "filepicker":
        return _attachments(field, raw)
    items = raw if isinstance(raw, list) else [raw]
    if len(items) > MOST_CHOSEN:
        return [], ("选择过多。", "Too many are chosen.")
    options = field.choices(scope)
    chosen = []
    for item in items:
        if item == "":  # what a page sends so that an empty list is seen at all
            continue
        option = _chosen(options, item)
        if option is None:
            return [], _NO_OPTION
        if option not in chosen:
            chosen.append(option)
    return [option.value for option in chosen], None


def _attachments(field: Field, raw: Any) -> tuple[Any, Fault | None]:
    pieces = raw if isinstance(raw, list) else re.split(r"[\s,，、;；]+", raw) if isinstance(raw, str) else [raw]
    ids = [piece for piece in pieces if piece != ""]
    if len(ids) > MOST_CHOSEN or not all(isinstance(item, str) and _ATTACHMENT.fullmatch(item) for item in ids):
        return [], ("附件编号无效，请重新上传。", "This is no attachment's id; upload the file again.")
    return list(dict.fromkeys(ids)), None


def _files_fault(field: Field, ids: list[str], scope: Scope) -> Fault | None:
    least, most = _whole(field.rule("minFiles", scope)), most_files(field, scope)
    if most is not None and len(ids) > most:
        return f"最多 {most} 个附件，现有 {len(ids)} 个，请移除多余的。", f"At most {most} file(s); it has {len(ids)}."
    if least is not None and len(ids) < least:
        return f"至少 {least} 个附件，现有 {len(ids)} 个。", f"At least {least} files; it has {len(ids)}."
    return None


def most_files(field: Field, scope: Scope) -> int | None:
    """Return how many files a file picker takes; None where its author sets no limit."""
    if not field.settings.get("multiple"):
        return 1
    return _whole(field.rule("maxFiles", scope))


# --- dates and times ------------------------------------------------------------------------------------------


def _moment(field: Field, raw: Any) -> tuple[Any, Fault | None]:
    if not isinstance(raw, str):
        return None, _TYPE
    text = unicodedata.normalize("NFKC", raw).strip().replace("/", "-")
    if field.subtype == "date":
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return None, ("请填写日期，如 2026-09-21。", "Give a date such as 2026-09-21.")
        return (day.isoformat(), None) if 1900 <= day.year <= 2200 else (None, _FAR)
    if field.subtype == "time":
        try:
            clock = time.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            return None, ("请填写时间，如 09:30。", "Give a time such as 09:30.")
        return _written_time(field, clock), None
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None, ("请填写日期和时间，如 2026-09-21 09:30。", "Give a date and time such as 2026-09-21 09:30.")
    if not 1900 <= moment.year <= 2200:
        return None, _FAR
    return _written_moment(field, moment), None


_FAR: Fault = ("年份应在 1900 至 2200 之间。", "The year must be between 1900 and 2200.")


def _written_time(field: Field, clock: time) -> str:
    """Return the time as its author wants it stored; its zone is Beijing's where the page gave none."""
    wanted = field.settings.get("timeSerializingFormat")
    if wanted not in ("utc_offset", "utc_normalized"):
        return clock.replace(tzinfo=None).isoformat("seconds")
    moment = datetime.combine(date(2026, 1, 1), clock)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)
    return moment.astimezone(UTC if wanted == "utc_normalized" else BEIJING).isoformat(timespec="seconds")[11:]


def _written_moment(field: Field, moment: datetime) -> str:
    """Return the instant as its author wants it stored: with Beijing's offset, in UTC, or without a zone."""
    wanted = field.settings.get("timeSerializingFormat") or "utc_offset"
    moment = moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)
    if wanted == "utc_normalized":
        return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    local = moment.astimezone(BEIJING)
    return (local.replace(tzinfo=None) if wanted == "no_timezone" else local).isoformat(timespec="seconds")


def _moment_fault(field: Field, value: str, scope: Scope) -> Fault | None:
    if not field.settings.get("disallowPassedDates") or scope.now is None or field.subtype == "time":
        return None
    today = scope.now.astimezone(BEIJING).date()
    if date.fromisoformat(value[:10]) < today:
        return "不能早于今天。", "It must not be before today."
    return None
