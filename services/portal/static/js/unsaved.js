// Text the server has not acknowledged, kept in this browser per person, report, place and tab.
// Hospital machines are shared: it is dropped on acknowledgement, on log-out and when somebody else logs in.
const unsaved = (() => {
  const ROOT = "aarring:unsaved:";
  const OLDEST = 14 * 24 * 3600 * 1000;
  const TAB = Math.random().toString(36).slice(2);

  function names() {
    try {
      return Object.keys(localStorage).filter((name) => name.startsWith(ROOT));
    } catch {
      return []; // a browser that lets no page keep anything
    }
  }

  function remove(which) {
    for (const name of which) localStorage.removeItem(name);
  }

  function read(name) {
    try {
      return { ...JSON.parse(localStorage.getItem(name)), name };
    } catch {
      localStorage.removeItem(name);
      return null;
    }
  }

  const named = (owner, place) => `${ROOT}${owner.person}:${owner.report}:${place}:${TAB}`;

  return {
    /** False when the browser has no room: then the warning before leaving is what remains. */
    keep(owner, place, record) {
      try {
        localStorage.setItem(named(owner, place), JSON.stringify({ ...record, place, at: Date.now() }));
        return true;
      } catch {
        return false;
      }
    },

    drop(owner, place) {
      remove(names().filter((name) => name === named(owner, place)));
    },

    forget(record) {
      remove([record.name]);
    },

    /** What earlier visits and other tabs of this person left of this report, the newest first. */
    left(owner) {
      const start = `${ROOT}${owner.person}:${owner.report}:`;
      const found = names().filter((name) => name.startsWith(start) && !name.endsWith(`:${TAB}`));
      const records = found.map(read).filter(Boolean);
      const isOld = (record) => Date.now() - record.at > OLDEST;
      remove(records.filter(isOld).map((record) => record.name));
      return records.filter((record) => !isOld(record)).sort((a, b) => b.at - a.at);
    },

    forgetOthers(person) {
      remove(names().filter((name) => !name.startsWith(`${ROOT}${person}:`)));
    },

    forgetAll() {
      remove(names());
    },
  };
})();
