"""Findings in the words of a page: message, advice, and the counter-example as named steps. It finds nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from flask_babel.speaklater import LazyString

from engine.checks.catalogue import entries
from engine.diagram import Kind
from engine.family import Family
from engine.findings import Finding
from webapp.i18n import gettext, is_english, lazy_gettext, moment
from webapp.plan_names import named

#: What an element without a name is called.
KINDS: dict[Kind, LazyString] = {
    Kind.TASK: lazy_gettext("任务"),
    Kind.USER_TASK: lazy_gettext("用户任务"),
    Kind.MANUAL_TASK: lazy_gettext("线下任务"),
    Kind.SERVICE_TASK: lazy_gettext("服务任务"),
    Kind.SEND_TASK: lazy_gettext("发送任务"),
    Kind.RECEIVE_TASK: lazy_gettext("接收任务"),
    Kind.BUSINESS_RULE_TASK: lazy_gettext("决策任务"),
    Kind.SCRIPT_TASK: lazy_gettext("脚本任务"),
    Kind.CALL_ACTIVITY: lazy_gettext("调用流程"),
    Kind.SUBPROCESS: lazy_gettext("子流程"),
    Kind.EVENT_SUBPROCESS: lazy_gettext("事件子流程"),
    Kind.TRANSACTION: lazy_gettext("事务"),
    Kind.AD_HOC: lazy_gettext("自由子流程"),
    Kind.EXCLUSIVE: lazy_gettext("排他网关"),
    Kind.PARALLEL: lazy_gettext("并行网关"),
    Kind.INCLUSIVE: lazy_gettext("包容网关"),
    Kind.EVENT_BASED: lazy_gettext("事件网关"),
    Kind.COMPLEX: lazy_gettext("复杂网关"),
    Kind.START: lazy_gettext("开始事件"),
    Kind.CATCH: lazy_gettext("中间捕获事件"),
    Kind.THROW: lazy_gettext("中间抛出事件"),
    Kind.BOUNDARY: lazy_gettext("边界事件"),
    Kind.END: lazy_gettext("结束事件"),
}
#: Why the last step of a run is a fault, by the finding's code.
_ENDS: dict[str, LazyString] = {
    "sound-deadlock": lazy_gettext("停在这里：等待的另一条分支不会到达。"),
    "sound-unsynchronised": lazy_gettext("这里会做不止一次：并行的分支没有汇合。"),
    "sound-unbounded": lazy_gettext("每走一圈，这里就多一份工作。"),
    "sound-no-end": lazy_gettext("从这里走不到结束。"),
    "sound-livelock": lazy_gettext("在这里不停地重复，没有人也没有定时器让它停下。"),
    "sound-terminate": lazy_gettext("在这里全部终止：其他未完成的工作被丢下。"),
    "deadline-broken": lazy_gettext("到这里已超过时限。"),
    "escalation-endless": lazy_gettext("超期升级又回到了起点。"),
}


#: A name that a message quotes, with Chinese in it.
_QUOTED = re.compile(r"'([^'\n]*[\u4e00-\u9fff][^'\n]*)'")


@dataclass(frozen=True, slots=True)
class Step:
    """One element of a run. `at`: when it is done at the latest, "" where nothing counts it."""

    id: str
    name: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as a page shows it. `run` may be empty; `end` says why the run's last step is a fault.

    `has_page`: there is a page that says what the code means.
    """

    file: str
    line: int
    severity: str
    code: str
    element: str
    name: str
    message: str
    advice: str
    run: list[Step] = field(default_factory=list)
    end: str = ""
    has_page: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON-able data."""
        return asdict(self)


def tell(findings: Iterable[Finding], family: Family) -> list[Told]:
    """Return the findings in the request's language, the elements of their runs named as `family` names them."""
    names: dict[str, Mapping[str, str]] = {}
    told = []
    for finding in findings:
        if finding.file not in names:
            names[finding.file] = _names(family, finding.file)
        told.append(_tell(finding, names[finding.file]))
    return told


def _tell(finding: Finding, names: Mapping[str, str]) -> Told:
    moments = finding.moments or ("",) * len(finding.run)
    steps = [
        Step(element, names.get(element, element), moment(at))
        for element, at in zip(finding.run, moments, strict=False)
    ]
    return Told(
        file=finding.file,
        line=finding.line,
        severity=str(finding.severity),
        code=finding.code,
        element=finding.element,
        name=named(finding.name) or names.get(finding.element, ""),
        message=_in_english(finding.en) if is_english() else finding.zh,
        advice=_in_english(finding.advice_en) if is_english() else finding.advice_zh,
        run=steps,
        end=(str(_ENDS[finding.code]) if finding.code in _ENDS else gettext("问题出在这里。")) if steps else "",
        has_page=finding.code in entries(),
    )


def _in_english(text: str) -> str:
    """Return an English text with the Chinese names that it quotes in English, where they have such a name."""
    return _QUOTED.sub(lambda found: f"'{named(found[1])}'", text)


def _names(family: Family, file: str) -> dict[str, str]:
    """Return what the elements of a diagram are called, by id."""
    diagram = family.diagrams.get(file)
    found: dict[str, str] = {}
    for process in diagram.processes.values() if diagram is not None else ():
        for scope, node in process.body.walk():
            found[node.id] = named(node.name) or str(KINDS[node.kind])
            found.update((flow.id, named(flow.name)) for flow in scope.flows.values() if flow.name)
    return found
