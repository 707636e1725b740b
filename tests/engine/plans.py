"""Small plans that the engine's tests run. Each is a file as a modeler would save it."""

from __future__ import annotations

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    ' xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Cloud"'
    ' id="definitions" targetNamespace="banjie">\n'
)


def diagram(process_id: str, *elements: str, lanes: dict[str, str] | None = None, extra: str = "") -> bytes:
    """Return a BPMN file with one process of these elements; `lanes` maps a role to its elements' ids."""
    lane_set = ""
    if lanes:
        members = "".join(
            f'<bpmn:lane id="lane_{number}" name="{role}">'
            + "".join(f"<bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in nodes.split())
            + "</bpmn:lane>"
            for number, (role, nodes) in enumerate(lanes.items())
        )
        lane_set = f'<bpmn:laneSet id="lanes">{members}</bpmn:laneSet>'
    body = "\n".join(elements)
    return (
        f'{HEAD}{extra}<bpmn:process id="{process_id}" name="{process_id}预案" isExecutable="true">\n{lane_set}\n{body}\n'
        "</bpmn:process></bpmn:definitions>"
    ).encode()


def start(identity: str = "begin") -> str:
    """Return a none start event."""
    return f'<bpmn:startEvent id="{identity}" name="收到投诉"/>'


def end(identity: str = "done") -> str:
    """Return a none end event."""
    return f'<bpmn:endEvent id="{identity}" name="办结"/>'


def flow(source: str, target: str, condition: str = "") -> str:
    """Return a sequence flow, under a FEEL condition when one is given."""
    inside = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">={condition}</bpmn:conditionExpression>'
    return (
        f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">'
        f"{inside if condition else ''}</bpmn:sequenceFlow>"
    )


def user_task(identity: str, *, name: str = "", form: str = "", due: str = "", extra: str = "") -> str:
    """Return a user task with a form id and a due date (FEEL)."""
    parts = ["<zeebe:userTask/>"]
    if form:
        parts.append(f'<zeebe:formDefinition formId="{form}"/>')
    if due:
        parts.append(f'<zeebe:taskSchedule dueDate="={due}"/>')
    return (
        f'<bpmn:userTask id="{identity}" name="{name or identity}">'
        f"<bpmn:extensionElements>{''.join(parts)}{extra}</bpmn:extensionElements></bpmn:userTask>"
    )


def service_task(identity: str, service: str, retries: int = 3) -> str:
    """Return a service task that calls `service`."""
    return (
        f'<bpmn:serviceTask id="{identity}" name="{identity}"><bpmn:extensionElements>'
        f'<zeebe:taskDefinition type="{service}" retries="{retries}"/></bpmn:extensionElements></bpmn:serviceTask>'
    )


def timer_boundary(
    identity: str, host: str, duration: str, *, interrupting: bool = False, form: str = "timeDuration"
) -> str:
    """Return a timer boundary event; `form` is timeDuration, timeDate or timeCycle."""
    return (
        f'<bpmn:boundaryEvent id="{identity}" name="{identity}" attachedToRef="{host}"'
        f' cancelActivity="{str(interrupting).lower()}"><bpmn:timerEventDefinition id="{identity}_def">'
        f'<bpmn:{form} xsi:type="bpmn:tFormalExpression">{duration}</bpmn:{form}>'
        "</bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    )


TWO_STEPS = diagram(
    "two_steps",
    start(),
    user_task("investigate", name="调查核实"),
    user_task("approve", name="审批"),
    end(),
    flow("begin", "investigate"),
    flow("investigate", "approve"),
    flow("approve", "done"),
    lanes={"专员": "begin investigate", "主任": "approve done"},
)

WATCHED = diagram(
    "watched",
    start(),
    user_task("investigate", name="调查核实"),
    timer_boundary("overdue", "investigate", "PT24H"),
    user_task("supervise", name="督办"),
    end(),
    end("supervised"),
    flow("begin", "investigate"),
    flow("investigate", "done"),
    flow("overdue", "supervise"),
    flow("supervise", "supervised"),
    lanes={"专员": "begin investigate overdue done", "主任": "supervise supervised"},
)

SERVED = diagram(
    "served",
    start(),
    service_task("notify", "notify"),
    user_task("check", name="核对"),
    end(),
    flow("begin", "notify"),
    flow("notify", "check"),
    flow("check", "done"),
    lanes={"专员": "begin notify check done"},
)

DUE = diagram(
    "due",
    start(),
    user_task("reply", name="答复", due="working days after(received_at, 5)"),
    end(),
    flow("begin", "reply"),
    flow("reply", "done"),
    lanes={"专员": "begin reply done"},
)

ASKING = diagram(
    "asking",
    start(),
    user_task("report", name="报告", form="asking_report"),
    end(),
    flow("begin", "report"),
    flow("report", "done"),
    lanes={"专员": "begin report done"},
)

SECRET = diagram(
    "secret",
    start(),
    user_task(
        "name_people",
        name="划定知悉范围",
        form="secret_name_people",
        extra='<zeebe:properties><zeebe:property name="confidential-to" value="people"/></zeebe:properties>',
    ),
    user_task("investigate", name="调查核实"),
    end(),
    flow("begin", "name_people"),
    flow("name_people", "investigate"),
    flow("investigate", "done"),
    lanes={"专员": "begin name_people investigate done"},
)

SECRET_FORM = """{"id": "secret_name_people", "type": "default", "schemaVersion": 18, "components": [
  {"type": "textarea", "key": "people", "label": "知悉人员", "validate": {"required": true}}]}""".encode()

ASKING_FORM = """{"id": "asking_report", "type": "default", "schemaVersion": 18, "components": [
  {"type": "radio", "key": "finding", "label": "调查结论", "validate": {"required": true},
   "values": [{"label": "属实", "value": "substantiated"}, {"label": "不属实", "value": "unsubstantiated"}]},
  {"type": "number", "key": "amount", "label": "金额", "validate": {"min": 0}}]}""".encode()

FOUR_EYES = diagram(
    "four_eyes",
    start(),
    user_task("propose", name="提出方案"),
    user_task(
        "approve",
        name="审批方案",
        extra='<zeebe:properties><zeebe:property name="approves" value="propose"/></zeebe:properties>',
    ),
    end(),
    flow("begin", "propose"),
    flow("propose", "approve"),
    flow("approve", "done"),
    lanes={"专员": "begin propose approve done"},
)

ACCUSING = diagram(
    "accusing",
    start(),
    user_task(
        "question",
        name="询问投诉人",
        form="accusing_question",
        extra='<zeebe:properties><zeebe:property name="recuses" value="accused"/></zeebe:properties>',
    ),
    user_task("investigate", name="调查核实"),
    end(),
    flow("begin", "question"),
    flow("question", "investigate"),
    flow("investigate", "done"),
    lanes={"专员": "begin question investigate done"},
)

ACCUSING_FORM = """{"id": "accusing_question", "type": "default", "schemaVersion": 18, "components": [
  {"type": "textfield", "key": "accused", "label": "被投诉人"}]}""".encode()

#: The plan itself gives the second step to a person.
GIVEN = diagram(
    "given",
    start(),
    user_task("investigate", name="调查核实"),
    '<bpmn:userTask id="explain" name="说明情况"><bpmn:extensionElements><zeebe:userTask/>'
    '<zeebe:assignmentDefinition assignee="=chosen"/></bpmn:extensionElements></bpmn:userTask>',
    end(),
    flow("begin", "investigate"),
    flow("investigate", "explain"),
    flow("explain", "done"),
    lanes={"专员": "begin investigate explain done"},
)
