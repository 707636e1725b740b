// Lets [data-print] open the browser's print dialogue; without JavaScript the button does not show.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
