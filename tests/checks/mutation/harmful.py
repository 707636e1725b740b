"""Operators that break a plan: what comes out cannot run, or does not do what was drawn. `ASK` where only a run can tell."""

from __future__ import annotations

from tests.checks.mutation import breaking_flows as flows
from tests.checks.mutation import breaking_steps as steps
from tests.checks.mutation import breaking_words as words
from tests.checks.mutation.changes import Operator
from tests.checks.mutation.plan import Edit, Kind, Plan

HARMFUL: dict[str, Operator] = {
    "flow removed": flows.flow_removed,
    "flow dangling": flows.flow_dangling,
    "flow without end": flows.flow_without_end,
    "flow redirected": flows.flow_redirected,
    "flow into a start": flows.flow_into_start,
    "flow out of an end": flows.flow_out_of_end,
    "flow across a border": flows.flow_across,
    "split made parallel": flows.split_made_parallel,
    "split made exclusive": flows.split_made_exclusive,
    "split made an event gateway": flows.split_made_event_gateway,
    "default dropped": flows.default_dropped,
    "default dangling": flows.default_dangling,
    "default moved": flows.default_moved,
    "default elsewhere": flows.default_elsewhere,
    "condition dropped": flows.condition_dropped,
    "condition emptied": flows.condition_emptied,
    "condition broken": flows.condition_broken,
    "condition in another language": flows.condition_in_another_language,
    "condition's variable renamed": flows.condition_variable_renamed,
    "condition's option changed": flows.condition_option_changed,
    "step removed": steps.node_removed,
    "step removed, flows left": steps.node_removed_flows_left,
    "start removed": steps.start_removed,
    "end removed": steps.end_removed,
    "end made a start": steps.end_made_start,
    "task made a service": steps.task_made("serviceTask"),
    "task made a script": steps.task_made("scriptTask"),
    "tag misspelt": steps.tag_misspelt,
    "attribute misspelt": steps.attribute_misspelt,
    "id doubled": steps.id_doubled,
    "id dropped": steps.id_dropped,
    "id invalid": steps.id_invalid,
    "trigger removed": steps.trigger_removed,
    "trigger made a link": steps.trigger_made("linkEventDefinition"),
    "trigger made a terminate": steps.trigger_made("terminateEventDefinition"),
    "trigger without a message": steps.trigger_made("messageEventDefinition"),
    "trigger nobody throws": steps.trigger_made("errorEventDefinition"),
    "start given an error": steps.start_given("errorEventDefinition"),
    "inner start given a timer": steps.start_given("timerEventDefinition"),
    "boundary detached": steps.boundary_detached,
    "boundary dangling": steps.boundary_dangling,
    "boundary on a gateway": steps.boundary_on_gateway,
    "boundary's word wrong": steps.boundary_word_wrong,
    "escalation dangling": steps.reference_dangling("escalationEventDefinition", "escalationRef"),
    "escalation without code": steps.escalation_without_code,
    "time's unit wrong": steps.time_unit_wrong,
    "time without unit": steps.time_without_unit,
    "time emptied": steps.time_emptied,
    "time in words": steps.time_in_words,
    "time broken": steps.time_broken,
    "time of another kind": steps.time_of_another_kind,
    "time twice": steps.time_twice,
    "time removed": steps.time_removed,
    "calendar unknown": steps.calendar_unknown,
    "due date broken": steps.due_broken,
    "lane renamed": words.lane_renamed,
    "lane blank": words.lane_blank,
    "task in no lane": words.lane_left,
    "lane names nobody": words.lane_names_nobody,
    "task in two lanes": words.lanes_shared,
    "form dangling": words.vendor_reference("formDefinition", "formId"),
    "decision dangling": words.vendor_reference("calledDecision", "decisionId"),
    "call dangling": words.vendor_reference("calledElement", "processId"),
    "decision removed": words.vendor_removed("calledDecision"),
    "call removed": words.vendor_removed("calledElement"),
    "mapping broken": words.mapping_broken,
    "mapping without target": words.mapping_without_target,
    "loop without collection": words.loop_without_collection,
    "loop's result lost": words.loop_result_lost,
    "loop broken": words.loop_broken,
    "loop marker twice": words.loop_marker_twice,
    "not executable": words.not_executable,
    "message flow inside a pool": words.message_flow_inside,
    "message flow dangling": words.message_flow_dangling,
    "message flow to a gateway": words.message_flow_to_gateway,
    "association dangling": steps.reference_dangling("association", "targetRef"),
    "pool of nothing": words.pool_of_nothing,
    "listener added": words.listener_added,
    "doctype added": words.doctype_added,
    "cut off": words.cut_off,
}
ASK: dict[str, Operator] = {
    "flow turned": flows.flow_turned,
    "flow doubled": flows.flow_doubled,
    "flow added": flows.flow_added,
    "split made parallel, no conditions": flows.split_made_parallel_clean,
    "merge made parallel": flows.merge_made_parallel,
    "join made exclusive": flows.join_made_exclusive,
    "boundary's interruption turned": steps.boundary_interrupting_turned,
    "loop without exit": words.loop_without_exit,
    "form removed": words.vendor_removed("formDefinition"),
    "mapping removed": words.vendor_removed("output"),
    "mapping into removed": words.vendor_removed("input"),
    "decision's result renamed": words.vendor_reference("calledDecision", "resultVariable"),
    "mapping's target renamed": words.vendor_reference("output", "target"),
}


def edits(plan: Plan) -> dict[str, list[Edit]]:
    """Return every edit of every operator here, by operator."""
    return {
        name: [Edit(name, place, kind, change) for place, change in operator(plan)]
        for table, kind in ((HARMFUL, Kind.HARMFUL), (ASK, Kind.ASK))
        for name, operator in table.items()
    }
