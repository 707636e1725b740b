// Keeps what is drawn: on this machine at once, in the house a moment later. Nothing is lost when the browser or the
// session ends, and two windows do not write over each other.
const PAUSE = 2500;
const RETRY = 10_000;

/**
 * Return {save(), drawn(), restore(xml, revision), isDirty()}.
 * `page`: xml(), title(), post(url, json), renew() (a new CSRF token), load(xml).
 */
export function keeping(root, words, page) {
  const key = `banjie:draft:${root.dataset.me}:${root.dataset.draft}`;
  const state = root.querySelector('[data-state]');
  const notice = root.querySelector('[data-notice]');
  let revision = Number(root.dataset.revision);
  let timer;
  let saved; // what the house has
  let running; // the save on its way
  let isDirty = false;
  let isHeld = false; // a question must be answered first
  let stays = false; // what is told is not gone with the next save

  window.addEventListener('beforeunload', (event) => {
    if (!isDirty) return;
    event.preventDefault();
    event.returnValue = words.leave;
  });
  for (const happening of ['online', 'focus']) {
    window.addEventListener(happening, () => isDirty && !isHeld && save());
  }
  document.addEventListener('visibilitychange', () => document.hidden && isDirty && !isHeld && save());

  return { save, drawn, restore, tell, revision: () => revision, isDirty: () => isDirty };

  /** Something was drawn: keep it here, and save it soon. */
  async function drawn() {
    isDirty = true;
    state.textContent = words.dirty;
    const xml = await page.xml();
    if (xml !== undefined) keep(xml);
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  }

  function keep(xml) {
    try {
      localStorage.setItem(key, JSON.stringify({ xml, revision }));
    } catch {
      // The browser keeps nothing (private window, no room): the house still does.
    }
  }

  function forget() {
    try {
      localStorage.removeItem(key);
    } catch {
      // See keep.
    }
  }

  /** Save now; return whether the house has what is drawn. */
  async function save() {
    clearTimeout(timer);
    if (running) await running;
    if (isHeld) return false;
    running = send().finally(() => (running = undefined));
    return running;
  }

  async function send(isRenewed = false) {
    const xml = await page.xml();
    if (xml === undefined) return false;
    if (xml === saved) {
      settle(xml);
      return true;
    }
    state.textContent = words.saving;
    try {
      const answer = await page.post(root.dataset.saveUrl, { xml, revision, title: page.title() });
      revision = answer.revision;
      saved = xml;
      settle(await page.xml(), answer.saved_at);
      return true;
    } catch (error) {
      if (error.code === 'csrf' && !isRenewed && (await page.renew())) return send(true);
      failed(error);
      return false;
    }
  }

  function settle(now, at) {
    isDirty = now !== saved;
    if (isDirty) return void drawn();
    forget();
    hide();
    if (at) state.textContent = words.saved.replace('%s', at);
    else if (state.textContent === words.saving || state.textContent === words.dirty) state.textContent = '';
  }

  function failed(error) {
    state.textContent = words.dirty;
    if (error.code === 'draft-conflict') {
      ask(words.conflict, [
        [words.useTheirs, () => {
          isDirty = false;
          forget();
          location.reload();
        }],
        [words.useMine, () => {
          revision = error.revision;
          save();
        }],
      ]);
    } else if (error.status === 401) tell(words.ended, [[words.signIn, root.dataset.signInUrl]]);
    else if (!error.status) {
      tell(words.offline);
      timer = setTimeout(save, RETRY);
    } else tell(error.message);
  }

  /** Before anything is drawn: return what this machine kept of an earlier visit, or the house's own. */
  function restore(xml, present) {
    saved = xml;
    revision = present;
    let kept;
    try {
      kept = JSON.parse(localStorage.getItem(key));
    } catch {
      kept = undefined;
    }
    if (!kept?.xml || kept.xml === xml) return xml;
    isDirty = true;
    if (kept.revision === present) {
      tell(words.restored, [[words.dropRestored, () => {
        isDirty = false;
        forget();
        location.reload();
      }]]);
    } else failed({ code: 'draft-conflict', revision: present });
    return kept.xml;
  }

  function ask(text, acts) {
    isHeld = true;
    tell(text, acts.map(([label, act]) => [label, () => {
      isHeld = false;
      act();
    }]));
  }

  /** Tell something in the page's notice; `acts` are [label, function or address]. It `keeps` until the next one. */
  function tell(text, acts = [], keeps = false) {
    stays = keeps;
    notice.querySelector('[data-notice-text]').textContent = text;
    notice.querySelector('[data-notice-acts]').replaceChildren(...acts.map(([label, act]) => {
      const isLink = typeof act === 'string';
      const element = document.createElement(isLink ? 'a' : 'button');
      element.className = 'button button-small';
      element.textContent = label;
      if (isLink) Object.assign(element, { href: act, target: '_blank', rel: 'noopener' });
      else {
        element.type = 'button';
        element.addEventListener('click', () => {
          stays = false;
          hide();
          act();
        });
      }
      return element;
    }));
    notice.hidden = false;
  }

  function hide() {
    if (!isHeld && !stays) notice.hidden = true;
  }
}
