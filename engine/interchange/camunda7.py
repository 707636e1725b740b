"""Camunda 7's extensions (`camunda:`, and `activiti:`, `flowable:`): who, by when, forms, decisions, calls, external tasks."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from engine import diagram
from engine.diagram import Assignment, DecisionReference, Expression, FormReference, Kind, Node
from engine.findings import Severity
from engine.interchange import camunda7_forms
from engine.interchange.camunda7_variables import mappings, variable_flow
from engine.interchange.camunda8 import working_days
from engine.interchange.expressions import formal, is_feel, is_juel, names, value
from engine.interchange.names import BPMN
from engine.interchange.source import Element, Source, text_of

#: Extensions that change nothing here: every step is stored at once, and history is always kept.
HARMLESS = frozenset(
    [
        "asyncBefore",
        "asyncAfter",
        "async",
        "exclusive",
        "jobPriority",
        "taskPriority",
        "historyTimeToLive",
        "isStartableInTasklist",
        "candidateStarterGroups",
        "candidateStarterUsers",
        "potentialStarter",
        "modelerTemplate",
        "modelerTemplateVersion",
        "modelerTemplateIcon",
        "diagramRelationId",
        "failedJobRetryTimeCycle",
        "properties",
        "property",
        "versionTag",
        "errorMessage",
        "variableEvents",
        "priority",
        "description",
        "category",
        "skipExpression",
        "localScope",
        "triggerable",
    ]
)
#: Extensions that are refused by name: what it is, Chinese and English.
REFUSED = {
    "executionListener": ("执行监听器", "an execution listener"),
    "taskListener": ("任务监听器", "a task listener"),
    "connector": ("连接器", "a connector"),
    "class": ("Java 类", "a Java class"),
    "delegateExpression": ("Java 委托", "a Java delegate"),
    "expression": ("方法表达式", "a method expression"),
    "field": ("Java 字段注入", "a Java field"),
    "script": ("脚本", "a script"),
    "resource": ("外部脚本文件", "a script file"),
    "formHandlerClass": ("Java 表单处理类", "a Java form handler"),
    "variableMappingClass": ("Java 变量映射类", "a Java variable mapping"),
    "variableMappingDelegateExpression": ("Java 变量映射委托", "a Java variable mapping"),
    "caseRef": ("CMMN 案例调用", "a call of a CMMN case"),
    "errorEventDefinition": ("外部任务错误映射", "an error mapping of an external task"),
    "type": ("内置任务类型", "a built-in task type"),
    "decisionRefTenantId": ("租户", "a tenant"),
    "calledElementTenantId": ("租户", "a tenant"),
}
_CANDIDATE = re.compile(r"\s*(user|group)\s*\(\s*([^()]*?)\s*\)\s*")
_RETRIES = re.compile(r"R(\d{1,4})/")
_UNPACK = {
    "singleEntry": "single_entry",
    "singleResult": "single_result",
    "collectEntries": "collect_entries",
    "resultList": "result_list",
}


def read_node(source: Source, element: Element, node: Node, loop: Element | None) -> None:
    """Read the extensions of a node that the model has a place for."""
    node.properties.update(properties(source, element))
    working_days(source, element, node)
    inputs, outputs = mappings(source, element)
    node.inputs += inputs
    node.outputs += outputs
    if node.kind in (Kind.SERVICE_TASK, Kind.SEND_TASK, Kind.BUSINESS_RULE_TASK):
        _work(source, element, element, node)
    elif node.kind in (Kind.THROW, Kind.END):
        for event in element.iterchildren(f"{{{BPMN}}}messageEventDefinition"):
            _work(source, element, event, node)
    if node.kind is Kind.BUSINESS_RULE_TASK:
        _decision(source, element, node)
    elif node.kind is Kind.CALL_ACTIVITY:
        _call(source, element, node)
    elif node.kind is Kind.SCRIPT_TASK:
        _script(source, element, node)
    if node.kind in (Kind.USER_TASK, Kind.START):
        _form(source, element, node)
    if node.kind is Kind.USER_TASK:
        node.assignment = _assignment(source, element)
    if node.kind is Kind.START:
        _initiator(source, element)
    for event in element:
        if str(event.tag).endswith("}signalEventDefinition"):
            for item in source.extension(event, "in"):
                variable_flow(source, item, node.inputs)
    if loop is not None and isinstance(node.loop, diagram.MultiInstance):
        _collection(source, loop, node.loop)


def read_process(source: Source, element: Element, process: diagram.Process) -> None:
    """Read the version tag and properties of a process."""
    process.version_tag = source.vendor(element, "versionTag") or ""
    process.properties.update(properties(source, element))


def properties(source: Source, element: Element) -> dict[str, str]:
    """Return the author's properties of an element."""
    made: dict[str, str] = {}
    for holder in source.extension(element, "properties"):
        for item in source.inner(holder, "property"):
            made[item.get("name") or item.get("id") or ""] = item.get("value") or ""
    return made


def _work(source: Source, element: Element, holder: Element, node: Node) -> None:
    """Read an external task, or a service task that only computes an expression."""
    if _peek(source, holder, "type") == "external":
        source.vendor(holder, "type")
        topic = value(source, holder, source.vendor(holder, "topic"))
        if topic is None:
            source.refuse(
                "service-missing",
                element,
                "外部任务没有主题（topic）。",
                "the external task has no topic.",
                ("填写 Topic。", "Fill in the topic."),
            )
            topic = Expression("?", True, source.place(element))
        node.service = diagram.Service(topic, _retries(source, element), dict(node.properties), source.place(holder))
        return
    text = _peek(source, holder, "expression")
    if text and "(" not in text and node.kind is Kind.SERVICE_TASK:
        expression = value(source, element, source.vendor(holder, "expression"))
        result = source.vendor(holder, "resultVariable") or source.vendor(holder, "resultVariableName")
        if expression is not None:
            node.kind = Kind.SCRIPT_TASK
            node.script = diagram.Script(expression, result, source.place(holder))


def _peek(source: Source, element: Element, local: str) -> str | None:
    """Return the vendor's attribute without marking it as understood."""
    values = (element.get(f"{{{space}}}{local}") for space in source.vendors)
    return next((value for value in values if value is not None), None)


def _retries(source: Source, element: Element) -> int:
    cycle = source.one_extension(element, "failedJobRetryTimeCycle")
    found = _RETRIES.match(text_of(cycle)) if cycle is not None else None
    return int(found[1]) if found else 3


def _decision(source: Source, element: Element, node: Node) -> None:
    decision = value(source, element, source.vendor(element, "decisionRef"))
    if decision is None:
        return
    _binding(source, element, "decisionRefBinding", ("decisionRefVersion", "decisionRefVersionTag"))
    how = source.vendor(element, "mapDecisionResult") or "resultList"
    if how not in _UNPACK:
        source.refuse(
            "bad-value",
            element,
            f"mapDecisionResult“{how[:40]}”不认识。",
            f"mapDecisionResult {how[:40]!r} is unknown.",
        )
    node.decision = DecisionReference(
        decision, source.vendor(element, "resultVariable"), source.place(element), _UNPACK.get(how, "none")
    )


def _binding(source: Source, element: Element, attribute: str, versions: tuple[str, ...]) -> None:
    binding = source.vendor(element, attribute) or "latest"
    for version in versions:
        source.vendor(element, version)
    if binding not in ("latest", "deployment"):
        source.hint(
            "binding",
            element,
            f"总是使用同一预案一起部署的版本（原为 {binding[:20]}）。",
            f"the version deployed together with this plan is used (the file says {binding[:20]}).",
        )


def _call(source: Source, element: Element, node: Node) -> None:
    if node.call is None:
        return
    _binding(source, element, "calledElementBinding", ("calledElementVersion", "calledElementVersionTag"))
    node.call.all_in = node.call.all_out = False
    for item in source.extension(element, "in"):
        if variable_flow(source, item, node.call.inputs):
            node.call.all_in = True
    for item in source.extension(element, "out"):
        if variable_flow(source, item, node.call.outputs):
            node.call.all_out = True


def _script(source: Source, element: Element, node: Node) -> None:
    language = (element.get("scriptFormat") or "").strip()
    script = source.child(element, "script")
    if script is None or not (is_feel(language) or is_juel(language)):
        return  # `engine.interchange.nodes` refuses it
    expression = (
        formal(source, script)
        if "${" in text_of(script)
        else Expression(text_of(script).removeprefix("="), False, source.place(script))
    )
    if expression is not None and expression.text:
        node.script = diagram.Script(expression, source.vendor(element, "resultVariable"), source.place(script))


def _form(source: Source, element: Element, node: Node) -> None:
    place = source.place(element)
    reference = source.vendor(element, "formRef")
    _binding(source, element, "formRefBinding", ("formRefVersion", "formRefVersionTag"))
    key = source.vendor(element, "formKey")
    if reference and "${" not in reference:
        node.form = FormReference(reference, place)
        return
    if key and key.startswith("camunda-forms:") and "${" not in key:
        name = PurePosixPath(key.split(":")[-1]).name
        node.form = FormReference(name.removesuffix(".form").removesuffix(".json"), place)
        return
    made = camunda7_forms.form_data(source, element, node)
    if made is not None:
        node.form = FormReference(made, place)
    elif reference or key:
        source.refuse(
            "form-foreign",
            element,
            f"表单“{(reference or key or '')[:80]}”不是 Camunda 表单，无法显示。",
            f"the form {(reference or key or '')[:80]!r} is not a Camunda form and cannot be shown.",
            ("改用 Camunda Forms（.form 文件），并填写表单 id。", "Use Camunda Forms (a .form file) and name its id."),
        )


def _assignment(source: Source, element: Element) -> Assignment | None:
    made = Assignment(
        assignee=value(source, element, source.vendor(element, "assignee")),
        due=value(source, element, source.vendor(element, "dueDate")),
        follow_up=value(source, element, source.vendor(element, "followUpDate")),
        priority=value(source, element, source.vendor(element, "priority")),
    )
    groups = value(source, element, source.vendor(element, "candidateGroups"))
    known = names(groups)
    if known is None:
        made.groups_expression = groups
    else:
        made.groups = known
    users = names(value(source, element, source.vendor(element, "candidateUsers")))
    if users is None:
        source.refuse(
            "users-expression",
            element,
            "候选人（candidateUsers）不能用表达式计算。",
            "candidate users cannot be computed by an expression.",
            ("写出用户名，或改用候选组。", "Write the names, or use candidate groups."),
        )
    made.users = users or []
    for local in ("humanPerformer", "potentialOwner"):
        for role in source.children(element, local):
            source.take_all(role)
            _owner(source, role, local, made)
    return made if made != Assignment() else None


def _owner(source: Source, role: Element, local: str, made: Assignment) -> None:
    text = next((text_of(one) for one in role.iter(f"{{{BPMN}}}formalExpression")), "")
    if not text:
        return
    if local == "humanPerformer":
        made.assignee = value(source, role, text)
        return
    for part in text.split(","):
        found = _CANDIDATE.fullmatch(part)
        name = found[2] if found else part.strip()
        (made.users if found and found[1] == "user" else made.groups).append(name)


def _initiator(source: Source, element: Element) -> None:
    variable = source.vendor(element, "initiator")
    if variable:
        source.say(
            Severity.WARNING,
            "initiator",
            element,
            f"变量“{variable[:60]}”（发起人）不会自动赋值。",
            f"the variable {variable[:60]!r} (who started the case) is not set by itself.",
            ("请在启动时作为数据传入。", "Hand it in with the data at start."),
        )


def _collection(source: Source, loop: Element, made: diagram.MultiInstance) -> None:
    text = source.vendor(loop, "collection")
    if text:
        collection = value(source, loop, text)
        if collection is not None:
            made.collection = Expression(collection.text, False, collection.place)
    made.item = source.vendor(loop, "elementVariable") or made.item
