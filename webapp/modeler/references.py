"""What the elements of a drawn plan refer to, with where to look at it: forms, decisions, called processes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import url_for

from engine.diagram import Node
from engine.family import Family
from engine.work import UnitOfWork
from webapp import families
from webapp.i18n import is_english
from webapp.plan_names import named

#: What the boxes of the modeler suggest: each kind of thing that a diagram names by its id.
_KINDS = ("form", "decision", "process")


def of_diagram(work: UnitOfWork, family: Family, file: str) -> dict[str, list[dict[str, Any]]]:
    """Return what each element of diagram `file` refers to: {element: [{kind, id, name, url, fields}]}.

    `url` is "" for what is not deployed. `fields` are what a form asks.
    """
    diagram = family.diagrams.get(file)
    found: dict[str, list[dict[str, Any]]] = {}
    for process in diagram.processes.values() if diagram is not None else ():
        for _, node in process.body.walk():
            told = [_tell(work, family, kind, identity) for kind, identity in _named_by(node)]
            if told:
                found[node.id] = told
    return found


def known(family: Family) -> dict[str, list[dict[str, str]]]:
    """Return everything that a diagram can refer to, by kind: [{id, name}]."""
    return {
        kind: sorted(
            (
                {"id": identity, "name": _name(family, kind, identity)}
                for what, identity in family.origins
                if what == kind
            ),
            key=lambda one: one["id"],
        )
        for kind in _KINDS
    }


def _named_by(node: Node) -> Iterator[tuple[str, str]]:
    if node.form is not None:
        yield "form", node.form.id
    if node.decision is not None and node.decision.id.is_literal:
        yield "decision", node.decision.id.text
    if node.call is not None and node.call.process.is_literal:
        yield "process", node.call.process.text


def _tell(work: UnitOfWork, family: Family, kind: str, identity: str) -> dict[str, Any]:
    form = family.forms.get(identity) if kind == "form" else None
    return {
        "kind": kind,
        "id": identity,
        "name": _name(family, kind, identity),
        "url": _address(work, family, kind, identity),
        "fields": [
            (is_english() and field.label.en) or field.label.zh
            for field in form.walk()
            if field.keys and field.label.zh
        ]
        if form is not None
        else [],
    }


def _name(family: Family, kind: str, identity: str) -> str:
    if kind == "process" and identity in family.processes:
        return named(family.processes[identity].name) or identity
    if kind == "decision" and identity in family.decisions:
        model = family.decisions[identity]
        return (named(model.decisions[identity].name) if identity in model.decisions else "") or identity
    properties = family.forms[identity].data.get("properties") if kind == "form" and identity in family.forms else None
    title = properties.get("title") if isinstance(properties, dict) else None
    return named(title) if isinstance(title, str) and title else identity


def _address(work: UnitOfWork, family: Family, kind: str, identity: str) -> str:
    """Return where the thing can be looked at, as it is deployed; "" when it is not."""
    if kind == "process":
        return url_for("plans.show", key=identity) if families.newest_version_with(work, kind, identity) else ""
    version = families.newest_version_with(work, kind, identity)
    if version is None:
        return ""
    if kind == "decision":
        return url_for("plans.decision", definition_id=version.id, decision_id=identity)
    file = family.origins.get((kind, identity))
    return url_for("plans.file", definition_id=version.id, name=file) if file else ""
