"""A plan with limits: the law's and the house's own, with everything that a rule may say."""

from __future__ import annotations

import json
from typing import Any

from tests.engine import plans


def rule(identity: str, number: int | None, unit: str, plan: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a rule as a pack holds it."""
    return {
        "id": identity,
        "name": f"时限{identity}",
        "name_en": f"limit {identity}",
        "number": number,
        "unit": unit,
        "clock": "statutory",
        "binds": "受理机关",
        "binds_en": "the organ",
        "article": "条例 第一条",
        "article_en": "Regulations, art. 1",
        "in_force_from": "2022-05-01",
        "in_force_until": None,
        "verified": "text",
        "plans": {"limited": plan},
        **more,
    }


RULES = [
    rule("acceptance", 15, "days", {"from": "", "to": ["decide"]}, moves=True, pauses=["complainant"]),
    rule(
        "handling",
        60,
        "days",
        {"from": "decide", "to": ["handle"], "extended_by": "prolonged"},
        extension={"number": 30, "unit": "days", "times": 1, "approver": "主任"},
        pauses=["hearing"],
    ),
    rule("first_answer", 24, "hours", {"from": "", "to": ["decide"]}, clock="internal"),
    rule("consulting", 5, "working days", {"from": "handle", "to": ["handle"], "begins": "reached"}, clock="internal"),
    rule("whole", 90, "days", {"from": "", "to": []}),
    rule("hotline", 5, "working days", {"from": "", "to": ["decide"], "when": 'channel = "hotline"'}),
    rule("told", 3, "days", {"from": "decide", "to": ["handle"], "since": "told_at"}, clock="internal"),
    rule("unread", None, "days", {"from": "", "to": ["decide"]}, verified="none"),
    rule("old", 10, "days", {"from": "", "to": ["decide"]}, in_force_until="2026-09-01", clock="internal"),
    rule("old", 8, "days", {"from": "", "to": ["decide"]}, in_force_from="2026-09-01", clock="internal"),
]
PACK = json.dumps({"name": "条例", "rules": RULES}, ensure_ascii=False).encode()
PLAN = plans.diagram(
    "limited",
    plans.start(),
    plans.user_task("decide", name="决定受理"),
    plans.user_task("handle", name="办理", due="limit due(&quot;handling&quot;, received_at)"),
    '<bpmn:exclusiveGateway id="again" name="要延期？" default="again_done"/>',
    '<bpmn:intermediateThrowEvent id="prolonged" name="已延期"/>',
    plans.timer_boundary("reminder", "handle", '=limit due("handling", now()) - duration("P5D")', form="timeDate"),
    plans.timer_boundary("overdue", "handle", '=limit due("handling", now())', form="timeDate"),
    plans.timer_boundary("other", "handle", "P2D"),
    plans.user_task("supervise", name="督办"),
    plans.end(),
    plans.end("supervised"),
    plans.flow("reminder", "supervise"),
    plans.flow("overdue", "supervise"),
    plans.flow("other", "supervise"),
    plans.flow("supervise", "supervised"),
    plans.flow("begin", "decide"),
    plans.flow("decide", "handle"),
    plans.flow("handle", "again"),
    plans.flow("again", "prolonged", "prolong = true"),
    plans.flow("prolonged", "decide"),
    plans.flow("again", "done"),
    lanes={"专员": "begin decide handle reminder overdue other again prolonged done", "主任": "supervise supervised"},
)
FILES = {"limited.bpmn": PLAN, "limited.rules.json": PACK}
