"use strict";
// What every page has: the token on what scripts send, menus that close, and the focus on faults.
(() => {
  const token = () => document.querySelector('input[name="csrf"]')?.value ?? "";

  document.addEventListener("htmx:config:request", (event) => {
    event.detail.ctx.request.headers["X-CSRF-Token"] = token();
  });

  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details.person[open]")) if (menu !== except) menu.open = false;
  };
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.person")));
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("details.person[open]");
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  document.getElementById("error-summary")?.focus();
})();
