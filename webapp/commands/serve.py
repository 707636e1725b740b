"""`banjie serve` and `banjie worker`: the processes that run a house."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable
from threading import Event
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from engine.work import Database
from engine.worker import Worker
from webapp import services
from webapp.commands import door
from webapp.settings import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 / Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="端口 / Port.")
@click.option("--processes", default=None, type=int, help="进程数 / Web processes; SQLite has one, PostgreSQL two.")
@click.option("--threads", default=32, show_default=True, help="每个进程的线程数 / Threads a process.")
@click.option(
    "--worker/--no-worker", "has_worker", default=None, help="是否在此进程中执行作业 / Perform due jobs here too."
)
@door.database_option
def serve(
    host: str, port: int, processes: int | None, threads: int, has_worker: bool | None, database_url: str | None
) -> None:
    """启动网站。 Serve the web application. On SQLite it performs due jobs too; on PostgreSQL run `banjie worker`."""
    settings = door.settings_for(database_url).with_secret_key()
    run_server(settings, host, port, processes=processes, threads=threads, has_worker=has_worker)


def run_server(
    settings: Settings,
    host: str,
    port: int,
    *,
    processes: int | None = None,
    threads: int = 32,
    has_worker: bool | None = None,
    when_ready: Callable[[], None] | None = None,
) -> None:
    """Serve until stopped. Raises EngineError when the schema is behind."""
    database = door.open_current(settings)
    is_postgresql = database.is_postgresql
    database.pool.dispose()  # each process opens its own connections
    if processes is None:
        processes = 2 if is_postgresql else 1
    works_here = (not is_postgresql) if has_worker is None else has_worker
    options = {
        "bind": f"{host}:{port}",
        "workers": processes,
        "threads": threads,
        "worker_class": "gthread",
        "timeout": 60,
        "graceful_timeout": 20,
        "keepalive": 5,
        "accesslog": None,
        "control_socket_disable": True,
        "when_ready": (lambda _server: when_ready()) if when_ready else (lambda _server: None),
    }
    _Server(settings, options, works_here=works_here).run()


class _Server(BaseApplication):  # type: ignore[misc] # the package ships no types
    """gunicorn with our application: each process makes its own, the first also performs due jobs."""

    def __init__(self, settings: Settings, options: dict[str, Any], *, works_here: bool) -> None:
        self.settings_of_house = settings
        self.options = options
        self.works_here = works_here
        super().__init__()

    def load_config(self) -> None:
        """Take the options that this version of gunicorn knows."""
        for name, value in self.options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the application; called once in each web process."""
        from webapp.app import create_app

        log_to_stderr()
        app = create_app(self.settings_of_house)
        if self.works_here:
            from webapp.db import database

            with app.app_context():
                house = database()
            Worker(house, services.of_house()).start(Event())
        return app


@click.command()
@click.option(
    "--threads", default=4, show_default=True, help="同时执行的作业数（PostgreSQL）/ Jobs at a time on PostgreSQL."
)
@door.database_option
def worker(threads: int, database_url: str | None) -> None:
    """执行到期的作业，直到收到停止信号。 Perform what is due until told to stop. Start as many as you like."""
    log_to_stderr()
    run_worker(door.open_house(database_url), threads=threads)


def run_worker(database: Database, *, threads: int) -> None:
    """Perform what is due until a signal says stop."""
    stop = stop_signal(database)
    click.echo("作业执行中，Ctrl+C 停止 / performing jobs, Ctrl+C stops", err=True)
    Worker(database, services.of_house(), threads=threads).run(stop)
    database.pool.dispose()


def stop_signal(database: Database) -> Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = Event()

    def ask(_number: int, _frame: object) -> None:
        stop.set()
        database.changed.set()  # wakes a worker that sleeps

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return stop


def log_to_stderr() -> None:
    """Send warnings of the house to stderr; its queue is told to be quieter."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in ("procrastinate", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
