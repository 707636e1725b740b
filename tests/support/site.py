"""A house that serves: the web application in a thread of the test's process, on a free port of this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from werkzeug.serving import make_server

from engine import demo_clock, jobs
from engine.services import Services
from engine.work import SYSTEM, Database
from webapp.app import create_app
from webapp.settings import Settings

SECRET = "a key for tests only, of more than 32 characters"


@dataclass
class Site:
    """A running house: where it is, and its database for looking behind the pages."""

    url: str
    database: Database
    services: Services

    def let_pass(self, step: timedelta) -> int:
        """Move the demo's clock by `step` and perform what came due; return how many jobs were tried."""
        with self.database.work(SYSTEM) as work:
            demo_clock.advance(work, step)
        return self.catch_up()

    def catch_up(self) -> int:
        """Perform what is due now, as the worker would; return how many jobs were tried."""
        demo_clock.follow(self.database)
        return jobs.run_due(self.database, self.services)


@contextmanager
def serve(database: Database, folder: Path, services: Services | None = None) -> Iterator[Site]:
    """Serve `database` until the block ends. Jobs are performed only when the test says so."""
    settings = Settings(
        data_folder=folder,
        secret_key=SECRET,
        is_demo=True,
        is_cookie_secure=False,
        sign_in_per_address="10000 per minute",
        sign_in_per_name="10000 per minute",
    )
    server = make_server("127.0.0.1", 0, create_app(settings, database), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_port}", database, services or {})
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
