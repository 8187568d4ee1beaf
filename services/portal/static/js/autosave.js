// The page's forms that save themselves, and what wakes them: the network, the session, the keyboard.
const autosave = (() => {
  const savings = [];
  let owner = null;

  /** Forms that came into the page save themselves as well, and those that left it are let go. */
  function begin(root) {
    for (let i = savings.length - 1; i >= 0; i--) if (!savings[i].form.isConnected) savings.splice(i, 1);
    for (const form of root.querySelectorAll("form[data-autosave]:not([data-autosaves])")) {
      savings.push(new Saving(form, owner));
    }
  }

  function wake() {
    savings.forEach((saving) => saving.again());
  }

  async function sessionIsBack() {
    if (!savings.some((saving) => saving.held === "session")) return;
    try {
      if ((await sessionNow.renew()) === "same") wake();
    } catch {
      // the portal is away as well: the next look will tell
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    const report = document.getElementById("report")?.dataset.report;
    if (!report || !document.body.dataset.person) return;
    owner = { person: document.body.dataset.person, report };
    begin(document);
    offers.make(owner, savings);
    savings.forEach((saving) => saving.isSaved() || saving.changed()); // what was typed before this script was there
    leaving.guard(savings);
    addEventListener("online", wake);
    addEventListener("focus", sessionIsBack);
    addEventListener("storage", (event) => event.key === "session-renewed" && sessionIsBack());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) savings.forEach((saving) => saving.hurry());
      else sessionIsBack();
    });
    setInterval(sessionIsBack, 15_000);
    document.addEventListener("htmx:after:swap", () => begin(document));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      wake();
    });
  });

  return { begin, of: (form) => savings.find((saving) => saving.form === form) };
})();
