"""`banjie recusal`: who is kept out of a case, from the machine itself: for when every administrator is kept out."""

from __future__ import annotations

import click

from engine.work import SYSTEM
from webapp import complaints, people, recusals
from webapp.commands import door


@click.group()
def recusal() -> None:
    """回避：被投诉人及其下属看不到投诉件。 Who is kept out of a case: those complained of, and their staff."""


@recusal.command("list")
@click.argument("case_number")
@door.database_option
def list_recused(case_number: str, database_url: str | None) -> None:
    """列出投诉件 CASE_NUMBER 的回避人员。 List who is kept out of a case."""
    with door.open_house(database_url).work(SYSTEM, read_only=True) as work:
        found = recusals.of_instance(work, complaints.find(work, case_number).instance_id)
        names = people.names(work, [item.person for item in found])
    for item in found:
        why = "被投诉人 / named" if item.is_named else f"下属 / reports to {', '.join(item.because_of)}"
        click.echo(f"{item.person} {names[item.person]}: {why}")
    if not found:
        click.echo("无 / nobody")


@recusal.command()
@click.argument("case_number")
@click.argument("login")
@click.option("--reason", required=True, help="理由 / Why.")
@door.database_option
def add(case_number: str, login: str, reason: str, database_url: str | None) -> None:
    """让 LOGIN 及其下属回避 CASE_NUMBER。 Keep a person, and who reports to them, out of a case."""
    with door.open_house(database_url).work(SYSTEM) as work:
        new = recusals.recuse(work, complaints.find(work, case_number).instance_id, login, reason)
    click.echo(f"{case_number}: {', '.join(new)}")


@recusal.command()
@click.argument("case_number")
@click.argument("login")
@click.option("--reason", required=True, help="理由 / Why.")
@door.database_option
def withdraw(case_number: str, login: str, reason: str, database_url: str | None) -> None:
    """撤销 LOGIN 在 CASE_NUMBER 的回避。 Let a person into a case again."""
    with door.open_house(database_url).work(SYSTEM) as work:
        recusals.withdraw(work, complaints.find(work, case_number).instance_id, login, reason)
    click.echo(f"{case_number}: {login} ✓")
