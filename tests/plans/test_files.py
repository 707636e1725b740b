"""What every plan promises: roles, forms, names, documentation, tables without gaps or overlaps."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine import forms, plan_words
from engine.diagram import GATEWAYS, Kind, Timer
from engine.errors import InvalidAnswers
from tests.plans.walk import ROOT, calendar, family
from webapp import plan_names

PLANS = sorted(path.stem for path in (ROOT / "processes").glob("*.bpmn"))
FORMS = sorted((ROOT / "forms").glob("*.form"))
TABLES = {
    "complaint_plan": {"kind": [*["suggestion", "problem", "disputed", "unit"], "daily", "inspection", "first", None]},
    "problem_severity": {
        "is_injured": ["yes", "no", None],
        "is_media_involved": ["yes", "no", None],
        "claimed_amount": [None, 0, 9999, 10000],
        "affected_count": [None, 1, 9, 10],
    },
    "suggestion_severity": {
        "is_about_safety": ["yes", "no", None],
        "scope": ["one_person", "one_department", "whole_unit"],
    },
    "accountability_wage_cap": {
        "ground": ["loss", "other"],
        "is_own_fault": ["yes", "no", None],
        "loss_amount": [None, 0, 5000],
        "month_wage": [None, 2000, 6000],
        "minimum_wage": [None, 2540],
    },
    "accountability_proposal": {
        "ground": [
            *["loss", "problem_complaint", "campus_complaint", "teaching_accident", "management_fault", "slip_late"],
            *["not_settled", "repeated", "bad_service", "reached_headquarters", "other"],
        ]
    },
    "daily_complaint_severity": {
        "is_injured": ["yes", "no"],
        "is_media_involved": ["yes", "no"],
        "impact": ["one", "some", "many"],
    },
    "consumer_complaint_approval": {"compensation_amount": [None, 0, 199.99, 200, 2000, 2000.01]},
    "parent_complaint_coordination": {
        "complaint_form": ["suggestion", "complaint"],
        "complaint_head": ["safety", "quality", "buildings"],
    },
}
TABLES["consumer_complaint_severity"] = TABLES["problem_severity"]
TABLES["service_emergency_severity"] = TABLES["problem_severity"]
TABLES["customer_emergency_target"] = {
    "emergency_type": [
        *[
            "quality",
            "attitude",
            "after_sales",
            "price",
            "other_complaint",
            "network",
            "system",
            "logistics",
            "equipment",
        ],
        *[
            "other_interruption",
            "stolen",
            "frozen",
            "transfer_error",
            "other_funds",
            "disaster",
            "accident",
            "other_life",
        ],
    ]
}
TABLES["department_complaint_severity"] = TABLES["problem_severity"]
TABLES["petition_strand"] = {"petitioner_count": [None, 1, 4, 5], "is_skipping": ["yes", "no", None]}
TABLES["mass_complaint_level"] = {"is_injured": ["yes", "no", None], "affected_count": [None, 1, 19, 20, 99, 100]}
TABLES["unit_complaint_severity"] = TABLES["problem_severity"]


def nodes(plan: str):
    return [node for _, node in family().processes[plan].body.walk()]


@pytest.mark.parametrize("plan", PLANS)
def test_the_file_bears_the_name_of_its_process_and_says_where_it_is_explained_and_walked(plan):
    process = family().processes[plan]

    assert process.place.file == f"{plan}.bpmn"
    assert f"docs/plans.md#{plan}" in process.documentation
    assert f"tests/plans/test_{plan}.py" in process.documentation
    assert (ROOT / f"tests/plans/test_{plan}.py").exists()


@pytest.mark.parametrize("plan", PLANS)
def test_everything_in_the_plan_is_named_and_every_choice_is_a_question_with_one_default(plan):
    unnamed = [node.id for node in nodes(plan) if not node.name]
    choices = [node for node in nodes(plan) if node.kind is Kind.EXCLUSIVE and len(node.outgoing) > 1]

    assert unnamed == []
    assert [node.id for node in choices if not node.name.endswith("？") or not node.default] == []
    assert [flow.id for node in choices for flow in node.outgoing if not flow.name] == []
    assert [
        node.id for node in nodes(plan) if node.kind in GATEWAYS and len(node.outgoing) > 1 and len(node.incoming) > 1
    ] == []


@pytest.mark.parametrize("plan", PLANS)
def test_every_user_task_has_one_role_and_a_form_of_its_own_plan(plan):
    tasks = [node for node in nodes(plan) if node.kind is Kind.USER_TASK]

    assert [node.id for node in tasks if len(node.roles) != 1] == []
    wrong = [
        node.id
        for node in tasks
        if node.form is None or node.form.id not in family().forms or not node.form.id.startswith(f"{plan}_")
    ]
    assert wrong == []


@pytest.mark.parametrize("plan", PLANS)
def test_a_missed_deadline_reminds_first_then_somebody_else_supervises_and_the_step_goes_on(plan):
    by_id = {node.id: node for node in nodes(plan)}
    overdue = [node for node in nodes(plan) if node.id.endswith("_overdue") and node.attached_to]

    for node in overdue:
        host = by_id[node.attached_to or ""]
        supervision = by_id[f"{host.id}_supervise"]
        assert by_id[f"{host.id}_reminder"].event(Timer)
        assert not node.interrupting
        assert supervision.roles != host.roles


@pytest.mark.parametrize("plan", PLANS)
def test_every_step_of_a_person_has_a_date_and_somebody_who_hears_when_it_passes(plan):
    tasks = [node for node in nodes(plan) if node.kind is Kind.USER_TASK]
    around = {inner.id: node.id for node in nodes(plan) if node.body for inner in node.body.nodes.values()}
    watched = {node.attached_to for node in nodes(plan) if node.attached_to and node.event(Timer)}
    is_last = {task.id for task in tasks if task.id == "supervise_at_top" or task.id.endswith("_supervise")}

    no_date = [task.id for task in tasks if task.assignment is None or task.assignment.due is None]
    no_watch = [task.id for task in tasks if not {task.id, around.get(task.id)} & watched and task.id not in is_last]
    assert no_date == []  # a timer alone would leave the inbox saying that there is no deadline
    assert no_watch == []


@pytest.mark.parametrize("plan", PLANS)
def test_what_is_overdue_goes_up_to_another_role_and_from_there_to_a_third(plan):
    by_id = {node.id: node for node in nodes(plan)}
    late = [node for node in nodes(plan) if node.id.endswith("_late")]
    boxes = {"escalation_overdue": "supervise_overdue", "escalation_overdue_top": "supervise_at_top"}
    source = (ROOT / f"processes/{plan}.bpmn").read_text("utf-8")

    for node in late:
        end = by_id[node.outgoing[0].target]
        told = source.split(f'id="{end.id}_escalation" escalationRef="')[1].split('"')[0]
        assert not node.interrupting
        assert by_id[boxes[told]].roles != by_id[node.attached_to or ""].roles


@pytest.mark.parametrize("plan", PLANS)
def test_a_step_is_late_at_the_very_moment_that_it_is_due(plan):
    drawn = etree.parse(ROOT / f"processes/{plan}.bpmn").getroot()
    due = {
        task.get("id"): as_moment(schedule.get("dueDate"))
        for task in drawn.iter("{*}userTask")
        for schedule in task.iter("{*}taskSchedule")
    }

    late = [
        (host, as_moment(timer[0].text, any(one.get("value") == "working-days" for one in event.iter("{*}property"))))
        for event in drawn.iter("{*}boundaryEvent")
        for timer in event.iter("{*}timerEventDefinition")
        if event.get("id").endswith(("_late", "_overdue")) and (host := event.get("attachedToRef")) in due
    ]

    assert [(host, moment, due[host]) for host, moment in late if moment != due[host]] == []


def as_moment(text: str, in_working_days: bool = False) -> str:
    """Return a due date or a timer written the one way, so that they can be compared."""
    text = re.sub(r"date and time\((\w+)\)", r"\1", text.strip().removeprefix("="))
    days = re.fullmatch(r"P(\d+)D", text)
    if days and in_working_days:
        return f"working days after(now(), {days[1]})"
    return f'now() + duration("{text}")' if re.fullmatch(r"P[0-9A-Z]+", text) else text


def test_every_form_is_used_and_every_form_that_is_used_exists():
    used = {node.form.id for plan in PLANS for node in nodes(plan) if node.form}

    assert used == {path.stem for path in FORMS}


def components(path: Path) -> Iterator[dict[str, Any]]:
    """Return every component of a form's file, those inside groups and lists too."""
    waiting = list(json.loads(path.read_text("utf-8"))["components"])
    while waiting:
        component = waiting.pop(0)
        yield component
        waiting += component.get("components", [])


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_speaks_both_languages(path):
    data = json.loads(path.read_text("utf-8"))
    wordless = {"separator", "spacer"}
    parts = {"label": "label_en", "text": "label_en", "description": "description_en"}

    missing = [
        (component.get("key") or component["id"], chinese)
        for component in components(path)
        for chinese, english in parts.items()
        if component.get(chinese) and component["type"] not in wordless and not component["properties"].get(english)
    ]
    options = [option for component in components(path) for option in component.get("values", [])]

    assert data["id"] == path.stem
    assert data["properties"]["title"]
    assert data["properties"]["title_en"]
    assert missing == []
    assert [option for option in options if not option.get("label_en")] == []


def test_the_english_of_a_form_holds_no_chinese_and_names_what_the_chinese_names():
    wrong = []
    for path in FORMS:
        for component in components(path):
            english = [component["properties"].get(name) or "" for name in ("label_en", "description_en")]
            chinese = component.get("text") or component.get("label") or ""
            options = [option.get("label_en") or "" for option in component.get("values", [])]
            if any(re.search(r"[\u4e00-\u9fff]", text) for text in [*english, *options]):
                wrong.append((path.stem, component["id"], "Chinese"))
            if placeholders(chinese) != placeholders(english[0]):
                wrong.append((path.stem, component["id"], "placeholders"))

    assert wrong == []


def placeholders(text: str) -> set[str]:
    """Return the variables that a text shows."""
    return {name.rpartition(",")[2].strip(" )") for name in re.findall(r"\{\{(.*?)\}\}", text, re.DOTALL)}


def test_a_text_shows_words_and_no_code_of_a_choice():
    chosen = {
        component["key"]
        for path in FORMS
        for component in components(path)
        if component.get("values") and "key" in component
    }
    decided = {"severity", "level", "proposal.measure", "proposal", "response_level"}
    for path in (ROOT / "processes").glob("*.bpmn"):
        decided |= set(re.findall(r'inputElement="(\w+)"', path.read_text("utf-8")))

    shown = [
        (path.stem, name)
        for path in FORMS
        for component in components(path)
        for name in re.findall(r"\{\{\s*([\w.]+)\s*\}\}", component.get("text") or "")
        if name in chosen | decided
    ]

    assert shown == []


#: Where a template asks for evidence: the field that takes it.
EVIDENCE = {
    "accountability_find_facts": "evidence_files",
    "complaint_register": "complaint_files",
    "consumer_complaint_investigate": "evidence_files",
    "department_complaint_investigate": "evidence_files",
    "drill_play_drill": "drill_files",
    "malicious_report_police": "police_files",
    "malicious_review_anew": "extortion_files",
    "mass_complaint_calm_people": "evidence_files",
    "measure_carry_out_measure": "measure_files",
    "media_response_ask_correction": "correction_files",
    "media_response_check_facts": "evidence_files",
    "parent_complaint_investigate": "photo_files",
    "petition_register_petition": "petition_files",
    "problem_interview": "interview_files",
    "training_hold_training": "training_files",
    "unit_complaint_investigate": "evidence_files",
}


def test_an_amount_has_cents_and_a_count_has_none():
    wrong = [
        (path.stem, component["key"])
        for path in FORMS
        for component in components(path)
        if component["type"] == "number" and "decimalDigits" not in component
    ]

    assert wrong == []


@pytest.mark.parametrize("form", sorted(EVIDENCE))
def test_evidence_is_given_as_files_where_it_is_asked_for(form):
    fields = {field.key: field for field in family().forms[form].walk()}

    assert fields[EVIDENCE[form]].kind == "filepicker"
    assert "maxFiles" in fields[EVIDENCE[form]].rules


@pytest.mark.parametrize(("head", "is_needed"), [("buildings", True), ("safety", True), ("attendance", False)])
def test_photographs_are_needed_for_buildings_and_safety_only(head, is_needed):
    given = {"complaint_head": head, "slip_content": "走廊灯不亮"}
    answers = {"data_summary": "共三处", "object_numbers": "A-1"}

    try:
        forms.check(family().forms["parent_complaint_investigate"], answers, given)
        faults = {}
    except InvalidAnswers as error:
        faults = error.faults

    assert ("photo_files" in faults) is is_needed


def test_the_routing_table_names_only_plans_that_exist():
    kinds = next(field for field in family().forms["complaint_register"].walk() if field.keys == ("kind",)).options

    plans = {family().decide("complaint_plan", {"kind": option.value}, calendar()) for option in kinds}

    assert plans <= set(PLANS)
    assert {"suggestion", "problem", "unit_complaint"} <= plans


@pytest.mark.parametrize("table", sorted(path.stem for path in (ROOT / "processes").glob("*.dmn")))
def test_a_table_has_exactly_one_answer_for_every_input(table):
    inputs = TABLES[table]

    answers = [
        family().decide(table, dict(zip(inputs, mix, strict=True)), calendar()) for mix in product(*inputs.values())
    ]

    assert [mix for mix, answer in zip(product(*inputs.values()), answers, strict=True) if answer is None] == []


@pytest.mark.parametrize("table", sorted(path.stem for path in (ROOT / "processes").glob("*.dmn")))
def test_every_rule_of_a_table_says_where_it_comes_from(table):
    text = (ROOT / f"processes/{table}.dmn").read_text("utf-8")

    assert f'<decision id="{table}"' in text
    assert text.count("<rule ") == text.count("<description>")
    assert 'hitPolicy="UNIQUE"' in text


def test_everything_that_a_plan_names_has_an_english_name():
    learnt = plan_words.words_of(family())
    catalogue = set(plan_names.of_the_house())

    named = {node.name for plan in PLANS for node in nodes(plan)} | {family().processes[plan].name for plan in PLANS}
    named |= {role for plan in PLANS for node in nodes(plan) for role in node.roles}

    named |= {info.name for model in family().models.values() for info in model.decisions.values()}

    for plan in PLANS:
        drawn = etree.parse(ROOT / f"processes/{plan}.bpmn").getroot()
        shown = ("sequenceFlow", "messageFlow", "participant", "lane")
        named |= {name for kind in shown for element in drawn.iter(f"{{*}}{kind}") if (name := element.get("name"))}

    assert sorted(named - set(learnt) - catalogue) == []
