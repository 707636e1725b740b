"""The grammar of FEEL (DMN 1.3-1.5) and the tree made from it. It gives no meaning to anything."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedToken, VisitError

from engine.feel import nodes as n
from engine.feel.errors import FeelError
from engine.feel.lexer import MAX_TEXT, FeelLexer, Source
from engine.feel.literals import number, text_of, written_at

MAX_DEPTH = 60

GRAMMAR = """
expression_only: expression
tests_only: NOT LPAR tests RPAR -> negated_tests
    | tests -> plain_tests

tests: test (_COMMA test)* -> sequence
?test: operator arithmetic -> operator_test
    | expression
operator: LT | GT | LE | GE | EQ | NE

?expression: disjunction
?disjunction: conjunction
    | disjunction OR conjunction -> logic
?conjunction: comparison
    | conjunction AND comparison -> logic
?comparison: arithmetic
    | comparison operator arithmetic -> comparison
    | comparison BETWEEN arithmetic AND arithmetic -> between
    | comparison IN in_test -> in_one
    | comparison IN IN_LPAR tests RPAR -> in_many
    | comparison INSTANCE_OF type -> instance_of
?in_test: operator arithmetic -> operator_test
    | arithmetic
?arithmetic: product
    | arithmetic PLUS product -> arithmetic
    | arithmetic MINUS product -> arithmetic
?product: power
    | product STAR power -> arithmetic
    | product SLASH power -> arithmetic
?power: signed
    | power POWER signed -> arithmetic
?signed: postfix
    | MINUS signed -> negation
?postfix: primary
    | postfix DOT NAME -> path
    | postfix FILTER expression RSQB -> filter
    | postfix CALL RPAR -> call_empty
    | postfix CALL positional RPAR -> call_positional
    | postfix CALL named RPAR -> call_named
positional: expression (_COMMA expression)* -> sequence
named: named_argument (_COMMA named_argument)* -> sequence
named_argument: NAME COLON expression -> pair

?primary: NUMBER -> number
    | STRING -> string
    | AT -> at_literal
    | TRUE -> true
    | FALSE -> false
    | NULL -> null
    | INPUT -> input_value
    | NAME -> name
    | LPAR expression RPAR -> group
    | LPAR operator arithmetic RPAR -> operator_range
    | LSQB RSQB -> list_empty
    | LSQB tests RSQB -> list_
    | LBRACE RBRACE -> context_empty
    | LBRACE entries RBRACE -> context
    | RANGE_OPEN expression DOTS expression RANGE_CLOSE -> range_
    | IF expression THEN expression ELSE expression -> if_
    | FOR iterations RETURN expression -> for_
    | SOME iterations SATISFIES expression -> quantified
    | EVERY iterations SATISFIES expression -> quantified
    | FUNCTION LPAR parameters PARAMS_END expression -> function
    | FUNCTION LPAR parameters PARAMS_END EXTERNAL expression -> function_external
entries: entry (_COMMA entry)* -> sequence
entry: (NAME | STRING) COLON expression -> entry
iterations: iteration (_COMMA iteration)* -> sequence
iteration: NAME IN expression -> iteration
    | NAME IN expression ITER_DOTS expression -> iteration
parameters: [parameter (_COMMA parameter)*] -> sequence
parameter: NAME -> parameter
    | NAME COLON type -> parameter

type: type_name -> type_plain
    | type_name LT types GT -> type_of
    | type_name LT fields GT -> type_fields
    | FUNCTION LT [types] GT ARROW type -> type_function
    | FUNCTION -> type_any_function
type_name: NAME (DOT NAME)*
types: type (_COMMA type)* -> sequence
fields: field (_COMMA field)* -> sequence
field: NAME COLON type -> pair

%declare NUMBER STRING AT TRUE FALSE NULL INPUT NAME NOT CALL LPAR RPAR IN_LPAR LSQB RSQB FILTER LBRACE RBRACE
%declare RANGE_OPEN RANGE_CLOSE DOTS ITER_DOTS PARAMS_END IF THEN ELSE FOR RETURN SOME EVERY SATISFIES FUNCTION
%declare EXTERNAL INSTANCE_OF AND OR IN BETWEEN LT GT LE GE EQ NE PLUS MINUS STAR SLASH POWER DOT COLON ARROW _COMMA
"""


@v_args(inline=True)
class _Build(Transformer[Token, Any]):
    """Makes nodes bottom-up and refuses a tree that is too deep."""

    def expression_only(self, node: n.Node) -> n.Node:
        return node

    def sequence(self, *items: Any) -> list[Any]:
        return [item for item in items if item is not None]

    def operator(self, token: Token) -> Token:
        return token

    def pair(self, name: Token, _colon: Token, value: n.Node) -> tuple[str, n.Node]:
        return str(name), value

    def group(self, _open: Token, node: n.Node, _close: Token) -> n.Node:
        return node

    # --- cells
    def plain_tests(self, tests: list[n.Node]) -> n.Node:
        return _deep(n.Tests(tests[0].at, tests, False))

    def negated_tests(self, word: Token, _open: Token, tests: list[n.Node], _close: Token) -> n.Node:
        return _deep(n.Tests(_at(word), tests, True))

    def operator_test(self, op: Token, operand: n.Node) -> n.Node:
        return _deep(n.OperatorTest(_at(op), str(op), operand))

    def operator_range(self, _open: Token, op: Token, operand: n.Node, _close: Token) -> n.Node:
        return _deep(n.OperatorTest(_at(op), str(op), operand))

    # --- operators
    def logic(self, left: n.Node, op: Token, right: n.Node) -> n.Node:
        return _deep(n.Logic(left.at, str(op), left, right))

    def comparison(self, left: n.Node, op: Token, right: n.Node) -> n.Node:
        return _deep(n.Comparison(_at(op), str(op), left, right))

    def arithmetic(self, left: n.Node, op: Token, right: n.Node) -> n.Node:
        return _deep(n.Arithmetic(_at(op), str(op), left, right))

    def negation(self, sign: Token, operand: n.Node) -> n.Node:
        if isinstance(operand, n.Literal) and not isinstance(operand.value, (str, bool)) and operand.value is not None:
            if type(operand.value).__name__ == "Decimal":
                return n.Literal(_at(sign), operand.value.copy_negate() if operand.value else operand.value)
        return _deep(n.Negation(_at(sign), operand))

    def between(self, value: n.Node, _word: Token, low: n.Node, _and: Token, high: n.Node) -> n.Node:
        return _deep(n.Between(value.at, value, low, high))

    def in_one(self, value: n.Node, word: Token, test: n.Node) -> n.Node:
        return _deep(n.In(_at(word), value, [test]))

    def in_many(self, value: n.Node, word: Token, _open: Token, tests: list[n.Node], _close: Token) -> n.Node:
        return _deep(n.In(_at(word), value, tests))

    def instance_of(self, value: n.Node, word: Token, type_: n.TypeName) -> n.Node:
        return _deep(n.InstanceOf(_at(word), value, type_))

    # --- postfix
    def path(self, base: n.Node, _dot: Token, member: Token) -> n.Node:
        return _deep(n.Path(_at(member), base, str(member)))

    def filter(self, base: n.Node, _open: Token, condition: n.Node, _close: Token) -> n.Node:
        return _deep(n.Filter(base.at, base, condition))

    def call_empty(self, function: n.Node, _open: Token, _close: Token) -> n.Node:
        return _deep(n.Call(function.at, function, [], None))

    def call_positional(self, function: n.Node, _open: Token, arguments: list[n.Node], _close: Token) -> n.Node:
        return _deep(n.Call(function.at, function, arguments, None))

    def call_named(self, function: n.Node, _open: Token, arguments: list[tuple[str, n.Node]], _close: Token) -> n.Node:
        names = [name for name, _ in arguments]
        return _deep(n.Call(function.at, function, [value for _, value in arguments], names))

    # --- primaries
    def number(self, token: Token) -> n.Node:
        return n.Literal(_at(token), number(str(token)))

    def string(self, token: Token) -> n.Node:
        return n.Literal(_at(token), text_of(str(token)))

    def at_literal(self, token: Token) -> n.Node:
        return n.Literal(_at(token), written_at(text_of(str(token)[1:].lstrip())))

    def true(self, token: Token) -> n.Node:
        return n.Literal(_at(token), True)

    def false(self, token: Token) -> n.Node:
        return n.Literal(_at(token), False)

    def null(self, token: Token) -> n.Node:
        return n.Literal(_at(token), None)

    def input_value(self, token: Token) -> n.Node:
        return n.InputValue(_at(token))

    def name(self, token: Token) -> n.Node:
        return n.Name(_at(token), str(token))

    def list_empty(self, open_: Token, _close: Token) -> n.Node:
        return n.ListLiteral(_at(open_), [])

    def list_(self, open_: Token, items: list[n.Node], _close: Token) -> n.Node:
        return _deep(n.ListLiteral(_at(open_), items))

    def context_empty(self, open_: Token, _close: Token) -> n.Node:
        return n.ContextLiteral(_at(open_), [])

    def context(self, open_: Token, entries: list[n.Entry], _close: Token) -> n.Node:
        return _deep(n.ContextLiteral(_at(open_), entries))

    def entry(self, key: Token, _colon: Token, value: n.Node) -> n.Node:
        name = text_of(str(key)) if key.type == "STRING" else str(key)
        return _deep(n.Entry(_at(key), name, value))

    def range_(self, open_: Token, low: n.Node, _dots: Token, high: n.Node, close: Token) -> n.Node:
        return _deep(n.RangeLiteral(_at(open_), low, high, open_ == "[", close == "]"))

    def if_(self, word: Token, condition: n.Node, _then: Token, yes: n.Node, _else: Token, no: n.Node) -> n.Node:
        return _deep(n.If(_at(word), condition, yes, no))

    def for_(self, word: Token, iterations: list[n.Iteration], _return: Token, body: n.Node) -> n.Node:
        return _deep(n.For(_at(word), iterations, body))

    def quantified(self, word: Token, iterations: list[n.Iteration], _satisfies: Token, body: n.Node) -> n.Node:
        return _deep(n.Quantified(_at(word), str(word), iterations, body))

    def iteration(self, name: Token, _in: Token, start: n.Node, _dots: Any = None, end: n.Node | None = None) -> n.Node:
        return _deep(n.Iteration(_at(name), str(name), start, end))

    def function(self, word: Token, _open: Token, parameters: list[n.Parameter], _close: Token, body: n.Node) -> n.Node:
        return _deep(n.FunctionDefinition(_at(word), parameters, body, False))

    def function_external(
        self, word: Token, _open: Token, parameters: list[n.Parameter], _close: Token, _external: Token, body: n.Node
    ) -> n.Node:
        return _deep(n.FunctionDefinition(_at(word), parameters, body, True))

    def parameter(self, name: Token, _colon: Any = None, type_: n.TypeName | None = None) -> n.Node:
        return _deep(n.Parameter(_at(name), str(name), type_))

    # --- types
    def type_name(self, *names: Token) -> Token:
        return Token("NAME", ".".join(str(name) for name in names if name.type == "NAME"), start_pos=names[0].start_pos)

    def type_plain(self, name: Token) -> n.Node:
        return n.TypeName(_at(name), str(name), [])

    def type_of(self, name: Token, _open: Token, types: list[n.TypeName], _close: Token) -> n.Node:
        return _deep(n.TypeName(_at(name), str(name), types))

    def type_fields(self, name: Token, _open: Token, fields: list[tuple[str, n.TypeName]], _close: Token) -> n.Node:
        return _deep(n.TypeName(_at(name), str(name), [type_ for _, type_ in fields], [key for key, _ in fields]))

    def type_function(
        self,
        word: Token,
        _open: Token,
        types: list[n.TypeName] | None,
        _close: Token,
        _arrow: Token,
        result: n.TypeName,
    ) -> n.Node:
        return _deep(n.TypeName(_at(word), "function", types or [], None, result))

    def type_any_function(self, word: Token) -> n.Node:
        return n.TypeName(_at(word), "function", [])


def _at(token: Token) -> int:
    return token.start_pos or 0


class _TooDeep(Exception):
    """The tree passed MAX_DEPTH at a place."""

    def __init__(self, at: int) -> None:
        self.at = at


def _deep(node: n.Node) -> n.Node:
    """Return `node` with its depth set; raise _TooDeep beyond the bound."""
    node.depth = 1 + max((child.depth for child in node.children()), default=0)
    if node.depth > MAX_DEPTH:
        raise _TooDeep(node.at)
    return node


@lru_cache(maxsize=1)
def _parser() -> Lark:
    """Return the parser, made once when the first expression is compiled."""
    return Lark(
        GRAMMAR,
        parser="lalr",
        lexer=FeelLexer,
        start=["expression_only", "tests_only"],
        transformer=_Build(),
        maybe_placeholders=True,
        keep_all_tokens=False,
    )


def parse(source: Source) -> n.Node:
    """Return the tree of `source`: an expression, or Tests when it is a cell. Raises FeelError."""
    text = source.text
    if len(text) > MAX_TEXT:
        raise FeelError(f"表达式超过 {MAX_TEXT} 字。", f"the expression is longer than {MAX_TEXT} characters.", text="")
    if not text.strip():
        raise FeelError("表达式是空的。", "the expression is empty.", text=text)
    try:
        tree: Any = _parser().parse(source, start="tests_only" if source.is_test else "expression_only")
    except UnexpectedToken as fault:
        raise _unexpected(text, fault.token) from None
    except VisitError as fault:
        raise _refused(text, fault.orig_exc) from None
    except (_TooDeep, ValueError) as fault:
        raise _refused(text, fault) from None
    assert isinstance(tree, n.Node)
    return tree


def _unexpected(text: str, token: Token) -> FeelError:
    if token.type == "$END":
        return FeelError("表达式没有写完。", "the expression ends too early.", text=text, at=len(text))
    if token == "=" and text[: _at(token)].endswith("="):
        return FeelError("相等请写一个“=”。", "write one = for equality.", text=text, at=_at(token) - 1)
    return FeelError(f"此处不应出现“{token}”。", f"{str(token)!r} is not expected here.", text=text, at=_at(token))


def _refused(text: str, fault: BaseException) -> FeelError:
    if isinstance(fault, _TooDeep):
        return FeelError(
            f"表达式嵌套超过 {MAX_DEPTH} 层，请拆分。",
            f"the expression nests deeper than {MAX_DEPTH}; split it.",
            text=text,
            at=fault.at,
        )
    if isinstance(fault, FeelError):
        return fault
    if isinstance(fault, (RecursionError, AssertionError)):
        raise fault
    return FeelError(f"数值无法读取（{fault}）。", f"unreadable value ({fault}).", text=text)
