"""The public DMN test kit, level 2, where it lies beside the repository (or at $BANJIE_TCK): every result is right."""

import os

import pytest

from tests.feel import tck


@pytest.mark.parametrize("root", [tck.folder()] if tck.folder().exists() or "BANJIE_TCK" in os.environ else [])
def test_every_case_of_the_public_test_kit_is_right(root: tck.Path) -> None:
    outcomes = list(tck.run(root))

    assert outcomes, f"no cases under {root}"
    assert [outcome for outcome in outcomes if not outcome.passed] == []
