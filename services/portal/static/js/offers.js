// Text that an earlier visit could not save is offered back: on its own field, or where its field is.
const offers = (() => {
  function shown(record, choose) {
    const offer = document.getElementById("offer").content.cloneNode(true);
    const time = new Date(record.at).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
    offer.querySelector("[data-when]").textContent = time;
    offer.querySelector("[data-text]").textContent = record.written.map(([, value]) => value).filter(Boolean).join("\n");
    for (const button of offer.querySelectorAll("[data-choose]")) {
      button.addEventListener("click", () => choose(button.dataset.choose));
    }
    return offer;
  }

  /** The text is sent as it would have been: whether it was taken, or somebody was first, the service says. */
  function restore(saving, record) {
    conflicts.fill(saving.form, record.written);
    saving.version = record.base;
    saving.sent = record.sent;
    saving.changed();
  }

  /** The browser put it back into its field, but it was never saved. */
  function takeUp(saving, record) {
    restore(saving, record);
    unsaved.forget(record);
  }

  function onField(saving, record) {
    const place = document.getElementById(saving.form.dataset.panel);
    const areas = saving.form.querySelectorAll("textarea, input:not([type=hidden])");
    const fix = (is) => areas.forEach((area) => (area.readOnly = is));
    saving.held = "offer";
    saving.form.closest("details")?.setAttribute("open", "");
    fix(true);
    const offer = shown(record, (choice) => {
      place.replaceChildren();
      saving.held = "";
      fix(false);
      if (choice === "restore") restore(saving, record);
      unsaved.forget(record);
      areas[0].focus();
    });
    place.replaceChildren(offer);
  }

  function elsewhere(record) {
    const place = document.getElementById("left-behind");
    const offer = shown(record, () => {
      unsaved.forget(record);
      item.remove();
    });
    const item = document.createElement("div");
    const restore = offer.querySelector('[data-choose="restore"]');
    if (record.address === location.pathname) restore.remove(); // its field can no longer be written
    else {
      const link = offer.querySelector("[data-there]");
      link.href = record.address;
      link.hidden = false;
      restore.remove();
    }
    item.append(offer);
    place.append(item);
  }

  return {
    make(owner, savings) {
      const offered = new Set();
      for (const record of unsaved.left(owner)) {
        if (lineDrafts.isSettled(record)) continue;
        const saving = savings.find((one) => one.place === record.place);
        const isFirst = !offered.has(record.place);
        const isThere = saving && JSON.stringify(saving.written()) === JSON.stringify(record.written);
        if (isThere && (saving.isSaved() || !isFirst)) {
          unsaved.forget(record);
          continue;
        }
        if (!isFirst) continue;
        offered.add(record.place);
        if (isThere) takeUp(saving, record);
        else if (saving) onField(saving, record);
        else elsewhere(record);
      }
    },
  };
})();
