"""Signing in and out, as a person does it."""

from __future__ import annotations

from tests.browser.conftest import People


def test_a_person_signs_in_and_out_again(people: People):
    page = people.page("kefu")
    assert page.get_by_role("heading", name="任务").is_visible()

    page.goto("/")
    page.evaluate("document.querySelector('form[action=\"/sign-out\"]').submit()")
    page.wait_for_url("**/sign-in")

    page.goto("/")
    assert "/sign-in" in page.url


def test_signing_in_works_without_scripts(people: People):
    page = people.page("xingzheng", scripts=False)

    assert page.get_by_role("heading", name="任务").is_visible()
