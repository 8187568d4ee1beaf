"use strict";
// Nobody is logged out in the middle of a sentence: a question five minutes before, and a way back afterwards.
(() => {
  if (document.querySelector("[data-session-renewed]")) localStorage.setItem("session-renewed", String(Date.now()));
  const warning = document.getElementById("session-warning");
  const over = document.getElementById("session-over");
  if (!warning || !over) return;
  const WARN = 300;
  let ends = Date.now() + 1000 * Number(document.body.dataset.sessionSeconds);
  let timer = 0;

  const left = () => Math.max(0, Math.round((ends - Date.now()) / 1000));
  const show = (dialog) => { if (!dialog.open) dialog.showModal(); };

  const say = () => {
    const minutes = Math.max(1, Math.ceil(left() / 60));
    const text = minutes === 1 ? warning.dataset.leftOne : warning.dataset.leftMany.replace("%d", minutes);
    const place = document.getElementById("session-warning-left");
    if (place.textContent !== text) place.textContent = text;
  };

  // Another window may have gone on meanwhile; asking is no sign that anybody is there.
  const ask = async (method) => {
    const headers = method === "POST" ? { "X-CSRF-Token": warning.querySelector('input[name="csrf"]').value } : {};
    const answer = await fetch("/session", { method, headers: { Accept: "application/json", ...headers } });
    if (answer.status === 401) return 0;
    if (!answer.ok) throw new Error(String(answer.status));
    const told = await answer.json();
    if (told.person !== document.body.dataset.person) return 0;
    for (const field of document.querySelectorAll('input[name="csrf"]')) field.value = told.csrf;
    return told.seconds;
  };

  const look = async () => {
    clearTimeout(timer);
    try {
      ends = Date.now() + 1000 * (await ask("GET"));
    } catch {
      // Without an answer the clock here is as good as any.
    }
    if (left() === 0) { warning.close(); show(over); return; }
    if (left() > WARN) { warning.close(); over.close(); wait(left() - WARN); return; }
    say();
    show(warning);
    wait(Math.min(20, left() + 1));
  };
  const wait = (seconds) => { clearTimeout(timer); timer = setTimeout(look, 1000 * Math.min(seconds, 86400)); };

  warning.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      ends = Date.now() + 1000 * (await ask("POST"));
    } catch {
      // It is tried again at the next look.
    }
    look();
  });
  over.querySelector("[data-close]").addEventListener("click", () => over.close());
  document.addEventListener("portal:session-over", () => show(over));
  document.addEventListener("visibilitychange", () => { if (!document.hidden && left() <= WARN) look(); });
  window.addEventListener("storage", (event) => { if (event.key === "session-renewed") look(); });
  wait(left() - WARN);
})();
