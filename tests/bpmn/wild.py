"""Draws plans of every element at random, nested and decorated, and things that may happen to their cases. It judges nothing."""

from __future__ import annotations

from random import Random
from typing import Any

from engine.diagram import Node
from engine.errors import Conflict
from tests.bpmn import build
from tests.bpmn.build import Plan, Play


class Drawer:
    """Draws one plan."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.count = 0
        self.left = 14  #: activities still to be drawn

    def plan(self) -> Plan:
        """Return a plan of two processes; the second is called, and calls nobody."""
        called = self._scope(1, can_call=False)
        caller = self._scope(3, can_call=True)
        return Plan(
            {
                "p": build.process(*caller["nodes"], flows=caller["flows"], handlers=caller["handlers"]),
                "q": build.process(*called["nodes"], flows=called["flows"], handlers=called["handlers"], name="q"),
            },
            {"d": lambda seen: {"n": 1}},
        )

    def _name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def _scope(self, depth: int, can_call: bool, ends: tuple[Any, ...] = ()) -> dict[str, Any]:
        """Return the inside of a scope: a chain of pieces, with boundary events, handlers and event subprocesses."""
        nodes: list[Node] = []
        flows: list[str] = []
        handlers: list[str] = []
        last = self._add(nodes, build.start(self._name("start")))
        for _ in range(self.random.randint(1, 3)):
            entry, leave = self._piece(nodes, flows, handlers, depth, can_call)
            flows.append(f"{last} -> {entry}")
            last = leave
        final = self.random.choice(
            [(), (), (build.TERMINATE,), (build.signal("'s"),), (build.escalation("'e"),), *ends]
        )
        flows.append(f"{last} -> {self._add(nodes, build.end(self._name('end'), *final))}")
        if depth and self.random.random() < 0.3:
            nodes.append(self._event_subprocess(depth, can_call))
        return {"nodes": nodes, "flows": ";".join(flows), "handlers": ";".join(handlers)}

    def _add(self, nodes: list[Node], node: Node) -> str:
        nodes.append(node)
        return node.id

    def _piece(
        self, nodes: list[Node], flows: list[str], handlers: list[str], depth: int, can_call: bool
    ) -> tuple[str, str]:
        """Add a piece and return where it begins and ends."""
        self.left -= 1
        kind = self.random.choice(
            ["activity"] * 4 + ["event", "throw", "parallel", "inclusive", "exclusive", "gateway"]
        )
        if kind == "event":
            name = self._add(nodes, build.catch(self._name("catch"), *self._events()))
            return name, name
        if kind == "throw":
            thrown = self.random.choice(
                [
                    build.message("'m"),
                    build.signal("'s"),
                    build.escalation("'e"),
                    build.compensate(),
                    build.compensate(wait=False),
                ]
            )
            name = self._add(nodes, build.throw(self._name("throw"), thrown))
            return name, name
        if kind == "gateway":
            return self._event_gateway(nodes, flows)
        if kind in ("parallel", "inclusive", "exclusive") and depth and self.left > 0:
            make = {"parallel": build.parallel, "inclusive": build.inclusive, "exclusive": build.exclusive}[kind]
            split, join = self._add(nodes, make(self._name(kind))), self._add(nodes, make(self._name(kind)))
            for number in range(2):
                entry, leave = self._piece(nodes, flows, handlers, depth - 1, can_call)
                rule = "" if kind == "parallel" else " else" if number else f" if n > {self.random.randint(0, 3)}"
                flows += [f"{split} -> {entry}{rule}", f"{leave} -> {join}"]
            return split, join
        return self._activity(nodes, flows, handlers, depth, can_call)

    def _activity(
        self, nodes: list[Node], flows: list[str], handlers: list[str], depth: int, can_call: bool
    ) -> tuple[str, str]:
        name = self._name("act")
        kinds = ["user", "user", "service", "script", "rule", "receive"] + ["call"] * can_call
        if depth and self.left > 0:
            kinds += ["sub", "sub", "transaction", "ad_hoc"]
        kind = self.random.choice(kinds)
        extra: list[Any] = []
        if kind in ("sub", "transaction"):
            ends = [(build.error("'E"),)] + [(build.CANCEL,)] * (kind == "transaction")
            inside = self._scope(depth - 1, can_call, tuple(ends))
            make = build.sub if kind == "sub" else build.transaction
            node = make(name, *inside["nodes"], flows=inside["flows"], handlers=inside["handlers"])
            if kind == "transaction":
                extra.append(build.CANCEL)
        elif kind == "ad_hoc":
            node = build.ad_hoc(name, build.user(self._name("act")), build.script(self._name("act"), "n + 1", "n"))
            node.ordering = self.random.choice(["parallel", "sequential"])
        elif kind == "call":
            node = build.call(name, "'q", all_in=self.random.random() < 0.5, all_out=self.random.random() < 0.5)
            node.call.inputs = build.maps(n="n")
        else:
            node = {
                "user": lambda: build.user(name),
                "service": lambda: build.service(name),
                "script": lambda: build.script(name, "n + 1", "n"),
                "rule": lambda: build.rule(name, "'d", None),
                "receive": lambda: build.receive(name, events=[build.message("'m")]),
            }[kind]()
        node.loop = self.random.choice(
            [None] * 5
            + [
                build.each("[1, 2, 3]", "item", results="all", result_item="item * 2"),
                build.each("[1, 2]", sequential=True, completion="n > 2"),
                build.loop("n < 2", maximum=3),
            ]
        )
        nodes.append(node)
        self._decorate(nodes, flows, handlers, name, extra)
        return name, name

    def _decorate(self, nodes: list[Node], flows: list[str], handlers: list[str], host: str, extra: list[Any]) -> None:
        """Add boundary events to an activity."""
        attached: list[tuple[Any, ...]] = [(event,) for event in extra]
        if self.random.random() < 0.4:
            attached.append(self._events())
        if self.random.random() < 0.4:
            attached.append((self.random.choice([build.error("'E"), build.error(), build.escalation()]),))
        for events in attached:
            must = events[0] is build.CANCEL or type(events[0]).__name__ == "Error"
            at = build.boundary(self._name("at"), host, *events, interrupting=must or self.random.random() < 0.5)
            flows.append(f"{self._add(nodes, at)} -> {self._add(nodes, build.user(self._name('late')))}")
        if self.random.random() < 0.3:
            at = self._add(nodes, build.boundary(self._name("at"), host, build.compensate()))
            undo = self._add(
                nodes, self.random.choice([build.user, lambda n: build.script(n, "n - 1", "n")])(self._name("undo"))
            )
            handlers.append(f"{at}: {undo}")

    def _event_subprocess(self, depth: int, can_call: bool) -> Node:
        inside = self._scope(depth - 1, can_call)
        events = self.random.choice([self._events(), (build.error("'E"),), (build.escalation(),)])
        must = type(events[0]).__name__ == "Error"
        inside["nodes"][0].events = list(events)
        inside["nodes"][0].interrupting = must or self.random.random() < 0.5
        return build.event_sub(self._name("h"), *inside["nodes"], flows=inside["flows"], handlers=inside["handlers"])

    def _event_gateway(self, nodes: list[Node], flows: list[str]) -> tuple[str, str]:
        split, join = (
            self._add(nodes, build.event_gateway(self._name("g"))),
            self._add(nodes, build.exclusive(self._name("j"))),
        )
        for _ in range(2):
            behind = self._add(nodes, build.catch(self._name("catch"), *self._events()))
            flows += [f"{split} -> {behind}", f"{behind} -> {join}"]
        return split, join

    def _events(self) -> tuple[Any, ...]:
        return self.random.choice(
            [
                (build.message("'m"),),
                (build.signal("'s"),),
                (build.timer("'PT1H"),),
                (build.timer("'R2/PT1H", "cycle"),),
                (build.conditional("n >= 2"),),
                (build.message("'m"), build.timer("'PT2H")),
            ]
        )


def happen(random: Random, case: Play) -> str:
    """Choose what happens next; the same choice for cases that wait for the same."""
    waits = case.waits()
    choices = [f"{wait.kind} {wait.token}" for wait in waits if wait.kind not in ("condition", "timer")]
    return random.choice([*choices, *choices, "time", "set", "message", "signal"]) + f" {random.randint(0, 3)}"


def apply(case: Play, happening: str) -> None:
    """Let it happen to a case."""
    kind, *rest = happening.split()
    machine, number = case.machine, int(rest[-1])
    token = int(rest[0]) if len(rest) > 1 else 0
    if kind == "time":
        case.pass_time(minutes=61)
    elif kind == "set":
        case.set(n=number)
    elif kind == "message":
        case.send("m", None, n=number)
    elif kind == "signal":
        case.signal("s")
    else:
        if kind == "user":
            machine.complete(token, {"n": number})
        elif kind == "service" and number:
            machine.complete_service(token, {"n": number})
        elif kind == "service":
            machine.fail_service(token, "E", "no")
        elif kind == "incident":
            machine.retry(token)
        elif kind == "ad_hoc":
            wait = next(wait for wait in case.waits() if wait.token == token)
            try:
                machine.activate(token, wait.choices[number % len(wait.choices)])
            except Conflict:
                assert machine.is_ended is False
        case.run()
