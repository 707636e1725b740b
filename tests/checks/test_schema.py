"""The file against the BPMN 2.0 schema: our tables and the schema's own validator say yes and no to the same files."""

from __future__ import annotations

import re
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.checks import check_files
from engine.findings import Severity
from engine.interchange import read, schema
from engine.interchange.schema_tables import _FOLDER, distribution
from tests.checks.corpus import CODES, FOLDER
from tests.interchange.author import written

PLANS = sorted((Path(__file__).parents[2] / "processes").glob("*.bpmn"))
FILES = [*PLANS, *(FOLDER / code / f"{name}.bpmn" for code in CODES for name in ("good", "bad"))]
VALIDATOR = etree.XMLSchema(
    etree.parse(str(Path(str(distribution("spiffworkflow").locate_file(_FOLDER))) / "BPMN20.xsd"))
)
#: What only one of the two looks at: references between elements; a foreign type's own declaration.
OURS_ALONE = "the id of an element of the file"


def agrees(data: bytes) -> None:
    """Hold our tables against the validator on one file."""
    try:
        root = etree.fromstring(data)
    except etree.XMLSyntaxError:
        return
    if root.tag != "{http://www.omg.org/spec/BPMN/20100524/MODEL}definitions":
        return
    is_valid = VALIDATOR.validate(root)
    own = [one for one in schema.violations(root) if OURS_ALONE not in one.en]

    assert (own == []) == is_valid, (own, VALIDATOR.error_log)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_our_tables_and_the_schemas_validator_agree_on_a_file(path):
    if path.exists() and path.read_bytes().strip().startswith(b"<"):
        agrees(path.read_bytes())


@settings(max_examples=150)
@given(data=st.data())
def test_they_agree_on_a_plan_in_which_tags_were_moved_doubled_or_removed(data):
    text = data.draw(st.sampled_from(PLANS)).read_text("utf-8")
    pieces = re.split(r"(<[^<>]+/>\s*|<bpmn:(?:incoming|outgoing|documentation|flowNodeRef)>[^<>]*<[^<>]+>\s*)", text)
    places = [index for index, piece in enumerate(pieces) if piece.startswith("<") and index % 2]
    one, other = data.draw(st.sampled_from(places)), data.draw(st.sampled_from(places))
    how = data.draw(st.sampled_from(["move", "double", "remove"]))
    if how != "remove":
        pieces[other] += pieces[one]
    if how != "double":
        pieces[one] = "" if one != other else pieces[one]

    agrees("".join(pieces).encode())


def test_order_is_a_warning_and_what_may_not_stand_somewhere_an_error():
    order = written('<bpmn:task id="a"><bpmn:incoming>f</bpmn:incoming><bpmn:documentation/></bpmn:task>')
    place = written('<bpmn:startEvent id="a"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:startEvent>')

    assert ("xsd-order", Severity.WARNING) in _found(order)
    assert {code for code, severity in _found(place) if severity is Severity.ERROR} & {
        "xsd-element",
        "unsupported-element",
    }


def test_other_vendors_elements_belong_into_extension_elements():
    body = '<acme:note xmlns:acme="urn:acme"/><bpmn:startEvent id="s"/>'

    assert ("xsd-element", Severity.WARNING) in _found(written(body))


def test_one_slip_in_the_order_is_said_once():
    body = "".join(f'<bpmn:textAnnotation id="n{i}"/><bpmn:task id="t{i}"/>' for i in range(5))

    _, findings = read("a.bpmn", written(body))

    assert [finding.code for finding in findings if finding.code == "xsd-order"] == ["xsd-order"]


def test_a_file_full_of_faults_is_looked_at_in_one_pass_and_named_a_few_times():
    body = "".join(f'<bpmn:dataObject id="a{n}"><bpmn:dataState level="1"/></bpmn:dataObject>' for n in range(20_000))
    data = written(body)
    root = etree.fromstring(data)

    begun = process_time()
    found = schema.violations(root)
    took = process_time() - begun

    assert len(found) == 20_000
    assert took < 2
    assert 0 < sum(finding.code.startswith("xsd-") for finding in check_files({"a.bpmn": data})) <= 20


def _found(data: bytes) -> set[tuple[str, Severity]]:
    _, findings = read("a.bpmn", data)
    return {(finding.code, finding.severity) for finding in findings}
