"""The command `banjie`: names its commands and loads one when it is called. What a command does is in `commands/`."""

from __future__ import annotations

import importlib
import sys

import click

from engine.errors import EngineError
from webapp.commands.door import say_error

#: Command -> (module, attribute, what it does in one line). A module is imported only when its command is called.
_COMMANDS = {
    "demo": ("webapp.commands.demo", "demo", "演示：装入预案、人员和投诉样例并启动服务 / Fill a demo and serve it"),
    "serve": ("webapp.commands.serve", "serve", "启动网站 / Serve the web application"),
    "worker": ("webapp.commands.serve", "worker", "执行到期作业 / Perform what is due"),
    "deploy": ("webapp.commands.plans", "deploy", "部署预案文件 / Deploy plans"),
    "export": ("webapp.commands.plans", "export", "导出已部署的预案 / Write deployed plans to a folder"),
    "check": ("webapp.commands.check", "check", "检查预案文件 / Check plans without deploying them"),
    "decide": ("webapp.commands.decide", "decide", "计算一个决策 / Evaluate a decision"),
    "run": ("webapp.commands.run", "run", "离线运行一个流程 / Run a process in memory, with a virtual clock"),
    "user": ("webapp.commands.people", "user", "人员与岗位 / People and roles"),
    "recusal": ("webapp.commands.recusals", "recusal", "回避 / Who is kept out of a case"),
    "calendar": ("webapp.commands.calendar", "calendar", "工作日历 / The working calendar"),
    "db": ("webapp.commands.schema", "db", "数据库结构 / The database's schema"),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, so that `banjie check` loads no web server."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(_COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return the command, or None for an unknown name."""
        if name not in _COMMANDS:
            return None
        module, attribute, _ = _COMMANDS[name]
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in _COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="banjie")
def group() -> None:
    """办结：投诉处置预案的绘制、运行与跟踪。 Complaint plans: drawn, run and watched."""


def main() -> None:
    """Run the command line; an error of the engine is told in two lines and ends with code 1."""
    try:
        group(prog_name="banjie")
    except EngineError as error:
        say_error(error)
        sys.exit(1)


if __name__ == "__main__":
    main()
