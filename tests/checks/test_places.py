"""Where a finding stands: the start tag of its element, in any encoding, however the file is laid out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.checks.places import placed
from engine.findings import Finding, Severity


def _find(line: int, element: str = "a", column: int = 0, name: str = "") -> Finding:
    return Finding("p.bpmn", line, Severity.ERROR, "x", element, "x", "x", column=column, name=name)


def _place(data: bytes | str, finding: Finding) -> tuple[int, int, str]:
    content = data.encode() if isinstance(data, str) else data
    (made,) = placed([finding], {"p.bpmn": content})
    return made.line, made.column, made.name


def test_a_tag_over_several_lines_is_told_by_its_first():
    text = '<d>\n  <task\n     id="a"\n     name="调查"/>\n</d>'

    assert _place(text, _find(4)) == (2, 3, "调查")


def test_of_two_tags_on_one_line_the_elements_own_is_taken():
    assert _place('<d><task id="b"/><task id="a"/></d>', _find(1)) == (1, 18, "")


def test_a_part_without_id_is_told_by_its_own_line():
    text = '<d>\n<task id="a" name="n">\n    <script>x</script>\n</task></d>'

    assert _place(text, _find(3)) == (3, 5, "n")


def test_what_stands_in_comments_and_texts_is_no_tag():
    text = '<d><!-- <task id="a"> --><![CDATA[<task id="a">]]>\n <task id="a"/></d>'

    assert _place(text, _find(2)) == (2, 2, "")


def test_a_larger_than_sign_inside_a_value_ends_no_tag():
    assert _place('<d>\n<b v="x > 1"/><task id="a" name="1 &lt; 2"/></d>', _find(2)) == (2, 15, "1 < 2")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_columns_are_counted_in_characters_in_every_encoding(encoding: str):
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?>\n<d n="投诉预案"><task id="a" name="核实"/></d>'

    assert _place(text.encode(encoding), _find(2)) == (2, 13, "核实")


def test_what_is_known_already_stays():
    assert _place('<d><task id="a" name="n"/></d>', _find(7, column=3, name="m")) == (7, 3, "m")


def test_a_finding_about_the_whole_file_stands_at_its_beginning():
    assert _place("", _find(0, element="")) == (1, 1, "")


def test_a_field_of_a_form_is_found_by_its_key():
    data = b'{\n "components": [\n  {"type": "textfield", "key": "who.name"}]}'

    (made,) = placed([Finding("f.form", 0, Severity.ERROR, "x", "who.name", "x", "x")], {"f.form": data})

    assert (made.line, made.column) == (3, 3)


def test_a_finding_of_a_file_that_is_not_there_stays():
    finding = _find(3)

    assert placed([finding], {}) == [finding]


@pytest.mark.parametrize("piece", ["<!--", "<![CDATA[", "<?", "<a '", '<a "', "<", "<a ", "<a \"'", "&", "<a b='\">"])
def test_a_broken_file_is_walked_over_once(piece: str):
    line, column, _ = _place(piece * 100_000, _find(1))

    assert (line, column) == (1, 1)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.integers(-3, 20), st.sampled_from(["", "a", "\x00", "("]))
def test_any_bytes_may_be_placed(data: bytes, line: int, element: str):
    _place(b"<" + data, _find(line, element))
