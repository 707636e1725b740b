"""The types of FEEL: is a value of a type, and can it be made one. Item definitions of DMN are built from these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from engine.feel.values import Function, Range, kind

#: Other spellings of the simple types (DMN 1.1 names, and those of `typeRef` with a prefix removed).
_ALIASES = {
    "dateTime": "date and time",
    "date time": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "days and time duration": "days and time duration",
    "Null": "null",
    "any": "Any",
}
SIMPLE = frozenset(
    {
        "number",
        "string",
        "boolean",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
        "list",
        "context",
        "function",
        "range",
        "null",
        "Any",
    }
)


class _Failed:
    """The one value `FAILED`: nothing of the type could be made."""

    def __repr__(self) -> str:
        return "FAILED"


FAILED = _Failed()


class Type:
    """A type. `includes` is `instance of`; null belongs to no type there."""

    def includes(self, value: Any) -> bool:
        """Return whether `value` is of this type."""
        raise NotImplementedError

    def accepts(self, value: Any) -> bool:
        """Return whether `value` may stand where this type is asked for: null may, everywhere."""
        return value is None or self.includes(value)

    def conforms(self, other: Type) -> bool:
        """Return whether every value of this type is one of `other`."""
        return isinstance(other, AnyType) or self == other

    def coerce(self, value: Any) -> Any:
        """Return `value` made to fit by the conversions of DMN 10.3.2.9.4, or FAILED."""
        if self.accepts(value):
            return value
        if isinstance(value, list) and len(value) == 1 and self.accepts(value[0]):
            return value[0]
        return FAILED


@dataclass(frozen=True)
class AnyType(Type):
    """Takes everything."""

    def includes(self, value: Any) -> bool:
        return value is not None

    def __str__(self) -> str:
        return "Any"


@dataclass(frozen=True)
class Simple(Type):
    """One of the types with a name."""

    name: str

    def includes(self, value: Any) -> bool:
        return kind(value) == self.name

    def coerce(self, value: Any) -> Any:
        if self.name == "date and time" and type(value) is date:
            return datetime.combine(value, time(), UTC)
        return super().coerce(value)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class ListOf(Type):
    """A list of one type."""

    item: Type

    def includes(self, value: Any) -> bool:
        return value is not None and self.accepts(value)

    def accepts(self, value: Any) -> bool:
        return value is None or (isinstance(value, list) and all(self.item.accepts(member) for member in value))

    def conforms(self, other: Type) -> bool:
        if isinstance(other, ListOf):
            return self.item.conforms(other.item)
        return isinstance(other, AnyType) or other == Simple("list")

    def coerce(self, value: Any) -> Any:
        value = list(value) if isinstance(value, tuple) else value
        if self.accepts(value):
            return value
        if isinstance(value, list):
            members = [self.item.coerce(member) for member in value]
            return FAILED if any(member is FAILED for member in members) else members
        member = self.item.coerce(value)
        return FAILED if member is FAILED else [member]

    def __str__(self) -> str:
        return f"list<{self.item}>"


@dataclass(frozen=True)
class ContextOf(Type):
    """A context with at least these members."""

    fields: Mapping[str, Type]

    def includes(self, value: Any) -> bool:
        return isinstance(value, dict) and all(
            name in value and type_.accepts(value[name]) for name, type_ in self.fields.items()
        )

    def accepts(self, value: Any) -> bool:
        return value is None or (
            isinstance(value, dict) and all(type_.accepts(value.get(name)) for name, type_ in self.fields.items())
        )

    def conforms(self, other: Type) -> bool:
        if isinstance(other, ContextOf):
            return all(name in self.fields and self.fields[name].conforms(t) for name, t in other.fields.items())
        return isinstance(other, AnyType) or other == Simple("context")

    def coerce(self, value: Any) -> Any:
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            value = value[0]
        if not isinstance(value, dict):
            return value if value is None else FAILED
        made = dict(value)
        for name, type_ in self.fields.items():
            if name in value:
                member = type_.coerce(value[name])
                if member is FAILED:
                    return FAILED
                made[name] = member
        return made

    def __hash__(self) -> int:
        return hash(tuple(self.fields))

    def __str__(self) -> str:
        return "context<" + ", ".join(f"{name}: {type_}" for name, type_ in self.fields.items()) + ">"


@dataclass(frozen=True)
class RangeOf(Type):
    """A range whose ends are of one type."""

    end: Type

    def includes(self, value: Any) -> bool:
        return (
            isinstance(value, Range)
            and self.end.accepts(value.start)
            and self.end.accepts(value.end)
            and (value.start is not None or value.end is not None)
        )

    def conforms(self, other: Type) -> bool:
        if isinstance(other, RangeOf):
            return self.end.conforms(other.end)
        return isinstance(other, AnyType) or other == Simple("range")

    def __str__(self) -> str:
        return f"range<{self.end}>"


@dataclass(frozen=True)
class FunctionOf(Type):
    """A function from some types to one. A function that does not say what it gives may give anything."""

    parameters: tuple[Type, ...]
    result: Type

    def includes(self, value: Any) -> bool:
        if not isinstance(value, Function) or len(value.parameters) != len(self.parameters):
            return False
        own = [type_ or AnyType() for type_ in value.types or (None,) * len(value.parameters)]
        if not all(asked.conforms(taken) for asked, taken in zip(self.parameters, own, strict=True)):
            return False
        return value.result_type is None or value.result_type.conforms(self.result)

    def conforms(self, other: Type) -> bool:
        if isinstance(other, FunctionOf):
            return (
                len(self.parameters) == len(other.parameters)
                and all(b.conforms(a) for a, b in zip(self.parameters, other.parameters, strict=True))
                and self.result.conforms(other.result)
            )
        return isinstance(other, AnyType) or other == Simple("function")

    def __str__(self) -> str:
        return f"function<{', '.join(map(str, self.parameters))}> -> {self.result}"


def simple(name: str) -> Type | None:
    """Return the type called `name`, or None when FEEL has none of that name."""
    name = _ALIASES.get(name, name)
    if name == "Any":
        return AnyType()
    return Simple(name) if name in SIMPLE else None
