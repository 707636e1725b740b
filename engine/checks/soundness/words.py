"""What is said about a plan that is not sound, in words for its owner. It finds nothing."""

from __future__ import annotations

from collections.abc import Iterable

from engine.diagram import GATEWAYS, Node, Process, Scope
from engine.findings import Finding, Severity

_IF_ZH = "检查不看数据：如果条件保证走不到这一步，可以不改。"
_IF_EN = "The check does not look at data: if the conditions rule this run out, it may stay."


class Words:
    """Makes findings for one process."""

    def __init__(self, process: Process, file: str) -> None:
        self.process = process
        self.file = file
        self.findings: list[Finding] = []
        self.names = {node.id: node.name for _, node in process.body.walk()}

    def called(self, element: str) -> str:
        """Return the name of an element as its owner knows it."""
        return self.names.get(element) or element

    def all_called(self, elements: Iterable[str]) -> str:
        """Return the names of several elements."""
        return "、".join(f"“{self.called(one)}”" for one in dict.fromkeys(elements))

    def all_named(self, elements: Iterable[str]) -> str:
        """Return the names of several elements, for English text."""
        return ", ".join(repr(self.called(one)) for one in dict.fromkeys(elements))

    def deadlock(self, node: Node, missing: list[str], run: tuple[str, ...], is_certain: bool) -> None:
        """A token waits for ever."""
        zh = f"流程会停在“{self.called(node.id)}”：它等待的其他分支不会到达。"
        en = f"The case comes to a standstill at {self.called(node.id)!r}: a branch that it waits for never arrives."
        if missing:
            zh = f"流程会停在“{self.called(node.id)}”：从{self.all_called(missing)}来的分支不会到达。"
            en = f"The case comes to a standstill at {self.called(node.id)!r}: nothing arrives from {self.all_named(missing)}."
        self._say(
            "sound-deadlock",
            node,
            Severity.ERROR if is_certain else Severity.WARNING,
            zh,
            en,
            (
                "汇合方式要与分开方式相配：并行分开用并行网关汇合，只走一条的用排他网关，走其中几条的用包容网关。",
                "Join as you split: parallel with parallel, one of several with exclusive, some of several with inclusive.",
            ),
            run,
            is_certain,
        )

    def unsynchronised(self, node: Node, merge: Node | None, run: tuple[str, ...], is_certain: bool) -> None:
        """Work is done twice."""
        at = merge or node
        more_zh, more_en = f"“{self.called(node.id)}”会执行不止一次", f"{self.called(node.id)!r} is done more than once"
        if node.kind in GATEWAYS:
            more_zh, more_en = "它之后的结束会到达不止一次", "the end behind it is reached more than once"
        self._say(
            "sound-unsynchronised",
            at,
            Severity.WARNING,
            f"并行的分支在“{self.called(at.id)}”没有汇合，{more_zh}。",
            f"Parallel branches run on without being joined at {self.called(at.id)!r}: {more_en}.",
            (
                "在这里改用并行网关（或包容网关）汇合；确实要做多次的，请把各分支画成各自的步骤。",
                "Join the branches here with a parallel (or inclusive) gateway; if the work is meant twice, draw it twice.",
            ),
            run,
            is_certain,
        )

    def unbounded(self, node: Node, run: tuple[str, ...], is_certain: bool) -> None:
        """Tokens become more and more."""
        self._say(
            "sound-unbounded",
            node,
            Severity.ERROR if is_certain else Severity.WARNING,
            f"循环每走一圈，“{self.called(node.id)}”就多一份工作，没有上限。",
            f"Each round of a loop adds one more piece of work at {self.called(node.id)!r}, without bound.",
            (
                "循环内的并行分支要在回到起点之前汇合，或者改用排他网关分开。",
                "Join parallel branches before the loop goes back, or split with an exclusive gateway.",
            ),
            run,
            is_certain,
        )

    def dead(self, node: Node, others: list[str], because_zh: str = "", because_en: str = "") -> None:
        """A step never happens."""
        more_zh = f"（其后{self.all_called(others[:3])}{'等' if len(others) > 3 else ''}共 {len(others)} 个元素也一样）"
        more_en = f" (nor do the {len(others)} elements behind it, {self.all_named(others[:3])}{' ...' if len(others) > 3 else ''})"
        self._say(
            "sound-dead",
            node,
            Severity.WARNING,
            f"“{self.called(node.id)}”永远不会执行{more_zh if others else ''}{because_zh or '：没有一条路能走到它'}。",
            f"{self.called(node.id)!r} never happens{more_en if others else ''}{because_en or ': no run comes to it'}.",
            (
                "把它连到流程中；不需要的就删除。排他网关的出口没有条件时，只走第一条。",
                "Connect it, or remove it. An exclusive gateway whose flows have no conditions takes the first one only.",
            ),
        )

    def no_end(self, node: Node | None, run: tuple[str, ...], is_certain: bool) -> None:
        """Nothing leads to an end."""
        where_zh = f"到了“{self.called(node.id)}”之后，" if node is not None else ""
        where_en = f"Once at {self.called(node.id)!r}, the case" if node is not None else "The case"
        self._say(
            "sound-no-end",
            node,
            Severity.ERROR if is_certain else Severity.WARNING,
            f"{where_zh}流程再也走不到结束。",
            f"{where_en} can never come to an end.",
            ("给循环加一个通向结束的出口。", "Give the loop a way out that leads to an end."),
            run,
            is_certain,
        )

    def livelock(self, node: Node, run: tuple[str, ...], has_exit: bool, writes: bool) -> None:
        """Automatic steps go round and round."""
        severity = Severity.ERROR if not has_exit else Severity.HINT if writes else Severity.WARNING
        zh, en = "没有出口，会一直空转", "it has no way out and spins for ever"
        if has_exit:
            zh = "只有条件成立才会停" + ("" if writes else "，而循环内没有任何步骤改变数据")
            en = "it stops only when a condition holds" + ("" if writes else ", and nothing in it changes the data")
        self._say(
            "sound-livelock",
            node,
            severity,
            f"经过“{self.called(node.id)}”的循环全是自动步骤，不等人也不等时间：{zh}。",
            f"The loop through {self.called(node.id)!r} is automatic, it waits for no person and no moment: {en}.",
            (
                "在循环里加一个等待（定时器、消息或人工步骤），并给出口。",
                "Put a wait into the loop (a timer, a message or a person's step) and give it a way out.",
            ),
            run,
        )

    def terminate(self, node: Node, killed: Iterable[str], run: tuple[str, ...], is_certain: bool) -> None:
        """An end of everything stops open work."""
        self._say(
            "sound-terminate",
            node,
            Severity.WARNING,
            f"终止结束“{self.called(node.id)}”会中断仍在进行的{self.all_called(killed)}。",
            f"The terminate end {self.called(node.id)!r} stops {self.all_named(killed)} while it is still being done.",
            (
                "需要等它做完的，改用普通结束事件，或先汇合再终止。",
                "If that work must be finished, use a plain end event, or join before terminating.",
            ),
            run,
            is_certain,
        )

    def not_proved(self, scope: Scope, states: int, owner: Node | None) -> None:
        """The bound was hit."""
        self._say(
            "sound-not-proved",
            owner,
            Severity.HINT,
            f"并行组合太多（已检查 {states} 种状态）：没有发现的问题不等于没有，死锁、重复执行和终止未能全部证明。",
            f"Too many parallel combinations ({states} states looked at): that deadlocks, work done twice and terminations "
            "are absent is not fully proved.",
            (
                "把并行部分画成成对的网关或放进子流程，检查就能完整。",
                "Draw parallel parts as matching pairs of gateways, or in subprocesses; then the proof is complete.",
            ),
        )

    def _say(
        self,
        code: str,
        node: Node | None,
        severity: Severity,
        zh: str,
        en: str,
        advice: tuple[str, str],
        run: tuple[str, ...] = (),
        is_certain: bool = True,
    ) -> None:
        at = node or self.process
        if any((one.code, one.element) == (code, at.id) for one in self.findings):
            return
        self.findings.append(
            Finding(
                file=self.file,
                line=at.place.line,
                severity=severity,
                code=code,
                element=at.id,
                zh=zh if is_certain else zh + _IF_ZH,
                en=en if is_certain else f"{en} {_IF_EN}",
                advice_zh=advice[0],
                advice_en=advice[1],
                name=at.name,
                run=run,
            )
        )
