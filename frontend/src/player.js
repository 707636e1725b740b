// Plays a counter-example on the diagram, step by step: tokens walk, the last step says why it is a fault.
// The buttons are the page's ([data-player], templates/diagram/macros.html), with its words in data attributes.
import { replay } from './run.js';

const PAUSE = 1300;
const WALK = 550;
const MARKERS = ['is-in-run', 'is-run-now', 'is-run-end', 'is-run-missing'];
const isCalm = () => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

/**
 * Return {open(run, {play}), close()}. `run`: {steps: [{id, name, at}], end, isLate}: names and dates as the page tells them.
 * `sight.center(ids)` brings elements into view.
 */
export function player(viewer, panel, sight) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  const layer = canvas.getLayer('run', 5);
  const part = (name) => panel.querySelector(`[data-player-${name}]`);
  const buttons = Object.fromEntries([...panel.querySelectorAll('[data-player-do]')].map((one) => [one.dataset.playerDo, one]));
  const [text, end, slider, count] = ['text', 'end', 'at', 'count'].map(part);
  let run;
  let frames = [];
  let at = 0;
  let timer;
  let walk = 0;

  const acts = {
    first: () => go(0),
    back: () => go(at - 1),
    next: () => go(at + 1, true),
    play: () => (timer ? stop() : play()),
    close,
  };
  for (const [name, button] of Object.entries(buttons)) {
    button.addEventListener('click', () => {
      if (name !== 'play') stop();
      acts[name]();
    });
  }
  slider.addEventListener('input', () => {
    stop();
    go(Number(slider.value) - 1);
  });
  panel.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isButton = event.target.closest('button');
    const keys = isButton
      ? { ArrowLeft: 'back', ArrowRight: 'next', Home: 'first', Escape: 'close' }
      : { ' ': 'play', Escape: 'close' };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    if (act !== 'play') stop();
    acts[act]();
  });
  viewer.on('root.set', () => frames.length && place(frames[at]));

  return { open, close };

  function open(told, { play: isPlayed = false } = {}) {
    close();
    run = told;
    frames = replay(registry, run.steps.map((step) => step.id));
    if (!frames.length) return false;
    panel.hidden = false;
    slider.max = String(frames.length);
    end.textContent = run.end;
    if (isPlayed) {
      go(0);
      play();
      slider.focus({ preventScroll: true });
    } else go(frames.length - 1);
    return true;
  }

  function close() {
    stop();
    walk += 1;
    const hadFocus = panel.contains(document.activeElement);
    panel.hidden = true;
    frames = [];
    clear();
    if (hadFocus) run?.opener?.focus();
  }

  function play() {
    if (at === frames.length - 1) go(0);
    timer = setInterval(() => {
      go(at + 1, true);
      if (at === frames.length - 1) stop();
    }, PAUSE);
    showPlaying();
  }

  function stop() {
    clearInterval(timer);
    timer = undefined;
    showPlaying();
  }

  function showPlaying() {
    buttons.play.textContent = timer ? buttons.play.dataset.pause : buttons.play.dataset.play;
  }

  /** Show step `wanted`; with `isWalked` the tokens walk there. */
  function go(wanted, isWalked = false) {
    at = Math.min(Math.max(wanted, 0), frames.length - 1);
    const frame = frames[at];
    const step = run.steps[frame.index];
    const isEnd = at === frames.length - 1;
    slider.value = String(at + 1);
    const words = panel.dataset.step.replace('%s', at + 1).replace('%n', frames.length).replace('%e', step.name);
    const date = step.at ? panel.dataset.date.replace('%d', step.at) : '';
    text.textContent = `${words}${date}`;
    slider.setAttribute('aria-valuetext', text.textContent);
    count.textContent = `${at + 1} / ${frames.length}`;
    end.hidden = !isEnd;
    buttons.back.disabled = buttons.first.disabled = at === 0;
    buttons.next.disabled = isEnd;
    if (document.activeElement?.disabled) slider.focus();
    clear();
    mark(frame, isEnd);
    see(frame);
    walk += 1;
    if (isWalked && !isCalm() && frame.moves.length) walkOver(frame, walk);
    else place(frame);
  }

  function mark(frame, isEnd) {
    frame.passed.forEach((id) => canvas.addMarker(id, 'is-in-run'));
    frame.taken.forEach((id) => canvas.addMarker(id, 'is-in-run'));
    frame.missing.forEach((id) => canvas.addMarker(id, 'is-run-missing'));
    canvas.addMarker(frame.id, isEnd ? 'is-run-end' : 'is-run-now');
  }

  function see(frame) {
    const element = registry.get(frame.id);
    const box = canvas.viewbox();
    const isIn = canvas.findRoot(element) === canvas.getRootElement()
      && element.x - 30 > box.x && element.y - 30 > box.y
      && element.x + element.width + 30 < box.x + box.width && element.y + element.height + 30 < box.y + box.height;
    if (!isIn) sight.center([frame.id]);
  }

  function clear() {
    registry.forEach((element) => MARKERS.forEach((name) => canvas.hasMarker(element, name) && canvas.removeMarker(element, name)));
    layer.replaceChildren();
  }

  /** Draw where the tokens stand. */
  function place(frame) {
    layer.replaceChildren();
    const isEnd = at === frames.length - 1;
    for (const { id, flow, count: number } of frame.tokens) {
      const element = registry.get(flow || id);
      if (!element || canvas.findRoot(element) !== canvas.getRootElement()) continue;
      draw(flow ? along(element.waypoints, -16) : corner(element), number, isEnd && id === frame.id);
    }
  }

  function walkOver(frame, mine) {
    const ways = frame.moves.map((id) => registry.get(id)).filter((flow) => canvas.findRoot(flow) === canvas.getRootElement());
    const dots = ways.map((flow) => [flow.waypoints, draw(flow.waypoints[0], 1)]);
    const begun = performance.now();
    const move = (now) => {
      if (walk !== mine) return;
      const share = Math.min(1, (now - begun) / WALK);
      for (const [points, dot] of dots) dot.setAttribute('transform', shift(along(points, share * length(points))));
      if (share < 1) requestAnimationFrame(move);
      else place(frame);
    };
    requestAnimationFrame(move);
  }

  function draw(point, number, isEnd = false) {
    const dot = svg('g', { class: isEnd ? 'run-token is-end' : 'run-token', transform: shift(point) });
    const label = svg('text', { 'text-anchor': 'middle', dy: '0.35em' });
    label.textContent = number > 1 ? `×${number}` : '';
    dot.append(svg('circle', { r: 11 }), label);
    layer.append(dot);
    return dot;
  }
}

function svg(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

const shift = ({ x, y }) => `translate(${x} ${y})`;
const corner = (element) => (element.waypoints ? along(element.waypoints, -16) : { x: element.x + 2, y: element.y + 2 });
const pairs = (points) => points.slice(1).map((point, index) => [points[index], point]);
const distance = ([from, to]) => Math.hypot(to.x - from.x, to.y - from.y);
const length = (points) => pairs(points).reduce((sum, pair) => sum + distance(pair), 0);

/** The point `far` along the line; counted from its end when negative. */
function along(points, far) {
  let left = far < 0 ? Math.max(0, length(points) + far) : far;
  for (const pair of pairs(points)) {
    const size = distance(pair);
    if (left <= size && size > 0) {
      const [from, to] = pair;
      return { x: from.x + ((to.x - from.x) * left) / size, y: from.y + ((to.y - from.y) * left) / size };
    }
    left -= size;
  }
  return points.at(-1);
}
