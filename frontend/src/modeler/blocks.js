// Building blocks of complaint plans: in the palette to put down, at a step to add to it. One undo takes one back.
const GAP = 50;

/** What a deadline is: how long, and how the step shows when it is due. */
const DEADLINES = {
  deadline24: { name: 'within24', timer: ['timeDuration', 'PT24H'], due: '=now() + duration("PT24H")' },
  deadline5: { name: 'within5', timer: ['timeDate', '=working days after(now(), 5)'], due: '=working days after(now(), 5)' },
};

class Blocks {
  constructor(injector) {
    this.get = (name) => injector.get(name);
    this.words = injector.get('blockWords');
    this.known = injector.get('blockKnown');
    injector.get('commandStack').registerHandler('block.add', AddBlock);
    injector.get('palette').registerProvider(500, this);
    injector.get('contextPad').registerProvider(500, this);
  }

  getPaletteEntries() {
    const entry = (name, look, make) => {
      const start = (event) => this.get('create').start(event, make());
      return { [`block.${name}`]: { group: 'blocks', className: look, title: this.words[name], action: { dragstart: start, click: start } } };
    };
    return {
      'block.line': { group: 'blocks', separator: true },
      ...entry('task', 'bpmn-icon-user-task', () => [this.task(this.words.taskName)]),
      ...entry('approval', 'bpmn-icon-gateway-xor', () => this.approval()),
      ...entry('visit', 'bpmn-icon-call-activity', () => [this.visit()]),
    };
  }

  getContextPadEntries(element) {
    if (!isActivity(element)) return {};
    const entry = (name, look) => ({
      [`block.${name}`]: {
        group: 'blocks',
        className: look,
        title: this.words[name],
        action: { click: () => this.addDeadline(element, name) },
      },
    });
    return { ...entry('deadline24', 'bpmn-icon-intermediate-event-catch-non-interrupting-timer'), ...entry('deadline5', 'bpmn-icon-start-event-timer') };
  }

  /** Add a deadline to a step: when it passes, somebody supervises; the step goes on. */
  addDeadline(element, name) {
    let boundary;
    this.get('commandStack').execute('block.add', { act: () => (boundary = this.makeDeadline(element, DEADLINES[name])) });
    this.get('selection').select(boundary);
  }

  makeDeadline(element, deadline) {
    const modeling = this.get('modeling');
    const shape = this.event('bpmn:BoundaryEvent', this.words[deadline.name], 'bpmn:TimerEventDefinition', { cancelActivity: false });
    const definition = shape.businessObject.eventDefinitions[0];
    const [property, text] = deadline.timer;
    const expression = this.get('bpmnFactory').create('bpmn:FormalExpression', { body: text });
    expression.$parent = definition;
    definition[property] = expression;
    const taken = element.attachers.filter((one) => one.y > element.y + element.height / 2).length;
    const at = { x: element.x + Math.max(18, element.width - 22 - taken * 44), y: element.y + element.height };
    const boundary = modeling.createShape(shape, at, element, { attach: true });
    const supervise = this.task(`${this.words.supervise}：${element.businessObject.name || ''}`.replace(/：$/, ''));
    this.setForm(supervise, this.formNamed('supervise'));
    const placed = this.get('autoPlace').append(boundary, supervise, { connectionTarget: undefined });
    this.get('autoPlace').append(placed, this.event('bpmn:EndEvent', this.words.supervised));
    if (this.known.isZeebe && element.type === 'bpmn:UserTask') {
      const schedule = this.extension('zeebe:TaskSchedule', { dueDate: deadline.due });
      this.addExtension(element, schedule);
    }
    return boundary;
  }

  /** A step, its approval, and the way back when it is returned. */
  approval() {
    const { words } = this;
    const factory = this.get('elementFactory');
    const work = this.task(words.taskName);
    const approve = this.task(words.approve);
    const gateway = factory.createShape({ type: 'bpmn:ExclusiveGateway' });
    gateway.businessObject.name = words.isApproved;
    const approved = this.event('bpmn:IntermediateThrowEvent', words.approved);
    const middle = 100;
    let x = 0;
    for (const shape of [work, approve, gateway, approved]) {
      Object.assign(shape, { x, y: middle - shape.height / 2 });
      x += shape.width + GAP;
    }
    const flow = (source, target, waypoints, name = '') => {
      const connection = factory.createConnection({ type: 'bpmn:SequenceFlow', source, target, waypoints });
      if (name) connection.businessObject.name = name;
      return connection;
    };
    const ahead = (from, to) => [{ x: from.x + from.width, y: middle }, { x: to.x, y: middle }];
    const yes = flow(gateway, approved, ahead(gateway, approved), words.approved);
    yes.businessObject.conditionExpression = this.get('bpmnFactory').create('bpmn:FormalExpression', { body: '=is_approved = "yes"' });
    yes.businessObject.conditionExpression.$parent = yes.businessObject;
    const top = 20;
    const over = gateway.x + gateway.width / 2;
    const back = flow(gateway, work, [
      { x: over, y: middle - gateway.height / 2 }, { x: over, y: top }, { x: work.width / 2, y: top }, { x: work.width / 2, y: work.y },
    ], words.returned);
    gateway.businessObject.default = back.businessObject;
    return [work, approve, gateway, approved, flow(work, approve, ahead(work, approve)), flow(approve, gateway, ahead(approve, gateway)), yes, back];
  }

  /** The visit after a case is closed: a called process. */
  visit() {
    const shape = this.get('elementFactory').createShape({ type: 'bpmn:CallActivity' });
    shape.businessObject.name = this.words.visitName;
    if (this.known.isZeebe) {
      const output = (name) => this.extension('zeebe:Output', { source: `=${name}`, target: name });
      const mapping = this.extension('zeebe:IoMapping', {
        inputParameters: [this.extension('zeebe:Input', { source: '=3', target: 'visit_after_days' })],
        outputParameters: [output('satisfaction'), output('must_reopen')],
      });
      [...mapping.inputParameters, ...mapping.outputParameters].forEach((one) => (one.$parent = mapping));
      this.putExtension(shape.businessObject, this.extension('zeebe:CalledElement', { processId: 'follow_up_visit', propagateAllChildVariables: false }));
      this.putExtension(shape.businessObject, mapping);
    } else shape.businessObject.calledElement = 'follow_up_visit';
    return shape;
  }

  task(name) {
    const shape = this.get('elementFactory').createShape({ type: 'bpmn:UserTask' });
    shape.businessObject.name = name;
    if (this.known.isZeebe) this.putExtension(shape.businessObject, this.extension('zeebe:UserTask', {}));
    return shape;
  }

  event(type, name, eventDefinitionType, more = {}) {
    const shape = this.get('elementFactory').createShape({ type, ...(eventDefinitionType ? { eventDefinitionType } : {}), ...more });
    shape.businessObject.name = name;
    return shape;
  }

  /** The plan's own form of this purpose, where there is one: <plan>_<purpose>. */
  formNamed(purpose) {
    const root = this.get('canvas').getRootElement().businessObject;
    const plan = root.participants?.find((one) => one.processRef)?.processRef.id || root.id;
    return this.known.form.find((one) => one.id === `${plan}_${purpose}`)?.id;
  }

  setForm(shape, id) {
    if (!id) return;
    if (this.known.isZeebe) this.putExtension(shape.businessObject, this.extension('zeebe:FormDefinition', { formId: id }));
    else shape.businessObject.set('camunda:formRef', id);
  }

  extension(type, properties) {
    return this.get('moddle').create(type, properties);
  }

  /** Put an extension into an element that is not drawn yet. */
  putExtension(owner, extension) {
    const elements = owner.extensionElements || this.get('bpmnFactory').create('bpmn:ExtensionElements', { values: [] });
    elements.$parent = owner;
    extension.$parent = elements;
    elements.values = [...elements.values.filter((one) => one.$type !== extension.$type), extension];
    owner.extensionElements = elements;
  }

  /** Put an extension into an element that is drawn, so that it can be undone. Takes the place of one of its kind. */
  addExtension(element, extension) {
    const modeling = this.get('modeling');
    const owner = element.businessObject;
    let elements = owner.extensionElements;
    if (!elements) {
      elements = this.get('bpmnFactory').create('bpmn:ExtensionElements', { values: [] });
      elements.$parent = owner;
      modeling.updateModdleProperties(element, owner, { extensionElements: elements });
    }
    extension.$parent = elements;
    const values = [...elements.values.filter((one) => one.$type !== extension.$type), extension];
    modeling.updateModdleProperties(element, elements, { values });
  }
}

/** Wraps several changes into one, which one undo takes back. */
class AddBlock {
  preExecute(context) {
    context.act();
  }
}

function isActivity(element) {
  return !element.waypoints && !element.labelTarget && /Task$|SubProcess$|CallActivity$|Transaction$/.test(element.type || '');
}

Blocks.$inject = ['injector'];
export const blocksModule = { __init__: ['blocks'], blocks: ['type', Blocks] };
