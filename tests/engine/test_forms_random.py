"""Whatever is sent to a form or written into one: a clear refusal or a clean result, never anything else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import forms
from engine.errors import InvalidAnswers

_KINDS = [
    "textfield",
    "textarea",
    "number",
    "checkbox",
    "radio",
    "select",
    "checklist",
    "taglist",
    "datetime",
    "filepicker",
]
_FORM = {
    "id": "all",
    "components": [
        *(
            {
                "type": kind,
                "key": kind,
                "label": kind,
                "values": [{"label": "甲", "value": "a"}, {"label": "乙", "value": 1}],
            }
            for kind in _KINDS
        ),
        {
            "type": "group",
            "path": "g",
            "components": [{"type": "number", "key": "n", "conditional": {"hide": "=checkbox"}}],
        },
        {
            "type": "dynamiclist",
            "path": "rows",
            "components": [{"type": "textfield", "key": "x"}, {"type": "number", "key": "n"}],
        },
        {"type": "expression", "key": "sum", "expression": "=number + g.n"},
    ],
}
_PROPERTIES = (
    "key", "path", "label", "text", "content", "values", "validate", "conditional", "layout", "properties", "components",
    "defaultValue", "readonly", "valuesKey", "expression", "subtype", "appearance", "description", "dataSource", "columns",
)  # fmt: skip
_PATHS = st.sampled_from(
    [*_KINDS, "g", "g.n", "rows", "rows[0].x", "rows[1].n", "rows[0]", "sum", "other", "g.x", "a[", ""]
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["a", "on", "2026-09-21", "2026-09-21T09:30", "09:30", "1e5", "٣", "-", ".5", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["n", "x", "y"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def _form() -> forms.Form:
    form, findings = forms.read("all.form", json.dumps(_FORM).encode())
    assert form is not None, findings
    return form


def _unless_refused(verb: Callable[[], Any]) -> Any:
    """Return what the verb gives; None when it refuses, which must say why in both languages."""
    try:
        return verb()
    except InvalidAnswers as error:
        told = [words for fault in error.faults.values() for words in fault]
        if not told or not all(told):
            raise RuntimeError("refused without a reason") from error
        return None


@given(st.dictionaries(_PATHS, _VALUES, max_size=6), st.dictionaries(st.sampled_from(_KINDS), _VALUES, max_size=3))
@settings(max_examples=200)
def test_any_answers_are_taken_clean_or_refused(raw: dict[str, Any], variables: dict[str, Any]):
    form = _form()

    answers = _unless_refused(lambda: forms.check(form, raw, variables))

    if answers is not None:
        json.dumps(answers, allow_nan=False).encode()
        given_back = {name: value for name, value in answers.items() if name != "sum"}
        assert forms.check(form, given_back, variables) == answers


@given(st.dictionaries(_PATHS, _VALUES, max_size=6), st.dictionaries(st.sampled_from(_KINDS), _VALUES, max_size=3))
@settings(max_examples=100)
def test_any_answers_and_any_data_can_be_drawn(raw: dict[str, Any], variables: dict[str, Any]):
    form = _form()

    assert forms.draw(form, variables)
    drawn = _unless_refused(lambda: forms.draw(form, variables, raw))
    assert drawn is None or drawn


@given(st.recursive(_VALUES, lambda inner: st.fixed_dictionaries(
    {"type": st.sampled_from([*_KINDS, "group", "dynamiclist", "text", "html", "table", "expression", "odd"])},
    optional=dict.fromkeys(_PROPERTIES, inner)), max_leaves=8),
)  # fmt: skip
@settings(max_examples=200)
def test_any_component_is_read_or_refused(component: Any):
    data = json.dumps({"id": "t", "components": [component]}).encode("utf-8", "surrogatepass")

    form, findings = forms.read("t.form", data)

    if form is None:
        assert findings
    else:
        forms.draw(form, {})


def test_half_a_character_is_refused_as_it_can_be_stored_nowhere() -> None:
    form, findings = forms.read("a.form", b'{"id": "a", "components": [{"type": "textfield", "key": "\\ud800"}]}')

    assert form is None
    assert [finding.code for finding in findings] == ["form-not-json"]
