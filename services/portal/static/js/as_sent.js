// What the service sent in a form.  A browser that comes back to a page may put other text into its fields before any
// script is there, and somebody may have begun to type: neither was saved, whatever the fields hold at first.
const asSent = (() => {
  return {
    /** The fields as the service had them. */
    fields(form) {
      const sent = form.cloneNode(true);
      sent.reset();
      return [...new FormData(sent)];
    },

    /** The browser puts nothing back by itself from now on: what was not saved is kept, with what it was based on. */
    alone(form) {
      form.autocomplete = "off";
    },
  };
})();
