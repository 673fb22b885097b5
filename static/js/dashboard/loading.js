// The loading indicator: a request that takes longer than a moment shows what it waits for.

const DELAY_MS = 600;
const timers = new Map();

function showMessage(xhr, message = "") {
  clearTimeout(timers.get(xhr));
  timers.delete(xhr);
  const indicator = document.getElementById("waiting");
  if (indicator) {
    indicator.textContent = message;
  }
}

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const message = detail.elt.closest("[data-waits-for]")?.dataset.waitsFor;
  if (message) {
    detail.target.setAttribute("aria-busy", "true");
    timers.set(detail.xhr, setTimeout(() => showMessage(null, message), DELAY_MS));
  }
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (timers.has(detail.xhr)) {
    detail.target.removeAttribute("aria-busy");
    showMessage(detail.xhr);
  }
});
