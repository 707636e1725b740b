"""The house keeps its own rules: documents say what exists, files name no host and no machine, locks are exact."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from click import Group

from tools import documents
from webapp.cli import group

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")])


def tracked() -> list[Path]:
    """Return the files that belong to the project: as git knows them, and new ones that it would take."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def texts(*suffixes: str) -> list[tuple[Path, str]]:
    """Return the tracked text files with these suffixes (all when none is given)."""
    found = []
    for path in tracked():
        if suffixes and path.suffix not in suffixes:
            continue
        try:
            found.append((path.relative_to(ROOT), path.read_text("utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def code_of(document: Path) -> str:
    """Return what a document sets as code: fenced blocks and spans."""
    text = document.read_text("utf-8")
    return "\n".join(re.findall(r"```\w*\n(.*?)```", text, re.DOTALL) + re.findall(r"`([^`\n]+)`", text))


def test_documents_name_only_make_targets_that_exist():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    named = {(d.name, t) for d in DOCUMENTS for t in re.findall(r"(?:^|\s)make ([a-z]+)", code_of(d), re.MULTILINE)}

    assert {pair for pair in named if pair[1] not in targets} == set()
    assert {"demo", "test"} <= {target for _, target in named}


def test_documents_name_only_commands_and_options_that_exist():
    wrong = []
    for document in DOCUMENTS:
        for line in re.findall(r"^\s*banjie ([a-z].*)", code_of(document), re.MULTILINE):
            words = line.split("#")[0].split()
            command = group.get_command(None, words[0])  # type: ignore[arg-type]
            if command is None:
                wrong.append((document.name, line))
                continue
            if isinstance(command, Group) and len(words) > 1:
                command = command.commands.get(words[1])
            if command is None:
                wrong.append((document.name, line))
                continue
            known = {option for parameter in command.params for option in parameter.opts}
            wrong += [
                (document.name, word) for word in words if word.startswith("--") and word not in {*known, "--help"}
            ]

    assert wrong == []


def test_links_between_documents_lead_somewhere():
    broken = [
        (document.name, link)
        for document in DOCUMENTS
        for link in re.findall(r"\]\(([^)#\s]+)", document.read_text("utf-8"))
        if "://" not in link and not (document.parent / link).exists()
    ]

    assert broken == []


def test_every_decision_is_numbered_in_order_and_listed():
    files = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    listed = (ROOT / "docs" / "architecture.md").read_text("utf-8")

    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    assert [file.name for file in files if f"decisions/{file.name}" not in listed] == []


def test_every_word_of_the_glossary_is_there_once():
    rows = re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.MULTILINE)
    words = [english for english, _ in rows if english not in ("word", "---")]

    assert len(words) > 40
    assert sorted({word for word in words if words.count(word) > 1}) == []


@pytest.mark.parametrize(("document", "part", "made"), documents.PARTS, ids=[part for _, part, _ in documents.PARTS])
def test_what_the_code_says_stands_in_the_documents(document: Path, part: str, made: Callable[[], str]):
    assert documents.read(document, part) == made(), "run make format"


def test_no_file_names_a_registry_or_a_place_on_a_machine():
    hosts = re.compile(
        "registry\\."
        + "npmjs|registry\\."
        + "yarn|files\\."
        + "pythonhosted|//"
        + "pypi\\.org|"
        + "/work/"
        + r"[a-z]|(?<![\w.])/ro"
        + "ot/"
    )

    named = [
        f"{path}: {line.strip()[:120]}" for path, text in texts() for line in text.splitlines() if hosts.search(line)
    ]

    assert named == []


def test_nothing_is_unfinished_or_silenced():
    marks = re.compile(
        r"\b(TO"
        + r"DO|FIX"
        + r"ME|XX"
        + r"X)\b|pytest\.(mark\.)?(sk"
        + r"ip|xfa"
        + r"il)|except Exception:\s*pass|# type: ignore$|# noqa$"
    )

    found = [
        f"{path}:{number}: {line.strip()[:100]}"
        for path, text in texts(".py", ".js", ".mjs", ".css", ".html", ".sh")
        for number, line in enumerate(text.splitlines(), 1)
        if marks.search(line)
    ]

    assert found == []


def test_code_files_are_split_by_meaning_before_they_grow_long():
    long = [
        f"{path}: {len(text.splitlines())}"
        for path, text in texts(".py", ".js", ".mjs")
        if path.parts[0] in ("engine", "webapp", "frontend")
        and "versions" not in path.parts
        and len(text.splitlines()) > 500
    ]

    assert long == []


@pytest.mark.parametrize("name", ["app.txt", "dev.txt"])
def test_every_pinned_requirement_has_hashes(name: str):
    text = (ROOT / "requirements" / name).read_text("utf-8")
    entries = re.split(r"\n(?=[a-z])", text)

    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_locks_hold_the_versions_of_the_project_file():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    locked = (ROOT / "requirements" / "dev.txt").read_text("utf-8").lower()
    wanted = [
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
    ]

    missing = [line for line in wanted if re.sub(r"\[.*?\]", "", line).lower() not in locked]

    assert missing == [], "run make lock"


def test_the_front_end_lock_names_no_host():
    lock = ROOT / "frontend" / "package-lock.json"

    assert '"resolved"' not in lock.read_text("utf-8")


def test_the_python_of_the_project_is_said_once():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

    assert project["project"]["requires-python"] == ">=" + (ROOT / ".python-version").read_text().strip()
