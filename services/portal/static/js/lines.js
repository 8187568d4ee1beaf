// The activity lists: where one goes on after a change, what is said of it, and what others change meanwhile.
(() => {
  const listOf = (element) => element.closest?.("[data-list]") ?? null; // the document is told of what left it
  let open = new Set();
  let isFetched = false;

  function takeIn(form) {
    form.setAttribute("data-here", "");
    open.add(form);
    lineDrafts.begin(form);
    form.querySelectorAll("textarea[data-counter]").forEach(counter.count);
    const first = form.querySelector("[data-first]");
    if (first) words.say(first.textContent.trim().replace(/\s+/g, " "));
    return first ?? (form.contains(document.activeElement) ? null : form.querySelector(".ds-input"));
  }

  function goOn(told) {
    told.remove();
    if (told.dataset.told) words.say(told.dataset.told);
    const place = document.getElementById(told.dataset.focus);
    if (place) place.focus();
    else if (isFetched && document.activeElement === document.body) told.list?.focus();
    isFetched = false;
  }

  /** Whatever htmx put in: forms that are new get the focus, forms that are gone were saved or given up. */
  function settle() {
    for (const form of open) {
      if (form.isConnected) continue;
      open.delete(form);
      const again = document.querySelector(`form[data-key="${form.dataset.key}"]`);
      if (!again) lineDrafts.forget(form);
    }
    for (const told of document.querySelectorAll("[data-told]")) {
      told.list = listOf(told)?.querySelector("h3");
      goOn(told);
    }
    for (const form of document.querySelectorAll("form[data-line]:not([data-here])")) takeIn(form)?.focus();
  }

  function say(place, text) {
    const form = place.closest("form[data-line]");
    words.say(text);
    if (form) return words.show(form, "failed", text);
    const news = listOf(place)?.querySelector(".lines-news");
    if (!news) return;
    const alert = Object.assign(document.createElement("div"), { className: "ds-alert" });
    alert.dataset.color = "warning";
    alert.dataset.size = "sm";
    alert.append(Object.assign(document.createElement("p"), { className: "ds-paragraph", textContent: text }));
    news.replaceChildren(alert);
  }

  /** Nothing came back that can be put in: what was typed stays, and it is said. */
  async function failed(place, status) {
    const form = place.closest("form");
    if (status === 401) {
      say(place, words.word("loggedOut"));
      document.dispatchEvent(new CustomEvent("portal:session-over"));
    } else if (status === 403 && form && !form.dataset.again && (await sessionNow.renew().catch(() => "")) === "same") {
      form.dataset.again = "1"; // the page's token was of a session that ended and was begun again
      form.requestSubmit();
    } else say(place, listOf(place)?.dataset.away ?? words.word("refused"));
  }

  function fetchList(list, isPressed = false) {
    isFetched = true;
    list.dispatchEvent(new CustomEvent("list:changed", { detail: { isPressed } }));
  }

  /** It is the list that asks; that somebody pressed a button for it says that somebody is there. */
  function nameWhoAsks({ detail: { ctx } }) {
    if (ctx.sourceEvent?.detail?.isPressed) ctx.request.headers["HX-Source"] = "button";
  }

  /** A list nobody is in takes in what others changed; else it is told, and fetched when one is ready. */
  function consider(news) {
    const list = listOf(news);
    if (!news.isConnected || !list) return;
    if (Number(news.dataset.listNews) <= Number(list.dataset.version)) return news.remove();
    if (list.querySelector(".htmx-request")) return setTimeout(() => consider(news), 200);
    if (!list.contains(document.activeElement)) return fetchList(list);
    news.hidden = false;
    words.say(news.querySelector("p").firstChild.textContent.trim());
    news.querySelector("[data-fetch]").addEventListener("click", () => fetchList(list, true));
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (!document.querySelector("[data-list], form[data-line]")) return;
    settle();
    document.addEventListener("htmx:config:request", nameWhoAsks);
    document.addEventListener("htmx:after:swap", settle);
    document.addEventListener("htmx:response:error", ({ target, detail }) => {
      const status = detail.ctx.response.status;
      if (listOf(target) && ![409, 422, 503].includes(status)) failed(target, status);
    });
    document.addEventListener("htmx:error", ({ target }) => listOf(target) && failed(target, 0));
    const look = new MutationObserver((changes) => {
      for (const added of changes.flatMap((change) => [...change.addedNodes])) if (added.dataset?.listNews) consider(added);
    });
    look.observe(document.getElementById("report"), { childList: true, subtree: true });
  });
})();
