"""What is said about deadlines, in words for a plan's owner. It counts nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from engine.checks.deadlines.proof import Proof
from engine.diagram import Node, Process
from engine.findings import Finding, Severity


class Words:
    """Makes findings for one process."""

    def __init__(self, process: Process, file: str) -> None:
        self.process = process
        self.file = file
        self.findings: list[Finding] = []
        self.nodes = {node.id: node for _, node in process.body.walk()}

    def proof(self, proof: Proof) -> None:
        """Say that a limit is broken, or what keeps it from being proved. A limit that holds is not a finding."""
        rule = proof.rule
        ends = rule.spans[self.process.id].ends
        at = self.nodes.get(ends[0]) if ends else None
        until_zh = self._list_zh(ends) if ends else "结束"
        until_en = self._list_en(ends) if ends else "the end"
        article_en = rule.article_en or rule.article
        if proof.example is not None:
            one = proof.example
            day, finish, limit = one.start.date(), _moment(one.finish), _moment(one.limit)
            count_zh = f"{proof.first} 至 {proof.last} 的 {proof.considered} 个起始日中有 {len(proof.broken)} 个超期"
            count_en = (
                f"of {proof.considered} start dates from {proof.first} to {proof.last}, {len(proof.broken)} break it"
            )
            days = "、".join(_ranges(proof.broken))
            self._say(
                "deadline-broken",
                at,
                Severity.ERROR if rule.is_statutory and rule.verified == "text" else Severity.WARNING,
                f"各步都按自己的时限办，仍可能超过{rule.article}规定的 {rule.zh}：{day} 开始的，{finish} 才到{until_zh}，"
                f"限期是 {limit}。{count_zh}（{days}）。",
                f"With every step on time the limit of {rule.en} ({article_en}) can be missed: a case begun on {day} "
                f"comes to {until_en} on {finish}, the limit is {limit}; {count_en} ({days.replace('、', ', ')}).",
                (
                    f"缩短路径上的时限（{self._path_zh(one.path)}），或在限期前加一个按法定时限计算的提醒和督办。",
                    f"Shorten the deadlines on the way ({self._path_en(one.path)}), or add a reminder and supervision "
                    "counted from the limit itself.",
                ),
                one.path,
                tuple("" if at is None else at.isoformat() for at in one.done),
            )
        missing = [*proof.open_steps, *(step for step in proof.loops if step not in proof.open_steps)]
        if proof.is_reachable and proof.considered and not (missing or proof.unclear):
            return
        if not proof.is_reachable:
            zh, en = f"没有一条主路通到{until_zh}", f"no way leads to {until_en}"
        elif not proof.considered:
            zh, en = "工作日历没有覆盖所需的日期", "the working calendar does not cover the dates needed"
        else:
            parts_zh = [f"{self._list_zh(proof.open_steps)}没有可计算的时限"] if proof.open_steps else []
            parts_en = (
                [f"{self._list_en(proof.open_steps)} has no deadline that can be counted"] if proof.open_steps else []
            )
            if proof.loops:
                parts_zh.append(f"{self._list_zh(proof.loops)}可能重复办理")
                parts_en.append(f"{self._list_en(proof.loops)} may be repeated")
            if proof.unclear:
                parts_zh.append(f"有 {proof.unclear} 个起始日无法判定")
                parts_en.append(f"{proof.unclear} start dates could not be decided")
            zh, en = "，".join(parts_zh), "; ".join(parts_en)
        self._say(
            "deadline-not-proved",
            at,
            Severity.HINT,
            f"不能证明能在 {rule.zh}内（{rule.article}）到{until_zh}：{zh}。",
            f"It is not proved that {until_en} is reached within {rule.en} ({article_en}): {en}.",
            (
                "给这些步骤加上到期时间或超期定时器；会重复的部分，时限从开始日算起。",
                "Give these steps a due date or an overdue timer; count the deadlines of what may repeat from the start.",
            ),
        )

    def untold(self, node: Node) -> None:
        """A deadline passes and nobody hears of it."""
        self._say(
            "deadline-untold",
            node,
            Severity.WARNING,
            f"“{node.name or node.id}”到时后没有通知任何人。",
            f"When {node.name or node.id!r} comes, nobody is told.",
            (
                "让它通向一个人工步骤、通知（发送或服务任务）或升级事件。",
                "Let it lead to a person's step, a notice (send or service task) or an escalation.",
            ),
        )

    def circle(self, chain: list[str]) -> None:
        """Overdue steps hand the case round."""
        self._say(
            "escalation-endless",
            self.nodes[chain[0]],
            Severity.WARNING,
            f"超期升级转了一圈：{self._path_zh(chain)}；如果没有人办理，永远没有最后负责的人。",
            f"Overdue steps hand the case round: {self._path_en(chain)}; while nobody acts, nobody is last in charge.",
            (
                "让升级链停在一个最终负责的人。",
                "Let the chain of escalations stop at one person who is in charge at last.",
            ),
            tuple(chain),
        )

    def _called(self, element: str) -> str:
        node = self.nodes.get(element)
        return (node.name if node is not None else "") or element

    def _list_zh(self, elements: Iterable[str]) -> str:
        shown, more = _first(elements)
        return "、".join(f"“{self._called(one)}”" for one in shown) + (f"等 {len(shown) + more} 步" if more else "")

    def _list_en(self, elements: Iterable[str]) -> str:
        shown, more = _first(elements)
        return ", ".join(repr(self._called(one)) for one in shown) + (f" and {more} more" if more else "")

    def _path_zh(self, elements: Iterable[str]) -> str:
        return " → ".join(self._called(one) for one in elements)

    _path_en = _path_zh

    def _say(
        self,
        code: str,
        node: Node | None,
        severity: Severity,
        zh: str,
        en: str,
        advice: tuple[str, str],
        run: tuple[str, ...] = (),
        moments: tuple[str, ...] = (),
    ) -> None:
        at = node or self.process
        self.findings.append(
            Finding(
                file=self.file,
                line=at.place.line,
                severity=severity,
                code=code,
                element=at.id,
                zh=zh,
                en=en,
                advice_zh=advice[0],
                advice_en=advice[1],
                name=at.name,
                run=run,
                moments=moments,
            )
        )


def _first(elements: Iterable[str], most: int = 5) -> tuple[list[str], int]:
    """Return the first elements of a list, and how many more there are."""
    every = list(elements)
    return (every, 0) if len(every) <= most + 1 else (every[:most], len(every) - most)


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _ranges(days: Iterable[date], most: int = 6) -> Iterator[str]:
    """Yield runs of days as text, the first `most` of them."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    for run in runs[:most]:
        yield f"{run[0]}" if len(run) == 1 else f"{run[0]}…{run[-1]}"
    if len(runs) > most:
        yield "…"
