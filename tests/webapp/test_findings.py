"""Findings in the words of a page: names for ids, dates for steps, and why the end of a run is a fault."""

from __future__ import annotations

from engine.family import Family
from engine.findings import Finding, Severity
from tests.support.sketch import DONE_TWICE
from tests.webapp.conftest import House
from webapp.findings import Told, tell

FILE = "lost_item.bpmn"


def _told(house: House, code: str, run: tuple[str, ...], moments: tuple[str, ...] = ()) -> Told:
    family, _ = Family.read({FILE: DONE_TWICE.replace("都已办理".encode(), b"")})
    finding = Finding(
        FILE, 1, Severity.WARNING, code, run[-1] if run else "", "中文", "English", run=run, moments=moments
    )
    with house.app.test_request_context("/"):
        return tell([finding], family)[0]


def test_a_run_is_told_by_names_and_an_unnamed_element_by_its_kind(house: House):
    told = _told(house, "sound-unsynchronised", ("received", "merge", "answer"))

    assert [step.name for step in told.run] == ["接到投诉", "排他网关", "答复客户"]
    assert told.end == "这里会做不止一次：并行的分支没有汇合。"
    assert told.has_page


def test_the_steps_of_a_broken_deadline_have_their_dates(house: House):
    told = _told(
        house, "deadline-broken", ("received", "answer"), ("2026-01-01T15:59:59+00:00", "2026-01-09T16:00:00+00:00")
    )

    assert [step.at for step in told.run] == ["2026-01-01 23:59", "2026-01-10 00:00"]
    assert told.end == "到这里已超过时限。"


def test_a_run_of_a_code_nobody_worded_still_says_where_the_fault_is(house: House):
    told = _told(house, "some-new-code", ("received", "no_such_element"))

    assert [step.name for step in told.run] == ["接到投诉", "no_such_element"]
    assert told.end == "问题出在这里。"
    assert not told.has_page


def test_a_finding_without_a_run_has_no_end(house: House):
    told = _told(house, "sound-deadlock", ())

    assert (told.run, told.end) == ([], "")
