"""A tree into a Python function: built with `ast`, never from text. What the operators mean is in `runtime`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.feel import nodes as n
from engine.feel import pytree as py
from engine.feel import quick
from engine.feel import types as t
from engine.feel.builtins import BUILTINS
from engine.feel.errors import FeelError
from engine.feel.helpers import HELPERS

_ARITHMETIC = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "power"}
_COMPARE = {"=": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
MAX_CHEAP = 200
#: Trees of these alone, and not too many, cost what their text costs: they run without a budget of their own.
_CHEAP = (
    n.Literal,
    n.Name,
    n.InputValue,
    n.Path,
    n.Negation,
    n.Arithmetic,
    n.Logic,
    n.Comparison,
    n.Between,
    n.In,
    n.InstanceOf,
    n.TypeName,
    n.If,
    n.ListLiteral,
    n.RangeLiteral,
    n.OperatorTest,
    n.Tests,
)
#: All that a compiled expression may reach of Python besides HELPERS.
_BUILTINS = {"int": int, "str": str, "KeyError": KeyError, "RecursionError": RecursionError}
#: Types that are none without what they hold: `instance of list` is null, `instance of list<number>` is not.
_INCOMPLETE = frozenset({"list", "context", "function", "range"})
_CONDITIONS = (n.Comparison, n.Logic, n.Between, n.In, n.InstanceOf, n.Quantified)


@dataclass(slots=True)
class _Scope:
    """Names bound inside the expression: variables with their Python names, or a filter's member."""

    variables: dict[str, str] = field(default_factory=dict)
    item: str = ""


@dataclass(slots=True)
class Compiled:
    """A function, the names it reads from its context, and those it reads unless a filtered member has them."""

    function: Callable[..., Any]
    names: frozenset[str]
    possible: frozenset[str]


def compile_tree(
    tree: n.Node, text: str, known: frozenset[str] = frozenset(), types: Mapping[str, t.Type] | None = None
) -> Compiled:
    """Return the function for `tree`. `known`: variables that hide built-ins; `types`: the author's own types."""
    maker = _Maker(text, known, types or {})
    return maker.make(tree)


class _Maker:
    """Makes one function."""

    def __init__(self, text: str, known: frozenset[str], types: Mapping[str, t.Type]) -> None:
        self.text = text
        self.known = known
        self.types = types
        self.scopes: list[_Scope] = []
        self.globals: dict[str, Any] = {"__builtins__": _BUILTINS}
        self.names: set[str] = set()
        self.possible: set[str] = set()
        self.locals: dict[str, str] = {}  # names read once, at the start of a cheap function
        self.count = 0
        self.cheap = False

    def make(self, tree: n.Node) -> Compiled:
        """Return the compiled function."""
        inside = list(tree.walk())
        self.cheap = len(inside) <= MAX_CHEAP and all(isinstance(node, _CHEAP) for node in inside)
        value = self.tests(tree) if isinstance(tree, n.Tests) else self.visit(tree)
        body: list[ast.stmt] = []
        if self.cheap:
            self.helper("SILENT")
        else:
            asked = (py.name("calendar"), py.name("now"), py.constant(None), py.name("limits"))
            new = py.call(self.helper("Run"), *asked)
            test = ast.Compare(py.name("run"), [ast.Is()], [py.constant(None)])
            body.append(ast.If(test, [ast.Assign([py.store("run")], new)], []))
        for name, local in self.locals.items():
            read = ast.Assign([py.store(local)], ast.Subscript(py.name("context"), py.constant(name), ast.Load()))
            lost = ast.Assign([py.store(local)], py.call(self.helper("missing"), py.constant(name), py.name("run")))
            handler = ast.ExceptHandler(py.name("KeyError"), None, [lost])
            body.append(ast.Try([read], [handler], [], []))
        raised = ast.Raise(py.call(self.helper("too_deep")), py.constant(None))
        deep = ast.ExceptHandler(py.name("RecursionError"), None, [raised])
        body.append(ast.Try([ast.Return(value)], [deep], [], []))
        module = py.function(
            body, first="value" if isinstance(tree, n.Tests) else "", run="SILENT" if self.cheap else "None"
        )
        space: dict[str, Any] = self.globals
        exec(py.code(module), space)  # noqa: S102  # our own tree, no author text
        return Compiled(space["feel"], frozenset(self.names), frozenset(self.possible - self.names))

    # --- small parts
    def helper(self, name: str) -> ast.expr:
        self.globals[name] = HELPERS[name]
        return py.name(name)

    def constant(self, value: Any) -> ast.expr:
        """Return an expression for any value: null and booleans in place, all else a global.

        Python's compiler would warn of a text that stands where a truth value is asked for.
        """
        if value is None or isinstance(value, bool):
            return py.constant(value)
        name = f"K{len(self.globals)}"
        self.globals[name] = value
        return py.name(name)

    def fresh(self) -> str:
        self.count += 1
        return f"v{self.count}"

    def op(self, name: str, *arguments: ast.expr) -> ast.expr:
        return py.call(self.helper(name), *arguments, py.name("run"))

    def inside(self, scope: _Scope, node: n.Node, parameters: list[str]) -> ast.expr:
        """Return `lambda parameters: node` with `scope` around the node."""
        self.scopes.append(scope)
        body = self.visit(node)
        self.scopes.pop()
        return py.lambda_of(parameters, body)

    def visit(self, node: n.Node) -> ast.expr:
        method: Callable[[Any], ast.expr] = getattr(self, f"visit_{type(node).__name__}")
        return method(node)

    # --- names
    def visit_Literal(self, node: n.Literal) -> ast.expr:
        return self.constant(node.value)

    def visit_Name(self, node: n.Name) -> ast.expr:
        return self.lookup(node.name, len(self.scopes))

    def lookup(self, name: str, depth: int, certain: bool = True) -> ast.expr:
        """Return the reading of `name` seen from inside `depth` scopes; not `certain` if it may be a filter's member."""
        while depth:
            depth -= 1
            scope = self.scopes[depth]
            if name in scope.variables:
                return py.name(scope.variables[name])
            if scope.item:
                item = py.name(scope.item)
                member = ast.Subscript(item, py.constant(name), ast.Load())
                test = py.call(self.helper("item_name"), item, py.constant(name))
                other = item if name == "item" else self.lookup(name, depth, certain=False)
                return ast.IfExp(test, member, other)
        return self.root(name, certain)

    def root(self, name: str, certain: bool = True) -> ast.expr:
        """Return the reading of a variable of the context, or of a built-in."""
        builtin = BUILTINS.get(name)
        if builtin is None or name in self.known:
            (self.names if certain else self.possible).add(name)
        if self.cheap and builtin is None:
            local = self.locals.setdefault(name, f"n{len(self.locals)}")
            return py.name(local)
        read = ast.Subscript(py.name("context"), py.constant(name), ast.Load())
        test = ast.Compare(py.constant(name), [ast.In()], [py.name("context")])
        other = self.constant(builtin) if builtin else self.op("missing", py.constant(name))
        return ast.IfExp(test, read, other)

    def visit_InputValue(self, _node: n.InputValue) -> ast.expr:
        if self.scopes and any("?" in scope.variables for scope in self.scopes):
            return self.lookup("?", len(self.scopes))
        return self.root("?")

    # --- operators
    def visit_Arithmetic(self, node: n.Arithmetic) -> ast.expr:
        return self.op(_ARITHMETIC[node.op], self.visit(node.left), self.visit(node.right))

    def visit_Negation(self, node: n.Negation) -> ast.expr:
        return self.op("negate", self.visit(node.operand))

    def visit_Logic(self, node: n.Logic) -> ast.expr:
        """`and`: false if either is false, true if both are true, else null; `or` the other way round."""
        left, right = self.fresh(), self.fresh()
        stop = node.op == "or"
        first = ast.Compare(ast.NamedExpr(py.store(left), self.visit(node.left)), [ast.Is()], [py.constant(stop)])
        second = ast.Compare(ast.NamedExpr(py.store(right), self.visit(node.right)), [ast.Is()], [py.constant(stop)])
        both = ast.BoolOp(
            ast.And(),
            [
                ast.Compare(py.name(left), [ast.Is()], [py.constant(not stop)]),
                ast.Compare(py.name(right), [ast.Is()], [py.constant(not stop)]),
            ],
        )
        rest = ast.IfExp(both, py.constant(not stop), py.constant(None))
        return ast.IfExp(ast.BoolOp(ast.Or(), [first, second]), py.constant(stop), rest)

    def visit_Comparison(self, node: n.Comparison) -> ast.expr:
        return self.compared(node.op, self.visit(node.left), node.right)

    def compared(self, op: str, left: ast.expr, right: n.Node) -> ast.expr:
        """Return the comparison; with a whole number or a text written on the right, decided in place when it can."""
        found = quick.kind_of(op, right)
        slow_right = self.visit(right)
        if found is None:
            return self.op(_COMPARE[op], left, slow_right)
        local = left.id if isinstance(left, ast.Name) else self.fresh()
        slow = self.op(_COMPARE[op], py.name(local), slow_right)
        return quick.comparison(op, found[0], left, local, found[1], slow)

    def visit_Between(self, node: n.Between) -> ast.expr:
        return self.op("between", self.visit(node.value), self.visit(node.low), self.visit(node.high))

    def visit_In(self, node: n.In) -> ast.expr:
        local = self.fresh()
        bound = ast.NamedExpr(py.store(local), self.visit(node.value))
        results = [self.test(test, py.name(local)) for test in node.tests]
        value = results[0] if len(results) == 1 else py.call(self.helper("any_of"), py.tuple_of(results))
        return ast.Subscript(py.tuple_of([bound, value]), py.constant(1), ast.Load())

    def visit_InstanceOf(self, node: n.InstanceOf) -> ast.expr:
        if node.type.name in _INCOMPLETE and not node.type.arguments and node.type.result is None:
            return self.op("incomplete_type", self.visit(node.value))
        check = ast.Attribute(self.constant(self.type_of(node.type)), "includes", ast.Load())
        return py.call(check, self.visit(node.value))

    def visit_If(self, node: n.If) -> ast.expr:
        test = ast.Compare(self.visit(node.condition), [ast.Is()], [py.constant(True)])
        return ast.IfExp(test, self.visit(node.yes), self.visit(node.no))

    # --- structures
    def visit_Path(self, node: n.Path) -> ast.expr:
        return self.op("path", self.visit(node.base), py.constant(node.member))

    def visit_Filter(self, node: n.Filter) -> ast.expr:
        base = self.visit(node.base)
        condition = node.condition
        if isinstance(condition, n.Literal) and condition.value.__class__ is Decimal:
            return self.op("at_index", base, self.constant(condition.value))
        item = self.fresh()
        inner = self.inside(_Scope(item=item), condition, [item])
        return py.call(self.helper("filtered"), base, inner, py.name("run"), _cost(condition))

    def visit_ListLiteral(self, node: n.ListLiteral) -> ast.expr:
        return ast.List([self.visit(item) for item in node.items], ast.Load())

    def visit_ContextLiteral(self, node: n.ContextLiteral) -> ast.expr:
        """Each entry sees those before it; a function also sees itself."""
        scope = _Scope()
        self.scopes.append(scope)
        pairs: list[ast.expr] = []
        for entry in node.entries:
            local = self.fresh()
            if isinstance(entry.value, n.FunctionDefinition):
                scope.variables[entry.key] = local
            value = self.visit(entry.value)
            scope.variables[entry.key] = local
            pairs.append(py.tuple_of([py.constant(entry.key), ast.NamedExpr(py.store(local), value)]))
        self.scopes.pop()
        return self.op("new_context", ast.List(pairs, ast.Load()))

    def visit_RangeLiteral(self, node: n.RangeLiteral) -> ast.expr:
        return self.op(
            "make_range",
            self.visit(node.low),
            self.visit(node.high),
            py.constant(node.low_in),
            py.constant(node.high_in),
        )

    def visit_OperatorTest(self, node: n.OperatorTest) -> ast.expr:
        return self.op("operator_range", py.constant(node.op), self.visit(node.operand))

    def visit_For(self, node: n.For) -> ast.expr:
        partial = any(isinstance(inner, n.Name) and inner.name == "partial" for inner in node.body.walk())
        sources, scope, parameters = self.iterations(node.iterations)
        if partial:
            scope = _Scope({**scope.variables, "partial": self.fresh()})
            parameters = [*parameters, scope.variables["partial"]]
        body = self.inside(scope, node.body, parameters)
        return py.call(self.helper("for_each"), py.name("run"), sources, body, py.constant(partial), _cost(node))

    def visit_Quantified(self, node: n.Quantified) -> ast.expr:
        sources, scope, parameters = self.iterations(node.iterations)
        body = self.inside(scope, node.body, parameters)
        return py.call(self.helper("quantified"), py.name("run"), py.constant(node.kind), sources, body, _cost(node))

    def iterations(self, iterations: list[n.Iteration]) -> tuple[ast.expr, _Scope, list[str]]:
        """Return the list of sources, the scope with every iterated name, and their Python names."""
        sources: list[ast.expr] = []
        scope = _Scope()
        parameters: list[str] = []
        for iteration in iterations:
            self.scopes.append(_Scope(dict(scope.variables)))
            start = self.visit(iteration.start)
            if iteration.end is not None:
                start = py.call(self.helper("Span"), start, self.visit(iteration.end))
            self.scopes.pop()
            sources.append(py.lambda_of(parameters, start))
            local = self.fresh()
            scope.variables[iteration.name] = local
            parameters = [*parameters, local]
        return ast.List(sources, ast.Load()), scope, parameters

    # --- functions
    def visit_FunctionDefinition(self, node: n.FunctionDefinition) -> ast.expr:
        locals_ = [self.fresh() for _ in node.parameters]
        names = tuple(parameter.name for parameter in node.parameters)
        types = tuple(self.type_of(p.type) if p.type is not None else None for p in node.parameters)
        if node.external:
            body: ast.expr = py.lambda_of(locals_, self.op("external"))
        else:
            body = self.inside(_Scope(dict(zip(names, locals_, strict=True))), node.body, locals_)
        return py.call(self.helper("Lambda"), self.constant(names), self.constant(types), body, _cost(node.body))

    def visit_Call(self, node: n.Call) -> ast.expr:
        arguments = ast.List([self.visit(argument) for argument in node.arguments], ast.Load())
        names = self.constant(tuple(node.names)) if node.names is not None else py.constant(None)
        function = self.callee(node.function)
        return self.op("call", function, arguments, names)

    def callee(self, node: n.Node) -> ast.expr:
        """Return what is called. A built-in's name means the built-in unless a function of that name is in scope."""
        if isinstance(node, n.Name) and node.name in BUILTINS:
            if any(node.name in scope.variables for scope in self.scopes):
                return self.visit(node)
            builtin = self.constant(BUILTINS[node.name])
            return (
                py.call(self.helper("callable_or"), self.visit(node), builtin) if node.name in self.known else builtin
            )
        return self.visit(node)

    # --- tests
    def tests(self, node: n.Tests) -> ast.expr:
        """Return whether `value` passes one of the tests (or none, when negated). No tests: it always does."""
        if not node.tests:
            return py.constant(True)
        self.scopes.append(_Scope({"?": "value"}))
        results = [self.test(test, py.name("value")) for test in node.tests]
        self.scopes.pop()
        value = results[0] if len(results) == 1 else py.call(self.helper("any_of"), py.tuple_of(results))
        return py.call(self.helper("negated"), value) if node.negated else value

    def test(self, node: n.Node, value: ast.expr) -> ast.expr:
        """Return the truth of one test on `value`."""
        if isinstance(node, n.OperatorTest):
            return self.compared(node.op, value, node.operand)
        if isinstance(node, n.RangeLiteral):
            ends = [self.visit(node.low), self.visit(node.high)]
            slow = self.op("within", value, *ends, py.constant(node.low_in), py.constant(node.high_in))
            return quick.range_test(node, value, slow)
        if isinstance(node, n.Literal):
            return self.compared("=", value, node)
        result = self.visit(node)
        if any(isinstance(inner, n.InputValue) for inner in node.walk()):
            return self.op("asked", value, result)
        return self.op("holds" if isinstance(node, _CONDITIONS) else "matches", value, result)

    # --- types
    def type_of(self, node: n.TypeName) -> t.Type:
        """Return the type that `node` names. Raises FeelError for one that does not exist."""
        arguments = [self.type_of(argument) for argument in node.arguments]
        if node.name == "list" and len(arguments) == 1:
            return t.ListOf(arguments[0])
        if node.name == "range" and len(arguments) == 1:
            return t.RangeOf(arguments[0])
        if node.name == "context" and node.fields is not None:
            return t.ContextOf(dict(zip(node.fields, arguments, strict=True)))
        if node.name == "function" and node.result is not None:
            return t.FunctionOf(tuple(arguments), self.type_of(node.result))
        found = None if arguments else self.types.get(node.name) or t.simple(node.name)
        if found is None:
            raise FeelError(f"没有类型“{node.name}”。", f"there is no type {node.name!r}.", text=self.text, at=node.at)
        return found


def _cost(node: n.Node) -> ast.expr:
    """Return the steps that one evaluation of `node` counts: about half its nodes."""
    return py.constant(2 + sum(1 for _ in node.walk()) // 2)
