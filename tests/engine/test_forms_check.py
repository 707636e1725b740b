"""Answers are checked against a form: right types out, every fault at its field, nothing unknown or hidden let in."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from engine import forms
from engine.calendars import BEIJING, published_calendar
from engine.errors import InvalidAnswers

NOW = datetime(2026, 9, 21, 9, 0, tzinfo=BEIJING)


def form_of(*components: dict[str, Any]) -> forms.Form:
    form, findings = forms.read("t.form", json.dumps({"id": "t", "components": components}).encode())
    assert form is not None, findings
    return form


def field(kind: str, key: str = "a", **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "label": key, **more}


def faults_of(
    form: forms.Form, raw: dict[str, Any], variables: dict[str, Any] | None = None, **more: Any
) -> dict[str, str]:
    with pytest.raises(InvalidAnswers) as raised:
        forms.check(form, raw, variables or {}, **more)
    return {path: zh for path, (zh, _) in raised.value.faults.items()}


OPTIONS = [{"label": "批准", "value": "approve"}, {"label": "退回", "value": "return"}]
DECISION = field("radio", "decision", values=OPTIONS, validate={"required": True})
REASON = field("textarea", "reason", conditional={"hide": '=decision != "return"'}, validate={"required": True})


def test_texts_numbers_ticks_and_choices_get_their_types():
    form = form_of(
        field("textfield", "name"),
        field("textarea", "story"),
        field("number", "amount"),
        field("checkbox", "sure"),
        field("select", "decision", values=OPTIONS),
        field("checklist", "days", values=[{"label": "一", "value": 1}, {"label": "二", "value": 2}]),
    )
    raw = {
        "name": " 王芳 ", "story": "一\r\n二\n", "amount": "１２.50", "sure": "true", "decision": "return", "days": ["2", "1", "2"],
    }  # fmt: skip

    answers = forms.check(form, raw, {})

    assert answers == {
        "name": "王芳",
        "story": "一\n二",
        "amount": 12.5,
        "sure": True,
        "decision": "return",
        "days": [2, 1],
    }


def test_a_field_left_empty_answers_null_so_that_no_older_value_lives_on():
    form = form_of(
        field("textfield"), field("number", "n"), field("checkbox", "c"), field("taglist", "l", values=OPTIONS)
    )

    assert forms.check(form, {"a": "  ", "n": ""}, {"a": "old"}) == {"a": None, "n": None, "c": False, "l": []}


def test_every_fault_is_told_at_once_in_both_languages():
    form = form_of(field("textfield", validate={"required": True}), DECISION, field("number", "n"))

    with pytest.raises(InvalidAnswers) as raised:
        forms.check(form, {"n": "many"}, {})

    assert raised.value.faults["a"] == ("此项必填。", "This must be answered.")
    assert set(raised.value.faults) == {"a", "decision", "n"}


def test_a_field_the_form_does_not_have_is_refused():
    form = form_of(field("textfield"), {"type": "group", "path": "g", "components": [field("textfield", "b")]})

    assert faults_of(form, {"a": "x", "status": "closed"}) == {"status": "表单没有这个字段。"}
    assert faults_of(form, {"g.c": "x"}) == {"g.c": "表单没有这个字段。"}
    assert faults_of(form, {"g": {"b": "x", "c": {"d": 1}}}) == {"g.c": "表单没有这个字段。"}


def test_a_hidden_field_is_neither_asked_nor_taken_over():
    form = form_of(DECISION, REASON)

    assert forms.check(form, {"decision": "approve", "reason": "left over"}, {}) == {"decision": "approve"}
    assert faults_of(form, {"decision": "return", "reason": " "}) == {"reason": "此项必填。"}
    assert forms.check(form, {"decision": "return", "reason": "不全"}, {})["reason"] == "不全"


def test_conditions_that_hang_on_hidden_fields_settle():
    form = form_of(
        DECISION,
        field("checkbox", "appeal", conditional={"hide": '=decision != "return"'}),
        field("textfield", "ground", conditional={"hide": "=appeal != true"}, validate={"required": True}),
    )

    assert forms.check(form, {"decision": "approve", "appeal": "true", "ground": "x"}, {}) == {"decision": "approve"}
    assert faults_of(form, {"decision": "return", "appeal": "true"}) == {"ground": "此项必填。"}


def test_a_condition_sees_the_answer_of_this_time_and_not_the_variable_of_last_time():
    form = form_of(DECISION, REASON)

    assert forms.check(form, {"decision": "approve"}, {"decision": "return", "reason": "old"}) == {
        "decision": "approve"
    }


def test_a_condition_may_read_the_cases_variables():
    form = form_of(field("number", "amount", conditional={"hide": '=severity = "low"'}, validate={"required": True}))

    assert forms.check(form, {}, {"severity": "low"}) == {}
    assert faults_of(form, {}, {"severity": "high"}) == {"amount": "此项必填。"}


def test_what_may_not_be_changed_is_not_taken_from_the_page():
    form = form_of(
        field("textfield", "number", readonly=True),
        field("textfield", "by", disabled=True),
        field("textfield", "fixed", readonly="=locked"),
    )

    answers = forms.check(form, {"number": "TS-1", "by": "me", "fixed": "new"}, {"number": "TS-9", "locked": True})

    assert answers == {"number": "TS-9"}


@pytest.mark.parametrize(
    ("component", "raw", "fault"),
    [
        (field("textfield", validate={"maxLength": 3}), "四个字呢", "最多 3 个字，现有 4 个。"),
        (field("textfield", validate={"minLength": 3}), "两字", "至少 3 个字，现有 2 个。"),
        (field("textfield", validate={"pattern": r"^\d{3}$"}), "12a", "格式不符合要求。"),
        (field("textfield", validate={"validationType": "email"}), "a@b", "请填写正确的电子邮箱，如 name@example.com。"),
        (field("textfield", validate={"validationType": "phone"}), "call me", "请填写正确的电话号码。"),
        (field("textfield"), "a\nb", "只能填写一行。"),
        (field("textfield"), "a\x00b", "含有看不见的控制字符，请删去后重填。"),
        (field("textarea"), "\ud800", "含有看不见的控制字符，请删去后重填。"),
        (field("textfield"), {"x": 1}, "内容类型不正确。"),
        (field("textfield"), 12, "内容类型不正确。"),
        (field("textarea"), "长" * 20_001, "最多 20000 个字，现有 20001 个。"),
        (field("number"), "1e999", "请填写数字，如 12 或 3.5。"),
        (field("number"), float("nan"), "内容类型不正确。"),
        (field("number"), True, "内容类型不正确。"),
        (field("number", validate={"min": 1}), "0", "不能小于 1。"),
        (field("number", validate={"max": "=limit"}), "7", "不能大于 5。"),
        (field("number", decimalDigits=0), "1.5", "请填写整数。"),
        (field("number", decimalDigits=2), "1.555", "最多 2 位小数。"),
        (field("checkbox", validate={"required": True}), None, "请勾选确认。"),
        (field("checkbox"), "maybe", "内容类型不正确。"),
        (field("select", values=OPTIONS), "other", "请从列出的选项中选择。"),
        (field("radio", values=OPTIONS), ["approve"], "请从列出的选项中选择。"),
        (field("checklist", values=OPTIONS, validate={"required": True}), [""], "此项必填。"),
        (field("datetime", subtype="date"), "2026-02-30", "请填写日期，如 2026-09-21。"),
        (field("datetime", subtype="date"), "0026-02-03", "年份应在 1900 至 2200 之间。"),
        (field("datetime", subtype="date", disallowPassedDates=True), "2026-09-20", "不能早于今天。"),
        (field("datetime", subtype="time"), "25:00", "请填写时间，如 09:30。"),
        (field("datetime", subtype="datetime"), "soon", "请填写日期和时间，如 2026-09-21 09:30。"),
        (field("filepicker"), "../etc", "附件编号无效，请重新上传。"),
        (field("filepicker"), ["a", "b"], "最多 1 个附件，现有 2 个，请移除多余的。"),
        (
            field("filepicker", multiple=True, properties={"min_files": "2"}),
            ["a"],
            "至少 2 个附件，现有 1 个。",
        ),
        (field("filepicker", validate={"required": True}), [], "请添加附件。"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_told_at_its_field(component: dict[str, Any], raw: Any, fault: str):
    assert faults_of(form_of(component), {"a": raw}, {"limit": 5}, now=NOW) == {"a": fault}


@pytest.mark.parametrize(
    ("settings", "raw", "stored"),
    [
        ({"subtype": "datetime"}, "2026-09-21T09:30", "2026-09-21T09:30:00+08:00"),
        ({"subtype": "datetime"}, "2026-09-21T01:30:00Z", "2026-09-21T09:30:00+08:00"),
        ({"subtype": "datetime", "timeSerializingFormat": "utc_normalized"}, "2026-09-21T09:30", "2026-09-21T01:30:00Z"),
        ({"subtype": "datetime", "timeSerializingFormat": "no_timezone"}, "2026-09-21 09:30", "2026-09-21T09:30:00"),
        ({"subtype": "date"}, "2026/09/21", "2026-09-21"),
        ({"subtype": "time"}, "09:30", "09:30:00"),
        ({"subtype": "time", "timeSerializingFormat": "utc_offset"}, "09:30", "09:30:00+08:00"),
    ],
)  # fmt: skip
def test_moments_are_stored_as_their_author_wants_them(settings: dict[str, Any], raw: str, stored: str):
    assert forms.check(form_of(field("datetime", **settings)), {"a": raw}, {}) == {"a": stored}


def test_a_pattern_that_takes_for_ever_is_given_up():
    form = form_of(field("textfield", validate={"pattern": "^(a|a)*$"}))

    assert faults_of(form, {"a": "a" * 60 + "b"}) == {"a": "格式不符合要求。"}


def test_options_may_come_from_the_cases_data():
    by_key = form_of(field("select", valuesKey="people"))
    by_expression = form_of(field("select", valuesExpression="=for p in people return {label: p, value: p}"))

    for form in (by_key, by_expression):
        assert forms.check(form, {"a": "李四"}, {"people": ["张三", "李四"]}) == {"a": "李四"}
        assert faults_of(form, {"a": "王五"}, {"people": ["张三", "李四"]}) == {"a": "请从列出的选项中选择。"}


ROWS = {
    "type": "dynamiclist",
    "path": "rows",
    "label": "措施",
    "components": [
        field("textfield", "what", validate={"required": True}),
        field("checkbox", "late"),
        field("textfield", "why", conditional={"hide": "=late != true"}, validate={"required": True}),
    ],
}


def test_the_rows_of_a_list_come_from_a_page_or_from_json_alike():
    form = form_of(ROWS)

    page = forms.check(form, {"rows[0].what": "a", "rows[7].what": "b", "rows[7].late": "on", "rows[7].why": "c"}, {})
    sent = forms.check(form, {"rows": [{"what": "a"}, {"what": "b", "late": True, "why": "c"}]}, {})

    assert page == sent
    assert page == {"rows": [{"what": "a", "late": False}, {"what": "b", "late": True, "why": "c"}]}


def test_each_row_has_its_own_faults_and_conditions():
    raw = {"rows[0].what": "a", "rows[1].what": "", "rows[2].what": "c", "rows[2].late": "on", "rows[2].extra": "x"}

    assert set(faults_of(form_of(ROWS), raw)) == {"rows[1].what", "rows[2].why", "rows[2].extra"}


def test_a_list_has_at_most_a_hundred_rows():
    assert faults_of(form_of(ROWS), {"rows": [{"what": "x"}] * 101}) == {"rows": "最多 100 行。"}


def test_rows_are_added_and_removed_without_losing_what_is_filled_in():
    raw = {"rows[0].what": "a", "rows[1].what": "b", "name": "n"}

    added = forms.with_row(raw, "rows")

    assert added == {"rows": [{"what": "a"}, {"what": "b"}, {}], "name": "n"}
    assert forms.without_row(added, "rows", 0) == {"rows": [{"what": "b"}, {}], "name": "n"}
    assert forms.without_row(added, "rows", 9) == added


@pytest.mark.parametrize("raw", [{"a[": "x"}, {"": "x"}, {"a..b": "x"}, {"a.b": "1", "a": "2"}, {"a": "2", "a.b": "1"},
                                 {"a[99999]": "x"}, {".".join("a" * 40): "x"}])  # fmt: skip
def test_names_that_make_no_sense_are_refused(raw: dict[str, str]):
    assert faults_of(form_of(field("textfield")), raw)


def test_a_computed_field_is_computed_here_and_never_taken_from_the_page():
    form = form_of(field("number", "amount"), {"type": "expression", "key": "double", "expression": "=amount * 2"})

    assert forms.check(form, {"amount": "4"}, {}) == {"amount": 4, "double": 8}
    assert faults_of(form, {"amount": "4", "double": "9"}) == {"double": "表单没有这个字段。"}


def test_a_computed_field_does_not_see_what_is_hidden():
    form = form_of(
        DECISION,
        field("number", "amount", conditional={"hide": '=decision = "return"'}),
        {"type": "expression", "key": "paid", "expression": "=if amount = null then 0 else amount"},
    )

    assert forms.check(form, {"decision": "return", "amount": "9"}, {})["paid"] == 0


def test_a_group_puts_its_answers_under_its_path_and_hides_them_together():
    group = {"type": "group", "path": "person", "components": [field("textfield", "name", validate={"required": True})],
             "conditional": {"hide": "=anonymous = true"}}  # fmt: skip
    form = form_of(field("checkbox", "anonymous"), group)

    assert forms.check(form, {"person.name": "王芳"}, {}) == {"anonymous": False, "person": {"name": "王芳"}}
    assert forms.check(form, {"anonymous": "on"}, {}) == {"anonymous": True}
    assert faults_of(form, {}) == {"person.name": "此项必填。"}


def test_a_condition_may_count_working_days():
    calendar = published_calendar()
    late = {"hide": "=working days after(received_at, 3) > now()"}
    form = form_of(field("textfield", "why_late", conditional=late, validate={"required": True}))

    def faults(received_at: str) -> int:
        try:
            forms.check(form, {}, {"received_at": received_at}, now=NOW, calendar=lambda: calendar)
        except InvalidAnswers as error:
            return len(error.faults)
        return 0

    assert (faults("2026-09-18T09:00:00+08:00"), faults("2026-09-10T09:00:00+08:00")) == (0, 1)
