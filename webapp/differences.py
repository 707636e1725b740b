"""What differs between two versions of a plan, or a version and what is offered, in the words of a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel.speaklater import LazyString

from engine import deployments
from engine.comparing import ADDED, CHANGED, REMOVED, Change, Part, compare
from engine.family import Family
from engine.work import UnitOfWork
from webapp.findings import KINDS
from webapp.i18n import gettext, lazy_gettext
from webapp.plan_names import named

_KINDS = {ADDED: lazy_gettext("新增"), REMOVED: lazy_gettext("删去"), CHANGED: lazy_gettext("改动")}
_WHAT = {
    "element": lazy_gettext("元素"),
    "flow": lazy_gettext("连线"),
    "process": lazy_gettext("流程"),
    "form": lazy_gettext("表单"),
    "decision": lazy_gettext("决策"),
    "rule": lazy_gettext("时限规则"),
    "organisation": lazy_gettext("组织机构"),
}
_MEMBERS: dict[str, LazyString] = {
    "name": lazy_gettext("名称"),
    "documentation": lazy_gettext("说明"),
    "kind": lazy_gettext("类型"),
    "role": lazy_gettext("岗位"),
    "way": lazy_gettext("连接"),
    "condition": lazy_gettext("条件"),
    "default": lazy_gettext("默认去向"),
    "attached_to": lazy_gettext("所在步骤"),
    "interrupting": lazy_gettext("是否中断"),
    "form": lazy_gettext("表单"),
    "assignment.due": lazy_gettext("期限"),
    "assignment.assignee": lazy_gettext("办理人"),
    "service": lazy_gettext("服务"),
    "decision": lazy_gettext("决策"),
    "call": lazy_gettext("被调用的流程"),
    "loop": lazy_gettext("多实例"),
    "timer": lazy_gettext("定时"),
    "timer_kind": lazy_gettext("定时方式"),
    "message": lazy_gettext("消息"),
    "inputs": lazy_gettext("输入映射"),
    "outputs": lazy_gettext("输出映射"),
    "limit": lazy_gettext("期限"),
}
#: Members whose values are no words for people.
_UNTOLD = ("rest", "kind", "loop")


@dataclass(frozen=True, slots=True)
class Line:
    """A member that differs: what it is, and before and after where people can read them."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A change as a page shows it. `element` is an id in the diagram, "" for anything else."""

    kind: str
    word: str
    what: str
    id: str
    name: str
    element: str
    lines: list[Line]

    @property
    def text(self) -> str:
        """The change in one line."""
        parts = gettext("、").join(dict.fromkeys(line.what for line in self.lines))
        return f"{self.word} {self.what} {self.name}" + (gettext("（%(parts)s）", parts=parts) if parts else "")


def tell(changes: Iterable[Change], after: Family, before: Family, process_id: str) -> list[Difference]:
    """Return the changes in the request's language."""
    kinds = {
        node.id: str(KINDS[node.kind])
        for family in (before, after)
        for _, node in family.processes[process_id].body.walk()
    }
    return [_tell(change, kinds) for change in changes]


def of_preview(work: UnitOfWork, found: deployments.Preview) -> list[str]:
    """Return, a line each, what deploying would change of the plans that are there already."""
    told = []
    there = {info.key: info for info in deployments.definitions(work)} if found.changes else {}
    for key, _ in found.changes:
        if key in there:
            was = deployments.open_family(work, there[key].id)
            told += [one.text for one in tell(compare(was, found.family, key), found.family, was, key)]
    return list(dict.fromkeys(told))


def _tell(change: Change, kinds: dict[str, str]) -> Difference:
    is_drawn = change.what in ("element", "flow")
    what = kinds.get(change.id, str(_WHAT["element"])) if change.what == "element" else str(_WHAT[change.what])
    name = " → ".join(named(part) for part in change.name.split(" → ")) or change.id
    return Difference(
        kind=change.kind,
        word=str(_KINDS[change.kind]),
        what=what,
        id=change.id,
        name=name,
        element=change.id if is_drawn and change.kind != REMOVED else "",
        lines=[_line(part) for part in change.parts],
    )


def _line(part: Part) -> Line:
    group, _, inner = part.what.partition(".")
    if group == "field":
        word = _KINDS[ADDED if not part.before else REMOVED if not part.after else CHANGED]
        return Line(f"{word} {inner}", "", "")
    if group == "row":
        return Line(gettext("第 %(number)s 行", number=inner), part.before, part.after)
    if group == "properties":
        return Line(inner, part.before, part.after)
    if part.what in _UNTOLD or part.what not in _MEMBERS:
        return Line(str(_MEMBERS.get(part.what, gettext("其他设置"))), "", "")
    return Line(str(_MEMBERS[part.what]), part.before, part.after)
