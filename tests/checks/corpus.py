"""The corpus of findings: one folder a code, with a file that has the fault and one that does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lxml import etree

from engine.checks import Known, check_files
from engine.findings import Finding

FOLDER = Path(__file__).parent
CODES = sorted({path.parent.name for path in FOLDER.glob("*/bad.*")})


def file_of(code: str, which: str) -> Path:
    """Return the file of a code's folder that shows the fault ("bad") or is free of it ("good")."""
    return next((FOLDER / code).glob(f"{which}.*"))


def findings_of(code: str, which: str) -> list[Finding]:
    """Check one file of a code's folder together with the forms and decisions beside it."""
    folder = FOLDER / code
    kinds = ("*.form", "*.dmn", "*.bpmn", "*.rules.json", "*.organisation.json")
    beside = [path for kind in kinds for path in folder.glob(kind)]
    companions = [path for path in beside if path.stem not in ("bad", "good")]
    if which == "bad":
        companions += (folder / "only_bad").glob("*")
    files = {path.name: path.read_bytes() for path in (file_of(code, which), *sorted(companions))}
    return check_files(files, _known(folder / "known.json"))


def names_in(code: str) -> dict[str, set[str]]:
    """Return id -> names of the elements of the bad file that have both; empty where it is no XML."""
    try:
        root = etree.fromstring(file_of(code, "bad").read_bytes())
    except etree.XMLSyntaxError:
        return {}
    found: dict[str, set[str]] = {}
    for element in root.iter(etree.Element):
        if element.get("id") and element.get("name"):
            found.setdefault(element.get("id", ""), set()).add(element.get("name", ""))
    return found


def _known(path: Path) -> Known:
    if not path.exists():
        return Known()
    return Known(**{key: _frozen(names) for key, names in json.loads(path.read_text("utf-8")).items()})


def _frozen(names: list[str] | dict[str, list[str] | str]) -> Any:
    """Return names as a set; for each role or person where the file says so."""
    if isinstance(names, list):
        return frozenset(names)
    return {key: frozenset(value) if isinstance(value, list) else value for key, value in names.items()}
