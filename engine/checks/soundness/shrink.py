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
        self.has_inclusive = any(join.rule is not Rule.ALL for join in net.joins)
        self.joins: dict[int, Join] = {-10 - index: join for index, join in enumerate(net.joins)}
        self.join_at = {place: key for key, join in self.joins.items() for place in join.inputs}
        self.producers: dict[int, Counter[int]] = {}
        self.queue: deque[int] = deque()
        self.queued: set[int] = set()
        for key in (*net.points, *self.joins):
            self._register(key, 1)
        self._forget_unreached()
        for key in (*net.points, *self.joins):
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
            point.is_eager = point.is_eager and not point.leaves

    def _forget_unreached(self) -> None:
        """Drop the points that no token comes to, such as those of boundary events: their host goes on for them."""
        queue = list(self.net.points)
        while queue:
            place = queue.pop()
            if place == SOURCE or place not in self.net.points or self._makers(place):
                continue
            behind = [out for one in self.net.points[place].alternatives for out in one.outs]
            self._drop(place)
            queue += behind

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
        found: dict[tuple[tuple[int, ...], str], Alternative] = {}
        for one in point.alternatives:
            effect = one.outs, one.steps[-1] if one.leaving is Leaving.TERMINATE else one.leaving.value
            before = found.get(effect)
            if before is None:
                found[effect] = one
                continue
            shorter = min(before, one, key=lambda alternative: len(alternative.steps))
            found[effect] = Alternative(
                one.outs,
                shorter.steps,
                before.members | one.members,
                before.by_condition and one.by_condition,
                one.leaving,
            )
        back = found.get(((key,), Leaving.NOT.value))
        if back is not None and len(found) > 1 and point.needs == 1:
            point.members |= back.members
            del found[((key,), Leaving.NOT.value)]
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
        if target is not None:
            target.merge = target.merge or point.merge
        self._drop(place)
        return True

    def _inline(self, place: int) -> bool:
        """Make a point part of the only alternative that leads to it, and to nothing else."""
        maker = self._sole_maker(place)
        owner = self.net.points.get(maker) if maker is not None else None
        if place == SOURCE or maker is None or owner is None or maker == place:
            return False
        point = self.net.points[place]
        before = next(one for one in owner.alternatives if place in one.outs)
        rest = [one for one in owner.alternatives if one is not before]
        if point.needs != 1 or len(before.outs) != 1 or len(rest) + len(point.alternatives) > _MOST_ALTERNATIVES:
            return False
        here = Alternative((place,), (), point.members)
        made = [before.then((place,), here).then((place,), one) for one in point.alternatives]
        self._absorb(owner, point)
        self._set(maker, rest + made)
        self._drop(place)
        return True

    def _collapse(self, key: int) -> None:
        """Make a join and the branches to it part of the alternatives that lead to nothing but them."""
        join = self.joins[key]
        branches = self._branches(join)
        makers = {maker for place in branches for maker in self._makers(place)}
        owner = self.net.points.get(next(iter(makers))) if len(makers) == 1 else None
        if owner is None or join.rule is Rule.COMPLEX:
            return
        made: list[Alternative] = []
        whole = self._proved_whole(owner, join, branches)
        for one in owner.alternatives:
            heading = [place for place in one.outs if place in branches]
            reached = {branches[place] for place in heading}
            if not heading:
                made.append(one)
                continue
            is_whole = len(reached) == len(heading) == len(one.outs)
            if not is_whole or (join.rule is Rule.ALL and len(reached) != len(join.inputs)):
                return
            for place in heading:
                if place != branches[place]:
                    point = self.net.points[place]
                    one = one.then((place,), Alternative((place,), (), point.members))
                    one = one.then((place,), point.alternatives[0])
            here = Alternative(one.outs, (), frozenset({join.node}))
            made += [one.then(one.outs, here).then(one.outs, after) for after in join.alternatives]
        self.net.limited -= whole
        gone = [place for place in branches if place != branches[place]]
        for place in gone:
            self._absorb(owner, self.net.points[place])
        self._register(key, -1)
        del self.joins[key]
        for place in join.inputs:
            self.join_at.pop(place, None)
        self._set(makers.pop(), made)
        for place in gone:
            self._drop(place)

    def _proved_whole(self, owner: Point, join: Join, branches: dict[int, int]) -> set[str]:
        """Return the nodes that choose among many flows all of which are branches to `join`, which takes what comes.

        Whatever combination of them is taken, the join goes on once: those left out of the net change nothing.
        """
        if join.rule is not Rule.SOME:
            return set()
        heading = [one for one in owner.alternatives if not branches.keys().isdisjoint(one.outs)]
        others = [one for one in owner.alternatives if branches.keys().isdisjoint(one.outs)]
        return {
            node
            for node in self.net.limited
            if all(node in one.steps for one in heading)
            and not any(node in one.steps for one in others)
            and any(len(one.outs) > 1 for one in heading)
        }

    def _branches(self, join: Join) -> dict[int, int]:
        """Return where the branches to `join` begin, each with the way in that it ends at: that itself, or one point."""
        found: dict[int, int] = {}
        for place in join.inputs:
            maker = self._makers(place)
            point = self.net.points.get(maker[0]) if len(maker) == 1 else None
            is_one = point is not None and maker[0] != SOURCE and point.needs == 1 and len(point.alternatives) == 1
            if point is not None and is_one and point.alternatives[0].outs == (place,):
                found[maker[0]] = place
            else:
                found[place] = place
        return found

    def _drop(self, place: int) -> None:
        self._register(place, -1)
        del self.net.points[place]

    def _absorb(self, owner: Point, point: Point) -> None:
        """Let `owner` stand for the work of `point`, too: its token may be there.

        Where a join asks for tokens on their way, a gateway that absorbs work still counts as moving by itself.
        """
        if point.is_work and not owner.is_work:
            owner.is_work, owner.work = True, point.work
            owner.merge = point.merge or owner.merge
        if point.is_open and not owner.is_open:
            owner.is_open, owner.work = True, point.work
        owner.is_eager = owner.is_eager and not point.is_work and not point.is_open
        owner.is_automatic = owner.is_automatic and (point.is_automatic or self.has_inclusive)
