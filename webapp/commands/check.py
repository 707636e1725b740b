"""`banjie check`: everything said about plans before they run. Reads files only; no database."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

import click

from engine import checks
from engine.checks import baseline as baselines
from engine.checks import judging, lawfulness, policy
from engine.checks.catalogue import entries
from engine.errors import EngineError
from engine.findings import Finding, Severity
from webapp.commands import door, neighbours
from webapp.complaint_words import GIVEN

#: Where the configuration may stand, looked for from the files upward.
CONFIG = "banjie.toml"
_STDIN = Path("-")
#: What a finding says that misses another file.
_MISSES = frozenset({"called-process-missing", "decision-missing", "form-missing", "rule-unknown"})
#: Files named one by one up to which those beside them are looked for.
_MOST_NAMED = 20
_FORMATS = ("text", "json", "sarif", "github")


class Refused(click.ClickException):
    """The call or its configuration is wrong: exit code 2, as for wrong options."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Place:
    """From where paths are told: `root` for the policy's globs and the baseline, the working folder for people."""

    root: Path

    def path(self, file: str) -> str:
        """Return a file's path from the root, with slashes."""
        return Path(os.path.relpath(file, self.root)).as_posix()

    @staticmethod
    def uri(file: str) -> str:
        """Return a file's address: from the working folder where it lies in it, else its whole one."""
        path = Path(os.path.relpath(file))
        return (
            quote(path.as_posix())
            if ".." not in path.parts and not path.is_absolute()
            else Path(file).resolve().as_uri()
        )


def _explain(context: click.Context, _parameter: click.Parameter, code: str | None) -> None:
    """Say what a code means, and end."""
    if code is None or context.resilient_parsing:
        return
    entry = entries().get(code)
    if entry is None:
        near = get_close_matches(code, entries(), 1)
        also = f"；是不是 / did you mean {near[0]}?" if near else ""
        raise Refused(f"没有代码 / no such code: {code}{also}")
    for words, heads in ((entry.zh, ("为什么要紧", "怎么办")), (entry.en, ("Why it matters", "What to do"))):
        click.echo(f"{code}: {words.title}\n  {heads[0]}: {words.why}\n  {heads[1]}: {words.fix}")
    context.exit()


@click.command()
@click.argument("files", nargs=-1, required=True, type=door.PlanPath(allow_dash=True))
@click.option("--format", "form", type=click.Choice(_FORMATS), default="text", help="输出格式 / What is printed.")
@click.option("--json", "as_json", is_flag=True, help="同 --format json / The same as --format json.")
@click.option(
    "--language", type=click.Choice(["zh", "en"]), help="只用一种语言（默认中英文都写）/ One language instead of both."
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="写入文件 / Write to a file.")
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"配置文件，默认从文件所在处向上找 {CONFIG} / Configuration; looked for upward from the files.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    help="基线文件：只算新问题 / Only new findings count.",
)
@click.option("--write-baseline", is_flag=True, help="把现有问题写入基线 / Write what is found into the baseline.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "hint"]),
    help="从哪一级起算不通过，默认 error / The least severity that fails; default: error.",
)
@click.option(
    "--explain",
    metavar="CODE",
    is_eager=True,
    expose_value=False,
    callback=_explain,
    help="说明一个代码的意思 / Say what a code means.",
)
@click.option("--stdin-name", default="", help="FILES 为 - 时的文件名 / Name of what comes in when FILES is -.")
@click.option(
    "--each",
    is_flag=True,
    help="逐个文件检查，互不相干 / Check each file by itself: they have nothing to do with each other.",
)
@click.option("--advice", is_flag=True, help="每条下面写明怎么改 / Say below each finding what to do.")
@click.option(
    "--database",
    "database_url",
    metavar="URL",
    help="连同这个系统的人员、岗位和日历一起检查 / Check against the people, roles and calendar of this house too.",
)
def check(
    files: tuple[Path, ...],
    form: str,
    as_json: bool,
    language: str | None,
    output: Path | None,
    config: Path | None,
    baseline: Path | None,
    write_baseline: bool,
    fail_on: str | None,
    stdin_name: str,
    each: bool,
    advice: bool,
    database_url: str | None,
) -> None:
    """检查 FILES（文件、文件夹，或 - 从标准输入读）。 Check FILES, all plan files in folders, or - for standard input.

    One line a finding: file:line: severity code element: message.
    Exit code: 0 clean, 1 findings that fail, 2 a wrong call or configuration.
    """
    try:
        chosen, home = _policy(config, files)
        kept = baseline or (home / chosen.baseline if chosen.baseline else None)
        place = Place((kept.parent if baseline is not None and kept is not None else home).resolve())
        contents = _contents(files, chosen, Place(home.resolve()), stdin_name)
        law = _law(home / chosen.law) if chosen.law else None
        old = _old(kept, place) if kept is not None and not write_baseline else None
        known = _known(database_url) if database_url else checks.Known(given=GIVEN)
    except EngineError as error:
        raise Refused(f"{error.zh} / {error.en}") from None
    findings = _findings(contents, each, law, known)
    if write_baseline:
        _write_baseline(kept, findings, chosen, place)
        return
    judgement = judging.judge(findings, chosen, place.path, old, Severity(fail_on) if fail_on else None)
    text = _told(judgement, "json" if as_json else form, language or "", advice, chosen.help)
    if output is not None:
        _write(output, text + "\n" if text else "")
    elif text:
        click.echo(text)
    _say_result(judgement, language or "")
    _say_unused(
        chosen, judgement, [place.path(where) for where, _ in contents.values()], files, _Teller(language or "")
    )
    if not each:
        _say_neighbours(files, contents, judgement.shown, _Teller(language or ""))
    sys.exit(1 if judgement.has_failed else 0)


def _findings(
    contents: Mapping[str, tuple[str, bytes]],
    each: bool,
    law: tuple[lawfulness.Topic, ...] | None,
    known: checks.Known,
) -> list[Finding]:
    """Return what is to be said about files (name -> where it stands, content), in order."""
    files = {name: content for name, (_, content) in contents.items()}
    families = [{name: content} for name, content in files.items()] if each else [files]
    return checks.in_order(
        replace(finding, file=contents[finding.file][0] if finding.file in contents else finding.file)
        for family in families
        for finding in checks.check_files(family, known, law=law)
    )


def _known(database_url: str) -> checks.Known:
    """Return what a house knows: its roles with their people, who reports to whom, its calendar."""
    from engine.work import SYSTEM  # only here: checking files needs no database
    from webapp import staffing

    with door.open_house(database_url).work(SYSTEM, read_only=True) as work:
        return staffing.known(work)


def _told(judgement: judging.Judgement, form: str, language: str, advice: bool, help_address: str) -> str:
    if form == "json":
        return checks.as_json(judgement.shown)
    if form == "github":
        shown = [replace(finding, file=Path(os.path.relpath(finding.file)).as_posix()) for finding in judgement.shown]
        return checks.as_github(shown, language)
    if form == "sarif":
        from engine.checks.sarif import as_sarif

        return as_sarif(
            judgement, Place.uri, version=version("banjie"), language=language or "zh", help_address=help_address
        )
    return checks.as_text(judgement.shown, language, has_advice=advice)


def _say_result(judgement: judging.Judgement, language: str) -> None:
    """Tell how many there are, on the error stream: the output stays for programs."""
    shown = judgement.shown
    errors = sum(finding.severity is Severity.ERROR for finding in shown)
    say = _Teller(language)
    say(f"{errors} 处错误，共 {len(shown)} 条", f"{errors} error(s), {len(shown)} finding(s)")
    old = sum(bool(one.is_old) and not one.is_off for one in judgement.judged)
    off = sum(one.is_off for one in judgement.judged)
    if old:
        say(f"另有 {old} 条在基线里", f"{old} more are in the baseline")
    if off:
        say(f"另有 {off} 条按配置不显示", f"{off} more are switched off by the configuration")
    for known in judgement.gone:
        where = f"{Path(os.path.relpath(known.file)).as_posix()}: {known.code} {known.element or '-'}"
        say(f"已解决：{where}: {known.zh}", f"fixed: {where}: {known.en}")
    if judgement.gone:
        say("请用 --write-baseline 更新基线", "renew the baseline with --write-baseline")
    for severity, number, most in judgement.overdrawn:
        say(f"{severity} 有 {number} 条，最多允许 {most} 条", f"{number} of {severity}, {most} are allowed")


def _say_unused(
    chosen: policy.Policy, judgement: judging.Judgement, paths: list[str], files: tuple[Path, ...], say: _Teller
) -> None:
    """Tell of sections of the configuration that nothing needs any more, where all they are about was checked."""
    used = {one.rule for one in judgement.judged if one.rule is not None}
    is_whole = any(path.is_dir() for path in files)
    for rule in chosen.rules:
        is_seen = any(policy.matches(path, rule.file) for path in paths) if rule.file else is_whole
        if rule not in used and is_seen:
            about = " ".join(part for part in (rule.code, rule.file, rule.element) if part)
            say(
                f"配置第 {rule.line} 行没有用到，可以删去：{about}",
                f"line {rule.line} of the configuration is not needed: {about}",
            )


@dataclass(frozen=True, slots=True)
class _Teller:
    """Tells on the error stream, in the language that was asked for; in both without one."""

    language: str

    def __call__(self, zh: str, en: str) -> None:
        """Tell one line."""
        click.echo({"zh": zh, "en": en}.get(self.language, f"{zh} / {en}"), err=True)


def _say_neighbours(
    paths: tuple[Path, ...], contents: Mapping[str, tuple[str, bytes]], findings: list[Finding], say: _Teller
) -> None:
    """Tell of files that were missed and lie beside the named ones: they were not looked at."""
    if len(paths) > _MOST_NAMED or not any(finding.code in _MISSES for finding in findings):
        return
    beside = neighbours.of(paths, {name: content for name, (_, content) in contents.items()})
    if beside:
        folders = " ".join(sorted({Path(os.path.relpath(path.parent)).as_posix() for path in beside.values()}))
        say(
            f"旁边有 {len(beside)} 个用得到的文件没有检查；一起检查：banjie check {folders}",
            f"{len(beside)} file(s) that these need lie beside them unchecked; together: banjie check {folders}",
        )


# --- what comes in ----------------------------------------------------------------------------------------------


def _policy(config: Path | None, files: tuple[Path, ...]) -> tuple[policy.Policy, Path]:
    """Return the policy and the folder it stands in; none, and the working folder, where there is no file."""
    path = config or _discovered(files)
    if path is None:
        return policy.Policy(), Path.cwd()
    found = policy.read(_read(path).decode("utf-8-sig", errors="replace"), str(path))
    if found is None:
        raise Refused(f"{path}: 没有 [tool.banjie.check] 一节 / there is no section [tool.banjie.check]")
    return found, path.parent


def _discovered(files: tuple[Path, ...]) -> Path | None:
    """Return the nearest configuration above all of `files`; None where there is none."""
    inside = [path.resolve() for path in files if path != _STDIN] or [Path.cwd()]
    common = Path(os.path.commonpath([path if path.is_dir() else path.parent for path in inside]))
    found = next((folder / CONFIG for folder in (common, *common.parents) if (folder / CONFIG).is_file()), None)
    return None if found is None else Path(os.path.relpath(found))


def _contents(
    files: tuple[Path, ...], chosen: policy.Policy, place: Place, stdin_name: str
) -> dict[str, tuple[str, bytes]]:
    """Return name -> (where it stands, content) of every file to check."""
    named = [path for path in files if path != _STDIN]
    made: dict[str, tuple[str, bytes]] = {}
    left_out = 0
    if named:
        for name, path in door.find_files(named).items():
            if chosen.is_excluded(place.path(str(path))):
                left_out += 1
            else:
                made[name] = (str(path), _read(path))
    if left_out and not made and len(named) == len(files):
        raise Refused(
            f"配置的 exclude 把 {left_out} 个文件全部排除了，没有检查任何文件 / exclude leaves out all of the {left_out} file(s): nothing was checked"
        )
    if len(named) < len(files):
        content = sys.stdin.buffer.read()
        name = stdin_name or f"stdin{_ending(content)}"
        made[name] = (name, content)
    return made


def _law(path: Path) -> tuple[lawfulness.Topic, ...]:
    return lawfulness.read(_read(path).decode("utf-8-sig", errors="replace"), str(path))


def _ending(content: bytes) -> str:
    """Return what a nameless file most likely is."""
    head = content[:4000]
    return (
        ".dmn"
        if b"/spec/DMN/" in head
        else ".form"
        if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
        else ".bpmn"
    )


def _old(path: Path, place: Place) -> dict[str, baselines.Known]:
    """Return what the baseline holds, its files as they are called from here."""
    if not path.is_file():
        raise Refused(
            f"{path}: 没有这个基线文件，先用 --write-baseline 生成 / no such baseline; write it with --write-baseline"
        )
    found = baselines.read(_read(path).decode("utf-8", errors="replace"), str(path))
    return {key: replace(known, file=str(place.root / known.file)) for key, known in found.items()}


def _write_baseline(path: Path | None, findings: list[Finding], chosen: policy.Policy, place: Place) -> None:
    if path is None:
        raise Refused("--write-baseline 还需要 --baseline FILE / --write-baseline needs --baseline FILE")
    pairs = [(finding, place.path(finding.file)) for finding in findings]
    kept = [(finding, path_) for finding, path_ in pairs if not _is_off(chosen, finding, path_)]
    _write(path, baselines.write(kept))
    click.echo(f"{len(kept)} 条写入 {path} / {len(kept)} finding(s) written to {path}", err=True)


def _is_off(chosen: policy.Policy, finding: Finding, path: str) -> bool:
    rule = chosen.rule(finding, path)
    return rule is not None and rule.severity is None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path}: 读不了 / cannot be read: {error.strerror}") from None


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Refused(f"{path}: 写不了 / cannot be written: {error.strerror}") from None
