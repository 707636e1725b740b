"""One submit of a task's form: statements, commits and CPU time of the server, from the request to the answer."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy import event, select

from benchmarks import houses
from benchmarks.inbox import signed_in, token_of
from benchmarks.report import Row
from engine.tables import UserTask
from engine.work import SYSTEM, Database

SUBMITS = 200


class Stopwatch:
    """Adds up the CPU time that the application takes for requests, without the client's share."""

    def __init__(self, app: Flask) -> None:
        self.seconds = 0.0
        self._serve = app.wsgi_app
        app.wsgi_app = self  # type: ignore[method-assign]

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Serve one request."""
        began = time.process_time()
        try:
            return self._serve(environ, start_response)
        finally:
            self.seconds += time.process_time() - began


class Counter:
    """Counts statements and commits on a connection pool."""

    def __init__(self, database: Database) -> None:
        self.statements: list[str] = []
        self.commits = 0
        event.listen(database.pool, "before_cursor_execute", self._statement)
        event.listen(database.pool, "commit", self._commit)

    def _statement(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):  # SQLite's is a statement, PostgreSQL's is not
            self.statements.append(statement)

    def _commit(self, _connection: object) -> None:
        self.commits += 1


def measure() -> Iterator[Row]:
    """Yield the three bounds of a submit."""
    with houses.house() as database:
        for _ in range(SUBMITS):
            houses.start(database)
        client = signed_in(database)
        with database.work(SYSTEM, read_only=True) as work:
            tasks = list(work.session.scalars(select(UserTask.id).order_by(UserTask.id)))
        token = token_of(client.get(f"/tasks/{tasks[0]}").text)
        counter, watch = Counter(database), Stopwatch(client.application)
        seconds, statements, commits = [], [], []
        for task in tasks:
            counter.statements.clear()
            counter.commits = 0
            watch.seconds = 0.0
            answer = client.post(
                f"/tasks/{task}/complete", data={"csrf_token": token, "finding": "属实", "amount": "100"}
            )
            seconds.append(watch.seconds)
            assert answer.status_code in (302, 303), answer.text
            statements.append(len(counter.statements))
            commits.append(counter.commits)
            client.get("/me/password")  # shows what was flashed, as the page after a submit does
    median = statistics.median(seconds[20:])
    yield Row("HTTP submit, statements", max(statements), 10, "", detail=f"median {statistics.median(statements):g}")
    yield Row("HTTP submit, commits", max(commits), 1, "")
    yield Row("HTTP submit, CPU of the server", median * 1000, 8, "ms", detail="median")
