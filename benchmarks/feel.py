"""FEEL and decision tables: a cached comparison against plain Python, a table against SpiffWorkflow's engine, cold compile."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.dmn.parser.BpmnDmnParser import BpmnDmnParser

from benchmarks.report import Row, ratio
from engine import decisions, feel

_NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
_LEVELS = (("&lt; 50", "? &lt; 50"), ("[50..70]", "50 &lt;= ? &lt;= 70"), ("&gt; 70", "? &gt; 70"))
_WHEN = ('"day"', '"night"', '"holiday"')
#: What goes in: the last rule of nine hits.
INPUTS = {"decibels": 75, "when": "holiday"}
_NUMBERS = itertools.count()


def table(*, for_python: bool) -> bytes:
    """Return a table of nine rules and two inputs: cells in FEEL, or as SpiffWorkflow takes them."""
    rules = "".join(
        f'<rule id="r{n}_{m}"><inputEntry id="i{n}_{m}"><text>{level[for_python]}</text></inputEntry>'
        f'<inputEntry id="j{n}_{m}"><text>{when}</text></inputEntry>'
        f'<outputEntry id="o{n}_{m}"><text>{n * 3 + m}</text></outputEntry></rule>'
        for n, level in enumerate(_LEVELS)
        for m, when in enumerate(_WHEN)
    )
    return (
        f'<definitions xmlns="{_NAMESPACE}" namespace="n" name="n" id="n"><decision id="severity" name="severity">'
        '<decisionTable id="t"><input id="a"><inputExpression id="ae" typeRef="number"><text>decibels</text></inputExpression>'
        '</input><input id="b"><inputExpression id="be" typeRef="string"><text>when</text></inputExpression></input>'
        f'<output id="o" name="severity" typeRef="number"/>{rules}</decisionTable></decision></definitions>'
    ).encode()


def _stock() -> Callable[[], Any]:
    """Return a call of SpiffWorkflow's engine over the same table."""
    make_parser: Any = BpmnDmnParser
    parser = make_parser()
    parser.add_dmn_xml(etree.fromstring(table(for_python=True)), "severity.dmn")
    engine = parser.get_engine("severity", None)
    make_script_engine: Any = PythonScriptEngine
    task = SimpleNamespace(data=dict(INPUTS), workflow=SimpleNamespace(script_engine=make_script_engine()))
    return lambda: engine.result(task)


def _many(act: Callable[[], object], times: int) -> Callable[[], None]:
    def run() -> None:
        for _ in range(times):
            act()

    return run


def _best(act: Callable[[], object], times: int) -> float:
    """Return the seconds of one `act` in the best of some rounds: what it costs when nothing else runs."""
    run, taken = _many(act, times), []
    for _ in range(30):
        began = time.perf_counter()
        run()
        taken.append(time.perf_counter() - began)
    return min(taken) / times


def _cold(count: int) -> float:
    """Return the median seconds to compile an expression never seen before."""
    feel.compile("1")  # the grammar itself is read once a process
    taken = []
    for _ in range(count):
        n = next(_NUMBERS)
        text = f'if amount > {n} and contains(kind, "k{n}") then amount * {n} else date("2024-01-01").year'
        began = time.perf_counter()
        feel.compile(text)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def measure() -> Iterator[Row]:
    """Yield every promise of the expression language."""
    context: Mapping[str, Any] = {"amount": 2000}
    expression = feel.compile("amount > 1000")

    def in_python(variables: Mapping[str, Any]) -> bool:
        return variables["amount"] > 1000  # type: ignore[no-any-return]  # a number

    ours = _best(lambda: expression.evaluate(context), 2_000)
    theirs = _best(lambda: in_python(context), 2_000)
    yield Row("a cached comparison", ours * 1e6, 1, "us")
    yield Row("a cached comparison / the same in Python", ours / theirs, 3, detail=f"Python {theirs * 1e9:.0f} ns")

    model = decisions.load(table(for_python=False))
    stock = _stock()
    if model.evaluate("severity", INPUTS) != stock()["severity"]:
        raise RuntimeError("the two engines do not agree")
    times = 50
    slower, other, _ = ratio(_many(stock, times), _many(lambda: model.evaluate("severity", INPUTS), times))
    yield Row("a table of 9 rules, 2 inputs", _best(lambda: model.evaluate("severity", INPUTS), 100) * 1e6, 10, "us")
    yield Row(
        "SpiffWorkflow's table / ours",
        slower,
        20,
        is_at_least=True,
        detail=f"SpiffWorkflow {other / times * 1e6:.0f} us",
    )
    yield Row("cold compile", min(_cold(100) for _ in range(3)) * 1e3, 1, "ms")


def main() -> None:
    """Print every promise."""
    for row in measure():
        print(row)


if __name__ == "__main__":
    main()
