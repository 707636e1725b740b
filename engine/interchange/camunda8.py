"""Camunda 8's extensions (`zeebe:`): forms, roles, deadlines, services, decisions, calls, mappings, collections."""

from __future__ import annotations

from engine import diagram
from engine.diagram import Assignment, Expression, FormReference, Kind, Mapping, Node
from engine.interchange.expressions import content, names, value
from engine.interchange.source import Element, Source, text_of

_BUNDLED = "camunda-forms:bpmn:"

#: Extensions that change nothing here, wherever they stand.
HARMLESS = frozenset(
    {
        "userTask",
        "properties",
        "property",
        "versionTag",
        "modelerTemplate",
        "modelerTemplateVersion",
        "modelerTemplateIcon",
    }
)
#: Extensions that are refused by name: (what it is, Chinese and English; what to do).
REFUSED = {
    "executionListeners": ("执行监听器", "execution listeners"),
    "executionListener": ("执行监听器", "an execution listener"),
    "taskListeners": ("任务监听器", "task listeners"),
    "taskListener": ("任务监听器", "a task listener"),
    "linkedResources": ("外部链接资源", "linked resources"),
}


def read_node(source: Source, element: Element, node: Node, loop: Element | None) -> None:
    """Read the extensions of a node that the model has a place for."""
    inputs, outputs = _mappings(source, element)
    _properties(source, element, node)
    definition = source.one_extension(element, "taskDefinition") if _may_work(node) else None
    event = next((child for child in element if child.tag.endswith("}messageEventDefinition")), None)
    if definition is None and event is not None and node.kind in (Kind.THROW, Kind.END):
        definition = source.one_extension(event, "taskDefinition")
    if definition is not None:
        node.service = _service(source, element, definition)
    if node.kind is Kind.CALL_ACTIVITY:
        called = source.one_extension(element, "calledElement")
        if called is not None:
            node.call = _call(source, called, outputs)
            node.call.inputs, node.call.outputs = inputs, outputs
            inputs, outputs = [], []
    elif node.kind is Kind.BUSINESS_RULE_TASK:
        _decision(source, element, node)
    elif node.kind is Kind.SCRIPT_TASK:
        _script(source, element, node)
    elif node.kind is Kind.AD_HOC:
        _ad_hoc(source, element)
    if node.kind in (Kind.USER_TASK, Kind.START) or (node.kind is Kind.CATCH and node.event(diagram.Message)):
        _form(source, element, node)
    if node.kind is Kind.USER_TASK:
        node.assignment = _assignment(source, element)
    node.inputs += inputs
    node.outputs += outputs
    if loop is not None and isinstance(node.loop, diagram.MultiInstance):
        _collection(source, loop, node.loop)


def read_process(source: Source, element: Element, process: diagram.Process, forms: dict[str, bytes]) -> None:
    """Read the version tag, properties and forms written inside a process."""
    tag = source.one_extension(element, "versionTag")
    if tag is not None:
        process.version_tag = tag.get("value") or ""
    process.properties.update(properties(source, element))
    for form in source.extension(element, "userTaskForm"):
        forms[form.get("id") or ""] = text_of(form).encode()


def properties(source: Source, element: Element) -> dict[str, str]:
    """Return the author's properties of an element."""
    made: dict[str, str] = {}
    for holder in source.extension(element, "properties"):
        for item in source.inner(holder, "property"):
            made[item.get("name") or ""] = item.get("value") or ""
    return made


def working_days(source: Source, element: Element, node: Node) -> None:
    """Let the timers of a node count working days when its property says so."""
    calendar = node.properties.get("calendar")
    if calendar is None:
        return
    if calendar != "working-days":
        source.refuse(
            "calendar-unknown",
            element,
            f"属性 calendar 的值“{calendar[:40]}”不认识。",
            f"the property calendar has the unknown value {calendar[:40]!r}.",
            ("只可写 working-days。", "Only working-days is known."),
        )
        return
    for event in node.events:
        if isinstance(event, diagram.Timer):
            event.working_days = True


def _may_work(node: Node) -> bool:
    return node.kind in (
        Kind.SERVICE_TASK, Kind.SEND_TASK, Kind.BUSINESS_RULE_TASK, Kind.SCRIPT_TASK, Kind.THROW, Kind.END,
    )  # fmt: skip


def _mappings(source: Source, element: Element) -> tuple[list[Mapping], list[Mapping]]:
    holder = source.one_extension(element, "ioMapping")
    if holder is None:
        return [], []
    made: tuple[list[Mapping], list[Mapping]] = ([], [])
    for place, local in enumerate(("input", "output")):
        for item in source.inner(holder, local):
            target = (item.get("target") or "").strip()
            if not target:
                source.refuse(
                    "mapping-without-target", item, "变量映射没有目标变量。", "the mapping names no target variable."
                )
                continue
            made[place].append(Mapping(target, content(source, item, item.get("source"))))
    return made


def _properties(source: Source, element: Element, node: Node) -> None:
    node.properties.update(properties(source, element))
    working_days(source, element, node)


def _service(source: Source, element: Element, definition: Element) -> diagram.Service:
    type_ = value(source, definition, definition.get("type"))
    if type_ is None:
        source.refuse(
            "service-missing",
            definition,
            "服务任务没有指定服务类型。",
            "the service has no type.",
            ("在属性面板中填写 Task definition 的 Type。", "Fill in the type of the task definition."),
        )
    text = (definition.get("retries") or "").strip()
    retries = 3
    if text.isascii() and text.isdigit() and len(text) < 5:
        retries = int(text)
    elif text:
        source.refuse(
            "bad-value", definition, f"重试次数“{text[:40]}”不是整数。", f"retries {text[:40]!r} is no whole number."
        )
    headers: dict[str, str] = {}
    for holder in source.extension(element, "taskHeaders"):
        for item in source.inner(holder, "header"):
            headers[item.get("key") or ""] = item.get("value") or ""
    place = source.place(definition)
    return diagram.Service(type_ or Expression("?", True, place), retries, headers, place)


def _call(source: Source, called: Element, outputs: list[Mapping]) -> diagram.Call:
    place = source.place(called)
    process = value(source, called, called.get("processId"))
    if process is None:
        source.refuse(
            "call-missing",
            called,
            "没有指定被调用的流程。",
            "the called process is not named.",
            ("填写 Process ID。", "Fill in the process id."),
        )
    _binding(source, called)
    return diagram.Call(
        process or Expression("?", True, place),
        place,
        all_in=source.boolean(called, "propagateAllParentVariables", True),
        all_out=source.boolean(called, "propagateAllChildVariables", not outputs),
    )


def _binding(source: Source, element: Element) -> None:
    if element.get("bindingType") == "versionTag":
        source.hint(
            "binding",
            element,
            "总是使用同一预案一起部署的版本，不按版本标签选择。",
            "the version deployed together with this plan is used, not the one with the version tag.",
        )


def _decision(source: Source, element: Element, node: Node) -> None:
    called = source.one_extension(element, "calledDecision")
    if called is None:
        return
    decision = value(source, called, called.get("decisionId"))
    if decision is None:
        source.refuse("decision-missing", called, "没有指定决策。", "no decision is named.", _NAME_DECISION)
        return
    _binding(source, called)
    node.decision = diagram.DecisionReference(decision, called.get("resultVariable") or None, source.place(called))


_NAME_DECISION = ("填写决策 id。", "Fill in the decision's id.")


def _script(source: Source, element: Element, node: Node) -> None:
    script = source.one_extension(element, "script")
    if script is None:
        return
    expression = value(source, script, script.get("expression"))
    if expression is None:
        source.refuse("script-missing", script, "脚本任务没有表达式。", "the script task has no expression.")
        return
    node.script = diagram.Script(expression, script.get("resultVariable") or None, source.place(script))


def _ad_hoc(source: Source, element: Element) -> None:
    definition = source.one_extension(element, "taskDefinition")
    if definition is not None:
        source.refuse(
            "unsupported-extension",
            definition,
            "由外部作业驱动的临时子流程不受支持。",
            "an ad-hoc subprocess driven by a job worker is not supported.",
        )
    ad_hoc = source.one_extension(element, "adHoc")
    if ad_hoc is not None and any(
        ad_hoc.get(name) for name in ("activeElementsCollection", "outputCollection", "outputElement")
    ):
        source.refuse(
            "unsupported-extension",
            ad_hoc,
            "临时子流程的活动集合（activeElementsCollection 等）不受支持。",
            "collections of an ad-hoc subprocess (activeElementsCollection ...) are not supported.",
        )


def _form(source: Source, element: Element, node: Node) -> None:
    form = source.one_extension(element, "formDefinition")
    if form is None:
        return
    place = source.place(form)
    key = form.get("formId") or ""
    if not key:
        key = (form.get("formKey") or "").removeprefix(_BUNDLED)
    _binding(source, form)
    if key and not key.startswith("="):
        node.form = FormReference(key, place)
        return
    source.refuse(
        "form-foreign",
        form,
        "表单须用固定的表单 id 指定（不支持表达式和外部引用）。",
        "a form is named by its fixed id (no expression, no external reference).",
        ("填写 Form ID。", "Fill in the form id."),
    )


def _assignment(source: Source, element: Element) -> Assignment | None:
    made = Assignment()
    who = source.one_extension(element, "assignmentDefinition")
    if who is not None:
        made.assignee = value(source, who, who.get("assignee"))
        groups = value(source, who, who.get("candidateGroups"))
        known = names(groups)
        if known is None:
            made.groups_expression = groups
        else:
            made.groups = known
        users = names(value(source, who, who.get("candidateUsers")))
        if users is None:
            source.refuse(
                "users-expression",
                who,
                "候选人（candidateUsers）不能用表达式计算。",
                "candidate users cannot be computed by an expression.",
                ("写出用户名，或改用候选组。", "Write the names, or use candidate groups."),
            )
        made.users = users or []
    schedule = source.one_extension(element, "taskSchedule")
    if schedule is not None:
        made.due = value(source, schedule, schedule.get("dueDate"))
        made.follow_up = value(source, schedule, schedule.get("followUpDate"))
    priority = source.one_extension(element, "priorityDefinition")
    if priority is not None:
        made.priority = value(source, priority, priority.get("priority"))
    return made if (who is not None or schedule is not None or priority is not None) else None


def _collection(source: Source, loop: Element, made: diagram.MultiInstance) -> None:
    found = source.one_extension(loop, "loopCharacteristics")
    if found is None:
        return
    collection = value(source, found, found.get("inputCollection"))
    if collection is not None:
        made.collection = Expression(collection.text, False, collection.place)
    made.item = found.get("inputElement") or None
    made.results = found.get("outputCollection") or None
    result = value(source, found, found.get("outputElement"))
    made.result_item = Expression(result.text, False, result.place) if result is not None else None
