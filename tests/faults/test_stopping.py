"""Processes that are told to stop finish what they do and end by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.work import Database, open_database
from tests.faults.processes import Process, free_port, wait_for, wait_for_words
from tests.faults.test_kills import fill
from webapp.commands.schema import bring_up_to_date


@pytest.fixture
def house_url(empty_database_url: str) -> str:
    """Give the URL of a house with a plan."""
    database = Database(open_database(empty_database_url))
    bring_up_to_date(database)
    fill(database)
    database.pool.dispose()
    return empty_database_url


def test_a_worker_ends_when_it_is_told_to(house_url: str, tmp_path: Path):
    worker = Process(house_url, tmp_path, "worker", "1")
    wait_for_words(worker, "performing jobs")

    code = worker.tell_to_stop()

    assert code == 0, worker.log()
    assert "Traceback" not in worker.log()


def test_the_web_application_ends_when_it_is_told_to(house_url: str, tmp_path: Path):
    port = free_port()
    web = Process(house_url, tmp_path, "web", str(port))
    wait_for(port)

    code = web.tell_to_stop()

    assert code == 0, web.log()
    assert "Traceback" not in web.log()
