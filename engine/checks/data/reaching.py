"""Which variables may, and which must, have a value when a case comes to a node. It says nothing.

Sets are bits of a number. Whatever cannot be told counts as set: what is called unset is unset on every way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.checks.data.writes import Calls, brought, is_open, own, surely_written_by, written_by
from engine.checks.structure import reached, successors
from engine.checks.subject import Subject
from engine.diagram import Kind, Node, Scope, StandardLoop

#: Scopes with more nodes are not walked, and forks with more branches or work than this count as setting everything.
_LARGEST, _WIDEST, _STEPS = 3_000, 200, 200_000
_ANY = 1
_EVERYTHING = -1
_JOINS = (Kind.PARALLEL, Kind.INCLUSIVE, Kind.COMPLEX)


@dataclass(slots=True)
class Reach:
    """What is set where. `everything`: names set anywhere in the process or brought to it."""

    bits: dict[str, int] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)
    after: dict[str, int] = field(default_factory=dict)
    sure_before: dict[str, int] = field(default_factory=dict)
    sure_after: dict[str, int] = field(default_factory=dict)
    everything: int = 0

    def mask(self, names: Iterable[str]) -> int:
        """Return the bits of `names`, new ones for new names."""
        made = 0
        for name in names:
            made |= self.bits.setdefault(name, 1 << (len(self.bits) + 1))
        return made

    def may(self, name: str, node: Node, *, is_after: bool) -> bool:
        """Return whether `name` may have been set when a case is at `node`."""
        held = (self.after if is_after else self.before).get(node.id, _ANY)
        return bool(held & (_ANY | self.bits.get(name, 0)))

    def must(self, name: str, node: Node, *, is_after: bool) -> bool:
        """Return whether `name` has a value on every way to `node`."""
        held = (self.sure_after if is_after else self.sure_before).get(node.id, _EVERYTHING)
        return bool(held & self.bits.get(name, 0)) or bool(self.before.get(node.id, _ANY) & _ANY)

    def is_set_anywhere(self, name: str) -> bool:
        """Return whether anything sets `name`, or might."""
        return bool(self.everything & (_ANY | self.bits.get(name, 0)))


def reach(subject: Subject, calls: Calls) -> Reach:
    """Return what is set where in the subject's process."""
    return _Walk(subject, calls).made


class _Walk:
    def __init__(self, subject: Subject, calls: Calls) -> None:
        self.made = Reach()
        self.steps = 0
        family, process = subject.family, subject.process
        nodes = [node for _, node in subject.walk()]
        self.own: dict[str, int] = {}
        self.sure: dict[str, int] = {}
        for node in reversed(nodes):  # what is inside comes before what it is inside of
            self.own[node.id] = self.made.mask(written_by(node, family)) | (_ANY if is_open(node, family) else 0)
            self.sure[node.id] = self.made.mask(surely_written_by(node, family))
            if node.call is not None and node.call.all_out and node.call.process.text in family.processes:
                theirs = own(family.processes[node.call.process.text], family)
                back = self.made.mask(theirs.names)
                self.own[node.id] |= back | (_ANY if theirs.is_open else 0)
                self.sure[node.id] |= back
            for inner in node.body.nodes.values() if node.body is not None else ():
                self.own[node.id] |= self.own[inner.id]
                self.sure[node.id] |= self.sure[inner.id]
        entry = brought(process, family, calls, subject.known.start_variables)
        start = self.made.mask(entry.names | subject.known.given) | (_ANY if entry.is_open else 0)
        self.made.everything = start | self._all(process.body)
        work: list[tuple[Scope, int, int, bool]] = [(process.body, start, start, False)]
        while work:
            scope, may, must, is_loose = work.pop()
            data = self.made.mask(variable.name for variable in scope.variables)
            self.made.everything |= data
            self._scope(scope, may | data, must | data, is_loose)
            for node in scope.nodes.values():
                if node.body is not None:
                    local = self.made.mask(mapping.target.partition(".")[0] for mapping in node.inputs)
                    item = getattr(node.loop, "item", None)
                    local |= self.made.mask([item] if item else [])
                    may_in = self.made.before.get(node.id, _ANY) | local
                    must_in = self.made.sure_before.get(node.id, _EVERYTHING) | local
                    work.append((node.body, may_in, must_in, node.kind is Kind.AD_HOC))

    def _all(self, scope: Scope) -> int:
        total = 0
        for key in scope.nodes:
            total |= self.own[key]
        return total

    def _scope(self, scope: Scope, entry: int, sure: int, is_loose: bool) -> None:
        """Walk one scope. `is_loose`: its nodes run in any order."""
        made = self.made
        if len(scope.nodes) > _LARGEST:
            for key in scope.nodes:
                made.before[key] = made.after[key] = _ANY
            return
        total = self._all(scope)
        ways = successors(scope)
        extra = self._beside(scope, ways)
        roots: list[str] = []
        has_start = any(node.kind is Kind.START for node in scope.nodes.values())
        for key, node in scope.nodes.items():
            begins = entry
            if node.kind is Kind.EVENT_SUBPROCESS or node.is_for_compensation or is_loose:
                begins |= total
            elif node.incoming or node.kind is Kind.BOUNDARY:
                begins = 0
            elif has_start and node.kind is not Kind.START:
                begins = _ANY  # nothing leads there: said elsewhere, and not again of every name it reads
            if begins:
                roots.append(key)
            made.before[key] = begins | extra.get(key, 0) | (self.own[key] if node.loop is not None else 0)
        work = list(roots)
        queued = set(work)
        seen: set[str] = set()
        while work:
            key = work.pop()
            queued.discard(key)
            seen.add(key)
            out = made.before[key] | self.own[key]
            for following in ways[key]:
                if out & ~made.before[following] or following not in seen:
                    made.before[following] |= out
                    if following not in queued:
                        queued.add(following)
                        work.append(following)
        for key in scope.nodes:
            if key not in seen:
                made.before[key] |= _ANY  # nothing leads there: said elsewhere
            made.after[key] = made.before[key] | self.own[key]
        self._surely(scope, sure, is_loose)

    def _surely(self, scope: Scope, entry: int, is_loose: bool) -> None:
        """Find what has a value on every way: the largest solution, begun from everything."""
        made = self.made
        sources: dict[str, list[str]] = {key: [] for key in scope.nodes}
        for key, following in successors(scope).items():
            for target in following:
                sources[target].append(key)
        begun = _EVERYTHING  # what beginning the scope sets, however it begins: handlers listen from then on
        for key, node in scope.nodes.items():
            if node.kind is Kind.START:
                begun &= self.sure[key]
        handled = entry | begun if begun != _EVERYTHING else entry
        held = dict.fromkeys(scope.nodes, _EVERYTHING)
        changed = True
        rounds = 0
        while changed and rounds < 60:
            changed, rounds = False, rounds + 1
            for key, node in scope.nodes.items():
                if node.kind is Kind.BOUNDARY:
                    now = held.get(node.attached_to or "", _EVERYTHING)
                elif node.kind is Kind.EVENT_SUBPROCESS:
                    now = handled
                elif node.is_for_compensation or is_loose or not sources[key]:
                    now = entry
                else:
                    parts = [held[source] | self.sure[source] for source in sources[key]]
                    now = parts[0]
                    for part in parts[1:]:
                        now = now | part if node.kind in _JOINS else now & part
                if now != held[key]:
                    held[key] = now
                    changed = True
        for key in scope.nodes:
            made.sure_before[key] = held[key] if not changed else _EVERYTHING
            made.sure_after[key] = made.sure_before[key] | self.sure[key]

    def _beside(self, scope: Scope, ways: dict[str, list[str]]) -> dict[str, int]:
        """Return what may be set beside each node: in other branches of a fork, by handlers, on non-interrupting ways."""
        extra: dict[str, int] = {}
        handlers = 0
        for node in scope.nodes.values():
            if node.kind is Kind.EVENT_SUBPROCESS:
                handlers |= self.own[node.id]
        if handlers:
            extra = dict.fromkeys(scope.nodes, handlers)
        for heads in _forks(scope):
            if len(heads) > _WIDEST or self.steps > _STEPS:
                return dict.fromkeys(scope.nodes, _ANY)
            regions = [reached(ways, [head]) for head in heads]
            self.steps += sum(map(len, regions))
            sums = [0] * len(regions)
            for number, region in enumerate(regions):
                for key in region:
                    sums[number] |= self.own[key]
            for number, region in enumerate(regions):
                others = 0
                for other, total in enumerate(sums):
                    if other != number:
                        others |= total
                for key in region:
                    extra[key] = extra.get(key, 0) | others
        return extra


def _forks(scope: Scope) -> Iterable[list[str]]:
    """Yield the heads of the branches that run side by side, fork by fork."""
    beside: dict[str, list[str]] = {}
    for node in scope.nodes.values():
        if node.kind is Kind.BOUNDARY and not node.interrupting and node.attached_to in scope.nodes:
            beside.setdefault(node.attached_to, []).append(node.id)
        is_choice = node.kind in (Kind.EXCLUSIVE, Kind.EVENT_BASED)
        if len(node.outgoing) > 1 and not is_choice:
            yield [flow.target for flow in node.outgoing]
    for host, heads in beside.items():
        following = [flow.target for flow in scope.nodes[host].outgoing]
        yield [*heads, *following]
        if isinstance(scope.nodes[host].loop, StandardLoop):
            yield [*heads, host]
