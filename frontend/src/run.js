// A counter-example as the checks tell it, [id, id, …], becomes frames: what moves at each step and where tokens stand.
// Each id but the last is an element passed; the last is where the run ends: where it waits, is done twice, is late.
// The run names elements only. Which flow was taken follows from the diagram; where it does not, the token appears.
const JOINS = ['bpmn:ParallelGateway', 'bpmn:InclusiveGateway', 'bpmn:ComplexGateway'];
const CHOICES = ['bpmn:ExclusiveGateway', 'bpmn:EventBasedGateway', 'bpmn:InclusiveGateway', 'bpmn:ComplexGateway'];

const flows = (list) => list.filter((flow) => flow.type === 'bpmn:SequenceFlow');
const isJoin = (element) => JOINS.includes(element.type) && flows(element.incoming).length > 1;
const host = (element) => (element.type === 'bpmn:BoundaryEvent' ? element.host : undefined);
const isGateway = (element) => element.type.endsWith('Gateway');

/** Whether a token that leaves goes every way at once. */
function takesAll(element) {
  const out = flows(element.outgoing);
  if (element.type === 'bpmn:ParallelGateway' || out.length === 1) return true;
  return !CHOICES.includes(element.type) && out.every((flow) => !flow.businessObject.conditionExpression);
}

/**
 * Return a frame for each id of `run` that the diagram has:
 * {id, index, moves: [flow id], tokens: [{id, flow, count}], passed: [id], taken: [flow id], missing: [flow id]}
 * A token with `flow` waits at the end of that flow; `missing`: flows on which the last join waits in vain.
 */
export function replay(registry, run) {
  const held = new Map(); // element id -> tokens whose next way is not decided
  const waiting = new Map(); // flow id -> tokens that have come over it
  const passed = [];
  const taken = [];
  const frames = [];
  const add = (map, id, number = 1) => {
    const count = (map.get(id) || 0) + number;
    if (count > 0) map.set(id, count);
    else map.delete(id);
  };
  const known = run.map((id, index) => ({ element: registry.get(id), index })).filter(({ element }) => element);
  const ends = known.at(-1);

  for (const step of known) {
    const { element, index } = step;
    const last = frames.at(-1);
    if (last) leave(registry.get(last.id));
    const moves = arrive(element, step === ends);
    passed.push(element.id);
    moves.forEach((id) => taken.push(id));
    frames.push({
      id: element.id,
      index,
      moves,
      tokens: tokens(element),
      passed: [...passed],
      taken: [...taken],
      missing: [],
    });
  }
  const frame = frames.at(-1);
  if (frame) frame.missing = missing(ends.element);
  return frames;

  /** Let a token that was passed on go over every flow, where it has no choice. */
  function leave(element) {
    const out = flows(element.outgoing);
    while (held.has(element.id) && out.length && takesAll(element)) {
      add(held, element.id, -1);
      out.forEach((flow) => add(waiting, flow.id));
    }
    if (!out.length) held.delete(element.id); // an end, or the last step of a subprocess
  }

  /** Bring a token to the element; return the flows it came over. */
  function arrive(element, isLast) {
    const into = flows(element.incoming);
    const come = into.filter((flow) => waiting.has(flow.id)).sort((a, b) => age(b) - age(a));
    if (isLast && isJoin(element) && come.length < into.length && come.length) return come.map((flow) => flow.id);
    if (come.length) {
      const used = isJoin(element) ? come : come.slice(0, 1);
      used.forEach((flow) => add(waiting, flow.id, -1));
      add(held, element.id);
      return used.map((flow) => flow.id);
    }
    const from = into.filter((flow) => held.has(flow.source.id)).sort((a, b) => age(b) - age(a))[0];
    if (from) {
      add(held, from.source.id, -1);
      if (isLast && isJoin(element)) add(waiting, from.id);
      else add(held, element.id);
      return [from.id];
    }
    const owner = host(element);
    if (owner && element.businessObject.cancelActivity !== false) {
      const over = flows(owner.incoming).find((flow) => waiting.has(flow.id));
      if (held.has(owner.id)) add(held, owner.id, -1);
      else if (over) add(waiting, over.id, -1);
      else takeBack(owner);
    }
    const implied = into.filter((flow) => passed.includes(flow.source.id)).sort((a, b) => age(b) - age(a))[0];
    add(held, element.id);
    return implied ? [implied.id] : [];
  }

  /** A step was interrupted after all: what it had passed on goes away again. */
  function takeBack(element) {
    for (const flow of flows(element.outgoing)) if (waiting.has(flow.id)) add(waiting, flow.id, -1);
  }

  function age(flow) {
    return passed.lastIndexOf(flow.source.id);
  }

  function tokens(now) {
    const found = new Map();
    const put = (key, token) => found.set(key, { ...token, count: (found.get(key)?.count || 0) + token.count });
    for (const [id, count] of held) put(id, { id, count });
    for (const [id, count] of waiting) {
      const target = registry.get(id).target;
      if (isJoin(target)) put(`${id} ${target.id}`, { id: target.id, flow: id, count });
      else put(target.id, { id: target.id, count });
    }
    // Tokens that only pass through a gateway stand where it leads to: work done twice is seen at the work.
    for (const [key, token] of [...found]) {
      const element = registry.get(token.id);
      const out = flows(element.outgoing);
      if (token.flow || !isGateway(element) || element === now || out.length !== 1 || out[0].target !== now) continue;
      found.delete(key);
      put(now.id, { id: now.id, count: token.count });
    }
    return [...found.values()];
  }

  function missing(element) {
    const into = flows(element.incoming);
    if (!isJoin(element) || held.has(element.id)) return [];
    return into.filter((flow) => !waiting.has(flow.id)).map((flow) => flow.id);
  }
}
