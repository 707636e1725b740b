// A field for files, better with a script: each is sent when it is chosen, dropped or pasted, with progress, and stays
// with the form if the page is left. Without it the files go along with the form.
const token = () => document.querySelector('input[name="csrf_token"]').value;
const words = (text, name) => text.replace("%n", name);
const isTouch = matchMedia("(pointer: coarse)").matches;

for (const field of document.querySelectorAll("[data-files]")) enhance(field);

function enhance(field) {
  const form = field.closest("form");
  const input = field.querySelector('input[type="file"]');
  const list = field.querySelector("[data-list]");
  const progress = field.querySelector("[data-progress]");
  const say = JSON.parse(field.dataset.words);
  const most = Number(field.dataset.most);
  const places = Number(field.dataset.count);
  let sending = 0;
  let turn = Promise.resolve();

  offerButton();
  field.querySelector("[data-drop-hint]").textContent = isTouch ? "" : say.drop;
  if (isTouch && (!input.accept || input.accept.includes("image"))) offerCamera();

  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
  });
  input.addEventListener("input", (event) => event.stopPropagation()); // the form asks again when the file is there
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    event.preventDefault();
    remove(button.closest("[data-file]"));
  });

  for (const name of ["dragenter", "dragover"]) {
    field.addEventListener(name, (event) => {
      if (![...event.dataTransfer.types].includes("Files") || input.disabled) return;
      event.preventDefault();
      field.classList.add("is-over");
    });
  }
  for (const name of ["dragleave", "drop"]) field.addEventListener(name, () => field.classList.remove("is-over"));
  field.addEventListener("drop", (event) => {
    if (input.disabled) return;
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
  field.addEventListener("paste", (event) => {
    const pasted = [...(event.clipboardData?.files ?? [])];
    if (!pasted.length || input.disabled) return;
    event.preventDefault();
    take(pasted);
  });

  // What is not there yet would not be kept: the form waits for it.
  form.addEventListener(
    "submit",
    (event) => {
      if (!sending) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      tell(say.busy);
    },
    true,
  );

  function take(files) {
    for (const file of files) {
      if (file.size > most) tell(words(say.large, file.name), true);
      else turn = turn.then(() => send(file)); // one after the other: a phone's line is narrow
    }
  }

  async function send(file) {
    if (places && list.children.length >= places) {
      tell(say.many, true);
      return;
    }
    sending += 1;
    const line = document.createElement("p");
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    line.append(words(say.sending, file.name), " ", bar);
    progress.append(line);
    const { found, message } = await put(file, (part) => (bar.value = part));
    line.remove();
    sending -= 1;
    if (!found) {
      tell(message ?? words(say.failed, file.name), true);
      return;
    }
    if (!list.querySelector(`[data-file="${found.id}"]`)) list.append(entry(found));
    tell(words(say.sent, found.name));
    changed();
  }

  function put(file, report) {
    const query = new URLSearchParams({ field: field.dataset.field, name: file.name });
    const request = new XMLHttpRequest(); // fetch does not tell how much has gone
    request.open("POST", field.dataset.upload + (field.dataset.upload.includes("?") ? "&" : "?") + query);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => event.lengthComputable && report(event.loaded / event.total));
    return new Promise((resolve) => {
      request.addEventListener("load", () =>
        resolve(request.status === 201 ? { found: request.response } : { message: request.response?.error?.message }),
      );
      for (const name of ["error", "abort", "timeout"]) request.addEventListener(name, () => resolve({}));
      request.send(file);
    });
  }

  function entry(found) {
    const item = document.createElement("li");
    item.dataset.file = found.id;
    const held = document.createElement("input");
    Object.assign(held, { type: "hidden", name: field.dataset.field, value: found.id });
    const name = document.createElement("span");
    name.className = "file-name";
    name.textContent = found.name;
    const size = document.createElement("span");
    size.className = "row-sub";
    size.textContent = found.size;
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "button button-small" });
    button.dataset.remove = "";
    const hidden = document.createElement("span");
    hidden.className = "visually-hidden";
    hidden.textContent = ` ${found.name}`;
    button.append(say.remove, hidden);
    item.append(held, name, size, button);
    return item;
  }

  async function remove(item) {
    const [path, query] = field.dataset.upload.split("?");
    const target = `${path}/${item.dataset.file}/discard${query ? `?${query}` : ""}`;
    const headers = { Accept: "application/json", "X-CSRFToken": token() };
    const name = item.querySelector(".file-name").textContent.trim();
    const answer = await fetch(target, { method: "POST", headers, credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok) {
      const told = await answer?.json().catch(() => null);
      tell(told?.error?.message ?? words(say.failed, name), true);
      return;
    }
    item.remove();
    tell(words(say.removed, name));
    input.focus();
    changed();
  }

  // One line tells what happened last; a refusal stays until something is done about it.
  function tell(text, isBad = false) {
    const line = document.createElement("p");
    line.textContent = text;
    line.dataset.told = "";
    if (isBad) line.className = "field-error";
    for (const old of progress.querySelectorAll("[data-told]:not(.field-error)")) old.remove();
    if (!isBad) for (const old of progress.querySelectorAll(".field-error")) old.remove();
    progress.append(line);
  }

  function changed() {
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // The browser's own control speaks the browser's language and says that nothing is chosen when all is sent.
  function offerButton() {
    const button = document.createElement("label");
    Object.assign(button, { className: "button", htmlFor: input.id, textContent: say.add });
    input.classList.add("visually-hidden");
    input.after(button);
  }

  // A phone's own chooser offers the camera last, if at all: one button leads straight to it.
  function offerCamera() {
    const camera = document.createElement("input");
    Object.assign(camera, { type: "file", accept: "image/*", hidden: true });
    camera.setAttribute("capture", "environment");
    camera.addEventListener("change", () => {
      take([...camera.files]);
      camera.value = "";
    });
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "button", textContent: say.photo });
    button.addEventListener("click", () => camera.click());
    field.querySelector(".file-tools").append(button, camera);
  }
}
