"""Files that named files need and that lie beside them: called plans, decisions, forms, rule packs. It checks nothing.

They are found by their names, as the folders of a house are kept: the file of a plan, a decision or a form is
called by its id, and forms may lie in `forms/` beside `processes/`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from engine import rules
from engine.family import DECISIONS, DIAGRAMS, FORMS, Family

_SUFFIXES = {"process": DIAGRAMS, "decision": DECISIONS, "form": FORMS}
_FOLDERS = (".", "forms", "processes", "../forms", "../processes")
#: The call that asks a rule pack for a moment.
_ASKS_RULES = b"limit due"


def of(paths: Iterable[Path], files: Mapping[str, bytes]) -> dict[str, Path]:
    """Return the files that `files` lack, by name, of those that lie beside the single files among `paths`.

    What is found may need others again: they are looked for too. Folders were read whole and are left alone.
    """
    homes = list(dict.fromkeys(path.parent for path in paths if path.is_file()))
    found: dict[str, Path] = {}
    family = Family({}, "")
    while homes:
        whole = {**files, **{name: path.read_bytes() for name, path in found.items()}}
        family, _ = Family.read(whole, like=(family,))
        missing = {path.name: path for kind, identity in family.missing() for path in _named(homes, kind, identity)[:1]}
        if any(_ASKS_RULES in data for data in whole.values()):
            missing.update({path.name: path for path in _packs(homes)})
        new = {name: path for name, path in missing.items() if name not in whole}
        if not new:
            break
        found.update(new)
    return dict(sorted(found.items()))


def _named(homes: Iterable[Path], kind: str, identity: str) -> list[Path]:
    """Return the files that are called by `identity`, which may be anything that an author writes."""
    if Path(identity).name != identity:
        return []
    return [
        path
        for home in homes
        for folder in _FOLDERS
        for suffix in _SUFFIXES[kind]
        if (path := home / folder / f"{identity}{suffix}").is_file()
    ]


def _packs(homes: Iterable[Path]) -> list[Path]:
    return sorted(path for home in homes for path in home.glob(f"*{rules.SUFFIX}") if path.is_file())
