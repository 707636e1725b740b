"""`banjie calendar`: the years of the working calendar; import of a year from a file."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from engine import calendar_years
from engine.calendars import BEIJING
from engine.work import SYSTEM
from webapp.admin import notice
from webapp.commands import door


@click.group()
def calendar() -> None:
    """工作日历。 The working calendar."""


@calendar.command("list")
@door.database_option
def list_years(database_url: str | None) -> None:
    """列出年份。 List the years, and whether they are published."""
    with door.open_house(database_url).work(SYSTEM, read_only=True) as work:
        years = calendar_years.years(work)
        warning = calendar_years.warning(work)
    table = Table("年份 year", "状态 status", "假日 holidays", "调休 make-up", "来源 source", "导入 imported")
    for year in years:
        status = "暂估 provisional" if year.is_provisional else "已公布 published"
        table.add_row(
            str(year.year),
            status,
            str(year.holidays),
            str(year.make_up_days),
            year.source,
            f"{year.imported_at.astimezone(BEIJING):%Y-%m-%d}",
        )
    door.out.print(table)
    if warning:
        click.echo(" / ".join(warning), err=True)


@calendar.command("import")
@click.argument("year", type=int)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="通知的文号和日期 / Number and date of the notice.")
@door.database_option
def import_year(year: int, file: Path, source: str, database_url: str | None) -> None:
    """导入 YEAR 年。 Import YEAR from a CSV or JSON FILE: date,holiday or working[,name] a line; recompute provisional deadlines."""
    entries = read_days(file)
    with door.open_house(database_url).work(SYSTEM) as work:
        doubts = calendar_years.doubts(work, year, entries)
        recomputed = calendar_years.import_year(work, year, entries, source)
    click.echo(
        f"已导入 {len(entries)} 天，重算 {recomputed} 个投诉件 / {len(entries)} days imported, {recomputed} cases recomputed"
    )
    for doubt in doubts:
        click.echo(" / ".join(doubt), err=True)


def read_days(file: Path) -> list[calendar_years.DayEntry]:
    """Return the days of a notice as offices write it. Raises a usage error that names every wrong line."""
    try:
        return notice.read(file.read_bytes()[: notice.MAX_BYTES + 1])
    except notice.BadNotice as error:
        raise click.UsageError(f"{file}:{error.line}: {error.zh} / {error.en}") from error
