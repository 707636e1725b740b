"""What every element does: be entered, work, deliver its results, leave by its sequence flows. No particular kind is here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.specs.base import TaskSpec

from engine import diagram
from engine.errors import StepFailed
from engine.spiff import expressions
from engine.spiff.token import WAITING, Token
from engine.spiff.variables import context, write

if TYPE_CHECKING:
    from engine.spiff.events import Boundary
    from engine.spiff.repeats import Repeat
    from engine.spiff.specs import ScopeSpec


@dataclass(slots=True)
class Way:
    """A sequence flow, seen from where it starts."""

    id: str
    target: Element
    condition: diagram.Expression | None
    is_default: bool


class Element(TaskSpec):
    """An element of the diagram. The hooks are SpiffWorkflow's: `_update` enters, `_run` works, `_on_complete` leaves.

    It holds nothing of any case. A hook that fails raises EngineError before it has changed anything that doing it
    again would not mend.
    """

    isolates = False  #: its map is the outermost one that its inside sees
    is_member = False  #: a member of a multi-instance: new names stay in its map until it is done
    hears_inner = False  #: wants to know when something inside it has left
    begins, ends = "entered", "completed"  #: the words for its happenings
    gathers = False  #: several tokens are needed to enter it

    def __init__(self, scope: ScopeSpec, node: diagram.Node, name: str | None = None) -> None:
        super().__init__(scope, name or node.id)  # type: ignore[no-untyped-call]  # ships no types
        self.scope = scope
        self.node = node
        self.ways: list[Way] = []
        self.has_conditions = False
        self.boundaries: list[Boundary] = []
        self.body: ScopeSpec | None = None  #: what is inside, of a subprocess
        self.repeat: Repeat | None = None  #: the loop or multi-instance whose inside this is
        self.handler: Element | None = None  #: what compensates it
        self.is_compensable = False  #: it or something inside it has a compensation handler

    def add_way(self, flow: diagram.Flow, target: Element) -> None:
        """Connect a sequence flow."""
        is_default = flow.id == self.node.default
        self.ways.append(Way(flow.id, target, flow.condition, is_default))
        self.has_conditions = self.has_conditions or flow.condition is not None or is_default
        self.connect(target)  # type: ignore[no-untyped-call]  # ships no types

    @property
    def inner(self) -> Element:
        """The element that does the work: itself, or the inside of a repetition."""
        return self

    def moves(self) -> list[Element]:
        """Return where a token can go from here in one move."""
        return [way.target for way in self.ways] + list(self.boundaries)

    def serialize(self, serializer: Any, **_options: Any) -> Any:
        """Specs are made from the diagram each time; they are not stored."""
        raise NotImplementedError

    def _predict(self, my_task: Token, *_args: Any, **_options: Any) -> None:
        """Predict nothing: the tree holds what is, not what may be."""

    # --- entering
    def _update(self, token: Token) -> None:
        again = token.internal_data.pop("y", None)  # a retry: it had been entered
        if not again:
            if self.gathers and not self.gather(token):
                return
            token.workflow.note(token, self.begins)
        if self._update_hook(token):
            token._ready()

    def gather(self, token: Token) -> bool:
        """Take an arriving token to those that wait here; return whether the element is entered now."""
        raise NotImplementedError

    def caught(self, token: Token, values: dict[str, Any]) -> None:
        """Go on: the event that `token` waited for has come."""
        raise NotImplementedError

    def has_all(self, token: Token) -> bool:
        """Take one arm of several; return whether the element has what it waits for."""
        return True

    def chosen(self, token: Token, arm: Token, values: dict[str, Any]) -> None:
        """Go on behind the event that came first."""
        raise NotImplementedError

    def settle(self, token: Token) -> bool:
        """Ask a waiting join whether it can go on; return whether it did."""
        return False

    def _update_hook(self, token: Token) -> bool:
        return True

    def take_inputs(self, token: Token) -> None:
        """Make the local variables that the author maps in."""
        if self.node.inputs:
            made = expressions.mapped(token.workflow, self.node.inputs, context(token), self.node.id)
            token.data.update(made)
            token.workflow.changed = True

    def _on_ready(self, token: Token) -> None:
        token.run()

    def _run(self, token: Token) -> bool | None:
        return self._run_hook(token)

    def _run_hook(self, token: Token) -> bool | None:
        """Work. True: done; None: something else will say when."""
        return True

    def resume(self, token: Token) -> None:
        """Go on after something inside or a condition changed."""

    def reload(self, token: Token) -> None:
        """Find the token again after loading: `token` waits here."""
        if self.gathers and not token.is_arm:
            parent = token.up
            parent.joins = parent.joins or {}
            parent.joins[self.name] = token.id

    def accepts(self, token: Token, parent: Token | None) -> bool:
        """Return whether a token that was saved can stand here, under this parent: the plan may have changed."""
        if parent is None:
            return self.isolates
        above = parent.task_spec
        return self.scope is above.inner.body or self in above.beside()

    def beside(self) -> Collection[Element]:
        """Return the elements that its children may be, where they do not stand inside it."""
        return ()

    def is_open(self, token: Token) -> bool:
        """Return whether the element goes on when nothing is left inside it."""
        return False

    def is_waiting(self, token: Token) -> bool:
        """Return whether the token waits for the world outside."""
        return token._state == WAITING and bool(self.node.events)

    def count_again(self, token: Token) -> None:
        """Work out a provisional deadline anew."""

    # --- leaving
    def _on_complete(self, token: Token) -> None:
        if token._children:  # nothing interrupts what is done
            token.workflow.clear(token)
        made = token.internal_data.pop("m", None) or {}
        made.update(self.deliver(token))
        try:
            self.leave(token, made)
        except StepFailed:
            if made:
                token.internal_data["m"] = made
            raise

    def deliver(self, token: Token) -> dict[str, Any]:
        """Write the results outward, once; return what was written."""
        internal = token.internal_data
        values: dict[str, Any] = internal.get("v") or {}
        if self.node.outputs:
            if "o" in internal:
                return {}
            seen = {**context(token), **values}
            values = expressions.mapped(token.workflow, self.node.outputs, seen, self.node.id)
            write(token if self.is_member else token.up, values)
            internal["o"] = 1
        else:
            write(token, values)
        internal.pop("v", None)
        return values

    def leave(self, token: Token, made: dict[str, Any]) -> None:
        """Send tokens on and take this one out of the tree."""
        if self.repeat is not None:
            self.repeat.member_leaves(token, made)
            return
        case = token.workflow
        parent = token.up
        ways = self.choose(token)
        case.note(token, self.ends, {"variables": made} if made else None)
        for way in ways:
            for _ in range(self.node.completion_quantity):
                case.send(way, parent)
        case.remove(token)
        if parent.task_spec.hears_inner:
            case.schedule(parent)

    def choose(self, token: Token) -> list[Way]:
        """Return the flows to take: all whose condition holds; the default one when no other does."""
        if not self.has_conditions:
            return self.ways
        taken: list[Way] = []
        default: Way | None = None
        seen = context(token.up)
        for way in self.ways:
            if way.is_default:
                default = way
            elif way.condition is None or expressions.truth(token.workflow, way.condition, seen, self.node.id):
                taken.append(way)
        if taken:
            return taken
        return [default] if default is not None else self.no_way(token)

    def no_way(self, token: Token) -> list[Way]:
        """Say that no condition holds and there is no default flow."""
        name = self.node.name or self.node.id
        raise StepFailed(
            self.node.id,
            f"“{name}”（{self.node.id}）的各出口条件都不成立，且没有默认出口；请补一条默认出口或更正数据后重试。",
            f"No condition out of {name!r} ({self.node.id}) holds and it has no default flow; "
            "add a default flow or correct the data, then retry.",
        )
