// What is typed into the form of a line stays in this browser until the line is saved, and is there again afterwards.
const lineDrafts = (() => {
  const SENT = "aarring:line-sent";
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

  function forget(place) {
    if (!owner) return;
    unsaved.drop(owner, place);
    unsaved.left(owner).filter((record) => record.place === place).forEach(unsaved.forget);
  }

  function fill(form, record) {
    for (const field of form.elements) {
      if (!isTyped(field)) continue;
      const given = record.written.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "checkbox") field.checked = given.includes(field.value);
      else field.value = given[0] ?? "";
    }
    for (const [name, value] of record.stands) if (value && form.elements[name]) form.elements[name].value = value;
    for (const link of document.querySelectorAll("#left-behind [data-there]")) {
      if (link.getAttribute("href") === form.dataset.address) link.closest(".unsaved").parentElement.remove();
    }
    words.show(form, "restored", form.dataset.restored);
    words.say(form.dataset.restored);
  }

  /** A form that came into the page; what an earlier visit left of it comes with it. */
  function begin(form) {
    const first = JSON.stringify(typed(form, asSent.fields(form)));
    asSent.alone(form);
    const record = owner && unsaved.left(owner).find((one) => one.place === placeOf(form));
    const isAnswered = form.querySelector("[data-first]") !== null;
    if (record && !isAnswered && JSON.stringify(record.written) !== first) fill(form, record);
    form.addEventListener("input", () => {
      words.show(form, "", "");
      const now = written(form);
      if (JSON.stringify(now) === first) return forget(placeOf(form));
      unsaved.keep(owner, placeOf(form), { written: now, stands: stands(form), address: form.dataset.address });
    });
    form.addEventListener("submit", () => {
      if (!form.hasAttribute("hx-post")) sessionStorage.setItem(SENT, JSON.stringify([placeOf(form), form.dataset.key]));
    });
  }

  /** A form sent without htmx was taken when the page that follows stands at its line. */
  function arrived() {
    const [place, line] = JSON.parse(sessionStorage.getItem(SENT) ?? "[]");
    if (!place || location.hash !== `#rad-${line}`) return;
    sessionStorage.removeItem(SENT);
    forget(place);
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
    forget: (form) => forget(placeOf(form)),

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
