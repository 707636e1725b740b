"""Files made to hurt, by what they try. Run as a program it refuses each of them and prints what that took."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator

BPMN = b'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
MOST = 9_900_000  #: just below the size that is refused unread


def _definitions(inside: bytes, attributes: bytes = b"", before: bytes = b'<?xml version="1.0"?>') -> bytes:
    return before + b'<definitions %s targetNamespace="u" %s>%s</definitions>' % (BPMN, attributes, inside)


def _process(inside: bytes) -> bytes:
    return _definitions(b'<process id="p" isExecutable="true">%s</process>' % inside)


def _fill(piece: Callable[[int], bytes], most: int = MOST) -> bytes:
    made, size, number = [], 0, 0
    while size < most:
        made.append(piece(number))
        size += len(made[-1])
        number += 1
    return b"".join(made)


def _zip() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("plan.bpmn", b"0" * 30_000_000)
    return held.getvalue()


def _laughs() -> bytes:
    entities = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 12))
    return b'<!DOCTYPE a [<!ENTITY l0 "ha">%s]><a>&l11;</a>' % entities


def _quadratic() -> bytes:
    return b'<!DOCTYPE a [<!ENTITY x "%s">]><a>%s</a>' % (b"x" * 100_000, b"&x;" * 100_000)


def _choice(condition: bytes) -> bytes:
    """Return a process with one gateway and this condition."""
    flow = b'<sequenceFlow id="%s" sourceRef="%s" targetRef="%s">%s</sequenceFlow>'
    test = b"<conditionExpression>=%s</conditionExpression>" % condition
    ways = flow % (b"f1", b"s", b"g", b"") + flow % (b"f2", b"g", b"e", test) + flow % (b"f3", b"g", b"h", b"")
    ends = b'<endEvent id="e"/><endEvent id="h"/>'
    return _process(b'<startEvent id="s"/><exclusiveGateway id="g" default="f3"/>' + ends + ways)


def _web(size: int) -> bytes:
    """Return gateways of which each leads to each."""
    gateways = b"".join(b'<parallelGateway id="g%d"/>' % n for n in range(size))
    pairs = [(i, j) for i in range(size) for j in range(size) if i != j]
    flows = b"".join(b'<sequenceFlow id="f%d_%d" sourceRef="g%d" targetRef="g%d"/>' % (i, j, i, j) for i, j in pairs)
    return _process(gateways + flows)


def _lane(members: bytes) -> bytes:
    return _process(b'<laneSet id="l"><lane id="x">%s</lane></laneSet>' % members)


#: name -> maker.
HOSTILE: dict[str, Callable[[], bytes]] = {
    "fifty megabytes of text": lambda: b"<a>" + b"x" * 50_000_000,
    "fifty megabytes of elements": lambda: b"<a>" + b"<b/>" * 12_500_000,
    "fifty megabytes of zeros": lambda: bytes(50_000_000),
    "fifty megabytes of a plan": lambda: _process(_fill(lambda n: b'<task id="t%d" name="x"/>' % n, 50_000_000)),
    "a million laughs": _laughs,
    "quadratic entities": _quadratic,
    "an entity of a file": lambda: b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
    "an entity of the network": lambda: b'<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]><a>&x;</a>',
    "a parameter entity": lambda: b'<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/hostname"> %x;]><a/>',
    "an external DTD": lambda: b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
    "a public DTD": lambda: b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://127.0.0.1:9/x.dtd"><a/>',
    "a plain DOCTYPE": lambda: _definitions(b"", before=b"<!DOCTYPE definitions>"),
    "a DOCTYPE in UTF-16": lambda: '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16"),
    "a DOCTYPE in UTF-7": lambda: b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-<a/>',
    "attributes by default": lambda: b"<!DOCTYPE a [<!ATTLIST a %s>]><a/>" % b" ".join(b'x%d CDATA "1"' % n for n in range(9_000)),
    "deep nesting": lambda: b"<a>" * 3_000_000,
    "deep nesting, closed": lambda: b"<a>" * 50_000 + b"</a>" * 50_000,
    "deep subprocesses": lambda: _process(b'<subProcess id="s">' * 5_000 + b"</subProcess>" * 5_000),
    "a million elements": lambda: _process(b"<a/>" * 1_000_000),
    "a million attributes": lambda: _definitions(b"", _fill(lambda n: b'a%d="" ' % n)),
    "many namespaces": lambda: _definitions(b"", _fill(lambda n: b'xmlns:n%d="u%d" ' % (n, n), 3_000_000)),
    "a long attribute": lambda: _definitions(b"", b'name="%s"' % (b"x" * 5_000_000)),
    "a long attribute of the allowed length, often": lambda: _process(_fill(lambda n: b'<task id="t%d" name="%s"/>' % (n, b"x" * 99_000))),
    "a long element name": lambda: b"<%s/>" % (b"x" * 5_000_000),
    "a long attribute name": lambda: b'<a %s=""/>' % (b"x" * 5_000_000),
    "a long namespace": lambda: b'<a xmlns="%s"/>' % (b"x" * 5_000_000),
    "a long text": lambda: _process(b"<documentation>%s</documentation>" % (b"x" * 9_000_000)),
    "a long comment": lambda: _definitions(b"<!--%s-->" % (b"x" * 9_000_000)),
    "many comments": lambda: b"<a>" + b"<!--x-->" * 1_200_000,
    "a long instruction": lambda: b"<?x %s?><a/>" % (b"y" * 9_000_000),
    "many instructions": lambda: b"<a>" + b"<?x y?>" * 1_300_000,
    "a style sheet": lambda: b'<?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?><a/>',
    "a long CDATA": lambda: _process(b"<documentation><![CDATA[%s]]></documentation>" % (b"<x>" * 3_000_000)),
    "an inclusion": lambda: _process(b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname"/>'),
    "a schema's address": lambda: _definitions(b"<task/>", b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="u http://127.0.0.1:9/x.xsd"'),
    "an unclosed tag": lambda: b"<a " + b"x" * 9_000_000,
    "an unclosed value": lambda: b'<a b="' + b"x" * 9_000_000,
    "an unclosed comment": lambda: b"<a><!--" + b"x" * 9_000_000,
    "signs of less": lambda: b"<" * 9_000_000,
    "ampersands": lambda: b"<a>" + b"&" * 9_000_000,
    "character references": lambda: b"<a>" + b"&#x41;" * 1_600_000 + b"</a>",
    "a null character": lambda: b"<a>\x00</a>",
    "a reference to a null character": lambda: b"<a>&#0;</a>",
    "control characters": lambda: b"<a>\x01\x02</a>",
    "half a surrogate": lambda: b"<a>\xed\xa0\x80</a>",
    "a wrong encoding": lambda: '<?xml version="1.0" encoding="UTF-8"?><a>投诉</a>'.encode("gb18030"),
    "an encoding that is none": lambda: b'<?xml version="1.0" encoding="martian"?><a/>',
    "a mark of one encoding, the word of another": lambda: b"\xef\xbb\xbf" + '<?xml version="1.0" encoding="UTF-16"?><a>x'.encode("utf-16-le"),
    "UTF-32": lambda: '<?xml version="1.0" encoding="UTF-32"?><a/>'.encode("utf-32"),
    "UTF-16 that says it is UTF-8": lambda: '<?xml version="1.0" encoding="UTF-8"?><a/>'.encode("utf-16"),
    "UTF-16 that says so the wrong way round": lambda: '<?xml version="1.0" encoding="UTF-16BE"?><a/>'.encode("utf-16-le"),
    "UTF-7": lambda: b'<?xml version="1.0" encoding="utf-7"?>' + _process(b'<startEvent id="s"/>')[21:],
    "EBCDIC": lambda: '<?xml version="1.0" encoding="cp037"?><a/>'.encode("cp037"),
    "an XML 1.1": lambda: b'<?xml version="1.1"?><a>\xc2\x85</a>',
    "nothing": lambda: b"",
    "blanks": lambda: b" \n\t" * 1_000_000,
    "a mark and nothing": lambda: b"\xef\xbb\xbf",
    "a zip": _zip,
    "a gzip": lambda: zlib.compress(b"<a/>" * 1_000_000),
    "an image": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 1_000,
    "a web page": lambda: b"<html><body><script>alert(1)</script></body></html>",
    "JSON": lambda: json.dumps({"a": [[[1]]] * 100_000}).encode(),
    "faults everywhere": lambda: _process(_fill(lambda n: b'<task id="1" x="%d" default="g"/>' % n, 1_800_000)),
    "flows to nowhere": lambda: _process(_fill(lambda n: b'<sequenceFlow id="f%d" sourceRef="a" targetRef="b"/>' % n, 2_600_000)),
    "lanes of nobody": lambda: _lane(_fill(lambda n: b"<flowNodeRef>g%d</flowNodeRef>" % n, 1_500_000)),
    "a web of flows": lambda: _web(220),
    "an expression that never ends": lambda: _choice(b"(" * 90_000),
    "a sum without end": lambda: _choice(b"1 + " * 200_000 + b"1 = 1"),
}  # fmt: skip


#: What the door lets in: it is no larger than the largest diagram, or does no harm.
TAKEN = {
    "a long attribute of the allowed length, often",
    "a long comment",
    "many comments",
    "a schema's address",
    "deep subprocesses",
    "faults everywhere",
    "flows to nowhere",
    "lanes of nobody",
    "a web of flows",
    "an expression that never ends",
    "a sum without end",
}


def measured() -> Iterator[tuple[str, float, float, list[str]]]:
    """Check every file; yield its name, the seconds, the megabytes it needed at most beside its own bytes, the codes."""
    import gc
    import resource
    from time import process_time

    from engine.checks import check_files
    from engine.findings import Severity

    check_files({"warm.bpmn": _process(b'<startEvent id="s"/>')})
    for name, make in HOSTILE.items():
        data = make()
        gc.collect()
        _forget_peak()
        before = _peak() or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
        begun = process_time()
        findings = check_files({"evil.bpmn": data})
        took = process_time() - begun
        after = _peak() or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
        yield (
            name,
            took,
            after - before,
            sorted({finding.code for finding in findings if finding.severity is Severity.ERROR}),
        )


def _forget_peak() -> None:
    """Let the system count the peak of memory anew, where it can (Linux)."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        return


def _peak() -> float:
    try:
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) / 1_000 for line in file if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return 0.0


if __name__ == "__main__":
    for name, seconds, megabytes, codes in measured():
        print(json.dumps([name, round(seconds, 3), round(megabytes, 1), codes]))
