"""Puts the names of events, gateways and edges where they cover nothing. It moves no node and no edge."""

from __future__ import annotations

from itertools import pairwise

from tools.drawing.items import Edge, Item, Sheet, lines, width

Box = tuple[int, int, int, int]  #: left, top, width, height
ROOM = 90


def put(sheet: Sheet) -> int:
    """Give every named event, gateway and edge its label; return how many labels still cover something."""
    walls = _walls(sheet)
    segments = [segment for edge in sheet.edges.values() for segment in _segments(edge)]
    placed: list[Box] = []
    bad = 0
    named = [item for item in sheet.items.values() if item.kind in ("event", "gateway") and item.name]
    jobs: list[tuple[Item | Edge, list[Box]]] = [(item, around(item)) for item in named]
    edges = [edge for edge in sheet.edges.values() if edge.name and edge.kind != "note"]
    jobs += [(edge, _along(edge, _is_on_trunk(sheet, edge))) for edge in edges]
    jobs.sort(key=lambda job: (isinstance(job[0], Edge), len(job[1])))
    for thing, boxes in jobs:
        scores = [(_score(box, walls, segments, placed, thing) + n * 0.01, box) for n, box in enumerate(boxes)]
        score, box = min(scores)
        bad += score >= 5
        thing.label = box
        placed.append(box)
    return bad


def size(text: str, room: int = ROOM) -> tuple[int, int]:
    """Return the width and height of `text` as a label."""
    count = lines(text, room, 11)
    if count == 1:
        return width(text) + 4, 14
    per_line = -(-len(text) // count)
    return min(room, max(width(text[n : n + per_line]) for n in range(0, len(text), per_line)) + 8), 14 * count


def around(item: Item) -> list[Box]:
    """Return where the name of an event or gateway may stand, the best place first."""
    wide, tall = size(item.name)
    middle = item.cx - wide // 2
    below, above = item.y + item.h + 4, item.y - tall - 4
    right, left = item.x + item.w + 4, item.x - wide - 4
    lower, upper = item.cy + 8, item.cy - tall - 8
    if item.host:
        thin, high = size(item.name, 48)
        edge = item.y + item.h
        boxes = [
            (item.cx + 20, edge - 10, wide, tall), (item.cx + 6, edge + 2, wide, tall),
            (item.cx - wide - 20, edge - 10, wide, tall), (item.cx - wide - 6, edge + 2, wide, tall),
            (item.cx + 8, edge + 14, wide, tall), (item.cx - wide - 8, edge + 14, wide, tall),
            (item.cx - thin - 20, edge - 8, thin, high), (item.cx + 20, edge - 8, thin, high),
            (item.cx + 20, item.y - 2, wide, tall), (item.cx - wide - 20, item.y - 2, wide, tall),
        ]  # fmt: skip
        for lower in (2, 8, 14, 20):
            boxes += [(item.cx + 4, edge + lower, wide, tall), (item.cx - wide - 4, edge + lower, wide, tall)]
            boxes += [(item.cx + 20, edge - 8 + lower, thin, high), (item.cx - thin - 20, edge - 8 + lower, thin, high)]
        slim, deep = size(item.name, 34)
        for lower in (18, 24):
            boxes += [(item.cx - slim - 3, edge + lower, slim, deep), (item.cx + 3, edge + lower, slim, deep)]
        return boxes
    boxes = [(middle, below, wide, tall), (middle, above, wide, tall)]
    if item.kind == "gateway":
        thin, high = size(item.name, 66)
        corners = [(item.cx - thin - 14, item.y - high + 10), (item.cx - thin - 14, item.y + item.h - 10)]
        corners += [(item.cx + 14, item.y - high + 10), (item.cx + 14, item.y + item.h - 10)]
        boxes.reverse()
        right, left = item.cx + 14, item.cx - wide - 14
        upper, lower = item.y - tall + 8, item.y + item.h - 8
    boxes += [
        (right, upper, wide, tall),
        (right, lower, wide, tall),
        (left, upper, wide, tall),
        (left, lower, wide, tall),
    ]
    if item.kind == "gateway":
        boxes += [(x, y, thin, high) for x, y in corners]
    for shift in (12, 24):
        boxes += [(middle, below + shift, wide, tall), (middle, above - shift, wide, tall)]
    if item.kind == "event":
        boxes += [(right + 4, item.cy - tall // 2, wide, tall), (left - 4, item.cy - tall // 2, wide, tall)]
    return boxes


def _is_on_trunk(sheet: Sheet, edge: Edge) -> bool:
    source = sheet.items.get(edge.source)
    return source is not None and sheet.is_trunk(source)


def _along(edge: Edge, from_end: bool) -> list[Box]:
    """Return where the name of an edge may stand: near its beginning, or near its end where the beginning is shared."""
    wide, tall = size(edge.name)
    boxes: list[Box] = []
    segments = _segments(edge)[-1:] if from_end else _segments(edge)[:3]
    for (ax, ay), (bx, by) in segments:
        if ay == by:
            low, high = min(ax, bx), max(ax, bx)
            starts = [low + 6, high - wide - 6, (low + high - wide) // 2]
            if bx < ax:
                starts[0], starts[1] = starts[1], starts[0]
            boxes += [(x, ay - tall - 3, wide, tall) for x in starts]
            boxes += [(x, ay + 3, wide, tall) for x in starts]
        else:
            low, high = min(ay, by), max(ay, by)
            starts = [low + 6, high - tall - 6, (low + high - tall) // 2]
            if by < ay:
                starts[0], starts[1] = starts[1], starts[0]
            boxes += [(ax + 5, y, wide, tall) for y in starts]
            boxes += [(ax - wide - 5, y, wide, tall) for y in starts]
    return boxes


def _walls(sheet: Sheet) -> list[Box]:
    walls = [(i.x, i.y, i.w, i.h) for i in sheet.items.values() if i.kind != "subprocess"]
    walls += [(lane.x, lane.y - 1, lane.w, 2) for lane in sheet.lanes.values()]
    for item in sheet.items.values():
        if item.kind == "subprocess":
            walls += [(item.x, item.y - 1, item.w, 2), (item.x, item.y + item.h - 1, item.w, 2)]
            walls += [(item.x - 1, item.y, 2, item.h), (item.x + item.w - 1, item.y, 2, item.h)]
            walls.append((item.x + item.w // 2 - 90, item.y, 180, 24))
    return walls + [(pool.x, pool.y, pool.w, pool.h) for pool in (*sheet.black, *sheet.below)]


def _score(
    box: Box,
    walls: list[Box],
    segments: list[tuple[tuple[int, int], tuple[int, int]]],
    placed: list[Box],
    thing: Item | Edge,
) -> float:
    score = 0.0
    own = (thing.x, thing.y, thing.w, thing.h) if isinstance(thing, Item) else None
    for wall in walls:
        if overlap(box, wall) and wall != own:
            score += 10 if min(wall[2:]) > 2 else 6
    score += sum(20 for other in placed if overlap(box, other))
    score += sum(8 for segment in segments if covers(box, segment))
    return score


def overlap(one: Box, two: Box) -> bool:
    """Return whether two boxes overlap."""
    return (
        one[0] < two[0] + two[2] and two[0] < one[0] + one[2] and one[1] < two[1] + two[3] and two[1] < one[1] + one[3]
    )


def covers(box: Box, segment: tuple[tuple[int, int], tuple[int, int]]) -> bool:
    """Return whether a straight segment passes through a box."""
    (ax, ay), (bx, by) = segment
    line = (min(ax, bx), min(ay, by), max(1, abs(ax - bx)), max(1, abs(ay - by)))
    return overlap(box, line)


def _segments(edge: Edge) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return list(pairwise(edge.points))
