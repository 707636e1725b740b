"""The demo's complaints, and how far people have come with each. Data only; nobody and nothing real is meant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody completes the task at `element`, `hours_later` than the step before. What is not answered is made up.

    `is_report`: nobody completes a task; somebody reports this at the event `element`, on the case's page.
    """

    element: str
    hours_later: float = 3
    answers: dict[str, Any] = field(default_factory=dict)
    is_report: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """A complaint registered `days_ago` at `hour` o'clock, and what was done since. A step that cannot be done ends it."""

    days_ago: int
    hour: int
    registered_by: str
    answers: dict[str, Any]
    steps: tuple[Step, ...] = ()


def _complaint(kind: str, channel: str, name: str, contact: str, subject: str, content: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "channel": channel,
        "complainant_name": name,
        "complainant_contact": contact,
        "subject": subject,
        "content": content,
    }


_PHONED = Step(
    "phone_complainant",
    1,
    {
        "facts": "已电话核对，投诉人所述与登记内容一致，并补充了时间和经手人。",
        "wanted_outcome": "查清原因，给出答复和补偿办法。",
        "is_injured": "no",
        "is_media_involved": "no",
        "claimed_amount": "900",
        "affected_count": "1",
        "needs_interview": "yes",
    },
)
_ARRANGED = Step("arrange_interview", 2, {"interview_place": "二号校区接待室"})
_MET = Step(
    "interview",
    4,
    {
        "true_wish": "希望得到正式答复，今后不再发生。",
        "compensation_wish": "退还相应费用，或以课时抵补。",
        "interview_record": "校区主管当面致歉，投诉人情绪缓和，同意等候处理意见。",
    },
)
_OPINION = Step(
    "form_opinion",
    5,
    {
        "finding": "substantiated",
        "department_statement": "情况属实，系内部衔接不到位，已要求整改。",
        "opinion": "退还多收费用，部门负责人向投诉人致歉，完善告知流程。",
        "compensation_amount": "300",
    },
)

SAMPLES: tuple[Sample, ...] = (
    Sample(
        0,
        8,
        "kefu",
        _complaint(
            "problem",
            "phone",
            "张女士",
            "13800000001",
            "频繁更换任课老师",
            "孩子报名的数学课一个月内换了三位老师，每次都是上课当天才知道。希望给个说法。",
        ),
    ),
    Sample(
        1,
        9,
        "kefu",
        _complaint(
            "problem",
            "visit",
            "王先生",
            "13800000002",
            "退费迟迟不到账",
            "上月提交的退费申请，承诺十个工作日到账，至今没有结果，多次来电无人答复。",
        ),
        (_PHONED, _ARRANGED),
    ),
    Sample(
        3,
        10,
        "kefu2",
        _complaint(
            "problem",
            "web",
            "刘女士",
            "13800000003",
            "教室空调漏水",
            "三楼教室空调漏水，地面湿滑，孩子差点摔倒，反映两次没有维修。",
        ),
        (_PHONED, _ARRANGED, _MET),
    ),
    Sample(
        4,
        9,
        "kefu2",
        _complaint(
            "problem",
            "hotline",
            "赵先生",
            "13800000004",
            "收费与宣传不符",
            "宣传单写明含教材费，开课后又另收教材费三百元，要求退还。",
        ),
        (_PHONED, _ARRANGED, _MET, _OPINION),
    ),
    Sample(
        2,
        14,
        "kefu",
        _complaint(
            "suggestion",
            "letter",
            "陈女士",
            "13800000005",
            "建议延长自习室开放时间",
            "周末下午自习室五点关门，接孩子不方便，建议延长到七点。",
        ),
        (Step("thank_complainant", 1, {"scope": "one_department", "is_about_safety": "no", "wants_reply": "yes"}),),
    ),
    Sample(
        6,
        11,
        "kefu2",
        _complaint(
            "suggestion",
            "phone",
            "孙先生",
            "13800000006",
            "建议课前公布教案提纲",
            "如果能提前一天看到本次课的提纲，孩子预习会更有针对性。",
        ),
        (
            Step("thank_complainant", 1, {"scope": "one_department", "is_about_safety": "no", "wants_reply": "yes"}),
            Step("pass_on", 3, {"department_name": "教学部"}),
        ),
    ),
    Sample(
        1,
        15,
        "zhuanyuan",
        _complaint(
            "unit",
            "letter",
            "社区居民（匿名）",
            "来信，未留电话",
            "操场早间广播扰民",
            "每天清晨六点半广播声音很大，影响周边居民休息，希望调整时间或音量。",
        ),
    ),
    Sample(
        2,
        9,
        "kefu2",
        _complaint(
            "unit",
            "visit",
            "钱先生",
            "13800000008",
            "窗口人员态度生硬",
            "办理学籍证明时，窗口人员多次打断，态度生硬，要求道歉。",
        )
        | {"respondents": "赵雪"},
        (
            Step(
                "check_complaint",
                2,
                {
                    "is_content_clear": "yes",
                    "is_ours": "yes",
                    "is_injured": "no",
                    "is_media_involved": "no",
                    "affected_count": "1",
                    "has_secrets": "no",
                },
            ),
        ),
    ),
)

#: What the keepers of this plan's resources found: (login, item, is it ready, note).
RESOURCES_OF = "daily_complaint"
RESOURCES = (
    ("jingli", "staff_training", True, "九月培训已完成，考核合格"),
    ("kefu", "goods_and_equipment", False, "录音电话一部送修"),
    ("jingli", "complaint_system", True, ""),
)
