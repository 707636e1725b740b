"""A form file -> a Form, and everything that is wrong with it. It checks no answers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from engine import feel
from engine.errors import NotFound
from engine.feel.asking import asked_limits
from engine.findings import Finding, Severity
from engine.forms.author_rules import check_accept, check_paths, check_rules
from engine.forms.fields import (
    CHOICES,
    CONTAINERS,
    INPUTS,
    NOT_DRAWN,
    SHOWN,
    Field,
    Form,
    Option,
    Property,
    Text,
    expressions_in,
    option_of,
    plain_text,
)
from engine.json_words import fault_of

MAX_BYTES = 1024 * 1024
MAX_FIELDS = 500
MAX_DEPTH = 8
#: form-js's schema that this was written for; newer ones are read with a warning.
NEWEST_SCHEMA = 19
_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_RULES = ("required", "min", "max", "minLength", "maxLength", "pattern", "validationType")
#: How many files a file picker takes: form-js has no rule for it, so its author writes it as a property of their own.
_FILE_RULES = {"min_files": "minFiles", "max_files": "maxFiles"}
_SETTINGS = (
    "decimalDigits", "serializeToString", "timeSerializingFormat", "timeInterval", "disallowPassedDates", "multiple",
    "defaultRepetitions", "allowAddRemove", "columns", "dataSource", "rowCount",
)  # fmt: skip


def read(name: str, data: bytes) -> tuple[Form | None, list[Finding]]:
    """Return the form in `data` and what is to be said about it; None when it cannot be used at all.

    `name` is the file's, for the findings.
    """
    reader = _Reader(name, data)
    try:
        text = data.decode("utf-8-sig")
        found = json.loads(text, parse_constant=_refuse) if len(data) <= MAX_BYTES else None
        json.dumps(found, ensure_ascii=False).encode()  # half a character ("\\ud800") can be stored nowhere
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        reader.say(
            "form-not-json",
            "",
            f"不是有效的 JSON：{fault_of(error)[0]}。",
            f"Not valid JSON: {fault_of(error)[1]}.",
            line=line,
        )
        return None, reader.findings
    if len(data) > MAX_BYTES:
        reader.say("form-too-large", "", "表单文件超过 1 MB。", "The form is larger than 1 MB.")
        return None, reader.findings
    if not isinstance(found, dict) or not isinstance(found.get("components"), list):
        reader.say("form-not-a-form", "", "不是表单：缺少 components。", "Not a form: it has no components.")
        return None, reader.findings
    if not isinstance(found.get("id"), str) or not found["id"].strip():
        reader.say(
            "form-no-id", "", "表单没有 id。", "The form has no id.",
            "在表单编辑器中填写表单 ID，与文件名相同。", "Give the form an id, the same as its file's name.",
        )  # fmt: skip
        return None, reader.findings
    schema = found.get("schemaVersion")
    if isinstance(schema, int) and schema > NEWEST_SCHEMA:
        zh, en = f"表单格式版本 {schema} 比已知的新。", f"Form schema {schema} is newer than what is known here."
        reader.say("form-newer-schema", "", zh, en, severity=Severity.WARNING)
    form = Form(found["id"], reader.fields(found["components"], 1), found)
    check_paths(reader.say, form.fields)
    return (None if reader.has_errors else form), reader.findings


def build(data: Mapping[str, Any]) -> Form:
    """Return the form of JSON that was read before. Raises NotFound when it cannot be used."""
    form, findings = read(str(data.get("id", "")), json.dumps(data).encode())
    if form is None:
        first = findings[0] if findings else None
        raise NotFound(
            f"表单无法使用：{first.zh if first else ''}", f"The form cannot be used: {first.en if first else ''}"
        )
    return form


def of_family(known: Mapping[str, Any], form_id: str) -> Form:
    """Return the form of a plan's family by its id. Raises NotFound when the family has none of that name."""
    found = known.get(form_id)
    if found is None:
        raise NotFound(f"预案缺少表单“{form_id}”。", f"The plan lacks the form {form_id}.", code="form-missing")
    return found if isinstance(found, Form) else build(found)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON value")


class _Reader:
    """Collects findings while it turns components into fields."""

    def __init__(self, file: str, data: bytes) -> None:
        self.file = file
        self.data = data
        self.findings: list[Finding] = []
        self.count = 0
        self.labels: dict[str, str] = {}  #: what people read, by what a finding calls the component

    @property
    def has_errors(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    def say(
        self, code: str, element: str, zh: str, en: str, advice_zh: str = "", advice_en: str = "",
        *, severity: Severity = Severity.ERROR, line: int = 0,
    ) -> None:  # fmt: skip
        self.findings.append(
            Finding(
                self.file,
                line or self._line(element),
                severity,
                code,
                element,
                zh,
                en,
                advice_zh,
                advice_en,
                name=self.labels.get(element, ""),
            )
        )

    def fields(self, components: list[Any], depth: int) -> tuple[Field, ...]:
        if depth > MAX_DEPTH:
            self.say(
                "form-too-deep", "", f"表单嵌套超过 {MAX_DEPTH} 层。", f"The form is nested deeper than {MAX_DEPTH}."
            )
            return ()
        made: list[Field] = []
        for component in components:
            self.count += 1
            if self.count > MAX_FIELDS:
                zh, en = f"表单超过 {MAX_FIELDS} 个组件。", f"The form has more than {MAX_FIELDS} components."
                self.say("form-too-many-fields", "", zh, en)
                return tuple(made)
            if (field := self._field(component, depth)) is not None:
                made.append(field)
        return tuple(made)

    # --- one component ----------------------------------------------------------------------------------------

    def _field(self, component: Any, depth: int) -> Field | None:
        if not isinstance(component, dict) or not isinstance(component.get("type"), str):
            self.say("form-bad-component", "", "有一个组件没有类型。", "A component has no type.")
            return None
        kind = component["type"]
        name = str(component.get("key") or component.get("path") or component.get("id") or kind)
        self.labels.setdefault(name, str(component.get("label") or component.get("dateLabel") or ""))
        if kind == "default":  # form-js's own name of the form as a container
            kind = "group"
        if kind in NOT_DRAWN:
            if kind != "button":
                self.say(
                    "form-not-drawn", name, f"组件“{kind}”不会显示。", f"A component {kind} is not shown.",
                    "页面不载入外部内容；请改用文字说明。", "Pages load nothing from elsewhere; use a text instead.",
                    severity=Severity.HINT,
                )  # fmt: skip
            return None
        if kind not in INPUTS | CONTAINERS | SHOWN:
            self.say("form-unknown-component", name, f"不认识的组件类型“{kind}”。", f"Unknown component type {kind}.")
            return None
        properties = component.get("properties")
        own: Mapping[str, Any] = properties if isinstance(properties, dict) else {}
        validate = component.get("validate")
        rules = {
            key: self._property(validate[key], name)
            for key in _RULES
            if isinstance(validate, dict) and validate.get(key) not in (None, "") and validate[key] is not False
        }
        if kind == "filepicker":
            rules |= {rule: Property(own[key]) for key, rule in _FILE_RULES.items() if own.get(key) not in (None, "")}
            check_accept(self.say, component.get("accept"), name)
        check_rules(self.say, name, rules)
        appearance = component.get("appearance")
        adorned: Mapping[str, Any] = appearance if isinstance(appearance, dict) else {}
        condition = component.get("conditional")
        hide = condition.get("hide") if isinstance(condition, dict) else None
        layout = component.get("layout")
        default = component.get("defaultValue")
        return Field(
            kind=kind,
            id=str(component.get("id") or name),
            keys=self._keys(component, kind, name),
            label=self._label(component, kind, own, name),
            hint=self._text(component.get("description"), own.get("description_en"), name),
            prefix=self._text(adorned.get("prefixAdorner"), None, name),
            suffix=self._text(adorned.get("suffixAdorner"), None, name),
            subtype=self._subtype(component, kind, name),
            rules=rules,
            options=self._options(component, kind, name),
            source=self._source(component, kind, name),
            hide=self._property(hide, name) if hide not in (None, "", False) else None,
            default=default,
            readonly=self._property(component.get("readonly"), name),
            disabled=self._property(component.get("disabled"), name),
            settings={key: component[key] for key in _SETTINGS if component.get(key) is not None},
            expression=self._compiled(component, kind, name),
            accept=self._property(component.get("accept"), name) if kind == "filepicker" else Property(),
            children=self._children(component, kind, name, depth),
            row=str(layout.get("row") or "") if isinstance(layout, dict) else "",
            is_masked=own.get("masked") not in (None, False, "", "no", "false"),
        )

    def _keys(self, component: dict[str, Any], kind: str, name: str) -> tuple[str, ...]:
        if kind in CONTAINERS:
            key = component.get("path") or component.get("key")
        elif kind in INPUTS or kind == "expression":
            key = component.get("key")
        else:
            return ()
        if key in (None, ""):
            if kind != "group":
                self.say("form-no-key", name, "字段没有键（key）。", "The field has no key.")
            return ()
        if not isinstance(key, str) or not _NAME.fullmatch(key) or len(key) > 200:
            self.say(
                "form-bad-key", name, f"键“{key}”不是变量名。", f"Key {key} is not a variable's name.",
                "以字母、汉字或下划线开头，只用字母、数字、汉字、下划线，层次用点分隔。",
                "Begin with a letter or _; use letters, digits and _; part levels by a full stop.",
            )  # fmt: skip
            return ()
        return tuple(key.split("."))

    def _label(self, component: dict[str, Any], kind: str, own: Mapping[str, Any], name: str) -> Text:
        if kind in ("text", "html"):
            words = str(component.get("text") if kind == "text" else component.get("content") or "")
            english = own.get("text_en") or own.get("label_en")
            return self._text(plain_text(words, kind), plain_text(str(english), kind) if english else None, name)
        label = component.get("label")
        if kind == "datetime":
            chosen = component.get("timeLabel") if component.get("subtype") == "time" else component.get("dateLabel")
            label = label or chosen
        return self._text(label or (name if kind in INPUTS else ""), own.get("label_en"), name)

    def _subtype(self, component: dict[str, Any], kind: str, name: str) -> str:
        if kind != "datetime":
            return ""
        subtype = component.get("subtype") or "date"
        if subtype not in ("date", "time", "datetime"):
            self.say("form-bad-subtype", name, f"日期字段的种类“{subtype}”无效。", f"Unknown kind of date {subtype}.")
            return "date"
        return str(subtype)

    def _options(self, component: dict[str, Any], kind: str, name: str) -> tuple[Option, ...]:
        values = component.get("values")
        if kind not in CHOICES or component.get("valuesKey") or component.get("valuesExpression"):
            return ()
        made = [option_of(item) for item in values] if isinstance(values, list) else []
        options = tuple(option for option in made if option is not None)
        if not options or len(options) != len(made):
            self.say(
                "form-no-options",
                name,
                "选择字段没有可选项，或有的选项没有值。",
                "A choice lacks options, or an option its value.",
            )
        elif len({option.text for option in options}) != len(options):
            self.say("form-duplicate-option", name, "两个选项的值相同。", "Two options have the same value.")
        return options

    def _source(self, component: dict[str, Any], kind: str, name: str) -> Property | None:
        if kind == "table" and component.get("dataSource"):
            return self._property(component["dataSource"], name)
        if kind not in CHOICES:
            return None
        if component.get("valuesExpression"):
            return self._property(component["valuesExpression"], name)
        if component.get("valuesKey"):
            return self._property("=" + str(component["valuesKey"]).removeprefix("="), name)
        return None

    def _compiled(self, component: dict[str, Any], kind: str, name: str) -> feel.Expression | None:
        if kind != "expression":
            return None
        return self._property("=" + str(component.get("expression") or "null").removeprefix("="), name).expression

    def _children(self, component: dict[str, Any], kind: str, name: str, depth: int) -> tuple[Field, ...]:
        if kind not in CONTAINERS:
            return ()
        inside = component.get("components")
        if not isinstance(inside, list):
            self.say("form-no-components", name, "分组或列表没有内容。", "A group or list has no components.")
            return ()
        return self.fields(inside, depth + 1)

    # --- expressions ------------------------------------------------------------------------------------------

    def _property(self, value: Any, name: str) -> Property:
        if isinstance(value, str) and value.startswith("="):
            return Property(expression=self._compile(value[1:], name))
        return Property(value)

    def _text(self, zh: Any, en: Any, name: str) -> Text:
        words = [str(text) if isinstance(text, str | int | float) else "" for text in (zh, en)]
        parts: dict[str, feel.Expression] = {}
        for text in words:
            for source, expression in expressions_in(text):
                if (compiled := self._compile(expression, name)) is not None:
                    parts[source] = compiled
        return Text(words[0], words[1], parts)

    def _compile(self, text: str, name: str) -> feel.Expression | None:
        try:
            made = feel.compile(text.strip())
            for _ in asked_limits(made.tree):
                self.say(
                    "limit-out-of-place", name,
                    f"“{text.strip()[:80]}”：表单不知道投诉件的时限规则，limit due 在这里总是空值。",
                    f"{text.strip()[:80]!r}: a form does not know the rules of its case; limit due is always null here.",
                    "在流程图里用输入映射算好，再让表单读那个变量。",
                    "Work it out in an input mapping of the diagram, and let the form read that variable.",
                )  # fmt: skip
                break
            return made
        except feel.FeelError as error:
            self.say(
                "form-bad-expression", name, f"表达式“{text.strip()[:80]}”有误：{error.zh}", f"Expression error: {error.en}",
                "表达式用 FEEL 书写，如 =decision = \"return\"。", "Write FEEL, such as =decision = \"return\".",
            )  # fmt: skip
            return None

    def _line(self, element: str) -> int:
        """Return the line where the element's key or id stands, 0 when it is not found."""
        if not element:
            return 1
        for member in (b"key", b"path", b"id", b"type"):
            found = re.search(
                rb'"' + member + rb'"\s*:\s*' + re.escape(json.dumps(element, ensure_ascii=False).encode()), self.data
            )
            if found:
                return self.data.count(b"\n", 0, found.start()) + 1
        return 0
