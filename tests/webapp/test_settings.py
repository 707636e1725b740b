"""Settings come from one table; the languages are complete."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

import webapp
from engine.errors import EngineError
from webapp import i18n
from webapp.settings import Settings, table


def test_the_environment_sets_what_it_names_and_nothing_else():
    given = Settings.from_environment(
        {"BANJIE_PAGE_SIZE": "20", "BANJIE_IS_DEMO": "yes", "BANJIE_DATA_FOLDER": "/srv/data", "OTHER": "x"}
    )

    assert (given.page_size, given.is_demo, given.data_folder) == (20, True, Path("/srv/data"))
    assert given.url == "sqlite:////srv/data/banjie.db"
    assert given.case_prefix == Settings().case_prefix


@pytest.mark.parametrize(("name", "value"), [("PAGE_SIZE", "many"), ("IS_DEMO", "perhaps"), ("LANGUAGE", "fr")])
def test_a_bad_value_is_told_with_its_name(name: str, value: str):
    with pytest.raises(EngineError, match=f"BANJIE_{name}"):
        Settings.from_environment({f"BANJIE_{name}": value})


def test_a_real_house_needs_a_key_and_a_demo_keeps_its_own(tmp_path: Path):
    for key in ("", "too short"):
        with pytest.raises(EngineError, match="BANJIE_SECRET_KEY"):
            Settings(secret_key=key).with_secret_key()

    demo = Settings(data_folder=tmp_path / "new", is_demo=True)
    first, second = demo.with_secret_key().secret_key, demo.with_secret_key().secret_key

    assert first == second
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "new" / "secret_key").stat().st_mode) == 0o600


def test_every_setting_says_what_it_means_in_both_languages():
    assert all(zh and en for _, _, zh, en in table())


def test_every_message_of_the_pages_has_its_english():
    folder = Path(webapp.__file__).parent
    methods = [("templates/**.html", "jinja2"), ("**.py", "python")]
    words = {"_": None, "gettext": None, "lazy_gettext": None}
    asked = {message for _, _, message, _, _ in extract_from_dir(folder, methods, {}, keywords=words)}

    known = {message.id for message in i18n.catalogue() if message.id and message.string}

    assert {message for message in asked if message not in known} == set()


def test_an_english_message_names_what_its_chinese_one_names():
    import re

    for message in i18n.catalogue():
        if message.id:
            names = [set(re.findall(r"%\((\w+)\)", str(text))) for text in (message.id, message.string)]
            assert names[0] == names[1], message.id
