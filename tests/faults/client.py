"""An officer who never gives up: starts cases and completes their tasks over HTTP while processes die around them."""

from __future__ import annotations

import http.client
import re
import threading
import urllib.parse
from collections import Counter

from sqlalchemy import select

from engine import instances
from engine.tables import UserTask
from engine.work import SYSTEM, Database
from tests.faults import plan

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Officer(threading.Thread):
    """One client. `answers` counts the web's answers; `acknowledged` are the tasks whose completion was confirmed."""

    def __init__(self, database: Database, port: int, is_over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.database = database
        self.port = port
        self.is_over = is_over
        self.started: list[int] = []
        self.acknowledged: list[int] = []
        self.answers: Counter[str] = Counter()
        self.fault: BaseException | None = None
        self._cookies: dict[str, str] = {}
        self._token = ""

    def run(self) -> None:
        """Start cases and complete what is open, until it is over."""
        try:
            while not self.is_over.is_set():
                with self.database.work(SYSTEM) as work:
                    self.started.append(instances.start(work, plan.KEY, {}))
                self.complete_open_tasks()
        except BaseException as error:  # noqa: BLE001 - told by the test, which joins this thread
            self.fault = error

    def complete_open_tasks(self, newest: int = 60) -> int:
        """Complete every open task of this officer's newest cases once; return how many there were."""
        with self.database.work(SYSTEM, read_only=True) as work:
            open_tasks = list(
                work.session.scalars(
                    select(UserTask.id).where(
                        UserTask.closed_at.is_(None), UserTask.instance_id.in_(self.started[-newest:])
                    )
                )
            )
        for task_id in open_tasks:
            self._complete(task_id)
        return len(open_tasks)

    def _complete(self, task_id: int) -> None:
        try:
            if not self._token:
                self._sign_in()
            status, _ = self._post(f"/tasks/{task_id}/complete", {"csrf_token": self._token})
        except (OSError, http.client.HTTPException) as error:
            self.answers[type(error).__name__] += 1
            self.is_over.wait(0.05)
            return
        self.answers[str(status)] += 1
        if status in (302, 303):
            self.acknowledged.append(task_id)

    def _sign_in(self) -> None:
        _, page = self._request("GET", "/sign-in")
        fields = {"csrf_token": _token_of(page), "name": plan.OFFICER, "password": plan.PASSWORD}
        self._post("/sign-in", fields)
        _, page = self._request("GET", "/me/password")
        self._token = _token_of(page)

    def _post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        return self._request("POST", path, urllib.parse.urlencode(fields))

    def _request(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                name, _, rest = cookie.partition("=")
                self._cookies[name] = rest.split(";")[0]
            return answer.status, answer.read().decode("utf-8", "replace")
        finally:
            connection.close()


def _token_of(page: str) -> str:
    found = _TOKEN.search(page)
    return found[1] if found else ""
