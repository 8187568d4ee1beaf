// On every page: what one person left unsaved in this browser is never there for the next.
document.addEventListener("DOMContentLoaded", () => {
  const WHO = "aarring:person";
  const person = document.body.dataset.person ?? "";

  function remember(who) {
    try {
      localStorage.setItem(WHO, who);
    } catch {
      // nothing can be kept here, so there is nothing to forget either
    }
  }

  if (person) {
    unsaved.forgetOthers(person);
    remember(person);
  }

  addEventListener("submit", (event) => {
    if (event.defaultPrevented || !event.target.action.endsWith("/logout")) return;
    document.dispatchEvent(new CustomEvent("person:leaves"));
    unsaved.forgetAll();
    remember("");
  });

  // Logged out, or somebody else logged in, in another tab: this page is no longer theirs to look at.
  addEventListener("storage", (event) => {
    if (event.key === WHO && person && event.newValue !== person) document.dispatchEvent(new CustomEvent("person:gone"));
  });

  document.addEventListener("person:gone", () => {
    document.dispatchEvent(new CustomEvent("person:leaves"));
    setTimeout(() => location.reload(), 0);
  });
});
