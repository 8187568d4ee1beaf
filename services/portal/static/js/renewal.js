// A session that ended while somebody was writing: who is logged in now, and with which token.
const sessionNow = (() => ({
  /** "same" when the person of this page is logged in, "other" when somebody else is, "none" when nobody is. */
  async renew() {
    const answer = await fetch("/session", { headers: { Accept: "application/json" } });
    if (answer.status === 401) return "none";
    if (!answer.ok) throw new Error(`the session is not to be had: ${answer.status}`);
    const { person, csrf } = await answer.json();
    if (person !== document.body.dataset.person) {
      document.dispatchEvent(new CustomEvent("person:gone"));
      return "other";
    }
    for (const field of document.querySelectorAll('input[name="csrf"]')) field.value = csrf;
    return "same";
  },
}))();
