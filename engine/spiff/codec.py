"""A case as bytes and back: its live tokens and their scopes' maps. Elements are named by their id in the diagram.

One version byte, then zstd over JSON: [process, next id, business key, end element, failure, tokens, variables of an
ended case]. A token is
[id, parent (-1: none), element, state, what it remembers, its map], cut after the last part that is not empty.
"""

from __future__ import annotations

import threading
from typing import Any

import orjson
import zstandard

from engine.errors import EngineError
from engine.spiff import compiler
from engine.spiff.case import Case
from engine.spiff.specs import ProcessSpec
from engine.spiff.token import Token
from engine.spiff.world import Plan, UnknownElement, World

VERSION = 1
_MOST = 64 * 1024 * 1024


class _Zstd(threading.local):
    """One pair of contexts a thread: they may not be used by two at once."""

    def __init__(self) -> None:
        self.pack = zstandard.ZstdCompressor(level=3)
        self.unpack = zstandard.ZstdDecompressor()


_zstd = _Zstd()


def dump(case: Case) -> bytes:
    """Return the case as bytes."""
    rows: list[list[Any]] = []
    for token in case.tasks.values():
        spec = token.task_spec
        name = "/" + spec.node.id if spec.isolates else spec.name
        parent = -1 if token._parent is None else token._parent
        row: list[Any] = [token.id, parent, name, token._state]
        if token.data:
            row += [token.internal_data or 0, token.data]
        elif token.internal_data:
            row.append(token.internal_data)
        rows.append(row)
    document: list[Any] = [case.spec.process.id, case.next_id, case.business_key, case.end_element, case.failure, rows]
    if case.final:
        document.append(case.final)
    return bytes([VERSION]) + _zstd.pack.compress(orjson.dumps(document))


def load(blob: bytes, plan: Plan, world: World) -> Case:
    """Return the case that `blob` holds. Raises UnknownElement when the plan lacks an element that it stands in."""
    if not blob or blob[0] != VERSION:
        raise EngineError(
            "无法读取流程实例的状态：版本不符。",
            "The state of the case cannot be read: unknown version.",
            code="bad-state",
        )
    document = orjson.loads(_zstd.unpack.decompress(memoryview(blob)[1:], max_output_size=_MOST))
    process_id, next_id, business_key, end_element, failure, rows, *final = document
    case = Case(compiler.process_spec(plan, process_id), plan, world)
    case.next_id, case.business_key = next_id, business_key
    case.end_element, case.failure = end_element, failure
    case.final = final[0] if final else {}
    specs: dict[int, ProcessSpec] = {}  # the process that each token stands in
    tasks = case.tasks
    for number, parent, name, state, *rest in rows:
        if name[0] == "/":
            process = compiler.process_spec(plan, name[1:])
            element: Any = process.root
        else:
            process = specs[parent]
            element = process.all.get(name)
            if element is None:
                raise UnknownElement(
                    f"流程实例停在元素“{name}”，而预案中没有它。",
                    f"The case stands in element {name!r}, which the plan does not have.",
                )
        specs[number] = process
        above = tasks[parent] if parent >= 0 else None
        token = Token(case, element, above, state, number)
        if rest:
            if rest[0]:
                token.internal_data = rest[0]
            if len(rest) > 1:
                token.data = rest[1]
        if not element.accepts(token, above):
            raise UnknownElement(
                f"流程实例停在元素“{element.node.id}”，而预案中它已移动或改变了种类、事件或入口。",
                f"The case stands in element {element.node.id!r}, which has moved or changed its kind, events or ways in.",
            )
    case.resume(tasks.values())
    case.changed = bool(case.conditions)
    return case
