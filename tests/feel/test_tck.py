"""The public DMN test kit, level 2, where it lies beside the repository (or at $BANJIE_TCK): every result is right."""

import os

from tests.feel import tck

if (
    tck.folder().exists() or "BANJIE_TCK" in os.environ
):  # the kit is public and not ours: it is no part of the repository

    def test_every_case_of_the_public_test_kit_is_right() -> None:
        outcomes = list(tck.run(tck.folder()))

        assert outcomes, f"no cases under {tck.folder()}"
        assert [outcome for outcome in outcomes if not outcome.passed] == []


def test_the_runner_tells_right_from_wrong(tmp_path: tck.Path) -> None:
    (tmp_path / "small.dmn").write_bytes(
        b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="n" name="n">'
        b'<decision id="d" name="sum"><literalExpression><text>a + b[1].c</text></literalExpression></decision></definitions>'
    )
    case = (
        '<testCase id="{}"><inputNode name="a"><value xsi:type="xsd:decimal">1.5</value></inputNode>'
        '<inputNode name="b"><list><item><component name="c"><value xsi:type="xsd:decimal">2</value></component></item></list>'
        '</inputNode><resultNode name="sum" type="decision"><expected><value xsi:type="xsd:decimal">{}</value></expected>'
        "</resultNode></testCase>"
    )
    (tmp_path / "small.xml").write_text(
        '<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<modelName>small.dmn</modelName>{case.format('right', '3.5')}{case.format('wrong', '4')}</testCases>"
    )

    outcomes = list(tck.run(tmp_path))

    assert [(outcome.case, outcome.passed) for outcome in outcomes] == [("right", True), ("wrong", False)]
