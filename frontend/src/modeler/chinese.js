// The drawing tool in Chinese. Words that are not here stay English; tests/browser/test_modeler.py looks for them.
import { WORDS } from './words.js';

const lower = Object.fromEntries(Object.entries(WORDS).map(([text, chinese]) => [text.toLowerCase(), chinese]));
/** What was asked for and is not here. */
export const missing = new Set();

function translate(template, replacements = {}) {
  const found = WORDS[template] ?? lower[template.toLowerCase()];
  if (found === undefined && /[a-z]{2}/i.test(template)) missing.add(template);
  return (found ?? template).replace(/{([^}]+)}/g, (_, name) => replacements[name] ?? `{${name}}`);
}

export const chinese = { translate: ['value', translate] };

// Parts of the panel never ask for a translation. What they write is put right as it appears.
const COUNT = /^List contains (\d+) items?$/;
const WRITTEN = new Set(['<empty>', 'Opened in editor', 'JSON contains errors', 'Unparsable FEEL expression.', 'Create']);

/** Keep the tips and the fixed words of `panel` in Chinese. */
export function speakChinese(panel) {
  const look = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      if (WRITTEN.has(node.data)) node.data = translate(node.data);
      return;
    }
    for (const one of [node, ...node.querySelectorAll('[title]')]) tip(one);
    const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) if (WRITTEN.has(texts.currentNode.data)) look(texts.currentNode);
  };
  const watch = { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['title'] };
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === 'childList') for (const node of change.addedNodes) if (node.nodeType !== Node.COMMENT_NODE) look(node);
      if (change.type === 'characterData') look(change.target);
      if (change.type === 'attributes') tip(change.target);
    }
  }).observe(panel, watch);
}

function tip(element) {
  const said = element.getAttribute('title');
  if (!said || !/[a-z]{2}/i.test(said) || /[\u4e00-\u9fff]/.test(said)) return;
  const count = COUNT.exec(said);
  const found = count ? `共 ${count[1]} 项` : translate(said);
  if (found !== said) element.setAttribute('title', found);
}
