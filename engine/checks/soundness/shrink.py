"""Makes a net smaller without losing a finding: what is built in blocks goes, so only the tangled rest is explored.

Sequences, choices that meet again, parallel blocks with their join and loops back to the same place become part of the
alternative before them. A sound plan of blocks ends as one step. The rules never merge work that may happen twice into
something that does not count as work.
"""

from __future__ import annotations

from collections import Counter, deque

from engine.checks.soundness.net import SOURCE, Alternative, Join, Leaving, Net, Point, Rule

_MOST_ALTERNATIVES = 64


def shrink(net: Net) -> None:
    """Apply the rules as long as one applies."""
    _Shrinker(net).run()


class _Shrinker:
    """Owners are numbered: a point by its place, a join by a negative number."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.joins: dict[int, Join] = {-10 - index: join for index, join in enumerate(net.joins)}
        self.join_at = {place: key for key, join in self.joins.items() for place in join.inputs}
        self.producers: dict[int, Counter[int]] = {}
        self.queue: deque[int] = deque()
        self.queued: set[int] = set()
        for key in (*net.points, *self.joins):
            self._register(key, 1)
            self._enqueue(key)

    def run(self) -> None:
        while self.queue:
            key = self.queue.popleft()
            self.queued.discard(key)
            if key in self.joins:
                self._collapse(key)
            elif key in self.net.points:
                self._simplify(key)
                self._redirect(key) or self._inline(key)
        self.net.joins = list(self.joins.values())
        self.net.changed()
        for point in self.net.points.values():
            if any(one.leaving is not Leaving.NOT for one in point.alternatives):
                point.is_eager = False

    # --- bookkeeping
    def _owner(self, key: int) -> Point | Join:
        return self.joins[key] if key in self.joins else self.net.points[key]

    def _register(self, key: int, sign: int) -> None:
        for alternative in self._owner(key).alternatives:
            for place in alternative.outs:
                self.producers.setdefault(place, Counter())[key] += sign

    def _enqueue(self, key: int) -> None:
        if key not in self.queued:
            self.queued.add(key)
            self.queue.append(key)

    def _set(self, key: int, alternatives: list[Alternative]) -> None:
        """Give an owner other alternatives; look again at it and at what they lead to."""
        self._register(key, -1)
        self._owner(key).alternatives = alternatives
        self._register(key, 1)
        self._enqueue(key)
        for place in {place for one in alternatives for place in one.outs}:
            self._enqueue(self.join_at.get(place, place))

    def _makers(self, place: int) -> list[int]:
        """Return the owners that put tokens on `place`."""
        return [key for key, count in self.producers.get(place, Counter()).items() if count > 0]

    def _sole_maker(self, place: int) -> int | None:
        """Return the owner that puts tokens on `place` if only one alternative does, and only one token."""
        makers = self._makers(place)
        return makers[0] if len(makers) == 1 and self.producers[place][makers[0]] == 1 else None

    # --- rules
    def _simplify(self, key: int) -> None:
        """Put alternatives with the same effect together; drop one that only comes back."""
        point = self.net.points[key]
        found: dict[tuple[tuple[int, ...], Leaving], Alternative] = {}
        for one in point.alternatives:
            before = found.get((one.outs, one.leaving))
            if before is None:
                found[(one.outs, one.leaving)] = one
                continue
            shorter = min(before, one, key=lambda alternative: len(alternative.steps))
            found[(one.outs, one.leaving)] = Alternative(
                one.outs,
                shorter.steps,
                before.members | one.members,
                before.by_condition and one.by_condition,
                one.leaving,
            )
        back = found.get(((key,), Leaving.NOT))
        if back is not None and len(found) > 1 and point.needs == 1:
            point.members |= back.members
            del found[((key,), Leaving.NOT)]
        if len(found) == len(point.alternatives):
            return
        kept = list(found.values())
        if len(kept) == 1:
            kept[0].by_condition = False
        self._set(key, kept)
        for maker in self._makers(key):
            self._enqueue(maker)

    def _redirect(self, place: int) -> bool:
        """Skip a point that only passes its token on, or ends it."""
        point = self.net.points[place]
        if place == SOURCE or point.is_work or point.is_open or point.needs != 1 or len(point.alternatives) != 1:
            return False
        only = point.alternatives[0]
        if only.leaving is not Leaving.NOT or len(only.outs) > 1 or place in only.outs:
            return False
        follow = Alternative(only.outs, only.steps, only.members | point.members)
        makers = self._makers(place)
        if not makers:
            return False
        for maker in makers:
            alternatives: list[Alternative] = []
            for one in self._owner(maker).alternatives:
                changed = one
                for _ in range(one.outs.count(place)):
                    changed = changed.then((place,), follow)
                alternatives.append(changed)
            self._set(maker, alternatives)
        target = self.net.points.get(only.outs[0]) if only.outs else None
        if target is not None and not target.merge:
            target.merge = point.merge
        self._drop(place)
        return True

    def _inline(self, place: int) -> bool:
        """Make a point part of the only alternative that leads to it."""
        maker = self._sole_maker(place)
        if place == SOURCE or maker is None or maker == place:
            return False
        point, owner = self.net.points[place], self._owner(maker)
        if point.needs != 1 or (point.is_work and not (isinstance(owner, Point) and owner.is_work)):
            return False
        before = next(one for one in owner.alternatives if place in one.outs)
        rest = [one for one in owner.alternatives if one is not before]
        if len(before.outs) == 1:
            if len(rest) + len(point.alternatives) > _MOST_ALTERNATIVES or not self._may_open(point, owner):
                return False
        else:
            if len(point.alternatives) != 1 or point.alternatives[0].leaving is not Leaving.NOT:
                return False
            if point.is_open and self.net.has_terminate and not self._keeps_in_sight(place, point):
                return False
        here = Alternative((place,), (), point.members)
        made = [before.then((place,), here).then((place,), one) for one in point.alternatives]
        self._set(maker, rest + made)
        self._drop(place)
        return True

    def _may_open(self, point: Point, owner: Point | Join) -> bool:
        """Let `owner` stand for the open work of `point`; return whether it can."""
        if not point.is_open or not self.net.has_terminate:
            return True
        if not isinstance(owner, Point) or not owner.is_work:
            return False
        owner.is_open = True
        return True

    def _keeps_in_sight(self, place: int, point: Point) -> bool:
        """Let the way into a join stand for the open work before it; return whether it can."""
        outs = point.alternatives[0].outs
        if len(outs) != 1 or outs[0] not in self.join_at or self._sole_maker(outs[0]) != place:
            return False
        self.net.pending[outs[0]] = point.node
        return True

    def _collapse(self, key: int) -> None:
        """Make a join part of the alternatives before it when one owner alone brings all its tokens, all at once."""
        join = self.joins[key]
        makers = {maker for place in join.inputs for maker in self._makers(place)}
        if len(makers) != 1 or join.rule is Rule.COMPLEX or key in makers:
            return
        maker = makers.pop()
        owner = self._owner(maker)
        made: list[Alternative] = []
        for one in owner.alternatives:
            present = tuple(place for place in one.outs if place in join.inputs)
            if not present:
                made.append(one)
                continue
            if len(set(present)) != len(present) or (join.rule is Rule.ALL and len(present) != len(join.inputs)):
                return
            here = Alternative(present, (), frozenset({join.node}))
            made += [one.then(present, here).then(present, after) for after in join.alternatives]
        if len(made) > max(_MOST_ALTERNATIVES, len(owner.alternatives)):
            return
        hidden = [place for place in join.inputs if place in self.net.pending]
        if hidden:
            if not isinstance(owner, Point) or not owner.is_work:
                return
            owner.is_open = True
        for place in hidden:
            del self.net.pending[place]
        self._register(key, -1)
        del self.joins[key]
        for place in join.inputs:
            self.join_at.pop(place, None)
        self._set(maker, made)

    def _drop(self, place: int) -> None:
        self._register(place, -1)
        del self.net.points[place]
