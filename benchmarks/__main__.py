"""`python -m benchmarks [NAME ...]`: runs the benchmarks (all, or those named) and prints each promise with its measure.

A benchmark is a module of this package with `measure()`, which yields rows (`benchmarks.report.Row`). Ends with code 1
when a promise is not kept.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import time

import benchmarks

_NOT_MEASURING = {"__main__", "report", "houses", "nets"}


def main(names: list[str]) -> int:
    """Run the benchmarks and return the exit code."""
    known = [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name not in _NOT_MEASURING]
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    broken = 0
    for name in names or known:
        began = time.perf_counter()
        print(f"\n{name}", flush=True)
        for row in importlib.import_module(f"benchmarks.{name}").measure():
            print(f"  {row}", flush=True)
            broken += not row.is_kept
        print(f"  took {time.perf_counter() - began:.0f} s", flush=True)
    print(f"\n{broken} promises broken" if broken else "\nall promises kept")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
