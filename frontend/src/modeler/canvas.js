// The drawing tool, put together for the dialect of a file: Camunda 8 (zeebe:), as the house's plans are, or Camunda 7.
import Modeler from 'bpmn-js/lib/Modeler';
import {
  BpmnPropertiesPanelModule,
  BpmnPropertiesProviderModule,
  CamundaPlatformPropertiesProviderModule,
  ZeebePropertiesProviderModule,
} from 'bpmn-js-properties-panel';
import camunda7Behaviors from 'camunda-bpmn-js-behaviors/lib/camunda-platform';
import camunda8Behaviors from 'camunda-bpmn-js-behaviors/lib/camunda-cloud';
import camundaModdle from 'camunda-bpmn-moddle/resources/camunda.json';
import zeebeModdle from 'zeebe-bpmn-moddle/resources/zeebe.json';
import minimapModule from 'diagram-js-minimap';
import { blocksModule } from './blocks.js';
import { chinese, speakChinese } from './chinese.js';

const CAMUNDA_7 = 'http://camunda.org/schema/1.0/bpmn';
const DIALECTS = {
  zeebe: { modules: [ZeebePropertiesProviderModule, camunda8Behaviors], extensions: { zeebe: zeebeModdle } },
  camunda: { modules: [CamundaPlatformPropertiesProviderModule, camunda7Behaviors], extensions: { camunda: camundaModdle } },
};

/** Return the dialect that a file is written in. */
export function dialectOf(xml) {
  return xml.includes(CAMUNDA_7) ? 'camunda' : 'zeebe';
}

/** Return a modeler in `container` with its panel in `panel`. `words` are those of the building blocks. */
export function create(dialect, { container, panel, language, words, known }) {
  const { modules, extensions } = DIALECTS[dialect];
  const own = { blockWords: ['value', words], blockKnown: ['value', { ...known, isZeebe: dialect === 'zeebe' }] };
  if (language === 'zh') speakChinese(panel);
  const modeler = new Modeler({
    container,
    propertiesPanel: { parent: panel },
    additionalModules: [
      BpmnPropertiesPanelModule,
      BpmnPropertiesProviderModule,
      ...modules,
      minimapModule,
      blocksModule,
      own,
      ...(language === 'zh' ? [chinese] : []),
    ],
    moddleExtensions: extensions,
  });
  keepUnchangedLabels(modeler.get('labelEditingProvider'));
  return modeler;
}

/** A label that was opened and left as it was is no change: the tool takes a box half a pixel wider for one. */
function keepUnchangedLabels(provider) {
  const update = provider.update.bind(provider);
  provider.update = (element, text, before, bounds) => {
    if (text !== before || element.type === 'bpmn:TextAnnotation') update(element, text, before, bounds);
  };
}
