// Findings while somebody draws: asks the house a moment after each change, shows them on the diagram and in the list.
const PAUSE = 400;
const RETRY = 5000;
const SEVERITIES = ['error', 'warning', 'hint'];
const BADGES = { error: 'badge-danger', warning: 'badge-warning', hint: 'badge-accent' };

/**
 * Return {ask(), show(findings), references}. `page.post(url, json)` asks the house; `page.player` plays runs;
 * `told(answer)` hears every answer, and undefined when the house could not be asked.
 */
export function live(root, modeler, words, page, told) {
  const list = root.querySelector('ul[data-findings]');
  const template = root.querySelector('template[data-finding]');
  const status = root.querySelector('[data-checking]');
  const filters = [...root.querySelectorAll('[data-filter]')];
  let timer;
  let asked = 0;
  let checked;
  let findings = [];

  filters.forEach((button) => {
    button.addEventListener('click', () => {
      button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'));
      draw();
    });
  });
  modeler.get('eventBus').on('commandStack.changed', () => {
    page.player.close();
    ask();
  });
  modeler.get('eventBus').on('selection.changed', ({ newSelection }) => {
    const ids = newSelection.map((element) => element.labelTarget?.id || element.id);
    list.querySelectorAll('.finding').forEach((item) => item.classList.toggle('is-chosen', ids.includes(item.dataset.element)));
  });

  return { ask, show };

  /** Ask soon: what is typed in a hurry is asked once. */
  function ask(after = PAUSE) {
    clearTimeout(timer);
    timer = setTimeout(look, after);
  }

  async function look() {
    const xml = await page.xml();
    if (xml === undefined || xml === checked) return;
    asked += 1;
    const mine = asked;
    status.textContent = words.checking;
    try {
      const answer = await page.post(root.dataset.checkUrl, { file: root.dataset.file, xml });
      if (mine !== asked) return; // somebody went on drawing: a newer question is on its way
      checked = xml;
      show(answer.findings, answer.count);
      told(answer);
    } catch (error) {
      if (mine !== asked) return;
      if (error.status === 422) { // not a matter of waiting: what was said of an earlier content is not of this one
        show([], { error: '–', warning: '–', hint: '–' });
        status.classList.remove('all-well');
      }
      status.textContent = error.message || words.checkFailed;
      told(undefined, error.status === 422 ? error.message : undefined);
      if (!error.status || error.status === 429 || error.status >= 500) ask(RETRY);
    }
  }

  function show(found, count = tally(found)) {
    findings = found;
    for (const severity of SEVERITIES) {
      root.querySelector(`[data-count=${severity}]`).textContent = count[severity];
      root.querySelector(`[data-filter=${severity}]`).toggleAttribute('data-some', count[severity] > 0);
    }
    draw();
  }

  function draw() {
    const shown = filters.filter((one) => one.getAttribute('aria-pressed') === 'true').map((one) => one.dataset.filter);
    const chosen = findings.filter((one) => shown.includes(one.severity));
    status.textContent = chosen.length ? '' : findings.length ? words.noneShown : words.noFindings;
    status.classList.toggle('all-well', !findings.length);
    const focused = document.activeElement?.closest?.('.finding')?.dataset.key;
    list.replaceChildren(...chosen.map(item));
    if (focused) [...list.children].find((one) => one.dataset.key === focused)?.querySelector('[data-choose]').focus();
    mark(chosen);
  }

  function item(finding) {
    const element = template.content.firstElementChild.cloneNode(true);
    const part = (name) => element.querySelector(`[data-${name}]`);
    Object.assign(element.dataset, {
      severity: finding.severity,
      element: finding.element,
      key: `${finding.code} ${finding.element} ${finding.message}`,
    });
    part('severity-word').textContent = words[finding.severity];
    part('severity-word').classList.add(BADGES[finding.severity]);
    const isHere = finding.file === root.dataset.file;
    part('place').textContent = isHere ? finding.name || finding.element : words.elsewhere.replace('%s', finding.file);
    part('choose').textContent = finding.message;
    part('advice').textContent = finding.advice && `${words.advice}${finding.advice}`;
    part('code').textContent = finding.code;
    const help = part('help');
    if (finding.help) Object.assign(help, { href: finding.help, textContent: words.help });
    else help.remove();
    part('choose').addEventListener('click', () => {
      choose(finding);
      if (finding.run.length && isHere) page.player.open(run(finding, part('choose')));
      else page.player.close();
    });
    const play = part('play');
    if (finding.run.length && isHere) {
      play.hidden = false;
      play.textContent = words.play;
      play.addEventListener('click', () => {
        modeler.get('selection').select([]); // what stands around a chosen element would hide the tokens
        element.classList.add('is-chosen');
        page.player.open(run(finding, play), { play: true });
      });
    }
    return element;
  }

  function run(finding, opener) {
    return { steps: finding.run, end: finding.end, opener };
  }

  function choose(finding) {
    const element = finding.file === root.dataset.file && modeler.get('elementRegistry').get(finding.element);
    if (!element) return;
    modeler.get('selection').select(element);
    page.sight.center([element.id]);
  }

  /** Mark the elements of the findings that are shown. */
  function mark(chosen) {
    const [canvas, overlays, registry] = ['canvas', 'overlays', 'elementRegistry'].map((name) => modeler.get(name));
    overlays.remove({ type: 'findings' });
    registry.forEach((element) => SEVERITIES.forEach((one) => canvas.hasMarker(element, `has-${one}`) && canvas.removeMarker(element, `has-${one}`)));
    const byElement = new Map();
    for (const finding of chosen) {
      if (finding.file !== root.dataset.file || !registry.get(finding.element)) continue;
      byElement.set(finding.element, [...(byElement.get(finding.element) || []), finding]);
    }
    for (const [id, found] of byElement) {
      const element = registry.get(id);
      if (!element.parent) continue; // the diagram itself
      const worst = SEVERITIES.find((severity) => found.some((one) => one.severity === severity));
      canvas.addMarker(element, `has-${worst}`);
      const html = document.createElement('button');
      html.type = 'button';
      html.className = `mark mark-finding is-${worst}`;
      html.textContent = found.length;
      html.title = found.map((one) => one.message).join('\n');
      html.setAttribute('aria-label', `${words.finding} ${found.length}: ${found[0].message}`);
      html.addEventListener('click', () => {
        choose(found[0]);
        list.querySelector(`[data-element="${CSS.escape(id)}"]`)?.scrollIntoView({ block: 'nearest' });
      });
      overlays.add(id, 'findings', { position: place(element), html });
    }
  }
}

function tally(findings) {
  return Object.fromEntries(SEVERITIES.map((severity) => [severity, findings.filter((one) => one.severity === severity).length]));
}

function place(element) {
  if (!element.waypoints) return { top: -12, left: -12 }; // the right side is the context pad's
  const middle = Math.floor((element.waypoints.length - 1) / 2);
  const [from, to] = [element.waypoints[middle], element.waypoints[middle + 1]];
  const left = Math.min(...element.waypoints.map((point) => point.x));
  const top = Math.min(...element.waypoints.map((point) => point.y));
  return { left: (from.x + to.x) / 2 - left - 12, top: (from.y + to.y) / 2 - top - 12 };
}
