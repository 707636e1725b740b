"""Who is in the demo: roles with their permissions, and made-up people. Data only."""

from __future__ import annotations

#: Everybody's password in the demo; printed by `banjie demo`, accepted nowhere else.
PASSWORD = "banjie-demo"

#: What the house lets a role do besides its tasks; a role that is not here has its tasks only.
PERMISSIONS: dict[str, list[str]] = {
    "管理员": ["register", "monitor", "operate", "deploy", "calendar", "people", "clock"],
    "预案负责人": ["monitor", "deploy"],
    "客服人员": ["register"],
    "客服部经理": ["register", "monitor"],
    "行政部": ["register"],
    "总经理": ["monitor"],
    "投诉处理专员": ["register"],
    "投诉处理办公室主任": ["monitor"],
    "投诉处理领导小组": ["monitor"],
    "投诉接待部门": ["register"],
    "督办部门": ["monitor"],
    "接待人员": ["register"],
    "总部客服": ["register"],
    "校区人员": ["register"],
    "首问责任人": ["register"],
    "公司领导": ["monitor"],
}

#: (login, name, roles): somebody for every role that the plans name. No real person is meant.
PEOPLE: list[tuple[str, str, list[str]]] = [
    ("admin", "系统管理员", ["管理员"]),
    ("owner", "方明", ["预案负责人"]),
    ("kefu", "周敏", ["客服人员", "首问责任人"]),
    ("kefu2", "吴倩", ["客服人员", "接办人"]),
    ("jingli", "郑凯", ["客服部经理", "投诉处理小组组长", "总指挥"]),
    ("xingzheng", "李静", ["行政部"]),
    ("xingzheng2", "孙婷", ["行政部"]),
    ("zong", "陈志远", ["总经理", "应急指挥小组组长"]),
    ("gongsi", "魏东", ["公司领导"]),
    ("quyu", "苏明", ["区域经理"]),
    ("xiaoqu", "刘洋", ["校区主管"]),
    ("xiaoqu2", "丁宁宁", ["校区人员"]),
    ("zongbu", "杜娟", ["总部客服"]),
    ("bumen", "王磊", ["被投诉部门", "当事部门", "相关部门"]),
    ("bumenzr", "袁丽", ["部门负责人", "相关部门负责人"]),
    ("zhuanyuan", "赵雪", ["投诉处理专员"]),
    ("zhuren", "黄海", ["投诉处理办公室主任"]),
    ("lingdao", "何建", ["投诉处理领导小组"]),
    ("jiedai", "谢芳", ["接待人员", "投诉接待部门"]),
    ("diaocha", "邓宁", ["调查人员", "调查核实部门"]),
    ("xietiao", "彭波", ["协调处理部门"]),
    ("duban", "曹阳", ["督办部门"]),
    ("zhihui", "许强", ["应急指挥部"]),
    ("yingji", "罗兰", ["应急办公室", "值班负责人"]),
    ("yingjizu", "白松", ["应急领导小组"]),
    ("xianchang", "韩冰", ["现场处置组", "现场指挥组", "救援人员"]),
    ("xinxi", "唐静", ["信息收集组", "信息报送组", "宣传报道组"]),
    ("jishu", "石磊", ["技术人员"]),
    ("zijin", "钟慧", ["资金安全人员"]),
    ("genjin", "江雨", ["跟进专人"]),
    ("houqin", "冯涛", ["后勤保障组"]),
    ("xinfang", "董平", ["信访应急领导小组组长"]),
    ("fuzu", "萧然", ["副组长"]),
    ("bangong", "潘玲", ["办公室主任"]),
    ("yueji", "程勇", ["处理越级信访工作组"]),
    ("jifang", "曾凡", ["处理集访工作组"]),
    ("fawu", "马丽", ["法务人员"]),
    ("fuhe", "林峰", ["复核人员"]),
    ("pinggu", "任远", ["评估人员"]),
    ("shichang", "徐佳", ["市场部"]),
    ("fayan", "高原", ["新闻发言人"]),
    # Deputies and colleagues: nobody approves their own work, and somebody is there when one is recused.
    ("fuzong", "沈洁", ["总经理", "应急指挥小组组长"]),
    ("zhuguan", "贺琳", ["客服部经理", "投诉处理小组组长"]),
    ("fuzhuren", "侯亮", ["投诉处理办公室主任"]),
    ("zhuanyuan2", "田野", ["投诉处理专员"]),
    ("bumen2", "顾军", ["被投诉部门", "当事部门", "相关部门"]),
    ("zhihui2", "严华", ["应急指挥部"]),
]

#: Whom each reports to; who is not here reports to nobody. Recusal follows it.
SUPERIORS: dict[str, str] = {
    "zong": "gongsi",
    **dict.fromkeys(["fuzong", "jingli", "quyu", "bumenzr", "yingjizu", "zhihui", "duban"], "zong"),
    **dict.fromkeys(["zijin", "fawu", "fuhe", "pinggu", "shichang", "fayan", "owner"], "fuzong"),
    **dict.fromkeys(["xingzheng", "xingzheng2"], "fuzong"),
    **dict.fromkeys(["zhuguan", "zongbu", "jishu", "genjin"], "jingli"),
    **dict.fromkeys(["kefu", "kefu2"], "zhuguan"),
    "xiaoqu": "quyu",
    "xiaoqu2": "xiaoqu",
    **dict.fromkeys(["bumen", "bumen2", "jiedai", "diaocha", "xietiao"], "bumenzr"),
    "zhuren": "lingdao",
    "fuzhuren": "zhuren",
    **dict.fromkeys(["zhuanyuan", "zhuanyuan2"], "fuzhuren"),
    "yingji": "yingjizu",
    "zhihui2": "zhihui",
    **dict.fromkeys(["xianchang", "xinxi", "houqin"], "zhihui2"),
    "fuzu": "xinfang",
    **dict.fromkeys(["bangong", "yueji", "jifang"], "fuzu"),
}

#: Gets the roles that a plan names and nobody above has.
SPARE = "bumen"
