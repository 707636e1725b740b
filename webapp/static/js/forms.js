// A form of a plan while it is filled in: asks the server which fields apply now. Without it all are shown, and the
// server judges by itself what applies.
const WAIT = 250;

for (const form of document.querySelectorAll("form[data-look]")) {
  let timer = 0;
  let asked = 0;
  const leaving = new AbortController();

  const apply = (answer) => {
    const hidden = new Set(answer.hidden);
    for (const field of form.querySelectorAll("[data-conditional]")) show(field, !hidden.has(field.dataset.path));
    for (const [path, words] of Object.entries(answer.values)) {
      for (const place of form.querySelectorAll("[data-path]")) {
        if (place.dataset.path !== path) continue;
        const output = place.matches("[data-words]") ? place : place.querySelector("[data-words]");
        if (output && output.textContent !== words) output.textContent = words;
      }
    }
  };

  const ask = async () => {
    const number = ++asked;
    form.setAttribute("aria-busy", "true");
    const answer = await fetch(form.dataset.look, {
      method: "POST",
      body: answers(form),
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      signal: leaving.signal,
    })
      .then((response) => (response.ok ? response.json() : null))
      .catch(() => null);
    if (number !== asked) return;
    if (answer) apply(answer);
    form.removeAttribute("aria-busy");
  };

  // Sent is sent: a question after it would only be told that the task is closed.
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    leaving.abort();
  });

  const isAlive = form.querySelector("[data-conditional], output[data-words]") !== null;
  for (const field of form.querySelectorAll("[data-conditional]")) show(field, !field.hasAttribute("data-hidden"));
  if (!isAlive) continue;
  form.addEventListener("change", ask);
  form.addEventListener("input", () => {
    clearTimeout(timer);
    form.setAttribute("aria-busy", "true");
    timer = setTimeout(ask, WAIT);
  });
}

// The answers without files: those are sent by themselves.
function answers(form) {
  const fields = new FormData(form);
  for (const input of form.querySelectorAll('input[type="file"]')) {
    const ids = fields.getAll(input.name).filter((value) => typeof value === "string");
    if (!input.name) continue;
    fields.delete(input.name);
    for (const id of ids) fields.append(input.name, id);
  }
  return fields;
}

// What is hidden keeps its words for when it comes back, but is not sent.
function show(field, isShown) {
  field.toggleAttribute("data-hidden", !isShown);
  for (const control of field.querySelectorAll("input, select, textarea")) {
    if (isShown && control.dataset.off === "1") {
      control.disabled = false;
      delete control.dataset.off;
    } else if (!isShown && !control.disabled) {
      control.disabled = true;
      control.dataset.off = "1";
    }
  }
}
