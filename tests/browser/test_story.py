"""The main job from end to end, in a browser: a complaint travels its plan, and a missed deadline is supervised.

客服 registers a 问题型 complaint, 行政部 works it, 24 hours pass and 督办 appears, 总经理 approves, the complainant is
visited afterwards, the case is closed. On SQLite and on PostgreSQL.
"""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import People
from tests.browser.filling import fill
from tests.support.site import Site


class Staff:
    """The people of the story, each with one window; every task done lets the worker catch up."""

    def __init__(self, people: People, site: Site) -> None:
        self._people, self._site = people, site
        self._pages: dict[str, Page] = {}

    def page(self, login: str) -> Page:
        """Return the page of the person, signed in."""
        if login not in self._pages:
            self._pages[login] = self._people.page(login)
        return self._pages[login]

    def find_task(self, login: str, name: str) -> bool:
        """Look for the task in the person's inbox; open it and return True, or return False."""
        page = self.page(login)
        for box in ("roles", "mine"):
            page.goto(f"/?box={box}")
            link = page.get_by_role("link", name=name)
            if link.count():
                link.first.click()
                expect(page.get_by_role("heading", name=name)).to_be_visible()
                return True
        return False

    def do(self, login: str, name: str, **answers: str) -> None:
        """Open the task, answer its form and complete it."""
        page = self.page(login)
        assert self.find_task(login, name), f"{login} has no task {name}: {page.locator('main').inner_text()}"
        fill(page, **answers)
        page.get_by_role("button", name="完成", exact=True).click()
        expect(page.locator(".error-summary")).to_have_count(0)
        self._site.catch_up()


def register(page: Page) -> str:
    """Register a complaint of the kind 问题型 and return its case number."""
    page.goto("/complaints/new")
    fill(
        page,
        channel="phone",
        complainant_name="张女士",
        complainant_contact="13800000001",
        subject="频繁更换任课老师",
        content="一个月内换了三位老师，要求退还剩余课时的费用。",
        kind="problem",
    )
    page.get_by_role("button", name="登记", exact=True).click()
    number = re.search(r"TS-\d{4}-\d{6}", page.locator("main").inner_text())
    assert number is not None
    return number[0]


def pass_time(staff: Staff, site: Site, hours: int) -> None:
    """Let an administrator move the demo's clock in the browser; the worker performs what is due then."""
    page = staff.page("admin")
    page.goto("/admin/clock")
    page.get_by_label("其他小时数").fill(str(hours))
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.get_by_role("button", name="拨动").click()
    site.catch_up()


def test_a_complaint_travels_its_plan_and_a_missed_deadline_is_supervised(people: People, site: Site) -> None:
    staff = Staff(people, site)
    number = register(staff.page("kefu"))

    staff.do("xingzheng", "电话沟通并登记", is_injured="no", is_media_involved="no", needs_interview="yes")
    staff.do("xingzheng", "约见投诉人")
    staff.do("xiaoqu", "面谈：致歉并核实诉求")
    assert not staff.find_task("zong", "督办：处理意见")
    pass_time(staff, site, 24)
    staff.do("zong", "督办：处理意见")
    staff.do("xingzheng", "形成处理意见及补偿办法")
    staff.do("zong", "审批处理意见", opinion_decision="approve")
    staff.do("xingzheng", "协商最终方案", negotiation_result="agreed")
    staff.do("zong", "审批最终方案", plan_decision="approve")
    staff.do("bumen", "执行最终方案")
    staff.do("xingzheng", "认定事实与责任", ground="none")
    staff.do("xingzheng", "报送执行与处理结果")
    staff.do("zong", "审阅执行与处理结果")
    staff.do("kefu", "向投诉人反馈")
    pass_time(staff, site, 24 * 10)
    staff.do("kefu", "回访投诉人", is_reached="yes", satisfaction="5")
    staff.do("kefu", "总结经验教训", needs_measure="no")

    page = staff.page("admin")
    page.goto("/monitor/?status=ended")
    page.get_by_role("link", name=number).click()
    expect(page.locator("main")).to_contain_text("结案")
    expect(page.locator("main")).to_contain_text("督办：处理意见")
