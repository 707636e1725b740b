"""What happened to a case, in the words of people. It decides nothing; it reads no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.diagram import Kind, Node, Timer
from engine.instance_queries import TimelineEntry
from engine.recusals import NAMED, NEW_SUPERIOR, REGISTERED
from webapp.cases import clocks
from webapp.cases.variables import Labels, Row
from webapp.i18n import gettext, is_english, lazy_gettext, moment
from webapp.plan_names import named

#: Each kind of entry: its words, and how a page marks it.
_WORDS: dict[str, tuple[Any, str]] = {
    "started": (lazy_gettext("登记并启动流程"), "begin"),
    "ready": (lazy_gettext("待办"), "quiet"),
    "completed": (lazy_gettext("已完成"), "done"),
    "cancelled": (lazy_gettext("撤销，不再需要"), "quiet"),
    "armed": (lazy_gettext("开始计时"), "quiet"),
    "moved": (lazy_gettext("时限变更"), "quiet"),
    "caught": (lazy_gettext("发生"), "event"),
    "thrown": (lazy_gettext("发出"), "event"),
    "ended": (lazy_gettext("流程结束"), "end"),
    "incident": (lazy_gettext("流程故障"), "failed"),
    "resolved": (lazy_gettext("故障排除"), "done"),
    "changed": (lazy_gettext("数据变更"), "quiet"),
    "claimed": (lazy_gettext("已签收"), "person"),
    "released": (lazy_gettext("已退回岗位"), "person"),
    "reassigned": (lazy_gettext("已改派"), "person"),
    "suspended": (lazy_gettext("已中止"), "operation"),
    "resumed": (lazy_gettext("已恢复"), "operation"),
    "case_cancelled": (lazy_gettext("已取消投诉件"), "operation"),
    "deadline_moved": (lazy_gettext("已调整时限"), "operation"),
    "deadlines_recomputed": (lazy_gettext("按公布的日历重新计算时限"), "operation"),
    "clock_paused": (lazy_gettext("时限中止计时"), "operation"),
    "clock_resumed": (lazy_gettext("时限恢复计时"), "operation"),
    "clock_extended": (lazy_gettext("时限延期"), "operation"),
    "retried": (lazy_gettext("已重试"), "operation"),
    "restricted": (lazy_gettext("已设为保密件"), "operation"),
    "reported": (lazy_gettext("登记情况"), "person"),
    "recused": (lazy_gettext("回避"), "operation"),
    "recusal_withdrawn": (lazy_gettext("撤销回避"), "operation"),
    "contact_shown": (lazy_gettext("查看联系方式"), "quiet"),
    "attached": (lazy_gettext("提交附件"), "person"),
    "downloaded": (lazy_gettext("下载附件"), "quiet"),
    "attachment_removed": (lazy_gettext("移除附件"), "operation"),
}
_REASONS = {
    REGISTERED: lazy_gettext("登记时即被投诉"),
    NAMED: lazy_gettext("办理中被指明"),
    NEW_SUPERIOR: lazy_gettext("直接上级变更，新上级是被投诉人"),
}
#: What a reader of the case wants to know; the rest is shown on request.
_MATTERS = frozenset(_WORDS) - {"ready", "armed", "moved", "changed", "cancelled", "completed", "caught", "thrown"}
_STEPS = frozenset({Kind.USER_TASK, Kind.MANUAL_TASK, Kind.SERVICE_TASK, Kind.SEND_TASK, Kind.RECEIVE_TASK})
_STEPS_THAT_DECIDE = frozenset({Kind.BUSINESS_RULE_TASK, Kind.CALL_ACTIVITY})
_EVENTS = frozenset({Kind.BOUNDARY, Kind.CATCH, Kind.THROW})
#: Said in the sentence already, or of no meaning to a reader.
_HIDDEN = frozenset(
    {"reason", "task", "incident", "plan", "zh", "en", "code", "from", "to", "element", "due_at", "token"}
)


@dataclass(slots=True)
class Happening:
    """A line of the timeline: who, where, what. `tone` says how a page marks it; `rows` are the data of the step."""

    name: str
    element: str
    words: str
    tone: str
    reason: str = ""
    detail: str = ""
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Act:
    """What one person (or the system) did at one moment."""

    at: datetime
    actor: str
    happenings: list[Happening]


def people_in(timeline: Iterable[TimelineEntry]) -> set[str]:
    """Return the ids of the people whom the sentences of the timeline name, besides those who acted."""
    found: set[str] = set()
    for entry in timeline:
        if entry.what == "reassigned":
            found.add(str(entry.data.get("to", "")))
        elif entry.what in ("restricted", "recused", "recusal_withdrawn"):
            found.update(map(str, entry.data.get("people", ())))
    return found


def acts(
    timeline: Iterable[TimelineEntry],
    nodes: Mapping[str, Node],
    labels: Labels,
    names: Mapping[str, str],
    called: Mapping[str, str],
    *,
    shows_all: bool,
) -> list[Act]:
    """Return the timeline by acts, newest first; `called` is what the page calls its clocks.

    Without `shows_all` only what matters to a reader of the case.
    """
    found: list[Act] = []
    for entry in timeline:
        if not shows_all and not _matters(entry, nodes):
            continue
        if not found or (found[-1].at, found[-1].actor) != (entry.at, entry.actor):
            found.append(Act(entry.at, entry.actor, []))
        found[-1].happenings.append(_happening(entry, nodes, labels, names, called))
    return found[::-1]


def reason_words(reason: str) -> str:
    """Return the reason of an act as people read it: those that the house gives itself are said in words."""
    return str(_REASONS.get(reason, reason))


def _matters(entry: TimelineEntry, nodes: Mapping[str, Node]) -> bool:
    kind = nodes[entry.element].kind if entry.element in nodes else None
    if entry.what == "completed":
        return kind in _STEPS or kind in _STEPS_THAT_DECIDE
    if entry.what in ("caught", "thrown"):
        return kind in _EVENTS
    return entry.what in _MATTERS


def _happening(
    entry: TimelineEntry,
    nodes: Mapping[str, Node],
    labels: Labels,
    names: Mapping[str, str],
    called: Mapping[str, str],
) -> Happening:
    node = nodes.get(entry.element)
    words, tone = _WORDS.get(entry.what, (entry.what, "quiet"))
    data, watched = dict(entry.data), ""
    if entry.what == "caught" and node is not None and node.event(Timer) is not None:
        words, tone = gettext("时限已到"), "alarm"
        if (
            node.attached_to and node.attached_to in nodes
        ):  # "the third day" says nothing without the step whose day it is
            watched = gettext("针对：%(name)s", name=named(nodes[node.attached_to].name))
    asked = labels.of_form(node.form.id) if node is not None and node.form is not None else labels
    reason = reason_words(str(data.get("reason") or ""))
    return Happening(
        name=entry.name,
        element=entry.element,
        words=str(words),
        tone=tone,
        reason=reason,
        detail=watched or _detail(entry.what, data, names, called),
        rows=[row for row in asked.rows(_answered(_variables(entry.what, data))) if row.label],
    )


def _variables(what: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the case's data that an entry carries."""
    held = data.get("variables") or data.get("answers") or data.get("changed")
    if isinstance(held, Mapping):
        return dict(held)
    if what in ("started", "completed", "changed"):
        return {key: value for key, value in data.items() if key not in _HIDDEN}
    return {}


def _answered(variables: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in variables.items() if value not in (None, "", [])}


def _detail(what: str, data: Mapping[str, Any], names: Mapping[str, str], called: Mapping[str, str]) -> str:
    if what == "reassigned":
        return gettext("改派给 %(person)s", person=names.get(data.get("to", ""), data.get("to", "")))
    if what == "deadline_moved":
        return gettext("由 %(was)s 改为 %(now)s", was=moment(data.get("from")), now=moment(data.get("to")))
    if what.startswith("clock_"):
        return clocks.told(dict(data), called)
    if what == "deadlines_recomputed":
        return gettext("；").join(clocks.told(item, called) for item in data.get("clocks", ()))
    if what == "armed" and data.get("due_at"):
        return gettext("到 %(moment)s", moment=moment(data["due_at"]))
    if what == "incident":
        return str(data.get("en" if is_english() else "zh") or "")
    if what in ("attached", "downloaded", "attachment_removed"):
        return gettext("；").join(_file(file) for file in data.get("files", []))
    if what == "restricted":
        return gettext("知悉人员：%(people)s", people=_all(data, names))
    if what == "recused":
        told = [gettext("回避人员：%(people)s", people=_all(data, names))] if data.get("people") else []
        if data.get("unmatched"):
            unknown = gettext("、").join(data["unmatched"])
            told.append(gettext("未对应到人员，没有自动回避：%(names)s", names=unknown))
        return gettext("；").join(told)
    if what == "recusal_withdrawn":
        return gettext("不再回避：%(people)s", people=_all(data, names) or gettext("无"))
    return ""


def _all(data: Mapping[str, Any], names: Mapping[str, str]) -> str:
    return gettext("、").join(names.get(person, person) for person in data.get("people", ()))


def _file(file: Mapping[str, Any]) -> str:
    """Return an attachment with the beginning of its digest, enough to compare by eye."""
    return gettext("%(name)s（SHA-256 %(digest)s…）", name=file.get("name", ""), digest=str(file.get("digest"))[:16])
