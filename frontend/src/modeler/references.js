// What the chosen element refers to: its form, decision or called process, with where to look at it and a list to choose from.
const KINDS = {
  'bpmn:UserTask': 'form',
  'bpmn:StartEvent': 'form',
  'bpmn:BusinessRuleTask': 'decision',
  'bpmn:CallActivity': 'process',
};
const EXTENSIONS = {
  form: ['zeebe:FormDefinition', 'formId'],
  decision: ['zeebe:CalledDecision', 'decisionId'],
  process: ['zeebe:CalledElement', 'processId'],
};

/** Return {show(references)}: the house's answer, {element: [{kind, id, name, url, fields}]}. */
export function references(root, modeler, words, known) {
  const place = root.querySelector('[data-references]');
  const isZeebe = modeler.get('blockKnown').isZeebe;
  let named = {};

  modeler.get('eventBus').on(['selection.changed', 'elements.changed'], () => draw());
  draw();
  return {
    show(answer) {
      named = answer;
      draw();
    },
  };

  function draw() {
    const chosen = modeler.get('selection').get();
    const element = chosen.length === 1 ? chosen[0].labelTarget || chosen[0] : undefined;
    if (place.contains(document.activeElement) && place.dataset.element === element?.id) return; // somebody is choosing
    place.dataset.element = element?.id || '';
    const parts = element ? [...(named[element.id] || []).map(told), ...choice(element)] : [];
    place.replaceChildren(...(parts.length ? parts : [line(element ? words.noneHere : words.noReferences, 'hint')]));
  }

  function told({ kind, id, name, url, fields }) {
    const box = document.createElement('div');
    const head = line(`${words[kind]} `);
    const link = document.createElement(url ? 'a' : 'span');
    link.textContent = name === id ? id : `${name}（${id}）`;
    if (url) Object.assign(link, { href: url, target: '_blank', rel: 'noopener' });
    head.append(link);
    if (!url) head.append(` · ${words.notDeployed}`);
    box.append(head);
    if (fields.length) box.append(line(`${words.asks}${fields.join('、')}`, 'row-sub'));
    return box;
  }

  /** A list of everything deployed that the element could refer to. */
  function choice(element) {
    const kind = KINDS[element.type];
    if (!kind || !isZeebe || (kind === 'form' && element.businessObject.eventDefinitions?.length)) return [];
    const [type, property] = EXTENSIONS[kind];
    const extension = element.businessObject.extensionElements?.values.find((one) => one.$type === type);
    const select = document.createElement('select');
    select.id = 'modeler-reference';
    const label = document.createElement('label');
    label.htmlFor = select.id;
    label.textContent = extension?.get(property) ? words.another : words[kind];
    const present = extension?.get(property) || '';
    const ids = known[kind].some((one) => one.id === present) ? known[kind] : [{ id: present, name: present }, ...known[kind]];
    select.append(new Option('—', ''), ...ids.filter((one) => one.id).map((one) => new Option(one.name === one.id ? one.id : `${one.name}（${one.id}）`, one.id)));
    select.value = present;
    select.addEventListener('change', () => {
      const blocks = modeler.get('blocks');
      if (extension) modeler.get('modeling').updateModdleProperties(element, extension, { [property]: select.value });
      else blocks.addExtension(element, blocks.extension(type, { [property]: select.value }));
    });
    const box = document.createElement('div');
    box.className = 'field';
    box.append(label, select);
    return [box];
  }

  function line(text, name = '') {
    const element = document.createElement('p');
    element.textContent = text;
    element.className = name;
    return element;
  }
}
