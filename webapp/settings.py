"""The one table of settings: each field's name, default and meaning. Reads the environment; decides nothing else."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from engine.work import Bounds

#: Every variable of the environment that we read begins with it.
PREFIX = "BANJIE_"
MEGABYTE = 1024 * 1024


def _setting(default: Any, zh: str, en: str) -> Any:
    """Return a field of the table: its default, and what it means in both languages."""
    return field(default=default, metadata={"zh": zh, "en": en})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting. `BANJIE_DATABASE_URL` in the environment sets `database_url`, and so on."""

    data_folder: Path = _setting(  # noqa: RUF009 - a Path does not change
        Path("var"), "数据文件夹：SQLite 数据库、演示密钥", "Folder of the SQLite database and the demo's key"
    )
    database_url: str = _setting(
        "",
        "数据库地址；留空则用数据文件夹中的 SQLite，正式环境用 postgresql+psycopg://…",
        "Database; empty: SQLite in the data folder; production: postgresql+psycopg://…",
    )
    secret_key: str = _setting(
        "",
        "会话签名密钥，至少 32 个字符；正式环境必填",
        "Signs sessions, 32 characters or more; required in production",
    )
    is_demo: bool = _setting(
        False, "演示模式：密钥自动生成，可拨动时钟", "Demo: the key is generated, the clock may be moved"
    )
    organisation: str = _setting(
        "", "单位名称，显示在页眉和打印页", "Name of the organisation, shown in headings and prints"
    )
    language: str = _setting("zh", "默认语言：zh 或 en", "Language of those who chose none: zh or en")
    case_prefix: str = _setting("TS", "投诉编号的前缀", "What case numbers begin with")
    is_cookie_secure: bool = _setting(
        True,
        "会话 Cookie 仅经 HTTPS 发送；仅本机试用时可关闭",
        "Send the session's cookie over HTTPS only; off for local trials",
    )
    session_hours: int = _setting(12, "闲置多少小时后需要重新登录", "Hours of rest after which one signs in again")
    request_megabytes: int = _setting(16, "一次请求最多多少 MB", "Largest request in megabytes")
    page_size: int = _setting(50, "列表每页条数", "Rows of a list's page")
    trusted_proxies: int = _setting(
        0,
        "前面有几层可信的反向代理（影响客户端地址）",
        "Trusted reverse proxies in front (decides the client's address)",
    )
    sign_in_per_address: str = _setting(
        "20 per minute; 200 per hour", "每个客户端地址的登录次数上限", "Sign-in attempts allowed from one address"
    )
    sign_in_per_name: str = _setting(
        "5 per minute; 30 per hour", "每个登录名的登录次数上限", "Sign-in attempts allowed for one login name"
    )
    limits_url: str = _setting(
        "memory://",
        "登录次数存放处；多个进程共用时填 redis://…",
        "Where attempts are counted; redis://… when many processes share it",
    )

    most_steps: int = _setting(
        20_000,
        "投诉件一次最多自动执行多少步，超过则成为流程故障",
        "Automatic steps a case may take at a time; more becomes an incident",
    )
    most_members: int = _setting(
        10_000, "一个多实例活动最多多少个实例", "Members one multi-instance activity may have; more becomes an incident"
    )

    most_file_megabytes: int = _setting(50, "一个附件最多多少 MB", "Largest attachment in megabytes")
    most_case_megabytes: int = _setting(
        500, "一件投诉的附件合计最多多少 MB", "Megabytes that the attachments of a case may have together"
    )
    most_case_files: int = _setting(200, "一件投诉最多多少个附件", "Attachments that a case may have")
    draft_file_days: int = _setting(
        7,
        "已上传而表单始终未提交的附件保留多少天；任务未办结的一直保留",
        "Days that an attachment is kept whose form was never sent; with an open task it stays",
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Return the settings of the environment (the process's own when None). Raises EngineError for a bad value."""
        given = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for entry in fields(cls):
            text = given.get(PREFIX + entry.name.upper())
            if text is not None:
                values[entry.name] = _read(entry, text)
        return cls(**values)

    @property
    def url(self) -> str:
        """The database's address, the default filled in."""
        return self.database_url or f"sqlite:///{self.data_folder / 'banjie.db'}"

    @property
    def bounds(self) -> Bounds:
        """What one visit to a case may cost, and what its attachments may."""
        return Bounds(
            steps=self.most_steps,
            members=self.most_members,
            file_bytes=self.most_file_megabytes * MEGABYTE,
            case_bytes=self.most_case_megabytes * MEGABYTE,
            case_files=self.most_case_files,
            draft_file_days=self.draft_file_days,
        )

    def with_secret_key(self) -> Settings:
        """Return the settings with a usable secret key: the given one, or in a demo one kept in the data folder.

        Raises EngineError where a real house has none.
        """
        if len(self.secret_key) >= 32:
            return self
        if self.secret_key or not self.is_demo:
            raise EngineError(
                "请设置 BANJIE_SECRET_KEY（至少 32 个随机字符）。",
                "Set BANJIE_SECRET_KEY to 32 random characters or more.",
                code="secret-key-missing",
            )
        return replace(self, secret_key=_demo_key(self.data_folder / "secret_key"))


def table() -> list[tuple[str, str, str, str]]:
    """Return (variable, default, meaning in Chinese, in English) of every setting, for documents and the command line."""
    return [
        (PREFIX + entry.name.upper(), str(entry.default), entry.metadata["zh"], entry.metadata["en"])
        for entry in fields(Settings)
    ]


def _read(entry: Field[Any], text: str) -> Any:
    default, variable = entry.default, PREFIX + entry.name.upper()
    text = text.strip()
    if isinstance(default, bool):
        if text.lower() in ("1", "true", "yes", "on"):
            return True
        if text.lower() in ("0", "false", "no", "off", ""):
            return False
        raise EngineError(f"{variable} 应为 true 或 false。", f"{variable} is true or false.", code="bad-setting")
    if isinstance(default, int):
        if not text.isdigit():
            raise EngineError(f"{variable} 应为不小于 0 的整数。", f"{variable} is a whole number.", code="bad-setting")
        return int(text)
    if isinstance(default, Path):
        return Path(text)
    if entry.name == "language" and text not in ("zh", "en"):
        raise EngineError(f"{variable} 应为 zh 或 en。", f"{variable} is zh or en.", code="bad-setting")
    return text


def _demo_key(path: Path) -> str:
    """Return the key kept at `path`, made on first need and readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("utf-8").strip()
    key = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(key)
    return key
