"""The checks: all plans, one plan while somebody types, nets of two hundred steps, a hostile file."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import nets
from benchmarks.report import Row
from engine import checks
from engine.family import Family

_ROOT = Path(__file__).parents[1]


def measure() -> Iterator[Row]:
    """Yield the promises of the checks."""
    folders = [_ROOT / "processes", _ROOT / "forms"]
    files = {path.name: path.read_bytes() for folder in folders for path in folder.iterdir() if path.is_file()}
    checks.check_files(files)  # what is read once a process is not counted
    yield Row("all plans checked", _seconds(lambda: checks.check_files(files), 3), 3, "s")
    plans = [name for name in files if name.endswith(".bpmn")]
    family, _ = Family.read(files)
    one = {name: _again(family, name) for name in plans}
    slowest = max(one, key=lambda name: one[name])
    yield Row("one changed plan, 95 of 100", _percentile(list(one.values())), 0.3, "s", detail=f"{len(one)} plans")
    yield Row("one changed plan, the slowest", one[slowest], 0.3, "s", detail=slowest)
    yield from _nets()
    huge = b"<a>" + b"<b/>" * 12_500_000
    yield Row("a file of 50 MB refused", _seconds(lambda: checks.check_files({"huge.bpmn": huge}), 3), 1, "s")
    deep = b"<a>" * 3_000_000
    yield Row("a hostile file refused", _seconds(lambda: checks.check_files({"deep.bpmn": deep}), 3), 1, "s")


def _seconds(act: Callable[[], object], times: int) -> float:
    """Return the median of the processor's seconds: what else the machine does must not count."""
    taken = []
    for _ in range(times):
        began = time.process_time()
        act()
        taken.append(time.process_time() - began)
    return statistics.median(taken)


def _again(before: Family, name: str) -> float:
    """Return how long one changed plan takes among the others, as the modeler asks: the other files are read already."""
    changed = {**before.files, name: before.files[name] + b"\n"}

    def look() -> None:
        family, findings = Family.read(changed, like=[before])
        checks.completed(findings, family.files)
        checks.check(family, files={name})

    return _seconds(look, 3)


def _nets() -> Iterator[Row]:
    for name, make in nets.shapes().items():
        data = make()
        began = time.process_time()
        found = checks.check_files({"net.bpmn": data})
        took = time.process_time() - began
        nodes = data.count(b" id=") - data.count(b"<sequenceFlow") - 1
        said = sorted({one.code for one in found if one.code.startswith("sound-")})
        yield Row(f"a net of {nodes} elements: {name}", took, 2, "s", detail=", ".join(said))


def _percentile(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]
