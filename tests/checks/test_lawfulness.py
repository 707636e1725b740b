"""Words that point to unlawful steps: found where somebody is told to do them, not where a sentence takes them back."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.checks import check_files, lawfulness, wording
from engine.checks.lawfulness import LawRefused, scan, topics
from engine.family import Family
from engine.findings import Severity
from tools import law_page

ROOT = Path(__file__).parents[2]
DATA = (ROOT / "engine" / "checks" / "lawfulness.toml").read_text("utf-8")


def codes(text: str, about: str = "") -> set[str]:
    """Return the codes that a text is found for."""
    return {hit.topic.code for hit in scan(text, about)}


#: What the ten templates say, row by row of the table of what the law does not allow.
TEMPLATES = {
    "law-repealed": ["编制依据《中华人民共和国消费者权益保护法》、《中华人民共和国合同法》等相关法律法规。"],
    "unlawful-deletion": ["购买网络删帖服务。"],
    "unlawful-favour": ["会请记者或政府有关人员，解释细诉原因", "迅速联系其单位主管领导，会请并解释原因"],
    "unlawful-suppression": ["诉述努力经过及表明公司诚意，请求支持，压制报导。"],
    "unlawful-delay": [
        "第一时间约谈并说明因权限或审批需要时间等理由拖\n延时间，但要保持联系",
        "以权限不足为由，先拖住客户",
    ],
    "unlawful-malicious-label": ["问题型投诉面谈、协商失败也会转为恶意投诉。"],
    "unlawful-inspection-refusal": [
        "未经上级领导的同意，一律不得擅自接受采访、检查、拍照或摄像",
        "对上述人员,校区要礼貌劝离,但要注意方式方法",
    ],
    "unlawful-buyback": ["市场部迅速回购报刊以尽量降低影响"],
    "unlawful-fine": [
        "没有传递投诉接收单相关负责人罚款100元，从绩效工资中扣除。",
        "每件投诉给予不低于100元的经济处罚",
    ],
    "unlawful-zero-bonus": ["被投诉人当月绩效分为0", "罚款200元，绩效为零。"],
    "unlawful-loss": ["造成经济损失的由当事人全部承担。"],
    "unlawful-turning-away": ["对人员进行思想教育、政策解释和劝返工作。"],
    "unlawful-police": ["通报有关情况，请求公安等有关部门支持。"],
    "unlawful-disclosure": ["行政部在24小时内按照其意见反映的情况转交当事人或部门"],
}


@pytest.mark.parametrize("code, text", [(code, text) for code, texts in TEMPLATES.items() for text in texts])
def test_every_row_of_the_templates_is_found(code: str, text: str):
    assert code in codes(text)


def test_every_topic_has_a_sentence_of_the_templates_but_reprisal():
    assert {topic.code for topic in topics()} - set(TEMPLATES) == {"unlawful-reprisal"}


UNLAWFUL = [
    ("花钱找公关公司删帖", "unlawful-deletion"),
    ("委托网络水军删除帖子", "unlawful-deletion"),
    ("为避免影响购买网络删帖服务", "unlawful-deletion"),
    ("不得已购买删帖服务", "unlawful-deletion"),
    ("要求媒体撤回报道", "unlawful-suppression"),
    ("宴请执法人员", "unlawful-favour"),
    ("给记者送红包", "unlawful-favour"),
    ("能拖则拖", "unlawful-delay"),
    ("不能解决的应劝返", "unlawful-turning-away"),
    ("不能当场答复的，拖延时间", "unlawful-delay"),
    ("不仅道歉，还要罚款200元", "unlawful-fine"),
    ("不得与客户争吵，对责任人罚款200元", "unlawful-fine"),
    ("不得不对员工罚款", "unlawful-fine"),
    ("扣发当月工资", "unlawful-fine"),
    ("拒绝检查，等领导到场", "unlawful-inspection-refusal"),
    ("没有负责人批准，不接受任何检查", "unlawful-inspection-refusal"),
    ("礼貌送走检查人员", "unlawful-inspection-refusal"),
    ("将来访群众劝返", "unlawful-turning-away"),
    ("联系派出所民警到场维稳", "unlawful-police"),
    ("由被投诉人答复投诉人", "unlawful-disclosure"),
    ("将举报材料转给被举报人", "unlawful-disclosure"),
    ("把投诉人拉黑", "unlawful-reprisal"),
    ("取消其投诉资格", "unlawful-reprisal"),
    ("全部损失由员工承担", "unlawful-loss"),
    ("依据侵权责任法处理", "law-repealed"),
    ("买断当日报纸", "unlawful-buyback"),
    ("Pay for deletion of posts", "unlawful-deletion"),
    ("Fine the employee 100 yuan", "unlawful-fine"),
    ("Refuse the inspection until the manager comes", "unlawful-inspection-refusal"),
    ("Stall the complainant", "unlawful-delay"),
    ("Dock the wages of whoever is at fault", "unlawful-fine"),
    ("Suppress media coverage", "unlawful-suppression"),
    ("Buy up the newspapers", "unlawful-buyback"),
    ("Hand the complaint to the person complained of", "unlawful-disclosure"),
    ("Ask the police for support at the gate", "unlawful-police"),
    ("执法人员一律劝离", "unlawful-inspection-refusal"),
    ("找公关公司删除负面报道", "unlawful-deletion"),
    ("劝信访人返回原籍", "unlawful-turning-away"),
]


@pytest.mark.parametrize("text, code", UNLAWFUL)
def test_an_unlawful_step_in_other_words_is_found(text: str, code: str):
    assert code in codes(text)


@pytest.mark.parametrize(
    "text", [text for text, _ in UNLAWFUL] + [text for texts in TEMPLATES.values() for text in texts]
)
def test_the_quick_question_before_the_search_hides_nothing(text: str):
    assert wording.screen(topic.pattern for topic in topics())(text)


LAWFUL = [
    "不得罚款",
    "禁止购买网络删帖服务",
    "严禁以罚款代替管理",
    "不购买删帖服务，不压制报道",
    "不拖延时间，按约定日期答复",
    "任何人不得拒绝检查",
    "两名执法人员持证的，不得以未经领导同意为由拒绝检查",
    "不得劝返，不得请求公安支持",
    "禁止下列行为：罚款、扣工资、拖延时间",
    "不得有以下行为：\n1. 罚款\n2. 拖延时间\n3. 打击报复投诉人",
    "全部接触留痕，不宴请记者、不送礼",
    "无宴请、无礼品",
    "法律上没有“恶意投诉”类别，不得拖延，不得打击报复",
    "模板的“购买网络删帖、回购报刊”改为：附侵权证据通知平台、请求更正",
    "模板的罚款、绩效为零、损失全部自担，改为建议：绩效依事先约定的办法",
    "模板要求未经领导同意不得接受检查，于法不合：执法人员两人持证即应配合",
    "模板十·三·1① 罚款100元；改为辅导并计入绩效",
    "原合同法已于2021年废止",
    "劳动合同法第四条",
    "合同法律关系审查",
    "扣款不得超过核对的上限",
    "扣后低于最低工资的不得扣",
    "有违法行为才请求公安支持",
    "敲诈勒索的，携证据请公安处置",
    "被投诉人回避，不得将材料转交被投诉人",
    "听取被投诉人陈述申辩",
    "将处理结果反馈给投诉人",
    "转交相关部门",
    "当面道谢，赠送小礼品",
    "对行政处罚罚款不服的，告知复议途径",
    "劝离围观群众，疏散人员",
    "争议投诉处置预案（恶意投诉）",
    "查找删帖记录",
    "附侵权证据，联系平台删帖",
    "阻止事态扩大，避免媒体曝光",
    "请政府有关部门协调招待所安置群众",
    "收到的红包退还工作人员",
    "受理对乱罚款的投诉",
    "依法对经营者处以罚款",
    "协调公安、消防到场处置火灾",
    "请公安协助查找走失人员",
    "将答复书转交当事人",
    "因客户原因拖延时间的，期限顺延",
    "保安人员劝离闹事者",
    "带来访群众返回接待室",
    "保护举报人免受打击报复",
    "投诉人担心打击报复的，为其保密",
    "对推诿扯皮的部门问责",
    "回避检查",
    "投诉率为零的部门发放奖金",
    "It is fine, staff may go on",
    "Stop the clock when the report is in",
    "A food stall was closed",
    "Give the result to the person concerned",
    "Pay the invoice",
    "接待并登记",
    "Never fine the employee",
    "Do not delay the complainant",
    "The step 'pay for deletion of posts' was replaced by a notice to the platform",
    "Tell the media the facts",
    "Refund the customer in full",
    "A final reply is sent",
]


@pytest.mark.parametrize("text", LAWFUL)
def test_what_is_negated_changed_or_something_else_is_not_found(text: str):
    assert codes(text) == set()


def test_a_choice_of_complaint_matters_is_no_step():
    assert codes("拖延时间", about="投诉原因") == set()
    assert codes("罚款", about="投诉类别") == set()
    assert codes("罚款", about="处理措施") == {"unlawful-fine"}


STEPS = st.sampled_from(
    [
        "对员工罚款",
        "购买删帖服务",
        "拖延时间",
        "压制报道",
        "宴请记者",
        "劝返上访人员",
        "打击报复投诉人",
        "拒绝检查",
        "回购报刊",
    ]
)
PLAIN = st.sampled_from(["核实情况", "联系投诉人", "登记", "召开会议", "答复", "道歉", "整改", "回访"])
ORDERS = st.sampled_from(
    ["", "应", "必须", "可以", "立即", "由负责人", "经批准后", "视情况", "必要时", "不能解决的应", "不仅道歉，还要"]
)
BANS = st.sampled_from(
    [
        "不得",
        "严禁",
        "禁止",
        "不准",
        "不许",
        "切勿",
        "任何人不得",
        "绝不",
        "不得擅自",
        "严禁以任何形式",
        "杜绝",
        "一律不得",
    ]
)
BEFORE = st.lists(PLAIN, max_size=3).map(lambda parts: "".join(part + "，" for part in parts))
AFTER = st.lists(PLAIN, max_size=3).map(lambda parts: "".join("，" + part for part in parts))


@settings(max_examples=300, deadline=None)
@given(BEFORE, ORDERS, STEPS, AFTER)
def test_an_ordered_step_is_found_wherever_it_stands(before: str, order: str, step: str, after: str):
    assert codes(f"{before}{order}{step}{after}。") == codes(step) != set()


@settings(max_examples=300, deadline=None)
@given(BEFORE, BANS, STEPS, AFTER)
def test_a_forbidden_step_is_not_found_wherever_it_stands(before: str, ban: str, step: str, after: str):
    assert codes(f"{before}{ban}{step}{after}。") == set()


@settings(max_examples=200, deadline=None)
@given(STEPS, PLAIN)
def test_a_step_told_to_be_changed_is_not_found_but_the_next_sentence_is(step: str, instead: str):
    assert codes(f"模板的“{step}”改为：{instead}。") == set()
    assert codes(f"模板的“{step}”改为：{instead}。然后{step}。") == codes(step)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_may_be_scanned(text: str):
    scan(text)


@settings(max_examples=100, deadline=None)
@given(st.lists(PLAIN, min_size=1, max_size=6))
def test_plain_steps_are_never_found(steps: list[str]):
    assert codes("，".join(steps)) == set()


# --- plans -------------------------------------------------------------------------------------------------------


def test_the_plans_of_the_house_point_to_nothing_unlawful():
    files = {
        path.name: path.read_bytes()
        for folder in ("processes", "forms")
        for path in (ROOT / folder).iterdir()
        if path.suffix in (".bpmn", ".dmn", ".form", ".json")
    }
    family, _ = Family.read(files)
    assert family.organisations

    assert [str(finding) for finding in lawfulness.check(family)] == []


BPMN = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'id="d" targetNamespace="urn:t"><process id="p" isExecutable="true"><startEvent id="s"/><task id="t" name="对员工罚款">%s</task>'
    '<endEvent id="e"/>'
    '<sequenceFlow id="a" sourceRef="s" targetRef="t"/><sequenceFlow id="b" sourceRef="t" targetRef="e"/></process></definitions>'
)
NOTE = '<extensionElements><zeebe:properties><zeebe:property name="law-note" value="%s"/></zeebe:properties></extensionElements>'


def _law_of(findings):
    return [(one.code, one.element, one.severity) for one in findings if one.code.startswith(("unlawful", "law-"))]


def test_a_note_of_law_with_a_reason_lets_an_element_be():
    assert _law_of(check_files({"p.bpmn": (BPMN % "").encode()})) == [("unlawful-fine", "t", Severity.WARNING)]
    assert _law_of(check_files({"p.bpmn": (BPMN % (NOTE % "")).encode()})) == [("unlawful-fine", "t", Severity.WARNING)]
    assert check_files({"p.bpmn": (BPMN % (NOTE % "演练用的反例")).encode()}) == []


def test_a_form_and_a_table_are_read_too_with_their_lines():
    form = (
        '{"id": "f", "type": "default", "components": [\n{"type": "text", "text": "x"},\n'
        '{"type": "radio", "key": "m", "label": "处理措施", '
        '"values": [{"label": "罚款", "value": "a"}, {"label": "培训", "value": "b"}]}]}'
    )
    table = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">\n'
        '<decision id="m" name="措施"><decisionTable id="t" hitPolicy="FIRST"><input id="i"><inputExpression><text>x</text></inputExpression></input>'
        '<output id="o" name="measure"/>\n<rule id="r"><inputEntry><text>-</text></inputEntry>'
        '<outputEntry><text>"罚款200元"</text></outputEntry></rule>'
        "</decisionTable></decision></definitions>"
    )

    found = [
        one for one in check_files({"f.form": form.encode(), "m.dmn": table.encode()}) if one.code == "unlawful-fine"
    ]

    assert [(one.file, one.line, one.element) for one in found] == [("f.form", 3, "m"), ("m.dmn", 3, "r")]


def test_duties_of_an_organisation_and_titles_of_forms_are_read_too():
    organisation = {
        "plan": "p",
        "groups": [
            {
                "id": "g",
                "name": "领导小组",
                "duties": [{"zh": "协调媒体，压制报道。", "en": "x"}],
                "seats": [
                    {"seat": "head", "title": "组长", "title_en": "Head", "role": "组长", "duty": "对责任人罚款。"}
                ],
            }
        ],
    }
    form = {"id": "f", "type": "default", "properties": {"title": "劝返上访人员"}, "components": []}
    files = {
        "p.bpmn": (BPMN % NOTE % "x").encode(),
        "p.organisation.json": json.dumps(organisation, ensure_ascii=False).encode(),
        "f.form": json.dumps(form, ensure_ascii=False).encode(),
    }

    found = {(one.file, one.code) for one in check_files(files) if one.code.startswith("unlawful")}

    assert found == {
        ("p.organisation.json", "unlawful-suppression"),
        ("p.organisation.json", "unlawful-fine"),
        ("f.form", "unlawful-turning-away"),
    }


def test_a_finding_cites_the_article_and_names_what_to_do_instead():
    (found,) = [one for one in check_files({"p.bpmn": (BPMN % "").encode()}) if one.code == "unlawful-fine"]

    assert "工资支付暂行规定第十五、十六条" in found.zh
    assert "听取陈述申辩" in found.advice_zh
    assert "hearing" in found.advice_en


# --- the file of words -------------------------------------------------------------------------------------------


def test_what_is_not_verified_is_no_more_than_a_hint_and_says_so():
    unverified = [topic for topic in topics() if topic.mark == "U"]

    assert {topic.code for topic in unverified} >= {"unlawful-buyback", "unlawful-malicious-label"}
    assert {topic.severity for topic in unverified} == {Severity.HINT}


@pytest.mark.parametrize(
    "old, new",
    [
        ('mark = "U"\nseverity = "hint"', 'mark = "U"\nseverity = "error"'),
        ('mark = "T"', 'mark = "X"'),
        ("[topic.law-repealed]", "[topic.law-repeeled]"),
        ('"会请",', '"会请 … ",'),
        ("without = []\n", "\n"),
        ("[topic.law-repealed]", "[topic.law-repealed"),
    ],
)
def test_a_wrong_file_of_words_is_refused(old: str, new: str):
    assert old in DATA

    with pytest.raises(LawRefused):
        lawfulness.read(DATA.replace(old, new, 1), "our-law.toml")


def test_a_house_may_switch_a_topic_off_or_add_words():
    ours = DATA.replace('words = ["回购|', 'words = ["撤下海报", "回购|').replace(
        '[topic.law-repealed]\nmark = "T"\nseverity = "warning"', '[topic.law-repealed]\nmark = "T"\nseverity = "off"'
    )

    given = lawfulness.read(ours, "our-law.toml")

    assert [hit.topic.code for hit in scan("撤下海报", given=given)] == ["unlawful-buyback"]
    assert scan("依据合同法", given=given) == []


def test_every_topic_names_its_articles_and_a_lawful_block_in_both_languages():
    for table in tomllib.loads(DATA)["topic"].values():
        assert table["read"]
        assert len(table["instead_zh"]) == len(table["instead_en"]) >= 1
        assert table["rule_zh"]
        assert table["rule_en"]


def test_the_page_for_lawyers_is_as_the_file_of_words_has_it():
    assert law_page.PAGE.read_text("utf-8") == law_page.page(), "run python -m tools.documents"
