"""Fills the form on a page as a person would: the fields that are named, and whatever else is marked as required."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, TimeoutError, expect

from webapp.demo.papers import document, picture

_SENTENCE = "情况已核实，按预案办理。"
#: A field that cannot be filled within so many milliseconds has been hidden meanwhile, or the test fails.
_PATIENCE = 3000


def fill(page: Page, **chosen: str) -> None:
    """Answer `chosen` (field name -> value), then every other required field that is still empty and shown."""
    answered: set[str] = set()
    for wanted in (chosen, None, None):
        for field in page.locator("main form .field[data-path]").all():
            path = field.get_attribute("data-path") or ""
            if path in answered or not field.is_visible() or field.locator(".field[data-path]").count():
                continue
            if path in chosen or (wanted is None and field.locator(".required").count()):
                _answer(field, chosen.get(path))
                answered.add(path)
        expect(page.locator("main form[aria-busy]")).to_have_count(0)  # what applies now is shown
    missing = set(chosen) - answered
    assert not missing, f"the form does not ask for {missing}"


def _answer(field: Locator, value: str | None) -> None:
    try:
        _put(field, value)
    except TimeoutError:
        if field.is_visible():  # else an earlier answer has just hidden the field
            raise


def _put(field: Locator, value: str | None) -> None:
    files = field.locator("input[type=file]")
    if files.count():
        listed = field.locator("[data-file]").count()
        is_picture = (files.get_attribute("accept") or "").startswith("image")
        content, name = (picture(1), "现场.png") if is_picture else (document("凭证"), "凭证.pdf")
        files.set_input_files({"name": name, "mimeType": "", "buffer": content}, timeout=_PATIENCE)
        expect(field.locator("[data-file]")).to_have_count(listed + 1)
        return
    for kind in ("radio", "checkbox"):
        boxes = field.locator(f"input[type={kind}]")
        if boxes.count():
            (field.locator(f"input[value='{value}']") if value else boxes.first).check(timeout=_PATIENCE)
            return
    select = field.locator("select")
    if select.count():
        if value:
            select.select_option(value, timeout=_PATIENCE)
        elif not select.input_value():
            select.select_option(index=1, timeout=_PATIENCE)
        return
    control = field.locator("input, textarea").first
    if control.get_attribute("readonly") is not None or (value is None and control.input_value()):
        return
    samples = {"datetime-local": "2026-12-22T15:00", "date": "2026-12-22", "time": "15:00"}
    is_number = control.get_attribute("inputmode") in ("decimal", "numeric")
    sample = samples.get(control.get_attribute("type") or "", "1" if is_number else _SENTENCE)
    control.fill(value or sample, timeout=_PATIENCE)
