"""A second, small interpreter of gateway nets by the letter of BPMN 2.0, to hold the machine against. Shares no code with it.

Tokens lie on flows and in tasks. It keeps every marking and tries every order in which inclusive joins may fire.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from random import Random

from engine.diagram import Node, Process
from tests.bpmn import build

Marking = tuple[tuple[str, int], ...]


@dataclass
class Net:
    """Nodes by id: kind (start, end, stop, task, sub, xor, and, or) with their flows: (source, target, condition).

    "stop" terminates the scope it stands in; `inside` says in which subprocess ("": the process) a node stands.

    A condition is the least `pick` that takes the way; the last way out of a choice is its default.
    `events` are message boundary events of tasks and subprocesses: event -> (activity, whether it interrupts).
    """

    kinds: dict[str, str] = field(default_factory=dict)
    flows: list[tuple[str, str, int | None]] = field(default_factory=list)
    events: dict[str, tuple[str, bool]] = field(default_factory=dict)
    inside: dict[str, str] = field(default_factory=dict)
    scope: str = ""  #: where `add` puts nodes

    def add(self, kind: str) -> str:
        """Add a node and return its id."""
        name = f"{kind}{len(self.kinds)}"
        self.kinds[name] = kind
        self.inside[name] = self.scope
        return name

    def listen(self, activity: str, is_interrupting: bool) -> str:
        """Add a boundary event and return its id."""
        name = f"event{len(self.events)}"
        self.events[name] = (activity, is_interrupting)
        self.inside[name] = self.inside[activity]
        return name

    def within(self, scope: str, name: str) -> bool:
        """Return whether a node stands in a subprocess, at any depth."""
        while (name := self.inside[name]) != "":
            if name == scope:
                return True
        return False

    def connect(self, source: str, target: str, condition: int | None = None) -> None:
        """Add a flow."""
        self.flows.append((source, target, condition))

    def out(self, name: str) -> list[int]:
        """Return the flows out of a node, in order."""
        return [number for number, flow in enumerate(self.flows) if flow[0] == name]

    def into(self, name: str) -> list[int]:
        """Return the flows into a node."""
        return [number for number, flow in enumerate(self.flows) if flow[1] == name]

    def process(self) -> Process:
        """Return the net as a diagram."""
        nodes, flows = self._scope("")
        return build.process(*nodes, flows=flows)

    def _scope(self, scope: str) -> tuple[list[Node], str]:
        nodes: list[Node] = []
        for name, kind in self.kinds.items():
            if self.inside[name] != scope:
                continue
            if kind == "sub":
                inner, flows = self._scope(name)
                nodes.append(build.sub(name, *inner, flows=flows))
            elif kind == "stop":
                nodes.append(build.end(name, build.TERMINATE))
            else:
                nodes.append(_MADE[kind](name))
        for name, (activity, interrupts) in self.events.items():
            if self.inside[name] == scope:
                nodes.append(build.boundary(name, activity, build.message(f"'{name}"), interrupting=interrupts))
        parts = []
        for source, target, condition in self.flows:
            if self.inside[source] != scope:
                continue
            last = self.flows[self.out(source)[-1]] == (source, target, condition)
            is_choice = self.kinds.get(source) in ("xor", "or") and len(self.out(source)) > 1
            rule = " else" if is_choice and last else f" if pick >= {condition}" if is_choice else ""
            parts.append(f"{source} -> {target}{rule}")
        return nodes, ";".join(parts)


_MADE = {
    "start": build.start,
    "end": build.end,
    "task": build.user,
    "xor": build.exclusive,
    "and": build.parallel,
    "or": build.inclusive,
}


class Oracle:
    """Plays a net. `markings` are all that the case may be in."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.history: list[set[Marking]] = []
        start = next(name for name, kind in net.kinds.items() if kind == "start")
        self._go([Counter(dict.fromkeys(net.out(start), 1))], 0)

    @property
    def markings(self) -> set[Marking]:
        """Return the possible markings: tokens by element."""
        return {self._by_element(state) for state in self._states}

    def tasks(self) -> list[str]:
        """Return the tasks that are open in every possible marking."""
        kinds = self.net.kinds
        common = [{name for name in state if kinds.get(name) == "task"} for state in self._states]
        return sorted(set.intersection(*common)) if common else []

    def complete(self, task: str, pick: int) -> None:
        """Complete one of the open tasks."""
        self._move(task, self.net.out(task), True, pick)

    def send(self, event: str, pick: int) -> None:
        """Let the message of a boundary event come."""
        task, interrupts = self.net.events[event]
        self._move(task, self.net.out(event), interrupts, pick)

    def agree(self, marking: Marking) -> None:
        """Keep only the possibilities that give this marking."""
        self._states = [state for state in self._states if self._by_element(state) == marking]

    def _move(self, task: str, flows: list[int], leaves: bool, pick: int) -> None:
        moved = []
        for state in self._states:
            after = Counter(state)
            if leaves:
                after[task] -= 1
                self._clear(task, after)
            after.update(flows)
            moved.append(+after)
        self._go(moved, pick)

    def _go(self, states: list[Counter], pick: int) -> None:
        """Fire until nothing can, in every order of the inclusive joins."""
        seen: set[frozenset] = set()
        rest: dict[frozenset, Counter] = {}
        queue = [self._settle(state, pick) for state in states]
        while queue:
            state = queue.pop()
            key = frozenset(state.items())
            if key in seen:
                continue
            seen.add(key)
            ready = [name for name, kind in self.net.kinds.items() if kind == "or" and self._may_join(name, state)]
            if not ready:
                rest[key] = state
            for name in ready:
                after = Counter(state)
                after.subtract({number: 1 for number in self.net.into(name) if state[number]})
                after.update(self._ways(name, pick))
                queue.append(self._settle(+after, pick))
        self._states = list(rest.values())
        self.history.append(self.markings)

    def _clear(self, scope: str, state: Counter) -> None:
        """Take all tokens out of a subprocess ("": out of the process)."""
        for place in list(state):
            name = place if isinstance(place, str) else self.net.flows[place][0]
            if scope == "" or self.net.within(scope, name):
                del state[place]

    def _settle(self, state: Counter, pick: int) -> Counter:
        """Fire everything whose order does not matter."""
        state = Counter(state)
        moved = True
        while moved:
            moved = False
            for name, kind in self.net.kinds.items():
                into = self.net.into(name)
                filled = [number for number in into if state[number] > 0]
                if not filled or (kind == "or" and len(into) > 1) or (kind == "and" and len(filled) < len(into)):
                    continue
                moved = True
                for number in into if kind == "and" else filled[:1]:
                    state[number] -= 1
                if kind in ("task", "sub"):
                    state[name] += 1
                if kind == "sub":
                    first = next(n for n, k in self.net.kinds.items() if k == "start" and self.net.inside[n] == name)
                    state.update(self.net.out(first))
                elif kind == "stop":
                    self._clear(self.net.inside[name], state)
                elif kind not in ("task", "end"):
                    state.update(self._ways(name, pick))
            for name in [name for name in +state if self.net.kinds.get(name) == "sub"]:
                if not self._is_busy(name, state):
                    moved = True
                    state[name] -= 1
                    state.update(self.net.out(name))
        return +state

    def _is_busy(self, scope: str, state: Counter) -> bool:
        """Return whether a token is inside a subprocess."""
        return any(
            self.net.within(scope, place if isinstance(place, str) else self.net.flows[place][0]) for place in +state
        )

    def _ways(self, name: str, pick: int) -> list[int]:
        out, kind = self.net.out(name), self.net.kinds[name]
        if kind not in ("xor", "or") or len(out) < 2:
            return out
        taken = [number for number in out[:-1] if pick >= (self.net.flows[number][2] or 0)]
        return (taken[:1] if kind == "xor" else taken) or out[-1:]

    def _may_join(self, gateway: str, state: Counter) -> bool:
        """BPMN 2.0, 13.4.3: no token can still come to an empty way in, unless it can come to a filled one too."""
        into = self.net.into(gateway)
        filled = {number for number in into if state[number] > 0}
        if len(into) < 2 or not filled:
            return False
        for place, tokens in state.items():
            if tokens > 0 and place not in into:
                starts = [place] if isinstance(place, int) else self._exits(place)
                reached = {number for start in starts for number in self._reach(start, gateway)}
                if reached - filled and not reached & filled:
                    return False
        return True

    def _exits(self, name: str) -> list[int]:
        """Return the ways out of a node, those of its boundary events included."""
        events = [event for event, (task, _) in self.net.events.items() if task == name]
        return self.net.out(name) + [number for event in events for number in self.net.out(event)]

    def _reach(self, flow: int, gateway: str) -> set[int]:
        """Return the flows into the gateway that a token on `flow` can come to without passing the gateway."""
        found: set[int] = set()
        seen: set[int] = set()
        queue = [flow]
        while queue:
            number = queue.pop()
            if number in seen:
                continue
            seen.add(number)
            target = self.net.flows[number][1]
            if target == gateway:
                found.add(number)
            else:
                queue += self._exits(target)
        return found

    def _by_element(self, state: Counter) -> Marking:
        by_element: Counter = Counter()
        for place, tokens in state.items():
            by_element[place if isinstance(place, str) else self.net.flows[place][1]] += tokens
        return tuple(sorted(by_element.items()))


def block_net(random: Random, size: int = 8) -> Net:
    """Return a net of blocks in blocks: what splits is joined by the same kind."""
    net = Net()
    budget = count()
    start, end = net.add("start"), net.add("end")

    def task() -> tuple[str, str]:
        name = net.add("task")
        return name, name

    def block(depth: int) -> tuple[str, str]:
        kind = random.choice(["task", "task", "seq", "xor", "and", "or", "loop", "sub", "sub"])
        if depth == 0 or next(budget) > size or kind == "task":
            return task()
        if kind == "seq":
            first, second = block(depth - 1), block(depth - 1)
            net.connect(first[1], second[0])
            return first[0], second[1]
        if kind == "loop":
            inner = block(depth - 1)
            again, (back, _), leave = net.add("xor"), task(), net.add("xor")
            net.connect(again, inner[0])
            net.connect(inner[1], leave)
            net.connect(leave, back, random.randint(1, 2))
            net.connect(back, again)
            return again, leave
        if kind == "sub":
            return subprocess(depth)
        split, join = net.add(kind), net.add(kind)
        for _ in range(random.randint(2, 3)):
            inner = block(depth - 1)
            net.connect(split, inner[0], random.randint(0, 3))
            net.connect(inner[1], join)
        return split, join

    def subprocess(depth: int) -> tuple[str, str]:
        name, outer = net.add("sub"), net.scope
        net.scope = name
        begin, inner, finish = net.add("start"), block(depth - 1), net.add(random.choice(["end", "stop"]))
        net.connect(begin, inner[0])
        net.connect(inner[1], finish)
        net.scope = outer
        if random.random() < 0.5:
            event, late, gone = net.listen(name, random.random() < 0.7), task()[0], net.add("end")
            net.connect(event, late)
            net.connect(late, gone)
        return name, name

    first = block(3)
    net.connect(start, first[0])
    net.connect(first[1], end)
    return net


def wild_net(random: Random, size: int = 9) -> Net:
    """Return a net drawn at random. Ways back lead to tasks only, so that every loop waits for somebody."""
    net = Net()
    start = net.add("start")
    names = [start] + [
        net.add(random.choice(["task", "task", "xor", "and", "or"])) for _ in range(random.randint(4, size))
    ]
    if random.random() < 0.2:
        names.append(net.add("stop"))
    names.append(net.add("end"))
    for place, name in enumerate(names[:-1]):
        if net.kinds[name] == "stop":
            continue
        many = 1 if net.kinds[name] in ("start", "task") else random.randint(1, 3)
        later = names[place + 1 :]
        targets = random.sample(later, min(many, len(later)))
        back = [other for other in names[1 : place + 1] if net.kinds[other] == "task"]
        if back and net.kinds[name] in ("xor", "or") and random.random() < 0.6:
            targets.insert(0, random.choice(back))
        for target in targets:
            net.connect(name, target, random.randint(0, 3))
    for name in [name for name in names if net.kinds[name] == "task"]:
        if random.random() < 0.25:
            event = net.listen(name, random.random() < 0.5)
            later = names[names.index(name) + 1 :]
            net.connect(event, random.choice(later))
    return net
