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
