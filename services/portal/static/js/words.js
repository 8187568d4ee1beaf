// What the form says of itself, in the reader's language: the words stand in the page, none of them here.
const words = (() => {
  const QUIET = 30_000;
  let lastSaved = 0;
  let lastSaid = "";

  const word = (name) => document.getElementById("words")?.dataset[name] ?? "";

  /** Read aloud, through the page's one polite region. */
  function say(text) {
    const region = document.getElementById("said");
    lastSaid = text;
    if (!region) return;
    region.textContent = "";
    setTimeout(() => (region.textContent = text), 50);
  }

  return {
    word,
    say,

    /** Shown below a field for those who look; not read aloud each time. */
    show(form, state, text) {
      const place = form.querySelector("[data-state]");
      if (!place) return;
      place.dataset.state = state;
      place.textContent = text;
    },

    /** That something was saved is said at most twice a minute, unless trouble was said before it. */
    saySaved(text) {
      const now = Date.now();
      if (now - lastSaved < QUIET && lastSaid !== word("failed")) return;
      lastSaved = now;
      say(text);
    },

    sayTrouble(text) {
      if (lastSaid !== text) say(text);
    },
  };
})();
