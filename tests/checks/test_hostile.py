"""Files made to hurt, and files broken by chance: each is refused fast and clearly, and nothing but findings comes out."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.checks import check_files
from engine.findings import MOST_OF_A_KIND, Severity
from tests.checks.corpus import FOLDER
from tests.checks.hostile import HOSTILE, TAKEN

ROOT = Path(__file__).parents[2]
PLANS = [path.read_bytes() for path in sorted((Path(__file__).parents[2] / "processes").glob("*.bpmn"))]
SEEDS = PLANS + [path.read_bytes() for path in sorted(FOLDER.glob("*/good.bpmn"))]
WORDS = sorted({word for seed in SEEDS for word in re.findall(rb"<(?:\w+:)?(\w+)", seed)})
VALUES = [b"", b"x", b"=1 +", b"${", b"${a.b()}", b"-1", b"true", b"P1D", b"\xe6\x9d\x8e", b"&#0;", b"1 a"]


@pytest.fixture(scope="module")
def measured() -> dict[str, tuple[float, float, list[str]]]:
    """Give seconds, megabytes and codes of every hostile file, measured in a process of its own."""
    made = subprocess.run([sys.executable, "-m", "tests.checks.hostile"], capture_output=True, check=True, cwd=ROOT)
    lines = [json.loads(line) for line in made.stdout.splitlines()]
    return {name: (seconds, megabytes, codes) for name, seconds, megabytes, codes in lines}


@pytest.mark.parametrize("name", sorted(HOSTILE.keys() - TAKEN))
def test_a_hostile_file_is_refused_at_the_door_within_a_second_and_a_hundred_megabytes(name, measured):
    seconds, megabytes, codes = measured[name]

    assert len(codes) == 1, codes
    assert codes[0].startswith("xml-") or codes == ["file-kind"]
    assert seconds < 1
    assert megabytes < 100


@pytest.mark.parametrize("name", sorted(TAKEN))
def test_what_the_door_lets_in_is_read_in_seconds(name, measured):
    seconds, megabytes, _ = measured[name]

    assert seconds < 4
    assert megabytes < 100


def test_a_refusal_says_in_both_languages_what_is_wrong():
    findings = check_files({"evil.bpmn": HOSTILE["a million laughs"]()})

    assert [finding.severity for finding in findings] == [Severity.ERROR]
    assert "DOCTYPE" in findings[0].zh
    assert "DOCTYPE" in findings[0].en


def test_many_findings_of_a_kind_are_counted_and_the_first_are_listed():
    findings = check_files({"evil.bpmn": HOSTILE["flows to nowhere"]()})

    assert len([finding for finding in findings if finding.code == "dangling-reference"]) == MOST_OF_A_KIND
    assert any(finding.code == "findings-shortened" for finding in findings)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_every_usual_encoding_is_read(encoding):
    declared = encoding.removesuffix("-sig")
    text = PLANS[0].decode().replace("encoding='UTF-8'", f"encoding='{declared}'", 1)
    text = text.replace('encoding="UTF-8"', f'encoding="{declared}"', 1)

    findings = check_files({"plan.bpmn": text.encode(encoding)})

    assert not [finding for finding in findings if finding.code.startswith("xml-")]


@st.composite
def _broken(draw: st.DrawFn) -> bytes:
    """A good file with a few things changed: elements renamed, moved, doubled, removed; values swapped; bytes lost."""
    data = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 5))):
        how = draw(st.integers(0, 5))
        tags = re.findall(rb"<((?:\w+:)?)(\w+)", data)
        singles = re.findall(rb"<[\w:]+[^<>]*/>", data)
        values = re.findall(rb'="([^"<>]*)"', data)
        if how == 0:
            at = draw(st.integers(0, len(data)))
            data = data[:at] + data[at + draw(st.integers(1, 80)) :]
        elif how == 1 and tags:
            prefix, old = draw(st.sampled_from(tags))
            data = re.sub(rb"(</?" + prefix + rb")" + old + rb"\b", rb"\1" + draw(st.sampled_from(WORDS)), data)
        elif how == 2 and values:
            old = b'="' + draw(st.sampled_from(values)) + b'"'
            new = draw(st.sampled_from(VALUES + values))
            data = data.replace(old, b'="' + new + b'"', draw(st.sampled_from([1, -1])))
        elif how == 3 and singles:
            one = draw(st.sampled_from(singles))
            data = data.replace(one, draw(st.sampled_from([b"", one + one])), 1)
        elif how == 4 and singles:
            at = data.find(b">", draw(st.integers(0, max(len(data) - 1, 0)))) + 1
            data = data[:at] + draw(st.sampled_from(singles)) + data[at:]
        elif how == 5:
            data = data.replace(b"schema/zeebe/1.0", b"schema/1.0/bpmn").replace(b"Camunda Cloud", b"Camunda Platform")
    return data


@settings(max_examples=250, deadline=None)
@given(_broken())
def test_nothing_but_findings_comes_out_of_a_broken_file(data):
    for finding in check_files({"broken.bpmn": data}):
        assert finding.zh
        assert finding.en
        assert finding.file == "broken.bpmn"


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["a.bpmn", "a.dmn", "a.form", "a.txt"]))
def test_nothing_but_findings_comes_out_of_any_bytes(data, name):
    assert check_files({name: data})
