"""What docs/plans.md says stands somewhere stands there; and it leaves no plan out."""

from __future__ import annotations

import re

from tests.plans.walk import ROOT, family

TEXT = (ROOT / "docs/plans.md").read_text("utf-8")
NAMES = re.findall(r"`([a-z_]+)([.:])([a-z_0-9]+)`", TEXT)


def test_every_element_form_field_and_table_that_the_page_names_exists():
    elements = {(plan, id_) for plan, process in family().processes.items() for id_ in known(process.body)}
    fields = {(id_, ".".join(field.keys)) for id_, form in family().forms.items() for field in form.walk()}
    wrong = []
    for owner, sign, name in NAMES:
        if name in ("bpmn", "dmn", "form"):
            folder = "forms" if name == "form" else "processes"
            wrong += [f"{owner}.{name}"] * (not (ROOT / folder / f"{owner}.{name}").exists())
        elif (owner, name) not in (elements if sign == "." else fields):
            wrong.append(f"{owner}{sign}{name}")

    assert wrong == []
    assert len(NAMES) > 150


def test_every_plan_and_every_table_has_its_place_on_the_page():
    headings = set(re.findall(r"^## ([a-z_]+)$", TEXT, re.MULTILINE))
    tables = {path.name for path in (ROOT / "processes").glob("*.dmn")}

    assert headings == set(family().processes)
    assert {table for table in tables if table not in TEXT and not table.endswith("_severity.dmn")} == set()


def test_every_plan_has_its_picture():
    pictures = {path.stem for path in (ROOT / "docs/pictures").glob("*.svg")}

    assert set(family().processes) <= pictures


def known(scope):
    """Return the ids of nodes and annotations of a scope, at every depth."""
    yield from scope.annotations
    for inner, node in scope.walk():
        yield node.id
        yield from inner.annotations
