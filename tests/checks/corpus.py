"""The corpus of findings: one folder a code, with a diagram that has the fault and one that does not."""

from __future__ import annotations

import json
from pathlib import Path

from lxml import etree

from engine.checks import Known, check_files
from engine.findings import Finding

FOLDER = Path(__file__).parent
CODES = sorted(folder.name for folder in FOLDER.iterdir() if (folder / "bad.bpmn").exists())


def findings_of(code: str, diagram: str) -> list[Finding]:
    """Check one diagram of a code's folder together with the forms and decisions beside it."""
    folder = FOLDER / code
    files = {f"{diagram}.bpmn": (folder / f"{diagram}.bpmn").read_bytes()}
    companions = [*folder.glob("*.form"), *folder.glob("*.dmn")]
    if diagram == "bad":
        companions += (folder / "only_bad").glob("*")
    files |= {path.name: path.read_bytes() for path in companions}
    return check_files(files, _known(folder / "known.json"))


def names_in(code: str) -> dict[str, str]:
    """Return id -> name of the elements of the bad diagram that have both; empty where it is no XML."""
    try:
        root = etree.fromstring((FOLDER / code / "bad.bpmn").read_bytes())
    except etree.XMLSyntaxError:
        return {}
    found: dict[str, str] = {}
    for element in root.iter(etree.Element):
        if element.get("id") and element.get("name"):
            found.setdefault(element.get("id", ""), element.get("name", ""))
    return found


def _known(path: Path) -> Known:
    if not path.exists():
        return Known()
    return Known(**{key: frozenset(names) for key, names in json.loads(path.read_text("utf-8")).items()})
