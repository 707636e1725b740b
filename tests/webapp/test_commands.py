"""The command line: what it takes, what it answers, and how it says that something is wrong."""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.errors import EngineError, InvalidPlan
from tests.decisions.build import decision, definitions, literal
from webapp.cli import group
from webapp.commands import door, neighbours

PASSWORD = "correct horse 42"


class House:
    """A house in a folder of its own, driven from the command line."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'house.db'}"

    def call(self, *arguments: str, input: str | None = None) -> Result:  # noqa: A002 - the runner's word
        """Call `banjie` with the arguments on this house's database."""
        return CliRunner().invoke(group, [*arguments, "--database", self.url], input=input)


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Give a house whose schema is up to date."""
    house = House(tmp_path)
    assert house.call("db", "upgrade").exit_code == 0
    return house


def test_a_new_house_gets_its_first_administrator_from_the_command_line(house: House):
    made = house.call("user", "role", "管理员", "--permission", "*")
    added = house.call("user", "add", "admin", "--role", "管理员", "--password", PASSWORD)
    listed = house.call("user", "list")

    assert (made.exit_code, added.exit_code) == (0, 0)
    assert "admin" in listed.output
    assert "people" in listed.output


def test_the_last_keeper_of_people_cannot_be_disabled(house: House):
    house.call("user", "role", "管理员", "--permission", "people")
    house.call("user", "add", "admin", "--role", "管理员", "--password", PASSWORD)

    refused = house.call("user", "disable", "admin")

    assert isinstance(refused.exception, EngineError)
    assert refused.exception.code == "last-keeper"


def test_a_database_that_is_behind_is_not_worked_on(tmp_path: Path):
    refused = House(tmp_path).call("user", "list")

    assert isinstance(refused.exception, EngineError)
    assert refused.exception.code == "schema-behind"


def test_upgrading_twice_does_nothing_the_second_time(house: House):
    again = house.call("db", "upgrade")

    assert again.exit_code == 0
    assert "applied: -" in again.output


def test_the_published_calendar_is_there_after_an_upgrade(house: House):
    listed = house.call("calendar", "list")

    assert "2026" in listed.output


def test_a_year_is_imported_from_a_file(house: House, tmp_path: Path):
    days = tmp_path / "days.csv"
    days.write_text("日期,类型,名称\n2027-01-01,休,元旦\n2027-02-14,working,调休\n", "utf-8")

    done = house.call("calendar", "import", "2027", str(days), "--source", "国办发明电〔2026〕7号")

    assert done.exit_code == 0, done.output
    assert "2 days imported" in done.output


def test_a_calendar_file_of_an_old_chinese_spreadsheet_is_imported_and_doubted(house: House, tmp_path: Path):
    days = tmp_path / "2027.csv"
    days.write_bytes("日期,类型,名称\n2027/1/1,放假,元旦\n2027/2/14,调休,春节\n".encode("gb18030"))

    done = house.call("calendar", "import", "2027", str(days), "--source", "国办发明电〔2026〕7号")

    assert done.exit_code == 0, done.output
    assert "2 days imported" in done.output
    assert "2027 年只有 1 个放假的工作日" in done.stderr


def test_a_bad_line_of_a_calendar_file_is_named(house: House, tmp_path: Path):
    days = tmp_path / "days.csv"
    days.write_text("2027-01-01,holiday\n2027-13-01,holiday\n", "utf-8")

    refused = house.call("calendar", "import", "2027", str(days), "--source", "x")

    assert refused.exit_code == 2
    assert f"{days}:2:" in refused.output


def test_two_files_of_one_name_are_not_deployed(house: House, tmp_path: Path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.bpmn").write_bytes(b"<a/>")

    refused = house.call("deploy", str(tmp_path))

    assert refused.exit_code == 2
    assert "same name" in refused.output


def test_a_folder_without_plans_is_refused(tmp_path: Path):
    refused = CliRunner().invoke(group, ["check", str(tmp_path)])

    assert refused.exit_code == 2
    assert "no .bpmn" in refused.output


def test_a_database_address_that_is_none_is_refused():
    refused = CliRunner().invoke(group, ["user", "list", "--database", "not a database"])

    assert refused.exit_code == 2
    assert "not a database URL" in refused.output


def test_help_lists_every_command_without_importing_it():
    listed = CliRunner().invoke(group, ["--help"])

    for name in ("demo", "serve", "worker", "deploy", "check", "decide", "run", "export", "user", "calendar", "db"):
        assert name in listed.output


# --- check, decide and run need no database ---------------------------------------------------------------------


def test_the_only_decision_of_a_file_is_decided_without_naming_it(tmp_path: Path):
    file = tmp_path / "answer.dmn"
    file.write_bytes(
        definitions(decision("answer", literal("6 * 7"))).replace(b'name="answer"', b'name="\xe7\xad\x94"')
    )

    decided = CliRunner().invoke(group, ["decide", str(file)])

    assert json.loads(decided.stdout) == 42


def test_files_without_a_decision_are_told_so(plan: Path):
    refused = CliRunner().invoke(group, ["decide", str(plan)])

    assert refused.exception is not None
    assert "没有决策" in str(refused.exception)


def diagram(*elements: str, key: str = "small") -> bytes:
    """Return a BPMN file with one process."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"\n'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"\n'
        ' xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Cloud"\n'
        f' id="d" targetNamespace="banjie"><bpmn:process id="{key}" name="小预案" isExecutable="true">\n'
        + "\n".join(elements)
        + "\n</bpmn:process></bpmn:definitions>"
    ).encode()


WAITING = diagram(
    '<bpmn:startEvent id="begin" name="收到"/>',
    '<bpmn:userTask id="work" name="办理"><bpmn:extensionElements><zeebe:userTask/>'
    '<zeebe:assignmentDefinition candidateGroups="专员"/></bpmn:extensionElements></bpmn:userTask>',
    '<bpmn:boundaryEvent id="late" name="超期" attachedToRef="work"><bpmn:timerEventDefinition id="t">'
    '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT24H</bpmn:timeDuration></bpmn:timerEventDefinition>'
    "</bpmn:boundaryEvent>",
    '<bpmn:endEvent id="done" name="办结"/><bpmn:endEvent id="overdue" name="督办"/>',
    '<bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="work"/>',
    '<bpmn:sequenceFlow id="f2" sourceRef="work" targetRef="done"/>',
    '<bpmn:sequenceFlow id="f3" sourceRef="late" targetRef="overdue"/>',
)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """Give the file of a plan with one task and a deadline of a day."""
    path = tmp_path / "small.bpmn"
    path.write_bytes(WAITING)
    return path


def trace_of(*arguments: str) -> list[dict[str, str]]:
    """Return the trace of `banjie run`, without its moments."""
    done = CliRunner().invoke(group, ["run", *arguments, "--trace"])
    assert done.exit_code == 0, (done.output, done.exception)
    lines: list[dict[str, str]] = json.loads(done.stdout)
    return lines


def test_a_trace_shows_what_waits_when_no_time_passes(plan: Path):
    trace = trace_of(str(plan), "--until", "PT0S")

    assert [(e["element"], e["what"]) for e in trace if e["what"] == "ready"] == [("work", "ready")]
    armed = next(line for line in trace if line["what"] == "armed")
    assert "due_at" in armed["data"]


def test_a_deadline_passes_on_the_virtual_clock(plan: Path):
    trace = trace_of(str(plan), "--until", "PT25H")

    told = [(line["element"], line["what"]) for line in trace]
    assert ("work", "cancelled") in told
    assert ("overdue", "ended") in told or told[-1][1] == "ended"


def test_a_script_answers_the_tasks(plan: Path, tmp_path: Path):
    script = tmp_path / "answers.json"
    script.write_text(json.dumps([{"advance": "PT1H"}, {"complete": "work", "data": {}}]))

    trace = trace_of(str(plan), "--script", str(script))

    assert ("work", "completed") in [(line["element"], line["what"]) for line in trace]


@pytest.mark.parametrize("step", [{"finish": "work"}, {"complete": "work", "data": [1]}, "complete"])
def test_a_wrong_step_of_a_script_is_named(plan: Path, tmp_path: Path, step: object):
    script = tmp_path / "answers.json"
    script.write_text(json.dumps([{"advance": "PT1H"}, step]))

    refused = CliRunner().invoke(group, ["run", str(plan), "--script", str(script)])

    assert refused.exit_code == 2
    assert "Step 2" in refused.output


HOUSE = Path(__file__).resolve().parents[2]


def test_one_file_runs_with_what_lies_beside_it():
    done = CliRunner().invoke(group, ["run", str(HOUSE / "processes" / "problem.bpmn")])

    assert done.exit_code == 0, done.output
    assert "phone_complainant" in done.stdout
    assert "回访（follow_up_visit.bpmn）" in done.stderr


def test_what_is_not_needed_is_not_taken_from_beside(plan: Path):
    (plan.parent / "broken.bpmn").write_text("<a>", encoding="utf-8")
    (plan.parent / "other.form").write_text("{", encoding="utf-8")

    done = CliRunner().invoke(group, ["run", str(plan)])

    assert done.exit_code == 0, done.output


def test_what_is_called_by_a_path_is_not_looked_for(tmp_path: Path):
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.bpmn").write_bytes(diagram('<bpmn:startEvent id="s"/>', key="secret"))
    caller = tmp_path / "in" / "caller.bpmn"
    caller.write_bytes(
        diagram(
            '<bpmn:startEvent id="s"/><bpmn:callActivity id="c" name="x"><bpmn:extensionElements>'
            '<zeebe:calledElement processId="../secret"/></bpmn:extensionElements></bpmn:callActivity>'
            '<bpmn:sequenceFlow id="f" sourceRef="s" targetRef="c"/>',
            key="caller",
        )
    )

    assert neighbours.of([caller], {"caller.bpmn": caller.read_bytes()}) == {}


def test_errors_of_a_run_are_told_once_and_speak_of_no_deployment(tmp_path: Path):
    path = tmp_path / "broken.bpmn"
    path.write_text("<a><b></a>", encoding="utf-8")
    refused = CliRunner().invoke(group, ["run", str(path)])
    assert isinstance(refused.exception, InvalidPlan)

    told = io.StringIO()
    with contextlib.redirect_stderr(told):
        door.say_error(refused.exception)

    assert told.getvalue().count("xml-refused") == 1
    assert "部署" not in told.getvalue()
    assert "deploy" not in told.getvalue()


def test_the_script_of_the_owners_handbook_runs(tmp_path: Path):
    handbook = (HOUSE / "docs" / "owners.md").read_text(encoding="utf-8")
    example = re.search(r"```json\n(\[\{\"complete\".*?)```", handbook, re.S)
    data = re.search(r"# data\.json: (\{.*\})", handbook)
    assert example is not None
    assert data is not None
    (tmp_path / "answers.json").write_text(example[1], encoding="utf-8")
    (tmp_path / "data.json").write_text(data[1], encoding="utf-8")

    done = CliRunner().invoke(
        group,
        [
            "run",
            str(HOUSE / "processes" / "problem.bpmn"),
            *("--data", str(tmp_path / "data.json")),
            *("--script", str(tmp_path / "answers.json")),
        ],
    )

    assert done.exit_code == 0, done.output
    assert "form_opinion_supervise" in done.stdout
    assert '"severity": "major"' in done.stdout


def test_a_clean_plan_checks_with_code_0(plan: Path):
    done = CliRunner().invoke(group, ["check", str(plan), "--json"])

    assert done.exit_code == 0, done.output
    assert [f for f in json.loads(done.stdout) if f["severity"] == "error"] == []


def test_an_error_is_one_line_with_its_place_and_code_1(tmp_path: Path):
    path = tmp_path / "small.bpmn"
    path.write_bytes(WAITING.replace(b'targetRef="done"', b'targetRef="nowhere"'))

    refused = CliRunner().invoke(group, ["check", str(path)])

    assert refused.exit_code == 1
    assert any("small.bpmn:" in line and ": error " in line for line in refused.stdout.splitlines())


def test_deploying_shows_new_versions_and_exporting_gives_the_bytes_back(house: House, plan: Path, tmp_path: Path):
    deployed = house.call("deploy", str(plan))
    again = house.call("deploy", str(plan))
    exported = house.call("export", str(tmp_path / "out"))

    assert (deployed.exit_code, again.exit_code, exported.exit_code) == (0, 0, 0), deployed.output
    assert "small v1" in deployed.output
    assert "unchanged" in again.output
    assert (tmp_path / "out" / "small.bpmn").read_bytes() == WAITING


def test_a_plan_with_an_error_is_not_deployed(house: House, tmp_path: Path):
    path = tmp_path / "small.bpmn"
    path.write_bytes(WAITING.replace(b'targetRef="done"', b'targetRef="nowhere"'))

    refused = house.call("deploy", str(path))
    exported = house.call("export", str(tmp_path / "out"))

    assert isinstance(refused.exception, EngineError)
    assert refused.exception.code == "invalid-plan"
    assert "0 files" in exported.output


def test_a_plan_is_checked_against_the_people_of_a_house_when_asked(house: House, plan: Path):
    house.call("user", "role", "客服人员")
    house.call("user", "add", "mei", "--role", "客服人员", "--password", PASSWORD)

    alone = CliRunner().invoke(group, ["check", str(plan)])
    checked = house.call("check", str(plan))

    assert "role-" not in alone.output
    assert "role-unknown" in checked.output or "role-single" in checked.output
