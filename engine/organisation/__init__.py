"""Organisation (组织机构): who sits where in a plan's groups and what is kept ready, read from the file beside the plan.

    organisation, findings = read("petition.organisation.json", data)

It knows no person: a seat names a role, and who has the role is the house's.
"""

from __future__ import annotations

from engine.organisation.model import KINDS, SEATS, Duty, Group, Organisation, Resource, Seat
from engine.organisation.reading import SUFFIX, read

__all__ = ["KINDS", "SEATS", "SUFFIX", "Duty", "Group", "Organisation", "Resource", "Seat", "read"]
