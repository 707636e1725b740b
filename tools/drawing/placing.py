"""Gives every item its place: columns by the order of work, rows inside lanes. It draws no edge and no label."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from tools.drawing.items import Edge, Item, Sheet

COLUMN_GAP = 60
ROW_TOP, ROW_BOTTOM, DEADLINE_BOTTOM = 40, 40, 110
POOL_X, LANE_HEAD, POOL_HEAD = 160, 30, 30
BLACK_HEIGHT, BLACK_GAP = 60, 60


def place(sheet: Sheet) -> None:
    """Give every item of the sheet its place, from the inside of subprocesses outwards."""
    for item in sorted(_subprocesses(sheet), key=lambda one: -_depth(sheet, one)):
        right, bottom = _place_scope(sheet, item.id, [""], 30, 20)
        item.w, item.h = _tens(right + 20), _tens(bottom + 10)
        item.w += item.w // 10 % 2 * 10
        item.h += item.h // 10 % 2 * 10
        item.span = max(1, -(-(item.w + COLUMN_GAP) // 160))
    lanes = list(sheet.lanes) or [""]
    top = 80 + (BLACK_HEIGHT + BLACK_GAP if sheet.black else 0)
    left = POOL_X + POOL_HEAD + (LANE_HEAD if sheet.lanes else 0) + 40
    right, bottom = _place_scope(sheet, "", lanes, left, top)
    if sheet.pool is not None:
        sheet.pool.x, sheet.pool.y = POOL_X, top
        sheet.pool.w, sheet.pool.h = right + 50 - POOL_X, bottom - top
        _side_by_side(sheet.black, 80, sheet.pool)
        _side_by_side(sheet.below, bottom + BLACK_GAP, sheet.pool)
        for lane in sheet.lanes.values():
            lane.x, lane.w = POOL_X + POOL_HEAD, sheet.pool.w - POOL_HEAD
    _shift_insides(sheet)


def _side_by_side(pools: list[Item], top: int, main: Item) -> None:
    """Put the empty pools into one row as wide as the main pool."""
    wide = (main.w - BLACK_GAP * (len(pools) - 1)) // max(1, len(pools)) // 10 * 10
    for n, pool in enumerate(pools):
        pool.x, pool.y, pool.w, pool.h = main.x + n * (wide + BLACK_GAP), top, wide, BLACK_HEIGHT
    if pools:
        pools[-1].w = main.x + main.w - pools[-1].x


def satellites(sheet: Sheet, scope: str) -> dict[str, str]:
    """Return the end events that hang directly under a boundary event: end -> boundary."""
    found: dict[str, str] = {}
    for edge in sheet.flows(scope):
        source, target = sheet.items[edge.source], sheet.items[edge.target]
        alone = sum(other.target == target.id for other in sheet.flows(scope)) == 1
        if source.host and target.tag == "endEvent" and alone and source.lane == target.lane:
            found[target.id] = source.id
    return found


def _subprocesses(sheet: Sheet) -> list[Item]:
    return [item for item in sheet.items.values() if item.kind == "subprocess"]


def _depth(sheet: Sheet, item: Item) -> int:
    depth = 0
    while item.scope:
        depth, item = depth + 1, sheet.items[item.scope]
    return depth


def _tens(value: int) -> int:
    return -(-value // 10) * 10


def _place_scope(sheet: Sheet, scope: str, lanes: list[str], left: int, top: int) -> tuple[int, int]:
    """Place the items of one scope; return the right and bottom edge of what was placed."""
    hanging = satellites(sheet, scope)
    nodes = [item for item in sheet.inside(scope) if not item.host and item.id not in hanging and item.kind != "note"]
    _columns(sheet, scope, nodes)
    notes = [item for item in sheet.inside(scope) if item.kind == "note"]
    for note in notes:
        host = _noted(sheet, note)
        note.lane, note.column = host.lane, host.column
    has_deadline = {item.host for item in sheet.inside(scope) if item.host}
    rows = _rows(sheet, scope, nodes, notes, lanes, has_deadline)
    bottom = _tops(sheet, nodes + notes, lanes, rows, top, has_deadline)
    right = _lefts(nodes + notes, left)
    _hang(sheet, scope, hanging)
    return right, bottom


def _noted(sheet: Sheet, note: Item) -> Item:
    for edge in sheet.edges.values():
        if edge.kind == "note" and note.id in (edge.source, edge.target):
            item = sheet.items[edge.source if edge.target == note.id else edge.target]
            return sheet.items[item.host] if item.host else item
    raise ValueError(f"annotation {note.id} is tied to nothing")


# --- columns ---------------------------------------------------------------------------------------------------


def _columns(sheet: Sheet, scope: str, nodes: list[Item]) -> None:
    """Longest path from the start, backward edges left out; what a missed deadline starts stands under its host."""
    known = {item.id for item in nodes}
    out: dict[str, list[tuple[str, int, Edge]]] = {item.id: [] for item in nodes}
    for edge in sheet.flows(scope):
        source = sheet.items[edge.source]
        origin = source.host or source.id
        if origin not in known or edge.target not in known:
            continue
        target = sheet.items[edge.target]
        below = bool(source.host) and target.lane != source.lane
        out[origin].append((edge.target, 0 if below else sheet.items[origin].span, edge))
    _mark_back(nodes, out)
    incoming = dict.fromkeys(known, 0)
    for steps in out.values():
        for target_id, _, edge in steps:
            incoming[target_id] += not edge.is_back
    ready = [item.id for item in nodes if not incoming[item.id]]
    column = dict.fromkeys(known, 0)
    while ready:
        one = ready.pop()
        for target_id, length, edge in out[one]:
            if edge.is_back:
                continue
            column[target_id] = max(column[target_id], column[one] + length)
            incoming[target_id] -= 1
            if not incoming[target_id]:
                ready.append(target_id)
    for item in nodes:
        item.column = column[item.id]


def _mark_back(nodes: list[Item], out: dict[str, list[tuple[str, int, Edge]]]) -> None:
    done: set[str] = set()
    entered = {edge.target for steps in out.values() for _, _, edge in steps}
    starts = [item.id for item in nodes if item.id not in entered] + [item.id for item in nodes]
    for start in starts:
        if start in done:
            continue
        open_: set[str] = {start}
        stack = [(start, iter(out[start]))]
        done.add(start)
        while stack:
            one, steps = stack[-1]
            step = next(steps, None)
            if step is None:
                open_.discard(one)
                stack.pop()
            elif step[0] in open_:
                step[2].is_back = True
            elif step[0] not in done:
                done.add(step[0])
                open_.add(step[0])
                stack.append((step[0], iter(out[step[0]])))


# --- rows ------------------------------------------------------------------------------------------------------


def main_path(sheet: Sheet, scope: str) -> list[str]:
    """Return the nodes of the straight way: from the start, always the first way out that leads on."""
    start = next((item for item in sheet.inside(scope) if item.tag == "startEvent"), None)
    path: list[str] = []
    while start is not None and start.id not in path:
        path.append(start.id)
        ways = [edge for edge in sheet.flows(scope) if edge.source == path[-1] and not edge.is_back]
        start = sheet.items[ways[0].target] if ways else None
    return path


def _rows(
    sheet: Sheet, scope: str, nodes: list[Item], notes: list[Item], lanes: list[str], has_deadline: set[str]
) -> dict[str, int]:
    """Give each item a row in its lane; return how many rows each lane has."""
    main = main_path(sheet, scope)
    place_of = {id_: n for n, id_ in enumerate(main)}
    taken: dict[tuple[str, int], set[int]] = {}
    with_main = {sheet.items[id_].lane for id_ in main}
    handlers = {edge.target for edge in sheet.flows(scope) if sheet.items[edge.source].host}
    came_from: dict[str, Item] = {}
    for edge in sheet.flows(scope):
        if not edge.is_back:
            source = sheet.items[edge.source]
            came_from.setdefault(edge.target, sheet.items[source.host] if source.host else source)

    def cells(item: Item) -> set[int]:
        return set(range(item.column, item.column + item.span))

    def free(item: Item, row: int) -> bool:
        wanted = cells(item) | ({item.column + 1} if item.id in handlers else set())
        return not taken.setdefault((item.lane, row), set()) & wanted

    for id_ in main:
        item = sheet.items[id_]
        item.row = next(row for row in range(99) if free(item, row))
        taken[item.lane, item.row] |= cells(item)
    for before, after in pairwise(main):
        one, two = sheet.items[before], sheet.items[after]
        if one.lane == two.lane and one.row == two.row:
            taken[one.lane, one.row] |= set(range(one.column, two.column))
    boxes = [item for item in nodes if item.is_event_subprocess]
    rest = sorted((item for item in nodes if item.id not in place_of and item not in boxes), key=lambda one: one.column)
    settled: set[str] = set()
    follow = {edge.source: edge.target for edge in sheet.flows(scope) if edge.source in handlers}
    for item in rest:
        if item.id in settled:
            continue
        source = came_from.get(item.id)
        is_beside_main = item.lane in with_main and item.kind != "event"
        wanted = [row for row in range(1 if is_beside_main else 0, 99) if free(item, row)]
        if source is not None and source.lane == item.lane:
            between = set(range(source.column + source.span, item.column + item.span))
            if not taken.setdefault((item.lane, source.row), set()) & between:
                wanted.insert(0, source.row)
        item.row = wanted[0]
        taken[item.lane, item.row] |= cells(item)
        if source is not None and source.lane == item.lane and source.row == item.row:
            taken[item.lane, item.row] |= set(range(source.column, item.column))
        end = sheet.items.get(follow.get(item.id, ""))
        if end is not None and end.tag == "endEvent" and end.lane == item.lane:
            end.row = item.row
            taken[item.lane, item.row] |= cells(end)
            settled.add(end.id)
    for note in notes:
        host = _noted(sheet, note)
        tall = max(item.row for item in nodes if item.lane == note.lane) + 1
        places = [(row, host.column) for row in range(host.row + 1, tall)]
        places += [(host.row, host.column - 1), (host.row, host.column + host.span)]
        places += [(row, host.column) for row in range(tall, 99)]
        for note.row, note.column in places:
            between = range(host.row + 1, note.row)
            if note.column >= 0 and free(note, note.row) and all(free(note, row) for row in between):
                break
        else:
            note.row, note.column = tall, host.column
        taken[note.lane, note.row] |= cells(note)
    last = max((item.column + item.span for item in nodes if item not in boxes), default=1)
    for item in boxes:
        _fit(item, last, free)
        taken[item.lane, item.row] |= cells(item)
    counts = dict.fromkeys(lanes, 1)
    for item in nodes + notes:
        counts[item.lane] = max(counts.get(item.lane, 1), item.row + 1)
    return counts


def _fit(box: Item, last: int, free: Callable[[Item, int], bool]) -> None:
    """Put an event subprocess, which nothing leads to, into the first row with room for it, as far left as it goes."""
    for row in range(99):
        for column in range(max(1, last - box.span + 1)):
            box.row, box.column = row, column
            if free(box, row):
                return


def _tops(
    sheet: Sheet, items: list[Item], lanes: list[str], rows: dict[str, int], top: int, has_deadline: set[str]
) -> int:
    for lane in lanes:
        lane_top = top
        for row in range(rows[lane]):
            here = [item for item in items if item.lane == lane and item.row == row]
            tall = max([item.h for item in here if item.kind != "note"], default=0)
            tall = max(tall, max([item.h for item in here if item.kind == "note"], default=0), 60)
            tall = _tens(tall) + _tens(tall) // 10 % 2 * 10
            below = DEADLINE_BOTTOM if any(item.id in has_deadline for item in here) else ROW_BOTTOM
            middle = top + ROW_TOP + tall // 2
            for item in here:
                item.y = middle - item.h // 2
            top += ROW_TOP + tall + below
        if lane:
            sheet.lanes[lane].y, sheet.lanes[lane].h = lane_top, top - lane_top
    return top


def _lefts(items: list[Item], left: int) -> int:
    if not items:
        return left
    last = max(item.column + item.span for item in items)
    widths = [
        max([_wide(item) for item in items if item.column == n and item.span == 1], default=30) for n in range(last)
    ]
    for item in sorted((item for item in items if item.span > 1), key=lambda item: item.column + item.span):
        room = sum(widths[item.column : item.column + item.span]) + COLUMN_GAP * (item.span - 1)
        widths[item.column + item.span - 1] += max(0, item.w + 30 - room)
    lefts = [left]
    for wide in widths:
        lefts.append(lefts[-1] + wide + COLUMN_GAP)
    for item in items:
        room = widths[item.column] if item.span == 1 else item.w
        item.x = _tens(lefts[item.column] + room // 2) - item.w // 2
    return max(item.x + item.w for item in items)


def _wide(item: Item) -> int:
    return {"task": 100, "note": 100, "subprocess": item.w}.get(item.kind, 60)


def _hang(sheet: Sheet, scope: str, hanging: dict[str, str]) -> None:
    """Put boundary events on the bottom edge of their hosts, and the end events that hang under them."""
    hosts: dict[str, list[Item]] = {}
    for item in sheet.inside(scope):
        if item.host:
            hosts.setdefault(item.host, []).append(item)
    order = {lane: n for n, lane in enumerate(sheet.lanes)}
    for host_id, events in hosts.items():
        host = sheet.items[host_id]
        events.sort(key=lambda item: item.id not in hanging.values())
        above = [event for event in events if _leads_up(sheet, scope, event, order)]
        above = above or (events[-1:] if host.kind == "task" and len(events) > 2 else [])
        for item in above:
            events.remove(item)
            item.x, item.y = host.x + host.w - 38, host.y - 18
        step = 60 if len(events) < 3 else 40
        for n, item in enumerate(events):
            middle = host.x + 20 + n * step if host.kind == "task" else host.x + 60 + n * 110
            item.x, item.y = middle - 18, host.y + host.h - 18
    for end, boundary in hanging.items():
        item, over = sheet.items[end], sheet.items[boundary]
        item.x, item.y = over.x, over.y + 60


def _leads_up(sheet: Sheet, scope: str, event: Item, order: dict[str, int]) -> bool:
    targets = [sheet.items[edge.target] for edge in sheet.flows(scope) if edge.source == event.id]
    return any(order.get(target.lane, 0) < order.get(event.lane, 0) for target in targets)


def _shift_insides(sheet: Sheet) -> None:
    """Move what stands in a subprocess from its own corner to where the subprocess stands."""
    for outer in sorted(_subprocesses(sheet), key=lambda one: _depth(sheet, one)):
        for item in sheet.inside(outer.id):
            item.x, item.y = item.x + outer.x, item.y + outer.y
