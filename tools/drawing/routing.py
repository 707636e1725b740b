"""Leads every edge at right angles around nodes and along no other edge. It moves no node and puts no label."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

from tools.drawing import labels
from tools.drawing.items import Edge, Item, Sheet
from tools.drawing.placing import main_path, satellites

STEP = 10
TURN, CROSSING, OVERLAP, BESIDE, NEAR, CLOSE, BORDER, NAMED = 9.0, 14.0, 80.0, 1.6, 0.7, 4.0, 3.0, 2.0
SIDES = {"right": (1, 0), "left": (-1, 0), "top": (0, -1), "bottom": (0, 1)}
Cell = tuple[int, int]


@dataclass(frozen=True)
class Port:
    """Where an edge may leave or enter: `cell` on the grid just outside, `point` on the border, and what it costs."""

    cell: Cell
    point: Cell
    way: Cell
    cost: float


class Router:
    """Routes the edges of one scope; knows what is in the way and which cells earlier edges use."""

    def __init__(self, sheet: Sheet, obstacles: list[Item], box: tuple[int, int, int, int], soft: dict[Cell, float]):
        self.sheet = sheet
        self.low = (box[0] // STEP, box[1] // STEP)
        self.high = (box[2] // STEP, box[3] // STEP)
        self.blocked: set[Cell] = set()
        self.soft: dict[Cell, float] = defaultdict(float, soft)
        self.level: dict[Cell, int] = defaultdict(int)
        self.upright: dict[Cell, int] = defaultdict(int)
        self.taken: dict[tuple[str, Cell], int] = defaultdict(int)
        self.owners: dict[tuple[Cell, bool], set[tuple[str, str]]] = defaultdict(set)
        self.trunks = {item.id for item in sheet.items.values() if sheet.is_trunk(item)}
        self.bends: set[Cell] = set()
        self.edge = ("", "")
        for item in obstacles:
            margin = {"gateway": 4, "event": 1, "note": 4}.get(item.kind, 9)
            self.blocked |= set(_cells(item.box(margin)))
            for cell in _cells(item.box(20)):
                self.soft[cell] += NEAR
            for cell in _cells(item.box(13)):
                self.soft[cell] += CLOSE

    def route(self, edge: Edge, starts: list[Port], goals: list[Port]) -> None:
        """Give `edge` its points: the cheapest way from one of `starts` to one of `goals`."""
        self.edge = (edge.source, edge.target)
        found = self._search(starts, goals)
        if found is None:
            raise ValueError(f"no way for {edge.id}")
        start, goal, cells = found
        for before, after in pairwise(cells):
            marks = self.level if before[1] == after[1] else self.upright
            marks[before] += 1
            marks[after] += 1
            self.owners[before, marks is self.level].add(self.edge)
            self.owners[after, marks is self.level].add(self.edge)
        self.bends |= {
            here
            for before, here, after in zip(cells, cells[1:], cells[2:], strict=False)
            if before[0] != after[0] and before[1] != after[1]
        }
        for port in (start, goal):
            marks = self.upright if port.way[0] == 0 else self.level
            for back in (0, 1):
                marks[port.cell[0] - back * port.way[0], port.cell[1] - back * port.way[1]] += 1
        self.taken[edge.source, start.point] += 1
        self.taken[edge.target, goal.point] += 1
        points = [start.point, *((x * STEP, y * STEP) for x, y in cells), goal.point]
        edge.points = _corners(points)

    def _search(self, starts: list[Port], goals: list[Port]) -> tuple[Port, Port, list[Cell]] | None:
        ends: dict[tuple[Cell, Cell], Port] = {}
        for port in goals:
            ends[port.cell, (-port.way[0], -port.way[1])] = port
        goal_cells = {cell for cell, _ in ends}
        left, right = min(cell[0] for cell in goal_cells), max(cell[0] for cell in goal_cells)
        top, bottom = min(cell[1] for cell in goal_cells), max(cell[1] for cell in goal_cells)
        best: dict[tuple[Cell, Cell], float] = {}
        came: dict[tuple[Cell, Cell], tuple[Cell, Cell] | None] = {}
        origin: dict[tuple[Cell, Cell], Port] = {}
        queue: list[tuple[float, float, Cell, Cell]] = []
        for port in starts:
            state = (port.cell, port.way)
            if port.cell in self.blocked or best.get(state, 1e9) <= port.cost:
                continue
            best[state], came[state], origin[state] = port.cost, None, port
            heappush(queue, (port.cost, port.cost, *state))
        finish: tuple[float, tuple[Cell, Cell], Port] | None = None
        while queue:
            guess, cost, cell, way = heappop(queue)
            if finish is not None and guess >= finish[0]:
                break
            if cost > best[cell, way]:
                continue
            for (goal_cell, goal_way), port in ends.items() if cell in goal_cells else ():
                if goal_cell == cell and goal_way != (-way[0], -way[1]):
                    total = cost + port.cost + (0 if goal_way == way else TURN)
                    if finish is None or total < finish[0]:
                        finish = (total, (cell, way), port)
            for turn in SIDES.values():
                if turn == (-way[0], -way[1]):
                    continue
                step = (cell[0] + turn[0], cell[1] + turn[1])
                if step in self.blocked or not self._inside(step):
                    continue
                price = cost + 1 + (0 if turn == way else TURN) + self._price(cell, step, turn)
                if price < best.get((step, turn), 1e9):
                    best[step, turn] = price
                    came[step, turn] = (cell, way)
                    far = max(left - step[0], step[0] - right, 0) + max(top - step[1], step[1] - bottom, 0)
                    heappush(queue, (price + far, price, step, turn))
        if finish is None:
            return None
        state: tuple[Cell, Cell] | None = finish[1]
        cells: list[Cell] = []
        first = finish[1]
        while state is not None:
            first = state
            cells.append(state[0])
            state = came[state]
        return origin[first], finish[2], cells[::-1]

    def _is_trunk(self, cell: Cell, way: Cell) -> bool:
        """Return whether the edges here all leave, or all enter, the same parallel gateway: they may share a line."""
        owners = self.owners.get((cell, way[1] == 0))
        if not owners:
            return False
        source, target = self.edge
        return (source in self.trunks and all(one == source for one, _ in owners)) or (
            target in self.trunks and all(two == target for _, two in owners)
        )

    def _inside(self, cell: Cell) -> bool:
        return self.low[0] <= cell[0] <= self.high[0] and self.low[1] <= cell[1] <= self.high[1]

    def _price(self, cell: Cell, step: Cell, way: Cell) -> float:
        along, across = (self.level, self.upright) if way[1] == 0 else (self.upright, self.level)
        price = self.soft.get(step, 0.0)
        is_trunk = self._is_trunk(cell, way) or self._is_trunk(step, way)
        if along.get(step) and along.get(cell) and not is_trunk:
            price += OVERLAP
        if across.get(step) and not self._is_trunk(step, (way[1], way[0])):
            price += CROSSING + (OVERLAP / 2 if step in self.bends else 0)
        for side in (-1, 1):
            near = (step[0] + side * abs(way[1]), step[1] + side * abs(way[0]))
            if along.get(near) and not is_trunk:
                price += BESIDE
        return price


def ports(router: Router, item: Item, leaving: bool, other: Item | None = None) -> list[Port]:
    """Return where an edge may leave or enter `item`, the sides that suit the reading direction first."""
    found: list[Port] = []
    if item.host:
        return [_port(item, "bottom" if item.y > router.sheet.items[item.host].y else "top", 0, 0.0)]
    for side in SIDES:
        cost = _side_cost(router.sheet, item, side, leaving)
        if item.kind == "gateway" and other is not None:
            cost += _gateway_cost(router.sheet, item, side, leaving, other)
        if side == "bottom" and any(other.host == item.id for other in router.sheet.items.values()):
            cost += 60
        offsets = [0]
        if item.kind in ("task", "subprocess"):
            half = (item.w if side in ("top", "bottom") else item.h) // 2 - 20
            offsets = sorted(range(-half // STEP * STEP, half + 1, STEP), key=abs)
        guests = [one.cx for one in router.sheet.items.values() if one.host == item.id and _is_at(one, item, side)]
        for offset in offsets:
            if side in ("top", "bottom") and item.kind != "subprocess" and item.cx % STEP:
                continue
            if any(abs(item.cx + offset - guest) < 20 for guest in guests):
                continue
            port = _port(
                item,
                side,
                offset,
                cost + (2.5 if offset else 0) + abs(offset) / (10 if item.kind == "subprocess" else 40),
            )
            used = router.taken[item.id, port.point] if item.id not in router.trunks else 0
            found.append(
                Port(port.cell, port.point, port.way, port.cost + used * (30 if offset or not leaving else 40))
            )
    return found


def _is_at(guest: Item, host: Item, side: str) -> bool:
    """Return whether a boundary event sits on this side of its host."""
    return side == ("bottom" if guest.y > host.y else "top")


def _side_cost(sheet: Sheet, item: Item, side: str, leaving: bool) -> float:
    if item.kind == "gateway":
        splits = sum(edge.source == item.id for edge in sheet.edges.values()) > 1
        if leaving:
            return {"right": 0.0, "top": 2.0, "bottom": 2.0, "left": 30.0}[side]
        return {"left": 0.0, "top": 25.0 if splits else 2.0, "bottom": 25.0 if splits else 2.0, "right": 30.0}[side]
    if leaving:
        return {"right": 0.0, "top": 8.0, "bottom": 8.0, "left": 14.0}[side]
    return {"left": 0.0, "top": 5.0, "bottom": 6.0, "right": 22.0}[side]


def _gateway_cost(sheet: Sheet, item: Item, side: str, leaving: bool, other: Item) -> float:
    """Keep a gateway's top for what lies above it and its bottom for what lies below."""
    ends = [sheet.items[edge.target if leaving else edge.source] for edge in sheet.edges.values()
            if edge.kind == "flow" and (edge.source if leaving else edge.target) == item.id]  # fmt: skip
    if side == "top":
        if other.cy > item.cy + 30:
            return 15.0
        return 8.0 if abs(other.cy - item.cy) <= 30 and any(end.cy < item.cy - 30 for end in ends) else 0.0
    if side == "bottom":
        if other.cy < item.cy - 30:
            return 15.0
        return 8.0 if abs(other.cy - item.cy) <= 30 and any(end.cy > item.cy + 30 for end in ends) else 0.0
    return 0.0


def _port(item: Item, side: str, offset: int, cost: float) -> Port:
    way = SIDES[side]
    x = item.cx + (offset if way[0] == 0 else way[0] * (item.w // 2))
    y = item.cy + (offset if way[1] == 0 else way[1] * (item.h // 2))
    reach = {"gateway": 40, "event": 30}.get(item.kind, 0)
    if reach:
        cell = ((item.cx + way[0] * reach) // STEP, (item.cy + way[1] * reach) // STEP)
    else:
        cell = (x // STEP + 2 * way[0], y // STEP + 2 * way[1])
    return Port(cell, (x, y), way, cost)


def route(sheet: Sheet) -> None:
    """Route every edge of the sheet: scope by scope, the straight main path first, message flows last."""
    for scope in ["", *(item.id for item in sheet.items.values() if item.kind == "subprocess")]:
        router = _router(sheet, scope)
        main = main_path(sheet, scope)
        hanging = satellites(sheet, scope)
        order = {id_: n for n, id_ in enumerate(main)}

        def rank(edge: Edge, order: dict[str, int] = order, hanging: dict[str, str] = hanging) -> tuple[int, int]:
            source, target = sheet.items[edge.source], sheet.items[edge.target]
            length = abs(source.cx - target.cx) + abs(source.cy - target.cy)
            if edge.target in hanging:
                return 0, length
            if order.get(edge.source, -9) + 1 == order.get(edge.target, -1):
                return 1, length
            return (4 if edge.is_back else 2), length

        for edge in sorted(sheet.flows(scope), key=rank):
            source, target = sheet.items[edge.source], sheet.items[edge.target]
            router.route(edge, ports(router, source, True, target), ports(router, target, False, source))
    if messages := [one for one in sheet.edges.values() if one.kind == "message"]:
        router = _message_router(sheet)
        for edge in messages:
            _route_message(sheet, router, edge)
    for edge in (one for one in sheet.edges.values() if one.kind == "note"):
        edge.points = _tie(sheet.items[edge.source], sheet.items[edge.target])


def _router(sheet: Sheet, scope: str) -> Router:
    items = sheet.inside(scope)
    soft = _names(sheet, items)
    if scope:
        outer = sheet.items[scope]
        left, top, right, bottom = outer.box(-10)
        return Router(sheet, items, (left, top + 20, right, bottom), soft)
    assert sheet.pool is not None
    for lane in sheet.lanes.values():
        for x in range(lane.x // STEP, (lane.x + lane.w) // STEP + 1):
            soft[x, lane.y // STEP] = BORDER
    left, top, right, bottom = sheet.pool.box()
    head = left + (70 if sheet.lanes else 40)
    return Router(sheet, items, (head, top + 10, right - 10, bottom - 10), soft)


def _message_router(sheet: Sheet) -> Router:
    """Return a router from pool to pool: it may cross the border of a subprocess, and knows every flow drawn so far."""
    router = _router(sheet, "")
    assert sheet.pool is not None
    steps = [item for item in sheet.items.values() if item.kind != "subprocess"]
    inner = Router(sheet, steps, (0, 0, 0, 0), _names(sheet, steps))
    for cell, price in router.soft.items():
        inner.soft[cell] = max(price, inner.soft[cell])
    inner.low, inner.high = router.low, router.high
    if sheet.black:
        inner.low = (router.low[0], (sheet.black[0].y + sheet.black[0].h) // STEP + 1)
    if sheet.below:
        inner.high = (router.high[0], sheet.below[0].y // STEP - 1)
    for edge in sheet.edges.values():
        for (ax, ay), (bx, by) in pairwise(edge.points):
            marks = inner.level if ay == by else inner.upright
            for cell in _cells((min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))):
                marks[cell] += 1
    return inner


def _names(sheet: Sheet, items: list[Item]) -> dict[Cell, float]:
    """Return where names will want to stand, so that edges rather pass elsewhere."""
    soft: dict[Cell, float] = defaultdict(float)
    for item in items:
        if item.kind not in ("event", "gateway") or not item.name:
            continue
        boxes = labels.around(item)
        is_left = item.host and item.x < sheet.items[item.host].x + 10
        wanted = [boxes[6] if is_left else boxes[7]] * 4 if item.host else []
        for left, top, wide, tall in [*wanted, boxes[2] if is_left else boxes[0]]:
            for cell in _cells((left, top, left + wide, top + tall)):
                soft[cell] += NAMED
    return soft


def _route_message(sheet: Sheet, router: Router, edge: Edge) -> None:
    out = edge.source in sheet.items
    item = sheet.items[edge.source if out else edge.target]
    pool = next(one for one in (*sheet.black, *sheet.below) if one.id == (edge.target if out else edge.source))
    is_above = pool in sheet.black
    y, way = (pool.y + pool.h, 1) if is_above else (pool.y, -1)
    near = [port for port in ports(router, item, out) if port.way[1] == -way] or ports(router, item, out)
    low, high = pool.x + 3 * STEP, pool.x + pool.w - 3 * STEP
    far = [Port((x // STEP, y // STEP + way), (x, y), (0, way), 0.0) for x in range(low // STEP * STEP, high, STEP)]
    far = [port for port in far if router.low[0] < port.cell[0] < router.high[0]]
    router.route(edge, near if out else far, far if out else near)


def _tie(one: Item, other: Item) -> list[tuple[int, int]]:
    note, node = (one, other) if one.kind == "note" else (other, one)
    if abs(note.cy - node.cy) < 40:
        left = note.cx < node.cx
        ends = (node.x if left else node.x + node.w, node.cy), (note.x + note.w if left else note.x, node.cy)
        return list(ends if node is one else ends[::-1])
    below = note.y > node.cy
    x = min(max(node.cx, note.x + 10), note.x + note.w - 10)
    start = (x, node.y + node.h if below else node.y)
    end = (x, note.y if below else note.y + note.h)
    return [start, end] if node is one else [end, start]


def _corners(points: list[tuple[int, int]]) -> list[tuple[int, int]]:
    kept = [points[0]]
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        straight = (before[0] == point[0] == after[0]) or (before[1] == point[1] == after[1])
        if not straight and point != kept[-1]:
            kept.append(point)
    return [*kept, points[-1]]


def _cells(box: tuple[int, int, int, int]) -> list[Cell]:
    left, top, right, bottom = box
    return [
        (x, y) for x in range(-(-left // STEP), right // STEP + 1) for y in range(-(-top // STEP), bottom // STEP + 1)
    ]
