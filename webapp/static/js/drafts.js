// Keeps what is filled in: a task's answers are saved as its draft while they are written, and a page with unsaved
// words asks before it is left. Without it "save draft" does the same by hand.
const WAIT = 4_000;

for (const form of document.querySelectorAll("form[data-unsaved]")) {
  const state = form.querySelector("[data-draft-state]");
  let isUnsaved = false;
  let isLeaving = false;
  let timer = 0;
  let saving = null;

  const save = async () => {
    clearTimeout(timer);
    if (!form.dataset.draft || isLeaving || saving || !isUnsaved) return;
    isUnsaved = false;
    saving = fetch(form.dataset.draft, {
      method: "POST",
      body: answers(form),
      headers: { Accept: "application/json" },
      credentials: "same-origin",
    })
      .then((response) => (response.ok ? response.json() : null))
      .catch(() => null);
    const kept = await saving;
    saving = null;
    if (kept) {
      form.elements._version.value = kept.version;
      state.textContent = kept.words;
      if (isUnsaved) wait();
    } else {
      isUnsaved = true;
      delete form.dataset.draft; // somebody else's turn, or signed out: the button tells why
      state.textContent = state.dataset.failed;
    }
  };

  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(save, WAIT);
  };

  form.addEventListener("input", () => {
    isUnsaved = true;
    wait();
  });
  form.addEventListener("change", (event) => {
    if (event.target.type === "file") return; // files are sent by themselves
    isUnsaved = true;
    save();
  });
  addEventListener("visibilitychange", () => document.hidden && save());

  // A draft on its way changes the version that the form is sent with: the form waits for it.
  form.addEventListener("submit", (event) => {
    if (saving && !event.defaultPrevented) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const button = event.submitter;
      saving.finally(() => setTimeout(() => form.requestSubmit(button)));
      return;
    }
    if (event.defaultPrevented) return;
    isLeaving = true;
    clearTimeout(timer);
  });
  addEventListener("pageshow", () => (isLeaving = false));
  addEventListener("beforeunload", (event) => {
    if (isUnsaved && !isLeaving) event.preventDefault();
  });
}

// The answers without files, which are sent by themselves; their ids stay.
function answers(form) {
  const fields = new FormData(form);
  for (const input of form.querySelectorAll('input[type="file"][name]')) {
    const ids = fields.getAll(input.name).filter((value) => typeof value === "string");
    fields.delete(input.name);
    for (const id of ids) fields.append(input.name, id);
  }
  return fields;
}
