"""How built-in functions are declared and called: signatures, conversion of arguments, faults into null."""

from __future__ import annotations

import decimal
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, TypeVar

from engine.errors import CalendarNotCovered
from engine.feel import types as t
from engine.feel.runtime import Run
from engine.feel.values import Function, Range, YearsMonths, as_number, kind


class Fault(Exception):
    """A built-in cannot give a value: the result is null, for this reason."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


@dataclass(frozen=True, slots=True)
class Parameter:
    """`type` is a name of `_FITS`; `optional` may be left out or null; `many` takes all the rest."""

    name: str
    type: str
    optional: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a built-in. It has a parameter, or none."""

    parameters: tuple[Parameter, ...]
    body: Callable[..., Any]
    result: str

    def takes(self, count: int) -> bool:
        """Return whether `count` positional arguments fit."""
        required = sum(not p.optional for p in self.parameters)
        if not self.parameters:
            return count == 0
        return count >= required and (count <= len(self.parameters) or self.parameters[-1].many)


_NO_FIT = object()
F = TypeVar("F", bound=Callable[..., Any])


def _of_kinds(*kinds: str) -> Callable[[Any], Any]:
    allowed = frozenset(kinds)
    return lambda value: value if kind(value) in allowed else _NO_FIT


def _number(value: Any) -> Any:
    number = as_number(value)
    return _NO_FIT if number is None else number


def _duration(value: Any) -> Any:
    return value if isinstance(value, (timedelta, YearsMonths)) else _NO_FIT


#: What each parameter type takes. A list parameter also takes a single value (DMN: to a singleton list).
_FITS: Mapping[str, Callable[[Any], Any]] = {
    "number": _number,
    "string": _of_kinds("string"),
    "boolean": _of_kinds("boolean"),
    "date": lambda v: v if type(v) is date else _NO_FIT,
    "datetime": _of_kinds("date and time"),
    "day": lambda v: v if isinstance(v, date) else _NO_FIT,
    "time": lambda v: v if isinstance(v, time) else _NO_FIT,
    "temporal": lambda v: v if isinstance(v, (date, time)) else _NO_FIT,
    "duration": _duration,
    "days duration": lambda v: v if isinstance(v, timedelta) else _NO_FIT,
    "context": lambda v: v if isinstance(v, Mapping) else _NO_FIT,
    "function": lambda v: v if isinstance(v, Function) else _NO_FIT,
    "range": lambda v: v if isinstance(v, Range) else _NO_FIT,
    "list": lambda v: v if isinstance(v, list) else [v],
    "point": lambda v: v if kind(v) not in ("range", "list", "null") else _NO_FIT,
}


def _fit(parameter: Parameter, value: Any) -> Any:
    """Return `value` made to fit `parameter`, or _NO_FIT."""
    if parameter.type == "any":
        return value
    if value is None:
        return None if parameter.optional else _NO_FIT
    fitted = _FITS[parameter.type](value)
    if fitted is _NO_FIT and isinstance(value, list) and len(value) == 1 and value[0] is not None:
        fitted = _FITS[parameter.type](value[0])
    return fitted


class Builtin(Function):
    """A function of the language, with one or more signatures."""

    __slots__ = ("signatures",)

    def __init__(self, name: str) -> None:
        super().__init__(name, ())
        self.signatures: list[Signature] = []

    def add(self, signature: Signature) -> None:
        """Add a way to call it; the first one is what `instance of` sees."""
        self.signatures.append(signature)
        if len(self.signatures) == 1:
            self.parameters = tuple(parameter.name for parameter in signature.parameters)
            self.types = tuple(_type(parameter.type) for parameter in signature.parameters)
            self.result_type = _type(signature.result)

    def call(self, arguments: list[Any], run: Run) -> Any:
        """Return the result of the first signature that the arguments fit; null when none does."""
        misfit = ""
        for signature in self.signatures:
            if not signature.takes(len(arguments)):
                continue
            fitted: list[Any] = []
            parameters = signature.parameters
            for index, value in enumerate(arguments):
                parameter = parameters[min(index, len(parameters) - 1)]
                made = _fit(parameter, value)
                if made is _NO_FIT:
                    misfit = f"“{parameter.name}”：{kind(value)}"
                    break
                fitted.append(made)
            else:
                return self._run(signature, fitted, run)
        if misfit:
            return run.null(
                f"函数 {self.name} 的参数{misfit} 不合适。", f"{self.name}: argument {misfit} does not fit."
            )
        return run.null(
            f"函数 {self.name} 不接受 {len(arguments)} 个参数。", f"{self.name}: wrong number of arguments."
        )

    def call_named(self, arguments: dict[str, Any], run: Run) -> Any:
        """Return the result for named arguments, of the signature that has all the names."""
        for signature in self.signatures:
            names = [parameter.name for parameter in signature.parameters]
            required = {parameter.name for parameter in signature.parameters if not parameter.optional}
            if not arguments.keys() <= set(names) or not required <= arguments.keys():
                continue
            fitted = {p: _fit(p, arguments.get(p.name)) for p in signature.parameters}
            if _NO_FIT in fitted.values():
                continue
            values = list(fitted.values())
            if len(values) == 1 and signature.parameters[0].many and isinstance(values[0], list):
                values = values[0]
            return self._run(signature, values, run)
        return run.null(f"函数 {self.name} 的命名参数不合适。", f"{self.name}: the named arguments do not fit.")

    def _run(self, signature: Signature, arguments: list[Any], run: Run) -> Any:
        run.spend(2)
        try:
            return signature.body(run, *arguments)
        except Fault as fault:
            return run.null(f"{self.name}：{fault.zh}", f"{self.name}: {fault.en}")
        except CalendarNotCovered as fault:
            return run.null(fault.zh, fault.en)
        except (ValueError, OverflowError, decimal.DecimalException) as fault:
            return run.null(f"{self.name}：值超出范围。", f"{self.name}: out of range ({fault}).")


BUILTINS: dict[str, Builtin] = {}
_SIGNATURE = re.compile(r"(?P<name>[\w ]+)\((?P<parameters>.*)\) -> (?P<result>[\w ]+)")


def builtin(declaration: str) -> Callable[[F], F]:
    """Declare a built-in: `name(parameter: type, other: type?, rest: type...) -> type`. The body takes the run first."""
    found = _SIGNATURE.fullmatch(declaration)
    if found is None:
        raise ValueError(f"unreadable signature {declaration!r}")
    parameters = tuple(_parameter(part) for part in found["parameters"].split(",") if part.strip())

    def register(body: F) -> F:
        name = found["name"]
        BUILTINS.setdefault(name, Builtin(name)).add(Signature(parameters, body, found["result"]))
        return body

    return register


def _parameter(text: str) -> Parameter:
    name, _, type_ = (part.strip() for part in text.partition(":"))
    many, optional = type_.endswith("..."), type_.endswith("?")
    return Parameter(name, type_.removesuffix("...").removesuffix("?"), optional, many)


def _type(name: str) -> t.Type | None:
    names = {"datetime": "date and time", "days duration": "days and time duration"}
    if name == "list":
        return t.ListOf(t.AnyType())
    return t.simple(names.get(name, name))
