// The diagram island: draws the BPMN file of every [data-diagram] on the page, and what is known of it.
//
// <div data-diagram="address of the file"> or <div data-diagram><textarea hidden data-diagram-source>…
//   data-state    address of a case's state (tokens, done, …), see case.js
//   data-findings id of the list of findings about this file, see findings.js
//   data-refresh  seconds after which the state is read again
// Around it may stand buttons [data-do="zoom-in|zoom-out|fit|here|whole-screen"] in the same [data-diagram-frame].
import Viewer from 'bpmn-js/lib/Viewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './diagram.css';
import { showCase } from './case.js';
import { showFindings } from './findings.js';
import { navigate } from './navigation.js';

async function draw(root) {
  const viewer = new Viewer({ container: root });
  const source = root.querySelector('[data-diagram-source]');
  await viewer.importXML(source ? source.value : await read(root.dataset.diagram));
  const frame = root.closest('[data-diagram-frame]') || root.parentElement;
  const sight = navigate(viewer, root, frame);
  if (root.dataset.state) await showCase(viewer, root, sight);
  if (root.dataset.findings) showFindings(viewer, root, sight);
  sight.start();
  frame.classList.add('is-drawn');
  root.dataset.ready = 'yes';
}

async function read(address) {
  const response = await fetch(address, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.text();
}

/** Draw a diagram when it comes near the visible part of the page: a family may have a dozen. */
function mount(root) {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      draw(root).catch((error) => {
        console.warn(`The diagram could not be drawn: ${error.message}`);
        root.dataset.ready = 'failed';
        root.closest('[data-diagram-frame]')?.classList.add('is-undrawn');
      });
    },
    { rootMargin: '400px' },
  );
  observer.observe(root);
}

document.querySelectorAll('[data-diagram]').forEach(mount);
