"""The form that changes an organisation: from a file to rows with room for new ones, and from what was sent to a file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from engine.organisation import Organisation

#: Empty rows that the form offers for what is new.
_NEW_SEATS, _NEW_RESOURCES = 2, 2
_MOST = 200
_GROUP = ("name", "name_en", "parent")
_SEAT = ("seat", "title", "title_en", "role", "duty", "duty_en")
_RESOURCE = ("kind", "name", "name_en", "role", "source")
_PLACE = re.compile(r"g\.(\d{1,3})\.|r\.(\d{1,3})\.")
_SEAT_PLACE = re.compile(r"g\.(\d{1,3})\.s\.(\d{1,3})\.")
_BETWEEN = re.compile(r"\s*\|\s*")


@dataclass(frozen=True, slots=True)
class Rows:
    """What the form shows: groups (with their seats), resources and the first contact, each as plain texts."""

    source: str
    first_contact: str
    groups: list[dict[str, Any]]
    resources: list[dict[str, str]]


def rows_of(found: Organisation | None) -> Rows:
    """Return the rows of an organisation with room for new ones; of None an empty form."""
    groups = [
        {
            "id": group.id,
            "name": group.name,
            "name_en": group.name_en,
            "parent": group.parent,
            "duties": "\n".join(f"{duty.zh} | {duty.en}" if duty.en else duty.zh for duty in group.duties),
            "seats": [{**dict.fromkeys(_SEAT, ""), **_seat(seat)} for seat in group.seats],
        }
        for group in (found.groups if found is not None else ())
    ]
    resources = [
        {key: str(value) for key, value in asdict(resource).items() if key != "line"}
        for resource in (found.resources if found is not None else ())
    ]
    return _with_room(Rows(found.source if found else "", found.first_contact if found else "", groups, resources))


def rows_sent(form: Mapping[str, str]) -> Rows:
    """Return what was sent, as rows: what is wholly empty or to be removed is left out, and what is new gets an id."""
    groups: list[dict[str, Any]] = []
    for number in _numbers(form, 1):
        at = f"g.{number}."
        group: dict[str, Any] = {key: form.get(f"{at}{key}", "").strip() for key in ("id", *_GROUP, "duties")}
        group["seats"] = [
            seat
            for place in _seat_numbers(form, number)
            if _is_filled(seat := {key: form.get(f"{at}s.{place}.{key}", "").strip() for key in _SEAT}, "seat")
            and not form.get(f"{at}s.{place}.remove")
        ]
        if _is_filled(group, "id") and not form.get(f"{at}remove"):
            groups.append(group)
    resources = [
        resource
        for number in _numbers(form, 2)
        if _is_filled(
            resource := {key: form.get(f"r.{number}.{key}", "").strip() for key in ("id", *_RESOURCE)}, "id", "kind"
        )
        and not form.get(f"r.{number}.remove")
    ]
    _name(groups, "group")
    _name(resources, "item")
    kept = {group["id"] for group in groups}
    for group in groups:
        if group["parent"] not in kept:
            group["parent"] = ""
    return Rows(form.get("source", "").strip(), form.get("first_contact", "").strip(), groups, resources)


def file_of(plan: str, rows: Rows) -> bytes:
    """Return the organisation file of these rows. Whether it is right is the reader's and the checks' matter."""
    content: dict[str, Any] = {"plan": plan, "source": rows.source}
    if rows.first_contact:
        content["first_contact"] = rows.first_contact
    content["groups"] = [
        {
            **{key: group[key] for key in ("id", *_GROUP) if group[key]},
            "duties": [_duty(line) for line in group["duties"].splitlines() if line.strip()],
            "seats": [{key: seat[key] for key in _SEAT if seat[key]} for seat in group["seats"]],
        }
        for group in rows.groups
    ]
    content["resources"] = [
        {key: resource[key] for key in ("id", *_RESOURCE) if resource[key]} for resource in rows.resources
    ]
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def with_room(rows: Rows) -> Rows:
    """Return rows that were sent, to be shown again with room for new ones."""
    return _with_room(rows)


# --- private --------------------------------------------------------------------------------------------------


def _is_filled(row: Mapping[str, Any], *given: str) -> bool:
    """Return whether somebody wrote into a row; `given` are what an empty one has too."""
    return any(value for key, value in row.items() if key not in given)


def _with_room(rows: Rows) -> Rows:
    empty_seat = {"seat": "member", **dict.fromkeys(_SEAT[1:], "")}
    empty_resource = {"id": "", "kind": "people", **dict.fromkeys(_RESOURCE[1:], "")}
    empty_group = {**dict.fromkeys(("id", *_GROUP, "duties"), ""), "seats": []}
    groups = [*rows.groups, empty_group]
    return Rows(
        rows.source,
        rows.first_contact,
        [{**group, "seats": [*group["seats"], *([empty_seat] * _NEW_SEATS)]} for group in groups],
        [*rows.resources, *([empty_resource] * _NEW_RESOURCES)],
    )


def _seat(seat: Any) -> dict[str, str]:
    return {
        "seat": seat.kind,
        "title": seat.title,
        "title_en": seat.title_en,
        "role": seat.role,
        "duty": seat.duty,
        "duty_en": seat.duty_en,
    }


def _duty(line: str) -> dict[str, str]:
    zh, *en = _BETWEEN.split(line.strip(), maxsplit=1)
    return {"zh": zh, "en": en[0]} if en and en[0] else {"zh": zh}


def _numbers(form: Mapping[str, str], part: int) -> list[int]:
    found = {int(match[part]) for key in form if (match := _PLACE.match(key)) and match[part] is not None}
    return sorted(found)[:_MOST]


def _seat_numbers(form: Mapping[str, str], group: int) -> list[int]:
    places = (match for key in form if (match := _SEAT_PLACE.match(key)))
    return sorted({int(match[2]) for match in places if int(match[1]) == group})[:_MOST]


def _name(items: list[Any], word: str) -> None:
    """Give an id to what has none yet: item_1, item_2 ... none of them used before."""
    used = {item["id"] for item in items}
    number = 0
    for item in items:
        while not item["id"]:
            number += 1
            if f"{word}_{number}" not in used:
                item["id"] = f"{word}_{number}"
                used.add(item["id"])
