"""FEEL, the expression language of process owners (DMN 1.3-1.5): compile once, evaluate often. Knows no XML, no case.

    expression = compile("amount > 1000 and not(urgent)")
    expression.evaluate({"amount": 2000, "urgent": False})

Bad syntax and crossed bounds raise FeelError; faults of values give None, and `evaluate_explained` says why.
"""

from __future__ import annotations

from engine.feel.errors import FeelError, FeelLimit
from engine.feel.expressions import Expression, UnaryTests, compile, compile_unary
from engine.feel.literals import from_json, to_json
from engine.feel.values import Function, Range, YearsMonths

__all__ = [
    "Expression",
    "FeelError",
    "FeelLimit",
    "Function",
    "Range",
    "UnaryTests",
    "YearsMonths",
    "compile",
    "compile_unary",
    "from_json",
    "to_json",
]
