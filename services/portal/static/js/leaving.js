// Nobody leaves a page while a text is on its way: a link waits for it, and the browser asks when it cannot be saved.
const leaving = (() => {
  const PATIENT = 2_500;

  async function settle(savings) {
    const until = Date.now() + PATIENT;
    savings.forEach((saving) => saving.hurry());
    do {
      await new Promise((resolve) => setTimeout(resolve, 25)); // at least once: within its own event a form is not sent
    } while (savings.some((saving) => saving.isOnItsWay()) && Date.now() < until);
  }

  const isPlain = (event) => !event.defaultPrevented && !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey;

  return {
    guard(savings) {
      let isLeaving = false;
      const areSaved = () => savings.every((saving) => saving.isSaved());

      document.addEventListener("person:leaves", () => (isLeaving = true));

      addEventListener("beforeunload", (event) => {
        if (!isLeaving && !areSaved()) event.preventDefault();
      });

      document.addEventListener("click", async (event) => {
        const link = event.target.closest("a[href]");
        if (!link || link.target || !isPlain(event) || areSaved()) return;
        if (link.href.split("#")[0] === location.href.split("#")[0]) return;
        event.preventDefault();
        await settle(savings);
        location.assign(link.href);
      });

      document.addEventListener("submit", async (event) => {
        if (event.defaultPrevented || isLeaving || areSaved()) return;
        event.preventDefault();
        await settle(savings);
        if (areSaved()) event.target.requestSubmit(event.submitter);
        else if (confirm(words.word("leave"))) {
          isLeaving = true;
          event.target.requestSubmit(event.submitter);
        }
      });
    },
  };
})();
