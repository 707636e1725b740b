"""Which flows a node may take together, blind to data, as the engine chooses them. It builds no net."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from engine.diagram import Flow, Kind, Node

MOST_CONDITIONS = 6  #: flows with conditions whose every combination is looked at


@dataclass(frozen=True, slots=True)
class Way:
    """Flows taken together. `by_condition`: data decide."""

    flows: tuple[Flow, ...]
    by_condition: bool = False


def ways_of(node: Node) -> tuple[list[Way], bool]:
    """Return the ways out of `node`, and whether some combinations were left out."""
    if node.kind is Kind.END or not node.outgoing:
        return [Way(())], False
    if node.kind in (Kind.PARALLEL, Kind.EVENT_BASED):
        return [Way(tuple(node.outgoing))], False
    always, sometimes, default = _sorted(node)
    if not sometimes and default is None:
        flows = tuple(node.outgoing)
        return [Way(flows[:1] if node.kind is Kind.EXCLUSIVE else flows)], False
    if node.kind is Kind.EXCLUSIVE:
        return _exclusive(node), False
    if always:
        groups = [(), *_groups(sometimes)] if sometimes else [()]
        return [Way((*always, *group), len(groups) > 1) for group in groups], len(sometimes) > MOST_CONDITIONS
    found = [Way(group, True) for group in _groups(sometimes)]
    if default is not None:
        found.append(Way((default,), bool(sometimes)))
    if len(found) == 1:
        found = [Way(found[0].flows)]
    return found or [Way(())], len(sometimes) > MOST_CONDITIONS


def _sorted(node: Node) -> tuple[list[Flow], list[Flow], Flow | None]:
    """Return the flows that are always taken, those that depend on data, and the default one."""
    always: list[Flow] = []
    sometimes: list[Flow] = []
    default: Flow | None = None
    for flow in node.outgoing:
        if flow.id == node.default:
            default = flow
        elif _is_true(flow):
            always.append(flow)
        elif not _is_false(flow):
            sometimes.append(flow)
    return always, sometimes, default


def _exclusive(node: Node) -> list[Way]:
    """Go through the flows in their order, as far as one that is always taken."""
    flows: list[Flow] = []
    default: Flow | None = None
    for flow in node.outgoing:
        if flow.id == node.default:
            default = flow
        elif _is_true(flow):
            flows.append(flow)
            break
        elif not _is_false(flow):
            flows.append(flow)
    else:
        if default is not None:
            flows.append(default)
    return [Way((flow,), len(flows) > 1) for flow in flows] or [Way(())]


def _groups(flows: list[Flow]) -> list[tuple[Flow, ...]]:
    """Return the combinations of one or more: all of them, or when they are many the single ones, pairs and all."""
    many = len(flows) > MOST_CONDITIONS
    sizes = [1, 2, len(flows)] if many else list(range(1, len(flows) + 1))
    return [group for size in sizes for group in combinations(flows, size)]


def _is_true(flow: Flow) -> bool:
    return flow.condition is None or flow.condition.text.strip() == "true"


def _is_false(flow: Flow) -> bool:
    return flow.condition is not None and flow.condition.text.strip() == "false"
