"""The tree of an expression: what the grammar makes and the compiler reads. It evaluates nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True, eq=False)
class Node:
    """Anything with a place: `at` counts from 0 in the text. `depth` is the height of the tree under it."""

    at: int
    depth: int = field(default=1, init=False)

    def children(self) -> Iterator[Node]:
        """Yield the nodes directly under this one."""
        for name in self.__dataclass_fields__:
            if name not in ("at", "depth"):
                yield from _nodes(getattr(self, name))

    def walk(self) -> Iterator[Node]:
        """Yield this node and every one under it."""
        stack: list[Node] = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(node.children())


def _nodes(value: Any) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _nodes(item)


@dataclass(slots=True, eq=False)
class Literal(Node):
    """A number, text, boolean, null, or a temporal value written with @."""

    value: Any


@dataclass(slots=True, eq=False)
class Name(Node):
    """A variable, or a built-in function."""

    name: str


@dataclass(slots=True, eq=False)
class InputValue(Node):
    """`?`: the value under test."""


@dataclass(slots=True, eq=False)
class Path(Node):
    """`base.member`."""

    base: Node
    member: str


@dataclass(slots=True, eq=False)
class Filter(Node):
    """`base[condition]`: members that fulfil a condition, or the one at a position."""

    base: Node
    condition: Node


@dataclass(slots=True, eq=False)
class Call(Node):
    """`function(arguments)`. `names`: parameter names, or None for positional arguments."""

    function: Node
    arguments: list[Node]
    names: list[str] | None


@dataclass(slots=True, eq=False)
class Negation(Node):
    """`-operand`."""

    operand: Node


@dataclass(slots=True, eq=False)
class Arithmetic(Node):
    """`left op right`; op is + - * / or **."""

    op: str
    left: Node
    right: Node


@dataclass(slots=True, eq=False)
class Logic(Node):
    """`left and right`, `left or right`: three-valued."""

    op: str
    left: Node
    right: Node


@dataclass(slots=True, eq=False)
class Comparison(Node):
    """`left op right`; op is = != < <= > >=."""

    op: str
    left: Node
    right: Node


@dataclass(slots=True, eq=False)
class Between(Node):
    """`value between low and high`, both ends in."""

    value: Node
    low: Node
    high: Node


@dataclass(slots=True, eq=False)
class In(Node):
    """`value in test` or `value in (test, test)`."""

    value: Node
    tests: list[Node]


@dataclass(slots=True, eq=False)
class TypeName(Node):
    """A type: `name` with what stands between < and >. `fields` names the members of a context type."""

    name: str
    arguments: list[TypeName]
    fields: list[str] | None = None
    result: TypeName | None = None


@dataclass(slots=True, eq=False)
class InstanceOf(Node):
    """`value instance of type`."""

    value: Node
    type: TypeName


@dataclass(slots=True, eq=False)
class If(Node):
    """`if condition then yes else no`."""

    condition: Node
    yes: Node
    no: Node


@dataclass(slots=True, eq=False)
class Iteration(Node):
    """`name in start`, or `name in start..end` when `end` is there."""

    name: str
    start: Node
    end: Node | None


@dataclass(slots=True, eq=False)
class For(Node):
    """`for iterations return body`."""

    iterations: list[Iteration]
    body: Node


@dataclass(slots=True, eq=False)
class Quantified(Node):
    """`some|every iterations satisfies body`."""

    kind: str
    iterations: list[Iteration]
    body: Node


@dataclass(slots=True, eq=False)
class Parameter(Node):
    """A parameter of a function definition; `type` None takes anything."""

    name: str
    type: TypeName | None


@dataclass(slots=True, eq=False)
class FunctionDefinition(Node):
    """`function(parameters) body`; `external` bodies are another language's."""

    parameters: list[Parameter]
    body: Node
    external: bool


@dataclass(slots=True, eq=False)
class Entry(Node):
    """`key: value` in a context."""

    key: str
    value: Node


@dataclass(slots=True, eq=False)
class ContextLiteral(Node):
    """`{key: value, ...}`."""

    entries: list[Entry]


@dataclass(slots=True, eq=False)
class ListLiteral(Node):
    """`[item, ...]`."""

    items: list[Node]


@dataclass(slots=True, eq=False)
class RangeLiteral(Node):
    """`[low..high]`, with `(`, `]`, `)`, `[` for ends that are out."""

    low: Node
    high: Node
    low_in: bool
    high_in: bool


@dataclass(slots=True, eq=False)
class OperatorTest(Node):
    """`< operand` and the like: a range with one open end, or a test for (in)equality."""

    op: str
    operand: Node


@dataclass(slots=True, eq=False)
class Tests(Node):
    """A cell's unary tests; `negated` for not(...). No tests at all accept everything."""

    tests: list[Node]
    negated: bool
