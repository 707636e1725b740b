"""The audit log in words. It reads nothing and decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from webapp import people
from webapp.i18n import gettext, is_english, lazy_gettext

_ACTS = {
    "signed-in": lazy_gettext("登录"),
    "deployed": lazy_gettext("部署预案"),
    "plan-activated": lazy_gettext("启用预案"),
    "plan-deactivated": lazy_gettext("停用预案"),
    "person-created": lazy_gettext("添加人员"),
    "person-renamed": lazy_gettext("修改姓名"),
    "password-set": lazy_gettext("重设密码"),
    "roles-set": lazy_gettext("调整岗位"),
    "person-enabled": lazy_gettext("启用人员"),
    "person-disabled": lazy_gettext("停用人员"),
    "superior-set": lazy_gettext("设置直接上级"),
    "resource-checked": lazy_gettext("检查保障"),
    "role-saved": lazy_gettext("保存岗位"),
    "role-removed": lazy_gettext("删除岗位"),
    "calendar-imported": lazy_gettext("导入日历"),
    "clock-advanced": lazy_gettext("拨动演示时钟"),
}
_NAMES = {
    "address": lazy_gettext("地址"),
    "deployment": lazy_gettext("部署"),
    "plans": lazy_gettext("预案"),
    "plan": lazy_gettext("预案"),
    "note": lazy_gettext("说明"),
    "reason": lazy_gettext("理由"),
    "resource": lazy_gettext("保障"),
    "is_ready": lazy_gettext("齐备"),
    "person": lazy_gettext("人员"),
    "name": lazy_gettext("姓名"),
    "roles": lazy_gettext("岗位"),
    "role": lazy_gettext("岗位"),
    "from": lazy_gettext("由"),
    "to": lazy_gettext("改为"),
    "year": lazy_gettext("年份"),
    "days": lazy_gettext("天数"),
    "source": lazy_gettext("依据"),
    "by_seconds": lazy_gettext("拨动"),
    "offset_seconds": lazy_gettext("累计"),
}


def act(what: str) -> str:
    """Return what was done, in words; a kind that this page does not know as it is."""
    return str(_ACTS.get(what, what))


def detail(held: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the particulars of an event as (name, text); what says nothing is left out."""
    shown = [(str(_NAMES.get(name, name)), _text(name, value)) for name, value in held.items()]
    return [(name, text) for name, text in shown if text]


def _text(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if name.endswith("_seconds"):
        length = timedelta(seconds=float(value))
        return gettext("%(days)s 天 %(hours)s 小时", days=length.days, hours=length.seconds // 3600)
    if isinstance(value, Mapping):
        return gettext("、").join(f"{key} {item}" for key, item in value.items())
    if isinstance(value, list):
        return gettext("、").join(_words(value))
    return str(value)


def _words(values: Iterable[Any]) -> list[str]:
    return [people.PERMISSIONS[value][is_english()] if value in people.PERMISSIONS else str(value) for value in values]
