"""The table of elements in the documents is what the tests of this folder show."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_table_of_elements_is_written_from_these_tests():
    root = Path(__file__).parents[2]

    done = subprocess.run(
        [sys.executable, "-m", "tests.bpmn.table", "--check"], cwd=root, capture_output=True, text=True
    )

    assert done.returncode == 0, f"run `python -m tests.bpmn.table`\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
