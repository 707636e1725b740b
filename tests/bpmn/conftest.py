"""Every test that plays a case runs twice: in memory, and saved and loaded at every step."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.bpmn.build import Play


@pytest.fixture(params=["memory", "saved"])
def play(request: pytest.FixtureRequest) -> Callable[..., Play]:
    """Make a case of a process or plan."""
    is_saved = request.param == "saved"
    return lambda plan, **options: Play(plan, is_saved, **options)
