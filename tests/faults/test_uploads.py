"""Uploads into a house whose processes die, and large ones: whole or not at all, and never in memory."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import socket
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import func, select

from engine import attachments, deployments, instances
from engine.attachments.rows import Attachment, AttachmentChunk
from engine.tables import UserTask
from engine.work import SYSTEM, Database, open_database
from tests.engine.test_attachments import FILES, PNG
from tests.faults import plan
from tests.faults.processes import Process, free_port, wait_for
from webapp import people
from webapp.commands.schema import bring_up_to_date

MEGABYTE = 1024 * 1024
#: More than the pieces and buffers of one request, far less than the file.
MOST_GROWTH = 20 * MEGABYTE
LARGE = 45 * MEGABYTE


@pytest.fixture
def house(empty_database_url: str) -> Iterator[Database]:
    """Give a house with a plan that asks for files, and an officer who may take its tasks."""
    database = Database(open_database(empty_database_url))
    bring_up_to_date(database)
    with database.work(SYSTEM) as work:
        people.save_role(work, "专员", list(people.PERMISSIONS))
        people.create_person(work, plan.OFFICER, "经办", ["专员"], plan.PASSWORD)
        deployments.deploy(work, FILES)
        instances.start(work, "proving", {})
    yield database
    database.pool.dispose()


class Browser:
    """Signs in and sends requests over a real connection."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookies: dict[str, str] = {}
        page = self.request("GET", "/sign-in")[1].decode()
        fields = {"csrf_token": _token(page), "name": plan.OFFICER, "password": plan.PASSWORD}
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        self.request("POST", "/sign-in", urllib.parse.urlencode(fields).encode(), form)
        self.token = _token(self.request("GET", "/me/password")[1].decode())

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Send a request; return status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request(method, path, body, {**(headers or {}), "Cookie": self.cookie})
            answer = connection.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                name, _, rest = cookie.partition("=")
                self._cookies[name] = rest.split(";")[0]
            return answer.status, answer.read()
        finally:
            connection.close()

    @property
    def cookie(self) -> str:
        """The cookies, as a header."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def upload(self, path: str, content: bytes) -> str:
        """Send a file as a script does; return its id."""
        headers = {"X-CSRFToken": self.token, "Accept": "application/json", "Content-Type": "application/octet-stream"}
        status, body = self.request("POST", path, content, headers)
        assert status == 201, body
        found: str = json.loads(body)["id"]
        return found

    def begin_upload(self, path: str, content: bytes, sent: int) -> socket.socket:
        """Send the head of a request and only `sent` bytes of its body."""
        line = socket.create_connection(("127.0.0.1", self._port), timeout=20)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {self.cookie}\r\nX-CSRFToken: {self.token}\r\n"
            f"Accept: application/json\r\nContent-Type: application/octet-stream\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        line.sendall(head.encode() + content[:sent])
        return line


def test_a_house_that_is_killed_keeps_what_was_uploaded_and_nothing_of_what_was_not(
    house: Database, empty_database_url: str, tmp_path: Path
) -> None:
    port = free_port()
    web = Process(empty_database_url, tmp_path, "web", str(port))
    task = _task(house)
    address = f"/tasks/{task}/attachments?field=photos&name=x.png"
    try:
        wait_for(port)
        browser = Browser(port)
        kept = browser.upload(address, PNG)
        half = browser.begin_upload(address, PNG + b"\0" * 8 * MEGABYTE, 4 * MEGABYTE)
        web.kill()
        half.close()
        wait_for(port)

        fields = urllib.parse.urlencode({"csrf_token": browser.token, "photos": kept}).encode()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _ = browser.request("POST", f"/tasks/{task}/complete", fields, form)
    finally:
        web.stop()

    assert status == 303, web.log()
    with house.work(SYSTEM, read_only=True) as work:
        rows = [(row.id, row.state) for row in work.session.scalars(select(Attachment))]
        pieces = work.session.scalar(select(func.count()).select_from(AttachmentChunk))
        held = attachments.piece(work, kept, 0)
    assert rows == [(kept, "kept")]
    assert (pieces, held) == (1, PNG)


def test_a_large_file_goes_in_and_comes_out_whole_and_never_lies_in_memory(
    house: Database, empty_database_url: str, tmp_path: Path
) -> None:
    port = free_port()
    web = Process(empty_database_url, tmp_path, "web", str(port))
    content = PNG + bytes(range(256)) * (LARGE // 256)
    address = f"/tasks/{_task(house)}/attachments?field=photos&name=x.png"
    try:
        wait_for(port)
        browser = Browser(port)
        browser.upload(address, PNG)  # what is loaded at the first request is loaded by now
        before = _peak(web, starts_anew=True)
        large = browser.upload(address, content)
        status, back = browser.request("GET", f"/cases/1/attachments/{large}")
        grown = _peak(web) - before
    finally:
        web.stop()

    assert status == 200
    assert hashlib.sha256(back).digest() == hashlib.sha256(content).digest()
    assert grown < MOST_GROWTH


def _task(house: Database) -> int:
    with house.work(SYSTEM, read_only=True) as work:
        return work.session.scalars(select(UserTask.id)).one()


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    return found[1] if found else ""


def _peak(web: Process, *, starts_anew: bool = False) -> int:
    """Return the most memory that the web processes have had since they were last asked to start anew, in bytes.

    0 where the system does not tell: then the test looks at the content only.
    """
    total = 0
    for child in psutil.Process(web._process.pid).children(recursive=True):
        folder = Path(f"/proc/{child.pid}")
        if not folder.exists():
            continue
        if starts_anew:
            (folder / "clear_refs").write_text("5")  # the peak becomes what there is now
        found = re.search(r"VmHWM:\s+(\d+)", (folder / "status").read_text())
        total += int(found[1]) * 1024 if found else 0
    return total
