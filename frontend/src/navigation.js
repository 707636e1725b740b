// Moving about in a diagram: drag, pinch, keys, buttons. The page scrolls on as usual: a plain wheel stays the page's.
const STEP = 1.25;
const READABLE = 0.62;
const LARGEST = 4;
/** What stands beside an element is to be seen with it. */
const MARGIN = 36;

/** Let people move about. Returns the sight: {start(), center(ids), places}. `places`: what "here" shows. */
export function navigate(viewer, root, frame) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  const svg = root.querySelector('svg');
  const sight = { places: [], start, center };

  if (root.dataset.label) {
    svg.setAttribute('role', 'group');
    svg.setAttribute('aria-label', root.dataset.label);
  }
  root.querySelector('.bjs-powered-by')?.setAttribute('rel', 'noopener');

  const zoom = (factor, point) => {
    const scale = Math.min(LARGEST, Math.max(smallest(), canvas.zoom(false) * factor));
    canvas.zoom(scale, point);
  };
  const acts = {
    'zoom-in': () => zoom(STEP),
    'zoom-out': () => zoom(1 / STEP),
    fit: () => canvas.zoom('fit-viewport', 'auto'),
    here: () => {
      // One after the other, where they do not fit into one view.
      const [next, ...others] = sight.places;
      if (next === undefined) return;
      if (!center(sight.places)) {
        center([next]);
        sight.places = [...others, next];
      }
    },
    'whole-screen': () => (document.fullscreenElement ? document.exitFullscreen() : frame.requestFullscreen?.()),
  };
  frame.querySelectorAll('[data-do]').forEach((button) => {
    button.addEventListener('click', () => acts[button.dataset.do]?.());
  });
  document.addEventListener('fullscreenchange', () => requestAnimationFrame(() => {
    canvas.resized();
    acts.fit();
  }));

  let seen; // before printing, which shows the whole
  window.addEventListener('beforeprint', () => {
    seen = canvas.viewbox();
    acts.fit();
  });
  window.addEventListener('afterprint', () => seen && canvas.viewbox({ x: seen.x, y: seen.y, width: seen.width, height: seen.height }));

  svg.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const far = event.shiftKey ? 200 : 50;
    const moves = { ArrowLeft: [far, 0], ArrowRight: [-far, 0], ArrowUp: [0, far], ArrowDown: [0, -far] };
    const keys = { '+': 'zoom-in', '=': 'zoom-in', '-': 'zoom-out', 0: 'fit' };
    if (moves[event.key]) canvas.scroll({ dx: moves[event.key][0], dy: moves[event.key][1] });
    else if (keys[event.key]) acts[keys[event.key]]();
    else return;
    event.preventDefault();
  });
  svg.addEventListener('wheel', (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.1 : 1 / 1.1, within(event));
  }, { passive: false });
  drag();

  /** Show the whole when it is readable, else a readable part around what matters. */
  function start() {
    const box = canvas.viewbox().inner;
    const width = root.clientWidth;
    const scale = Math.min(1, (width - 24) / (box.width || 1));
    const shown = Math.max(scale, Math.min(READABLE, 1));
    const wanted = box.height * Math.min(shown, 1) + 56;
    root.style.height = `${Math.round(Math.min(Math.max(wanted, 240), Math.max(320, window.innerHeight * 0.72)))}px`;
    canvas.resized();
    canvas.zoom('fit-viewport', 'auto');
    if (canvas.zoom(false) < READABLE) {
      canvas.zoom(READABLE);
      center(sight.places.length ? sight.places : [first()]);
    }
  }

  /** Bring the elements into the middle; return whether all of them can be seen there, or the first only. */
  function center(ids) {
    const found = ids.map((id) => registry.get(id)).filter(Boolean);
    const around = (element) => {
      const box = bounds(element);
      return { left: box.left - MARGIN, top: box.top - MARGIN, right: box.right + MARGIN, bottom: box.bottom + MARGIN };
    };
    if (!found.length) return false;
    const home = canvas.findRoot(found[0]);
    if (home && home !== canvas.getRootElement()) canvas.setRootElement(home);
    const box = found.map(around).reduce((a, b) => ({
      left: Math.min(a.left, b.left), top: Math.min(a.top, b.top),
      right: Math.max(a.right, b.right), bottom: Math.max(a.bottom, b.bottom),
    }));
    const view = canvas.viewbox();
    const fits = box.right - box.left < view.width && box.bottom - box.top < view.height;
    const target = fits ? box : around(found[0]);
    const all = view.inner;
    const place = (low, high, size, start, length) => {
      const middle = (low + high) / 2 - size / 2;
      return size >= length ? start - (size - length) / 2 : Math.min(Math.max(middle, start - 20), start + length + 20 - size);
    };
    canvas.viewbox({
      x: place(target.left, target.right, view.width, all.x, all.width),
      y: place(target.top, target.bottom, view.height, all.y, all.height),
      width: view.width,
      height: view.height,
    });
    return fits;
  }

  function first() {
    const starts = registry.filter((element) => element.type === 'bpmn:StartEvent');
    return starts.sort((a, b) => a.x - b.x)[0]?.id;
  }

  function smallest() {
    const { inner, outer } = canvas.viewbox();
    return Math.min(0.2, outer.width / (inner.width || 1), outer.height / (inner.height || 1));
  }

  function within(event) {
    const box = svg.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /** One pointer moves the diagram, two zoom it. A finger that moves up or down scrolls the page (touch-action). */
  function drag() {
    const pointers = new Map();
    let moved = 0;
    svg.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      moved = 0;
    });
    window.addEventListener('pointermove', (event) => {
      const last = pointers.get(event.pointerId);
      if (!last) return;
      const now = { x: event.clientX, y: event.clientY };
      moved += Math.abs(now.x - last.x) + Math.abs(now.y - last.y);
      if (pointers.size === 1 && moved > 6) {
        canvas.scroll({ dx: now.x - last.x, dy: now.y - last.y });
        root.classList.add('is-dragged');
      } else if (pointers.size === 2) {
        const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
        const before = Math.hypot(last.x - other.x, last.y - other.y);
        const after = Math.hypot(now.x - other.x, now.y - other.y);
        if (before > 0) zoom(after / before, within({ clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 }));
      }
      pointers.set(event.pointerId, now);
    });
    const end = (event) => {
      pointers.delete(event.pointerId);
      root.classList.remove('is-dragged');
    };
    window.addEventListener('pointerup', end);
    window.addEventListener('pointercancel', end);
    svg.addEventListener('click', (event) => {
      if (moved > 6) event.stopPropagation(); // a drag is no choice of an element
    }, true);
  }

  return sight;
}

function bounds(element) {
  if (!element.waypoints) {
    return { left: element.x, top: element.y, right: element.x + element.width, bottom: element.y + element.height };
  }
  const xs = element.waypoints.map((point) => point.x);
  const ys = element.waypoints.map((point) => point.y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}
