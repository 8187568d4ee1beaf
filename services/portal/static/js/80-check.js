"use strict";
// What must be read first takes the focus; a receipt offers to be printed, where there is a script to do it.
(() => {
  document.querySelector("[data-takes-focus]")?.focus();
  for (const button of document.querySelectorAll("[data-prints]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
})();
