"""Lay out BPMN files: `python -m tools.layout processes/*.bpmn` draws each anew, in place. It changes no meaning.

The drawing follows from the order of lanes and of the ways out in the file: the first way out of a node is the
straight one.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.drawing import items, labels, placing, routing, writing


def lay_out(data: bytes) -> tuple[bytes, int]:
    """Return the file with a fresh drawing, and how many of its labels cover something."""
    sheet = items.read(data)
    placing.place(sheet)
    routing.route(sheet)
    bad = labels.put(sheet)
    return writing.write(sheet), bad


def main(arguments: list[str] | None = None) -> int:
    """Lay out the files named on the command line."""
    parser = argparse.ArgumentParser(description="Lay out BPMN files in place.")
    parser.add_argument("files", nargs="+", type=Path)
    options = parser.parse_args(arguments)
    for path in options.files:
        drawn, bad = lay_out(path.read_bytes())
        path.write_bytes(drawn)
        sys.stdout.write(f"{path}: {'drawn' if not bad else f'drawn, {bad} labels cover something'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
