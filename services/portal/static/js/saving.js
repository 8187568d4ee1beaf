// One form that saves itself: what is typed stays in the browser until the server has said that it has it.
//
// A save that got no answer may have been taken all the same.  It is sent again as it was, under its own key,
// until it is answered; only then goes what was typed meanwhile.  So nobody meets their own text as a conflict.
//
// A form ``data-by-hand`` is sent when its button is pressed, since others are told of it each time; what is typed is
// kept and guarded like any other.  The attribute says what is shown until then.
const PAUSE = 700;
const PATIENCE = 15_000;
const LONGEST_WAIT = 30_000;
const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504]);
const OF_THE_REQUEST = new Set(["csrf", "key", "version"]);
const isWritten = ([name]) => !OF_THE_REQUEST.has(name);

class Saving {
  constructor(form, owner) {
    this.form = form;
    this.owner = owner;
    this.place = form.dataset.autosave;
    this.version = form.elements.version.value;
    this.saved = asSent.fields(form).filter(isWritten);
    asSent.alone(form);
    this.sent = null;
    this.pressed = ""; // what stood in the form when its button was pressed
    this.attempt = 0;
    this.timer = 0;
    this.busy = false;
    this.last = form.querySelector("[data-state]")?.textContent ?? ""; // what was said when it was saved last
    this.isRenewed = false; // whether the token was fetched anew since something was saved last
    this.held = ""; // why nothing is sent: "conflict", "offer", "session" or "refused"
    form.addEventListener("input", () => this.changed());
    form.addEventListener("focusout", () => {
      this.hurry();
      setTimeout(() => conflicts.settled(this), 0);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.press();
    });
    form.setAttribute("data-autosaves", "");
  }

  written() {
    return [...new FormData(this.form)].filter(isWritten);
  }

  isSaved() {
    return !this.sent && JSON.stringify(this.written()) === JSON.stringify(this.saved);
  }

  get isByHand() {
    return "byHand" in this.form.dataset;
  }

  /** Whether it may be sent: what waits for its button may not, unless it was pressed for just this. */
  isDue() {
    return !this.isByHand || this.sent !== null || this.pressed === JSON.stringify(this.written());
  }

  /** Whether it is worth waiting for. */
  isOnItsWay() {
    return !this.isSaved() && this.isDue() && !this.held && !this.attempt;
  }

  changed() {
    if (this.held === "refused") this.held = "";
    if (this.isSaved()) {
      unsaved.drop(this.owner, this.place);
      words.show(this.form, "saved", this.last);
      return;
    }
    this.keep();
    if (this.held === "conflict") return conflicts.follow(this);
    if (this.attempt || this.held) return; // what waits its turn, or for somebody, takes this with it
    this.wait(PAUSE);
  }

  wait(delay) {
    if (!this.isDue()) return words.show(this.form, "waiting", this.form.dataset.byHand);
    words.show(this.form, "saving", words.word("saving"));
    this.soon(delay);
  }

  press() {
    this.pressed = JSON.stringify(this.written());
    if (this.held === "refused") this.held = "";
    if (!this.attempt) this.soon(0);
  }

  keep() {
    const record = { written: this.written(), base: this.version, sent: this.sent, address: location.pathname };
    unsaved.keep(this.owner, this.place, record);
  }

  soon(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  hurry() {
    if (!this.isSaved() && !this.attempt) this.soon(0);
  }

  again() {
    if (this.held === "session") this.held = "";
    if (!this.isSaved()) this.soon(0);
  }

  async save() {
    this.timer = 0;
    if (this.busy || this.held || this.isSaved() || !this.isDue()) return;
    this.sent ??= { key: crypto.randomUUID(), base: this.version, written: this.written() };
    this.keep();
    this.busy = true;
    if (!this.attempt) words.show(this.form, "saving", words.word("saving"));
    try {
      const answer = await this.post();
      const told = answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : {};
      this.busy = false;
      await this.answered(answer.status, told);
    } catch {
      this.busy = false;
      this.failed();
    }
  }

  post() {
    const body = new URLSearchParams(this.sent.written);
    body.set("csrf", this.form.elements.csrf.value);
    body.set("key", this.sent.key);
    body.set("version", this.sent.base);
    return fetch(this.form.getAttribute("action"), {
      method: "POST",
      body,
      headers: { "HX-Request": "true", Accept: "application/json" },
      signal: AbortSignal.timeout(PATIENCE),
      keepalive: document.hidden && body.toString().length < 60_000,
    });
  }

  async answered(status, told) {
    if (status < 300 && told.version !== undefined) return this.acknowledged(told);
    if (status === 401) return this.loggedOut(told);
    if (status < 300 || TRANSIENT.has(status)) return this.failed(); // something between us can also answer that all is well
    if (status === 403 && told.code === undefined && !this.isRenewed) {
      this.isRenewed = true;
      if (await this.hasNewToken()) return this.soon(0);
      if (this.held === "session") return;
    }
    this.attempt = 0;
    this.sent = null;
    this.pressed = "";
    this.keep();
    if (told.panel) return conflicts.open(this, told);
    this.held = "refused";
    words.show(this.form, "failed", told.state || words.word("refused"));
    words.sayTrouble(told.state || words.word("refused"));
  }

  acknowledged(told) {
    const recovered = this.attempt > 0;
    this.version = this.form.elements.version.value = String(told.version);
    this.saved = this.sent.written;
    this.sent = null;
    this.attempt = 0;
    this.isRenewed = false;
    if (!this.isSaved()) {
      this.keep();
      return this.wait(recovered ? 0 : PAUSE);
    }
    unsaved.drop(this.owner, this.place);
    this.last = told.state;
    words.show(this.form, "saved", told.state);
    if (this.isByHand) words.say(told.state);
    else words.saySaved(told.state);
    conflicts.settled(this);
    this.form.dispatchEvent(new CustomEvent("answer:saved", { bubbles: true, detail: told }));
  }

  failed() {
    this.attempt += 1;
    words.show(this.form, "failed", words.word("failed"));
    words.sayTrouble(words.word("failed"));
    this.soon(Math.min(1000 * 2 ** (this.attempt - 1), LONGEST_WAIT));
  }

  loggedOut() {
    this.held = "session";
    words.show(this.form, "failed", words.word("loggedOut"));
    words.sayTrouble(words.word("loggedOut"));
    document.dispatchEvent(new CustomEvent("portal:session-over"));
  }

  /** The page's token was of a session that ended and was begun again in another tab. */
  async hasNewToken() {
    const who = await sessionNow.renew();
    if (who === "none") this.loggedOut();
    return who === "same";
  }
}
