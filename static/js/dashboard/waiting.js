// A request that takes longer than a moment shows what it waits for.

const MOMENT_MS = 600;
const timers = new Map();

function done(xhr, words = "") {
  clearTimeout(timers.get(xhr));
  timers.delete(xhr);
  const waiting = document.getElementById("waiting");
  if (waiting) {
    waiting.textContent = words;
  }
}

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const words = detail.elt.closest("[data-waits-for]")?.dataset.waitsFor;
  if (words) {
    detail.target.setAttribute("aria-busy", "true");
    timers.set(detail.xhr, setTimeout(() => done(null, words), MOMENT_MS));
  }
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (timers.has(detail.xhr)) {
    detail.target.removeAttribute("aria-busy");
    done(detail.xhr);
  }
});
