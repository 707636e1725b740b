"""The built-in functions of FEEL, one file a family. Importing this package registers them all in BUILTINS."""

from engine.feel.builtins import contexts, conversion, dates, lists, numbers, ranges, strings, workdays
from engine.feel.builtins.registry import BUILTINS, Builtin

__all__ = [
    "BUILTINS",
    "Builtin",
    "contexts",
    "conversion",
    "dates",
    "lists",
    "numbers",
    "ranges",
    "strings",
    "workdays",
]
