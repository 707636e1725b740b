"""`banjie check`: everything said about plans before they run. Reads files only; no database."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine import checks
from engine.family import Family
from engine.findings import Finding, Severity
from webapp.commands import door


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / Print a JSON list.")
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """检查 FILES（文件或文件夹）。 Check FILES, or all plan files in folders; exit code 1 when one has an error.

    One line a finding: file:line: severity code element: message.
    """
    findings = find(door.read_files(files))
    if as_json:
        door.print_json([finding.as_json() for finding in findings])
    else:
        for finding in findings:
            click.echo(str(finding))
            if finding.advice_zh or finding.advice_en:
                click.echo(f"    {finding.advice_zh} / {finding.advice_en}")
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    if not as_json:
        click.echo(f"{errors} 处错误，共 {len(findings)} 条 / {errors} error(s), {len(findings)} finding(s)", err=True)
    sys.exit(1 if errors else 0)


def find(files: dict[str, bytes]) -> list[Finding]:
    """Return every finding about `files` taken as one deployment, by file and line."""
    family, findings = Family.read(files)
    findings = [*findings, *checks.check(family, checks.Known())]
    return sorted(findings, key=lambda finding: (finding.file, finding.line, finding.code))
