// Two people changed one text: both are shown, and whoever was second decides.  Nothing typed is thrown away.
const conflicts = (() => {
  const panelOf = (saving) => document.getElementById(saving.form.dataset.panel);

  function close(saving) {
    saving.held = "";
    panelOf(saving).replaceChildren();
  }

  function fill(form, values) {
    for (const field of form.elements) {
      if (OF_THE_REQUEST.has(field.name) || !field.name) continue;
      const given = values.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "checkbox" || field.type === "radio") field.checked = given.includes(field.value);
      else field.value = given[0] ?? "";
      if (field.dataset.counter) counter.count(field);
    }
  }

  /** The other text is put in place; one's own can be taken back as long as the page is open. */
  function giveWay(saving, panel) {
    const mine = saving.written();
    fill(saving.form, JSON.parse(panel.dataset.theirs));
    saving.version = saving.form.elements.version.value = panel.dataset.version;
    saving.saved = saving.written();
    unsaved.drop(saving.owner, saving.place);
    close(saving);
    words.show(saving.form, "saved", words.word("theirs"));
    const back = document.getElementById("take-back").content.cloneNode(true);
    back.querySelector("button").addEventListener("click", () => {
      fill(saving.form, mine);
      panelOf(saving).replaceChildren();
      saving.changed();
    });
    panelOf(saving).append(back);
  }

  const CHOICES = {
    mine(saving, panel) {
      saving.version = panel.dataset.version;
      close(saving);
      saving.press();
    },
    theirs: giveWay,
    edit(saving, panel) {
      saving.version = panel.dataset.version;
      saving.held = "";
      panel.querySelectorAll("[data-ours]").forEach((part) => part.remove());
    },
  };

  return {
    fill,

    open(saving, told) {
      saving.held = "conflict";
      const place = panelOf(saving);
      saving.form.closest("[data-question]")?.querySelector("[data-notice]")?.remove();
      place.innerHTML = told.panel;
      const panel = place.firstElementChild;
      words.show(saving.form, "failed", told.state);
      panel.addEventListener("click", (event) => {
        const choice = event.target.closest("[data-choose]")?.dataset.choose;
        if (!choice) return;
        CHOICES[choice](saving, panel);
        saving.form.querySelector("textarea, input:not([type=hidden])").focus();
      });
    },

    /** The other text has been of use once one's own is saved and left. */
    settled(saving) {
      if (saving.isSaved() && !saving.held && !saving.form.contains(document.activeElement)) {
        panelOf(saving).querySelector(".conflict")?.remove();
      }
    },

    /** Whoever goes on typing while the panel is open sees it there too. */
    follow(saving) {
      const shown = panelOf(saving).querySelector("[data-mine]");
      if (shown) shown.textContent = saving.form.querySelector("textarea")?.value ?? "";
    },
  };
})();
