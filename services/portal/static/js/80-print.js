// A page that is kept on paper offers to be printed, where there is a script to do it.
document.querySelectorAll("[data-prints]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
