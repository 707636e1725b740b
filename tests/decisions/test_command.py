"""`banjie decide` and the page that tries a table: JSON in, JSON out."""

import json
from pathlib import Path

import pytest

from engine.decisions import decide
from engine.errors import EngineError
from tests.decisions.build import decision, definitions, literal, table
from tests.decisions.test_models import IMPORT, LIBRARY


def test_a_file_decides_json_and_shows_the_rules_that_hit(tmp_path: Path) -> None:
    file = tmp_path / "noise.dmn"
    file.write_bytes(definitions(decision("level", table("FIRST", "decibels", "o", '> 65.5 | "high"', '- | "low"'))))

    result = decide(file, "level", '{"decibels": 70.2}')

    assert result["value"] == "high"
    assert result["tables"][0]["hits"] == [1, 2]
    assert result["faults"] == []
    json.dumps(result)


def test_imports_are_found_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "library.dmn").write_bytes(LIBRARY)
    (tmp_path / "broken.dmn").write_bytes(b"<nothing")
    file = tmp_path / "main.dmn"
    file.write_bytes(definitions(IMPORT + decision("d", literal("lib.base"), "d:https://example.org/library#base")))

    assert decide(file, "d", {})["value"] == 40


@pytest.mark.parametrize("data", ["{", "[1]"])
def test_data_that_are_no_object_are_refused(tmp_path: Path, data: str) -> None:
    file = tmp_path / "d.dmn"
    file.write_bytes(definitions(decision("d", literal("1"))))

    with pytest.raises(EngineError) as refused:
        decide(file, "d", data)
    assert refused.value.code == "bad-data"
