"""Who is in the demo: roles with their permissions, and made-up people. Data only."""

from __future__ import annotations

#: Everybody's password in the demo; printed by `banjie demo`, accepted nowhere else.
PASSWORD = "banjie-demo"

#: Every role that the plans name, with what the house lets it do besides its tasks.
ROLES: dict[str, list[str]] = {
    "管理员": ["register", "monitor", "operate", "deploy", "calendar", "people", "clock"],
    "预案负责人": ["monitor", "deploy"],
    "客服人员": ["register"],
    "客服部经理": ["register", "monitor"],
    "行政部": ["register"],
    "总经理": ["monitor"],
    "校区主管": [],
    "当事部门": [],
    "被投诉部门": [],
    "相关部门": [],
    "市场部": [],
    "法务人员": [],
    "新闻发言人": [],
    "复核人员": [],
    "投诉处理专员": ["register"],
    "投诉处理办公室主任": ["monitor"],
    "投诉处理领导小组": ["monitor"],
}

#: (login, name, roles). No real person is meant.
PEOPLE: list[tuple[str, str, list[str]]] = [
    ("admin", "系统管理员", ["管理员"]),
    ("owner", "方明", ["预案负责人"]),
    ("kefu", "周敏", ["客服人员"]),
    ("kefu2", "吴倩", ["客服人员"]),
    ("jingli", "郑凯", ["客服部经理"]),
    ("xingzheng", "李静", ["行政部"]),
    ("xingzheng2", "孙婷", ["行政部"]),
    ("zong", "陈志远", ["总经理"]),
    ("xiaoqu", "刘洋", ["校区主管"]),
    ("bumen", "王磊", ["被投诉部门", "当事部门", "相关部门"]),
    ("zhuanyuan", "赵雪", ["投诉处理专员"]),
    ("zhuren", "黄海", ["投诉处理办公室主任"]),
    ("lingdao", "何建国", ["投诉处理领导小组"]),
    ("fawu", "马丽", ["法务人员"]),
    ("fuhe", "林峰", ["复核人员"]),
    ("shichang", "徐佳", ["市场部"]),
    ("fayan", "高原", ["新闻发言人"]),
]

#: Gets the roles that a plan names and the table above does not.
SPARE = "bumen"
