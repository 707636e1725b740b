"""Context functions: reading, making, merging."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.feel.builtins.registry import Fault, builtin
from engine.feel.runtime import Run


@builtin("get value(m: context, key: string) -> any")
def _get_value(run: Run, m: Mapping[str, Any], key: str) -> Any:
    return m[key] if key in m else run.null(f"没有成员“{key}”。", f"there is no member {key!r}.")


@builtin("get entries(m: context) -> list")
def _get_entries(run: Run, m: Mapping[str, Any]) -> list[dict[str, Any]]:
    run.spend(len(m))
    return [{"key": key, "value": value} for key, value in m.items()]


@builtin("context(entries: list) -> context")
def _context(run: Run, entries: list[Any]) -> dict[str, Any]:
    run.spend(len(entries))
    made: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, Mapping) or "key" not in entry or "value" not in entry:
            raise Fault("每项需要 key 和 value。", "every entry needs key and value.")
        key = entry["key"]
        if not isinstance(key, str) or key in made:
            raise Fault("key 应为不重复的文字。", "every key must be a text, and given once.")
        made[key] = entry["value"]
    return made


def _put(run: Run, m: Any, keys: list[Any], value: Any) -> dict[str, Any]:
    if not isinstance(m, Mapping):
        raise Fault("路径上不是上下文。", "there is no context on the way.")
    if not keys or not isinstance(keys[0], str):
        raise Fault("key 应为文字。", "a key must be a text.")
    run.spend(len(m))
    made = dict(m)
    made[keys[0]] = value if len(keys) == 1 else _put(run, m.get(keys[0]), keys[1:], value)
    return made


@builtin("context put(context: context, key: string, value: any) -> context")
def _context_put(run: Run, m: Mapping[str, Any], key: str, value: Any) -> dict[str, Any]:
    return _put(run, m, [key], value)


@builtin("context put(context: context, keys: list, value: any) -> context")
def _context_put_deep(run: Run, m: Mapping[str, Any], keys: list[Any], value: Any) -> dict[str, Any]:
    return _put(run, m, keys, value)


@builtin("context merge(contexts: list) -> context")
def _context_merge(run: Run, contexts: list[Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for one in contexts:
        if not isinstance(one, Mapping):
            raise Fault("只能合并上下文。", "only contexts can be merged.")
        run.spend(len(one))
        made.update(one)
    return made
