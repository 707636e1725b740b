"""`banjie run`: one process in memory, with a virtual clock and scripted answers; prints what happened."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from engine.calendars import BEIJING
from engine.feel import temporal
from engine.headless import START, Headless
from webapp.commands import door, neighbours

#: What a trace tells; `--full` adds the rest of the history.
TOLD = frozenset({"ready", "completed", "cancelled", "armed", "caught", "thrown", "ended", "incident"})
_STEPS = "complete, activate, answer, fail, send, signal, advance, retry"


@click.command()
@click.argument("files", nargs=-1, required=True, type=door.PlanPath())
@click.option("--process", "process_id", metavar="ID", help="流程 id / Which process, where the files hold several.")
@click.option("--data", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="初始数据 / JSON object.")
@click.option(
    "--script",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"依次执行的步骤 / JSON list of steps: {_STEPS}.",
)
@click.option(
    "--until",
    metavar="TIME",
    help="最后推进到的时刻或时长 / Moment or duration to let pass at the end, e.g. PT0S, P2D.",
)
@click.option("--now", metavar="MOMENT", help="虚拟时钟的起点 / Where the virtual clock begins.")
@click.option("--trace", is_flag=True, help="输出 JSON 轨迹 / Print the trace as JSON.")
@click.option("--full", is_flag=True, help="轨迹包含全部历史 / The trace holds the whole history.")
@click.option(
    "--no-start", is_flag=True, help="由脚本的消息或信号启动 / A message or signal of the script starts the case."
)
def run(
    files: tuple[Path, ...],
    process_id: str | None,
    data: Path | None,
    script: Path | None,
    until: str | None,
    now: str | None,
    trace: bool,
    full: bool,
    no_start: bool,
) -> None:
    """离线运行 FILES 中的流程。 Run the process in FILES in memory; nothing is stored.

    只写一个文件时，它调用的流程、决策、表单和时限规则在它旁边（或 forms 文件夹）按文件名找。
    Called processes, decisions, forms and rules of single files are found beside them, by file name.
    """
    variables = door.read_json(data, dict, "数据应为 JSON 对象 / data must be a JSON object.")
    steps = door.read_json(script, list, "脚本应为 JSON 列表 / a script must be a JSON list.")
    named = door.read_files(files)
    beside = {name: path.read_bytes() for name, path in neighbours.of(files, named).items()}
    case = Headless({**named, **beside}, now=_moment(now) if now else START)
    _tell_neighbours(case, beside)
    if not no_start:
        case.start(process_id or _process_of(case, files), variables)
    for number, step in enumerate(steps, 1):
        _perform(case, step, number)
    if until:
        case.advance(_moment_or_length(until, case.now))
    if trace or full:
        door.print_json([line for line in case.trace if full or line["what"] in TOLD])
    else:
        _summarise(case)


def _tell_neighbours(case: Headless, beside: Container[str]) -> None:
    """Tell, on the error stream, which called plans were taken from beside the named files."""
    called = [info for info in case.deployed.definitions if info.main_file in beside]
    if called:
        names = "、".join(f"{info.name or info.key}（{info.main_file}）" for info in called)
        click.echo(f"另取旁边被调用的流程 / called plans taken from beside: {names}", err=True)


def _process_of(case: Headless, files: tuple[Path, ...]) -> str | None:
    """Return the process of the first file, where it holds one; None leaves the choice to the only process of all."""
    here = [info.key for info in case.deployed.definitions if info.main_file == files[0].name]
    return here[0] if len(here) == 1 else None


def _perform(headless: Headless, step: Any, number: int) -> None:
    """Perform one step of a script: an object whose one verb names an element, a message or a time."""
    if not isinstance(step, dict):
        raise _wrong(number, "不是 JSON 对象", "is not a JSON object")
    data = step.get("data") or {}
    if not isinstance(data, dict):
        raise _wrong(number, "的 data 不是 JSON 对象", "has data that is no JSON object")
    match step:
        case {"complete": str(element)}:
            headless.complete(element, data)
        case {"activate": str(element)}:
            headless.activate(element)
        case {"answer": str(element)}:
            headless.answer(element, data)
        case {"fail": str(element), "code": str(code)}:
            headless.fail(element, code, str(step.get("message", "")))
        case {"send": str(name)}:
            headless.send(name, data, None if step.get("key") is None else str(step["key"]))
        case {"signal": str(name)}:
            headless.signal(name, data)
        case {"retry": str(element)}:
            headless.retry(element, data)
        case {"advance": str(time)}:
            headless.advance(_moment_or_length(time, headless.now))
        case _:
            raise _wrong(number, f"没有认识的动作（{_STEPS}）", f"has none of the verbs {_STEPS}")


def _wrong(number: int, zh: str, en: str) -> click.UsageError:
    return click.UsageError(f"脚本第 {number} 步{zh}。/ Step {number} of the script {en}.")


def _moment_or_length(text: str, now: datetime) -> datetime | timedelta:
    length = temporal.read_duration(text)
    if isinstance(length, timedelta):
        return length
    if length is not None:
        return temporal.add_months(now, length.months)
    return _moment(text)


def _moment(text: str) -> datetime:
    moment = temporal.read_date_time(text)
    if moment is None:
        raise click.UsageError(f"看不懂的时间 / not a time: {text!r} (PT24H, P2D, 2030-01-01T09:00:00+08:00)")
    return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)


def _summarise(case: Headless) -> None:
    state = case.state
    door.out.print(
        f"状态 / status: [bold]{state.status}[/bold]" + (f" ({state.end_element})" if state.end_element else "")
    )
    for wait in case.waits:
        due = f" · {wait.due_at.astimezone(BEIJING):%Y-%m-%d %H:%M}" if wait.due_at else ""
        door.out.print(f"  {wait.kind} {wait.element} {wait.name}{due}", markup=False)
    door.print_json(case.data)
