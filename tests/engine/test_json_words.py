"""What is wrong with a text that should be JSON is told in words of people."""

from __future__ import annotations

import json

import pytest

from engine.checks import check_files
from engine.json_words import fault_of


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        ("", "第 1 行第 1 列，这里应有一个值"),
        ("{", "第 1 行第 2 列，成员名应写在双引号里（逗号可能多了一个）"),
        ('{"a" 1}', "第 1 行第 6 列，成员名后面少了冒号"),
        ("[1\n2]", "第 2 行第 1 列，两项之间少了逗号"),
        ("{} x", "第 1 行第 4 列，结束以后还有内容"),
        ('["a', "第 1 行第 2 列，文字少了结尾的引号"),
    ],
)
def test_a_fault_is_told_with_its_place_in_chinese(text: str, zh: str) -> None:
    with pytest.raises(json.JSONDecodeError) as raised:
        json.loads(text)

    assert fault_of(raised.value)[0] == zh


@pytest.mark.parametrize("name", ["a.form", "a.rules.json", "a.organisation.json"])
def test_a_broken_file_of_each_kind_is_told_so(name: str) -> None:
    (found,) = check_files({name: b'{"id": "a",}'})

    assert "第 1 行第 12 列，" in found.zh
    assert "Expecting" not in found.zh


def test_a_file_of_another_encoding_is_told_so() -> None:
    (found,) = check_files({"a.form": '{"id": "表单"}'.encode("gbk")})

    assert "不是 UTF-8" in found.zh
