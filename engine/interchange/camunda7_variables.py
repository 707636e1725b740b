"""Camunda 7's `inputOutput`, and `in`/`out` of calls and signals, as mappings. Scripts in them are refused."""

from __future__ import annotations

import json

from engine.diagram import Expression, Mapping
from engine.interchange.expressions import as_feel, content, is_feel, value
from engine.interchange.source import Element, Source, local_name, text_of

_DEEPEST = 20


def mappings(source: Source, element: Element) -> tuple[list[Mapping], list[Mapping]]:
    """Return the input and output parameters of a node."""
    made: tuple[list[Mapping], list[Mapping]] = ([], [])
    for holder in source.extension(element, "inputOutput"):
        for place, local in enumerate(("inputParameter", "outputParameter")):
            for item in source.inner(holder, local):
                name = (item.get("name") or "").strip()
                if not name:
                    source.refuse(
                        "mapping-without-target", item, "变量映射没有变量名。", "the mapping names no variable."
                    )
                    continue
                expression = _value(source, item)
                if expression is not None:
                    made[place].append(Mapping(name, expression))
    return made


def variable_flow(source: Source, item: Element, into: list[Mapping]) -> bool:
    """Read one `in` or `out`; return whether it means all variables."""
    if item.get("variables") == "all":
        return True
    if item.get("businessKey") is not None:
        source.hint(
            "business-key",
            item,
            "被调用的流程属于同一个投诉件，沿用其业务键。",
            "the called process belongs to the same case and shares its business key.",
        )
        return False
    target = (item.get("target") or "").strip()
    name, expression = item.get("source"), item.get("sourceExpression")
    if not target or not (name or expression):
        source.refuse(
            "mapping-without-target", item, "变量传递缺少来源或目标。", "the variable's source or target is missing."
        )
        return False
    made = Expression(name.strip(), False, source.place(item)) if name else value(source, item, expression)
    if made is not None:
        into.append(Mapping(target, made))
    return False


def _value(source: Source, item: Element, depth: int = 0) -> Expression | None:
    """Return the value of a parameter, list member or map entry."""
    if depth > _DEEPEST:
        source.refuse("mapping-too-deep", item, "列表或映射嵌套太深。", "lists or maps nest too deep.")
        return None
    for inner in item:
        if not source.is_vendor(inner.tag):
            continue
        kind = local_name(inner)
        if kind == "script":
            return _script(source, inner)
        if kind in ("list", "map"):
            source.take(inner)
            return _collection(source, inner, kind, depth)
    return content(source, item, text_of(item))


def _script(source: Source, inner: Element) -> Expression | None:
    if not is_feel(inner.get("scriptFormat") or ""):
        return None  # left alone: refused by name with all scripts
    source.take(inner)
    return Expression(text_of(inner).removeprefix("=").strip(), False, source.place(inner))


def _collection(source: Source, holder: Element, kind: str, depth: int) -> Expression | None:
    parts: list[str] = []
    for child in source.inner(holder, "value" if kind == "list" else "entry"):
        made = _value(source, child, depth + 1)
        if made is None:
            return None
        key = json.dumps(child.get("key") or "", ensure_ascii=False) + ": " if kind == "map" else ""
        parts.append(key + as_feel(made))
    for script in source.inner(holder, "script") if kind == "list" else []:
        made = _script(source, script)
        if made is None:
            return None
        parts.append(made.text)
    text = ", ".join(parts)
    return Expression(f"[{text}]" if kind == "list" else "{" + text + "}", False, source.place(holder))
