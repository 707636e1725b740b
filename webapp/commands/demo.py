"""`banjie demo`: a house to try, on this machine only, with nothing to set up. What is in it is `webapp/demo`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
from rich.table import Table

from webapp import services
from webapp.commands import door
from webapp.commands.schema import bring_up_to_date
from webapp.commands.serve import run_server
from webapp.settings import Settings


@click.command()
@click.option("--port", default=8000, show_default=True, help="端口 / Port.")
@click.option("--fresh", is_flag=True, help="丢弃原有演示数据，重新开始 / Throw the demo's data away and begin anew.")
@click.option("--fill-only", is_flag=True, help="只装入数据，不启动服务 / Fill the database and serve nothing.")
@door.database_option
def demo(port: int, fresh: bool, fill_only: bool, database_url: str | None) -> None:
    """演示：装入预案、人员和投诉样例，在 127.0.0.1 启动服务。 Fill a demo once and serve it on 127.0.0.1."""
    settings = settings_of_demo(database_url)
    prepare(settings, fresh=fresh)
    say_logins(None if fill_only else port)
    if not fill_only:
        run_server(settings.with_secret_key(), "127.0.0.1", port)


def settings_of_demo(database_url: str | None) -> Settings:
    """Return the environment's settings, for a demo on this machine: its own database file, cookies over plain HTTP."""
    settings = door.settings_for(database_url)
    if not settings.database_url:
        settings = replace(settings, database_url=f"sqlite:///{settings.data_folder / 'demo.db'}")
    return replace(settings, is_demo=True, is_cookie_secure=False)


def prepare(settings: Settings, *, fresh: bool = False) -> None:
    """Make the database and fill it, unless it is filled already."""
    from webapp import demo as house

    if fresh:
        _remove(settings)
    database = door.connect(settings)
    with door.err.status("数据库 / database …") as status:
        bring_up_to_date(database)
        if not house.is_filled(database):
            house.fill(database, services.of_house(), report=lambda step: status.update(f"{step} …"))
    database.pool.dispose()


def say_logins(port: int | None) -> None:
    """Print who may sign in, and where."""
    from webapp.demo import PASSWORD, PEOPLE

    table = Table("登录名 login", "姓名 name", "岗位 roles", title=f"演示密码 / password of everybody: {PASSWORD}")
    for login, name, roles in PEOPLE:
        table.add_row(login, name, "、".join(roles))
    door.out.print(table)
    if port is not None:
        door.out.print(f"[bold]http://127.0.0.1:{port}[/bold]  Ctrl+C 停止 / stops")


def _remove(settings: Settings) -> None:
    """Remove the demo's SQLite file. Another kind of database is not touched: raises a usage error."""
    prefix = "sqlite:///"
    if not settings.url.startswith(prefix):
        raise click.UsageError("--fresh 只适用于 SQLite / works on SQLite only.")
    path = Path(settings.url.removeprefix(prefix))
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
