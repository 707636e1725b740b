"""`banjie decide`: evaluates one decision of DMN files with given data. Reads files only; no database."""

from __future__ import annotations

from pathlib import Path

import click

from engine.calendars import published_calendar
from engine.errors import InvalidPlan, NotFound
from engine.family import Family
from engine.findings import has_errors
from engine.headless import START
from webapp.commands import door


@click.command()
@click.argument("files", nargs=-1, required=True, type=door.PlanPath())
@click.option("--decision", "decision_id", metavar="ID", help="决策 id / Which decision, where there are several.")
@click.option("--data", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="输入数据 / JSON object.")
def decide(files: tuple[Path, ...], decision_id: str | None, data: Path | None) -> None:
    """计算 FILES 中的决策。 Evaluate a decision of FILES and print its result as JSON."""
    family, findings = Family.read(door.read_files(files))
    if has_errors(findings):
        raise InvalidPlan([finding for finding in findings if finding.severity == "error"])
    known = [key for model in family.models.values() for key in model.decisions]
    if not known:
        raise NotFound("这些文件里没有决策（.dmn）。", "There is no decision in these files: give a .dmn file.")
    chosen = decision_id or (known[0] if len(known) == 1 else None)
    if chosen is None or chosen not in family.decisions:
        names = ", ".join(known)
        raise NotFound(f"请用 --decision 指明决策：{names}。", f"Name a decision with --decision: {names}.")
    context = door.read_json(data, dict, "数据应为 JSON 对象 / data must be a JSON object.")
    door.print_json(family.decide(chosen, context, calendar=published_calendar(), now=START))
