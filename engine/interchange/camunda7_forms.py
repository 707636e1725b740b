"""Camunda 7's generated task forms (`formData`) as form JSON, so that people see the same fields here."""

from __future__ import annotations

import json
from typing import Any

from engine.diagram import Node
from engine.interchange.source import Element, Source

_TYPES = {"string": "textfield", "long": "number", "boolean": "checkbox", "date": "datetime", "enum": "select"}
_LIMITS = {"min": "min", "max": "max", "minlength": "minLength", "maxlength": "maxLength"}


def form_data(source: Source, element: Element, node: Node) -> str | None:
    """Read the generated form of a task, keep it with the file, and return its id; None when there is none."""
    holder = source.one_extension(element, "formData")
    if holder is None:
        fields = source.extension(element, "formProperty")  # Activiti's and Flowable's way
    else:
        fields = source.inner(holder, "formField")
    if not fields:
        return None
    components = [made for made in (_field(source, field) for field in fields) if made is not None]
    form_id = f"{node.id}_form"
    form = {"id": form_id, "type": "default", "schemaVersion": 18, "components": components}
    source.forms[form_id] = json.dumps(form, ensure_ascii=False).encode()
    return form_id


def _field(source: Source, field: Element) -> dict[str, Any] | None:
    key = (field.get("id") or "").strip()
    kind = field.get("type") or "string"
    if not key or kind not in _TYPES:
        source.refuse(
            "form-foreign",
            field,
            f"表单字段“{key[:60]}”的类型“{kind[:40]}”不受支持。",
            f"the form field {key[:60]!r} has the unsupported type {kind[:40]!r}.",
            ("改用 Camunda Forms（.form 文件）。", "Use Camunda Forms (a .form file)."),
        )
        return None
    made: dict[str, Any] = {
        "type": _TYPES[kind],
        "key": key,
        "id": f"Field_{key}",
        "label": field.get("label") or field.get("name") or key,
    }
    if kind == "date":
        made["subtype"] = "date"
        made["dateLabel"] = made.pop("label")
    if kind == "enum":
        made["values"] = [
            {"value": option.get("id") or "", "label": option.get("name") or option.get("id") or ""}
            for option in source.inner(field, "value")
        ]
    default = field.get("defaultValue")
    if default and "${" not in default:
        made["defaultValue"] = _default(kind, default)
    rules = _rules(source, field)
    if field.get("required") == "true":
        rules["required"] = True
    if rules.pop("readonly", False) or field.get("writable") == "false":
        made["readonly"] = True
    if rules:
        made["validate"] = rules
    for holder in source.inner(field, "properties"):
        source.take_all(holder)
    return made


def _rules(source: Source, field: Element) -> dict[str, Any]:
    rules: dict[str, Any] = {}
    for holder in source.inner(field, "validation"):
        for rule in source.inner(holder, "constraint"):
            name, limit = rule.get("name") or "", rule.get("config") or ""
            if name in ("required", "readonly"):
                rules[name] = limit != "false"
            elif name in _LIMITS and limit.lstrip("-").isdigit() and len(limit) < 15:
                rules[_LIMITS[name]] = int(limit)
            else:
                source.refuse(
                    "form-foreign",
                    rule,
                    f"表单校验“{name[:40]}”不受支持。",
                    f"the form constraint {name[:40]!r} is not supported.",
                    ("改用 Camunda Forms（.form 文件）。", "Use Camunda Forms (a .form file)."),
                )
    return rules


def _default(kind: str, text: str) -> Any:
    if kind == "boolean":
        return text == "true"
    if kind == "long" and text.lstrip("-").isdigit() and len(text) < 16:
        return int(text)
    return text
