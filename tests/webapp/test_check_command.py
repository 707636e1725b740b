"""`banjie check`: its formats, its configuration, its baseline and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from engine.checks import lawfulness
from engine.checks.catalogue import entries
from webapp.cli import group

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:t">\n'
GOOD = (
    HEAD
    + """  <process id="p" name="噪声投诉" isExecutable="true">
    <startEvent id="s"/>
    <task id="work" name="调查，核实: 100%"/>
    <endEvent id="e"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="work"/>
    <sequenceFlow id="f2" sourceRef="work" targetRef="e"/>
  </process>
</definitions>
"""
)
#: A step that nothing leads to (an error), and a way that stops (a warning).
BAD = GOOD.replace(
    '<sequenceFlow id="f1" sourceRef="s" targetRef="work"/>\n', '<sequenceFlow id="f1" sourceRef="s" targetRef="e"/>\n'
)
WARNED = (
    GOOD.replace('    <sequenceFlow id="f2" sourceRef="work" targetRef="e"/>\n', "")
    .replace("</startEvent>", "")
    .replace('    <endEvent id="e"/>\n', "")
)


def call(*arguments: object, input: str | bytes | None = None) -> Result:  # noqa: A002 - the runner's word
    """Call `banjie check`."""
    return CliRunner().invoke(group, ["check", *map(str, arguments)], input=input)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def configure(folder: Path, text: str) -> None:
    """Write the configuration."""
    (folder / "banjie.toml").write_text(f"[tool.banjie.check]\n{text}", encoding="utf-8")


# --- text, JSON, GitHub ----------------------------------------------------------------------------------------


def test_a_clean_file_says_nothing_and_ends_with_0(folder: Path):
    (folder / "a.bpmn").write_text(GOOD, "utf-8")

    done = call("a.bpmn")

    assert (done.exit_code, done.stdout) == (0, "")


def test_an_error_ends_with_1_and_is_one_line(folder: Path):
    (folder / "投诉 预案.bpmn").write_text(BAD, "utf-8")

    done = call("投诉 预案.bpmn", "--language", "zh")

    assert done.exit_code == 1
    assert done.stdout == "投诉 预案.bpmn:5: error unreachable work: 没有路径能走到这里，永远不会执行。\n"


def test_a_missing_file_ends_with_2(folder: Path):
    assert call("nowhere.bpmn").exit_code == 2


def test_one_language_is_told_when_asked_for(folder: Path):
    (folder / "a.bpmn").write_text(BAD, "utf-8")

    done = call("a.bpmn", "--language", "en")

    assert "never runs" in done.stdout
    assert "永远" not in done.stdout


def test_the_count_is_told_in_the_one_language_too(folder: Path):
    (folder / "a.bpmn").write_text(BAD, "utf-8")

    assert "处错误" not in call(".", "--language", "en").stderr
    assert "error(s)" not in call(".", "--language", "zh").stderr


def test_a_file_that_is_not_there_is_told_in_both_languages(folder: Path):
    refused = call("nowhere.bpmn")

    assert refused.exit_code == 2
    assert "没有文件或文件夹“nowhere.bpmn”" in refused.stderr
    assert "no file or folder 'nowhere.bpmn'" in refused.stderr


def test_an_unreadable_xml_is_told_what_to_do_once(folder: Path):
    (folder / "a.bpmn").write_text("<a><b></a>", "utf-8")

    told = call("a.bpmn", "--language", "en", "--advice").stdout

    assert told.count("Export") == 1


def test_files_that_a_named_one_needs_are_pointed_at(folder: Path):
    house = Path(__file__).resolve().parents[2]

    told = call(house / "processes" / "suggestion.bpmn", "--language", "en")
    whole = call(house / "processes", house / "forms", "--language", "en")

    assert "lie beside them unchecked" in told.stderr
    assert "unchecked" not in whole.stderr


def test_json_tells_place_advice_and_page_of_every_finding(folder: Path):
    (folder / "a.bpmn").write_text(BAD, "utf-8")

    (one,) = json.loads(call("a.bpmn", "--json").stdout)

    assert (one["line"], one["column"], one["element"], one["name"]) == (5, 5, "work", "调查，核实: 100%")
    assert one["advice_zh"]
    assert one["advice_en"]
    assert one["help"] == "docs/checks/unreachable.md"
    assert json.loads(call("a.bpmn", "--format", "json").stdout) == [one]


def test_a_workflow_command_is_escaped(folder: Path):
    (folder / "a,b 100%.bpmn").write_text(BAD, "utf-8")

    line = call("a,b 100%.bpmn", "--format", "github", "--language", "en").stdout.strip()

    assert line.startswith("::error file=a%2Cb 100%25.bpmn,line=5,col=5,title=unreachable 调查，核实%3A 100%25::")
    assert len(line.splitlines()) == 1


def test_what_comes_in_on_standard_input_is_checked_under_a_name(folder: Path):
    done = call("-", "--stdin-name", "typed.bpmn", input=BAD.encode())

    assert done.exit_code == 1
    assert done.stdout.startswith("typed.bpmn:5: error unreachable work: ")


def test_a_code_is_explained_without_any_file():
    told, unknown = call("--explain", "sound-deadlock"), call("--explain", "sound-dedlock")

    assert told.exit_code == 0
    assert "死锁" in told.stdout
    assert "What to do: " in told.stdout
    assert unknown.exit_code == 2
    assert "sound-deadlock" in unknown.stderr


def test_the_output_may_go_to_a_file(folder: Path):
    (folder / "a.bpmn").write_text(BAD, "utf-8")

    done = call("a.bpmn", "--format", "sarif", "--output", "out.sarif")

    assert done.stdout == ""
    assert json.loads((folder / "out.sarif").read_text("utf-8"))["version"] == "2.1.0"


def test_the_same_files_are_told_in_the_same_order(folder: Path):
    for name in ("b.bpmn", "a.bpmn", "c.bpmn"):
        (folder / name).write_text(BAD.replace('id="p"', f'id="p_{name[0]}"'), "utf-8")

    first, second = call("c.bpmn", "a.bpmn", "b.bpmn"), call(".")

    assert first.stdout == second.stdout
    assert [line[:1] for line in first.stdout.splitlines()] == ["a", "b", "c"]


def test_checking_loads_no_database_and_no_web_server():
    """A modeler or a hook before each commit waits for it."""
    asked = "import sys, webapp.commands.check; print([n for n in ('sqlalchemy', 'flask', 'SpiffWorkflow') if n in sys.modules])"

    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"


def test_a_configuration_may_be_named_and_must_have_its_section(folder: Path):
    (folder / "a.bpmn").write_text(BAD, "utf-8")
    (folder / "ours.toml").write_text("[tool.banjie.check]\n" + OFF, "utf-8")
    (folder / "empty.toml").write_text("[tool.other]\n", "utf-8")

    assert call("a.bpmn", "--config", "ours.toml").exit_code == 0
    assert call("a.bpmn", "--config", "empty.toml").exit_code == 2


def test_a_house_may_bring_its_own_words_of_law(folder: Path):
    (folder / "a.bpmn").write_text(GOOD.replace("调查，核实: 100%", "撤下海报"), "utf-8")
    ours = (
        (Path(lawfulness.__file__).with_name("lawfulness.toml"))
        .read_text("utf-8")
        .replace('"回购|', '"撤下海报", "回购|')
    )
    (folder / "law.toml").write_text(ours, "utf-8")
    configure(folder, 'law = "law.toml"\n')

    assert ": hint unlawful-buyback work: " in call("a.bpmn").stdout
    (folder / "law.toml").write_text("[topic.x]\n", "utf-8")
    assert call("a.bpmn").exit_code == 2


# --- SARIF -------------------------------------------------------------------------------------------------------


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


TEXT = {"type": "string", "minLength": 1}
MESSAGE = _object(["text"], text=TEXT, markdown=TEXT)
LEVEL = {"enum": ["none", "note", "warning", "error"]}
LOGICAL = _object([], name=TEXT, fullyQualifiedName=TEXT, kind=TEXT, decoratedName=TEXT)
LOCATION = _object(
    [],
    physicalLocation=_object(
        ["artifactLocation"],
        artifactLocation=_object(["uri"], uri={"type": "string", "pattern": r"^[!-~]+$"}, uriBaseId=TEXT),
        region=_object(
            ["startLine"],
            startLine={"type": "integer", "minimum": 1},
            startColumn={"type": "integer", "minimum": 1},
        ),
    ),
    logicalLocations=_list(LOGICAL),
)
#: What SARIF 2.1.0 demands of the parts that we write, by its own schema.
SARIF = _object(
    ["version", "runs", "$schema"],
    version={"const": "2.1.0"},
    **{"$schema": {"type": "string", "format": "uri"}},
    runs=_list(
        _object(
            ["tool", "results"],
            tool=_object(
                ["driver"],
                driver=_object(
                    ["name", "rules"],
                    name=TEXT,
                    semanticVersion=TEXT,
                    rules=_list(
                        _object(
                            ["id", "helpUri", "help", "shortDescription", "fullDescription"],
                            id=TEXT,
                            name={"type": "string", "pattern": "^[A-Za-z0-9]+$"},
                            helpUri={"type": "string", "pattern": "^[a-z]+:"},
                            help=MESSAGE,
                            shortDescription=MESSAGE,
                            fullDescription=MESSAGE,
                            properties={"type": "object"},
                        )
                    ),
                ),
            ),
            language={"type": "string", "pattern": "^[a-z]{2}-[A-Z]{2}$"},
            columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
            originalUriBaseIds={"type": "object"},
            invocations=_list(_object(["executionSuccessful"], executionSuccessful={"type": "boolean"})),
            results=_list(
                _object(
                    ["message", "ruleId"],
                    ruleId=TEXT,
                    ruleIndex={"type": "integer", "minimum": 0},
                    level=LEVEL,
                    message=MESSAGE,
                    locations=_list(LOCATION),
                    partialFingerprints={"type": "object", "additionalProperties": TEXT},
                    baselineState={"enum": ["new", "unchanged", "updated", "absent"]},
                    suppressions=_list(
                        _object(
                            ["kind"],
                            kind={"enum": ["inSource", "external"]},
                            status={"enum": ["accepted", "underReview", "rejected"]},
                            justification=TEXT,
                        )
                    ),
                    codeFlows=_list(
                        _object(
                            ["threadFlows"],
                            threadFlows=_list(
                                _object(
                                    ["locations"],
                                    locations=_list(
                                        _object(
                                            ["location"],
                                            location=LOCATION,
                                            executionTimeUtc={"type": "string", "pattern": "Z$"},
                                        )
                                    ),
                                )
                            ),
                        )
                    ),
                    properties={"type": "object"},
                )
            ),
        )
    ),
)


def sarif(*arguments: object) -> dict[str, Any]:
    """Return the run that SARIF tells, held against the schema."""
    log = json.loads(call(*arguments, "--format", "sarif").stdout)
    jsonschema.validate(log, SARIF)
    run = log["runs"][0]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert isinstance(run, dict)
    return run


def test_sarif_names_place_element_and_rule(folder: Path):
    (folder / "投诉 预案.bpmn").write_text(BAD, "utf-8")

    run = sarif("投诉 预案.bpmn")

    (result,) = run["results"]
    place = result["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "%E6%8A%95%E8%AF%89%20%E9%A2%84%E6%A1%88.bpmn"
    assert place["physicalLocation"]["region"] == {"startLine": 5, "startColumn": 5}
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "work"
    assert run["tool"]["driver"]["rules"][0]["help"]["markdown"]


def test_sarif_shows_a_counter_example_step_by_step(folder: Path):
    text = GOOD.replace(
        '<sequenceFlow id="f2" sourceRef="work" targetRef="e"/>',
        '<parallelGateway id="g"/><sequenceFlow id="f2" sourceRef="work" targetRef="g"/>'
        '<sequenceFlow id="f3" sourceRef="x" targetRef="g"/><sequenceFlow id="f4" sourceRef="g" targetRef="e"/>',
    ).replace(
        '<sequenceFlow id="f1" sourceRef="s" targetRef="work"/>',
        '<exclusiveGateway id="x0" default="f6"/><task id="x"/><sequenceFlow id="f1" sourceRef="s" targetRef="x0"/>'
        '<sequenceFlow id="f5" sourceRef="x0" targetRef="work"><conditionExpression>=a &gt; 1</conditionExpression></sequenceFlow>'
        '<sequenceFlow id="f6" sourceRef="x0" targetRef="x"/>',
    )
    (folder / "a.bpmn").write_text(text, "utf-8")

    flows = [result["codeFlows"] for result in sarif("a.bpmn")["results"] if result["ruleId"] == "sound-deadlock"]

    steps = [step["location"]["logicalLocations"][0]["name"] for step in flows[0][0]["threadFlows"][0]["locations"]]
    assert steps[0] == "s"


def test_sarif_tells_the_dates_of_a_run_that_breaks_a_limit(folder: Path):
    corpus = Path(__file__).parents[1] / "checks" / "deadline-broken"
    for path in corpus.iterdir():
        if path.is_file() and not path.name.startswith("good"):
            (folder / path.name).write_bytes(path.read_bytes())

    (broken,) = [one for one in sarif(".")["results"] if one["ruleId"] == "deadline-broken"]

    steps = broken["codeFlows"][0]["threadFlows"][0]["locations"]
    assert any("executionTimeUtc" in step for step in steps)


def test_sarif_of_every_fault_of_the_corpus_fits_the_schema(folder: Path):
    corpus = Path(__file__).parents[1] / "checks"

    run = sarif(*sorted(corpus.glob("*/bad.bpmn")), "--each")

    assert len(run["tool"]["driver"]["rules"]) > 100


def test_sarif_calls_a_rule_by_the_address_that_the_house_gives(folder: Path):
    configure(folder, 'help = "https://banjie.test/plans/checks/{code}"\n')
    (folder / "a.bpmn").write_text(BAD, "utf-8")

    rules = sarif("a.bpmn")["tool"]["driver"]["rules"]

    assert rules[0]["helpUri"] == "https://banjie.test/plans/checks/unreachable"


def test_a_fingerprint_stays_when_lines_move_and_goes_with_the_element(folder: Path):
    (folder / "a.bpmn").write_text(BAD, "utf-8")
    before = sarif("a.bpmn")["results"][0]["partialFingerprints"]

    (folder / "a.bpmn").write_text(BAD.replace("<process ", "\n\n<!-- moved -->\n<process "), "utf-8")
    moved = sarif("a.bpmn")["results"][0]["partialFingerprints"]
    (folder / "a.bpmn").write_text(BAD.replace('"work"', '"other"'), "utf-8")
    other = sarif("a.bpmn")["results"][0]["partialFingerprints"]

    assert moved == before
    assert other != before


# --- configuration -----------------------------------------------------------------------------------------------

OFF = '[[tool.banjie.check.severity]]\ncode = "unreachable"\nseverity = "off"\nreason = "kept for next year"\n'


def test_a_severity_is_changed_with_a_reason(folder: Path):
    (folder / "a.bpmn").write_text(BAD, "utf-8")
    configure(folder, OFF.replace("off", "warning"))

    done = call("a.bpmn")

    assert done.exit_code == 0
    assert ": warning unreachable work: " in done.stdout


def test_what_is_switched_off_is_counted_and_told_in_sarif_with_its_reason(folder: Path):
    (folder / "a.bpmn").write_text(BAD, "utf-8")
    configure(folder, OFF)

    done = call("a.bpmn")

    assert (done.exit_code, done.stdout) == (0, "")
    assert "1 more are switched off" in done.stderr
    assert sarif("a.bpmn")["results"][0]["suppressions"][0]["justification"] == "kept for next year"


def test_a_rule_may_be_for_one_file_or_one_element_only(folder: Path):
    (folder / "old").mkdir()
    (folder / "old" / "a.bpmn").write_text(BAD, "utf-8")
    (folder / "b.bpmn").write_text(BAD.replace('id="p"', 'id="q"'), "utf-8")
    configure(folder, OFF + 'file = "old/**"\nelement = "wo*"\n')

    done = call(".")

    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == ["b.bpmn"]


def test_files_may_be_left_out(folder: Path):
    (folder / "drafts").mkdir()
    (folder / "drafts" / "a.bpmn").write_text(BAD, "utf-8")
    (folder / "b.bpmn").write_text(GOOD, "utf-8")
    configure(folder, 'exclude = ["drafts/"]\n')

    assert call(".").exit_code == 0


def test_a_configuration_that_leaves_everything_out_is_a_wrong_call(folder: Path):
    (folder / "a.bpmn").write_text(BAD, "utf-8")
    configure(folder, 'exclude = ["*.bpmn"]\n')

    refused = call(".")

    assert refused.exit_code == 2
    assert "nothing was checked" in refused.stderr


def test_a_change_of_severity_that_nothing_needs_any_more_is_told(folder: Path):
    (folder / "a.bpmn").write_text(BAD, "utf-8")
    section = '[[tool.banjie.check.severity]]\ncode = "%s"\nseverity = "hint"\nreason = "seen by the office"\n'
    configure(folder, section % "unreachable" + section % "sound-deadlock")

    whole, one = call(".", "--language", "en"), call("a.bpmn", "--language", "en")

    assert "line 7 of the configuration is not needed: sound-deadlock" in whole.stderr
    assert "not needed: unreachable" not in whole.stderr
    assert "not needed" not in one.stderr


def test_the_configuration_is_found_upward_from_the_files(folder: Path):
    deep = folder / "x" / "y"
    deep.mkdir(parents=True)
    (deep / "a.bpmn").write_text(BAD, "utf-8")
    configure(folder, OFF)

    assert call("x/y/a.bpmn").exit_code == 0


def test_warnings_fail_when_the_house_says_so(folder: Path):
    (folder / "a.bpmn").write_text(WARNED, "utf-8")

    plain, strict = call("a.bpmn"), call("a.bpmn", "--fail-on", "warning")
    configure(folder, 'fail-on = "warning"\n')
    configured = call("a.bpmn")

    assert (plain.exit_code, strict.exit_code, configured.exit_code) == (0, 1, 1)


def test_an_overdrawn_budget_fails_and_is_told(folder: Path):
    (folder / "a.bpmn").write_text(WARNED, "utf-8")
    configure(folder, "budget = { warning = 0 }\n")

    done = call("a.bpmn")

    assert done.exit_code == 1
    assert "1 of warning, 0 are allowed" in done.stderr


@pytest.mark.parametrize(
    "text, line, word",
    [
        ("colour = 1\n", 2, "colour"),
        ("\n" + OFF.replace("unreachable", "unreachabel"), 4, "'unreachable'"),
        (OFF.replace('reason = "kept for next year"\n', ""), 3, "reason"),
        (OFF.replace("kept for next year", "  "), 5, "reason"),
        (OFF + "why = 1\n", 6, "why"),
        (OFF.replace('"off"', '"mild"'), 4, "severity"),
        ('fail-on = "never"\n', 2, "fail-on"),
        ("budget = { error = 3 }\n", 2, "budget"),
        ("exclude = 3\n", 2, "exclude"),
        ("exclude = [\n", 2, "TOML"),
        ("fail-on = yes\n", 2, "TOML"),
    ],
)
def test_a_wrong_configuration_is_refused_with_its_line(folder: Path, text: str, line: int, word: str):
    (folder / "a.bpmn").write_text(GOOD, "utf-8")
    configure(folder, text)

    refused = call("a.bpmn")

    assert refused.exit_code == 2
    assert f"banjie.toml:{line}" in refused.stderr
    assert word in refused.stderr


def test_every_code_of_the_catalogue_may_be_configured(folder: Path):
    (folder / "a.bpmn").write_text(GOOD, "utf-8")
    configure(folder, "".join(OFF.replace("unreachable", code) for code in entries()))

    assert call("a.bpmn").exit_code == 0


# --- baseline ----------------------------------------------------------------------------------------------------


def test_only_what_the_baseline_lacks_counts(folder: Path):
    (folder / "a.bpmn").write_text(BAD, "utf-8")
    written = call(".", "--baseline", "old.json", "--write-baseline")
    (folder / "a.bpmn").write_text(BAD.replace("<process ", "\n\n<process "), "utf-8")

    same = call(".", "--baseline", "old.json")
    (folder / "b.bpmn").write_text(BAD.replace('id="p"', 'id="q"'), "utf-8")
    more = call(".", "--baseline", "old.json")

    assert (written.exit_code, same.exit_code, more.exit_code) == (0, 0, 1)
    assert (same.stdout, "1 more are in the baseline" in same.stderr) == ("", True)
    assert [line.partition(":")[0] for line in more.stdout.splitlines()] == ["b.bpmn"]


def test_a_second_finding_of_one_code_at_one_element_is_new(folder: Path):
    bad = BAD.replace("<task id=", '<task colour="1" id=')
    (folder / "a.bpmn").write_text(bad, "utf-8")
    call(".", "--baseline", "old.json", "--write-baseline")
    (folder / "a.bpmn").write_text(bad.replace("<task ", '<task taste="1" '), "utf-8")

    done = call(".", "--baseline", "old.json")

    assert done.exit_code == 1
    assert len(done.stdout.splitlines()) == 1


def test_what_is_fixed_is_told(folder: Path):
    (folder / "a.bpmn").write_text(BAD, "utf-8")
    call(".", "--baseline", "old.json", "--write-baseline")
    (folder / "a.bpmn").write_text(GOOD, "utf-8")

    done = call(".", "--baseline", "old.json")

    assert done.exit_code == 0
    assert "fixed: a.bpmn: unreachable work" in done.stderr
    assert [one["baselineState"] for one in sarif(".", "--baseline", "old.json")["results"]] == ["absent"]


def test_a_baseline_is_the_same_from_another_folder(folder: Path, monkeypatch: pytest.MonkeyPatch):
    (folder / "plans").mkdir()
    (folder / "plans" / "a.bpmn").write_text(BAD, "utf-8")
    call("plans", "--baseline", "old.json", "--write-baseline")
    monkeypatch.chdir(folder / "plans")

    assert call("a.bpmn", "--baseline", "../old.json").exit_code == 0


def test_a_baseline_names_no_line_and_is_written_the_same_again(folder: Path):
    (folder / "a.bpmn").write_text(BAD, "utf-8")
    call(".", "--baseline", "old.json", "--write-baseline")
    first = (folder / "old.json").read_bytes()
    (folder / "a.bpmn").write_text(BAD.replace("<process ", "\n<process "), "utf-8")
    call(".", "--baseline", "old.json", "--write-baseline")

    assert (folder / "old.json").read_bytes() == first


@pytest.mark.parametrize(
    "text", ["", "[]", '{"version": 2, "findings": []}', '{"version": 1, "findings": [{"file": 1}]}']
)
def test_a_damaged_baseline_is_a_wrong_call(folder: Path, text: str):
    (folder / "a.bpmn").write_text(GOOD, "utf-8")
    (folder / "old.json").write_text(text, "utf-8")

    refused = call(".", "--baseline", "old.json")

    assert refused.exit_code == 2
    assert "old.json" in refused.stderr
    assert "object is not" not in refused.stderr
    assert "__init__" not in refused.stderr


def test_a_baseline_that_is_not_there_is_a_wrong_call(folder: Path):
    (folder / "a.bpmn").write_text(GOOD, "utf-8")

    assert call(".", "--baseline", "old.json").exit_code == 2
    assert call(".", "--write-baseline").exit_code == 2


# --- folders of any kind ----------------------------------------------------------------------------------------


def test_a_folder_that_is_named_like_a_plan_and_a_link_to_nothing_are_no_files(folder: Path):
    (folder / "plan.bpmn").mkdir()
    (folder / "plan.bpmn" / "Good.BPMN").write_text(GOOD, encoding="utf-8")
    (folder / "gone.bpmn").symlink_to(folder / "nowhere.bpmn")

    result = call(folder)

    assert result.exit_code == 0, result.output


def test_a_thousand_files_are_checked_in_one_go(folder: Path):
    for number in range(1_000):
        (folder / f"p{number}.bpmn").write_text(GOOD.replace('id="p"', f'id="p{number}"'), encoding="utf-8")
    (folder / "empty.bpmn").write_bytes(b"")

    result = call(folder)

    assert result.exit_code == 1
    assert "xml-empty" in result.output
