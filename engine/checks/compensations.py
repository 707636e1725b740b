"""What thrown compensation undoes: an activity that the event can see and that has something to undo it."""

from __future__ import annotations

from engine import diagram
from engine.checks.subject import Subject
from engine.diagram import ACTIVITIES, SUBPROCESSES, Kind, Node, Scope

_UNDO = diagram.Compensation


def check(subject: Subject) -> None:
    """Check that what is compensated by name can be: one on the event's own level, or around its event subprocess."""
    around = {id(node.body): scope for scope, node in subject.walk() if node.kind is Kind.EVENT_SUBPROCESS}
    for scope, node in subject.walk():
        if node.kind not in (Kind.THROW, Kind.END):
            continue
        thrown = [event for event in node.events if isinstance(event, _UNDO)]
        if not thrown:
            continue
        levels: list[Scope] = []
        level: Scope | None = scope
        while level is not None:
            levels.append(level)
            level = around.get(id(level))
        for event in thrown:
            if event.activity:
                _named(subject, node, event.activity, levels)
            elif not any(_undoes(one) for one in levels):
                subject.warn(
                    "compensation-target",
                    node,
                    "这一层没有任何可补偿的活动，抛出补偿什么也不做。",
                    "nothing on this level can be compensated: the event does nothing.",
                    ("给要撤销的活动画上补偿处理，或删去它。", "Draw how an activity is undone, or delete the event."),
                )


def _named(subject: Subject, node: Node, activity: str, levels: list[Scope]) -> None:
    found = next((one for level in levels if (one := level.nodes.get(activity)) and one.kind in ACTIVITIES), None)
    level = next((one for one in levels if activity in one.nodes), None)
    if found is None or level is None:
        subject.error(
            "compensation-target",
            node,
            f"要补偿的“{activity}”不是同一层的活动。",
            f"{activity!r}, to be compensated, is no activity of the same level.",
            (
                "选择同一层的活动；子流程里的活动，请补偿整个子流程。",
                "Choose one of its level; to undo what is in a subprocess, compensate the subprocess.",
            ),
        )
    elif not _is_undone(found, level):
        subject.refuse(
            "compensation-target",
            node,
            f"要补偿的“{activity}”没有补偿处理：既没有补偿边界事件，里面也没有可补偿的。",
            f"{activity!r}, to be compensated, has nothing that undoes it: no compensation event, on it or in it.",
            ("给它附上补偿边界事件和补偿活动。", "Attach a compensation event with its compensation activity."),
        )


def _is_undone(activity: Node, scope: Scope) -> bool:
    """Return whether something undoes an activity; what a called process does is not known here."""
    if activity.kind is Kind.CALL_ACTIVITY:
        return True
    if any(one.attached_to == activity.id and one.event(_UNDO) is not None for one in scope.nodes.values()):
        return True
    return activity.kind in SUBPROCESSES and activity.body is not None and _undoes(activity.body)


def _undoes(scope: Scope) -> bool:
    """Return whether anything in a scope, at any depth, has a compensation of its own."""
    return any(
        (one.kind in (Kind.BOUNDARY, Kind.START) and one.event(_UNDO) is not None) or one.kind is Kind.CALL_ACTIVITY
        for _, one in scope.walk()
    )
