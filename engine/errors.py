"""Errors the engine raises on purpose: a code for programs, a message for people (Chinese and English).

The web maps the classes to status codes in `webapp/errors.py`, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class EngineError(Exception):
    """Something the caller can mend. `code` is stable; `zh` and `en` say what is wrong and what to do."""

    code = "engine-error"

    def __init__(self, zh: str, en: str, *, code: str | None = None, **details: Any) -> None:
        super().__init__(zh)
        self.zh = zh
        self.en = en
        self.details = details
        if code is not None:
            self.code = code

    def message(self, language: str = "zh") -> str:
        """Return the message in `language` ("en" or anything else for Chinese)."""
        return self.en if language.startswith("en") else self.zh


class NotFound(EngineError):
    """The thing asked for does not exist, or must look as if it did not."""

    code = "not-found"


class NotAllowed(EngineError):
    """The actor may not do this."""

    code = "not-allowed"


class Conflict(EngineError):
    """Somebody else was first, or the thing is no longer in the state that the verb needs."""

    code = "conflict"


class InvalidAnswers(EngineError):
    """Answers to a form are wrong. `faults` maps a field's path to one message (zh, en) each."""

    code = "invalid-answers"

    def __init__(self, faults: dict[str, tuple[str, str]]) -> None:
        count = len(faults)
        super().__init__(f"表单有 {count} 处需要更正。", f"The form has {count} fault(s) to correct.", faults=faults)
        self.faults = faults


class FileError(EngineError):
    """A file cannot be attached. The message names it."""

    code = "file-error"


class FileTooLarge(FileError):
    """A file, or a case's files together, would be larger than the house allows."""

    code = "file-too-large"


class FileRefused(FileError):
    """Its content is of no kind that may be attached, or that the field takes."""

    code = "file-refused"


class InvalidPlan(EngineError):
    """Files cannot be deployed or run. `findings` says why, each with file, line and element."""

    code = "invalid-plan"

    def __init__(self, findings: Sequence[Any]) -> None:
        count = len(findings)
        self.findings = list(findings)
        #: How many there are, without naming the first: for those who show `findings` themselves.
        self.summary = (f"文件有 {count} 处错误，没有采用。", f"The files have {count} error(s) and were not taken.")
        first = f" {findings[0]}" if findings else ""
        super().__init__(f"{self.summary[0]}{first}", f"{self.summary[1]}{first}")


class CalendarNotCovered(EngineError):
    """The working calendar has no published entry for a year that a deadline needs.

    Remedy: an administrator imports that year's holidays.
    """

    code = "calendar-not-covered"

    def __init__(self, year: int) -> None:
        super().__init__(
            f"工作日历缺少 {year} 年，请管理员先导入该年节假日。",
            f"The working calendar does not cover {year}; an administrator imports that year's holidays first.",
            year=year,
        )
        self.year = year


class StepFailed(EngineError):
    """An automatic step raised an error; the case keeps the person's work and gets an incident."""

    code = "step-failed"

    def __init__(self, element_id: str, zh: str, en: str) -> None:
        super().__init__(zh, en, element_id=element_id)
        self.element_id = element_id
