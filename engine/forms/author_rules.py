"""What a form's author may not write: two fields with one key, rules that can never hold. It reads no file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import regex  # type: ignore[import-untyped]  # ships no types

from engine.forms.fields import Field, Property

#: Takes a finding: code, what it stands at, the text and the advice in both languages.
Say = Callable[..., None]
_ACCEPTED = re.compile(r"\.[a-z0-9]{1,10}|(image|audio|video|text|application)/(\*|[a-z0-9.+-]{1,90})")


def check_paths(
    say: Say,
    fields: tuple[Field, ...],
    prefix: tuple[str, ...] = (),
    seen: dict[tuple[str, ...], Field] | None = None,
) -> None:
    """Find two fields with one key: allowed only where conditions keep them apart."""
    seen = {} if seen is None else seen
    for field in fields:
        path = (*prefix, *field.keys)
        if field.is_input or field.kind in ("expression", "dynamiclist"):
            other = seen.setdefault(path, field)
            if other is not field and (field.hide is None or other.hide is None or other.kind != field.kind):
                key = ".".join(path)
                say(
                    "form-duplicate-key", key, f"两个字段使用同一个键“{key}”。", f"Two fields have the key {key}.",
                    "改名，或给两个字段设置互斥的显示条件。", "Rename one, or give both conditions that exclude each other.",
                )  # fmt: skip
            elif any(path[:n] in seen and seen[path[:n]].is_input for n in range(1, len(path))):
                key = ".".join(path)
                say(
                    "form-key-clash",
                    key,
                    f"键“{key}”在另一个字段的值之内。",
                    f"Key {key} lies inside another field's.",
                )
        check_paths(say, field.children, path, {} if field.kind == "dynamiclist" else seen)


def check_rules(say: Say, name: str, rules: Mapping[str, Property]) -> None:
    """Find rules of a field that can hold for no answer."""
    for key, rule in rules.items():
        value = rule.constant
        if rule.expression is not None:
            continue
        if key == "pattern":
            try:
                regex.compile(str(value))
            except regex.error as error:
                say("form-bad-pattern", name, f"格式规则无效：{error}。", f"The pattern is not valid: {error}.")
        elif key in ("min", "max", "minLength", "maxLength", "minFiles", "maxFiles") and not _is_number(value):
            say("form-bad-rule", name, f"规则 {key} 应为数字。", f"The rule {key} must be a number.")
        elif key == "validationType" and value not in ("email", "phone", "custom"):
            say("form-bad-rule", name, f"不认识的校验类型“{value}”。", f"Unknown validation type {value}.")


def check_accept(say: Say, accept: Any, name: str) -> None:
    """Find what a file picker accepts and no file could ever be."""
    if accept in (None, "") or (isinstance(accept, str) and accept.startswith("=")):
        return
    tokens = [token.strip().lower() for token in accept.split(",")] if isinstance(accept, str) else [""]
    if not all(_ACCEPTED.fullmatch(token) for token in tokens):
        say(
            "form-bad-rule", name, f"文件类型“{str(accept)[:80]}”无效。", f"Unknown kinds of files {str(accept)[:80]}.",
            "写扩展名或媒体类型，用逗号分隔，如 image/*,.pdf。", "Write extensions or media types, as in image/*,.pdf.",
        )  # fmt: skip


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int | float) or (isinstance(value, str) and bool(re.fullmatch(r"-?\d+(\.\d+)?", value)))
