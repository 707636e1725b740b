"""Where the parts of a JSON text stand: the line of every member and item, by its path. It judges nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

Path = tuple[str | int, ...]
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:\n]|[^\s{}\[\],:"]+')


def lines_of(text: str) -> Mapping[Path, int]:
    """Return path -> line, counted from 1, of a text that is valid JSON. A member stands where its name does."""
    found: dict[Path, int] = {}
    line = 1
    path: list[str | int | None] = []  #: of the value that stands here; None: the name of a member comes first

    def here() -> Path:
        return tuple(key for key in path if key is not None)

    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == "\n":
            line += 1
        elif token in "{[":
            found.setdefault(here(), line)
            path.append(None if token == "{" else 0)
        elif token in "}]":
            path.pop()
        elif token == ",":
            last = path[-1]
            path[-1] = last + 1 if isinstance(last, int) else None
        elif token != ":":
            if path and path[-1] is None:
                path[-1] = str(json.loads(token))
            found.setdefault(here(), line)
    return found
