"""The XML door: hostile files are refused soon, good ones keep their lines."""

import tracemalloc

import pytest

from engine.xml import Limits, XmlRefused, line_of, parse

BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>'


def test_a_good_file_gives_its_root_without_comments() -> None:
    root = parse(b"<a><!-- no --><b>x<!-- cut -->y</b><?pi z?></a>", "a.xml")

    assert [child.tag for child in root] == ["b"]
    assert root[0].text == "xy"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_every_encoding_is_read_and_its_doctype_refused(encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'

    assert parse(f"{head}<a>投诉</a>".encode(encoding), "a.xml").text == "投诉"
    with pytest.raises(XmlRefused) as refused:
        parse(f"{head}{BOMB}".encode(encoding), "a.xml")
    assert "DOCTYPE" in refused.value.en


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf-8", "utf-16"),
        ("gbk", "utf-16"),
        ("utf-16be", "utf-16-le"),
        ("utf-16", "utf-8-sig"),
        ("gb18030", "utf-8-sig"),
        ("utf-7", "utf-7"),
    ],
)
def test_an_encoding_that_lies_is_refused(declared: str, encoding: str) -> None:
    with pytest.raises(XmlRefused):
        parse(f'<?xml version="1.0" encoding="{declared}"?><a>x</a>'.encode(encoding), "a.xml")


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("UTF-16LE", "utf-16-le"), ("utf-16", "utf-16-be"), ("UTF_8", "utf-8-sig"), ("GBK", "gbk"), ("Big5", "big5")],
)
def test_an_encoding_that_tells_the_truth_is_read(declared: str, encoding: str) -> None:
    data = f'<?xml version="1.0" encoding="{declared}"?><a>中</a>'.encode(encoding)

    assert parse(data, "a.xml").text == "中"


def test_an_inclusion_is_refused() -> None:
    with pytest.raises(XmlRefused):
        parse(b'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/hostname"/></a>', "a.xml")


def test_a_doctype_that_reads_a_file_is_refused() -> None:
    with pytest.raises(XmlRefused):
        parse(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "a.xml")


@pytest.mark.parametrize("data", [b"", b"<a>", b"<a><b></a></b>", b"\xff\xfe\x00", b"text", b"<a>&undefined;</a>"])
def test_what_is_not_well_formed_is_refused(data: bytes) -> None:
    with pytest.raises(XmlRefused) as refused:
        parse(data, "plan.bpmn")

    assert refused.value.zh.startswith("plan.bpmn")


def test_a_fault_tells_line_and_column() -> None:
    with pytest.raises(XmlRefused) as refused:
        parse(b"<a>\n  <b>\n</a>", "a.xml")

    assert refused.value.line == 3
    assert refused.value.column > 0


def test_a_fault_is_told_once_and_in_words_of_people() -> None:
    with pytest.raises(XmlRefused) as refused:
        parse(b"<a><b></a>", "a.xml")

    assert refused.value.zh == "a.xml：第 1 行第 11 列不是合法的 XML：第 1 行打开的 <b> 被 </a> 关闭。"
    assert (
        refused.value.en == "a.xml: not well-formed XML at line 1, column 11: <b>, opened in line 1, is closed by </a>."
    )


@pytest.mark.parametrize(
    "data",
    [b"", b"<a>", b"PK\x03\x04", b"<a>x & y</a>", b"<a/><b/>", b"<a b=1/>", b"<a b='<'/>", "<a>投诉</a>".encode("gbk")],
)
def test_a_common_fault_is_told_in_chinese(data: bytes) -> None:
    with pytest.raises(XmlRefused) as refused:
        parse(data, "a.xml")

    assert any("\u4e00" <= letter <= "\u9fff" for letter in refused.value.zh.rpartition("：")[2])
    assert "<string>" not in refused.value.zh + refused.value.en


@pytest.mark.parametrize(
    ("data", "limits"),
    [
        (b"<a>" * 50 + b"</a>" * 50, Limits(depth=20)),
        (b"<a>" + b"<b/>" * 50 + b"</a>", Limits(elements=20)),
        (b"<a " + b" ".join(b"a%d=''" % n for n in range(30)) + b"/>", Limits(attributes=20)),
        (b"<a b='" + b"x" * 50 + b"'/>", Limits(tag_bytes=20)),
        (b"<a b='" + b"x" * 50 + b"'/>", Limits(value_length=20)),
        (b"<a>" + b"x" * 50 + b"</a>", Limits(text_length=20)),
        (b"<a/>" + b" " * 50, Limits(size_bytes=20)),
    ],
)
def test_each_limit_is_held(data: bytes, limits: Limits) -> None:
    assert parse(data, "a.xml").tag == "a"
    with pytest.raises(XmlRefused):
        parse(data, "a.xml", limits)


def test_a_huge_file_is_refused_before_it_is_read() -> None:
    data = b"<a>" + b"<b/>" * 12_500_000 + b"</a>"
    tracemalloc.start()

    with pytest.raises(XmlRefused):
        parse(data, "a.xml")

    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(XmlRefused):
        parse(b"<a>" * 100_000, "a.xml")


def test_lines_are_right_beyond_65535() -> None:
    root = parse(b"<a>" + b"\n" * 70_000 + b"<b/></a>", "a.xml")

    assert line_of(root[0]) == 70_001
