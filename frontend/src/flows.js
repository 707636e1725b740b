// Which sequence flows a case has certainly taken, from how often each element was done. A doubtful one is not told.

/** Return the ids. `state` has done, tokens and cancelled: how often each element was completed, is held, was left. */
export function flowsTaken(registry, state) {
  const flows = registry.filter((element) => element.type === 'bpmn:SequenceFlow' && element.source && element.target);
  const times = (counts, element) => counts?.[element.id] || 0;
  const entered = (element) => times(state.done, element) + times(state.tokens, element) + times(state.cancelled, element);
  const into = (element) => element.incoming.filter((flow) => flow.type === 'bpmn:SequenceFlow');
  const outOf = (element) => element.outgoing.filter((flow) => flow.type === 'bpmn:SequenceFlow');
  const isOneOf = (element) => ['bpmn:ExclusiveGateway', 'bpmn:EventBasedGateway'].includes(element.type);
  const isEvery = (element) => !['bpmn:ExclusiveGateway', 'bpmn:EventBasedGateway', 'bpmn:InclusiveGateway', 'bpmn:ComplexGateway'].includes(element.type);
  const isPlain = (flow) => !flow.businessObject.conditionExpression;

  /** How often the flow was taken; undefined where the counts do not say. */
  const number = (flow) => {
    const out = outOf(flow.source);
    if (out.length === 1 || (isEvery(flow.source) && out.every(isPlain))) return times(state.done, flow.source);
    if (into(flow.target).length === 1) return entered(flow.target);
    return undefined;
  };
  const counted = new Map(flows.map((flow) => [flow, number(flow)]));
  for (const flow of flows) {
    if (counted.get(flow) !== undefined || !isOneOf(flow.source)) continue;
    const others = outOf(flow.source).filter((other) => other !== flow).map((other) => counted.get(other));
    if (!others.includes(undefined)) counted.set(flow, times(state.done, flow.source) - others.reduce((a, b) => a + b, 0));
  }
  return flows.filter((flow) => counted.get(flow) > 0).map((flow) => flow.id);
}
