// The drawing page: puts the drawing tool, live findings, keeping, references and the player together.
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import 'diagram-js-minimap/assets/diagram-js-minimap.css';
import './diagram.css';
import './modeler/modeler.css';
import { create, dialectOf } from './modeler/canvas.js';
import { missing } from './modeler/chinese.js';
import { keeping } from './modeler/keeping.js';
import { live } from './modeler/live.js';
import { references } from './modeler/references.js';
import { player } from './player.js';

/** Below this many pixels a whole plan beside the palette could not be read. */
const NARROW = 600;

/** An answer that is a refusal: `status`, `code`, `message` as the house tells them. */
class Refusal extends Error {
  constructor(status, { code = '', message = '', ...details } = {}) {
    super(message);
    Object.assign(this, details, { status, code });
  }
}

async function begin(root) {
  const words = JSON.parse(root.dataset.words);
  const known = JSON.parse(root.dataset.known);
  const find = (selector) => root.querySelector(selector);
  const buttons = Object.fromEntries([...root.querySelectorAll('[data-do]')].map((one) => [one.dataset.do, one]));
  const response = await fetch(root.dataset.fileUrl, { credentials: 'same-origin' });
  const text = await response.text();

  let drawable = true;
  const page = { xml, title, post, renew, sight: { center } };
  const keeper = keeping(root, words, page);
  const first = keeper.restore(text, Number(response.headers.get('X-Draft-Revision')));
  const dialect = dialectOf(first);
  const modeler = create(dialect, {
    container: find('[data-canvas]'),
    panel: find('[data-properties]'),
    language: root.dataset.language,
    words: words.blocks,
    known,
  });
  let raw = first; // of a file that cannot be drawn
  page.player = player(modeler, find('[data-player]'), page.sight);
  const referring = references(root, modeler, words, known);
  const finder = live(root, modeler, words, page, hear);
  let answer;
  let replaces = Number(root.dataset.newest) || null; // the newest version that its owner has been told of

  modeler.on('commandStack.changed', () => {
    keeper.drawn();
    showUndo();
  });
  const acts = {
    undo: () => modeler.get('commandStack').undo(),
    redo: () => modeler.get('commandStack').redo(),
    fit,
    'zoom-in': () => modeler.get('zoomScroll').stepZoom(1),
    'zoom-out': () => modeler.get('zoomScroll').stepZoom(-1),
    save: () => keeper.save(),
    download: async () => give(await xml(), root.dataset.file, 'application/xml'),
    svg: async () => give((await modeler.saveSVG()).svg, root.dataset.file.replace(/\.(bpmn20\.xml|bpmn\.xml|bpmn)$/, '.svg'), 'image/svg+xml'),
    open: () => find('[data-open]').click(),
    deploy: ask,
    'deploy-now': deploy,
  };
  for (const [name, button] of Object.entries(buttons)) {
    button.addEventListener('click', () => {
      button.closest('details')?.removeAttribute('open');
      acts[name]();
    });
  }
  find('[data-open]').addEventListener('change', async ({ target }) => {
    const [file] = target.files;
    target.value = '';
    if (!file || !window.confirm(words.openAsk)) return;
    const content = await file.text();
    if (content.includes('definitions') && dialectOf(content) !== dialect) { // its own properties need the page anew
      [raw, drawable] = [content, false];
      keeper.drawn();
      if (await keeper.save()) location.reload();
      return;
    }
    const before = await xml();
    await show(content);
    const told = drawable ? words.opened : words.notDrawn;
    keeper.tell(told.replace('%s', file.name), [[words.back, () => show(before)]], true);
  });
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 's') {
      event.preventDefault();
      keeper.save();
    }
  });

  // The player below takes room from the canvas: without this, clicks would go astray.
  new ResizeObserver(() => modeler.get('canvas').resized()).observe(find('[data-canvas]'));

  const svg = find('[data-canvas] svg');
  svg.setAttribute('role', 'group');
  svg.setAttribute('aria-label', find('[data-canvas]').dataset.label);

  await draw(first);
  if (keeper.isDirty()) keeper.save();
  finder.ask(0);
  showUndo();
  root.dataset.ready = 'yes';

  /** Put another content in place of what is drawn. */
  async function show(content) {
    await draw(content);
    keeper.drawn();
    finder.ask(0);
  }

  async function draw(content) {
    raw = content;
    try {
      await modeler.importXML(content);
      drawable = true;
      fit();
    } catch {
      drawable = false;
      keeper.tell(words.unread);
    }
  }

  /** Show the whole, beside the palette and not below it. */
  function fit() {
    const canvas = modeler.get('canvas');
    canvas.zoom('fit-viewport');
    const { inner, outer } = canvas.viewbox();
    if (outer.width < NARROW) {
      const start = modeler.get('elementRegistry').filter((one) => one.type === 'bpmn:StartEvent').sort((a, b) => a.x - b.x)[0];
      canvas.zoom(0.6);
      if (start) canvas.scrollToElement(start, { top: 60, right: 60, bottom: 60, left: 150 });
      return;
    }
    const left = (find('.djs-palette')?.offsetWidth || 0) + 40;
    const scale = Math.min(1, (outer.width - left - 24) / inner.width, (outer.height - 60) / inner.height);
    canvas.viewbox({
      x: inner.x - left / scale, y: inner.y - (outer.height / scale - inner.height) / 2, width: outer.width / scale, height: outer.height / scale,
    });
  }

  /** What is drawn, as a file. One that cannot be drawn stays as it is, and so does one that was only looked at. */
  async function xml() {
    if (!drawable || !modeler.get('commandStack').canUndo()) return raw;
    return (await modeler.saveXML({ format: true })).xml;
  }

  function title() {
    const definitions = modeler.getDefinitions();
    const process = definitions?.rootElements.find((one) => one.$type === 'bpmn:Process');
    return process?.name || find('[data-title]').dataset.title;
  }

  async function post(address, content) {
    const sent = await fetch(address, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': root.dataset.csrf },
      body: JSON.stringify(content),
    });
    const body = await sent.json().catch(() => ({}));
    if (!sent.ok) throw new Refusal(sent.status, body.error);
    return body;
  }

  /** After signing in again: take the new token from the page as it would be shown now. Return whether there is one. */
  async function renew() {
    const shown = await fetch(location.href, { credentials: 'same-origin' });
    const fresh = new DOMParser().parseFromString(await shown.text(), 'text/html').querySelector('[data-modeler]');
    if (!fresh) return false;
    root.dataset.csrf = fresh.dataset.csrf;
    return true;
  }

  function center(ids) {
    const element = modeler.get('elementRegistry').get(ids[0]);
    const canvas = modeler.get('canvas');
    if (!element) return;
    const home = canvas.findRoot(element);
    if (home && home !== canvas.getRootElement()) canvas.setRootElement(home);
    canvas.scrollToElement(element, { top: 100, right: 160, bottom: 100, left: 160 });
  }

  function hear(told, why = words.checkFailed) {
    answer = told;
    if (told) referring.show(told.references);
    const count = told?.count.error;
    buttons.deploy.disabled = !told || told.is_refused;
    const unchanged = told && !told.changes.length;
    find('[data-reason]').textContent = !told ? why : told.is_refused ? words.refused.replace('%s', count) : unchanged ? words.unchanged : words.allowed;
  }

  function showUndo() {
    const stack = modeler.get('commandStack');
    buttons.undo.disabled = !stack.canUndo();
    buttons.redo.disabled = !stack.canRedo();
  }

  /** Show what deploying would do, and ask for the note. */
  function ask() {
    const changes = find('[data-changes]');
    const lines = answer.changes.length ? [paragraph(words.willChange), list(answer.changes.map(({ key, name }) => `${name} (${key})`))] : [paragraph(words.noChange)];
    if (answer.differences.length) {
      const told = answer.more ? [...answer.differences, words.more.replace('%s', answer.more)] : answer.differences;
      lines.push(paragraph(words.differences), list(told));
    }
    if (answer.count.warning) lines.push(paragraph(words.warnings.replace('%s', answer.count.warning)));
    changes.replaceChildren(...lines);
    find('[data-deploy-error]').hidden = true;
    buttons['deploy-now'].textContent = words.deploy;
    find('[data-dialog]').showModal();
  }

  async function deploy() {
    const problem = find('[data-deploy-error]');
    const button = buttons['deploy-now'];
    button.disabled = true;
    try {
      if (!(await keeper.save())) {
        find('[data-dialog]').close();
        return;
      }
      const { url } = await post(root.dataset.deployUrl, { revision: keeper.revision(), note: find('[data-note]').value, replaces });
      location.assign(url);
    } catch (error) {
      problem.textContent = `${words.deployFailed}${error.message}`;
      problem.hidden = false;
      if (error.code === 'draft-outdated') {
        replaces = error.newest;
        button.textContent = words.deployAnyway;
      } else if (error.findings) finder.ask(0);
    } finally {
      button.disabled = false;
    }
  }
}

function paragraph(text) {
  const element = document.createElement('p');
  element.textContent = text;
  return element;
}

function list(texts) {
  const element = document.createElement('ul');
  element.append(...texts.map((text) => {
    const item = document.createElement('li');
    item.textContent = text;
    return item;
  }));
  return element;
}

/** Give a file to whoever sits here. */
function give(content, name, type) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const root = document.querySelector('[data-modeler]');
if (root) {
  begin(root).catch((error) => {
    console.error(error);
    root.dataset.ready = 'failed';
  });
  Object.defineProperty(root, 'untranslated', { get: () => [...missing] });
}
