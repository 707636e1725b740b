// Small helps of every page: focus on the error summary, one submit a form, deadlines that count. All works without it.
import { countDown } from "./deadlines.js";

document.querySelector("[data-focus]")?.focus();

// A second click on a submit button does nothing until the answer is there (the server refuses the second anyway).
// A form that is busy for another reason, such as asking which fields apply, is sent all the same.
const sent = new WeakSet();
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  form.setAttribute("aria-busy", "true");
});
// Coming back by the browser's Back button must not find a locked form.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-once]")) {
    sent.delete(form);
    form.removeAttribute("aria-busy");
  }
});

// A menu closes on Escape and when the focus or a click goes elsewhere.
for (const menu of document.querySelectorAll("details.menu")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
}

countDown(document);

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
