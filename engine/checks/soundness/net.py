"""A scope as a net of places: what one token can do at each. It is built by `build` and made smaller by `shrink`.

Every place has one consumer: a point (one token suffices) or one way into a join. So who chooses never competes with
who waits, and any enabled consumer may be played first without losing a state in which everything stands still.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

SOURCE = 0  #: the place that holds the only token at the beginning
GONE = (-1,)  #: the state of a scope that was left by an error, an interrupting escalation or a cancel


class Leaving(StrEnum):
    """How an alternative ends its whole scope; NOT: only its own token moves."""

    NOT = ""
    TERMINATE = "terminate"
    RAISE = "raise"


@dataclass(slots=True)
class Alternative:
    """One thing that may happen: tokens appear at `outs`. `steps` are the elements walked, `members` all that it stands for.

    `by_condition`: a condition over data decides that it happens.
    """

    outs: tuple[int, ...]
    steps: tuple[str, ...]
    members: frozenset[str] = frozenset()
    by_condition: bool = False
    leaving: Leaving = Leaving.NOT

    def then(self, replaced: tuple[int, ...], other: Alternative) -> Alternative:
        """Return this one with `other` following at once in place of the outs `replaced`."""
        outs = list(self.outs)
        for place in replaced:
            outs.remove(place)
        return Alternative(
            tuple(sorted((*outs, *other.outs))),
            self.steps + other.steps,
            self.members | other.members,
            self.by_condition or other.by_condition,
            other.leaving or self.leaving,
        )


@dataclass(slots=True)
class Point:
    """A node that `needs` tokens of its place. `is_work`: a second token there does something twice, namely `work`.

    `is_open`: people or machines are busy while the token is here. `is_eager`: a gateway or end, passed at once.
    `is_automatic`: nobody outside is waited for. `merge`: the element at which flows run together into it.
    """

    node: str
    alternatives: list[Alternative]
    needs: int = 1
    is_work: bool = False
    work: str = ""
    is_open: bool = False
    is_eager: bool = False
    is_automatic: bool = True
    merge: str = ""
    members: frozenset[str] = frozenset()

    @property
    def leaves(self) -> bool:
        """Return whether the token may end its whole scope from here."""
        return any(one.leaving is not Leaving.NOT for one in self.alternatives)


class Rule(StrEnum):
    """When a join goes on: with a token on every way in, with all that can still come, or by the author's rule."""

    ALL = "all"
    SOME = "some"
    COMPLEX = "complex"


@dataclass(slots=True)
class Join:
    """A gateway that waits. `count`: tokens that make a complex one go on; None when only the data know.

    `marker`: the place that tells that a complex one has gone on in this round.
    """

    node: str
    rule: Rule
    inputs: tuple[int, ...]
    alternatives: list[Alternative]
    flows: dict[int, str]
    count: int | None = None
    marker: int = -2


@dataclass(slots=True)
class Net:
    """The points by their place, and the joins. A join has one alternative, which leads to one point or nowhere."""

    points: dict[int, Point]
    joins: list[Join]
    has_terminate: bool = False
    limited: set[str] = field(default_factory=set)  #: nodes of whose combinations of conditions not all are in it
    _consumers: dict[int, Join] | None = None

    def join_at(self, place: int) -> Join | None:
        """Return the join that `place` leads into, or None."""
        if self._consumers is None:
            self._consumers = {one: join for join in self.joins for one in join.inputs}
        return self._consumers.get(place)

    def changed(self) -> None:
        """Forget what was derived from the joins."""
        self._consumers = None

    def members_of(self, owner: Point | Join) -> frozenset[str]:
        """Return every element visited when a token comes to `owner`, whatever it then does."""
        own = owner.members if isinstance(owner, Point) else frozenset({owner.node})
        return own.union(*(alternative.members for alternative in owner.alternatives))
