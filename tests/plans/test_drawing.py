"""Every plan is drawn whole and readable: nothing without a place, no edge through a step, no name under another."""

from __future__ import annotations

from functools import cache
from itertools import combinations, pairwise

import pytest
from lxml import etree

from tests.plans.walk import ROOT
from tools.drawing import items, labels, placing
from tools.layout import lay_out

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DD = "{http://www.omg.org/spec/DD/20100524/DI}"
PLANS = sorted((ROOT / "processes").glob("*.bpmn"))


@cache
def sheet(path):
    """Return what a file draws: its things with the places that the file gives them."""
    found = items.read(path.read_bytes())
    root = etree.parse(path)
    for shape in root.iter(f"{DI}BPMNShape"):
        item = found.items.get(shape.get("bpmnElement")) or found.lanes.get(shape.get("bpmnElement"))
        if item is not None:
            item.x, item.y, item.w, item.h = box_of(shape)
            item.label = label_of(shape)
    for line in root.iter(f"{DI}BPMNEdge"):
        edge = found.edges[line.get("bpmnElement")]
        edge.points = [(int(point.get("x")), int(point.get("y"))) for point in line.iter(f"{DD}waypoint")]
        edge.label = label_of(line)
    return found


def box_of(element):
    bounds = element.find(f"{DC}Bounds")
    return tuple(round(float(bounds.get(name))) for name in ("x", "y", "width", "height"))


def label_of(element):
    label = element.find(f"{DI}BPMNLabel")
    return None if label is None else box_of(label)


def without_drawing(data: bytes) -> bytes:
    root = etree.fromstring(data, etree.XMLParser(remove_blank_text=True))
    for drawing in root.findall(f"{DI}BPMNDiagram"):
        root.remove(drawing)
    return etree.tostring(root, method="c14n")


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_everything_has_its_place(path):
    root = etree.parse(path)
    drawn = {shape.get("bpmnElement") for shape in root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge")}
    found = items.read(path.read_bytes())

    assert {*found.items, *found.edges, *found.lanes} <= drawn


@pytest.mark.parametrize("name", ["suggestion", "follow_up_visit"])
def test_laying_out_changes_nothing_but_the_drawing(name):
    before = (ROOT / f"processes/{name}.bpmn").read_bytes()

    again, covered = lay_out(before)

    assert without_drawing(again) == without_drawing(before)
    assert covered == 0


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_no_name_covers_a_step_another_name_or_an_edge(path):
    found = sheet(path)
    things = [thing for thing in [*found.items.values(), *found.edges.values()] if thing.label]
    steps = [item for item in found.items.values() if item.kind != "subprocess"]
    segments = [(edge.id, pair) for edge in found.edges.values() for pair in pairwise(edge.points)]

    over = [f"{one.id} over {two.id}" for one, two in combinations(things, 2) if labels.overlap(one.label, two.label)]
    over += [
        f"{one.id} over {two.id}"
        for one in things
        for two in steps
        if one is not two and labels.overlap(one.label, (two.x, two.y, two.w, two.h))
    ]
    over += [
        f"{one.id} over {edge}" for one in things for edge, segment in segments if labels.covers(one.label, segment)
    ]

    assert over == []


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_no_edge_runs_through_a_step_and_all_are_upright_or_level(path):
    found = sheet(path)
    wrong = []
    for edge in found.edges.values():
        if edge.kind == "note":
            continue
        for (ax, ay), (bx, by) in pairwise(edge.points):
            wrong += [edge.id] * (ax != bx and ay != by)
            for item in found.items.values():
                box = (item.x + 1, item.y + 1, item.w - 2, item.h - 2)
                is_own = item.id in (edge.source, edge.target) or item.id == edge.scope or item.kind == "subprocess"
                host = found.items.get(edge.source)
                is_own = is_own or (host is not None and host.host == item.id)
                if not is_own and labels.covers(box, ((ax, ay), (bx, by))):
                    wrong.append(f"{edge.id} through {item.id}")

    assert wrong == []


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_no_two_steps_stand_on_each_other(path):
    found = sheet(path)
    steps = [item for item in found.items.values() if not item.host and not item.scope]
    boxes = [(item.x, item.y, item.w, item.h) for item in steps]

    pairs = [
        (one.id, two.id)
        for (one, a), (two, b) in combinations(zip(steps, boxes, strict=True), 2)
        if labels.overlap(a, b)
    ]

    assert pairs == []


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_every_step_stands_in_its_lane(path):
    found = sheet(path)

    outside = [
        item.id
        for item in found.items.values()
        if item.lane
        and not (
            found.lanes[item.lane].y <= item.y
            and item.y + item.h <= found.lanes[item.lane].y + found.lanes[item.lane].h
        )
    ]

    assert outside == []


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_few_edges_cross_for_how_many_there_are(path):
    found = sheet(path)
    flows = [edge for edge in found.edges.values() if edge.kind == "flow"]
    segments = [(edge, pair) for edge in flows for pair in pairwise(edge.points)]

    crossings = [
        (one.id, two.id)
        for (one, a), (two, b) in combinations(segments, 2)
        if not {one.source, one.target} & {two.source, two.target} and crosses(a, b)
    ]

    assert len(crossings) <= max(2, len(flows) // 4), crossings


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_no_two_edges_run_on_each_other_but_those_that_part_or_meet_at_a_node(path):
    found = sheet(path)
    edges = [edge for edge in found.edges.values() if edge.kind != "note"]
    segments = [(edge, pair) for edge in edges for pair in pairwise(edge.points)]

    together = [
        (one.id, two.id)
        for (one, a), (two, b) in combinations(segments, 2)
        if one is not two and not {one.source, one.target} & {two.source, two.target} and shared(a, b) > 12
    ]

    assert together == []


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_no_line_of_a_note_runs_through_a_step(path):
    found = sheet(path)
    ties = [edge for edge in found.edges.values() if edge.kind == "note"]
    steps = [item for item in found.items.values() if item.kind not in ("subprocess", "note")]

    through = [
        f"{tie.id} through {item.id}"
        for tie in ties
        for segment in pairwise(tie.points)
        for item in steps
        if item.id not in (tie.source, tie.target)
        and item.host not in (tie.source, tie.target)
        and labels.covers((item.x + 1, item.y + 1, item.w - 2, item.h - 2), segment)
    ]

    assert through == []


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_no_flow_leaves_its_lanes(path):
    found = sheet(path)
    lanes = found.lanes.values()
    top, bottom = min(lane.y for lane in lanes), max(lane.y + lane.h for lane in lanes)
    right = max(lane.x + lane.w for lane in lanes)

    outside = [
        edge.id
        for edge in found.edges.values()
        if edge.kind == "flow" and any(not (top < y < bottom and x < right) for x, y in edge.points)
    ]

    assert outside == []


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_the_main_path_runs_from_left_to_right(path):
    found = sheet(path)
    path_of = placing.main_path(found, "")

    back = [(one, two) for one, two in pairwise(path_of) if found.items[two].cx <= found.items[one].cx]

    assert back == []


def crosses(one, two) -> bool:
    """Return whether a level and an upright segment cross between their ends."""
    (a, b), (c, d) = (one, two) if one[0][1] == one[1][1] else (two, one)
    if a[1] != b[1] or c[0] != d[0]:
        return False
    return min(a[0], b[0]) < c[0] < max(a[0], b[0]) and min(c[1], d[1]) < a[1] < max(c[1], d[1])


def shared(one, two) -> int:
    """Return how long two segments run on the same line."""
    (a, b), (c, d) = one, two
    for across, along in ((0, 1), (1, 0)):
        if a[across] == b[across] == c[across] == d[across]:
            return min(max(a[along], b[along]), max(c[along], d[along])) - max(
                min(a[along], b[along]), min(c[along], d[along])
            )
    return 0
