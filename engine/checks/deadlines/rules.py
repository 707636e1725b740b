"""A rule that limits how long something may take: data with a source, never a constant in code. It counts nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import EngineError
from engine.findings import Severity

UNITS = ("days", "working days", "hours")


class InvalidRule(EngineError):
    """A rule of a rule pack says something that cannot be counted.

    Remedy: correct the rule pack.
    """

    code = "invalid-rule"


@dataclass(frozen=True, slots=True)
class Rule:
    """At most `number` `unit` from `from_element` (done) to `to_element` (done), because `article` says so.

    `from_element` "": the start of the case. `to_element` "": every end of it. The day it starts does not count
    (民法典 第二百零一条). `moves`: a limit that ends on a day off moves to the next working day (第二百零三条).
    `severity`: how bad it is when the plan's own deadlines do not keep it.
    """

    number: int
    unit: str
    article: str
    from_element: str = ""
    to_element: str = ""
    moves: bool = False
    severity: Severity = Severity.ERROR

    def __post_init__(self) -> None:
        if self.unit not in UNITS or self.number < 1:
            raise InvalidRule(
                f"规则“{self.article}”的期限“{self.number} {self.unit}”无效；单位应为 {'、'.join(UNITS)}，数值至少为 1。",
                f"The limit {self.number} {self.unit!r} of rule {self.article!r} is not valid; the unit is one of "
                f"{', '.join(UNITS)}, the number at least 1.",
            )

    @property
    def zh(self) -> str:
        """Return the limit in Chinese."""
        return f"{self.number} {({'days': '日', 'working days': '个工作日', 'hours': '小时'})[self.unit]}"

    @property
    def en(self) -> str:
        """Return the limit in English."""
        return f"{self.number} {self.unit}"


def rule_from(item: Mapping[str, Any]) -> Rule:
    """Return the rule that a rule pack's entry describes. Raises InvalidRule."""
    known = ("number", "unit", "article", "from", "to", "moves", "severity")
    unknown = sorted(set(item) - set(known))
    number, unit, article = item.get("number"), item.get("unit"), item.get("article")
    is_typed = isinstance(number, int) and not isinstance(number, bool) and isinstance(unit, str)
    severity = item.get("severity", "error")
    if unknown or not is_typed or not isinstance(article, str) or severity not in set(Severity):
        raise InvalidRule(
            f"规则无效：{dict(item)!r}；可用的字段是 {'、'.join(known)}，number、unit、article 必填。",
            f"Not a valid rule: {dict(item)!r}; its members are {', '.join(known)}; number, unit and article are needed.",
        )
    assert isinstance(number, int)
    assert isinstance(unit, str)
    return Rule(
        number,
        unit,
        article,
        str(item.get("from", "")),
        str(item.get("to", "")),
        item.get("moves", False) is True,
        Severity(severity),
    )
