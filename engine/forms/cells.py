"""A form laid over data: one cell for each field in each row of a list, and which cells are hidden. It checks no value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from engine.errors import InvalidAnswers
from engine.forms.fields import Field, Scope

#: Rows that a list in a form may have.
MAX_ROWS = 100
MAX_LEVELS = 12
_STEP = re.compile(r"([^.\[\]]+)|\[(\d{1,4})\]")
_PATH = re.compile(r"[^.\[\]]+(?:\.[^.\[\]]+|\[\d{1,4}\])*")

Keys = tuple[str | int, ...]


class _Missing:
    """What stands where nothing was given."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Any = _Missing()


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A field at one place: `keys` lead to its value. `around` are the cells it lies in, outermost first."""

    field: Field
    keys: Keys
    around: tuple[Cell, ...] = ()
    row: int | None = None  #: 0, 1, 2 … of a row in the list just around it

    @property
    def path(self) -> str:
        """The name of its field on a page: a.b, list[0].c; the component's id where it holds no value."""
        return written(self.keys) if self.field.keys else self.field.id

    @property
    def is_row(self) -> bool:
        """Whether it stands for a whole row of a list."""
        return self.row is not None


def written(keys: Keys) -> str:
    """Return keys as a path: ("a", 0, "b") is a[0].b."""
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return text


def expand(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return `raw` nested: what a page sends under "a[0].b" goes where JSON would put it. Gaps in lists close.

    Raises InvalidAnswers for paths that contradict one another or are too deep.
    """
    nested = _Level()
    for path, value in raw.items():
        if not isinstance(path, str) or not _PATH.fullmatch(path):
            raise InvalidAnswers({str(path)[:100]: ("字段名无效。", "This is no field's name.")})
        steps: list[str | int] = [found[1] if found[1] is not None else int(found[2]) for found in _STEP.finditer(path)]
        if not _put_step(nested, steps, value):
            raise InvalidAnswers({path[:100]: ("字段名互相矛盾。", "The fields' names contradict one another.")})
    return {key: _closed(value) for key, value in nested.items()}


class _Level(dict[Any, Any]):
    """What several names lead through."""


class _Rows(_Level):
    """Rows of a list by the number that the page gave them."""


def _put_step(nested: _Level, steps: list[str | int], value: Any) -> bool:
    """Store `value` where `steps` lead; False when another name leads through a value, or to this very place."""
    place: Any = nested
    for step, following in pairwise(steps):
        kind = _Rows if isinstance(following, int) else _Level
        place = place.setdefault(step, kind())
        if type(place) is not kind:
            return False
    if len(steps) > MAX_LEVELS or steps[-1] in place:
        return False
    place[steps[-1]] = value
    return True


def _closed(value: Any) -> Any:
    if isinstance(value, _Rows):
        return [_closed(value[number]) for number in sorted(value)]
    if isinstance(value, dict):
        return {key: _closed(item) for key, item in value.items()}
    return value


def look_up(data: Any, keys: Keys) -> Any:
    """Return what stands at `keys`, or MISSING."""
    for key in keys:
        if isinstance(key, int):
            if not isinstance(data, list) or key >= len(data):
                return MISSING
            data = data[key]
        elif isinstance(data, Mapping) and key in data:
            data = data[key]
        else:
            return MISSING
    return data


def put(data: dict[str, Any], keys: Keys, value: Any) -> None:
    """Store `value` at `keys`, making what lies on the way. Rows must come in order."""
    place: Any = data
    for key, following in pairwise(keys):
        empty: Any = [] if isinstance(following, int) else {}
        if isinstance(place, list):
            while len(place) <= int(key):
                place.append({})
            place = place[int(key)]
        else:
            if not isinstance(place.get(key), type(empty)):
                place[key] = empty
            place = place[key]
    last = keys[-1]
    if isinstance(place, list):
        while len(place) <= int(last):
            place.append({})
        place[int(last)] = value
    else:
        place[last] = value


def lay(fields: tuple[Field, ...], data: Mapping[str, Any], *, is_fresh: bool = False) -> Iterator[Cell]:
    """Return a cell for each field, those in groups and rows too; `data` says how many rows a list has.

    A list that `data` does not have gets no row, or on a fresh form as many as its author wants.
    """
    return _lay(fields, data, (), (), is_fresh)


def _lay(
    fields: tuple[Field, ...],
    data: Mapping[str, Any],
    prefix: Keys,
    around: tuple[Cell, ...],
    is_fresh: bool,
) -> Iterator[Cell]:
    for field in fields:
        cell = Cell(field, (*prefix, *field.keys), around)
        yield cell
        if field.kind == "group":
            yield from _lay(field.children, data, cell.keys, (*around, cell), is_fresh)
        elif field.kind == "dynamiclist":
            for number in range(_row_count(field, look_up(data, cell.keys), is_fresh)):
                row = Cell(field, (*cell.keys, number), (*around, cell), number)
                yield row
                yield from _lay(field.children, data, row.keys, (*around, cell, row), is_fresh)


def _row_count(field: Field, found: Any, is_fresh: bool) -> int:
    if isinstance(found, list):
        return min(len(found), MAX_ROWS)
    if not is_fresh:
        return 0
    first = field.settings.get("defaultRepetitions", 1)
    return first if isinstance(first, int) and 0 <= first <= MAX_ROWS else 1


def scope_of(cell: Cell, data: Mapping[str, Any], base: Scope) -> Scope:
    """Return what the expressions of `cell` see: the data, in a row or a group the names there before the outer ones."""
    places = [item.keys for item in cell.around if item.keys and (item.is_row or item.field.kind == "group")]
    if not places:
        return Scope(data, base.now, base.calendar)
    names: dict[str, Any] = dict(data)
    for keys in places:
        inside = look_up(data, keys)
        here = dict(inside) if isinstance(inside, Mapping) else {}
        names = {**names, **here, "this": here, "parent": {key: names[key] for key in names if key != "parent"}}
    numbers = [item.row for item in cell.around if item.row is not None]
    if numbers:
        names["i"] = numbers[-1] + 1
    return Scope(names, base.now, base.calendar)


def hidden(cells: list[Cell], data: Mapping[str, Any], base: Scope) -> tuple[set[Cell], Mapping[str, Any]]:
    """Return the cells that a condition of theirs or around them hides, and the data without the answers hidden.

    A hidden field counts as unanswered for the conditions of others, so that chains settle; `data` is not changed.
    """
    found: set[Cell] = set()
    seen: Mapping[str, Any] = data
    for _ in range(len(cells) + 1):
        now: set[Cell] = set()
        for cell in cells:
            hide = None if cell.is_row else cell.field.hide
            is_inside = any(outer in now for outer in cell.around)
            if is_inside or (hide is not None and hide.of(scope_of(cell, seen, base)) is True):
                now.add(cell)
        if now == found:
            break
        found = now
        seen = _without(data, found, cells)
    return found, seen


def _without(data: Mapping[str, Any], gone: set[Cell], cells: list[Cell]) -> dict[str, Any]:
    """Return `data` as it is with the hidden answers empty; a key that a visible field has too keeps its answer."""
    kept = {cell.keys for cell in cells if cell not in gone}
    copy: dict[str, Any] = dict(data)
    for cell in gone:
        if cell.field.is_input and cell.keys not in kept and look_up(copy, cell.keys) is not MISSING:
            copy = _emptied(copy, cell.keys)
    return copy


def _emptied(data: Any, keys: Keys) -> Any:
    """Return a copy of `data` with nothing at `keys`; what lies beside is shared."""
    key, rest = keys[0], keys[1:]
    if isinstance(data, list):
        return [(_emptied(item, rest) if rest else None) if place == key else item for place, item in enumerate(data)]
    return {**data, key: _emptied(data[key], rest) if rest else None}


def with_row(raw: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return answers, nested, with one more row in the list at `path`. Raises InvalidAnswers for a bad path."""
    nested, rows = _rows_at(raw, path)
    if len(rows) < MAX_ROWS:
        rows.append({})
    return nested


def without_row(raw: Mapping[str, Any], path: str, number: int) -> dict[str, Any]:
    """Return answers, nested, without row `number` (0, 1 …) of the list at `path`. Raises as `with_row`."""
    nested, rows = _rows_at(raw, path)
    if number < len(rows):
        del rows[number]
    return nested


def _rows_at(raw: Mapping[str, Any], path: str) -> tuple[dict[str, Any], list[Any]]:
    if not _PATH.fullmatch(path):
        raise InvalidAnswers({path[:100]: ("字段名无效。", "This is no field's name.")})
    keys: Keys = tuple(found[1] if found[1] is not None else int(found[2]) for found in _STEP.finditer(path))
    nested = expand(raw)
    rows = look_up(nested, keys)
    if not isinstance(rows, list):
        rows = []
        put(nested, keys, rows)
    return nested, rows
