"""`banjie user`: people, roles and what a role may do, from the command line. The pages for it are `admin`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from engine.work import SYSTEM
from webapp import people, roster, superiors
from webapp.commands import door

_ALL = "*"


@click.group()
def user() -> None:
    """人员与岗位。 People, their roles, and what a role may do."""


@user.command()
@click.argument("login")
@click.option("--name", help="姓名 / The person's name; default: the login name.")
@click.option("--role", "roles", multiple=True, help="岗位，可多次 / A role; more than one may be given.")
@click.password_option(help="密码，留空则询问 / The password; asked for when not given.")
@door.database_option
def add(login: str, name: str | None, roles: tuple[str, ...], password: str, database_url: str | None) -> None:
    """添加人员 LOGIN。 Add a person."""
    with door.open_house(database_url).work(SYSTEM) as work:
        made = people.create_person(work, login, name or login, roles, password)
    click.echo(f"{made.id} {made.name}: {', '.join(made.roles) or '-'}")


@user.command()
@click.argument("name")
@click.option("--permission", "permissions", multiple=True, help="权限，* 为全部 / A permission; * for all of them.")
@door.database_option
def role(name: str, permissions: tuple[str, ...], database_url: str | None) -> None:
    """添加岗位 NAME，或设置其权限。 Add a role, or set what it may do."""
    wanted = list(people.PERMISSIONS) if _ALL in permissions else list(permissions)
    with door.open_house(database_url).work(SYSTEM) as work:
        people.save_role(work, name, wanted)
    click.echo(f"{name}: {', '.join(sorted(wanted)) or '-'}")


@user.command()
@click.argument("login")
@click.argument("names", nargs=-1)
@door.database_option
def roles(login: str, names: tuple[str, ...], database_url: str | None) -> None:
    """设置 LOGIN 的全部岗位。 Give a person exactly these roles."""
    with door.open_house(database_url).work(SYSTEM) as work:
        people.set_roles(work, login, names)
    click.echo(f"{login}: {', '.join(names) or '-'}")


@user.command()
@click.argument("login")
@click.argument("superior", required=False)
@door.database_option
def superior(login: str, superior: str | None, database_url: str | None) -> None:
    """设置 LOGIN 的直接上级 SUPERIOR；不填为无。 Set whom a person reports to; leave it out for nobody."""
    with door.open_house(database_url).work(SYSTEM) as work:
        superiors.set_superior(work, login, superior)
    click.echo(f"{login}: {superior or '-'}")


@user.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--make-roles", "makes_roles", is_flag=True, help="同时建立还没有的岗位 / Make the roles that are missing."
)
@door.database_option
def import_people(file: Path, makes_roles: bool, database_url: str | None) -> None:
    """从 CSV 名单 FILE 导入人员（登录名,姓名,岗位,直接上级）。 Take in people; all of the table or nothing."""
    with file.open("rb") as stream:
        content = stream.read(roster.MAX_BYTES + 1)
    with door.open_house(database_url).work(SYSTEM) as work:
        done = roster.take_in(work, roster.read(content), makes_roles=makes_roles)
    click.echo(f"新增 {done.added}，更新 {done.changed} / {done.added} added, {done.changed} changed")


@user.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@door.database_option
def export_people(file: Path, database_url: str | None) -> None:
    """把人员名单写到 CSV 文件 FILE。 Write everybody to a CSV file."""
    with door.open_house(database_url).work(SYSTEM, read_only=True) as work:
        everybody = people.everybody(work)
    file.write_bytes(roster.write(everybody))
    click.echo(f"{len(everybody)} 人 / people: {file}")


@user.command("password")
@click.argument("login")
@click.password_option()
@door.database_option
def set_password(login: str, password: str, database_url: str | None) -> None:
    """设置 LOGIN 的新密码。 Give a person a new password; their sessions end."""
    with door.open_house(database_url).work(SYSTEM) as work:
        people.set_password(work, login, password)
    click.echo(f"{login}: 密码已更新 / password changed")


@user.command()
@click.argument("login")
@door.database_option
def disable(login: str, database_url: str | None) -> None:
    """停用 LOGIN。 Let a person sign in no longer; their sessions end at once."""
    with door.open_house(database_url).work(SYSTEM) as work:
        people.set_active(work, login, False)
    click.echo(f"{login}: 已停用 / disabled")


@user.command()
@click.argument("login")
@door.database_option
def enable(login: str, database_url: str | None) -> None:
    """启用 LOGIN。 Let a person sign in again."""
    with door.open_house(database_url).work(SYSTEM) as work:
        people.set_active(work, login, True)
    click.echo(f"{login}: 已启用 / enabled")


@user.command("list")
@door.database_option
def list_people(database_url: str | None) -> None:
    """列出人员。 List people with their roles and permissions."""
    with door.open_house(database_url).work(SYSTEM, read_only=True) as work:
        everybody = people.everybody(work)
    table = Table("登录名 login", "姓名 name", "在用 active", "上级 superior", "岗位 roles", "权限 permissions")
    for person in everybody:
        table.add_row(
            person.id,
            person.name,
            "✓" if person.is_active else "-",
            person.superior or "-",
            ", ".join(person.roles),
            ", ".join(sorted(person.permissions)),
        )
    door.out.print(table)
