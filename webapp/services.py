"""The services that plans may call, by the type that a service task names. A house adds its own here."""

from __future__ import annotations

from engine.services import Services


def of_house() -> Services:
    """Return every service of the house by its type. The plans that come with the product need none."""
    return {}
