// Counts characters as the service does: an emoji or a letter of any alphabet is one.
const counter = (() => {
  const format = new Intl.NumberFormat(document.documentElement.lang || "nb");

  function count(field) {
    const place = document.getElementById(field.dataset.counter);
    if (!place) return;
    const most = Number(place.dataset.most);
    const length = [...field.value].length;
    const over = length - most;
    place.textContent = words
      .word(over > 0 ? "over" : "within")
      .replace("{count}", format.format(length))
      .replace("{most}", format.format(most))
      .replace("{over}", format.format(over));
    place.toggleAttribute("data-over", over > 0);
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches("textarea[data-counter]")) count(event.target);
  });

  return { count };
})();
