"""What stands still with a paused clock (中止计时), in words, for every page that shows when something is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from engine import clocks
from engine.rules import PAUSES
from engine.work import UnitOfWork
from webapp.i18n import is_english


def resting(work: UnitOfWork, instance_ids: Iterable[int]) -> dict[tuple[int, datetime], str]:
    """Return (case, due moment) -> why what is due then stands still: see `engine.clocks.resting`."""
    return {place: why_paused(why) for place, why in clocks.resting(work, instance_ids).items()}


def why_paused(key: str) -> str:
    """Return in words why a clock stands still."""
    zh, en = PAUSES.get(key, (key, key))
    return en if is_english() and en else zh
