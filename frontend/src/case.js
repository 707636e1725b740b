// A case on its diagram: tokens with their number, the path done, incidents, deadlines. The texts come from the server.
import { flowsTaken } from './flows.js';

/**
 * Read the state at data-state and show it; read it again every data-refresh seconds.
 * {version, tokens: {id: n}, done: {id: n}, cancelled: {id: n}, incidents: {id: text}, deadlines: {id: {text, late, title}},
 *  words: {token: "…%n…", done: "…%n…"}}
 */
export async function showCase(viewer, root, sight) {
  let shown = await read(root);
  mark(viewer, root, sight, shown);
  const seconds = Number(root.dataset.refresh || 0);
  if (!seconds) return;
  setInterval(async () => {
    if (document.hidden) return;
    const found = await read(root, shown.version).catch(() => null);
    if (!found) return;
    mark(viewer, root, sight, found);
    document.querySelectorAll('[data-case-changed]').forEach((notice) => (notice.hidden = false));
    shown = found;
  }, seconds * 1000);
}

async function read(root, known) {
  const address = new URL(root.dataset.state, location.href);
  if (known !== undefined) address.searchParams.set('known', known);
  const response = await fetch(address, { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
  if (!response.ok) throw new Error(`${root.dataset.state}: ${response.status}`);
  return response.status === 204 ? null : response.json();
}

/** Return the tokens with those inside a collapsed subprocess told at its shape as well. */
function onTop(viewer, tokens) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  const all = { ...tokens };
  for (const [id, number] of Object.entries(tokens)) {
    let element = registry.get(id);
    while (element) {
      const plane = canvas.findRoot(element)?.id || '';
      const shape = plane.endsWith('_plane') ? registry.get(plane.slice(0, -'_plane'.length)) : undefined;
      if (shape) all[shape.id] = (all[shape.id] || 0) + number;
      element = shape;
    }
  }
  return all;
}

function mark(viewer, root, sight, state) {
  const canvas = viewer.get('canvas');
  const overlays = viewer.get('overlays');
  const registry = viewer.get('elementRegistry');
  const known = (ids) => Object.keys(ids).filter((id) => registry.get(id));
  overlays.remove({ type: 'case' });
  registry.forEach((element) => ['is-done', 'is-current', 'is-failed', 'is-taken', 'is-awaited'].forEach((name) => canvas.removeMarker(element.id, name)));

  for (const id of known(state.done)) canvas.addMarker(id, 'is-done');
  for (const id of flowsTaken(registry, state)) canvas.addMarker(id, 'is-taken');
  const tokens = onTop(viewer, state.tokens);
  for (const id of known(tokens)) {
    canvas.addMarker(id, 'is-current');
    const number = tokens[id];
    add(id, { top: -13, left: -13 }, 'mark-token', String(number), state.words.token.replace('%n', number));
  }
  for (const id of known(state.done)) {
    if (state.done[id] > 1) add(id, { top: -11, right: 13 }, 'mark-count', `×${state.done[id]}`, state.words.done.replace('%n', state.done[id]));
  }
  for (const [id, text] of Object.entries(state.incidents)) {
    if (!registry.get(id)) continue;
    canvas.addMarker(id, 'is-failed');
    add(id, { bottom: 13, left: -13 }, 'mark-incident', '!', text);
  }
  for (const [id, due] of Object.entries(state.deadlines)) {
    const element = registry.get(id);
    if (!element) continue;
    canvas.addMarker(id, 'is-awaited');
    // Above the element: boundary events and labels stand below it.
    add(id, element.width < 60 ? { top: -22, left: -16 } : { top: -24, left: 16 }, due.late ? 'mark-due is-late' : 'mark-due', due.text, due.title);
  }
  sight.places = known(tokens);

  function add(id, position, name, text, title) {
    const html = document.createElement('div');
    html.className = `mark ${name}`;
    html.textContent = text;
    html.title = title;
    html.setAttribute('role', 'img');
    html.setAttribute('aria-label', title);
    overlays.add(id, 'case', { position, html });
  }
}
