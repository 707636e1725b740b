"""One persisted user-task step against stock SpiffWorkflow: load, complete, run on, save, after 1 to 1,000 rounds of a loop.

Both run the same plan (13 user tasks, 3 lanes, 3 timers, a decision, a called process, a loop back) over 1 KB of data.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer import DEFAULT_CONFIG
from SpiffWorkflow.util.task import TaskState

from benchmarks.report import Row
from engine.calendars import published_calendar
from engine.family import Family
from engine.findings import has_errors
from engine.spiff.machine import Machine
from engine.spiff.world import World

#: Rounds of the loop, and how many times as fast as stock a step must be after them.
PROMISED = {1: 8, 10: 15, 50: 60, 90: 100}
LOOP = ("investigate", "draft", "letter", "propose", "approve")
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DATA = {f"field_{n}": f"value-{n:06d}-abcdefghi" for n in range(27)} | {"category": "c1", "amount": 0}

_NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:modeler="http://camunda.org/schema/modeler/1.0"'
)


class Ours:
    """The plan in this house."""

    def __init__(self) -> None:
        files = {"complaint.bpmn": complaint(False), "contact.bpmn": contact(), "triage.dmn": triage()}
        self.family, findings = Family.read({name: text.encode() for name, text in files.items()})
        if has_errors(findings):
            raise RuntimeError("\n".join(map(str, findings)))
        calendar = published_calendar()
        self.calendar = lambda: calendar
        machine = Machine.start(self.family, "complaint", {}, self._world())
        machine.run()
        self.state = machine.dump()
        self.step("register", DATA)
        self.step("classify", {})

    def step(self, element: str, answers: dict[str, Any]) -> None:
        """Load, complete the task, run on, save."""
        machine = Machine.load(self.state, self.family, self._world())
        token = next(wait.token for wait in machine.waits() if wait.element == element)
        machine.complete(token, answers)
        machine.run()
        self.state = machine.dump()

    def _world(self) -> World:
        return World(NOW, self.calendar)


class Stock:
    """The plan in SpiffWorkflow as it comes, stored as its own JSON."""

    def __init__(self) -> None:
        parser = SpiffBpmnParser()
        parser.add_bpmn_str(complaint(True).encode(), "complaint")
        parser.add_bpmn_str(contact().encode(), "contact")
        parser.add_dmn_str(triage().encode(), "triage")
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(DEFAULT_CONFIG))
        workflow = BpmnWorkflow(parser.get_spec("complaint"), parser.get_subprocess_specs("complaint"))
        workflow.do_engine_steps()
        self.state = self.serializer.serialize_json(workflow)
        self.step("register", DATA)
        self.step("classify", {})

    def step(self, element: str, answers: dict[str, Any]) -> None:
        """Load, complete the task, run on, save."""
        workflow = self.serializer.deserialize_json(self.state)
        task = workflow.get_next_task(state=TaskState.READY, manual=True)
        if task.task_spec.name != element:
            raise RuntimeError(f"{task.task_spec.name} is ready, not {element}")
        task.data.update(answers)
        task.run()
        workflow.do_engine_steps()
        self.state = self.serializer.serialize_json(workflow)


def measure() -> Iterator[Row]:
    """Yield the ratio after each number of rounds, what a step costs late, and the size of the state."""
    ours, stock = Ours(), Stock()
    done = 0
    first = 0.0
    for rounds, promise in PROMISED.items():
        for _ in range(rounds - done):
            turn(stock)
            turn(ours)
        done = rounds
        of_stock, of_ours = timed(stock, 2), timed(ours, 20)
        done += 2
        first = first or of_ours
        detail = (
            f"{of_stock * 1e3:.1f} ms and {len(stock.state):,} bytes against "
            f"{of_ours * 1e3:.2f} ms and {len(ours.state):,} bytes"
        )
        yield Row(
            f"a persisted step after {rounds} rounds", of_stock / of_ours, promise, is_at_least=True, detail=detail
        )
    yield late()


def late() -> Row:
    """Return what a step after 1,000 rounds costs against one after the first, measured in turns."""
    early, old = Ours(), Ours()
    for _ in range(1_000):
        turn(old)
    pairs = [(timed(old, 5), timed(early, 5)) for _ in range(20)]
    ratio = statistics.median(one for one, _ in pairs) / statistics.median(other for _, other in pairs)
    return Row("a step after 1,000 rounds, against the first", ratio, 1.3, detail=f"{len(old.state):,} bytes")


def turn(plan: Ours | Stock) -> None:
    """Go once round the loop."""
    for number, element in enumerate(LOOP):
        plan.step(element, {"counter": number, **({"approved": False} if element == "approve" else {})})


def timed(plan: Ours | Stock, rounds: int) -> float:
    """Return the median over `rounds` of the seconds that a step takes."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        turn(plan)
        taken.append((time.perf_counter() - began) / len(LOOP))
    return statistics.median(taken)


def complaint(is_stock: bool) -> str:
    """Return the plan, in the expressions of one or the other."""
    feel: Callable[[str, str], str] = lambda stock, ours: stock if is_stock else ours  # noqa: E731
    lanes = {
        "intake": "start register classify triage notify",
        "officer": "is_urgent investigate reminded remind contact propose too_slow close end reminder_sent",
        "manager": "review not_reviewed escalate merge escalate_proposal approve is_approved",
    }
    tasks = "register classify review escalate investigate remind propose escalate_proposal approve notify close"
    decision = feel(
        "<spiffworkflow:calledDecisionId>triage</spiffworkflow:calledDecisionId>",
        '<zeebe:calledDecision decisionId="triage" resultVariable="triage"/>',
    )
    called = feel("", '<bpmn:extensionElements><zeebe:calledElement processId="contact"/></bpmn:extensionElements>')
    parts = [
        '<bpmn:process id="complaint" name="Complaint" isExecutable="true"><bpmn:laneSet id="lanes">',
        *(
            f'<bpmn:lane id="lane_{name}" name="{name}">'
            + "".join(f"<bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in nodes.split())
            + "</bpmn:lane>"
            for name, nodes in lanes.items()
        ),
        '</bpmn:laneSet><bpmn:startEvent id="start"/>',
        *(f'<bpmn:userTask id="{name}" name="{name}"/>' for name in tasks.split()),
        f'<bpmn:businessRuleTask id="triage"><bpmn:extensionElements>{decision}</bpmn:extensionElements>'
        "</bpmn:businessRuleTask>",
        '<bpmn:exclusiveGateway id="is_urgent" default="ordinary"/><bpmn:exclusiveGateway id="merge"/>'
        '<bpmn:exclusiveGateway id="is_approved" default="again"/>',
        "<bpmn:callActivity " + feel('calledElement="contact" ', "") + f'id="contact">{called}</bpmn:callActivity>',
        _timer("not_reviewed", "review", feel('"P1D"', "P1D"), True),
        _timer("reminded", "investigate", feel('"P3D"', "P3D"), False),
        _timer("too_slow", "propose", feel('"P5D"', "P5D"), True),
        '<bpmn:endEvent id="end"/><bpmn:endEvent id="reminder_sent"/>',
        _flows("start register", "register classify", "classify triage", "triage is_urgent", "review merge"),
        _flow("is_urgent", "review", feel('priority == "high"', '=triage.priority = "high"')),
        _flow("is_urgent", "merge", name="ordinary"),
        _flows("not_reviewed escalate", "escalate merge", "merge investigate", "reminded remind"),
        _flows("remind reminder_sent", "investigate contact", "contact propose", "propose approve"),
        _flows("too_slow escalate_proposal", "escalate_proposal approve", "approve is_approved"),
        _flow("is_approved", "notify", feel("approved == True", "=approved = true")),
        _flow("is_approved", "merge", name="again"),
        _flows("notify close", "close end"),
        "</bpmn:process>",
    ]
    return _definitions("".join(parts))


def contact() -> str:
    """Return the called process."""
    return _definitions(
        '<bpmn:process id="contact" isExecutable="true"><bpmn:startEvent id="begin"/><bpmn:userTask id="draft"/>'
        '<bpmn:userTask id="letter"/><bpmn:endEvent id="sent"/>'
        + _flows("begin draft", "draft letter", "letter sent")
        + "</bpmn:process>"
    )


def triage() -> str:
    """Return the decision table: nine rules, the first that fits."""
    rules = "".join(
        f'<rule id="r{n}"><inputEntry id="a{n}"><text>"c{n}"</text></inputEntry><inputEntry id="b{n}"><text>&gt; {n * 100}'
        f'</text></inputEntry><outputEntry id="c{n}"><text>"{"high" if n % 2 else "ordinary"}"</text></outputEntry></rule>'
        for n in range(8)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">'
        '<decision id="triage" name="triage"><decisionTable id="table" hitPolicy="FIRST">'
        '<input id="i1" label="category"><inputExpression id="e1" typeRef="string"><text>category</text></inputExpression>'
        '</input><input id="i2" label="amount"><inputExpression id="e2" typeRef="number"><text>amount</text>'
        '</inputExpression></input><output id="o1" label="priority" name="priority" typeRef="string"/>'
        f'{rules}<rule id="rest"><inputEntry id="ra"><text>-</text></inputEntry><inputEntry id="rb"><text>-</text>'
        '</inputEntry><outputEntry id="rc"><text>"ordinary"</text></outputEntry></rule></decisionTable></decision>'
        "</definitions>"
    )


def _definitions(body: str) -> str:
    return (
        f'<bpmn:definitions {_NAMESPACES} id="d" targetNamespace="t" modeler:executionPlatform="Camunda Cloud" '
        f'modeler:executionPlatformVersion="8.6.0">{body}</bpmn:definitions>'
    )


def _timer(name: str, task: str, duration: str, interrupts: bool) -> str:
    return (
        f'<bpmn:boundaryEvent id="{name}" attachedToRef="{task}" cancelActivity="{str(interrupts).lower()}">'
        f"<bpmn:timerEventDefinition><bpmn:timeDuration>{duration}</bpmn:timeDuration></bpmn:timerEventDefinition>"
        "</bpmn:boundaryEvent>"
    )


def _flows(*pairs: str) -> str:
    return "".join(_flow(*pair.split()) for pair in pairs)


def _flow(source: str, target: str, condition: str = "", name: str = "") -> str:
    inside = (
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}</bpmn:conditionExpression>'
        if condition
        else ""
    )
    flow = name or f"{source}_{target}"
    return f'<bpmn:sequenceFlow id="{flow}" sourceRef="{source}" targetRef="{target}">{inside}</bpmn:sequenceFlow>'
