"""A form file is read with everything that is wrong with it, and drawn as data that a page can trust."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine import forms
from engine.errors import NotFound


def read(*components: dict[str, Any], **more: Any) -> tuple[forms.Form | None, list[str]]:
    data = json.dumps({"id": "t", "components": list(components), **more}, ensure_ascii=False, indent=1).encode()
    form, findings = forms.read("t.form", data)
    return form, [finding.code for finding in findings]


def made(*components: dict[str, Any]) -> forms.Form:
    """Return the form of these components."""
    form, _ = read(*components)
    assert form is not None
    return form


def field(kind: str, key: str = "a", **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "label": key, **more}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{", "form-not-json"),
        (b"\xff\xfe", "form-not-json"),
        (b"[" * 200_000, "form-not-json"),
        (b'{"id": "t", "components": NaN}', "form-not-json"),
        (b" " * 1_048_577, "form-too-large"),
        (b"[]", "form-not-a-form"),
        (b'{"id": "t"}', "form-not-a-form"),
        (b'{"components": []}', "form-no-id"),
    ],
)
def test_a_file_that_is_no_form_is_refused_with_its_reason(data: bytes, code: str):
    form, findings = forms.read("t.form", data)

    assert form is None
    assert [finding.code for finding in findings] == [code]


@pytest.mark.parametrize(
    ("component", "code"),
    [
        (field("hologram"), "form-unknown-component"),
        ({"type": "textfield"}, "form-no-key"),
        (field("textfield", "no good"), "form-bad-key"),
        (field("textfield", "a[0]"), "form-bad-key"),
        (field("radio", values=[]), "form-no-options"),
        (field("select", values=[{"label": "x"}]), "form-no-options"),
        (field("select", values=["x", "x"]), "form-duplicate-option"),
        (field("textfield", validate={"pattern": "("}), "form-bad-pattern"),
        (field("number", validate={"min": "lots"}), "form-bad-rule"),
        (field("textfield", validate={"validationType": "iban"}), "form-bad-rule"),
        (field("textfield", conditional={"hide": "=a ="}), "form-bad-expression"),
        (field("datetime", subtype="week"), "form-bad-subtype"),
        ({"type": "text", "text": "共 {{ count( }} 件"}, "form-bad-expression"),
        ({"type": "group", "label": "x"}, "form-no-components"),
        ({"label": "x"}, "form-bad-component"),
    ],
)
def test_a_faulty_component_is_an_error(component: dict[str, Any], code: str):
    form, codes = read(component)

    assert form is None
    assert codes == [code]


def test_a_finding_names_file_line_and_field():
    data = json.dumps({"id": "t", "components": [field("textfield"), field("radio", "verdict")]}, indent=1).encode()

    _, findings = forms.read("t.form", data)

    assert (findings[0].file, findings[0].element) == ("t.form", "verdict")
    assert b"verdict" in data.splitlines()[findings[0].line - 1]


def test_one_key_for_two_fields_needs_conditions_that_part_them():
    apart = {"conditional": {"hide": "=b = 1"}}

    assert read(field("textfield"), field("textfield"))[1] == ["form-duplicate-key"]
    assert read(field("textfield", **apart), field("textfield", conditional={"hide": "=b != 1"}))[1] == []
    assert read(field("textfield"), field("textfield", "a.b"))[1] == ["form-key-clash"]


def test_a_form_nested_too_deep_or_too_long_is_refused():
    deep: dict[str, Any] = field("textfield")
    for _ in range(12):
        deep = {"type": "group", "components": [deep]}

    assert "form-too-deep" in read(deep)[1]
    assert "form-too-many-fields" in read(*(field("textfield", f"a{n}") for n in range(501)))[1]


def test_what_a_page_does_not_draw_is_a_hint_and_no_error():
    form, codes = read(
        {"type": "image", "source": "http://x/y.png"}, {"type": "button", "action": "submit"}, field("textfield")
    )

    assert codes == ["form-not-drawn"]
    assert form is not None
    assert [item.kind for item in form.fields] == ["textfield"]


def draw(
    form: forms.Form | None, variables: dict[str, Any] | None = None, *args: Any, **more: Any
) -> dict[str, forms.FieldView]:
    assert form is not None
    return {view.path: view for view in forms.draw(form, variables or {}, *args, **more)}


def test_a_fresh_form_shows_the_cases_data_then_the_authors_default():
    form, _ = read(
        field("textfield", defaultValue="d"), field("textfield", "b", defaultValue="d"), field("number", "c")
    )

    views = draw(form, {"a": "from the case"})

    assert (views["a"].value, views["b"].value, views["c"].value) == ("from the case", "d", "")


def test_what_was_sent_stands_again_in_the_fields_with_its_faults():
    form, _ = read(field("number", defaultValue=3), field("checkbox", "b", defaultValue=True))

    views = draw(form, {"a": 1}, {"a": "many"}, {"a": "请填写数字。"})

    assert (views["a"].value, views["a"].fault, views["b"].is_checked) == ("many", "请填写数字。", False)


def test_words_come_in_the_language_asked_for():
    options = [{"label": "批准", "value": "y", "label_en": "Approve"}, {"label": "退回", "value": "n"}]
    form, _ = read(
        field(
            "radio",
            label="结论",
            values=options,
            description="想好",
            properties={"label_en": "Verdict", "description_en": "Think"},
        )
    )

    zh, en = draw(form)["a"], draw(form, language="en")["a"]

    assert (zh.label, zh.hint, [option.label for option in zh.options]) == ("结论", "想好", ["批准", "退回"])
    assert (en.label, en.hint, [option.label for option in en.options]) == ("Verdict", "Think", ["Approve", "退回"])


def test_words_may_be_computed():
    form, _ = read(
        {"type": "text", "id": "t1", "text": "共 {{ count(people) }} 人，{{ name }}"},
        field("textfield", label='="姓名" + name'),
    )

    views = draw(form, {"people": [1, 2], "name": "王"})

    assert (views["t1"].value, views["a"].label) == ("共 2 人，王", "姓名王")


def test_markup_of_an_author_never_gets_out():
    html = '<h1>说明</h1><p onclick="x()">请<b>核对</b><script>alert(1)</script><br>再填</p><img src=x onerror=y>'
    form, _ = read({"type": "html", "id": "h", "content": html})

    assert draw(form)["h"].value == "说明\n请核对\n再填"


def test_a_field_hidden_now_is_still_there_and_says_so():
    form, _ = read(field("checkbox"), field("textfield", "b", conditional={"hide": "=a != true"}))

    assert draw(form)["b"].is_hidden
    assert draw(form)["b"].is_conditional
    assert not draw(form, {}, {"a": "on"})["b"].is_hidden


def test_a_list_shows_as_many_rows_as_there_are():
    rows = {
        "type": "dynamiclist",
        "path": "rows",
        "label": "l",
        "defaultRepetitions": 2,
        "components": [field("textfield")],
    }
    form, _ = read(rows)

    def paths(*args: Any) -> list[str]:
        return [view.path for row in draw(form, *args)["rows"].children for view in row.children]

    assert paths({}) == ["rows[0].a", "rows[1].a"]
    assert paths({"rows": [{"a": "x"}]}) == ["rows[0].a"]
    assert paths({}, {"rows": [{"a": "x"}, {}, {}]}) == ["rows[0].a", "rows[1].a", "rows[2].a"]


def test_moments_are_given_as_pickers_want_them_in_beijing_time():
    form, _ = read(
        field("datetime", subtype="datetime"),
        field("datetime", "b", subtype="date"),
        field("datetime", "c", subtype="time"),
    )

    views = draw(form, {"a": "2026-09-21T01:30:00Z", "b": "2026-09-21", "c": "09:30:00+08:00"})

    assert [views[key].value for key in "abc"] == ["2026-09-21T09:30", "2026-09-21", "09:30"]


def test_a_table_shows_rows_of_the_cases_data():
    table = {"type": "table", "id": "t1", "label": "明细", "dataSource": "=items",
             "columns": [{"label": "名称", "key": "n"}, {"label": "数量", "key": "q"}]}  # fmt: skip
    form, _ = read(table)

    assert draw(form, {"items": [{"n": "甲", "q": 2}, {"n": "乙"}]})["t1"].table == [
        ["名称", "数量"],
        ["甲", "2"],
        ["乙", ""],
    ]


def test_fields_of_one_row_stand_side_by_side():
    form, _ = read(
        field("textfield", layout={"row": "r1"}), field("textfield", "b", layout={"row": "r1"}), field("textfield", "c")
    )
    assert form is not None

    assert [view.kind for view in forms.draw(form, {})] == ["row", "textfield"]


def test_a_form_that_the_family_lacks_is_not_found():
    with pytest.raises(NotFound):
        forms.of_family({}, "missing")


def test_a_text_shows_an_instant_as_people_write_it():
    form = made({"type": "text", "id": "t", "text": "目标：{{target_at}}，编号 {{code}}，{{wrong}}"})
    variables = {"target_at": "2026-09-21T01:00:00+00:00", "code": "2026-09", "wrong": "2026-09-32T01:00:00Z"}

    (view,) = forms.draw(form, variables)

    assert view.value == "目标：2026-09-21 09:00，编号 2026-09，2026-09-32T01:00:00Z"


@pytest.mark.parametrize("accept", ["*", "jpg", ".jpg;.png", 5, "image/*,../x"])
def test_a_file_picker_that_accepts_what_no_file_is_has_a_finding(accept: object):
    data = json.dumps({"id": "f", "components": [{"type": "filepicker", "key": "a", "accept": accept}]}).encode()

    _, findings = forms.read("f.form", data)

    assert [finding.code for finding in findings] == ["form-bad-rule"]


@pytest.mark.parametrize(
    ("path", "is_there"),
    [
        ("a", True),
        ("g.b", True),
        ("l[0].c", True),
        ("l[12].c", True),
        ("l.c", False),
        ("g", False),
        ("l[0]", False),
        ("x", False),
    ],
)
def test_a_file_picker_is_found_where_it_stands(path: str, is_there: bool):
    def picker(key: str) -> dict[str, str]:
        return {"type": "filepicker", "key": key}

    form = made(
        picker("a"),
        {"type": "group", "path": "g", "components": [picker("b")]},
        {"type": "dynamiclist", "path": "l", "components": [picker("c")]},
    )

    assert (forms.picker_at(form, path) is not None) is is_there
