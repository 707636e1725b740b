"""The template of the training schools, as files on a disk: `banjie check` finds the dates on which it breaks the law."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from webapp.cli import group

FOLDER = Path(__file__).parent / "training_school"


def test_the_files_of_the_training_school_are_refused_with_their_sixteen_dates_of_2026():
    answer = CliRunner().invoke(group, ["check", str(FOLDER)])

    assert answer.exit_code == 1
    line = next(line for line in answer.output.splitlines() if "deadline-broken" in line)
    assert "error" in line
    assert "carry_out" in line
    assert "2026-02-06…2026-02-15、2026-09-21…2026-09-26" in line  # ten and six
    assert "2026-02-24 23:59" in line  # when it is done
    assert "2026-02-21 23:59" in line  # when it should have been


def test_a_lawyer_mends_the_rule_without_a_developer(tmp_path):
    for path in FOLDER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    pack = tmp_path / "training_school.rules.json"
    rules = json.loads(pack.read_text("utf-8"))
    rules["rules"][0]["number"] = 18
    pack.write_text(json.dumps(rules), "utf-8")

    assert "deadline-broken" not in CliRunner().invoke(group, ["check", str(tmp_path)]).output
