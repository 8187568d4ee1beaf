// Other people at work in the same report: says that one is here, and takes in what they change.
// A text that somebody is in, or has changed, is never replaced; it is only told that there is another.
const live = (() => {
  const EVERY = 17_000;
  const TAB = crypto.randomUUID?.() ?? "";
  let report = null;
  let asked = 0;

  function here(question = "", gone = false) {
    const body = new URLSearchParams({ tab: TAB, here: report.dataset.here, question });
    if (gone) body.set("gone", "1");
    const csrf = document.querySelector('input[name="csrf"]')?.value ?? "";
    const headers = { "X-CSRF-Token": csrf, "HX-Request": "true" };
    fetch(`/reports/${report.dataset.report}/tilstede`, { method: "POST", body, headers, keepalive: gone }).catch(() => {});
  }

  const questionOf = (element) => element?.closest?.("[data-question]")?.dataset.question ?? "";

  /** Named as htmx names what it asks for: somebody who pressed a button is there, and the session goes on. */
  async function fetched(address, isPressed) {
    const answer = await fetch(address, { headers: { "HX-Request": "true", "HX-Source": isPressed ? "button" : "article" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.text();
  }

  const savingIn = (article) => autosave.of(article.querySelector("form[data-autosave]"));
  const isIn = (article) => article.contains(document.activeElement) && !document.activeElement.matches("summary");
  const isAlone = (saving, article) => (!saving || (saving.isSaved() && !saving.held)) && !isIn(article);

  function tell(article, notice) {
    const saving = savingIn(article);
    notice.hidden = false;
    words.say(notice.querySelector("p").firstChild.textContent.trim());
    notice.querySelector("[data-fetch]").addEventListener("click", () => {
      if (saving && !saving.isSaved() && !saving.isByHand) saving.hurry();
      else renew(article, { isPressed: true });
    });
  }

  /** What waits for its button stays as it is, below what others made of the question meanwhile. */
  function carryOver(saving, article, piece) {
    const typed = article.querySelector(".on-behalf");
    const there = piece.querySelector(".on-behalf");
    if (there) there.replaceWith(typed);
    else piece.querySelector(".question-notice").before(typed);
    saving.version = saving.form.elements.version.value = piece.dataset.itemVersion;
  }

  /** Whoever was in the question goes on in what came in its place. */
  function goOn(piece) {
    const form = piece.querySelector("form[data-autosave]");
    const closed = form?.closest("details:not([open])");
    const heading = piece.querySelector("h4");
    heading.tabIndex = -1;
    (closed?.querySelector("summary") ?? form?.querySelector("textarea") ?? heading).focus();
  }

  /** With a notice, unasked: whoever came to the text while the other was on its way keeps it, and is told. */
  async function renew(article, { notice = null, isPressed = false } = {}) {
    try {
      const html = await fetched(article.dataset.address, isPressed);
      const saving = savingIn(article);
      if (notice && !isAlone(saving, article)) return tell(article, notice);
      if (saving && !saving.isSaved() && !saving.isByHand) return;
      const piece = document.createRange().createContextualFragment(html).firstElementChild;
      const wasIn = article.contains(document.activeElement);
      if (saving && !saving.isSaved()) carryOver(saving, article, piece);
      article.replaceWith(piece);
      autosave.begin(piece);
      if (wasIn) goOn(piece);
    } catch {
      // it is told again at the next change, and the notice stays
    }
  }

  /** How far the report has come, seldom: many may be looking. */
  function progress() {
    clearTimeout(asked);
    asked = setTimeout(() => {
      htmx.ajax("GET", `/reports/${report.dataset.report}/framdrift`, { target: "#progress", swap: "none" });
    }, 1500 + 2500 * Math.random());
  }

  function consider(notice) {
    const article = notice.closest("[data-question]");
    const saving = savingIn(article);
    const version = Number(notice.dataset.notice);
    if (saving?.busy || saving?.sent) return setTimeout(() => notice.isConnected && consider(notice), 300);
    progress();
    const known = Number(saving ? saving.version : article.dataset.itemVersion);
    if (version <= known || saving?.held === "conflict") return notice.remove();
    if (isAlone(saving, article)) return renew(article, { notice });
    tell(article, notice);
  }

  /** A stream that was begun is begun again by itself; one that could not be begun, here. */
  function listen(stream) {
    let state = "";
    stream.addEventListener("htmx:sse:after:connection", () => (state = "open"));
    stream.addEventListener("htmx:sse:close", (event) => (state = event.detail.reason === "message" ? "over" : ""));
    setInterval(() => state || document.hidden || stream.dispatchEvent(new CustomEvent("again")), EVERY);
  }

  document.addEventListener("DOMContentLoaded", () => {
    report = document.getElementById("report");
    if (!report || !TAB || !document.body.dataset.person) return;
    const look = new MutationObserver((changes) => {
      for (const change of changes) {
        for (const added of change.addedNodes) if (added.dataset?.notice) consider(added);
      }
    });
    look.observe(report, { childList: true, subtree: true });
    listen(document.getElementById("live"));
    here(questionOf(document.activeElement));
    setInterval(() => document.hidden || here(questionOf(document.activeElement)), EVERY);
    document.addEventListener("focusin", (event) => questionOf(event.target) && here(questionOf(event.target)));
    document.addEventListener("answer:saved", ({ target }) => {
      progress();
      if (target.matches("[data-by-hand]")) renew(target.closest("[data-question]")); // as the one it is about will see it
    });
    addEventListener("pagehide", () => here("", true));
  });

  return { renew };
})();
