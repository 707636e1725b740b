"""The clocks of a case in words: what is left, what binds whom and why, what may be done. It changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine import clocks
from engine.clocks import ClockInfo
from engine.rules import Rule, length_en, length_zh
from engine.work import UnitOfWork
from webapp.i18n import gettext, is_english, lazy_gettext, moment, remaining
from webapp.pauses import why_paused
from webapp.plan_names import named

_VERIFIED = {
    "text": lazy_gettext("已核对原文"),
    "reported": lazy_gettext("据转述，未核对原文"),
    "none": lazy_gettext("未核实"),
}
_UNITS = {
    "days": ("日", "days"),
    "working days": ("个工作日", "working days"),
    "hours": ("小时", "hours"),
    "minutes": ("分钟", "minutes"),
}


@dataclass(frozen=True, slots=True)
class ClockRow:
    """A clock as the page shows it. `tone`: over, soon, later, paused, met, late or lapsed."""

    info: ClockInfo
    name: str
    party: str
    limit: str
    article: str
    mark: str  #: how far its article was verified
    note: str
    tone: str
    words: str
    percent: int
    marks: list[tuple[str, str]]  #: (text, kind of badge)
    pause_reasons: list[tuple[str, str]]
    most: int  #: by how much it may be extended now
    unit: str  #: of an extension
    approver: str
    tells_reason: bool
    allowed: list[str]  #: what the rule allows and by whom, while it is not over


@dataclass(frozen=True, slots=True)
class OffRow:
    """A rule that is switched off, with what is known of it."""

    name: str
    article: str
    note: str


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks of a case, the law's and the house's own side by side."""

    statutory: list[ClockRow]
    internal: list[ClockRow]
    off: list[OffRow]

    def __bool__(self) -> bool:
        return bool(self.statutory or self.internal or self.off)


def read(work: UnitOfWork, instance_id: int) -> Clocks:
    """Return the clocks of a case in words. Raises NotFound when the actor may not see it."""
    rows = [_row(work, one) for one in clocks.of_instance(work, instance_id)]
    return Clocks(
        [row for row in rows if row.info.is_statutory],
        [row for row in rows if not row.info.is_statutory],
        [
            OffRow(_in(rule.name, rule.name_en), _in(rule.article, rule.article_en), _in(rule.note, rule.note_en))
            for rule in clocks.switched_off(work, instance_id)
        ],
    )


def _row(work: UnitOfWork, info: ClockInfo) -> ClockRow:
    rule = info.rule
    tone = _tone(work, info)
    extension = rule.extension if rule is not None else None
    return ClockRow(
        info=info,
        name=_in(info.name, rule.name_en if rule else ""),
        party=_in(info.party, rule.binds_en if rule else ""),
        limit=_limit(rule),
        article=_in(rule.article, rule.article_en) if rule else "",
        mark=str(_VERIFIED[rule.verified]) if rule is not None and rule.is_statutory else "",
        note=_in(rule.note, rule.note_en) if rule else "",
        tone=tone,
        words=_words(work, info, tone),
        percent=round(info.share * 100),
        marks=_marks(info),
        pause_reasons=[(key, why_paused(key)) for key in info.pause_reasons],
        most=info.may_still_extend,
        unit=_in(*_UNITS[extension.unit]) if extension is not None else "",
        approver=named(extension.approver) if extension is not None else "",
        tells_reason=extension.tells_reason if extension is not None else False,
        allowed=_allowed(info, rule) if rule is not None and not info.is_overdue and info.stopped_at is None else [],
    )


def _tone(work: UnitOfWork, info: ClockInfo) -> str:
    if info.outcome:
        return info.outcome
    if info.is_overdue:
        return "over"
    if info.paused_at is not None:
        return "paused"
    is_near = info.share > 0.8 or (info.due_at - work.now).total_seconds() < 14_400
    return "soon" if is_near else "later"


def _words(work: UnitOfWork, info: ClockInfo, tone: str) -> str:
    """Return the line that matters most: what is left, or how it went."""
    if tone == "met":
        return gettext("按期完成")
    if tone == "late":
        return gettext("完成时已超期")
    if tone == "lapsed":
        return gettext("未走到，投诉件已结束")
    if tone == "paused":
        return gettext("中止计时：%(why)s", why=why_paused(info.pause_reason or ""))
    if info.left is None or info.is_overdue:
        return remaining(info.due_at, work.now)
    if info.left == 0:
        return gettext("今天到期")
    is_working = info.rule is not None and info.rule.unit == "working days"
    if is_working:
        return gettext("还剩 %(count)s 个工作日", count=info.left)
    return gettext("还剩 %(count)s 日", count=info.left)


def _marks(info: ClockInfo) -> list[tuple[str, str]]:
    marks = []
    if info.is_provisional and info.stopped_at is None:
        marks.append((gettext("暂估"), "warning"))
    if info.extensions and info.rule is not None and info.rule.extension is not None:
        unit = info.rule.extension.unit
        length = _in(length_zh(info.extended, unit), length_en(info.extended, unit))
        marks.append((gettext("已延期 %(length)s", length=length), "accent"))
    if info.pauses:
        marks.append((gettext("曾中止 %(count)s 次", count=len(info.pauses)), "plain"))
    return marks


def _allowed(info: ClockInfo, rule: Rule) -> list[str]:
    """Return in words what may be done to the clock and who does it, for those who may not."""
    found = []
    if info.paused_at is not None and not info.may_resume:
        found.append(gettext("由%(who)s恢复计时", who=_people(clocks.pausers(rule))))
    elif rule.pauses and not (info.may_pause or info.may_resume):
        reasons = gettext("、").join(why_paused(key) for key in sorted(rule.pauses))
        who = _people(clocks.pausers(rule))
        found.append(gettext("可因%(reasons)s中止计时，由%(who)s办理", reasons=reasons, who=who))
    extension = rule.extension
    if extension is not None and info.extensions < extension.times and not info.may_extend:
        length = _in(extension.zh, extension.en)
        found.append(gettext("可延期 %(length)s，由%(who)s批准", length=length, who=_people(clocks.extenders(rule))))
    return found


def _people(roles: tuple[str, ...]) -> str:
    return gettext("、").join(named(role) for role in (*roles, "管理员"))


def _limit(rule: Rule | None) -> str:
    return "" if rule is None else _in(rule.zh, rule.en)


def _in(zh: str, en: str) -> str:
    return en if is_english() and en else zh


def called(found: Clocks) -> dict[str, str]:
    """Return what the page calls the clocks that the history names."""
    return {row.info.name: row.name for row in (*found.statutory, *found.internal)}


def told(data: dict[str, object], called: Mapping[str, str]) -> str:
    """Return what the history says of an act on a clock: which, and from when to when."""
    name = str(data.get("clock", ""))
    parts = [called.get(name, name)]
    if data.get("why"):
        parts.append(why_paused(str(data["why"])))
    was, due = moment(str(data.get("from") or "")), moment(str(data.get("to") or ""))
    if was and due and was != due:  # what differs by seconds reads alike
        parts.append(gettext("由 %(was)s 改为 %(now)s", was=was, now=due))
    return gettext("；").join(parts)
