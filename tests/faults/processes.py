"""Starts and kills the processes of a house. As a program (`python -m tests.faults.processes`) it is such a process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import psutil

from tests.faults.plan import count
from tests.support.site import SECRET

ROOT = Path(__file__).resolve().parents[2]
#: A killed worker's jobs are free again after so long; a minute in a real house.
LEASE = timedelta(seconds=5)


class Process:
    """One process of the house, in a process group of its own: killed whole or in part, and started again."""

    def __init__(self, database_url: str, folder: Path, *arguments: str) -> None:
        self._command = [sys.executable, "-m", "tests.faults.processes", *arguments]
        self._log = folder / f"{'-'.join(arguments)}.log"
        self._environment = os.environ | {
            "BANJIE_DATABASE_URL": database_url,
            "BANJIE_DATA_FOLDER": str(folder),
            "BANJIE_SECRET_KEY": SECRET,
            "BANJIE_IS_COOKIE_SECURE": "false",
            "BANJIE_SIGN_IN_PER_ADDRESS": "10000 per minute",
            "BANJIE_SIGN_IN_PER_NAME": "10000 per minute",
        }
        self.kills = 0
        self.start()

    def start(self) -> None:
        """Start it."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, *, only_a_child: bool = False) -> None:
        """Kill it as a power cut would, or only one of its children (a web process), and start what is missing."""
        self.kills += 1
        children = psutil.Process(self._process.pid).children() if self._process.poll() is None else []
        if only_a_child and children:
            children[0].kill()
            return
        self.stop()
        self.start()

    def stop(self) -> None:
        """Kill it and all its children for good. A child that lingers would still hold the port."""
        children = []
        if self._process.poll() is None:
            children = psutil.Process(self._process.pid).children(recursive=True)
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        psutil.wait_procs(children, timeout=10)

    def tell_to_stop(self) -> int:
        """Ask it to stop, as a service manager would; return its exit code."""
        self._process.terminate()
        try:
            return self._process.wait(45)
        except subprocess.TimeoutExpired:
            self.stop()
            raise

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def log(self) -> str:
        """Return the end of what it printed."""
        return self._log.read_text("utf-8", "replace")[-4000:]


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    """Wait until somebody listens on the port."""
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the web application did not start")


def wait_for_words(process: Process, words: str) -> None:
    """Wait until the process has printed the words."""
    for _ in range(600):
        if words in process.log():
            return
        if not process.is_running:
            break
        time.sleep(0.1)
    raise AssertionError(process.log())


def main(role: str, port: str = "0") -> None:
    """Be a web process or a worker of the house that the environment names, with the counting service."""
    from engine import jobs, wake_ups
    from webapp import services
    from webapp.commands import door, serve

    jobs.LEASE = LEASE
    wake_ups._RESCUE_SECONDS = 1.0
    services.of_house = lambda: {"count": count}
    settings = door.settings_for(None)
    if role == "web":
        serve.run_server(settings, "127.0.0.1", int(port), processes=1, threads=8)
    else:
        serve.log_to_stderr()
        serve.run_worker(door.open_current(settings), threads=3)


if __name__ == "__main__":
    main(*sys.argv[1:])
