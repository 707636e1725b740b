// Findings on the diagram they are about, both ways: a finding in the list shows its element, an element its findings.
// The list has [data-element] for the element's id and [data-severity]; [data-step] are a counter-example's elements.
import { player } from './player.js';

const WORST_FIRST = ['error', 'warning', 'hint'];

/** Where the number stands: at the corner of a shape, at the middle of a flow. */
function place(element) {
  const points = element.waypoints;
  if (!points) return { top: -12, right: 12 };
  const middle = Math.floor((points.length - 1) / 2);
  const [from, to] = [points[middle], points[middle + 1]];
  const left = Math.min(...points.map((point) => point.x));
  const top = Math.min(...points.map((point) => point.y));
  return { left: (from.x + to.x) / 2 - left - 12, top: (from.y + to.y) / 2 - top - 12 };
}

export function showFindings(viewer, root, sight) {
  const canvas = viewer.get('canvas');
  const overlays = viewer.get('overlays');
  const registry = viewer.get('elementRegistry');
  const selection = viewer.get('selection');
  const panel = root.parentElement.querySelector('[data-player]');
  const plays = panel && player(viewer, panel, sight);
  const items = [...document.getElementById(root.dataset.findings).querySelectorAll('[data-element]')];
  const byElement = Map.groupBy
    ? Map.groupBy(items, (item) => item.dataset.element)
    : items.reduce((map, item) => map.set(item.dataset.element, [...(map.get(item.dataset.element) || []), item]), new Map());

  for (const [id, found] of byElement) {
    if (!registry.get(id)) continue;
    const worst = WORST_FIRST.find((severity) => found.some((item) => item.dataset.severity === severity));
    canvas.addMarker(id, `has-${worst}`);
    const html = document.createElement('button');
    html.type = 'button';
    html.className = `mark mark-finding is-${worst}`;
    html.textContent = found.length;
    html.setAttribute('aria-label', `${root.dataset.findingWord || ''} ${found.length}: ${found[0].dataset.text || id}`.trim());
    html.title = found.map((item) => item.dataset.text || '').join('\n');
    html.addEventListener('click', () => choose(id, true));
    overlays.add(id, 'findings', { position: place(registry.get(id)), html });
  }
  for (const item of items) {
    if (!registry.get(item.dataset.element)) continue;
    const [show, play] = [item.querySelector('[data-show]'), item.querySelector('[data-play]')];
    for (const button of [show, play].filter(Boolean)) {
      button.hidden = false;
      button.addEventListener('click', () => {
        choose(item.dataset.element, false);
        const told = run(item, button);
        if (!told.steps.length || !plays?.open(told, { play: button === play })) plays?.close();
        root.scrollIntoView({ block: 'nearest', behavior: calm() ? 'auto' : 'smooth' });
      });
    }
  }
  viewer.get('eventBus').on('element.click', ({ element }) => {
    if (byElement.has(element.id)) choose(element.id, true);
  });
  sight.places = [...byElement.keys()].filter((id) => registry.get(id));

  function choose(id, isFromDiagram) {
    selection.select(registry.get(id));
    if (!isFromDiagram) sight.center([id]);
    items.forEach((item) => item.classList.toggle('is-chosen', item.dataset.element === id));
    if (isFromDiagram) {
      const first = byElement.get(id)[0];
      first.scrollIntoView({ block: 'nearest', behavior: calm() ? 'auto' : 'smooth' });
    }
  }

  /** Read a counter-example from its list. `opener` gets the focus back when the player closes. */
  function run(item, opener) {
    const steps = [...item.querySelectorAll('[data-step]')].map((step) => ({
      id: step.dataset.step,
      name: step.querySelector('[data-step-name]').textContent,
      at: step.dataset.at || '',
    }));
    return { steps, end: item.querySelector('[data-run-end]')?.textContent || '', opener };
  }

  function calm() {
    return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  }
}
