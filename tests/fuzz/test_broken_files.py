"""Files broken at random, byte by byte and tag by tag: only findings come out, and soon. More of them in `make fuzz`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import process_time

from hypothesis import settings

from engine.checks import check_files
from tests.checks.corpus import FOLDER

ROOT = Path(__file__).parents[2]
SEEDS = [path.read_bytes() for path in [*FOLDER.glob("*/*.bpmn"), *(ROOT / "processes").glob("*.bpmn")]]
TAG, VALUE, ATTRIBUTE = re.compile(rb"<[^<>!?]+>"), re.compile(rb'="([^"<>]*)"'), re.compile(rb' [\w:]+="[^"<>]*"')
WORDS = [
    b"",
    b"0",
    b"-1",
    b"true",
    b"x y",
    b"=",
    b"= (",
    b"PT",
    b"${x}",
    b"a:b:c",
    b"&#x0A;",
    b"9" * 40,
    b"=[1..",
    b"R3/PT1H",
]


def _spans(pattern: re.Pattern[bytes], data: bytes, group: int = 0) -> list[tuple[int, int]]:
    return [found.span(group) for found in pattern.finditer(data)] or [(0, 0)]


def lose(random: Random, data: bytes) -> bytes:
    start, end = random.choice(_spans(random.choice([TAG, ATTRIBUTE]), data))
    return data[:start] + data[end:]


def double(random: Random, data: bytes) -> bytes:
    start, end = random.choice(_spans(TAG, data))
    at = random.choice(_spans(TAG, data))[1]
    return data[:at] + data[start:end] + data[at:]


def swap_values(random: Random, data: bytes) -> bytes:
    start, end = random.choice(_spans(VALUE, data, 1))
    other = random.choice(_spans(VALUE, data, 1))
    return data[:start] + data[slice(*other)] + data[end:]


def set_value(random: Random, data: bytes) -> bytes:
    start, end = random.choice(_spans(VALUE, data, 1))
    return data[:start] + random.choice(WORDS) + data[end:]


def set_text(random: Random, data: bytes) -> bytes:
    start, end = random.choice(_spans(re.compile(rb">([^<>]+)<"), data, 1))
    return data[:start] + random.choice(WORDS) + data[end:]


def rename(random: Random, data: bytes) -> bytes:
    names = re.findall(rb"<(?:\w+:)?(\w+)", data)
    if not names:
        return data
    old, new = random.choice(names), random.choice(names)
    return re.sub(rb"(</?(?:\w+:)?)" + old + rb"\b", rb"\1" + new, data)


def flip(random: Random, data: bytes) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + bytes([random.randrange(256)]) + data[at + random.randrange(3) :]


BREAKS: list[Callable[[Random, bytes], bytes]] = [lose, double, swap_values, set_value, set_text, rename, flip]


def test_nothing_but_findings_comes_out_of_files_broken_at_random_and_none_takes_long():
    random = Random(settings().max_examples)
    slowest = 0.0
    for _ in range(5 * settings().max_examples):
        data = random.choice(SEEDS)
        for _ in range(random.randint(1, 6)):
            data = random.choice(BREAKS)(random, data)
        begun = process_time()
        for finding in check_files({"broken.bpmn": data}):
            assert finding.zh
            assert finding.en
        slowest = max(slowest, process_time() - begun)

    assert slowest < 2
