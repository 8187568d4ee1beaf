// What is typed into the form of a line stays in this browser until the line is saved, and is there again afterwards.
const lineDrafts = (() => {
  const SENT = "aarring:line-sent";
  const earlier = new WeakMap(); // to each form what earlier visits and other tabs left of just what stands in it
  let owner = null;

  const placeOf = (form) => `line:${form.dataset.line}`;
  const isTyped = (field) => field.name && field.type !== "hidden" && field.type !== "submit";

  function typed(form, fields) {
    const names = new Set([...form.elements].filter(isTyped).map((field) => field.name));
    return [...fields].filter(([name]) => names.has(name));
  }

  const written = (form) => typed(form, new FormData(form));

  /** The line and the command a form stands for: sent again after all, it is the same line and not another. */
  const stands = (form) => ["linje", "key", "version"].map((name) => [name, form.elements[name]?.value ?? ""]);

  /** What was kept of a line by earlier visits and other tabs, the newest first; of ``text`` alone where it is given. */
  function left(place, text = null) {
    const found = owner ? unsaved.left(owner).filter((record) => record.place === place) : [];
    return text === null ? found : found.filter((record) => JSON.stringify(record.written) === text);
  }

  function fill(form, record) {
    for (const field of form.elements) {
      if (!isTyped(field)) continue;
      const given = record.written.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "checkbox") field.checked = given.includes(field.value);
      else field.value = given[0] ?? "";
    }
    for (const [name, value] of record.stands) if (value && form.elements[name]) form.elements[name].value = value;
    form.dataset.key = form.elements.linje?.value ?? form.dataset.key;
    for (const link of document.querySelectorAll("#left-behind [data-there]")) {
      if (link.getAttribute("href") === form.dataset.address) link.closest(".unsaved").parentElement.remove();
    }
    words.show(form, "restored", form.dataset.restored);
    words.say(form.dataset.restored);
  }

  /** What stands in the form is what is kept of it; of what was kept that much goes, and no other text. */
  function keep(form) {
    const record = { written: written(form), stands: stands(form), address: form.dataset.address };
    if (unsaved.keep(owner, placeOf(form), record)) forgetEarlier(form);
  }

  function forgetEarlier(form) {
    earlier.get(form)?.forEach(unsaved.forget);
    earlier.delete(form);
  }

  /** The line was saved, or given up: what stood in its form is no longer wanted. */
  function forget(form) {
    if (!owner) return;
    unsaved.drop(owner, placeOf(form));
    forgetEarlier(form);
  }

  /** What was typed before this script was there is newer than whatever an earlier visit left; else that comes back. */
  function begin(form) {
    const first = JSON.stringify(typed(form, asSent.fields(form)));
    asSent.alone(form);
    const stood = JSON.stringify(written(form));
    const isAnswered = form.querySelector("[data-first]") !== null; // it was not taken: nobody has what it came with
    const [record] = isAnswered ? [] : left(placeOf(form), stood === first ? null : stood);
    const isBrought = record && JSON.stringify(record.written) !== first;
    earlier.set(form, left(placeOf(form), isBrought ? JSON.stringify(record.written) : stood));
    if (isBrought) fill(form, record);
    else if (stood !== first && owner) keep(form);
    form.addEventListener("input", () => {
      words.show(form, "", "");
      if (!isAnswered && JSON.stringify(written(form)) === first) forget(form);
      else keep(form);
    });
    form.addEventListener("submit", () => {
      if (form.hasAttribute("hx-post")) return;
      sessionStorage.setItem(SENT, JSON.stringify([placeOf(form), form.dataset.key, JSON.stringify(written(form))]));
    });
  }

  /** A form sent without htmx was taken when the page that follows stands at its line. */
  function arrived() {
    const [place, line, text] = JSON.parse(sessionStorage.getItem(SENT) ?? "[]");
    if (!place || location.hash !== `#rad-${line}`) return;
    sessionStorage.removeItem(SENT);
    left(place, text).forEach(unsaved.forget);
  }

  function open() {
    const report = document.getElementById("report")?.dataset.report;
    const person = document.body.dataset.person;
    if (owner || !report || !person) return;
    owner = { person, report };
    arrived();
  }

  return {
    begin,
    forget,

    open,

    /** Whether nobody need be offered what was left: a form on this page takes care of it, or it was saved since. */
    isSettled(record) {
      open();
      const line = record.place.replace(/^line:/, "");
      return document.querySelector(`form[data-line="${line}"]`) !== null || localStorage.getItem(record.name) === null;
    },
  };
})();
document.addEventListener("DOMContentLoaded", lineDrafts.open);
