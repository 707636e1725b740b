"""Generated diagrams of some two hundred steps, of every shape that makes a proof hard. It measures nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from random import Random

_ROOT = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:nets">'
    '<process id="net" isExecutable="true">'
)
_TIMER = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"


class Net:
    """A process that is being drawn."""

    def __init__(self) -> None:
        self.nodes: dict[str, tuple[str, str, str]] = {}
        self.flows: list[tuple[str, str]] = []
        self.splits: set[str] = set()
        self.add("s", "startEvent")
        self.add("e", "endEvent")

    def add(self, name: str, kind: str = "userTask", attributes: str = "", inside: str = "") -> str:
        """Draw a node and return its name."""
        self.nodes[name] = (kind, attributes, inside)
        return name

    def new(self, kind: str = "userTask") -> str:
        """Draw a node with a name of its own."""
        return self.add(f"n{len(self.nodes)}", kind)

    def link(self, *names: str) -> None:
        """Draw flows from each to the next."""
        self.flows += pairwise(names)

    def data(self) -> bytes:
        """Return the file. Gateways that choose get conditions and a default."""
        out: dict[str, list[str]] = {}
        for number, (source, _) in enumerate(self.flows):
            out.setdefault(source, []).append(f"f{number}")
        lines = [_ROOT]
        choosing = {
            name
            for name, (kind, _, _) in self.nodes.items()
            if kind in ("exclusiveGateway", "inclusiveGateway") and len(out.get(name, ())) > 1
        }
        for name, (kind, attributes, inside) in self.nodes.items():
            default = f'default="{out[name][-1]}"' if name in choosing else ""
            lines.append(f'<{kind} id="{name}" {attributes} {default}>{inside}</{kind}>')
        for number, (source, target) in enumerate(self.flows):
            is_choice = source in choosing and out[source][-1] != f"f{number}"
            condition = (
                f'<conditionExpression xsi:type="tFormalExpression">=x = {number}</conditionExpression>'
                if is_choice
                else ""
            )
            lines.append(
                f'<sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}">{condition}</sequenceFlow>'
            )
        return "".join([*lines, "</process></definitions>"]).encode()


def _chain(net: Net, size: int) -> tuple[str, str]:
    names = [net.new() for _ in range(size)]
    net.link(*names)
    return names[0], names[-1]


def _block(net: Net, kind: str, parts: Iterable[tuple[str, str]], join: str = "") -> tuple[str, str]:
    split, merge = net.new(f"{kind}Gateway"), net.new(f"{join or kind}Gateway")
    for first, last in parts:
        net.link(split, first)
        net.link(last, merge)
    return split, merge


def _whole(net: Net, part: tuple[str, str]) -> bytes:
    net.link("s", part[0])
    net.link(part[1], "e")
    return net.data()


def chain() -> bytes:
    """Two hundred steps in a row."""
    net = Net()
    return _whole(net, _chain(net, 200))


def wide(branches: int, steps: int, kind: str = "parallel", join: str = "") -> bytes:
    """Branches side by side."""
    net = Net()
    part = _block(net, kind, (_chain(net, steps) for _ in range(branches)), join)
    return _whole(net, part if join in ("", kind) else (part[0], _after(net, part[1])))


def _after(net: Net, name: str) -> str:
    task = net.new()
    net.link(name, task)
    return task


def nested(kinds: tuple[str, ...], depth: int) -> bytes:
    """Blocks in blocks, two branches each."""
    net = Net()

    def block(level: int) -> tuple[str, str]:
        if level == 0:
            return _chain(net, 1)
        return _block(net, kinds[level % len(kinds)], (block(level - 1), block(level - 1)))

    return _whole(net, block(depth))


def crossing(branches: int, steps: int) -> bytes:
    """Parallel branches each of which waits, at each step, for the one beside it: no blocks to fold."""
    net = Net()
    split, merge = net.new("parallelGateway"), net.new("parallelGateway")
    last = [split] * branches
    for _ in range(steps):
        tasks = [net.new() for _ in range(branches)]
        forks = [net.new("parallelGateway") for _ in range(branches)]
        joins = [net.new("parallelGateway") for _ in range(branches)]
        for number in range(branches):
            net.link(last[number], tasks[number], forks[number], joins[number])
            if number:
                net.link(forks[number - 1], joins[number])
        last = joins
    for name in last:
        net.link(name, merge)
    return _whole(net, (split, merge))


def looping(branches: int) -> bytes:
    """Parallel branches, each a loop that a person leaves."""
    net = Net()
    parts = []
    for _ in range(branches):
        merge, split, task = net.new("exclusiveGateway"), net.new("exclusiveGateway"), net.new()
        net.link(merge, task, split, merge)
        parts.append((merge, split))
    return _whole(net, _block(net, "parallel", parts))


def reminded(steps: int) -> bytes:
    """Steps each of which is reminded and escalated beside the work."""
    net = Net()
    names = [net.new() for _ in range(steps)]
    net.link(*names)
    for name in names:
        for which in ("r", "o"):
            boundary = net.add(
                f"{name}{which}", "boundaryEvent", f'attachedToRef="{name}" cancelActivity="false"', _TIMER
            )
            task, end = net.new(), net.new("endEvent")
            net.link(boundary, task, end)
    return _whole(net, (names[0], names[-1]))


def interrupted(steps: int) -> bytes:
    """Parallel steps each of which may be interrupted and taken up again."""
    net = Net()
    parts = []
    for _ in range(steps):
        merge, task = net.new("exclusiveGateway"), net.new()
        boundary = net.add(f"{task}t", "boundaryEvent", f'attachedToRef="{task}"', _TIMER)
        mended = net.new()
        net.link(merge, task)
        net.link(boundary, mended, merge)
        parts.append((merge, task))
    return _whole(net, _block(net, "parallel", parts))


def stopped(branches: int) -> bytes:
    """Parallel branches without a join, one of which ends everything."""
    net = Net()
    split = net.new("parallelGateway")
    net.link("s", split)
    for _ in range(branches):
        first, last = _chain(net, 180 // branches)
        net.link(split, first)
        net.link(last, "e")
    task, end = net.new(), net.add("t", "endEvent", "", "<terminateEventDefinition/>")
    net.link(split, task, end)
    return net.data()


def tangled(seed: int, size: int = 200) -> bytes:
    """Steps and gateways of any kind, with flows that go forward mostly and now and then back."""
    net, random = Net(), Random(seed)
    kinds = ["userTask"] * 4 + ["exclusiveGateway"] * 3 + ["parallelGateway", "inclusiveGateway"]
    names = ["s", *(net.new(random.choice(kinds)) for _ in range(size)), "e"]
    for index, name in enumerate(names[1:], 1):
        net.link(random.choice(names[max(0, index - 8) : index]), name)
    has_way = {source for source, _ in net.flows}
    for index, name in enumerate(names[:-1]):
        is_gateway = net.nodes[name][0].endswith("Gateway")
        if name not in has_way or (is_gateway and random.random() < 0.6):
            ahead = names[index + 1 : index + 10] if random.random() < 0.85 else names[max(1, index - 10) : index + 1]
            net.link(name, random.choice(ahead or names[-1:]))
    return net.data()


def shapes() -> dict[str, Callable[[], bytes]]:
    """Return every shape by its name."""
    return {
        "a chain": chain,
        "10 parallel branches of 20": lambda: wide(10, 20),
        "100 parallel branches of 2": lambda: wide(100, 2),
        "10 inclusive branches of 20": lambda: wide(10, 20, "inclusive"),
        "10 parallel branches, merged not joined": lambda: wide(10, 20, "parallel", "exclusive"),
        "10 exclusive branches, joined in parallel": lambda: wide(10, 20, "exclusive", "parallel"),
        "8 inclusive branches, joined in parallel": lambda: wide(8, 20, "inclusive", "parallel"),
        "nested parallel blocks": lambda: nested(("parallel",), 6),
        "nested inclusive blocks": lambda: nested(("inclusive",), 6),
        "nested blocks of each kind": lambda: nested(("parallel", "inclusive", "exclusive"), 6),
        "branches that wait for each other": lambda: crossing(6, 8),
        "many branches that wait for each other": lambda: crossing(20, 3),
        "60 parallel loops": lambda: looping(60),
        "reminders beside 40 steps": lambda: reminded(40),
        "45 parallel steps, interrupted and resumed": lambda: interrupted(45),
        "12 branches, one stops everything": lambda: stopped(12),
        "a tangle": lambda: tangled(1),
        "another tangle": lambda: tangled(2),
        "a third tangle": lambda: tangled(3),
    }
