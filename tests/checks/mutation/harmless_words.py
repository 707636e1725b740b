"""More changes to a plan's file and not to what it does: conditions written otherwise, colours, what nobody uses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree

from tests.checks.mutation.changes import Place, owner
from tests.checks.mutation.plan import BPMN, Plan, local

_P = f"{{{BPMN}}}"


def _conditions(plan: Plan, change: Callable[[str], str]) -> Iterator[Place]:
    for number, one in enumerate(plan.all("conditionExpression")):
        made = change(one.text or "")
        if made != one.text:

            def edit(copy: Plan, at: int = number, text: str = made) -> None:
                copy.all("conditionExpression")[at].text = text

            yield owner(one), edit


_ASKED = re.compile(r'=(\w+) = ("[^"]*")')


def sides_swapped(plan: Plan) -> Iterator[Place]:
    return _conditions(plan, lambda text: _ASKED.sub(r"=\2 = \1", text) if _ASKED.fullmatch(text) else text)


def comparison_as_list(plan: Plan) -> Iterator[Place]:
    return _conditions(plan, lambda text: _ASKED.sub(r"=\1 in (\2)", text) if _ASKED.fullmatch(text) else text)


def condition_with_remark(plan: Plan) -> Iterator[Place]:
    return _conditions(plan, lambda text: f"{text} /* as the template says */")


def coloured(plan: Plan) -> Iterator[Place]:
    def change(copy: Plan) -> None:
        for shape in copy.root.iter("{http://www.omg.org/spec/BPMN/20100524/DI}BPMNShape"):
            shape.set("{http://bpmn.io/schema/bpmn/biocolor/1.0}fill", "#ffeedd")

    yield "all", change


def unused_added(plan: Plan) -> Iterator[Place]:
    def change(copy: Plan) -> None:
        for kind in ("message", "signal"):
            copy.root.insert(0, etree.Element(f"{_P}{kind}", id=f"unused_{kind}", name=f"unused_{kind}"))

    yield "file", change


def event_not_drawn(plan: Plan) -> Iterator[Place]:
    """Put an event that throws nothing into a flow, and draw nothing."""
    for flow in plan.flows():
        source = plan.get(flow.get("sourceRef") or "")
        if flow.find(f"{_P}conditionExpression") is not None or local(source) == "eventBasedGateway":
            continue
        if source.get("default") == flow.get("id"):
            continue

        def change(copy: Plan, key: str = flow.get("id") or "") -> None:
            one = copy.get(key)
            target = copy.get(one.get("targetRef") or "")
            made = etree.Element(f"{_P}intermediateThrowEvent", id="mutant_event", name="已记录")
            target.addnext(made)
            copy.retarget(one, "targetRef", made)
            rest = etree.Element(
                f"{_P}sequenceFlow", id="mutant_flow", sourceRef="mutant_event", targetRef=target.get("id") or ""
            )
            one.addnext(rest)
            copy.list_flow(made, "outgoing", "mutant_flow")
            copy.list_flow(target, "incoming", "mutant_flow")

        yield flow.get("id") or "", change
