"""`banjie check`: everything said about plans before they run. Reads files only; no database."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from engine import checks
from engine.findings import Severity
from webapp.commands import door


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / Print a JSON list.")
@click.option(
    "--each",
    is_flag=True,
    help="逐个文件检查，互不相干 / Check each file by itself: they have nothing to do with each other.",
)
@click.option("--advice", is_flag=True, help="每条下面写明怎么改 / Say below each finding what to do.")
def check(files: tuple[Path, ...], as_json: bool, each: bool, advice: bool) -> None:
    """检查 FILES（文件或文件夹）。 Check FILES, or all plan files in folders; exit code 1 when one has an error.

    One line a finding: file:line: severity code element: message.
    """
    found = door.find_files(files)
    contents = {name: path.read_bytes() for name, path in found.items()}
    families = [{name: content} for name, content in contents.items()] if each else [contents]
    findings = [
        replace(finding, file=str(found.get(finding.file, finding.file)))
        for files_together in families
        for finding in checks.check_files(files_together)
    ]
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    if as_json:
        click.echo(checks.as_json(findings))
    else:
        if findings:
            click.echo(checks.as_text(findings, has_advice=advice))
        click.echo(f"{errors} 处错误，共 {len(findings)} 条 / {errors} error(s), {len(findings)} finding(s)", err=True)
    sys.exit(1 if errors else 0)
