"""Number functions: rounding, powers, remainders. Sums over lists are in `lists`."""

from __future__ import annotations

import decimal
from datetime import timedelta
from decimal import Decimal
from typing import Any

from engine.feel.builtins.registry import Fault, builtin
from engine.feel.runtime import Run
from engine.feel.values import MATH, YearsMonths, as_int

_WIDE = decimal.Context(prec=7000, Emin=-6143, Emax=6144, traps=[decimal.InvalidOperation])


def rounded(value: Decimal, scale: Decimal, rounding: str) -> Decimal:
    """Return `value` with `scale` digits after the point."""
    digits = as_int(scale)
    if digits is None or not -6111 <= digits <= 6176:
        raise Fault("小数位数应为 -6111 到 6176 的整数。", "the scale must be a whole number from -6111 to 6176.")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -digits <= exponent:
        return value
    result = value.quantize(Decimal((0, (1,), -digits)), rounding, _WIDE)
    return MATH.plus(result) if result else Decimal(0)


@builtin("decimal(n: number, scale: number) -> number")
def _decimal(_run: Run, value: Decimal, scale: Decimal) -> Decimal:
    return rounded(value, _floor_of(scale), decimal.ROUND_HALF_EVEN)


def _floor_of(value: Decimal) -> Decimal:
    return value.to_integral_value(decimal.ROUND_DOWN)


@builtin("floor(n: number, scale: number) -> number")
@builtin("floor(n: number) -> number")
def _floor(_run: Run, value: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    return rounded(value, scale, decimal.ROUND_FLOOR)


@builtin("ceiling(n: number, scale: number) -> number")
@builtin("ceiling(n: number) -> number")
def _ceiling(_run: Run, value: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    return rounded(value, scale, decimal.ROUND_CEILING)


@builtin("round up(n: number, scale: number) -> number")
def _round_up(_run: Run, value: Decimal, scale: Decimal) -> Decimal:
    return rounded(value, scale, decimal.ROUND_UP)


@builtin("round down(n: number, scale: number) -> number")
def _round_down(_run: Run, value: Decimal, scale: Decimal) -> Decimal:
    return rounded(value, scale, decimal.ROUND_DOWN)


@builtin("round half up(n: number, scale: number) -> number")
def _round_half_up(_run: Run, value: Decimal, scale: Decimal) -> Decimal:
    return rounded(value, scale, decimal.ROUND_HALF_UP)


@builtin("round half down(n: number, scale: number) -> number")
def _round_half_down(_run: Run, value: Decimal, scale: Decimal) -> Decimal:
    return rounded(value, scale, decimal.ROUND_HALF_DOWN)


@builtin("abs(n: number) -> number")
def _abs(_run: Run, value: Decimal) -> Decimal:
    return value.copy_abs()


@builtin("abs(n: duration) -> duration")
def _abs_duration(_run: Run, value: Any) -> Any:
    if isinstance(value, YearsMonths):
        return YearsMonths(abs(value.months))
    return abs(value) if isinstance(value, timedelta) else None


@builtin("modulo(dividend: number, divisor: number) -> number")
def _modulo(_run: Run, dividend: Decimal, divisor: Decimal) -> Decimal:
    """The remainder that goes with floor division: it has the sign of the divisor."""
    if not divisor:
        raise Fault("除数为零。", "division by zero.")
    rest = _WIDE.remainder(dividend, divisor)
    if rest and (rest < 0) != (divisor < 0):
        rest = _WIDE.add(rest, divisor)
    return MATH.plus(rest)


@builtin("sqrt(number: number) -> number")
def _sqrt(_run: Run, value: Decimal) -> Decimal:
    return MATH.sqrt(value)


@builtin("log(number: number) -> number")
def _log(run: Run, value: Decimal) -> Decimal:
    run.spend(15)
    if value <= 0:
        raise Fault("对数的真数应大于零。", "the logarithm needs a number above zero.")
    return MATH.ln(value)


@builtin("exp(number: number) -> number")
def _exp(run: Run, value: Decimal) -> Decimal:
    run.spend(40)
    return MATH.exp(value)


@builtin("odd(number: number) -> boolean")
def _odd(_run: Run, value: Decimal) -> bool:
    return _WIDE.remainder(value, Decimal(2)) in (1, -1)


@builtin("even(number: number) -> boolean")
def _even(_run: Run, value: Decimal) -> bool:
    return _WIDE.remainder(value, Decimal(2)) == 0
