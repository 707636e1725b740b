"""`banjie deploy` and `banjie export`: between a folder of plans and the database."""

from __future__ import annotations

from pathlib import Path

import click

from engine import deployments
from engine.work import SYSTEM
from webapp import staffing
from webapp.commands import door


@click.command()
@click.argument("files", nargs=-1, required=True, type=door.PlanPath())
@click.option("--note", default="", help="部署说明 / What this deployment is for.")
@click.option("--dry-run", is_flag=True, help="只检查和预览 / Only check, and tell what would change.")
@door.database_option
def deploy(files: tuple[Path, ...], note: str, dry_run: bool, database_url: str | None) -> None:
    """部署 FILES（文件或文件夹）。 Deploy FILES as one: all of them, or nothing when one has an error."""
    offered = door.read_files(files)
    database = door.open_house(database_url)
    if dry_run:
        with database.work(SYSTEM, read_only=True) as work:
            preview = deployments.preview(work, offered, staffing.known(work, holds_to_roles=False))
        for finding in preview.findings:
            click.echo(str(finding))
        for key, name in preview.changes:
            click.echo(f"会有新版本 / would change: {key} {name}")
        return
    with (
        door.err.status(f"部署 {len(offered)} 个文件… / deploying {len(offered)} files…"),
        database.work(SYSTEM) as work,
    ):
        deployed = deployments.deploy(work, offered, note, staffing.known(work, holds_to_roles=False))
    for finding in deployed.findings:
        click.echo(str(finding))
    for info in deployed.definitions:
        state = "新版本 / new" if info.is_new else "未变 / unchanged"
        click.echo(f"{info.key} v{info.version} {info.name}: {state}")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--plan", "key", help="只导出这个预案 / Only this plan.")
@door.database_option
def export(folder: Path, key: str | None, database_url: str | None) -> None:
    """把已部署的预案写到 FOLDER。 Write the newest deployed files, each as its author saved it, to FOLDER."""
    database = door.open_house(database_url)
    with database.work(SYSTEM, read_only=True) as work:
        files = deployments.export(work, key)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        # A name comes from whoever deployed it: only its last part, so that nothing is written elsewhere.
        (folder / Path(name.replace("\\", "/")).name).write_bytes(content)
    click.echo(f"{len(files)} 个文件 / {len(files)} files: {folder}")
