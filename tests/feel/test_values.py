"""Values in and out: plain Python, stored JSON, the clock and the working calendar that a run brings along."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import feel
from engine.calendars import BEIJING, WorkCalendar

CALENDAR = WorkCalendar(
    years=frozenset({2030}),
    holidays=frozenset({date(2030, 10, 1), date(2030, 10, 2), date(2030, 10, 3)}),
    make_up_days=frozenset({date(2030, 9, 29)}),
)
EIGHT = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5", Decimal("1.5")),
        ('"a"', "a"),
        ("true", True),
        ("null", None),
        ("[1]", [Decimal(1)]),
        ("{a: 1}", {"a": Decimal(1)}),
        ('@"2024-02-29"', date(2024, 2, 29)),
        ('@"10:00:00"', time(10)),
        ('@"2024-02-29T10:00:00+08:00"', datetime(2024, 2, 29, 10, tzinfo=EIGHT)),
        ('@"2024-02-29T10:00:00@Asia/Shanghai"', datetime(2024, 2, 29, 10, tzinfo=ZoneInfo("Asia/Shanghai"))),
        ('@"P1DT1H"', timedelta(days=1, hours=1)),
        ('@"P1Y1M"', feel.YearsMonths(13)),
        ("[1..2)", feel.Range(Decimal(1), Decimal(2), True, False)),
        ("(> 5)", feel.Range(Decimal(5), None, False, False)),
    ],
)
def test_values_are_plain_python(text: str, value: object) -> None:
    result = feel.compile(text).evaluate({})

    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (Decimal("3"), 3),
        (Decimal("3.0"), 3),
        (Decimal("1E+3"), 1000),
        (Decimal("0.1"), 0.1),
        (5, 5),
        (True, True),
        (date(2024, 2, 29), "2024-02-29"),
        (datetime(2024, 2, 29, 10, tzinfo=BEIJING), "2024-02-29T10:00:00+08:00"),
        (datetime(2024, 2, 29, 10, tzinfo=BEIJING).replace(tzinfo=None), "2024-02-29T10:00:00"),
        (time(10, 0, tzinfo=UTC), "10:00:00Z"),
        (timedelta(hours=36), "P1DT12H"),
        (feel.YearsMonths(13), "P1Y1M"),
        ([Decimal(1), {"a": None}], [1, {"a": None}]),
        (feel.Range(Decimal(1), Decimal(2)), "[1..2]"),
    ],
)
def test_a_value_is_stored_as_json(value: object, stored: object) -> None:
    result = feel.to_json(value)

    assert result == stored
    assert type(result) is type(stored)


def test_a_function_is_stored_as_null() -> None:
    assert feel.to_json(feel.compile("function(a) a").evaluate({})) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4))
def test_numbers_of_fifteen_digits_come_back_from_json(number: Decimal) -> None:
    assert feel.from_json(feel.to_json(number)) == number


def test_numbers_read_from_json_are_exact() -> None:
    assert feel.from_json({"a": [0.1, 3, True, "x", None]}) == {"a": [Decimal("0.1"), Decimal(3), True, "x", None]}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("n + 1 = 8 and half * 2 = 1", True),
        ("at.year", 2024),
        ('at = date and time("2024-02-29T02:00:00Z")', True),
        ("date and time(iso) = at", True),
        ("date(day) = date(at)", True),
        ("nested.list[2].x", 2),
        ("sum(nested.list.x)", 3),
        ("at + length", datetime(2024, 2, 29, 11, tzinfo=BEIJING)),
    ],
)
def test_python_values_and_iso_texts_work_as_they_come(text: str, value: object) -> None:
    context = {
        "n": 7,
        "half": 0.5,
        "at": datetime(2024, 2, 29, 10, tzinfo=BEIJING),
        "iso": "2024-02-29T10:00:00+08:00",
        "day": "2024-02-29",
        "length": timedelta(hours=1),
        "nested": {"list": [{"x": 1}, {"x": 2}]},
    }

    assert feel.compile(text).evaluate(context) == value


# --- the clock and the calendar -------------------------------------------------------------------------------

RECEIVED = datetime(2030, 9, 30, 9, 0, tzinfo=BEIJING)  # a Monday before the national holiday


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("working days after(received_at, 2)", datetime(2030, 10, 7, 9, 0, tzinfo=BEIJING)),
        ('working days after("2030-09-30T09:00:00+08:00", 1)', datetime(2030, 10, 4, 9, 0, tzinfo=BEIJING)),
        ("working days after(from: received_at, days: 1)", datetime(2030, 10, 4, 9, 0, tzinfo=BEIJING)),
        ("end of day(received_at)", datetime(2030, 9, 30, 23, 59, 59, tzinfo=BEIJING)),
        ('end of day("2030-09-30T20:00:00Z")', datetime(2030, 10, 1, 23, 59, 59, tzinfo=BEIJING)),
        ("end of day(working days after(received_at, 1))", datetime(2030, 10, 4, 23, 59, 59, tzinfo=BEIJING)),
        ('business days between(received_at, @"2030-10-08")', 3),
        ('business days between("2030-10-08", "2030-09-30")', -3),
        ('is working day(@"2030-09-29")', True),
        ("is working day(received_at)", True),
        ("now()", RECEIVED),
        ("today()", date(2030, 9, 30)),
        ('now() > received_at - duration("PT1H")', True),
    ],
)
def test_legal_time_is_counted_over_the_calendar_of_the_run(text: str, value: object) -> None:
    result = feel.compile(text).evaluate({"received_at": RECEIVED}, calendar=CALENDAR, now=RECEIVED)

    assert result == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("working days after(received_at, 0)", "1 到"),
        ("working days after(received_at, 1.5)", "整数"),
        ("working days after(received_at, 1000000)", "1 到"),
        ('working days after("soon", 1)', "不是日期时间"),
        ('working days after("2030-09-30T09:00:00", 1)', "时区"),
        ("working days after(received_at, 300)", "2031"),
        ("working days after(null, 1)", "参数"),
    ],
)
def test_legal_time_that_cannot_be_counted_is_null_with_the_reason(text: str, reason: str) -> None:
    value, notes = feel.compile(text).evaluate_explained({"received_at": RECEIVED}, calendar=CALENDAR)

    assert value is None
    assert any(reason in note for note in notes), notes


def test_without_a_calendar_or_clock_the_reason_is_told() -> None:
    for text in ("end of day(at)", "now()", "today()"):
        value, notes = feel.compile(text).evaluate_explained({"at": RECEIVED})

        assert value is None
        assert notes
