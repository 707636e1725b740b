"""What the commands share: the database option, reading files and JSON of the author, and telling errors."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.console import Console

from engine.errors import EngineError, InvalidAnswers, InvalidPlan
from engine.json_words import fault_of

if TYPE_CHECKING:  # loading the database takes half a second, which commands on files need not wait for
    from engine.work import Database
    from webapp.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])


class PlanPath(click.Path):
    """A file or folder of plans that must be there; says so in both languages when it is not."""

    def __init__(self, *, allow_dash: bool = False) -> None:
        super().__init__(exists=True, allow_dash=allow_dash, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path. Fails when it does not exist or cannot be read."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as fault:
            if Path(value).exists():
                self.fail(f"“{value}”读不了 / cannot be read: {fault.message}", param, ctx)
            self.fail(f"没有文件或文件夹“{value}” / there is no file or folder {value!r}", param, ctx)


#: What a plan is made of.
SUFFIXES = (".bpmn", ".dmn", ".form", ".rules.json", ".organisation.json")

out = Console(highlight=False, soft_wrap=True)
err = Console(highlight=False, soft_wrap=True, stderr=True)


def database_option(command: F) -> F:
    """Add `--database URL` to a command; without it the settings say which."""
    return click.option(
        "--database",
        "database_url",
        metavar="URL",
        help="数据库，默认见设置 / Database; default: BANJIE_DATABASE_URL, else SQLite in BANJIE_DATA_FOLDER.",
    )(command)


def settings_for(database_url: str | None) -> Settings:
    """Return the settings of the environment, with the given database in place of theirs."""
    from webapp.settings import Settings

    settings = Settings.from_environment()
    return replace(settings, database_url=database_url) if database_url else settings


def connect(settings: Settings) -> Database:
    """Return the settings' database as it is, behind or empty; makes the folder of an SQLite file."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    from engine.work import Database, open_database

    try:
        url = make_url(settings.url)
    except ArgumentError as error:
        raise click.UsageError(f"数据库地址无效 / not a database URL: {settings.url!r}") from error
    if url.drivername == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    return Database(open_database(url.render_as_string(hide_password=False)), bounds=settings.bounds)


def open_house(database_url: str | None) -> Database:
    """Return the database of the house, its clock set. Raises EngineError when its schema is behind."""
    return open_current(settings_for(database_url))


def open_current(settings: Settings) -> Database:
    """Return the settings' database, its clock set. Raises EngineError when its schema is behind."""
    from engine import demo_clock
    from webapp.migrations import schema

    database = connect(settings)
    if not schema.is_current(database.pool):
        raise EngineError(
            "数据库结构不是最新，请先运行 banjie db upgrade。",
            "The database's schema is not up to date: run banjie db upgrade first.",
            code="schema-behind",
        )
    demo_clock.follow(database)
    return database


def find_files(paths: Iterable[Path]) -> dict[str, Path]:
    """Return the plan files at `paths`, of folders all in them, by their names; by their paths where names repeat."""
    inside = [
        item
        for path in paths
        for item in (
            sorted(item for item in path.rglob("*") if item.name.lower().endswith(SUFFIXES) and item.is_file())
            if path.is_dir()
            else [path]
        )
    ]
    if not inside:
        raise click.UsageError(f"没有找到 {'、'.join(SUFFIXES)} 文件 / no {', '.join(SUFFIXES)} file found.")
    unique = {item.resolve(): item for item in inside}.values()
    uses = Counter(item.name for item in unique)
    return {item.name if uses[item.name] == 1 else str(item): item for item in unique}


def read_files(paths: Iterable[Path]) -> dict[str, bytes]:
    """Return the content of the plan files at `paths` by their names. Raises a usage error where two share one."""
    found = find_files(paths)
    for name, path in found.items():
        if name != path.name:
            raise click.UsageError(f"两个文件同名 / two files have the same name: {path}")
    return {name: path.read_bytes() for name, path in found.items()}


def read_json(path: Path | None, kind: type, what: str) -> Any:
    """Return the JSON of `path` (an empty one without a path), which must be of `kind` (dict or list)."""
    if path is None:
        return kind()
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise click.UsageError(
            f"{path}: 不是有效的 JSON：{fault_of(error)[0]} / not valid JSON: {fault_of(error)[1]}"
        ) from error
    if not isinstance(value, kind):
        raise click.UsageError(f"{path}: {what}")
    return value


def print_json(value: Any) -> None:
    """Print `value` as JSON, Chinese readable, for programs and people."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))


def say_error(error: EngineError) -> None:
    """Tell an error of the engine: what is wrong and what to do, Chinese and English."""
    zh, en = error.zh, error.en
    if isinstance(error, InvalidPlan):
        for finding in error.findings:
            click.echo(str(finding), err=True)
        zh, en = error.summary
    if isinstance(error, InvalidAnswers):
        for field, (zh, en) in error.faults.items():
            click.echo(f"{field}: {zh} / {en}", err=True)
    click.echo(f"错误：{zh}\nError: {en}", err=True)
